"""The Jacobian of one step of the LSTM as a picture of its four blocks."""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.jacobian import VANISH_EXPLODE, chain


def blocks_explorer(*, gain, b_f, t=10, n=8, seed=0):
    """J_t of a random LSTM, entry by entry, its blocks named: `(fig, update)` with update(gain, b_f); blue below 0, red above.

    The rows are C_t and h_t, the columns C_{t-1} and h_{t-1}; colours are full from -1 and 1 on.
    """
    J = {
        (g, b): chain(cells.lstm, np.random.default_rng(seed), gain=g, input_scale=1.0, T=t, n=n, b_f=b).J[-1]
        for g, b in product(gain, b_f)
    }
    halves = (n / 2, 3 * n / 2)
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.6))
        image = ax.pcolormesh(np.zeros((2 * n, 2 * n)), cmap=VANISH_EXPLODE, vmin=-1, vmax=1, rasterized=True)
        for line in (ax.axhline, ax.axvline):
            line(n, color=style.INK, linewidth=1)
        ax.set(aspect="equal", xlim=(0, 2 * n), ylim=(2 * n, 0))
        ax.set_xticks(halves, ["$C_{t{-}1}$", "$h_{t{-}1}$"], size=style.INDEXED)
        ax.set_yticks(halves, ["$C_t$", "$h_t$"], size=style.INDEXED)
        ax.tick_params(length=0, labeltop=True, labelbottom=False)
        ax.spines[:].set_visible(True)
        box = {"facecolor": (style.PAPER, 0.85), "edgecolor": "none", "boxstyle": "square,pad=0.15"}
        names = (("$D(f_t)$", 0.7, 0.2), ("$K_t$", 1.5, 0.5), (r"$D(q_t * f_t)$", 0.62, 1.2), ("$H_t$", 1.5, 1.5))
        for name, column, row in names:
            ax.text(column * n, row * n, name, ha="center", va="center", size=style.INDEXED, bbox=box)
        fig.colorbar(image, pad=0.03, extend="both", ticks=(-1, -0.5, 0, 0.5, 1))

    def update(gain, b_f):
        image.set_array(J[gain, b_f])

    return fig, update
