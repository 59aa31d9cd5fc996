"""What to know before the cells: the glyphs, a gate, and the two activations with their slopes."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled.diagrams.kit import RADIUS, TANH, Drawing, canvas, fork, join, layer, pointwise, text, wire
from unrolled.maths import sigmoid_slope, tanh, tanh_slope, σ
from unrolled.style import INK, SYMBOLS, look

SATURATED = 0.05  # where a slope is below this, next to nothing passes


def _colour(key):
    return SYMBOLS[key].colour


@look()
def draw_legend(ax=None):
    """The seven glyphs: learned layer, pointwise operation, pointwise function, vector, join, copy, crossing."""
    d = canvas((-0.1, 9.5), (-4.0, 1.0), ax)
    centres = [*((1 + 2.45 * k, 0) for k in range(4)), *((2.2 + 2.45 * k, -2.6) for k in range(3))]
    layer(d, "1", centres[0], r"$\sigma$", _colour("f"))
    pointwise(d, "2", centres[1], r"$\times$")
    pointwise(d, "3", centres[2], TANH, width=1)
    x, y = centres[3]
    wire(d, "4", [(x - 0.8, y), (x + 0.8, y)], _colour("h"))
    x, y = centres[4]
    wire(d, "5", [(x - 0.8, y), (x - 0.07, y)], _colour("h"))
    wire(d, "5", [(x, y - 0.8), (x, y - 0.25)], _colour("x"))
    join(d, "5", (x, y))
    wire(d, "5", [(x, y), (x + 0.8, y)], width=3)
    x, y = centres[5]
    wire(d, "6", [(x - 0.8, y), (x + 0.8, y)], _colour("h"))
    wire(d, "6", [(x, y), (x, y + 0.8)], _colour("h"))
    fork(d, "6", (x, y), _colour("h"))
    x, y = centres[6]
    wire(d, "7", [(x - 0.8, y), (x + 0.8, y)], _colour("C"))
    wire(d, "7", [(x, y - 0.7), (x, y + 0.8)], _colour("h"), hops=[(x, y)])
    for k, (x, y) in enumerate(centres, start=1):
        text(d, str(k), (x, y - 1.15), str(k), size=11)
    return d


@look()
def draw_gate(ax=None):
    """A gate: a layer σ, whose output between 0 and 1 multiplies what passes."""
    d = canvas((-3.2, 3.2), (-2.3, 0.8), ax)
    wire(d, "vector", [(-2.4, 0), (-RADIUS, 0)], _colour("C"))
    pointwise(d, "vector", (0, 0), r"$\times$")
    wire(d, "vector", [(RADIUS, 0), (2.4, 0)], _colour("C"))
    layer(d, "gate", (0, -1.3), r"$\sigma$", _colour("f"))
    wire(d, "gate", [(0, -2.2), (0, -1.61)], width=3)
    wire(d, "gate", [(0, -0.99), (0, -RADIUS)], _colour("f"))
    text(d, "gate", (0.2, -0.65), r"$0 < f_t < 1$", ha="left")
    return d


@look()
def draw_slopes(axes=None):
    """tanh and σ with their slopes, shaded where the slope is below `SATURATED`; `axes` is a pair to draw into.

    Returns a `Drawing` without parts.
    """
    if axes is None:
        _, axes = plt.subplots(1, 2, sharex=True, sharey=True, figsize=(6, 3))
    a = np.linspace(-6, 6, 601)
    for ax, function, slope, name, key in (
        (axes[0], tanh, tanh_slope, "tanh", "rnn"),
        (axes[1], σ, sigmoid_slope, "σ", "rnn_sigmoid"),
    ):
        colour = SYMBOLS[key].colour
        for values, dash, prime in (function(a), "-", ""), (slope(a), (0, (3, 1)), "′"):
            ax.plot(a, values, color=colour, linestyle=dash, label=f"{name}{prime}(a)")
        ax.fill_between(a, -1.1, 1.1, where=slope(a) < SATURATED, color=INK, alpha=0.1, linewidth=0)
        ax.axhline(0, color=INK, linewidth=0.6)
        ax.set(
            xlabel="$a$",
            xlim=(-6, 6),
            ylim=(-1.1, 1.1),
            xticks=range(-6, 7, 2),
            yticks=(-1, 0, 0.25, 1),
            yticklabels=("−1", "0", "¼", "1"),
        )
        ax.legend(loc="lower right")
        ax.grid(visible=True, axis="y")
    return Drawing(axes[0].figure, axes, {}, {}, {}, {})
