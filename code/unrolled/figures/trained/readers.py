"""How the networks that read this book learned."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled.figures.shared.axes import name_axes
from unrolled.figures.shared.heard import LINES, NAMES, line_of_runs
from unrolled.figures.shared.lines import name_lines
from unrolled.style import INK, look


def curves_picture(outcomes, by_counting):
    """Bits a letter on the chapter that says when to stop, while three networks learn; `by_counting` (bits) as a thin line.

    `outcomes` maps an arm to its runs, as `reading.recorded` gives them; a line is their median, a band their range.
    """
    with look():
        fig, ax = plt.subplots()
        lines = {}
        for arm, runs in outcomes.items():
            updates, _, bits = np.array([run["curve"] for run in runs]).transpose(2, 0, 1)
            lines[arm] = line_of_runs(ax, updates[0], bits, **LINES[arm])
        last = updates[0, -1]
        (counting,) = ax.plot([0, last], [by_counting] * 2, color=INK, linewidth=1, linestyle=":")
        lowest = min(by_counting, *(bits for runs in outcomes.values() for run in runs for *_, bits in run["curve"]))
        ax.set(xlim=(0, last), ylim=(lowest - 0.1, lowest + 1.1))
        name_axes(ax, "updates", "bits a letter")
        name_lines(ax, {lines[arm]: NAMES[arm] for arm in lines} | {counting: "5-gram"})()
    return fig
