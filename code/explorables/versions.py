"""The private names of matplotlib that a replay leans on, from 3.8 to 3.11, each in one function.

A new matplotlib that renames one fails here and in the pixel tests, and nowhere else.
"""

import contextlib

import matplotlib
from matplotlib.mathtext import MathTextParser

_PARSE = MathTextParser._parse_cached.__wrapped__
_parsed = {}  # a formula, its size and fonts: what matplotlib made of it
MOST_FORMULAS = 4096


@contextlib.contextmanager
def formulas_kept():
    """While this lasts, no formula is parsed twice; matplotlib forgets all but the last 50, and parsing is slow."""
    fonts = tuple(value for name, value in matplotlib.rcParams.items() if name.startswith("mathtext."))

    def parse(parser, *given):
        key = parser._output_type, fonts, given
        if key not in _parsed:
            if len(_parsed) == MOST_FORMULAS:
                _parsed.clear()
            _parsed[key] = _PARSE(parser, *given)
        return _parsed[key]

    own, MathTextParser._parse_cached = MathTextParser._parse_cached, parse
    try:
        yield
    finally:
        MathTextParser._parse_cached = own


def flush(renderer):
    """Close the tag that the SVG writer of a renderer has open: what is written next stands alone."""
    renderer.writer._XMLWriter__flush()


def text_details(text):
    """What a `Text` is drawn by and has no public getter for. OpenType features and languages came with 3.11."""
    return tuple(getattr(text, f"_{name}", None) for name in ("multialignment", "linespacing", "features", "language"))


def patch_details(patch):
    """What a `Patch` is drawn by and has no public getter for."""
    newer = (getattr(patch, name, None) for name in ("_hatch_linewidth", "_gapcolor"))
    return str(patch._unscaled_dash_pattern), patch._hatch_color, *newer


def line_details(line):
    """What a `Line2D` is drawn by and has no public getter for."""
    return str(line._dash_pattern), str(line._gapcolor)


def ends(arrow):
    """The path of a `FancyArrowPatch`, or where and how it goes; None where it ends at other patches."""
    if arrow._posA_posB is None:
        path = arrow._path_original
        return path.vertices.tobytes(), path.codes is None or path.codes.tobytes()
    if arrow.patchA or arrow.patchB:
        return None
    return *map(tuple, arrow._posA_posB), arrow.shrinkA, arrow.shrinkB, arrow.get_connectionstyle()


def ticks(axis):
    """The ticks of an axis that will be drawn, with the positions and labels of now."""
    return axis._update_ticks()


def aligned(axis):
    """Does the label of this axis keep to a line with those of other axes?"""
    groups = axis.axes.figure._align_label_groups
    return axis.axis_name in groups and len(list(groups[axis.axis_name].get_siblings(axis.axes))) > 1


def looks_for_a_place(legend):
    """Does this legend go to where the least of the data is?"""
    return legend._get_loc() == 0
