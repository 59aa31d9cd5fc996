"""What a cell computed over a sequence: its gates and states under the words, and the cell state as a line that fades."""

from itertools import pairwise
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.font_manager import FontProperties

from unrolled.checks import choice
from unrolled.figures.shared.axes import name_axes, width
from unrolled.style import INDEXED, INK, SYMBOLS, WIDTH, look

UNIT = 0.17  # inches for a value of 1: the height of a gate's row; a row with negative values has twice as much
GAP = 0.4  # between rows, in the same unit
TINTS = (1, 0, 0.35)  # the fillings of each unit's bars: full, outlined, between; more at one time step could not be read
APART, LOWER = 5, 13  # points between two words on one line, and from that line to the next


class Row(NamedTuple):
    """The row of one field of a trace, on axes whose unit of height is a value of 1."""

    base: float  # where the value 0 lies
    low: float  # the values it has room for
    high: float
    values: np.ndarray  # (T, n), t = 1..T
    bars: list  # a `PolyCollection` for each unit


def gate_traces(trace, tokens=None, parts=None):
    """Gates and states at every t, as bars: a row for each field of `trace` in `parts` (all by default), a bar a unit.

    `trace` is what `unroll` returned, of n ≤ 3 units and B = 1. A row's tint spans 0 to 1 for a gate, -1 to 1 for the rest
    (further where the values go further). The first unit's bars are full, the second's outlined. `tokens` are T words for
    the axis; the numbers 1..T by default. Returns the figure; raises ValueError for a trace, tokens or parts that do not fit.
    """
    check_units(trace)
    parts = trace._fields if parts is None else [choice("parts", part, trace._fields) for part in parts]
    with look():
        fig, ax = plt.subplots(figsize=(WIDTH, UNIT * sum(spans(trace, parts)) + 0.65))
        for row in draw_rows(ax, trace, labels(tokens, len(trace[0]) - 1), parts).values():
            reveal(row, len(row.values))
    return fig


def check_units(trace):
    """Refuse with a ValueError what has no room in a picture of single numbers."""
    _, n, B = trace[0].shape
    if n > len(TINTS) or B != 1:
        raise ValueError(f"trace must have at most {len(TINTS)} units and B = 1: each number is shown; got n = {n}, B = {B}")


def labels(tokens, T):
    """`tokens` if they are T words, the numbers 1..T for `None`; else a ValueError."""
    if tokens is None:
        return [str(t) for t in range(1, T + 1)]
    if len(tokens) != T:
        raise ValueError(f"tokens must be {T} words, one for each time step; got {len(tokens)}")
    return list(tokens)


def limits(trace, part):
    """The values that a row has room for: 0 to 1 for a gate, at least -1 to 1 for the rest."""
    if SYMBOLS[part].name.endswith("gate"):
        return 0.0, 1.0
    reach = max(1.0, np.nanmax(np.abs(getattr(trace, part))))
    return -reach, reach


def spans(trace, parts):
    """The heights of these rows, each with its gap, in units of the values."""
    return [np.ptp(limits(trace, part)) + GAP for part in parts]


def draw_rows(ax, trace, tokens, parts):
    """The rows of `gate_traces` on `ax`, one under the other, as yet without bars: a dict from part to its `Row`."""
    made, top = {}, 0.0
    for part in parts:
        (low, high), colour = limits(trace, part), SYMBOLS[part].colour
        values = getattr(trace, part)[1:, :, 0]
        ax.axhspan(top - (high - low), top, facecolor=(colour, 0.08), edgecolor="none")
        ax.axhline(top - high, color=INK, linewidth=0.5, alpha=0.4)
        units = [
            PolyCollection([], facecolor=(colour, tint), edgecolor=colour, linewidth=1.1) for tint in TINTS[: values.shape[1]]
        ]
        made[part] = Row(top - high, low, high, values, [ax.add_collection(unit, autolim=False) for unit in units])
        top -= high - low + GAP
    ax.set(xlim=(0.5, len(tokens) + 0.5), ylim=(top + GAP / 2, GAP / 2))
    ax.tick_params(length=0)
    set_words(ax, tokens)
    ax.set_yticks(
        [row.base + (row.low + row.high) / 2 for row in made.values()], [SYMBOLS[part].label for part in made], size=INDEXED
    )
    ax.spines[:].set_visible(False)
    return made


def set_words(ax, words):
    """Words below the steps 1..T; where two neighbours would run together, every second one stands a line lower."""
    ax.set_xticks(range(1, len(words) + 1), words)
    font = FontProperties(size=plt.rcParams["xtick.labelsize"])
    widths, room = [width(word, font) for word in words], 0.9 * 72 * WIDTH / len(words)
    if any((a + b) / 2 > room - APART for a, b in pairwise(widths)):
        for tick in ax.xaxis.get_major_ticks()[1::2]:
            tick.set_pad(tick.get_pad() + LOWER)


def reveal(row, last, first=1):
    """Show the bars of a row for t = first..last, in place."""
    n = len(row.bars)
    for unit, collection in enumerate(row.bars):
        left = np.arange(first, last + 1) - 0.36 + 0.72 * unit / n
        corners = [(left, 0), (left, 1), (left + 0.66 / n, 1), (left + 0.66 / n, 0)]
        verts = [np.column_stack([x, row.base + up * row.values[first - 1 : last, unit]]) for x, up in corners]
        collection.set_verts(np.stack(verts, axis=1))


def cell_line(trace, tokens=None):
    """The cell state on its way: a panel for each unit, C_t against t, the line from t-1 to t as opaque as f_t is open.

    `trace` is what `unroll` returned for a cell with a forget gate, n ≤ 3 and B = 1. At each t the line arrives at
    f_t * C_{t-1}, a ring; a stroke leads on to C_t, a dot: i_t * C̃_t is added. Where nothing is, ring and dot are one.
    Returns the figure; raises ValueError for a trace without f and C, or for tokens that do not fit.
    """
    if not {"f", "C"} <= set(trace._fields):
        raise ValueError(f"trace must have the fields f and C; got {', '.join(trace._fields)}")
    check_units(trace)
    T, n = len(trace.C) - 1, trace.C.shape[1]
    t, words = np.arange(T + 1), labels(tokens, T)
    with look():
        fig, axes = plt.subplots(n, figsize=(WIDTH, 1.4 * n + 0.4), sharex=True, sharey=True, squeeze=False)
        for unit, ax in enumerate(axes[:, 0]):
            f, C = trace.f[1:, unit, 0], trace.C[:, unit, 0]
            kept = f * C[:-1]
            path = np.stack([np.column_stack([t[:-1], C[:-1]]), np.column_stack([t[1:], kept])], axis=1)
            ax.axhline(0, color=INK, linewidth=0.5, alpha=0.4)
            ax.add_collection(LineCollection(path, colors=SYMBOLS["C"].colour, alpha=f, linewidth=4))
            ax.vlines(t[1:], kept, C[1:], color=SYMBOLS["i"].colour, linewidth=2.5)
            ax.plot(t[1:], kept, "o", markersize=7, markerfacecolor="none", markeredgecolor=SYMBOLS["f"].colour)
            ax.plot(t, C, "o", markersize=4, color=SYMBOLS["C"].colour)
            name_axes(ax, y=("cell state", f"$C_{{t,{unit + 1}}}$" if n > 1 else ""))
        reach = 1.15 * max(1, np.abs(trace.C).max())
        ax.set(xlim=(-0.3, T + 0.5), ylim=(-reach, reach))
        set_words(ax, words)
        if tokens is None:
            name_axes(ax, ("step", "$t$"))
    return fig
