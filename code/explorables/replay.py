"""Texts, patches, collections and axes that look as they did are not drawn again: what was written is written once more.

They are most of the time of a state. All but an axis are known by all that they are drawn by; an axis by its ticks, their
labels and the view; besides, no setter may have changed anything in it since it was drawn (`stale`). What is changed behind
matplotlib's back would be missed: so `film` draws some states without this, compares, and does without where one differs.
"""

import contextlib

import matplotlib as mpl
import numpy as np
from matplotlib.axis import Axis
from matplotlib.collections import Collection
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.text import Text

from explorables import versions


class Replay:
    """Remembers what one recorder wrote."""

    def __init__(self, renderer, stream):
        self.renderer, self.stream = renderer, stream
        self.pieces, self.axes = {}, {}  # what an artist looks like -> SVG; axis -> (what it looks like, SVG)
        self.same = set()  # the axes that no setter has touched since they were drawn

    @contextlib.contextmanager
    def __call__(self, fig):
        """While this lasts, drawing `fig` writes again what looks the same."""
        axes = [
            axis
            for ax in fig.axes
            for one in (ax, *ax.child_axes)
            if one.name == "rectilinear"
            for axis in (one.xaxis, one.yaxis)
        ]
        self.same = {axis for axis in axes if axis in self.axes and not any(part.stale for part in _parts(axis))}
        drawn = {kind: kind.draw for kind in (Text, Patch, FancyArrowPatch, Collection, Axis)}
        Text.draw = lambda text, renderer: self._piece(drawn[Text], _look_of_text, text, renderer)
        Patch.draw = lambda patch, renderer: self._piece(drawn[Patch], _look_of_patch, patch, renderer)
        FancyArrowPatch.draw = lambda arrow, renderer: self._piece(drawn[FancyArrowPatch], _look_of_arrow, arrow, renderer)
        Collection.draw = lambda many, renderer: self._piece(drawn[Collection], _look_of_collection, many, renderer)
        Axis.draw = lambda axis, renderer: self._axis(drawn[Axis], axis, renderer)
        try:
            yield
        finally:
            for kind, draw in drawn.items():
                kind.draw = draw
            for axis in axes:
                for part in _parts(axis):
                    part.stale = False

    def _piece(self, draw, look_of, artist, renderer):
        look = look_of(artist) if artist.get_visible() and self._is_ours(renderer) else None
        if look is None:
            draw(artist, renderer)
        elif look in self.pieces:
            self._write(self.pieces[look])
        else:
            self.pieces[look] = self._written(draw, artist)

    def _axis(self, draw, axis, renderer):
        if not (axis.get_visible() and axis.axes.name == "rectilinear" and self._is_ours(renderer)) or versions.aligned(axis):
            draw(axis, renderer)
            return
        look = _look_of_axis(axis) if axis in self.same else None
        if look and self.axes[axis][0] == look:
            self._write(self.axes[axis][1])
        else:
            text = self._written(draw, axis)
            self.axes[axis] = look or _look_of_axis(axis), text

    def _is_ours(self, renderer):
        """Is this our SVG, and no image that will stand in it?"""
        return renderer is self.renderer and hasattr(renderer, "writer")

    def _write(self, text):
        versions.flush(self.renderer)
        self.stream.write(text)

    def _written(self, draw, artist):
        versions.flush(self.renderer)
        begun = self.stream.tell()
        draw(artist, self.renderer)
        self.stream.seek(begun)
        return self.stream.read()


def _parts(axis):
    """All of an axis that has a setter, and the spines, from which its label keeps its distance."""
    yield from (axis, axis.label, axis.offsetText, *axis.axes.spines.values())
    for tick in (*axis.majorTicks, *axis.minorTicks):
        yield from (tick, tick.gridline, tick.tick1line, tick.tick2line, tick.label1, tick.label2)


def _look_of_text(text):
    """All that a text is drawn by; None where that is not all."""
    box = text.get_bbox_patch()
    if not text.get_text() or text.get_wrap() or _has_effects(text) or (box and _has_effects(box)):
        return None
    return (
        text.get_text(),
        *text.get_transform().transform(text.get_unitless_position()),
        mpl.colors.to_rgba(text.get_color()),
        hash(text.get_fontproperties()),
        *(getattr(text, f"get_{name}")() for name in TEXT),
        versions.text_details(text),
        box and (box.get_visible(), box.get_boxstyle(), box.get_mutation_scale(), box.get_mutation_aspect(), _style(box)),
    )


def _look_of_patch(patch):
    """All that a patch is drawn by; None where that is not all."""
    transform = patch.get_transform()
    if not transform.is_affine or _has_effects(patch):
        return None
    path = patch.get_path()
    codes = None if path.codes is None else path.codes.tobytes()
    return path.vertices.tobytes(), codes, transform.get_matrix().tobytes(), _style(patch)


def _look_of_arrow(arrow):
    """All that an arrow is drawn by; None where that is not all, as where it ends at other patches."""
    transform, ends = arrow.get_transform(), versions.ends(arrow)
    if ends is None or not transform.is_affine or _has_effects(arrow):
        return None
    styles = arrow.get_arrowstyle(), arrow.get_mutation_scale(), arrow.get_mutation_aspect()
    return ends, transform.get_matrix().tobytes(), styles, _style(arrow)


def _look_of_collection(many):
    """All that a collection is drawn by; None where that is not all, as where colours stand for numbers."""
    transform, offset = many.get_transform(), many.get_offset_transform()
    if many.get_array() is not None or not (transform.is_affine and offset.is_affine) or _has_effects(many):
        return None
    clip = many.get_clip_on() and many.get_clip_box()
    paths = [(path.vertices.tobytes(), path.codes is not None and path.codes.tobytes()) for path in many.get_paths()]
    arrays = transform.get_matrix(), offset.get_matrix(), *(getattr(many, f"get_{name}")() for name in ARRAYS)
    return (
        tuple(paths),
        *(array if isinstance(array, str) else np.asarray(array).tobytes() for array in arrays),
        *(str(getattr(many, f"get_{name}")()) for name in COLLECTION),
        clip and clip.bounds,
    )


def _style(patch):
    clip = patch.get_clip_on() and patch.get_clip_box()
    return clip and clip.bounds, *(getattr(patch, f"get_{name}")() for name in PATCH), versions.patch_details(patch)


def _has_effects(artist):
    """What a look does not tell: a clip path, effects, an image instead of a path."""
    clipped = artist.get_clip_on() and (artist.get_clip_path() or (isinstance(artist, Text) and artist.get_clip_box()))
    effects = (getattr(artist, f"get_{name}")() for name in ("path_effects", "agg_filter", "rasterized", "sketch_params"))
    return clipped or any(effects)


STYLE = ("alpha", "antialiased", "url", "snap", "gid")
TEXT = (*STYLE, "rotation", "rotation_mode", "ha", "va", "usetex", "parse_math")
ARRAYS = ("offsets", "transforms", "facecolor", "edgecolor", "linewidth")
COLLECTION = (*STYLE, "linestyle", "capstyle", "joinstyle", "hatch", "urls", "pickradius")
PATCH = (*STYLE, "edgecolor", "facecolor", "linewidth", "capstyle", "joinstyle", "hatch", "fill")


def _look_of_axis(axis):
    """What an axis shows that can change though no setter of its own was called."""
    ax = axis.axes
    return (
        [(tick.get_loc(), tick.label1.get_text(), tick.label2.get_text()) for tick in versions.ticks(axis)],
        axis.major.formatter.get_offset(),
        ax.bbox.bounds,
        ax.viewLim.extents.tolist(),
    )
