"""What one unit of an LSTM holds while a sentence is read, with and without one of its letters."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled.figures.shared.axes import name_axes
from unrolled.figures.shared.heard import LINES
from unrolled.figures.shared.lines import name_lines
from unrolled.style import INK, look

BEFORE = 8  # letters that are shown before the one that is left out


def unit_picture(sentence, place, whole, without):
    """The state of a unit after each letter, and what it is when the letter at `place` is left out; from BEFORE letters before.

    `whole` has as many states as the sentence has letters, `without` one less.
    """
    first = max(place - BEFORE, 0)
    at = np.arange(first, len(sentence))
    apart = np.insert(without, place, np.nan)
    with look():
        fig, ax = plt.subplots()
        ax.axvline(place, color=INK, linewidth=0.6, linestyle=":")
        (other,) = ax.plot(at, apart[first:], color=INK, linewidth=1.2, marker="o", markersize=3)
        (ours,) = ax.plot(at, whole[first:], marker="o", markersize=4, **LINES["chrono"])
        ax.set_xticks(at, list(sentence[first:]))
        name_axes(ax, y=("cell state", "$C_t$"))
        name_lines(ax, {ours: "with the mark", other: "without the mark"})()
    return fig
