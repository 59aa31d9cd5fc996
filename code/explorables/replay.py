"""Texts, lines, patches, collections, axes and legends that look as they did are not drawn again: what was written is kept and
named.

They are most of the time of a state. Most are known by all that they are drawn by; an axis by its ticks, their labels and the
view, a legend by its place; besides, no setter may have changed anything in these two since they were drawn (`stale`). What is
changed behind matplotlib's back would be missed: so `film` draws some states without this, compares, and does without where one
differs.
"""

import contextlib
from itertools import chain
from operator import methodcaller

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axis import Axis
from matplotlib.collections import Collection
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.text import Text

from explorables import versions


class Replay:
    """Keeps what one recorder wrote, as the elements that `read` makes of it; a `<kept n="..."/>` is written in its place."""

    def __init__(self, renderer, stream, read):
        self.renderer, self.stream, self.read = renderer, stream, read
        self.kept = []  # lists of elements, named by their numbers
        self.pieces, self.wholes = (
            {},
            {},
        )  # what an artist looks like -> its name; axis or legend -> (what it looks like, its name)
        self.same = set()  # the axes and legends that no setter has touched since they were drawn

    @contextlib.contextmanager
    def __call__(self, fig):
        """While this lasts, drawing `fig` names what is kept where it looks the same."""
        axes = [
            axis
            for ax in fig.axes
            for one in (ax, *ax.child_axes)
            if one.name == "rectilinear"
            for axis in (one.xaxis, one.yaxis)
        ]
        parts = {axis: _parts(axis) for axis in axes} | {legend: legend.findobj() for legend in _legends(fig)}
        self.same = {whole for whole in parts if whole in self.wholes and not any(part.stale for part in parts[whole])}
        drawn = {kind: kind.draw for kind in (Text, Line2D, Patch, FancyArrowPatch, Collection, Axis, Legend)}
        Text.draw = lambda text, renderer: self._piece(drawn[Text], _look_of_text, text, renderer)
        Line2D.draw = lambda line, renderer: self._piece(drawn[Line2D], _look_of_line, line, renderer)
        Patch.draw = lambda patch, renderer: self._piece(drawn[Patch], _look_of_patch, patch, renderer)
        FancyArrowPatch.draw = lambda arrow, renderer: self._piece(drawn[FancyArrowPatch], _look_of_arrow, arrow, renderer)
        Collection.draw = lambda many, renderer: self._piece(drawn[Collection], _look_of_collection, many, renderer)
        Axis.draw = lambda axis, renderer: self._whole(drawn[Axis], _look_of_axis, axis, renderer)
        Legend.draw = lambda legend, renderer: self._whole(drawn[Legend], _look_of_legend, legend, renderer)
        try:
            yield
        finally:
            for kind, draw in drawn.items():
                kind.draw = draw
            for part in chain.from_iterable(parts.values()):
                part.stale = False

    def _piece(self, draw, look_of, artist, renderer):
        look = look_of(artist) if artist.get_visible() and self._is_ours(renderer) else None
        if look is None:
            draw(artist, renderer)
        elif look in self.pieces:
            self._write(self.pieces[look])
        else:
            self.pieces[look] = self._keep(draw, artist)

    def _whole(self, draw, look_of, whole, renderer):
        look = look_of(whole) if whole.get_visible() and self._is_ours(renderer) else None
        if look is None:
            draw(whole, renderer)
        elif whole in self.same and self.wholes[whole][0] == look:
            self._write(self.wholes[whole][1])
        else:
            self.wholes[whole] = look, self._keep(draw, whole)

    def _is_ours(self, renderer):
        """Is this our SVG, and no image that will stand in it?"""
        return renderer is self.renderer and hasattr(renderer, "writer")

    def _write(self, name):
        versions.flush(self.renderer)
        self.stream.write(name)

    def _keep(self, draw, artist):
        """Draw an artist, and put a name in the place of what was written."""
        versions.flush(self.renderer)
        begun = self.stream.tell()
        draw(artist, self.renderer)
        self.stream.seek(begun)
        self.kept.append(list(self.read(self.stream.read())))
        self.stream.seek(begun)
        self.stream.truncate()
        name = f'<kept n="{len(self.kept) - 1}"/>'
        self.stream.write(name)
        return name

    def put_back(self, parent):
        """Kept elements for their names among the children of an element."""
        parent[:] = [
            element for child in parent for element in (self.kept[int(child.get("n"))] if child.tag == "kept" else [child])
        ]


def _parts(axis):
    """All of an axis that has a setter, and the spines, from which its label keeps its distance."""
    parts = [axis, axis.label, axis.offsetText, *axis.axes.spines.values()]
    for tick in (*axis.majorTicks, *axis.minorTicks):
        parts += (tick, tick.gridline, tick.tick1line, tick.tick2line, tick.label1, tick.label2)
    return parts


def _legends(fig):
    """Those of a figure and of its axes."""
    return [*fig.legends, *filter(None, (ax.get_legend() for ax in fig.axes))]


def _getters(*names):
    return [methodcaller(f"get_{name}") for name in names]


STYLE = ("alpha", "url", "snap", "gid")
EFFECTS = _getters("path_effects", "agg_filter", "rasterized", "sketch_params")
TEXT = _getters(*STYLE, "antialiased", "rotation", "rotation_mode", "ha", "va", "usetex", "parse_math")
NO_MARKER = ("None", "none", " ", "")
CAPS = ("dash_capstyle", "dash_joinstyle", "solid_capstyle", "solid_joinstyle")
LINE = _getters(*STYLE, *CAPS, "antialiased", "linestyle", "linewidth", "drawstyle")
ARRAYS = _getters("offsets", "transforms", "facecolor", "edgecolor", "linewidth", "antialiased")
COLLECTION = _getters(*STYLE, "linestyle", "capstyle", "joinstyle", "hatch", "urls", "pickradius")
PATCH = _getters(*STYLE, "antialiased", "edgecolor", "facecolor", "linewidth", "capstyle", "joinstyle", "hatch", "fill")
BOX = _getters("visible", "boxstyle", "mutation_scale", "mutation_aspect")
ARROW = _getters("arrowstyle", "mutation_scale", "mutation_aspect")


def _look_of_text(text):
    """All that a text is drawn by; None where that is not all."""
    box = text.get_bbox_patch()
    if not text.get_text() or text.get_wrap() or _has_effects(text) or (box and _has_effects(box)):
        return None
    at, transform = text.get_unitless_position(), text.get_transform()
    return (
        text.get_text(),
        (at, _bytes(transform)) if transform.is_affine else tuple(transform.transform(at)),
        mpl.colors.to_rgba(text.get_color()),
        hash(text.get_fontproperties()),
        *[get(text) for get in TEXT],
        versions.text_details(text),
        box and (*[get(box) for get in BOX], _style(box)),
    )


def _look_of_line(line):
    """All that a line is drawn by; None where that is not all, as where it has markers."""
    transform = line.get_transform()
    if line.get_marker() not in NO_MARKER or not transform.is_affine or _has_effects(line):
        return None
    colour, style = mpl.colors.to_rgba(line.get_color()), [get(line) for get in LINE]
    return *_points(line.get_path()), _bytes(transform), _clip(line), colour, *style, versions.line_details(line)


def _look_of_patch(patch):
    """All that a patch is drawn by; None where that is not all."""
    own, transform = patch.get_patch_transform(), Artist.get_transform(patch)
    if not (own.is_affine and transform.is_affine) or _has_effects(patch):
        return None
    return *_points(patch.get_path()), _bytes(own), _bytes(transform), _style(patch)


def _look_of_arrow(arrow):
    """All that an arrow is drawn by; None where that is not all, as where it ends at other patches."""
    transform, ends = arrow.get_transform(), versions.ends(arrow)
    if ends is None or not transform.is_affine or _has_effects(arrow):
        return None
    return ends, _bytes(transform), *[get(arrow) for get in ARROW], _style(arrow)


def _look_of_collection(many):
    """All that a collection is drawn by; None where that is not all, as where colours stand for numbers."""
    transform, offset = many.get_transform(), many.get_offset_transform()
    if many.get_array() is not None or not (transform.is_affine and offset.is_affine) or _has_effects(many):
        return None
    arrays = [get(many) for get in ARRAYS]
    return (
        *[_points(path) for path in many.get_paths()],
        _bytes(transform),
        _bytes(offset),
        *[array if isinstance(array, str) else np.asarray(array).tobytes() for array in arrays],
        *[str(get(many)) for get in COLLECTION],
        _clip(many),
    )


def _points(path):
    return path.vertices.tobytes(), path.codes is not None and path.codes.tobytes()


def _bytes(transform):
    return transform.get_matrix().tobytes()


def _style(patch):
    return _clip(patch), *[get(patch) for get in PATCH], versions.patch_details(patch)


def _clip(artist):
    clip = artist.get_clip_on() and artist.get_clip_box()
    return clip and clip.get_points().tobytes()


def _has_effects(artist):
    """What a look does not tell: a clip path, effects, an image instead of a path."""
    clipped = artist.get_clip_on() and (artist.get_clip_path() or (isinstance(artist, Text) and artist.get_clip_box()))
    return clipped or any(get(artist) for get in EFFECTS)


def _look_of_axis(axis):
    """What an axis shows that can change though no setter of its own was called; None where that is not all."""
    ax = axis.axes
    if ax.name != "rectilinear" or versions.aligned(axis):
        return None
    return (
        [(tick.get_loc(), tick.label1.get_text(), tick.label2.get_text()) for tick in versions.ticks(axis)],
        axis.major.formatter.get_offset(),
        ax.bbox.bounds,
        ax.viewLim.extents.tolist(),
    )


def _look_of_legend(legend):
    """What a legend shows that can change though it is not `stale`; None where it looks for a place among the data."""
    if versions.looks_for_a_place(legend):
        return None
    return legend.get_alignment(), legend.get_bbox_to_anchor().bounds, legend.parent.bbox.bounds
