"""A sum on a belt: what three writes are worth later, when the forget gate stands at f. Narrow enough for a phone."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.shared.axes import name_axes
from unrolled.figures.shared.held import held
from unrolled.words import say

WRITES = {3: 1.0, 16: -0.5, 24: 0.8}  # what is written, and when


def belt_explorer(T=36):
    """The cell state, to which three numbers are added, with the forget gate at f throughout: `(fig, update)`, update(f).

    Dotted, what is left of the first of them, f^(t - 3).
    """
    t, first = np.arange(T + 1), next(iter(WRITES))
    offered = np.zeros(T + 1)
    offered[list(WRITES)] = list(WRITES.values())
    with style.look():
        fig, ax = plt.subplots(figsize=(4.4, 3.2))
        ax.axhline(0, color=style.INK, linewidth=0.6)
        ax.vlines(list(WRITES), 0, list(WRITES.values()), color=style.SYMBOLS["i"].colour, linewidth=3, label=say("written"))
        (line,) = ax.plot(t, 0.0 * t, ".-", color=style.SYMBOLS["C"].colour, label=say("cell state"))
        (left,) = ax.plot(t[first:], 0.0 * t[first:], ":", color=style.SYMBOLS["f"].colour, label=say("left of the first"))
        ax.set(xlim=(0, T), ylim=(-0.75, 1.5), yticks=(0, 1))
        name_axes(ax, "step", "cell state")
        fig.legend(loc="outside upper left", ncols=3, handlelength=1.4, columnspacing=1)

    def update(f):
        line.set_ydata(held(f, 1, offered[1:]).C[:, 0, 0])
        left.set_ydata(f ** np.arange(T + 1 - first))

    return fig, update
