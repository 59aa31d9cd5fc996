"""What the powers of a matrix make of a circle: how far they stretch it, between the spectral radius and the norm."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.shared.axes import POWERS, name_axes
from unrolled.measure import spectral_radius

LOW, HIGH = -3, 3  # the powers of ten that the lower picture shows
WIDER = 2.4  # how much wider than high the plane is


def circle_explorer(matrices, powers):
    """The unit circle under Aⁿ, and ‖Aⁿ‖ between ρ(A)ⁿ and ‖A‖ⁿ: `(fig, update)` with update(A, n).

    `matrices` maps the names of the choice A to matrices (2, 2); `powers` are the exponents n, in rising order. The plane is
    wide, for a long needle and the circle are to be seen in it together.
    """
    n_all, angle = np.array(powers), np.linspace(0, 2 * np.pi, 49)
    circle = np.array([np.cos(angle), np.sin(angle)])
    images = {(name, n): np.linalg.matrix_power(A, n) for name, A in matrices.items() for n in powers}
    norms = {name: np.array([np.linalg.norm(images[name, n], 2) for n in powers]) for name in matrices}
    colour = style.SYMBOLS["J"].colour
    with style.look():
        fig, (plane, ax) = plt.subplots(2, 1, figsize=(style.WIDTH, 4.6), height_ratios=(3, 4))
        plane.plot(*circle, color=style.INK, linewidth=1, linestyle=":")
        (image,) = plane.plot([], [], color=colour)
        (axis,) = plane.plot([], [], color=colour, linewidth=1, marker="o", markersize=4, markevery=[1], clip_on=False)
        plane.set(aspect="equal", xlim=(-WIDER, WIDER), ylim=(-1, 1))
        ax.axhline(0, color=style.INK, linewidth=0.6)
        (above,) = ax.plot([], [], color=style.SYMBOLS["bound"].colour, linestyle="--", label=r"$\Vert A\Vert^n$")
        (norm,) = ax.plot([], [], color=colour, label=r"$\Vert A^n\Vert$")
        (below,) = ax.plot([], [], color=style.HUES["green"], linestyle=":", label=r"$\rho(A)^n$")
        (here,) = ax.plot([], [], "o", color=colour)
        ax.set(xlim=(0, n_all.max()), ylim=(LOW, HIGH))
        name_axes(ax, ("power", "$n$"), "norm")
        ax.yaxis.set_major_formatter(POWERS)
        room = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0.2}  # over the panel, beside its name
        ax.legend(ncols=3, fontsize=style.INDEXED, handlelength=1.5, columnspacing=1.2, **room)

    def update(A, n):
        ellipse = images[A, n] @ circle
        longest = ellipse[:, np.argmax(np.hypot(*ellipse))]
        image.set_data(*ellipse)
        axis.set_data([0, longest[0]], [0, longest[1]])
        x, y = np.maximum(1, np.abs(ellipse).max(axis=1))
        reach = 1.1 * 2 ** np.ceil(np.log2(max(x / WIDER, y) / 1.06))  # both in view; few scales weigh less
        plane.set(xlim=(-WIDER * reach, WIDER * reach), ylim=(-reach, reach))
        for line, values in (
            (above, n_all * _log(np.linalg.norm(matrices[A], 2))),
            (below, n_all * _log(spectral_radius(matrices[A]))),
            (norm, _log(norms[A])),
        ):
            line.set_data(n_all, values)
        here.set_data([n], [_log(norms[A][n_all == n][0])])

    return fig, update


def _log(norm):
    """log10 of a norm, and a number far below the picture where the norm is 0."""
    return np.log10(np.maximum(norm, 10.0 ** (10 * LOW)))
