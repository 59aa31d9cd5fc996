"""The panels of a figure. Where a page is too narrow for them side by side they flow, as words do: no letter gets smaller.

A panel is what stands alone: axes with their names, legends and colour bars, or a subfigure. A figure stays whole where
something lies across others, where it has a face, and where `update` makes artists of the figure itself.
"""

import itertools
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

BESIDE = 1 / 6  # of the width of a figure: what is narrower belongs to what stands left of it, as a colour bar does
NARROWER = 0.8  # of its width: panels that do not become so narrow stay where they are
AROUND = 2  # points around what is no axes


class Panels(NamedTuple):
    """Boxes that are cut out of a figure, in reading order; none where it stays whole."""

    boxes: list  # [(row, x, y, width, height)], the number of a row and points, y downwards
    owners: dict  # name of a group of the figure -> number of its box

    def of(self, place):
        """The number of the box that a piece at this place belongs to, None for a piece of no box."""
        return self.owners.get(place[1].rsplit(" ", 1)[0]) if len(place) > 1 else None


WHOLE = Panels([], {})


def find(fig, renderer):
    """The `Panels` of a figure as it is drawn now, at 72 dots an inch."""
    width, height = 72 * fig.get_size_inches()
    items = list(_items(fig, renderer, height))
    names = [item.name for item in items]
    if None in names or len(set(names)) < len(names) or (fig.patch.get_visible() and fig.patch.get_facecolor()[3]):
        return WHOLE
    boxes, owners = [], {_name(fig.patch): 0}
    rows = _apart(items, 1)
    for number, (row, (top, bottom)) in enumerate(zip(rows, _spans(rows, 1, height), strict=True)):
        columns = _apart(row, 0)
        for column, (left, right) in zip(columns, _spans(columns, 0, width), strict=True):
            if not any(item.wide for item in column):
                left, right = min(item.low[0] for item in column) - AROUND, max(item.high[0] for item in column) + AROUND
            if boxes and boxes[-1][0] == number and right - left < BESIDE * width:
                left = boxes.pop()[1]
            boxes.append((number, left, top, right - left, bottom - top))
            owners |= {item.name: len(boxes) - 1 for item in column}
    if not boxes or max(box[3] for box in boxes) > NARROWER * width:
        return WHOLE
    return Panels([tuple(round(float(size), 1) for size in box) for box in boxes], owners)


class _Item(NamedTuple):
    name: str  # of its group
    low: tuple  # x and y of the upper left corner
    high: tuple
    wide: bool  # with margins that it may come to need


def _name(artist):
    """What the group of an artist is called in a place; None of one that has been made after the others were named."""
    return artist.get_gid() and artist.get_gid().rsplit("_", 1)[0]


def _items(fig, renderer, height):
    """What stands directly in a figure, with the boxes around it."""
    for artist in fig.get_children():
        box = artist.get_tightbbox(renderer) if artist is not fig.patch else None
        if box is not None and np.isfinite(box.extents).all():
            yield _Item(_name(artist), (box.x0, height - box.y1), (box.x1, height - box.y0), isinstance(artist, Axes | SubFigure))


def _apart(items, axis):
    """Items in groups between which nothing stands, along x (0) or y (1)."""
    groups, end = [], -np.inf
    for item in sorted(items, key=lambda item: item.low[axis]):
        if item.low[axis] > end:
            groups.append([])
        groups[-1].append(item)
        end = max(end, item.high[axis])
    return groups


def _spans(groups, axis, size):
    """[(begin, end)] of the groups: they meet halfway, and go to the edges of the figure."""
    begins = [min(item.low[axis] for item in group) for group in groups]
    ends = [max(item.high[axis] for item in group) for group in groups]
    halfway = [(end + begin) / 2 for end, begin in zip(ends, begins[1:], strict=False)]
    return list(itertools.pairwise([0, *halfway, size])) if groups else []
