"""The stills that stand behind answers: what is left of a number from step to step."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled.figures.shared.axes import in_powers, name_axes
from unrolled.figures.shared.lines import name_lines
from unrolled.style import SYMBOLS, WIDTH, look

LOOKS = [{"color": SYMBOLS["s"].colour, "linestyle": (0, (5, 2))}, {"color": SYMBOLS["J"].colour}]


def left_picture(curves):
    """What is left after t = 1, 2, ... steps, as powers of ten: `curves` maps one or two names to log10 of it.

    Names are words of `unrolled.words`, or formulas. Thin: 1, where nothing is lost and nothing gained.
    """
    with look():
        fig, ax = plt.subplots(figsize=(0.75 * WIDTH, 2.4))
        lines = {}
        for (name, log10), how in zip(curves.items(), LOOKS[-len(curves) :], strict=True):
            (line,) = ax.plot(np.arange(1, len(log10) + 1), log10, linewidth=2, **how)
            lines[line] = name
        in_powers(ax)
        ax.set_xlim(1, len(log10))
        name_axes(ax, "steps", "what is left")
        name_lines(ax, lines)()
    return fig
