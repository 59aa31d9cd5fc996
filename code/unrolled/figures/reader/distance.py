"""From how far back the networks that read this book take what they know."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled.figures.shared.axes import POWERS, name_axes
from unrolled.figures.shared.heard import LINES, NAMES
from unrolled.figures.shared.lines import name_lines
from unrolled.style import INK, look


def distance_picture(outcomes):
    """What a letter does to the guess, beside what the last letter does to it, by how many letters lie between."""
    with look():
        fig, ax = plt.subplots()
        lines = {}
        for arm, outcome in outcomes.items():
            reach = outcome["reach"]
            (lines[arm],) = ax.plot(np.arange(1, len(reach) + 1), reach, **LINES[arm])
        ax.axhline(-2, color=INK, linewidth=0.6, linestyle=":")
        ax.set(xlim=(1, len(reach)), ylim=(-6, 0.3))
        ax.yaxis.set_major_formatter(POWERS)
        name_axes(ax, "letters back", "what is left of the gradient")
        name_lines(ax, {lines[arm]: NAMES[arm] for arm in lines})()
    return fig
