"""What several pictures share: names of axes in words, an axis of powers of ten, a shade of one colour."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from unrolled.style import INK, points
from unrolled.tables import power
from unrolled.words import ems, say

POWERS = FuncFormatter(lambda exponent, _: power(exponent))  # raised letters, for those of a formula are smaller
POWERS_OF = FuncFormatter(lambda value, _: power(np.log10(value)))  # the same on an axis that is logarithmic by itself
BESIDE = 7  # points between words and their symbol


def log_axis(ax, limits, x, y, T):
    """Time 0..T to the right, powers of ten with exponents in `limits` upwards, and a thin line at 1; names as in `name_axes`."""
    ax.set(xlim=(0, T), ylim=limits)
    name_axes(ax, x, y)
    in_powers(ax)


def in_powers(ax):
    """Powers of ten at whole exponents upwards, whole steps to the right, and a thin line at 1."""
    ax.axhline(0, color=INK, linewidth=0.6)
    ax.yaxis.set_major_formatter(POWERS)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.yaxis.get_major_locator().set_params(integer=True, nbins=6)


def name_axes(ax, x=None, y=None, *, lift=0):
    """What an axis shows, in words, and beside them the symbol: y above its upper end, where it reads, x below its right one.

    `x` and `y` are words of `unrolled.words`, or a pair of words and a symbol, either of which may be empty. `lift` raises the
    name of y by so many points, above what stands there.
    """
    if y:
        _side_by_side(ax, (0, 1), 8 + lift, y, "left")
    if x:
        _side_by_side(ax, (1, 0), _below(), x, "right")
    ax.grid(visible=True, axis="y")


def name_bar(bar, name):
    """What the colours of a map stand for, a name as in `name_axes`: above the map on the right, where an upright colour bar is,
    or under the right end of a bar that lies, as under an axis, where no second name stands over it.
    """
    if bar.orientation == "vertical":
        _side_by_side(bar.mappable.axes, (1, 1), 8, name, "right")
    else:
        _side_by_side(bar.ax, (1, 0), _below(), name, "right")


def lying_bar(fig, image, ax, name, **how):
    """A thin colour bar under a map `image` on `ax`, with its name below it; returns the bar."""
    bar = fig.colorbar(image, ax=ax, location="bottom", aspect=30, pad=0.04, **how)
    name_bar(bar, name)
    return bar


def number_beside(ax, end=None):
    """A text for a number that an axis has come to, on the line of its name, where no line strikes it: at the right end of the
    axes, or of what `end`, a transform, fills.
    """
    lift = ScaledTranslation(-2 / 72, 8 / 72, ax.figure.dpi_scale_trans)
    place = blended_transform_factory(end or ax.transAxes, ax.transAxes) + lift
    return ax.text(1, 1, "", transform=place, ha="right", va="baseline", weight="bold", in_layout=False)


def _below():
    """Where under an axis its name stands, below its numbers, in points."""
    rc = plt.rcParams
    return -(rc["xtick.major.size"] + rc["xtick.major.pad"] + rc["xtick.labelsize"]) - 5 - rc["axes.labelsize"]


def _side_by_side(ax, at, above, name, ha):
    """Words and symbol on one line, `above` points over the corner `at` of the axes: `ha` says which end of it stands there."""
    words, symbol = (name, "") if isinstance(name, str) else name
    parts = [part for part in (words and say(words), symbol) if part]
    size = plt.rcParams["axes.labelsize"]
    along, sign = 0, 1 if ha == "left" else -1
    for part in parts[::sign]:
        place = ax.transAxes + ScaledTranslation(along / 72, above / 72, ax.figure.dpi_scale_trans)
        text = ax.text(*at, part, transform=place, ha=ha, va="baseline", size=points(part, size, ax.figure))
        along += sign * (width(part, text.get_fontproperties()) + BESIDE)


def width(text, font):
    """How wide a text or a formula will be, in points, where each letter of Chinese takes a full em."""
    latin = "".join(letter for letter in text if not ems(letter))
    return text_to_path.get_text_width_height_descent(latin, font, "$" in latin)[0] + ems(text) * font.get_size_in_points()


def shade(colour, most=0.9):
    """A colour map from clear, so that the page shows through, to `colour`, at its fullest `most`."""
    return LinearSegmentedColormap.from_list("shade", [(*to_rgb(colour), alpha) for alpha in (0, most)])
