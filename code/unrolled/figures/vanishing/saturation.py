"""tanh and σ, their slopes, and where a slope is too small for a number."""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.checks import choice
from unrolled.figures.shared.axes import POWERS_OF, name_axes
from unrolled.maths import sigmoid_slope, tanh, tanh_slope, σ


class Activation(NamedTuple):
    """φ, its exact slope φ'(a), its slope from the value s = φ(a) (as the chain rule meets it), and its name."""

    φ: object
    slope: object
    slope_of: object
    name: str


ACTIVATIONS = {
    "tanh": Activation(tanh, tanh_slope, lambda s: 1 - s**2, "tanh"),
    "sigmoid": Activation(σ, sigmoid_slope, lambda s: s * (1 - s), "σ"),
}
SATURATED = 0.05  # the slope below which a unit counts as saturated
GRID = np.arange(0, 50, 0.01)


def first_zero(activation, dtype=np.float64):
    """The least a ≥ 0, on a grid of hundredths, at which φ'(a) computed from s = φ(a) is exactly 0: a float.

    φ'(a) itself is never 0. `activation` is "tanh" (1 - s²) or "sigmoid" (s (1 - s)), `dtype` float64 or float32.
    """
    act = ACTIVATIONS[choice("activation", activation, ACTIVATIONS)]
    return round(float(GRID[np.argmax(act.slope_of(act.φ(GRID.astype(dtype))) == 0)]), 2)


def saturated_from(activation):
    """The least a ≥ 0, on a grid of hundredths, from which on a unit counts as saturated, φ'(a) < 0.05: a float."""
    act = ACTIVATIONS[choice("activation", activation, ACTIVATIONS)]
    return round(float(GRID[np.argmax(act.slope(GRID) < SATURATED)]), 2)


def saturation_explorer():
    """φ with its tangent, and its slope on a logarithmic axis: `(fig, update)` with update(activation, a).

    Shaded: saturated, a slope below 0.05. The drops 32 and 64 stand where the slope computed from
    s = φ(a) is rounded to 0 in float32 and float64 (`first_zero`), while the slope itself goes on.
    """
    near, wide, LOW = np.linspace(-6, 6, 97), np.linspace(-40, 40, 81), 1e-36
    edges = {key: saturated_from(key) for key in ACTIVATIONS}
    zeros = {key: [first_zero(key, dtype) for dtype in (np.float32, np.float64)] for key in ACTIVATIONS}
    red, grey = style.SYMBOLS["J"].colour, style.SYMBOLS["bound"].colour
    with style.look():
        fig, (left, right) = plt.subplots(1, 2, figsize=(6, 3.1))
        shades = [left.axvspan(0, 1, color=grey, alpha=0.15, linewidth=0) for _ in range(2)]
        left.axhline(0, color=style.INK, linewidth=0.6)
        (curve,) = left.plot([], [], color=style.SYMBOLS["s"].colour)
        (tangent,) = left.plot([], [], color=red, linestyle=(0, (3, 1)))
        (point,) = left.plot([], [], "o", color=red, clip_on=False)
        number = left.text(-5.8, 1.7, "", va="top")
        left.set(xlim=(-6, 6), ylim=(-1.2, 1.75), xticks=(-6, -3, 0, 3, 6), yticks=(-1, 0, 1))
        name_axes(left, ("pre-activation", "$a$"), "value")
        (slope,) = right.semilogy([], [], color=red)
        (there,) = right.semilogy([], [], "o", color=red)
        drops = [right.plot([], [], color=grey, linewidth=1.2, linestyle=":")[0] for _ in range(4)]
        clear = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 1}  # no line strikes a number
        names = [right.text(0, 1e3 * LOW, f"{bits}", ha="center", va="center", size=10, bbox=clear) for bits in (32, 64, 32, 64)]
        right.set(xlim=(-40, 40), ylim=(LOW, 10), xticks=(-40, -20, 0, 20, 40), yticks=(1, 1e-10, 1e-20, 1e-30))
        right.yaxis.set_major_formatter(POWERS_OF)
        name_axes(right, ("pre-activation", "$a$"), "slope")

    def update(activation, a):
        act, edge = ACTIVATIONS[activation], edges[activation]
        value, here = act.φ(a), act.slope(a)
        curve.set_data(near, act.φ(near))
        reach = 2 / np.hypot(1, 3 * here)
        tangent.set_data([a - reach, a + reach], [value - here * reach, value + here * reach])
        point.set_data([a], [value])
        number.set_text(f"{act.name}({a:g}) = {value:.5f}\n{act.name}′({a:g}) = {_scientific(here)}".replace("-", "−"))
        for shade, x in zip(shades, (-6, edge), strict=True):
            shade.set_bounds(x, 0, 6 - edge, 1)
        slope.set_data(wide, act.slope(wide))
        there.set_data([a], [here])
        for drop, name, x in zip(drops, names, (*zeros[activation], *(-zero for zero in zeros[activation])), strict=True):
            drop.set_data([x, x], [LOW, act.slope(x)])
            name.set_x(x)

    return fig, update


def _scientific(value):
    """A positive number with two or three digits as plain text, which is quicker to draw than TeX: 0.420, 2.5 × 10⁻⁵."""
    if value >= 0.01:
        return f"{value:.3f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} × 10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def steepness(k=(1, 3, 10)):
    """tanh(k a) and its slope for each k: the range stays (-1, 1), the slope at 0 is k. Returns `fig`."""
    a = np.linspace(-2, 2, 161)
    dashes = ["-", "--", ":"]
    with style.look():
        fig, (left, right) = plt.subplots(1, 2, figsize=(6, 2.8))
        for factor, dash, hue in zip(k, dashes, ("teal", "blue", "crimson"), strict=True):
            look = {"color": style.HUES[hue], "linestyle": dash, "label": f"$k = {factor:g}$"}
            left.plot(a, tanh(factor * a), **look)
            right.plot(a, factor * tanh_slope(factor * a), **look)
        right.set(ylim=(0, None))
        name_axes(left, ("pre-activation", "$a$"), ("value", r"$\mathrm{tanh}(k\,a)$"))
        name_axes(right, ("pre-activation", "$a$"), ("slope", r"$k\,\mathrm{tanh}^{\prime}(k\,a)$"))
        fig.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return fig
