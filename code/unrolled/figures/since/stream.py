"""How far a product of a thousand residual steps stretches, at its most and at its least."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.shared.axes import POWERS, name_axes
from unrolled.figures.shared.lines import name_lines
from unrolled.figures.since.after import random_run
from unrolled.measure import product_norms
from unrolled.since import pre_norm
from unrolled.through_time import init, jacobians, unroll

STREAM_STEPS = np.unique(np.geomspace(1, 1000, 31).round().astype(int))


def stream_stretches():
    """log10 of the largest and the least stretch of J_t ... J_1 at `STREAM_STEPS`: {kind: (largest, least)}, medians of three
    networks.
    """
    return {kind: both_ends([draw(np.random.default_rng(seed)) for seed in range(3)]) for kind, draw in KINDS.items()}


def inside(rng):
    """The Jacobians (T, N, N) of a stream with the norm in its branch."""
    return random_run("pre_norm", rng, T=STREAM_STEPS[-1]).J


def own(rng):
    """Of one with a norm that draws weights of its own for every step, as a Transformer has them for every layer."""
    J, T = [], STREAM_STEPS[-1]
    state = pre_norm.State(0.1 * rng.normal(size=(16, 1)))
    for x_t in rng.normal(size=(T, 1, 16)):
        p = init(pre_norm, 16, 16, rng)
        trace = unroll(pre_norm, p, x_t, state)
        J.append(jacobians(pre_norm, p, x_t, trace)[0])
        state = pre_norm.State(trace.s[-1])
    return np.array(J)


def none(rng):
    """Of one without a norm."""
    return random_run("residual", rng, T=STREAM_STEPS[-1], ε=1.0).J


def back(rng):
    """Of one whose branch takes away what the stream holds, W = -I."""
    r = random_run("pre_norm", rng, T=STREAM_STEPS[-1])
    p, start = r.p._replace(W=-np.eye(len(r.p.W))), pre_norm.State(r.trace.s[0])
    return jacobians(pre_norm, p, r.x, unroll(pre_norm, p, r.x, start))


LOWEST = (-6, -12)  # where the axis may end
KINDS = {"inside": inside, "own": own, "none": none, "back": back}


def both_ends(drawn):
    """The least stretch of a product is one over the largest of its inverse; that has the inverse factors in the other order.

    `singular_values` finds the same to thirteen digits, with all between, in ten times the time.
    """
    at = STREAM_STEPS - 1
    largest = np.median([product_norms(J)[at] for J in drawn], axis=0)
    inverse = [product_norms(np.linalg.inv(J).transpose(0, 2, 1))[at] for J in drawn]
    return largest, -np.median(inverse, axis=0)


def stream_explorer(stretches):
    """Both ends from `stream_stretches` over the step, both axes logarithmic: `(fig, update)` with update(kind).

    The band between the lines holds all other directions; dotted t and 1/t. The axis reaches down as far as the least stretch
    does, but not below `LOWEST`.
    """
    t = np.log10(STREAM_STEPS)
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.4))
        dotted = {"color": style.INK, "linewidth": 1.2, "linestyle": ":", "zorder": 3}
        names = {ax.plot(t, power * t, **dotted)[0]: name for power, name in ((1, "$t$"), (-1, "$1/t$"))}
        band = ax.fill_between(t, 0 * t, color=style.HUES["orange"], alpha=0.15, linewidth=0)
        lines = [ax.plot(t, 0 * t, color=style.HUES["orange"], linewidth=width)[0] for width in (3, 1.6)]
        ax.axhline(0, color=style.INK, linewidth=0.6)
        ax.set(xlim=(0, t[-1]), ylim=(-12, 6), xticks=range(4))
        name_axes(ax, ("step", "$t$"), "stretch")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(POWERS)
        name_ends = name_lines(ax, names | dict(zip(lines, ("largest stretch", "least stretch"), strict=True)))

    def update(kind):
        for line, curve in zip(lines, stretches[kind], strict=True):
            line.set_ydata(curve)
        ax.set_ylim(next((low for low in LOWEST if low <= min(stretches[kind][1])), LOWEST[-1]), 6)
        band.set_data(t, *stretches[kind][::-1])
        name_ends()

    return fig, update
