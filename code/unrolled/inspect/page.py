"""A report as one HTML file that needs nobody: the sentences, and pictures that move."""

import html
import warnings

import matplotlib.pyplot as plt
import numpy as np
from explorables import INK, explore, show
from explorables.lighten import once

from unrolled import style
from unrolled.inspect.gates import CLOSED, OPEN
from unrolled.inspect.sentences import GATES, percent, place, speaker, summary
from unrolled.inspect.stretches import LEFT
from unrolled.tables import power, rough
from unrolled.words import expect_chinese

FLOOR = -12  # the lowest power of ten that is drawn
LINES = ("norms", "high", "direct", "gradient")  # of a layer, on the axis of powers of ten
STOPS = 24  # positions of the slider
WORDS = {
    "title": ("How far back does it reach?", "梯度能传多远？"),
    "left": ("norm of the product", "乘积的范数"),
    "lag": ("steps back", "往回的步数"),
    "kept": ("directions that keep more than a hundredth", "还剩百分之一以上的方向"),
    "median": ("median", "中位数"),
    "band": ("middle eight tenths", "居中的八成"),
    "direct": ("gates alone", "只沿门"),
    "gradient": ("your loss", "所给的损失"),
    "layer": ("layer", "层"),
    "gate": ("gate", "门"),
    "share": ("share of its values", "取值的比例"),
    "open": ("how open the gate is", "门的开度"),
    "exponents": ("Lyapunov exponents a step", "每步的Lyapunov指数"),
    "constants": ("time constants, in steps", "时间常数（步）"),
    "number": ("in order of size", "按大小排列"),
    "read": (
        "{k} back: {median} ({low} to {high}); {kept} of the directions",
        "往回{k}步：{median}（{low}至{high}）；还剩百分之一以上的方向占{kept}",
    ),
    "reach alt": (
        "Above, the norm of the product of Jacobians against the steps back, on an axis of powers of ten. Below, the share of"
        " directions that keep more than a hundredth.",
        "上：雅可比矩阵之积的范数随往回步数的变化，纵轴为10的幂。下：还剩百分之一以上的方向所占的比例。",
    ),
    "reach caption": (
        "Going back from the end points: the median of all, and the middle eight tenths as a shade. The thin line is one"
        " hundredth; the dot is what the words say. Lines end where they fall below 10⁻¹².",
        "从各终点往回：曲线为中位数，阴影为居中的八成。细线为百分之一，圆点对应文字中的数值。低于10⁻¹²的部分不画。",
    ),
    "spectrum alt": (
        "Left, the Lyapunov exponents in order. Right, the time constants of the units in order.",
        "左：按大小排列的Lyapunov指数。右：按大小排列的各单元时间常数。",
    ),
    "spectrum caption": (
        "By repeated QR over the steps measured: above zero a direction grows from step to step, below it shrinks. A time"
        " constant is what the unit's gate alone would keep.",
        "指数用逐步QR分解求得，只就所测的各步而言：指数大于零的方向越来越大，小于零的越来越小。时间常数只按各单元自己的门计算。",
    ),
    "gates alt": ("A histogram of the values of a gate.", "某个门的取值直方图。"),
    "gates caption": (
        "All steps of all sequences, all units. Left of 0.05 and right of 0.95 a gate hardly moves.",
        "包括所有序列、所有步和所有单元。小于0.05或大于0.95时，门几乎不再变化。",
    ),
    "details": ("Layer by layer", "逐层来看"),
    "limits": ("What this says, and what it does not", "结果能说明什么，不能说明什么"),
    "made": ("Made by unrolled.inspect.", "由unrolled.inspect生成。"),
    "none": ("no such gate", "没有这个门"),
}
LOOK = (
    ":root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif }"
    " body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem } li { margin: 0.3rem 0 } footer { opacity: 0.7 }"
    " h1 { line-height: 1.2 } figure { margin: 2rem 0 }"
)


def page(report, lang="en"):
    """The whole page, in English or Chinese."""
    at = speaker(lang).at
    say = lambda name: WORDS[name][at]  # noqa: E731
    with warnings.catch_warnings():
        expect_chinese()
        pictures = [reach(report, say, lang), spectrum(report, say, lang), gates(report, say)]
        body = once("".join(picture.to_html() for picture in pictures if picture is not None))
    data, layers, limits = summary(report, lang)
    details = "".join(
        f"<h3>{html.escape(name)}</h3>{listed(sentences[1:])}"
        for name, sentences in zip(named(report, say, lang), layers, strict=True)
    )
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{say("title")}</title>\n'
        f'<link rel="icon" href="data:,">\n<style>{LOOK}</style>\n'
        f"<main><h1>{say('title')}</h1>{listed([*data, *(sentences[0] for sentences in layers)])}{body}"
        f"<h2>{say('details')}</h2>{details}<h2>{say('limits')}</h2>{listed(limits)}<footer>{say('made')}</footer></main>\n</html>\n"
    )


def listed(sentences):
    """A list in HTML."""
    return f"<ul>{''.join(f'<li>{html.escape(sentence)}</li>' for sentence in sentences)}</ul>"


def moving(fig, update, choices, **words):
    """`explore`, or a still where nothing can be chosen; a choice of one value is none."""
    fixed = {name: values[0] for name, values in choices.items() if len(values) < 2}
    free = {name: values for name, values in choices.items() if len(values) > 1}
    start = words.pop("start", {})
    first = {name: start.get(name, values[0]) for name, values in free.items()}
    update(**fixed, **first)
    if not free:
        return show(fig, alt=words["alt"], caption=words["caption"])
    words["labels"] = {name: text for name, text in words["labels"].items() if name in free}
    return explore(fig, lambda **values: update(**fixed, **values), start=first, **words, **free)


def named(report, say, lang):
    """{what a layer is called on the page: the layer}."""
    return {place(layer, speaker(lang)): layer for layer in report.layers}


def above(ax, words):
    """What an axis shows, over its upper left corner."""
    ax.set_title(words, loc="left", fontsize=10)
    ax.grid(visible=True, axis="y")


def low(values):
    """Numbers that are drawn: a line ends where it goes below the floor."""
    return np.where(values < FLOOR, np.nan, values)


def within(values):
    """The same for the edges of a band, which keeps to the floor as long as its other edge is above."""
    return np.where(np.isnan(values), np.nan, np.maximum(values, FLOOR))


def last_drawn(curves):
    """The last lag at which any line of any layer is on the page: what lies beyond is cut."""
    there = [
        np.flatnonzero(~np.isnan(low(curve[name]))) for curve in curves.values() for name in LINES if curve[name] is not None
    ]
    return 1 + max((int(lags[-1]) for lags in there if lags.size), default=0)


@style.look()
def reach(report, say, lang):
    """What is left, going back, layer by layer, with a dot that reads off the numbers at one lag."""
    layers = named(report, say, lang)
    curves = {name: curves_of(layer) for name, layer in layers.items()}
    L = last_drawn(curves)
    curves = {name: {what: a if a is None else a[:L] for what, a in curve.items()} for name, curve in curves.items()}
    stops = [int(k) for k in np.unique(np.geomspace(1, L, STOPS).round())]
    fig, (ax, below) = plt.subplots(2, 1, figsize=(4.4, 5), height_ratios=(2, 1), sharex=True)
    k = np.arange(1, L + 1)
    band = ax.fill_between(k, 0 * k, 0 * k, color=style.SYMBOLS["J"].colour, alpha=0.2, linewidth=0, label=say("band"))
    drawn = {
        "norms": ax.plot(k, 0 * k, color=style.SYMBOLS["J"].colour, label=say("median"))[0],
        "direct": ax.plot(k, 0 * k, **style.line("direct") | {"label": say("direct")})[0],
        "gradient": ax.plot(k, 0 * k, **style.line("E") | {"linestyle": "--", "label": say("gradient")})[0],
        "kept": below.plot(k, 0 * k, color=style.SYMBOLS["J"].colour)[0],
    }
    for name in ("direct", "gradient"):
        if all(curve[name] is None for curve in curves.values()):
            drawn.pop(name).remove()
    dot, dot_below = (a.plot([1], [0], "o", color=INK, markersize=5)[0] for a in (ax, below))
    text = ax.set_title("", loc="left", fontsize=10)
    ax.axhline(LEFT, color=INK, linewidth=0.6)
    tops = [np.nanmax(curve["high"], initial=0, where=np.isfinite(curve["high"])) for curve in curves.values()]
    bottoms = [np.nanmin(within(curve["norms"]), initial=LEFT - 1) for curve in curves.values()]
    ax.set(ylim=(max(min(bottoms), FLOOR) - 1.5, max(max(tops), 0) + 0.5), xlim=(0, max(L, 2)))
    ax.yaxis.set_major_formatter(lambda exponent, _: power(exponent))
    ax.yaxis.get_major_locator().set_params(integer=True, nbins=6)
    below.set(ylim=(-0.03, 1.03))
    below.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    below.set_xlabel(say("lag"), loc="right", fontsize=10)
    ax.grid(visible=True, axis="y")
    above(below, say("kept"))
    handles = [drawn["norms"], band, *(drawn[name] for name in ("direct", "gradient") if name in drawn)]
    fig.legend(handles=handles, loc="outside lower left", ncols=2, columnspacing=1.2, handlelength=1.6)

    def update(layer, lag):
        curve = curves[layer]
        for name, line in drawn.items():
            line.set_visible(curve[name] is not None)
            if curve[name] is not None:
                line.set_ydata(low(curve[name]) if name != "kept" else curve[name])
        band.set_data(k, within(curve["low"]), within(np.where(curve["high"] < FLOOR, np.nan, curve["high"])))
        there = not np.isnan(curve["norms"][lag - 1])
        drawn_there = not np.isnan(low(curve["norms"])[lag - 1])
        dot.set_data([lag], [curve["norms"][lag - 1] if drawn_there else FLOOR - 9])
        dot_below.set_data([lag], [curve["kept"][lag - 1]])
        numbers = {name: rough(curve[name][lag - 1]) if there else "–" for name in ("norms", "low", "high")}
        kept = "–" if np.isnan(curve["kept"][lag - 1]) else f"{percent(curve['kept'][lag - 1])} %"
        text.set_text(
            say("left")
            + "\n"
            + say("read").format(k=lag, median=numbers["norms"], low=numbers["low"], high=numbers["high"], kept=kept)
        )

    words = {"alt": say("reach alt"), "caption": say("reach caption"), "name": "reach"}
    labels = {"layer": say("layer"), "lag": say("lag")}
    return moving(fig, update, {"layer": [*layers], "lag": stops}, labels=labels, start={"lag": stops[len(stops) // 2]}, **words)


def curves_of(layer):
    """The lines of one layer by name: arrays (L,), or None."""
    low_, middle, high = layer.spread()
    gradient = None
    if layer.gradient is not None:
        with np.errstate(invalid="ignore"):
            largest = np.nanmax(layer.gradient, axis=1, keepdims=True)
            gradient = np.nan_to_num(layer.gradient[:, 1:] - largest, nan=np.nan, neginf=FLOOR - 1)  # below it: not drawn
        gradient = np.array(
            [np.median(column[~np.isnan(column)]) if (~np.isnan(column)).any() else np.nan for column in gradient.T]
        )
    direct = None if layer.direct is None else layer.spread("direct")[1]
    return {"norms": middle, "low": low_, "high": high, "kept": layer.spread("kept")[1], "direct": direct, "gradient": gradient}


@style.look()
def spectrum(report, say, lang):
    """The exponents and the time constants of each layer, in order."""
    layers = named(report, say, lang)
    fig, (left, right) = plt.subplots(1, 2, figsize=(4.4, 2.8))
    (exponents,) = left.plot([0], [0], "o", color=style.SYMBOLS["J"].colour, markersize=3)
    (constants,) = right.plot([0], [1], "o", color=style.SYMBOLS["f"].colour, markersize=3)
    none = right.text(0.5, 0.5, say("none"), transform=right.transAxes, ha="center")
    data = {name: (np.median(layer.lyapunov, axis=0), layer.time_constants) for name, layer in layers.items()}
    finite = np.concatenate([a[np.isfinite(a)] for a, _ in data.values()] or [[0]])
    bottom = max(min(finite, default=-1), -10)
    left.set(xlim=(0, 1), ylim=(bottom - 0.1, max(max(finite, default=0), 0) + 0.1))
    left.axhline(0, color=INK, linewidth=0.6)
    τ = np.concatenate([b for _, b in data.values() if b is not None] or [np.ones(1)])
    right.set(xlim=(0, 1), yscale="log", ylim=(0.05, max(10, 2 * max(τ[np.isfinite(τ)], default=1))))
    right.yaxis.set_major_formatter(lambda τ, _: f"{τ:g}")
    for ax, name in ((left, "exponents"), (right, "constants")):
        above(ax, say(name))
        ax.set_xticks([])
        ax.set_xlabel(say("number"), loc="right", fontsize=10)

    def spread_out(line, values):
        line.set_data((np.arange(len(values)) + 0.5) / len(values), values)

    def update(layer):
        λ, τ = data[layer]
        spread_out(exponents, np.maximum(thin(λ), bottom - 1))
        none.set_visible(τ is None)
        constants.set_visible(τ is not None)
        if τ is not None:
            spread_out(constants, thin(-np.sort(-τ)))

    words = {
        "alt": say("spectrum alt"),
        "caption": say("spectrum caption"),
        "name": "spectrum",
        "labels": {"layer": say("layer")},
    }
    return moving(fig, update, {"layer": [*layers]}, **words)


def thin(values, most=100):
    """At most so many of a long row, evenly spaced: a screen shows no more."""
    return values if len(values) <= most else values[np.linspace(0, len(values) - 1, most).round().astype(int)]


@style.look()
def gates(report, say):
    """A histogram of the values of each gate of each layer; None where there are no gates."""
    at = WORDS["gate"].index(say("gate"))
    found = {
        f"{layer.name.removeprefix('layer ')}: {GATES[letter][at]} {letter}".replace(", reverse", " ←"): (letter, gate)
        for layer in report.layers
        for letter, gate in layer.gates.items()
    }
    if not found:
        return None
    fig, ax = plt.subplots(figsize=(4.4, 2.8))
    bars = ax.bar((np.arange(20) + 0.5) / 20, np.zeros(20), width=0.045, color=style.SYMBOLS["f"].colour)
    text = ax.text(0.5, 0.92, "", transform=ax.transAxes, ha="center")
    ax.set(xlim=(0, 1), ylim=(0, 1.1 * max(gate.histogram.max() for _, gate in found.values())))
    ax.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    ax.set_xlabel(say("open"), loc="right", fontsize=10)
    above(ax, say("share"))

    def update(gate):
        letter, values = found[gate]
        for bar, height in zip(bars, values.histogram, strict=True):
            bar.set(height=height, color=style.SYMBOLS[letter].colour)
        text.set_text(f"< {CLOSED}: {percent(values.closed)} %     > {OPEN}: {percent(values.open)} %")

    words = {"alt": say("gates alt"), "caption": say("gates caption"), "name": "gates", "labels": {"gate": say("gate")}}
    return moving(fig, update, {"gate": [*found]}, **words)
