"""A cell that is fed the same amount at every step: what it adds up, and what is left of the gradient on both sides of tanh."""

from itertools import product
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.shared.axes import log_axis, name_axes
from unrolled.figures.shared.held import held
from unrolled.figures.shared.lines import name_lines
from unrolled.maths import tanh_slope
from unrolled.words import say

FLAT = 3  # beyond this the slope of tanh is below a hundredth


class Drift(NamedTuple):
    """C: the cell state (T+1,). kept, told: log10 of ∂C_t/∂C_0 and of ∂h_t/∂C_0 for t = 1..T (T,), h_t = tanh(C_t)."""

    C: np.ndarray
    kept: np.ndarray
    told: np.ndarray


def constant_input(f, write, T=100):
    """One unit that keeps the share f and adds `write` at every step, with the output gate open: a `Drift`.

    The gates do not look at h, so ∂C_t/∂C_0 = f^t; tanh passes on the share tanh'(C_t) of it.
    """
    C = held(np.full(T, f), 1.0, write).C[:, 0, 0]
    kept = np.arange(1, T + 1) * np.log10(f)
    return Drift(C, kept, kept + np.log10(tanh_slope(C[1:])))


def drift_explorer(f, write, T=100):
    """Forgetting against drift: `(fig, update)` with update(f, write).

    Above, the cell state, dashed the level write / (1 - f) to which it rises, and shaded where tanh is flat. Below, what is
    left of a gradient: along the cell (dotted), and after tanh (solid).
    """
    runs = {choice: constant_input(*choice, T) for choice in product(f, write)}
    t = np.arange(T + 1)
    with style.look():
        fig, (top, bottom) = plt.subplots(2, figsize=(style.WIDTH, 4.1), sharex=True)
        (line,) = top.plot(t, 0 * t, color=style.SYMBOLS["C"].colour)
        top.axhspan(FLAT, 100, facecolor=(style.INK, 0.1), edgecolor="none")
        top.text(0.02, 0.92, say("here tanh is flat"), va="top", transform=top.transAxes)
        (level,) = top.plot([0, T], [0, 0], color=style.SYMBOLS["bound"].colour, linestyle="--", linewidth=1)
        (direct,) = bottom.plot([], [], **style.line("direct") | {"linewidth": 3})
        (through,) = bottom.plot([], [], color=style.SYMBOLS["J"].colour)
        name_axes(top, y="cell state")
        top.grid(visible=False)  # it would strike the words
        log_axis(bottom, (-36, 2), ("step", "$t$"), "what is left of the gradient", T)
        names = [name_lines(top, {line: "$C_t$"}), name_lines(bottom, {direct: "along the cell", through: "after tanh"})]

    def update(f, write):
        run = runs[f, write]
        line.set_ydata(run.C)
        top.set_ylim(0, max(2 * FLAT, 1.1 * run.C[-1]))
        level.set_ydata(2 * [write / (1 - f) if f < 1 else np.nan])
        direct.set_data(t[1:], run.kept)
        through.set_data(t[1:], run.told)
        for name in names:
            name()

    return fig, update
