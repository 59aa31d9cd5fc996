"""Networks in use, from their records: what going back leaves, through how many directions, and what the gates keep."""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter
from matplotlib.transforms import ScaledTranslation

from unrolled import style
from unrolled.figures.shared.axes import POWERS, log_axis, name_axes, number_beside, width
from unrolled.figures.shared.lines import name_lines, padded
from unrolled.tables import rough
from unrolled.words import expect_chinese, say

SOUNDS = {"hang2": "háng", "xing2": "xíng"}
MEANINGS = {  # of the sentences of `unrolled.wild.g2pm.READ`, in their order
    "en": ["a bank", "She works in a bank.", "He counts money in a bank.", "Desks in one row.", "She walks alone.", "Walkers."],
    "zh": ["银行", "她在一家银行工作", "他在银行里数钱", "桌椅排成一行", "她在街上行走", "路上的行人"],
}


class Measured(NamedTuple):
    """A layer of a record. Its arrays (L,) stand at the lags 1..L.

    low, median, high : log10 of the norm of the product, the percentiles 10, 50 and 90 over the end points
    kept : the share of directions that keep a hundredth, the median
    direct : log10 of what the gates alone keep in the best unit, the median
    keep, closed, open : the gate that keeps, f or 1 - z: its mean, and the shares of its values below 0.05 and above 0.95
    exponent : the largest Lyapunov exponent by repeated QR, the median over the sequences
    rate : the same by the median norm: its natural logarithm over as many steps as the shortest text has, divided by them
    """

    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    kept: np.ndarray
    direct: np.ndarray
    keep: float
    closed: float
    open: float
    exponent: float
    rate: float


def layers_of(record):
    """The layers of what `unrolled.wild.recorded` returns, or of its "second", as `Measured`, in the order of the network."""
    found, T = [], min(record["lengths"])
    for layer in record["layers"]:
        mean, closed, opened = layer["gates"]["f" if "f" in layer["gates"] else "z"]
        keep = (mean, closed, opened) if "f" in layer["gates"] else (1 - mean, opened, closed)
        arrays = [np.array(values, float) for values in (*layer["norms_10_50_90"], layer["kept_50"], layer["direct_50"])]
        found.append(Measured(*arrays, *keep, layer["lyapunov_50"][0], np.log(10) * arrays[1][T - 1] / T))
    return found


def prolonged(at, L):
    """A `Measured` whose arrays have L lags, NaN beyond those that were measured."""
    arrays = {name: a for name, a in at._asdict().items() if isinstance(a, np.ndarray)}
    return at._replace(**{name: np.append(a, np.full(L - len(a), np.nan)) for name, a in arrays.items()})


def shortened(at, L):
    """A `Measured` of no more than L lags."""
    arrays = {name: a for name, a in at._asdict().items() if isinstance(a, np.ndarray)}
    return at._replace(**{name: a[:L] for name, a in arrays.items()})


def guesses_explorer(layers):
    """What the mean gate says is left, and what is: `(fig, update)` with update(k), the steps back.

    `layers` is a dict {name: `Measured`}, a row for each: a ring for the mean of the gate that keeps to the power k, a line from
    it to a disc, the median norm, and a bar for what the gates alone keep in the best unit. Further to the right more is left.
    """
    heights = np.arange(len(layers))[::-1]
    J, f, ink = style.SYMBOLS["J"].colour, style.SYMBOLS["f"].colour, style.INK
    with style.look():
        fig, ax = plt.subplots(figsize=(4.4, 3.5))
        apart = [ax.plot([], [], color=ink, linewidth=0.8, alpha=0.5)[0] for _ in layers]
        looks = (
            {"marker": "o", "markerfacecolor": "none", "markeredgewidth": 1.6, "color": f, "markersize": 8},
            {"marker": "|", "markeredgewidth": 2, "color": ink, "markersize": 12},
            {"marker": "o", "color": J, "markersize": 8},
        )
        marks = [[ax.plot([], [], linestyle="none", **look)[0] for look in looks] for _ in layers]
        ax.axvline(0, color=ink, linewidth=0.6)
        ax.set(xlim=(-8.5, 1.5), xticks=[-8, -6, -4, -2, 0], ylim=(-0.6, len(layers) - 0.4))
        ax.set_yticks(heights, list(layers))
        ax.xaxis.set_major_formatter(POWERS)
        name_axes(ax, "what is left of the gradient")
        ax.grid(visible=True, axis="x")
        keys = [say(name) for name in ("mean gate", "gates of the best unit", "measured")]
        ax.legend(marks[0], keys, loc="lower right", bbox_to_anchor=(1.03, 1), ncols=3, columnspacing=0.8, handletextpad=0)

    def update(k):
        for line, row, at, y in zip(apart, marks, layers.values(), heights, strict=True):
            values = k * np.log10(at.keep), at.direct[k - 1], at.median[k - 1]
            line.set_data([values[0], values[2]], [y, y])
            for mark, value in zip(row, values, strict=True):
                mark.set_data([value], [y])

    return fig, update


def neighbours_explorer(found):
    """What each character of a sentence has to do with how one of them is read: `(fig, update)` with update(sentence).

    `found` is what `unrolled.wild.g2pm.readings` gives, `sentence` an index. Above, the norms of the gradient by each character,
    as shares of the largest; below, by how much the margin of one sound over the other falls when the character is hidden.
    """
    expect_chinese()  # in every edition
    most = max(len(one["text"]) for one in found)
    pulls = [one["margin"] - np.array(one["without"]) for one in found]
    for pull, one in zip(pulls, found, strict=True):
        pull[one["at"]] = 0  # hidden, it is another character
    low, high = min(map(np.min, pulls)), max(map(np.max, pulls))
    J, ink = style.SYMBOLS["J"].colour, style.INK
    with style.look():
        fig, (ax, below) = plt.subplots(2, 1, figsize=(4.4, 3.6), height_ratios=(1, 1.2))
        bars = [[a.plot([], [], color=J, linewidth=7, solid_capstyle="butt")[0] for _ in range(most)] for a in (ax, below)]
        letters = [below.text(0, low - 1.2, "", ha="center", va="center", size=11, color=ink) for _ in range(most)]
        at = [a.axvspan(0, 1, color=style.SYMBOLS["f"].colour, alpha=0.15, linewidth=0) for a in (ax, below)]
        for a in (ax, below):
            a.set(xlim=(-0.6, most - 0.4), xticks=[])
            a.spines["bottom"].set_visible(False)
        ax.set(ylim=(0, 1.05), yticks=[0, 0.5, 1])
        ax.yaxis.set_major_formatter(PercentFormatter(1))
        below.set(ylim=(low - 1.9, high + 0.4), yticks=[-3, 0, 3, 6])
        below.axhline(0, color=ink, linewidth=0.6)
        verdict = ax.text(most - 0.6, 0.8, "", ha="right", size=11, color=ink)
        name_axes(ax, "", "gradient at this character, of the largest")
        name_axes(below, "", "pull towards the reading háng")

    def update(sentence):
        one = found[sentence]
        norms = np.array(one["gradient"])
        left = (most - len(one["text"])) / 2
        for values, row in ((norms / norms.max(), bars[0]), (pulls[sentence], bars[1])):
            for k, bar in enumerate(row):
                bar.set_data(([left + k] * 2, [0, values[k]]) if k < len(values) else ([], []))
        for k, letter in enumerate(letters):
            letter.set_text(one["text"][k] if k < len(one["text"]) else "")
            letter.set_x(left + k)
        verdict.set_text(f"{SOUNDS[one['said']]} {'✓' if one['said'] == one['right'] else '✗'}")
        for span in at:
            span.set_x(left + one["at"] - 0.5)

    return fig, update


def reach_explorer(layers):
    """A network in use: `(fig, update)` with update(k, layer), the steps back and a key of the dict `layers` of `Measured`, the
    first where none is given.

    Above, the norm of the product of Jacobians, its median with a band from the percentile 10 to 90, dotted the gates alone. In
    the middle, the share of directions. Below, a bar as long as all values of the gate that keeps, its ends those that are
    shut and open, and a dot at their mean. The curves are drawn as far back as k; what they have come to stands beside the name
    of its panel, where no line strikes it.
    """
    start = next(iter(layers))
    lags = np.arange(1, max(len(layer.median) for layer in layers.values()) + 1)
    layers = {name: prolonged(layer, len(lags)) for name, layer in layers.items()}
    drawn = np.unique(np.geomspace(1, len(lags), 60).round().astype(int)) - 1 if len(lags) > 60 else lags - 1
    bottom = min(np.nanmin([layer.low, layer.direct]) for layer in layers.values())
    top = max(np.nanmax(layer.high) for layer in layers.values())
    J, f = (style.SYMBOLS[name].colour for name in ("J", "f"))
    with style.look():
        fig, (ax, middle, below) = plt.subplots(3, 1, figsize=(4.4, 5), height_ratios=(3, 1.5, 0.35))
        band = ax.fill_between(lags[drawn], 0 * drawn, color=J, alpha=0.2, linewidth=0)
        (median,) = ax.plot([], [], color=J)
        (direct,) = ax.plot([], [], **style.line("direct"))
        names = "what is left of the gradient", r"$\Vert J\cdots J\Vert$"
        log_axis(ax, (np.floor(bottom), np.ceil(top + 0.2)), "", names, len(lags))
        ax.axhline(-2, color=style.INK, linewidth=0.6, linestyle=":")
        (kept,) = middle.plot([], [], color=J)
        middle.set(xlim=(0, len(lags)), ylim=(-0.03, 1.03), yticks=[0, 0.5, 1])
        middle.yaxis.set_major_formatter(PercentFormatter(1))
        middle.xaxis.get_major_locator().set_params(integer=True)
        name_axes(middle, ("steps back", "$k$"), "directions that keep more than a hundredth")
        dots = [a.plot([], [], "o", color=style.INK, markersize=5, zorder=5, clip_on=False)[0] for a in (ax, middle)]
        notes = [number_beside(a, fig.transFigure) for a in (ax, middle)]
        shades = [{"facecolor": (f, alpha), "edgecolor": style.INK, "linewidth": 0.8} for alpha in (0, 0.4, 0.9)]
        parts = [below.add_patch(Rectangle((0, -0.7), 0, 1.4, **shade)) for shade in shades]
        (mean,) = below.plot([], [], "o", color=style.INK, markersize=5)
        below.set(xlim=(0, 1), ylim=(-1, 1), yticks=[])
        below.xaxis.set_major_formatter(PercentFormatter(1))
        name_axes(below, "", "gate that keeps")
        _shades_beside_the_name(below, parts, ("shut", "half open", "open"))
        below.grid(visible=False)
        name_curves = name_lines(ax, {median: "median", direct: "direct path"})

    def update(k, layer=start):
        at, seen = layers[layer], np.union1d(drawn[drawn < k], k - 1)
        median.set_data(lags[seen], at.median[seen])
        band.set_data(lags[seen], at.low[seen], at.high[seen])
        direct.set_data(lags[seen], at.direct[seen])
        kept.set_data(lags[seen], at.kept[seen])
        told = (at.median[k - 1], rough(at.median[k - 1])), (at.kept[k - 1], f"{at.kept[k - 1]:.0%}")
        for dot, note, (height, words) in zip(dots, notes, told, strict=True):
            dot.set_data([k], [height])
            note.set_text(words)
        ends = [0, at.closed, 1 - at.open, 1]
        for part, left, right in zip(parts, ends[:-1], ends[1:], strict=True):
            part.set(x=left, width=right - left)
        mean.set_data([at.keep], [0])
        name_curves()

    return fig, update


def _shades_beside_the_name(ax, patches, names):
    """What shades are called, on the line of the name of the axis, "gate that keeps"."""
    after = width(say("gate that keeps"), FontProperties(size=plt.rcParams["axes.labelsize"])) + 10
    place = ax.transAxes + ScaledTranslation(after / 72, 4 / 72, ax.figure.dpi_scale_trans)
    spaces = {"borderpad": 0, "borderaxespad": 0, "columnspacing": 0.8, "handlelength": 1.2, "handletextpad": 0.4}
    ax.legend(
        patches,
        [padded(say(name)) for name in names],
        loc="lower left",
        bbox_to_anchor=(0, 1),
        bbox_transform=place,
        ncols=3,
        **spaces,
    )
