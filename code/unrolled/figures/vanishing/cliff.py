"""The exploding gradient as a cliff in the loss, and what clipping does there.

The network of one unit of Pascanu, Mikolov & Bengio (2013), figure 6: x_t = w σ(x_{t-1}) + b from x_0 = 1/2 without input, and
the loss E = (σ(x_50) - 0.7)².
"""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.transforms import ScaledTranslation

from unrolled import style
from unrolled.figures.shared.axes import name_axes, name_bar, shade
from unrolled.maths import σ
from unrolled.training import clip_by_global_norm, clip_by_value
from unrolled.words import say

W, B = (3.6, 6.6), (-3.1, -1.7)  # the part of the plane that the picture shows
SOLVED = 1e-3  # the loss below which a start counts as solved


class Slope(NamedTuple):
    """The loss and its two derivatives, arrays of one shape."""

    E: np.ndarray
    dw: np.ndarray
    db: np.ndarray


def cliff_loss(w, b, T=50):
    """E(w, b) after T steps and its gradient, a `Slope`; w and b are broadcast against each other."""
    x = np.broadcast_to(0.5, np.broadcast_shapes(np.shape(w), np.shape(b)))
    x_w = x_b = np.zeros(x.shape)  # ∂x_t/∂w and ∂x_t/∂b, carried forward
    for _ in range(T):
        y = σ(x)
        factor = w * y * (1 - y)  # ∂x_t/∂x_{t-1}
        x, x_w, x_b = w * y + b, factor * x_w + y, factor * x_b + 1
    y = σ(x)
    dx = 2 * (y - 0.7) * y * (1 - y)
    return Slope((y - 0.7) ** 2, dx * x_w, dx * x_b)


def grid_of_starts(k=7):
    """k × k starts around the cliff: w (k²,), b (k²,)."""
    return [a.ravel() for a in np.meshgrid(np.linspace(4, 6.5, k), np.linspace(-3, -1.8, k))]


class Descent(NamedTuple):
    """Gradient descent from many starts: w, b and E after 0, 1, ... updates, (updates + 1, thresholds, starts)."""

    w: np.ndarray
    b: np.ndarray
    E: np.ndarray

    def solved(self, n=-1):
        """How many starts stand at E < `SOLVED` after n updates, for each threshold."""
        return (self.E[n] < SOLVED).sum(axis=1)


def descend(w, b, thresholds, *, rate=0.2, updates=1000):
    """A `Descent` from the starts w, b (k,) for each of `thresholds`; infinity stands for no clipping.

    Each start has its own gradient, clipped by its norm: g ← g min(1, threshold / ‖g‖). The unclipped paths are chaotic: a
    change in the 13th digit moves the number of solved starts by a few.
    """
    θ = np.asarray(thresholds, float)[:, None]
    w, b = (np.broadcast_to(a, (len(θ), len(a))) for a in (w, b))
    path = []
    for update in range(updates + 1):
        at = cliff_loss(w, b)
        path.append((w, b, at.E))
        if update < updates:
            with np.errstate(divide="ignore"):
                step = rate * np.minimum(1, θ / np.hypot(at.dw, at.db))
            w, b = w - step * at.dw, b - step * at.db
    return Descent(*map(np.stack, zip(*path, strict=True)))


def cliff_explorer(descent, thresholds, start=3):
    """The loss over (w, b) and starts on their way down: `(fig, update)` with update(threshold, n, walkers).

    `thresholds` names the thresholds of `descent` in its order; n is the number of updates; `walkers` is "one", whose path is
    drawn, or "all". Filled green, solved; open red, not; at the corner how many of how many. Who leaves the picture has leapt
    off the cliff.
    """
    row = {name: number for number, name in enumerate(thresholds)}
    E = cliff_loss(*np.meshgrid(np.linspace(*W, 151), np.linspace(*B, 151))).E
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.4))
        image = ax.imshow(E, origin="lower", extent=(*W, *B), aspect="auto", cmap=shade(style.HUES["slate"], 0.8), vmin=0)
        name_bar(fig.colorbar(image, pad=0.02, ticks=(0, 0.1, 0.2, 0.3, 0.4)), ("loss", "$E$"))
        valleys = ax.contour(E, levels=[SOLVED], extent=(*W, *B))
        lines = [line for line in valleys.allsegs[0] if np.ptp(line, axis=0).max() > 0.1]  # at the wall the grid leaves specks
        valleys.remove()
        ax.add_collection(LineCollection(lines, color=style.HUES["green"], linewidth=1))
        (path,) = ax.plot([], [], color=style.INK, linewidth=1.2)
        (open_,) = ax.plot([], [], "o", markersize=5, markerfacecolor="none", color=style.HUES["crimson"])
        (solved,) = ax.plot([], [], "o", markersize=5, color=style.HUES["green"], markeredgecolor=style.INK, markeredgewidth=0.6)
        count = ax.text(0.98, 0.97, "", transform=ax.transAxes, ha="right", va="top", size=13)
        ax.set(xlim=W, ylim=B)
        name_axes(ax, ("weight", "$w$"), ("bias", "$b$"))
        ax.grid(visible=False)

    def update(threshold, n, walkers):
        w, b, E = (series[: n + 1, row[threshold]] for series in descent)
        path.set_data(w[:, start], b[:, start])
        shown = slice(None) if walkers == "all" else [start]
        w, b, done = w[n, shown], b[n, shown], E[n, shown] < SOLVED
        open_.set_data(w[~done], b[~done])
        solved.set_data(w[done], b[done])
        count.set_text(f"{done.sum()} / {done.size}")

    return fig, update


class Clipped(NamedTuple):
    """Gradients (k, 2) after clipping, and the cosine (k,) of each against what it was."""

    g: np.ndarray
    cosine: np.ndarray


def clip_both(gradients, threshold):
    """The rows of `gradients` (k, 2), each clipped by its norm and by its entries: a dict of two `Clipped`."""
    by = {
        "norm": np.stack([clip_by_global_norm((g,), threshold)[0][0] for g in gradients]),
        "value": np.stack([clip_by_value((g,), threshold)[0] for g in gradients]),
    }
    lengths = np.linalg.norm(gradients, axis=1)
    return {k: Clipped(g, np.sum(g * gradients, axis=1) / np.linalg.norm(g, axis=1) / lengths) for k, g in by.items()}


def clip_explorer(gradients):
    """Clipping by norm (left) and by value (right) of `gradients` (k, 2): `(fig, update)` with update(threshold).

    Thin and red the gradients, thick and blue what is left of them, and below the least cosine between the two.
    """
    reach = 1.08 * np.abs(gradients).max()
    tails = np.zeros(len(gradients))
    arrows = {"angles": "xy", "scale_units": "xy", "scale": 1}
    with style.look():
        fig, axes = plt.subplots(1, 2, figsize=(6, 3.6), sharex=True, sharey=True)
        limits = [plt.Circle((0, 0), 1), plt.Rectangle((0, 0), 2, 2)]
        after, cosines = {}, {}
        for ax, limit, kind, words in zip(axes, limits, ("norm", "value"), ("clipped by norm", "clipped by value"), strict=True):
            limit.set(facecolor=(style.SYMBOLS["bound"].colour, 0.12), edgecolor=style.SYMBOLS["bound"].colour, linestyle="--")
            ax.add_patch(limit)
            ax.quiver(tails, tails, *gradients.T, color=style.SYMBOLS["delta"].colour, width=0.007, headwidth=5, **arrows)
            blue = style.SYMBOLS["C"].colour
            after[kind] = ax.quiver(tails, tails, *gradients.T, color=blue, width=0.016, zorder=3, **arrows)
            ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
            ax.tick_params(labelleft=True)  # on a phone the panels stand one below the other
            name_axes(ax, y=words)
            below = ax.get_xaxis_transform() + ScaledTranslation(0, -34 / 72, fig.dpi_scale_trans)  # under the numbers
            ax.text(reach / 2, 0, say("smallest cosine"), transform=below, ha="right")
            cosines[kind] = ax.text(0.55 * reach, 0, "", transform=below)

    def update(threshold):
        for kind, clipped in clip_both(gradients, threshold).items():
            after[kind].set_UVC(*clipped.g.T)
            cosines[kind].set_text(f"{clipped.cosine.min():.2f}")
        limits[0].set_radius(threshold)
        limits[1].set_bounds(-threshold, -threshold, 2 * threshold, 2 * threshold)

    return fig, update
