"""Names that stand at the ends of lines, instead of a legend."""

import math

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D
from matplotlib.transforms import Affine2D, ScaledTranslation, blended_transform_factory

from unrolled.figures.shared.axes import width
from unrolled.style import points
from unrolled.words import ems, say

SAMPLE, WORDS = (6, 20), 24  # points from the axes: where a sample begins and ends, clear of its line, and where words begin


def padded(said, gone=""):
    """With room for an arrow, and for letters of Chinese: they are an em wide, and matplotlib, which has none, reserves less."""
    return said if "$" in said else said + (gone or "\u2002") + "\u2002" * ems(said)


def name_lines(ax, names, longest=""):
    """Words where lines end on the right, with a sample of each line, instead of a legend; for up to five lines.

    `names` maps lines to words of `unrolled.words`, or to formulas; `longest` is the longest name that a line will get later, for
    which room is kept. Returns a function to be called whenever lines have moved:
    it puts each name where its line ends, apart from the others; an arrow tells that the line has left the picture.
    """
    size, inch = plt.rcParams["legend.fontsize"], 1 / 72
    behind = ax.transAxes + ScaledTranslation(WORDS * inch, 0, ax.figure.dpi_scale_trans)
    at = {"transform": behind, "va": "center_baseline"}
    beside = Affine2D().scale(inch) + ax.figure.dpi_scale_trans + ScaledTranslation(1, 0, ax.transAxes)  # points from the axes
    texts, samples, laid_out = {}, {}, set()
    if longest:
        reserved = ax.text(1, 0, "", **at, size=points(say(longest), size, ax.figure))
        reserved.set_text(_room(say(longest), reserved))
    for line, name in names.items():
        texts[line] = ax.text(1, 0, padded(say(name)), **at, size=points(say(name), size, ax.figure))
        samples[line] = sample = Line2D(SAMPLE, [0, 0])
        sample.update_from(line)  # with its own dashes, which `get_linestyle` does not tell
        whole = {"clip_on": False, "clip_path": None, "gid": None}
        sample.set(transform=blended_transform_factory(beside, ax.transAxes), marker="", solid_capstyle="butt", **whole)
        _begin_within_a_dash(sample)
        ax.figure.add_artist(sample)  # beside the axes, and none of their data

    def move():
        place()
        engine = ax.figure.get_layout_engine()
        if engine and engine not in laid_out:  # how high the axes are, and so how far apart are names, is known by now
            laid_out.add(engine)
            engine.execute(ax.figure)
            place()

    def place():
        heights = {line: end for line in names if (end := _end(ax, line)) is not None}
        line_height = 1.4 * size * inch / (ax.get_window_extent().height / ax.figure.dpi)
        apart = spread(list(heights.values()), line_height, line_height / 2)  # or a sample would prolong the axis
        places = {line: round(50 * height) / 50 for line, height in zip(heights, apart, strict=True)}  # fewer places weigh less
        for line, name in names.items():
            samples[line].set_visible(line in places)
            texts[line].set_text(_room(say(name), texts[line]))  # for a picture is laid out once
            texts[line].set_y(places.get(line, 0))
            if line in places:
                gone = " ↓" if heights[line] < -0.01 else " ↑" if heights[line] > 1.01 else ""
                texts[line].set_text(padded(say(name), gone))
                samples[line].set_ydata([places[line], places[line]])

    return move


def _room(said, text):
    """Blanks as wide as what will be said."""
    return "\u2002" * math.ceil(2 * width(said, text.get_fontproperties()) / text.get_size())


def _begin_within_a_dash(sample):
    """Of dashes so long that a sample might show but one, the first is halved: what is between them is seen, in its true size."""
    _, dashes = sample._dash_pattern
    if dashes and 1.5 * sum(dashes) > SAMPLE[1] - SAMPLE[0]:
        unit = sample.get_linewidth()
        sample.set_linestyle((dashes[0] / 2 / unit, [length / unit for length in dashes]))


def _end(ax, line):
    """Where a line ends on the right, as a share of the height of its axes; None where nothing of it is drawn."""
    points = np.column_stack([np.asarray(values, float) for values in line.get_data()])
    points = ax.transData.transform(points[np.isfinite(points).all(axis=1)])
    if len(points) < 2 and (not len(points) or line.get_marker() in ("", " ", "None", None)):
        return None
    return float(ax.transAxes.inverted().transform(points[np.argmax(points[:, 0])])[1])


def spread(heights, least, low=0):
    """Heights between `low` and 1, near those given and in their order, but `least` apart: a list."""
    order = np.lexsort((-np.arange(len(heights)), heights))  # of two at one height, the first stands above
    steps = least * np.arange(len(order))
    base = np.clip(np.asarray(heights, float)[order], low, 1) - steps
    base = (np.maximum.accumulate(base) + np.minimum.accumulate(base[::-1])[::-1]) / 2  # half of the way up, half down
    found = np.empty(len(order))
    found[order] = np.clip(base, low, max(low, 1 - steps[-1:].sum())) + steps
    return found.tolist()
