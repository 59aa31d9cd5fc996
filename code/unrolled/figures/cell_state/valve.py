"""The forget and the input gate as valves on one signal."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.shared.axes import name_axes
from unrolled.figures.shared.held import held
from unrolled.words import say

PULSES = {3: 1.0, 16: -0.5, 24: 0.8}  # what the candidate offers, and when


def valve_explorer(T=36):
    """The forget and the input gate as valves on one signal: `(fig, update)` with update(f, i).

    Above, what the candidate offers; below, the cell state; dotted, what is left of the first pulse, i f^(t - 3).
    """
    t = np.arange(T + 1)
    offered = np.zeros(T + 1)
    offered[list(PULSES)] = list(PULSES.values())
    first = next(iter(PULSES))
    blue, sky = style.SYMBOLS["C"].colour, style.SYMBOLS["C_tilde"].colour
    with style.look():
        fig, (top, bottom) = plt.subplots(2, figsize=(style.WIDTH, 3.4), sharex=True, height_ratios=(1, 2))
        top.vlines(list(PULSES), 0, list(PULSES.values()), color=sky, linewidth=4)
        top.plot(list(PULSES), list(PULSES.values()), "o", color=sky)
        top.set(ylim=(-1.2, 1.2), yticks=(-1, 0, 1))
        name_axes(top, y=("candidate", r"$\tilde{C}_t$"))
        (line,) = bottom.plot(t, 0 * t, color=blue, marker="o", markersize=4)
        (left,) = bottom.plot(t[first:], 0 * t[first:], color=style.SYMBOLS["f"].colour, linestyle=":")
        at = {"transform": bottom.transAxes, "ha": "right"}
        numbers = []
        for height, words in (0.2, "left after ten steps"), (0.05, "half-life"):
            bottom.text(0.9, height, say(words), **at)
            numbers.append(bottom.text(0.99, height, "", **at))
        bottom.set(xlim=(0, T), ylim=(-1.9, 1.5), yticks=(0, 1))
        name_axes(bottom, ("step", "$t$"), ("cell state", "$C_t$"))
        for ax in (top, bottom):
            ax.axhline(0, color=style.INK, linewidth=0.6)

    def update(f, i):
        line.set_ydata(held(f, i, offered[1:]).C[:, 0, 0])
        left.set_ydata(i * f ** np.arange(T + 1 - first))
        half = "∞" if f == 1 else "0" if f == 0 else f"{np.log(0.5) / np.log(f):.1f}"
        for number, text in zip(numbers, (f"{f**10:.2g}", half), strict=True):
            number.set_text(text)

    return fig, update
