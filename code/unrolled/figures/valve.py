"""One LSTM unit whose gates are held by hand: x_t says how far each of them opens, and nothing else has a say."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.checks import array
from unrolled.through_time import unroll

PULSES = {3: 1.0, 16: -0.5, 24: 0.8}  # what the candidate offers, and when
SHUT = 50.0  # σ(50) is 1 in float64, and σ(-50) is 0: a gate that is quite open, or quite shut


def valves(f, i, C_tilde, o=1.0):
    """One LSTM unit whose gates have the values given: `(p, x)` with n = 1, x (T, 4) and W = 0.

    f, i, o lie in 0..1 and C_tilde in -1..1; each is (T,) or a number, one at least is (T,). A layer reads a row of x_t of
    its own, which holds the pre-activation that gives the value. Raises ValueError for a value that no layer can have.
    """
    values = [np.asarray(a, float) for a in np.broadcast_arrays(f, i, C_tilde, o)]
    for name, a in zip(("f", "i", "C_tilde", "o"), values, strict=True):
        low = -1 if name == "C_tilde" else 0
        if array(name, a, (None,)).min() < low or a.max() > 1:
            raise ValueError(f"{name} must lie in {low} to 1; got values from {a.min():g} to {a.max():g}")
    with np.errstate(divide="ignore"):
        rows = [np.arctanh(a) if k == 2 else np.log(a) - np.log1p(-a) for k, a in enumerate(values)]
    zero = np.zeros((1, 1))
    p = cells.lstm.Params(*(a for row in np.eye(4)[:, None] for a in (row, zero, zero)))
    return p, np.clip(np.stack(rows, axis=1), -SHUT, SHUT)


def held(f, i, C_tilde, o=1.0):
    """The trace of `valves(f, i, C_tilde, o)` from a start of 0."""
    return unroll(cells.lstm, *valves(f, i, C_tilde, o))


def valve_explorer(T=36):
    """The forget and the input gate as valves on one signal: `(fig, update)` with update(f, i).

    Above, what the candidate offers; below, the cell state; dotted, what is left of the first pulse, i f^(t - 3).
    """
    t = np.arange(T + 1)
    offered = np.zeros(T + 1)
    offered[list(PULSES)] = list(PULSES.values())
    first = next(iter(PULSES))
    blue, sky = style.SYMBOLS["C"].colour, style.SYMBOLS["C_tilde"].colour
    with mpl.rc_context(style.RC):
        fig, (top, bottom) = plt.subplots(2, figsize=(6, 3.6), sharex=True, height_ratios=(1, 2))
        top.vlines(list(PULSES), 0, list(PULSES.values()), color=sky, linewidth=4)
        top.plot(list(PULSES), list(PULSES.values()), "o", color=sky)
        top.set(ylabel=r"$\tilde{C}_t$", ylim=(-1.2, 1.2), yticks=(-1, 0, 1))
        (line,) = bottom.plot(t, 0 * t, color=blue, marker="o", markersize=4)
        (left,) = bottom.plot(t[first:], 0 * t[first:], color=style.SYMBOLS["f"].colour, linestyle=":")
        at = {"transform": bottom.transAxes, "ha": "right", "linespacing": 1.5}
        bottom.text(0.88, 0.04, "$f^{10}$\n$t_{1/2}$", **at)
        number = bottom.text(0.99, 0.04, "", **at)
        bottom.set(xlabel="$t$", ylabel="$C_t$", xlim=(0, T), ylim=(-1.2, 1.5), yticks=(-1, 0, 1))
        for ax in (top, bottom):
            ax.axhline(0, color=style.INK, linewidth=0.6)

    def update(f, i):
        line.set_ydata(held(f, i, offered[1:]).C[:, 0, 0])
        left.set_ydata(i * f ** np.arange(T + 1 - first))
        half = "∞" if f == 1 else "0" if f == 0 else f"{np.log(0.5) / np.log(f):.1f}"
        number.set_text(f"{f**10:.2g}\n{half}")

    return fig, update
