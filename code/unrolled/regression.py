"""From a hidden state to a number asked for: ŷ_t = V h_t + c, E_t = Σ_c (ŷ_{t,c} - y_{t,c})².

The twin of `readout`, with the same V and c: h (T, n, B), y (T, C, B), NaN where nothing is asked. The square is not halved, so
that the mean of E over the asked steps is the mean squared error that papers report.
"""

from typing import NamedTuple

import numpy as np

from unrolled.checks import FLOATS, array, named, one_precision
from unrolled.readout import Params, init, shapes

__all__ = ["Params", "Regression", "init", "pullback", "read", "shapes"]


class Regression(NamedTuple):
    """ŷ (T, C, B) the answers, E (T, B) the squared error of each step, 0 where nothing is asked."""

    ŷ: np.ndarray
    E: np.ndarray


def read(p, h, y):
    """The `Regression` of the states h (T, n, B) against the targets y (T, C, B).

    Raises TypeError or ValueError on a wrong type, shape or dtype, or for an infinite target.
    """
    check(p, h, y)
    ŷ = p.V @ h + p.c
    return Regression(ŷ, np.sum(error(ŷ, y) ** 2, axis=1))


def pullback(p, h, y):
    """The gradients of Σ E: (∂E/∂h (T, n, B), ∂E/∂p a `Params` summed over time and batch).

    ∂E_t/∂ŷ_t = 2 (ŷ_t - y_t), 0 where nothing is asked. Raises TypeError or ValueError as `read`.
    """
    d = 2 * error(read(p, h, y).ŷ, y)
    return p.V.T @ d, Params(np.einsum("tcb,tnb->cn", d, h), d.sum(axis=(0, 2))[:, None])


def asked(y):
    """Where there is a loss: (T, B), False where a column of y (T, C, B) is NaN."""
    return ~np.isnan(y).any(axis=1)


def error(ŷ, y):
    """ŷ - y, and 0 where nothing is asked."""
    return np.where(np.isnan(y), 0, ŷ - y)


def check(p, h, y):
    """A sentence if p, h and y do not fit together."""
    array("h", h, (None, None, None))
    known = np.where(np.isnan(y), y.dtype.type(0), y) if isinstance(y, np.ndarray) and y.dtype.type in FLOATS else y
    array("y", known, (h.shape[0], None, h.shape[2]))
    named("p", p, Params, shapes(y.shape[1], h.shape[1]))
    one_precision(h=h, y=y, V=p.V, c=p.c)
