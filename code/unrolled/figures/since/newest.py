"""What a step of the two newest kinds does: a delta rule in the plane, and a state space whose input sets the step size."""

from itertools import product
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.shared.axes import name_axes
from unrolled.figures.shared.lines import name_lines
from unrolled.maths import softplus
from unrolled.since import delta_rule, selective_ssm
from unrolled.through_time import unroll
from unrolled.words import say

KEYS = {"same": (40,), "turning": (40, 100, 160)}  # degrees: the keys of the steps 1, 2, ..., which come again
VALUE = 0.5  # what is written, under every key
WORDS = {4: 1.0, 16: -0.6, 28: 0.8}  # when an input counts, and what it says: louder than any murmur
MURMUR = 0.4  # how loud the rest is at most


# ---- the delta rule ----

FRAME = np.column_stack([np.zeros(2), np.eye(2)])  # 0 and the unit vectors: what becomes of their differences tells a stretch


def delta_runs(β, keys, T, starts):
    """Delta rules of two numbers from several starts (2, B), one step a key: k (T, 2) and s (T+1, 2, B)."""
    angles = np.radians(np.resize(KEYS[keys], T))
    k = np.column_stack([np.cos(angles), np.sin(angles)])
    x = np.repeat(np.column_stack([k, np.full(T, VALUE)])[:, :, None], starts.shape[1], axis=2)
    bias = np.log(β / (2 - β)) if 0 < β < 2 else np.copysign(50.0, β - 1)
    p = delta_rule.Params(np.eye(3)[2:], np.eye(3)[:2], np.zeros((1, 3)), np.full((1, 1), bias))
    return k, unroll(delta_rule, p, x, delta_rule.State(starts)).s


def delta_stretches(β, keys, T):
    """The largest and the least stretch of the first T steps: what becomes of a difference of two states."""
    _, s = delta_runs(β, keys, T, FRAME)
    return _stretches(s[-1])


def _stretches(states):
    """How far a step that moved `FRAME`, the first of these states (2, B), stretches a difference at most, and at least."""
    return np.linalg.svd(states[:, 1:3] - states[:, :1], compute_uv=False)


def delta_explorer(β, t):
    """States of two numbers on a circle, and where the writes of a delta rule take them: `(fig, update)`, update(keys, β, t).

    Dashed: the circle on which they start. Line and dots: where they are after t steps, with the way of the last one. Arrow:
    the key of that step; dotted: all states that give its value. Below, the largest and the least stretch so far.
    """
    T, angles = max(t), np.linspace(0, 2 * np.pi, 49)
    circle, shown = np.stack([np.cos(angles), np.sin(angles)]), slice(0, 48, 4)
    runs = {(kind, rate): delta_runs(rate, kind, T, np.hstack([FRAME, circle])) for kind, rate in product(KEYS, β)}
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 4.6))
        ax.plot(*circle, color=style.HUES["slate"], linestyle="--", linewidth=1.2, label=say("at the start"))
        ways = ax.plot(*np.zeros((2, 1, 12)), color=style.INK, linewidth=0.7, alpha=0.6)
        (now,) = ax.plot([], [], color=style.HUES["blue"], label=say("now"))
        (dots,) = ax.plot([], [], "o", color=style.HUES["blue"], markersize=5)
        value = {"color": style.HUES["crimson"], "linestyle": ":", "linewidth": 2}
        (gives,) = ax.plot([], [], **value, label=rf"$k \cdot s = {VALUE}$")
        (key,) = ax.plot([], [], color=style.SYMBOLS["k"].colour, linewidth=4, label=say("key"))
        (tip,) = ax.plot([], [], "o", color=style.SYMBOLS["k"].colour, markersize=8)
        numbers = []
        for middle, words in (0.3, "largest stretch"), (0.86, "least stretch"):
            ax.text(middle, -0.02, say(words), transform=ax.transAxes, va="top", ha="right")
            numbers.append(ax.text(middle + 0.03, -0.02, "", transform=ax.transAxes, va="top", weight="bold"))
        ax.set_aspect("equal")
        ax.axis("off")
        fig.legend(loc="outside upper left", ncols=2)

    def update(keys, β, t):
        k, states = runs[keys, β]
        s = states[:, :, FRAME.shape[1] :]
        now.set_data(*s[t])
        dots.set_data(*s[t][:, shown])
        for way, before, after in zip(ways, s[max(t - 1, 0)][:, shown].T, s[t][:, shown].T, strict=True):
            way.set_data(*np.column_stack([before, after]))
        along = k[max(t - 1, 0)]
        reach = max(1.2, 1.1 * np.abs(s).max())  # the same for all t, so that nothing jumps while the writes go by
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach))
        across = 1.4 * reach * np.array([-along[1], along[0]])
        key.set_data([0, along[0]], [0, along[1]])
        tip.set_data(along[:1], along[1:])
        gives.set_data(*np.column_stack([VALUE * along - across, VALUE * along + across]))
        for number, stretch in zip(numbers, _stretches(states[t]), strict=True):
            number.set_text(f"{stretch:.2f}")

    return fig, update


# ---- the selective state space ----


class Selective(NamedTuple):
    """The input u (T,), the gate f of A = -1 (T,), and the states h (T, 3) in units of what they would come to."""

    u: np.ndarray
    f: np.ndarray
    h: np.ndarray


def selective_states(quiet, loud, *, rates=(1, 4, 16), T=40):
    """A selective state space with A = -rates over some `WORDS` among murmur: a `Selective`.

    The step size is `quiet` over the murmur and `loud` at a word. B = -A, so that a state held at u comes to u.
    """
    rng, t = np.random.default_rng(0), np.arange(1, T + 1)
    u = np.where(np.isin(t, list(WORDS)), [WORDS.get(step, 0) for step in t], rng.uniform(-MURMUR, MURMUR, T))
    low, high = (np.log(np.expm1(size)) for size in (quiet, loud))  # softplus undone
    n = len(rates)
    p = selective_ssm.Params(
        U_u=np.array([[1.0, 0, 0]]),
        U_B=np.column_stack([np.zeros((n, 2)), rates]),
        U_Δ=np.array([[0, high - low, low]]),
        b_Δ=np.zeros((1, 1)),
        ν=np.log(rates)[:, None],
    )
    x = np.column_stack([u, np.isin(t, list(WORDS)), np.ones(T)])
    h = unroll(selective_ssm, p, x, selective_ssm.State(np.zeros((n, 1)))).h[1:, :, 0]
    return Selective(u, np.exp(-softplus(x @ p.U_Δ[0])), h)


def selective_explorer(quiet, loud, T=40):
    """What a step size that the input sets lets in and keeps: `(fig, update)` with update(quiet, loud).

    One below the other: the input, with large dots for the words; the gate of A = -1; the states for A = -1, -4, -16.
    """
    runs = {choice: selective_states(*choice, T=T) for choice in product(quiet, loud)}
    t, words = np.arange(1, T + 1), list(WORDS)
    u = next(iter(runs.values())).u
    looks = {1: ("teal", "-"), 4: ("orange", (0, (4, 1))), 16: ("blue", (0, (1, 1)))}
    with style.look():
        fig, (top, middle, bottom) = plt.subplots(3, figsize=(style.WIDTH, 4.6), sharex=True, height_ratios=(3, 2, 4))
        top.vlines(t, 0, u, color=style.SYMBOLS["x"].colour, linewidth=1.2)
        top.plot(words, list(WORDS.values()), "o", color=style.SYMBOLS["x"].colour, markersize=8)
        top.set(ylim=(-1.2, 1.2), yticks=(-1, 0, 1))
        name_axes(top, y=("input", "$u_t$"))
        gates = middle.bar(t, np.ones(T), color=style.SYMBOLS["f"].colour)
        middle.set(ylim=(0, 1.02), yticks=(0, 1))
        name_axes(middle, y=("forget gate", "$f_t$"))
        lines = {}
        for rate, (hue, dash) in looks.items():
            (lines[rate],) = bottom.plot(t, 0 * t, color=style.HUES[hue], linestyle=dash)
        bottom.set(xlim=(0, T + 1), ylim=(-1.2, 1.2), yticks=(-1, 0, 1))
        name_axes(bottom, ("step", "$t$"), "states")
        name_states = name_lines(bottom, {line: f"$A = -{rate}$" for rate, line in lines.items()})
        for ax in (top, bottom):
            ax.axhline(0, color=style.INK, linewidth=0.6)

    def update(quiet, loud):
        run = runs[quiet, loud]
        for bar, height in zip(gates, run.f, strict=True):
            bar.set_height(height)
        for line, values in zip(lines.values(), run.h.T, strict=True):
            line.set_ydata(values)
        name_states()

    return fig, update
