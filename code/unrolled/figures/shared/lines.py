"""Names that stand at the ends of lines, instead of a legend."""

import math

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from unrolled.figures.shared.axes import width
from unrolled.style import points
from unrolled.words import ems, say


def name_lines(ax, names, longest=""):
    """Words where lines end on the right, with a sample of each line, instead of a legend; for up to five lines.

    `names` maps lines to words of `unrolled.words`, or to formulas; `longest` is the longest name that a line will get later, for
    which room is kept. Returns a function to be called whenever lines have moved:
    it puts each name where its line ends, apart from the others; an arrow tells that the line has left the picture.
    """
    size, inch = plt.rcParams["legend.fontsize"], 1 / 72
    place = ax.transAxes + ScaledTranslation(24 * inch, 0, ax.figure.dpi_scale_trans)
    at = {"transform": place, "va": "center_baseline"}
    point = ax.figure.dpi * inch / ax.get_window_extent().width  # as a share of the width of the axes
    texts, samples = {}, {}
    if longest:
        reserved = ax.text(1, 0, "", **at, size=points(say(longest), size, ax.figure))
        reserved.set_text("\u2002" * math.ceil(2 * width(say(longest), reserved.get_fontproperties()) / reserved.get_size()))
    for line, name in names.items():
        texts[line] = ax.text(1, 0, _padded(say(name)), **at, size=points(say(name), size, ax.figure))
        samples[line] = sample = Line2D([1 + 3 * point, 1 + 21 * point], [0, 0])
        sample.update_from(line)  # with its own dashes, which `get_linestyle` does not tell
        sample.set(transform=ax.transAxes, marker="", clip_on=False, clip_path=None, gid=None)
        ax.figure.add_artist(sample)  # beside the axes, and none of their data

    def move():
        heights = {line: end for line in names if (end := _end(ax, line)) is not None}
        line_height = 1.3 * size * inch / (ax.get_window_extent().height / ax.figure.dpi)
        apart = spread(list(heights.values()), line_height)
        places = {line: round(50 * height) / 50 for line, height in zip(heights, apart, strict=True)}  # fewer places weigh less
        for line, name in names.items():
            for artist in (texts[line], samples[line]):
                artist.set_visible(line in places)
            if line in places:
                gone = " ↓" if heights[line] < -0.01 else " ↑" if heights[line] > 1.01 else ""
                texts[line].set_text(_padded(say(name), gone))
                texts[line].set_y(places[line])
                samples[line].set_ydata([places[line], places[line]])

    return move


def _padded(said, gone=""):
    """With room for an arrow, and for letters of Chinese: they are an em wide, and matplotlib, which has none, reserves less."""
    return said if "$" in said else said + (gone or "\u2002") + "\u2002" * ems(said)


def _end(ax, line):
    """Where a line ends on the right, as a share of the height of its axes; None for a line without points."""
    points = np.column_stack([np.asarray(values, float) for values in line.get_data()])
    points = ax.transData.transform(points[np.isfinite(points).all(axis=1)])
    if not len(points):
        return None
    return float(ax.transAxes.inverted().transform(points[np.argmax(points[:, 0])])[1])


def spread(heights, least):
    """Heights between 0 and 1, near those given and in their order, but `least` apart: a list."""
    order = np.lexsort((-np.arange(len(heights)), heights))  # of two at one height, the first stands above
    steps = least * np.arange(len(order))
    base = np.clip(np.asarray(heights, float)[order], 0, 1) - steps
    base = (np.maximum.accumulate(base) + np.minimum.accumulate(base[::-1])[::-1]) / 2  # half of the way up, half down
    found = np.empty(len(order))
    found[order] = np.clip(base, 0, 1 - steps[-1:].sum()) + steps
    return found.tolist()
