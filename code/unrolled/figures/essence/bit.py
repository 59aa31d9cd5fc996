"""A bit that is kept, and the gradient that is not: the latch in two strips, narrow enough for a phone."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.shared.axes import name_axes
from unrolled.figures.shared.latch import memory_and_gradient
from unrolled.figures.shared.lines import name_lines
from unrolled.figures.shared.pair import RAISED

BELOW = ("nothing", "gradient")
FLOOR = -48  # the exponent at the lower end of the gradient's axis


def bit_runs(w, T=60):
    """What a unit of weight w keeps of a first input +1 or -1: {(w, sign): (s_1 ... s_T, log10 |∂s_t/∂s_1|)}."""
    return {(v, sign): memory_and_gradient(v, sign * np.eye(T)[0]) for v in w for sign in (1, -1)}


def bit_explorer(runs):
    """From `bit_runs`, above the state, below what is left of the gradient: `(fig, update)` with update(w, below).

    `below` is one of `BELOW`: whether the gradient is shown.
    """
    T = len(next(iter(runs.values()))[0])
    t = np.unique(np.concatenate([np.arange(1, 11), np.linspace(10, T, 11).round()])).astype(int)
    S, J = style.SYMBOLS["s"].colour, style.SYMBOLS["J"].colour
    with style.look():
        fig, (top, bottom) = plt.subplots(2, figsize=(4.4, 3.5), sharex=True)
        states = {sign: top.plot(t, 0 * t, dash, color=S, linewidth=2)[0] for sign, dash in ((1, "-"), (-1, "--"))}
        (slope,) = bottom.plot(t, 0 * t, color=J, linewidth=2)
        top.axhline(0, color=style.INK, linewidth=0.6)
        top.set(xlim=(0, T), ylim=(-1.15, 1.15), yticks=(-1, 0, 1))
        bottom.set(ylim=(FLOOR, 3), yticks=(0, -15, -30, -45))
        bottom.yaxis.set_major_formatter(RAISED)
        name_axes(top, y="state")
        name_axes(bottom, "step", "what is left of the gradient")
        name = name_lines(top, {states[1]: "after +1", states[-1]: "after −1"})

    def update(w, below=BELOW[1]):
        for sign, line in states.items():
            line.set_ydata(runs[w, sign][0][t - 1])
        slope.set_ydata(runs[w, 1][1][t - 1])
        slope.set_visible(below == BELOW[1])
        name()

    return fig, update
