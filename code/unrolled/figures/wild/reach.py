"""Networks in use, from their records: what going back leaves, through how many directions, and what the gates keep."""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import PercentFormatter

from unrolled import style
from unrolled.figures.shared.axes import POWERS, log_axis, name_axes
from unrolled.figures.shared.lines import name_lines
from unrolled.tables import rough


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


def gates_explorer(means):
    """What would be left if each gate that keeps were its mean: `(fig, update)` with update(k), the steps.

    `means` is a dict {name of a layer: mean}. A dot for each, the further to the right the more is left.
    """
    heights = np.arange(len(means))[::-1]
    with style.look():
        fig, ax = plt.subplots(figsize=(4.4, 3))
        dots = [ax.plot([], [], "o", color=style.SYMBOLS["f"].colour, markersize=8)[0] for _ in means]
        ax.set(xlim=(-12, 0.4), xticks=[-12, -9, -6, -3, 0], ylim=(-0.6, len(means) - 0.4))
        ax.set_yticks(heights, list(means))
        ax.xaxis.set_major_formatter(POWERS)
        name_axes(ax, "what the mean would leave")
        ax.grid(visible=True, axis="x")

    def update(k):
        for dot, mean, y in zip(dots, means.values(), heights, strict=True):
            dot.set_data([k * np.log10(mean)], [y])

    return fig, update


def reach_explorer(layers):
    """A network in use: `(fig, update)` with update(k, layer), the steps back and a key of the dict `layers` of `Measured`, the
    first where none is given.

    Above, the norm of the product of Jacobians, its median with a band from the percentile 10 to 90, dotted the gates alone. In
    the middle, the share of directions. Below, a bar as long as all values of the gate that keeps, its ends those that are
    closed and open, and a dot at their mean.
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
        name_axes(middle, ("steps back", "$k$"), "directions that keep more than a hundredth")
        dots = [a.plot([], [], "o", color=style.INK, markersize=5, zorder=5)[0] for a in (ax, middle)]
        notes = [a.text(0, 0, "", ha="left", va="bottom", size=11, color=style.INK) for a in (ax, middle)]
        parts = [below.plot([], [], color=f, linewidth=12, alpha=alpha, solid_capstyle="butt")[0] for alpha in (0.15, 0.4, 0.9)]
        (mean,) = below.plot([], [], "o", color=style.INK, markersize=5)
        below.set(xlim=(0, 1), ylim=(-1, 1), yticks=[])
        below.xaxis.set_major_formatter(PercentFormatter(1))
        name_axes(below, "", "gate that keeps: closed, between, open")
        below.grid(visible=False)
        name_curves = name_lines(ax, {median: "median", direct: "direct path"})

    def update(k, layer=start):
        at = layers[layer]
        median.set_data(lags[drawn], at.median[drawn])
        band.set_data(lags[drawn], at.low[drawn], at.high[drawn])
        direct.set_data(lags[drawn], at.direct[drawn])
        kept.set_data(lags[drawn], at.kept[drawn])
        told = (at.median[k - 1], rough(at.median[k - 1])), (at.kept[k - 1], f"{at.kept[k - 1]:.0%}")
        for dot, note, (height, words) in zip(dots, notes, told, strict=True):
            dot.set_data([k], [height])
            note.set_text(words)
            note.set_position((min(k + 0.015 * len(lags), 0.87 * len(lags)), height))
        ends = [0, at.closed, 1 - at.open, 1]
        for part, left, right in zip(parts, ends[:-1], ends[1:], strict=True):
            part.set_data([left, right], [0, 0])
        mean.set_data([at.keep], [0])
        name_curves()

    return fig, update
