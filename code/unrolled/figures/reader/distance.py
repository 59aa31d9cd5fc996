"""From how far back the networks that read this book take what they know."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled.figures.shared.axes import POWERS, name_axes
from unrolled.figures.shared.heard import LINES, NAMES, line_of_runs
from unrolled.figures.shared.lines import name_lines
from unrolled.style import INK, look

MARKS = -1  # of the pairs of signs that runs were asked about: quotation marks
SIXTY = 60  # letters back: where the page asks


def distance_picture(outcomes):
    """What a letter does to the guess, beside what the last letter does to it, by how many letters lie between.

    `outcomes` maps an arm to its runs, as `reading.recorded` gives them; a line is their median, a band their range.
    """
    with look():
        fig, ax = plt.subplots()
        lines, least = {}, 0.0
        for arm, runs in outcomes.items():
            reach = np.array([run["reach"] for run in runs])
            lines[arm] = line_of_runs(ax, np.arange(1, reach.shape[1] + 1), reach, **LINES[arm])
            least = min(least, reach.min())
        ax.axhline(-2, color=INK, linewidth=0.6, linestyle=":")
        ax.axvline(SIXTY, color=INK, linewidth=0.6, linestyle=":")
        ax.set(xlim=(1, reach.shape[1]), ylim=(2 * np.floor(least / 2), 0.3))
        ax.yaxis.set_major_formatter(POWERS)
        name_axes(ax, "letters back", "what is left of the gradient")
        name_lines(ax, {lines[arm]: NAMES[arm] for arm in lines})()
    return fig


def closing_picture(outcomes, distances):
    """By how many bits a closing quotation mark is likelier because one was opened, so many letters before.

    `outcomes` as above; a line is the median of the runs, a band their range. Dotted: half a bit.
    """
    with look():
        fig, ax = plt.subplots()
        at, lines = np.arange(len(distances)), {}
        for arm, runs in outcomes.items():
            gains = np.array([[*run["closing"].values()][MARKS] for run in runs])
            lines[arm] = line_of_runs(ax, at, gains, **LINES[arm], marker="o", markersize=4)
        ax.axhline(0.5, color=INK, linewidth=0.6, linestyle=":")
        ax.set(xlim=(at[0] - 0.1, at[-1] + 0.1), ylim=(-0.2, None))
        ax.set_xticks(at, [str(distance) for distance in distances])
        name_axes(ax, "letters in between", "bits gained")
        name_lines(ax, {lines[arm]: NAMES[arm] for arm in lines})()
    return fig
