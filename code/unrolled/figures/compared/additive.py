"""Overwriting and accumulating: what the terms of a gradient come to, and what matters, how near a step is to the identity.

The increment of a step is Δ_t = state_t - state_{t-1}, so ∂state_T/∂state_0 = I + Σ ∂Δ_t/∂state_0 whatever the cell. Norms are
spectral and given as log10.
"""

from itertools import product
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.axes import log_axis, name_axes
from unrolled.figures.shared.called import called
from unrolled.figures.shared.jacobian import chain, keep_bias
from unrolled.figures.shared.lines import name_lines
from unrolled.measure import product_norms
from unrolled.tables import power
from unrolled.words import say

COMPARED = ("rnn", "lstm", "gru")


# ---- the gradient as a sum


def terms_explorer(sums, t=30):
    """The terms of a gradient over t steps and their sum, a row a cell, from `telescopes`: `(fig, update)` with update(gain).

    Ring: 1 + Σ ‖∂Δ_τ/∂state_0‖, what the sum would come to if nothing cancelled. Dot: the norm of the sum.
    """
    names = list(dict.fromkeys(name for name, _ in sums))
    with style.look():
        fig, ax = plt.subplots(figsize=(4.4, 2.6))  # all of it is in view on a phone
        ax.axvline(0, color=style.INK, linewidth=0.6)
        spans = [ax.plot([], [], color=style.INK, linewidth=0.8, alpha=0.5)[0] for _ in names]
        rings = {"color": style.HUES["green"], "markersize": 9, "markerfacecolor": "none", "markeredgewidth": 1.6}
        (sizes,) = ax.plot([], [], "o", label=say("the sizes added up"), **rings)
        (whole,) = ax.plot([], [], "o", color=style.HUES["blue"], markersize=6, label=say("the sum"))
        ax.set(xlim=(-15.5, 5.5), ylim=(len(names) - 0.5, -0.5), yticks=range(len(names)))
        ax.set_yticklabels([called(name) for name in names])
        ax.set_xticks([-15, -10, -5, 0, 5], [power(k) for k in (-15, -10, -5, 0, 5)])  # no letter is smaller than the others
        name_axes(ax, "norm")
        fig.legend(handles=[sizes, whole], loc="outside upper center", ncols=2)

    def update(gain):
        rows = range(len(names))
        ends = [(sums[name, gain].sizes[t - 1], sums[name, gain].sum[t - 1]) for name in names]
        sizes.set_data([size for size, _ in ends], rows)
        whole.set_data([total for _, total in ends], rows)
        for line, both, row in zip(spans, ends, rows, strict=True):
            line.set_data(both, [row, row])

    return fig, update


# ---- near the identity


class Stretches(NamedTuple):
    """log10 of the largest and least singular value of ∂s_t/∂s_0 (seeds, T), and of their bounds (1 + ε g)^t, (1 - ε g)^t (T,).

    The lower bound is -inf where ε g ≥ 1: it then says nothing.
    """

    largest: np.ndarray
    least: np.ndarray
    upper: np.ndarray
    lower: np.ndarray


def residual_stretches(*, ε, gain, T=100, n=16, seeds=range(5)):
    """What a residual network does to lengths: a dict {(ε, gain): `Stretches`}, t = 1..T; ‖W‖ = gain, noise at the input."""
    found = {}
    for step, g in product(ε, gain):
        runs = [chain(cells.residual, np.random.default_rng(s), gain=g, input_scale=1.0, T=T, n=n, ε=step).J for s in seeds]
        largest = np.stack([product_norms(J) for J in runs])
        # the least singular value is one over the largest of the inverse, whose factors stand in the other order
        least = -np.stack([product_norms(np.linalg.inv(J).transpose(0, 2, 1)) for J in runs])
        t = np.arange(1, T + 1)
        with np.errstate(divide="ignore"):
            found[step, g] = Stretches(largest, least, t * np.log10(1 + step * g), t * np.log10(max(1 - step * g, 0)))
    return found


# ---- RNN, LSTM and GRU


class Kept(NamedTuple):
    """At the steps `t`: log10 ‖∂state_t/∂state_0‖, and the share of its singular values above 1/100, both (seeds, len(t))."""

    t: np.ndarray
    norm: np.ndarray
    share: np.ndarray


def kept_directions(*, gain, b_f, input_scale=1.0, T=100, n=16, seeds=range(3), points=21):
    """How much is left of a change, and in how many directions: a dict {(name, gain, b_f): `Kept`} for RNN, LSTM and GRU.

    The state of the LSTM is (C, h), 2n numbers. b_f is the bias of what is kept, for the GRU b_z = -b_f; the RNN has none.
    """
    t = np.unique(np.linspace(1, T, points).round().astype(int))
    kept = {}
    for name, g, b in product(COMPARED, gain, b_f):
        if name == "rnn" and b != b_f[0]:
            kept[name, g, b] = kept[name, g, b_f[0]]
            continue
        norms, shares = [], []
        for seed in seeds:
            kwargs = {"gain": g, "input_scale": input_scale, "T": T, "n": n, **keep_bias(name, b)}
            J = chain(getattr(cells, name), np.random.default_rng(seed), **kwargs).J
            P, values = np.eye(J.shape[1]), {}
            for step, factor in enumerate(J, start=1):
                P = factor @ P
                if step in t:
                    values[step] = np.linalg.svd(P, compute_uv=False)
            norms.append([np.log10(values[step][0]) for step in t])
            shares.append([np.mean(values[step] > 0.01) for step in t])
        kept[name, g, b] = Kept(t, np.array(norms), np.array(shares))
    return kept


def kept_explorer(kept):
    """RNN, LSTM and GRU side by side, from `kept_directions`: `(fig, update)` with update(gain, b_f).

    Above, the largest stretch; below, the share of directions in which a hundredth of a change is left; dotted, the share
    that the LSTM's C makes up, for its h is made afresh. Medians over the
    seeds, bands from the least to the largest.
    """
    t = next(iter(kept.values())).t
    T = t[-1]
    with style.look():
        fig, (top, bottom) = plt.subplots(2, figsize=(style.WIDTH, 4.2), sharex=True, height_ratios=(3, 2))
        bands, lines = {}, {}
        for ax, name in product((top, bottom), COMPARED):
            bands[ax, name] = ax.fill_between(t, 0.0 * t, color=style.SYMBOLS[name].colour, alpha=0.15, linewidth=0)
            (lines[ax, name],) = ax.plot([], [], **style.line(name))
        log_axis(top, (-25, 15), None, ("what is left of a change", r"$\Vert J_t \cdots J_1\Vert$"), T)
        bottom.set(ylim=(-0.03, 1.03), yticks=(0, 0.5, 1))
        name_axes(bottom, ("step", "$t$"), "directions that keep more than a hundredth")
        bottom.yaxis.set_major_formatter("{x:.0%}")
        bottom.axhline(0.5, color=style.SYMBOLS["lstm"].colour, linewidth=0.8, linestyle=":")
        names = [name_lines(ax, {lines[ax, name]: style.SYMBOLS[name].label for name in COMPARED}) for ax in (top, bottom)]

    def update(gain, b_f):
        for (ax, name), line in lines.items():
            at = kept[name, gain, b_f]
            curves = at.norm if ax is top else at.share
            line.set_data(t, np.median(curves, axis=0))
            bands[ax, name].set_data(t, curves.min(axis=0), curves.max(axis=0))
        for name in names:
            name()

    return fig, update
