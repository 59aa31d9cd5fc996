"""The seven glyphs of the diagrams, and a drawing whose parts can be lit, faded and filled with numbers.

A box is a learned layer, a circle or an ellipse a pointwise operation, a line with an arrowhead a vector on its way, a
short bar the joining of vectors, a dot the place where one vector goes two ways. Lines that cross hop over each other.
"""

import re
from itertools import pairwise
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text

from unrolled.diagrams.equations import timed
from unrolled.style import INDEXED, INK, PAPER, WIDTH

FADED, FADED_INK = 0.55, 0.4  # the opacity of what is out of focus: a hue stands out less than ink to begin with
TINT = 0.2  # the opacity of a layer's filling: light on a light page, dark on a dark one
HOP = 0.14  # the radius of the arc by which one line crosses another
RADIUS = 0.3  # of a pointwise operation
SHORT = 0.3  # the longest way without an arrowhead
TANH, NARROW = r"$\mathrm{tanh}$", 10.5  # the one function with a long name (\tanh brings a space), and its size where it fits
LABEL, NUMBER = INDEXED, 10  # font sizes in points: an index is no smaller than a number
UNIT = 0.465  # inches to one unit of a diagram, and less where it would be wider than `WIDTH`: a phone shows it whole


class Drawing(NamedTuple):
    """A diagram and what can be restyled in place."""

    fig: Figure
    ax: Axes
    parts: dict  # name of a part -> its artists; an artist may belong to several parts
    symbols: dict  # (key, steps back) -> the texts that name this vector
    numbers: dict  # key, or key + "_prev" -> (text at the wire, entries it has room for, what separates them)
    equations: dict  # key -> the texts of its equation below the drawing: the left side, and the rest from the equals sign on


def canvas(x, y, ax=None):
    """A `Drawing` without glyphs, on `ax` or on a new figure that the ranges `x` and `y` fill."""
    if ax is None:
        unit = min(UNIT, WIDTH / np.ptp(x))
        fig = plt.figure(figsize=(unit * np.ptp(x), unit * np.ptp(y)), layout="none")
        ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=x, ylim=y, aspect="equal")
    ax.set_axis_off()
    return Drawing(ax.figure, ax, {}, {}, {}, {})


def _enlist(d, of, artist):
    for part in of.split():
        d.parts.setdefault(part, []).append(artist)
    return artist


def box(d, of, at, colour, width, height, tint=TINT, edge=1, corner=0.1):
    """A box around `at`; `tint` and `edge` are the opacities of filling and outline, `corner` is the corners' radius."""
    low, size = (at[0] - width / 2, at[1] - height / 2), (width, height)
    colours = {"facecolor": (colour, tint), "edgecolor": (colour, edge)}
    _enlist(
        d,
        of,
        d.ax.add_patch(FancyBboxPatch(low, *size, boxstyle=f"round,pad=0,rounding_size={corner}", linewidth=1.6, **colours)),
    )


def layer(d, of, at, label, colour, width=0.8, height=0.62, size=13):
    """A learned layer: a box around `at`, named by its activation."""
    box(d, of, at, colour, width, height)
    text(d, of, at, label, size=NARROW if label == TANH else size)


def ring(d, of, at, label, width, height=0.76, **kwargs):
    """An operation without weights on whole vectors: as a pointwise one, but as wide as its name asks, or what it joins."""
    low = at[0] - width / 2, at[1] - height / 2
    style = f"round,pad=0,rounding_size={height / 2}"
    _enlist(d, of, d.ax.add_patch(FancyBboxPatch(low, width, height, style, facecolor=PAPER, edgecolor=INK, linewidth=1.2)))
    text(d, of, at, label, **kwargs)


def pointwise(d, of, at, label, colour=INK, width=2 * RADIUS, height=2 * RADIUS, size=12):
    """A pointwise operation: a circle around `at`, or an ellipse where the label needs more room."""
    ellipse = Ellipse(at, width, height, facecolor=PAPER, edgecolor=colour, linewidth=1.2)
    _enlist(d, of, d.ax.add_patch(ellipse))
    text(d, of, at, label, size=NARROW if label == TANH else size)


def wire(d, of, points, colour=INK, head=True, hops=(), width=1.8, **kwargs):
    """A vector on its way through `points`, with an arrowhead at its end; it hops over what it meets at `hops`.

    A way that is too short for a head and a shaft is a plain line.
    """
    head = head and sum(np.hypot(*np.diff(pair, axis=0)[0]) for pair in pairwise(points)) > SHORT
    vertices, codes = [points[0]], [Path.MOVETO]
    for start, end in pairwise(np.asarray(points, float)):
        along = (end - start) / np.hypot(*(end - start))
        across = np.array([-along[1], along[0]]) * (1 if along[0] - along[1] > 0 else -1)  # arcs bulge up, or to the right
        for hop in sorted(map(tuple, hops), key=lambda p: np.dot(np.subtract(p, start), along)):
            reach = np.subtract(hop, start)
            if abs(reach @ across) < 1e-9 and 0 < reach @ along < (end - start) @ along:
                before, after = hop - HOP * along, hop + HOP * along
                vertices += [before, before + 4 / 3 * HOP * across, after + 4 / 3 * HOP * across, after]
                codes += [Path.LINETO] + 3 * [Path.CURVE4]
        vertices.append(end)
        codes.append(Path.LINETO)
    style = "-|>,head_length=0.42,head_width=0.2" if head else "-"
    arrow = FancyArrowPatch(
        path=Path(vertices, codes),
        arrowstyle=style,
        mutation_scale=12,
        color=colour,
        linewidth=width,
        joinstyle="round",
        capstyle="butt",
        **kwargs,
    )
    return _enlist(d, of, d.ax.add_patch(arrow))


def fork(d, of, at, colour=INK, size=0.2):
    """The place where one vector goes two ways."""
    _enlist(d, of, d.ax.add_patch(Ellipse(at, size, size, facecolor=colour, edgecolor="none")))


def join(d, of, at, colour=INK):
    """The place where vectors are joined, one above the other, to one vector that leaves to the right."""
    (x, y), w, h = at, 0.14, 0.5
    bar = Rectangle((x - w / 2, y - h / 2), w, h, facecolor=colour, edgecolor="none")
    _enlist(d, of, d.ax.add_patch(bar))


def text(d, of, at, string, size=LABEL, **kwargs):
    """Text around `at`."""
    kwargs = {"ha": "center", "va": "center_baseline"} | kwargs
    return _enlist(d, of, d.ax.text(*at, close(string), size=size, **kwargs))


def close(string):
    r"""TeX whose indices have no space around a sign, as in TeX itself; mathtext sets $h_{t-1}$ as wide as $t - 1$."""
    return re.sub(r"(?<=_\{)[^{}]+(?=\})", lambda index: re.sub("[-+]", r"{\g<0>}", index[0]), string)


def symbol(d, of, at, key, back=0, **kwargs):
    """The symbol of the table at time t, or `back` steps before; `write` replaces t by a number."""
    artist = text(d, of, at, f"${timed(key, back=back)}$", **kwargs)
    d.symbols.setdefault((key, back), []).append(artist)
    return artist


def number(d, of, at, key, room=3, column=False, **kwargs):
    """An empty label for the entries of the vector `key`, to be filled by `write`."""
    if column:
        kwargs = {"va": "top"} | kwargs
    d.numbers[key] = text(d, of, at, "", size=NUMBER, **kwargs), room, "\n" if column else " "


def _faint(artist):
    """The opacity of an artist that is out of focus."""
    if isinstance(artist, Text):
        return FADED_INK
    colour = artist.get_edgecolor() if artist.get_edgecolor()[3] else artist.get_facecolor()
    return FADED_INK if same_color(colour[:3], INK) else FADED


def focus(d, lit=None):
    """Light the parts named in `lit` and fade all others, in place; `None` lights everything.

    Raises `ValueError` for a name that is no part of the drawing.
    """
    lit = set(d.parts) if lit is None else set(lit)
    if unknown := lit - set(d.parts):
        raise ValueError(f"lit must hold parts of the drawing, {sorted(d.parts)}, got {sorted(unknown)}")
    shown = {id(artist) for part in lit for artist in d.parts[part]}
    for artist in (artist for artists in d.parts.values() for artist in artists):
        alpha = None if id(artist) in shown else _faint(artist)
        if artist.get_alpha() != alpha:  # a setter is slow: it looks its colours up again
            artist.set_alpha(alpha)
        if isinstance(artist, FancyBboxPatch):
            artist.set_fill(id(artist) in shown)


def write(d, step):
    """Write numbers at the wires, in place.

    `step` maps names to vectors: the fields of a cell's `Step`, "x", and "h_prev", "C_prev" or "s_prev" for the state
    before; a `Step` itself will do. An ellipsis stands for entries that there is no room for. The entry "t", a number,
    takes the place of the letter in all symbols. What `step` does not name is left empty. Raises `ValueError` for a name
    that is no vector of the drawing.
    """
    step = dict(step._asdict() if hasattr(step, "_asdict") else step)
    t = step.pop("t", "t")
    if unknown := set(step) - set(d.numbers):
        raise ValueError(f"step must name vectors of the drawing, {sorted(d.numbers)}, got {sorted(unknown)}")
    for key, (label, room, separator) in d.numbers.items():
        entries = [two_decimals(v) for v in np.ravel(step.get(key, ()))]
        label.set_text(separator.join(entries[:room] + ["…"] * (len(entries) > room)))
    for (key, back), labels in d.symbols.items():
        for label in labels:
            label.set_text(close(f"${timed(key, t, back)}$"))


def two_decimals(number):
    """A number, or an array of one, as the pictures write it: two decimals, a real minus, and none before a zero."""
    return f"{round(np.asarray(number).item(), 2) + 0:.2f}".replace("-", "−")


def values_at(trace, x, t):
    """The numbers of step `t` for `write`: what `unroll` returned as `trace` for the input `x` (T, m) or (T, m, B).

    The first sequence of a batch is shown. Raises `ValueError` when t is not one of 1..T.
    """
    if not 1 <= t <= len(x):
        raise ValueError(f"t must be one of 1..{len(x)}, got {t}")
    now = {key: values[t, :, 0] for key, values in trace._asdict().items()}
    before = {f"{key}_prev": values[t - 1, :, 0] for key, values in trace._asdict().items() if key in ("C", "h", "s")}
    return {"t": t, "x": np.reshape(x[t - 1], (len(x[t - 1]), -1))[:, 0], **now, **before}
