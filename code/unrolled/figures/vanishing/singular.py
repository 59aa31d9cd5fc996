"""One norm hides a spectrum: all singular values of ∂state_t/∂state_0, of which ‖J_t ... J_1‖ is the largest alone."""

from itertools import product
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.axes import log_axis
from unrolled.figures.shared.jacobian import chain
from unrolled.measure import singular_values
from unrolled.words import say

NETWORKS = {  # W = N, 2N, 4N, Q, 2Q: N is Gaussian with variance 1/n, Q orthogonal; the number behind LSTM is its b_f
    "N": {"name": "rnn", "gain": 1.0, "recurrent": "gaussian"},
    "2N": {"name": "rnn", "gain": 2.0, "recurrent": "gaussian"},
    "4N": {"name": "rnn", "gain": 4.0, "recurrent": "gaussian"},
    "Q": {"name": "rnn", "gain": 1.0},
    "2Q": {"name": "rnn", "gain": 2.0},
    "LSTM 0": {"name": "lstm", "gain": 1.0, "b_f": 0.0},
    "LSTM 4": {"name": "lstm", "gain": 1.0, "b_f": 4.0},
}
LOW, HIGH = -25, 10  # the powers of ten that the picture shows


class Spectra(NamedTuple):
    """At the steps t (k,): log10 of all singular values of ∂state_t/∂state_0, (seeds, k, N), the largest first."""

    t: np.ndarray
    logs: np.ndarray


def spectra(*, input_scale, network=tuple(NETWORKS), at=(1, *range(5, 101, 5)), N=32, seeds=(0,)):
    """`Spectra` at the steps `at` of networks, named as in `NETWORKS`, with N numbers in their state, over noise.

    Returns a dict {(network, input_scale): `Spectra`}. The LSTM has N/2 units, for its state is (C, h).
    """
    found = {}
    for key, scale in product(network, input_scale):
        kind = dict(NETWORKS[key])
        cell = getattr(cells, kind.pop("name"))
        n, T = N // len(cell.State._fields), max(at)
        drawn = [chain(cell, np.random.default_rng(seed), input_scale=scale, T=T, n=n, **kind).J for seed in seeds]
        found[key, scale] = Spectra(np.array(at), np.stack([singular_values(J, at=list(at)) for J in drawn]))
    return found


def spectrum_explorer(spectra):
    """All singular values against the length, from `spectra`: `(fig, update)` with update(network, input_scale).

    A line for each, of the first seed. Thick, the largest, which is the norm of the product; dashed, the one that half of them
    reach or exceed.
    """
    t, logs = next(iter(spectra.values()))
    half = logs.shape[2] // 2 - 1
    red = style.SYMBOLS["J"].colour
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.5))
        lines = [ax.plot(t, 0 * t, color=red, linewidth=0.8, alpha=0.5)[0] for _ in logs[0, 0]]
        lines[0].set(linewidth=2.5, alpha=1, label=say("largest"))
        (median,) = ax.plot(t, 0 * t, "--", color=style.HUES["blue"], label=say("in the middle"))
        lines[1].set_label(say("all others"))
        log_axis(ax, (LOW, HIGH), ("step", "$t$"), ("stretch", r"$\sigma_1 \ldots \sigma_N$"), t[-1])
        fig.legend(handles=[lines[0], median, lines[1]], loc="outside upper center", ncols=3)

    def update(network, input_scale):
        values = spectra[network, input_scale].logs[0]
        for line, log in zip(lines, values.T, strict=True):
            line.set_ydata(in_view(log))
        median.set_ydata(in_view(values[:, half]))

    return fig, update


def in_view(logs):
    """The values of a line (k,), NaN once it has left the picture below for good: what a page need not carry."""
    gone = np.maximum.accumulate((logs < LOW)[::-1].astype(int)[::-1]) > 0
    return np.where(np.append(False, gone[:-1]), np.nan, np.maximum(logs, 3 * LOW))
