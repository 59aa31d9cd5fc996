"""A number on the belt: how much of it a forget gate leaves, and both gates as valves on one signal."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.shared.axes import name_axes
from unrolled.figures.shared.held import held
from unrolled.tables import rough
from unrolled.words import say

PULSES = {3: 1.0, 16: -0.5, 24: 0.8}  # what the candidate offers, and when


def pulse_explorer(T=100):
    """A 1 that is written at step 0, and what is left of it, step by step: `(fig, update)` with update(f)."""
    t, pulse = np.arange(T + 1), np.eye(1, T + 1)[0]
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 2.4))
        (line,) = ax.plot(t, pulse, color=style.SYMBOLS["C"].colour, linewidth=3)
        (end,) = ax.plot([T], [0], "o", color=style.SYMBOLS["C"].colour, clip_on=False)
        clear = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.5}  # the line of the half does not strike the number
        left = ax.text(T - 2, 0, "", ha="right", va="bottom", size=14, weight="bold", bbox=clear, zorder=1)
        ax.axhline(0, color=style.INK, linewidth=0.6)
        ax.set(xlim=(0, T), ylim=(-0.03, 1.3), yticks=(0, 0.5, 1))
        name_axes(ax, ("step", "$t$"), ("cell state", "$C_t$"))

    def update(f):
        C = held(np.full(T + 1, f), 1, pulse).C[1:, 0, 0]
        line.set_ydata(C)
        end.set_ydata(C[-1:])
        left.set_y(C[-1] + 0.07)
        left.set_text(f"{100 * C[-1]:.0f}%" if C[-1] > 0.1 else f"{100 * C[-1]:.2g}%")

    return fig, update


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
            bottom.text(0.86, height, say(words), **at)
            numbers.append(bottom.text(0.99, height, "", **at))
        bottom.set(xlim=(-0.5, T + 0.5), ylim=(-1.9, 1.5), yticks=(0, 1))  # with room for the first dot and the last
        name_axes(bottom, ("step", "$t$"), ("cell state", "$C_t$"))
        for ax in (top, bottom):
            ax.axhline(0, color=style.INK, linewidth=0.6)

    def update(f, i):
        line.set_ydata(held(f, i, offered[1:]).C[:, 0, 0])
        left.set_ydata(i * f ** np.arange(T + 1 - first))
        with np.errstate(divide="ignore"):
            left_after, half = rough(10 * np.log10(f)), np.log(0.5) / np.log(f) if f < 1 else np.inf
        steps = "∞" if half == np.inf else f"{half:.1f}"
        for number, text in zip(numbers, (left_after, steps) if i else ("–", "–"), strict=True):
            number.set_text(text)

    return fig, update
