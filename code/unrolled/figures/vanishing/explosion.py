"""Training while the gradient explodes, or is clipped: plain gradient descent on delayed recall, several seeds."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.shared.axes import POWERS_OF, name_axes
from unrolled.figures.shared.lines import name_lines


def runs_picture(runs, chance):
    """Gradient norm and loss of `runs` against the number of updates, a line a run; dashed, the loss of guessing: `fig`."""
    with style.look():
        fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(style.WIDTH, 3.8))
        for run in runs:
            top.semilogy(np.arange(len(run.norm)), run.norm, color=style.SYMBOLS["delta"].colour, linewidth=0.8, alpha=0.7)
            bottom.plot(np.arange(len(run.loss)), run.loss, color=style.SYMBOLS["E"].colour, linewidth=0.8, alpha=0.7)
        guessing = bottom.axhline(chance, color=style.INK, linewidth=1, linestyle="--")
        top.yaxis.set_major_formatter(POWERS_OF)
        bottom.set(ylim=(0, None))
        name_axes(top, y=("size of the gradient", r"$\Vert\partial E/\partial\theta\Vert$"))
        name_axes(bottom, "updates", ("loss", "$E$"))
        name_lines(bottom, {guessing: "guessing"})()
    return fig
