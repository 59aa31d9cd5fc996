"""Adding superposes: m values in n numbers, kept as a sum of patterns or put into slots by a gate."""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from unrolled import style
from unrolled.figures.shared.axes import name_axes
from unrolled.figures.shared.lines import name_lines


class Recall(NamedTuple):
    """What comes back of m stored values ±1: all (draws, m), the last one written stands last."""

    values: np.ndarray
    added: np.ndarray  # each was added along a random pattern, and is read back along it
    solved: np.ndarray  # the same sum, read back by the best linear reader
    gated: np.ndarray  # a gate put each into one of n slots, in turn


def recall(m, *, n=8, draws=200, seed=0):
    """Store m values in C, n numbers, and read them back: a `Recall`.

    added: C = Σ v_k u_k with random unit patterns u_k, read as u_k · C. solved: the values of least length that give this C.
    gated: C_t = (1 - g_t) * C_{t-1} + g_t v_t, with g_t one at a single slot, the next one in each step, and zero elsewhere.
    """
    rng = np.random.default_rng(seed)
    values = rng.choice([-1.0, 1.0], size=(draws, m))
    u = rng.normal(size=(draws, n, m))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    C = u @ values[:, :, None]
    slot = np.arange(m) % n
    held = np.zeros((draws, n))
    for k in range(m):
        held[:, slot[k]] = values[:, k]
    return Recall(values, (u.transpose(0, 2, 1) @ C)[:, :, 0], (np.linalg.pinv(u) @ C)[:, :, 0], held[:, slot])


def recall_errors(sizes, *, n=8):
    """The root mean square error of `recall` for each m in `sizes`: a dict {"added", "solved", "gated"} of (len(sizes),)."""
    stored = [recall(m, n=n) for m in sizes]
    ways = ("added", "solved", "gated")
    return {way: np.array([np.sqrt(np.mean((getattr(r, way) - r.values) ** 2)) for r in stored]) for way in ways}


def recall_explorer(sizes, *, n=8):
    """m values in n numbers: `(fig, update)` with update(m), m in `sizes`.

    One draw: rings are the values, dots what is read back, first from the sum, then from the slots. Below, the errors.
    """
    errors, largest = recall_errors(sizes, n=n), max(sizes)
    looks = {"added": ("blue", "-", "o"), "solved": ("slate", "--", "s"), "gated": ("crimson", ":", "^")}
    names = {"added": ("read from the sum", r"$u_k \cdot C$"), "gated": ("read from slots", "$g_t$")}
    with style.look():
        places = [["added"], ["gated"], ["errors"]]
        fig, axes = plt.subplot_mosaic(places, figsize=(style.WIDTH, 5), height_ratios=(4, 4, 5))
        rings, dots, lines, here = {}, {}, {}, {}
        for way in ("added", "gated"):
            ax = axes[way]
            ax.axhline(0, color=style.INK, linewidth=0.6, alpha=0.4)
            rings[way] = ax.plot([], [], "o", markersize=8, markerfacecolor="none", color=style.INK)[0]
            dots[way] = ax.plot([], [], looks[way][2], markersize=4.5, color=style.HUES[looks[way][0]])[0]
            ax.set(ylim=(-3.2, 3.2), yticks=(-1, 1))
            ax.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
            name_axes(ax, ("value number", "$k$") if way == "gated" else None, names[way])
        below = axes["errors"]
        below.axvline(n, color=style.INK, linewidth=0.8, linestyle=":")
        for way, (hue, dash, marker) in looks.items():
            lines[way] = below.plot(sizes, errors[way], color=style.HUES[hue], linestyle=dash)[0]
            here[way] = below.plot([], [], marker, color=style.HUES[hue], clip_on=False)[0]
        below.set(xlim=(0, largest), ylim=(-0.05, 1.8))
        name_axes(below, ("values stored", "$m$"), "error")
        name_lines(below, {lines["added"]: "the sum", lines["solved"]: "best reader", lines["gated"]: "gate"})()

    def update(m):
        stored, k = recall(m, n=n, draws=1), np.arange(1, m + 1)
        for way in rings:
            axes[way].set_xlim(0.4, m + 0.6)  # as far as there are values
            rings[way].set_data(k, stored.values[0])
            dots[way].set_data(k, getattr(stored, way)[0])
        for way, point in here.items():
            point.set_data([m], [errors[way][sizes.index(m)]])

    return fig, update
