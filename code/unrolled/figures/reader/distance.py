"""From how far back the networks that read this book take what they know."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled.figures.shared.axes import POWERS, name_axes
from unrolled.figures.shared.heard import LINES, NAMES, line_of_runs
from unrolled.figures.shared.lines import name_lines
from unrolled.style import INK, look


def distance_picture(outcomes):
    """What a letter does to the guess, beside what the last letter does to it, by how many letters lie between.

    `outcomes` maps an arm to its runs, as `reading.recorded` gives them; a line is their median, a band their range.
    """
    with look():
        fig, ax = plt.subplots()
        lines = {}
        for arm, runs in outcomes.items():
            reach = np.array([run["reach"] for run in runs])
            lines[arm] = line_of_runs(ax, np.arange(1, reach.shape[1] + 1), reach, **LINES[arm])
        ax.axhline(-2, color=INK, linewidth=0.6, linestyle=":")
        ax.set(xlim=(1, reach.shape[1]), ylim=(-6, 0.3))
        ax.yaxis.set_major_formatter(POWERS)
        name_axes(ax, "letters back", "what is left of the gradient")
        name_lines(ax, {lines[arm]: NAMES[arm] for arm in lines})()
    return fig
