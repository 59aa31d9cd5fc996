"""The loss of the latch against its weight: the way downhill from a start, and what bars the way to the good weights."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.shared.axes import name_axes
from unrolled.words import say

NAMES = {True: "with noise", False: "without noise"}


def hill_explorer(w, losses, starts):
    """The loss against w, with noise and without, and points where training starts: `(fig, update)` with update(T).

    `losses` maps (T, noise) to the losses at the weights `w`, where a noise of 0 is silence; `starts` are some of the weights.
    """
    w = np.asarray(w, float)
    lines, points, colour = {}, {}, style.SYMBOLS["E"].colour
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.0))
        for loud, name in NAMES.items():
            look = {"color": colour if loud else style.INK, "linestyle": "-" if loud else "--"}
            (lines[loud],) = ax.plot(w, 0 * w, label=say(name), **look)
            (points[loud],) = ax.plot(starts, np.zeros(len(starts)), "o", color=look["color"], zorder=3)
        ax.set(xlim=(w[0], w[-1]), ylim=(0, 0.7))
        name_axes(ax, ("weight", "$w$"), ("loss", "$E$"))
        fig.legend(loc="outside upper left", ncols=2)

    def update(T):
        for (steps, noise), loss in losses.items():
            if steps == T:
                lines[noise > 0].set_ydata(loss)
                points[noise > 0].set_ydata(np.interp(starts, w, loss))

    return fig, update
