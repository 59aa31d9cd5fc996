"""A block of a hybrid: minimal GRUs, then attention, each added to a residual stream. It has no state of its own to hand on.

Gated linear recurrences and attention are mixed by De et al., *Griffin* (2024), with an attention that sees a window, and by the
Kimi Team, *Kimi Linear* (2025), with one that sees all, as here. Norms and the layers between are left out.
"""

from typing import NamedTuple

import numpy as np

from unrolled.checks import array, generator, whole
from unrolled.since import attention, min_gru
from unrolled.through_time import bptt, unroll
from unrolled.through_time import init as init_cell


class Params(NamedTuple):
    """recurrent: a tuple of `min_gru.Params`, the first layer first; attention: an `attention.Params`, or None."""

    recurrent: tuple
    attention: attention.Params | None


def init(n, rng, layers=3, **values):
    """Random parameters for n units, with `layers` minimal GRUs, each by `unrolled.init` with `values` (b_z=...)."""
    n, layers, rng = whole("n", n), whole("layers", layers), generator("rng", rng)
    return Params(tuple(init_cell(min_gru, n, n, rng, **values) for _ in range(layers)), attention.init(n, n, rng))


def run(p, x):
    """The stream after each layer over x (T, n), x itself first: a list of (T, n)."""
    streams = [array("x", x, (None, p.recurrent[0].U_z.shape[1]))]
    for layer in p.recurrent:
        streams.append(streams[-1] + unroll(min_gru, layer, streams[-1]).h[1:, :, 0])
    if p.attention is not None:
        streams.append(streams[-1] + attention.attend(p.attention, streams[-1]).h)
    return streams


def jacobians(p, x):
    """∂(last stream)_T/∂x_j for j = 1..T at entry j-1: (T, n, n), x (T, n); layer by layer, the last one first."""
    streams = run(p, x)
    T, n = x.shape
    J = np.zeros((T, n, n))
    J[-1] = np.eye(n)
    if p.attention is not None:
        J += attention.jacobians(p.attention, streams[-2])
    for layer, read in zip(reversed(p.recurrent), reversed(streams[: len(p.recurrent)]), strict=True):
        columns = np.repeat(read[:, :, None], n, axis=2)  # a column for each component of the last stream
        d = J.transpose(0, 2, 1)
        states = min_gru.State(np.concatenate([np.zeros((1, n, n)), d]))
        J = J + bptt(min_gru, layer, columns, unroll(min_gru, layer, columns), states).x.transpose(0, 2, 1)
    return J
