"""Explosion is chaos: two runs of one network on the same input, a hair apart at the start, and the gain from which on they part.

The networks are plain tanh networks whose W is Gaussian with the standard deviation gain / √n, and noise enters each unit with
the standard deviation `input_scale`. Of one seed they share W and the noise, whatever the gain and the input scale. What chaos
has made of a rounding error in a hundred steps differs from machine to machine; means over many steps do not.
"""

from itertools import product
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.shared.axes import log_axis, name_axes
from unrolled.figures.shared.lines import name_lines
from unrolled.maths import tanh

SETTLE = 100  # steps before an exponent is measured
NODES = np.linspace(-9, 9, 361)  # so fine and so wide that sums over them are integrals over a Gaussian, for gains up to 6
WEIGHTS = np.exp(-(NODES**2) / 2) / np.exp(-(NODES**2) / 2).sum()


# ---- a nudge


class Nudged(NamedTuple):
    """states (2, T+1, n), the first network without and with the nudge; distance (seeds, T+1), log10 ‖s'_t - s_t‖.

    product (seeds, T+1): log10 ‖J_t ... J_1 (s'_0 - s_0)‖, what the Jacobians of the run without make of the nudge.
    exponent (seeds,): the largest Lyapunov exponent of the network over such noise, per step, natural logarithm.
    """

    states: np.ndarray
    distance: np.ndarray
    product: np.ndarray
    exponent: np.ndarray


def nudged(*, gain, input_scale, T=80, n=100, size=1e-9, seeds=range(5)):
    """Runs from two starts that differ by `size`, in a random direction: {(gain, input_scale): `Nudged`}."""
    runs = {}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        W, x, (s, v) = rng.normal(0, 1 / np.sqrt(n), (n, n)), rng.normal(size=(T, n)), rng.normal(size=(2, n))
        s, v = 0.1 * s, size * v / np.linalg.norm(v)
        exponents = largest_exponents(W, rng, gain=gain, input_scale=input_scale)
        for (j, scale), (k, g) in product(enumerate(input_scale), enumerate(gain)):
            pair = np.stack([run(g * W, scale * x, s), run(g * W, scale * x, s + v)])
            with np.errstate(divide="ignore"):
                apart = np.log10(np.linalg.norm(pair[1] - pair[0], axis=1))
            runs.setdefault((g, scale), []).append((pair, apart, carried(g * W, pair[0], v), exponents[j, k]))
    return {key: Nudged(of[0][0], *(np.array(part) for part in list(zip(*of, strict=True))[1:])) for key, of in runs.items()}


def run(W, x, s):
    """The states (T+1, n) of s_t = tanh(x_t + W s_{t-1}) over x (T, n), from s (n,)."""
    states = [s]
    for x_t in x:
        states.append(tanh(x_t + W @ states[-1]))
    return np.array(states)


def carried(W, states, v):
    """log10 ‖J_t ... J_1 v‖, t = 0..T, along the states (T+1, n) of a tanh network with W (n, n): (T+1,)."""
    logs = [np.log10(np.linalg.norm(v))]
    for s in states[1:]:
        v = (1 - s**2) * (W @ v) / np.linalg.norm(v)
        logs.append(logs[-1] + np.log10(np.linalg.norm(v)))
    return np.array(logs)


def nudge_explorer(runs):
    """Two runs a hair apart, from `nudged`: `(fig, update)` with update(gain, input_scale).

    Above, the first unit of the first network without (solid) and with the nudge (dashed). Below, how far apart the states of
    each network are, and, dashed, the size of the nudge times e^(λ t): λ is the median of the largest Lyapunov exponents.
    """
    first = next(iter(runs.values()))
    T, size = first.distance.shape[1] - 1, first.distance[0, 0]
    t, red = np.arange(T + 1), style.SYMBOLS["J"].colour
    with style.look():
        fig, (top, bottom) = plt.subplots(2, figsize=(style.WIDTH, 4.2), sharex=True, height_ratios=(2, 3))
        looks = ({"color": style.SYMBOLS["s"].colour}, {"color": red, "linestyle": "--"})
        units = [top.plot(t, 0 * t, linewidth=1.5, **look)[0] for look in looks]
        top.axhline(0, color=style.INK, linewidth=0.6)
        top.set(ylim=(-1.1, 1.1))
        name_axes(top, y=("first unit", "$s_{t,1}$"))
        apart = [bottom.plot(t, 0 * t, color=red, linewidth=1)[0] for _ in first.distance]
        (slope,) = bottom.plot([], [], "--", color=style.HUES["blue"], label="slope")
        number = bottom.text(0.02, 0.04, "", transform=bottom.transAxes)
        log_axis(bottom, (-19, 2), ("step", "$t$"), ("distance of the two runs", r"$\Vert s^{\prime}_t - s_t\Vert$"), T)
        name = name_lines(bottom, {apart[0]: "measured", slope: "at the rate λ"})

    def update(gain, input_scale):
        at = runs[gain, input_scale]
        for line, states in zip(units, at.states, strict=True):
            line.set_ydata(states[:, 0])
        for line, distance in zip(apart, np.maximum(at.distance, -25), strict=True):  # far below the axis
            line.set_ydata(distance)
        λ = np.median(at.exponent)
        slope.set_data([0, T], [size, size + λ * T / np.log(10)])
        number.set_text(f"λ = {λ:.2f}".replace("-", "−"))
        name()

    return fig, update


# ---- the edge


def largest_exponents(W, rng, *, gain, input_scale, T=300):
    """The largest Lyapunov exponent per step, natural logarithm, for W (n, n) times each gain: (len(input_scale), len(gain)).

    The mean of log ‖v_t‖ / ‖v_{t-1}‖ over T steps for one small change, v_t = J_t v_{t-1}, as it is carried along the states:
    in the long run almost every change grows like the fastest. All gains and input scales are run side by side.
    """
    g, scale = np.tile(gain, len(input_scale)), np.repeat(input_scale, len(gain))
    s, v = (size * rng.normal(size=(len(W), 1)) + 0 * g for size in (0.1, 1.0))
    growth = np.zeros(len(g))
    for t in range(SETTLE + T):
        s = tanh(g * (W @ s) + scale * rng.normal(size=(len(W), 1)))
        v = g * (1 - s**2) * (W @ v)
        length = np.linalg.norm(v, axis=0)
        v /= length
        growth += np.log(length) / T if t >= SETTLE else 0
    return growth.reshape(len(input_scale), len(gain))


def edge(*, gain, input_scale, n=(100,), T=300, seeds=range(4)):
    """The largest Lyapunov exponents against the gain: a dict {(input_scale, n): (seeds, len(gain))}."""
    found = {}
    for units, seed in product(n, seeds):
        rng = np.random.default_rng(seed)
        W = rng.normal(0, 1 / np.sqrt(units), (units, units))
        for scale, row in zip(input_scale, largest_exponents(W, rng, gain=gain, input_scale=input_scale, T=T), strict=True):
            found.setdefault((scale, units), []).append(row)
    return {key: np.stack(rows) for key, rows in found.items()}


def mean_field_exponent(gain, input_scale):
    """The largest Lyapunov exponents for n → ∞, ln(gain² E[φ'(a)²]) / 2 with φ = tanh and a ~ N(0, q): the shape of `gain` (k,).

    q = gain² E[φ(a)²] + input_scale², which is 0 without input up to gain 1, where the exponent is ln(gain). With many units
    W s is a sum of many small terms, hence Gaussian, and a small change is carried on by slopes that do not depend on it.
    """
    gain = np.asarray(gain, float)
    low, high = 0 * gain, gain**2 + input_scale**2

    def mean(f, q):
        return f(np.sqrt(q)[:, None] * NODES) @ WEIGHTS

    for _ in range(60):
        q = (low + high) / 2
        more = gain**2 * mean(lambda a: tanh(a) ** 2, q) + input_scale**2 > q
        low, high = np.where(more, q, low), np.where(more, high, q)
    return 0.5 * np.log(gain**2 * mean(lambda a: (1 - tanh(a) ** 2) ** 2, low))


def mean_field_edge(input_scale):
    """The gain at which `mean_field_exponent` is 0, a float: 1 without input."""
    low, high = 0.5, 20.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if mean_field_exponent([middle], input_scale)[0] < 0 else (low, middle)
    return low


def edge_explorer(exponents, gain):
    """The largest Lyapunov exponent against the gain, from `edge`: `(fig, update)` with update(input_scale, n).

    Thin, the networks; thick, their median; dashed, the limit of many units, and dotted the gain at which that is 0.
    """
    gain, fine = np.array(gain, float), np.linspace(gain[0], gain[-1], 41)
    limits = {scale: (mean_field_exponent(fine, scale), mean_field_edge(scale)) for scale, _ in exponents}
    bottom = 1.05 * min(values.min() for values in exponents.values())
    top = 1.15 * max(values.max() for values in exponents.values())
    red = style.SYMBOLS["J"].colour
    with style.look():
        fig, ax = plt.subplots()
        ax.axhline(0, color=style.INK, linewidth=0.8)
        thin = [ax.plot(gain, 0 * gain, color=red, linewidth=0.8, alpha=0.5)[0] for _ in next(iter(exponents.values()))]
        (median,) = ax.plot(gain, 0 * gain, color=red, label=r"$\lambda$")
        (limit,) = ax.plot(fine, 0 * fine, "--", color=style.HUES["blue"], linewidth=1.5, label=r"$n \to \infty$")
        (mark,) = ax.plot([], [], ":", color=style.INK, linewidth=1.2)
        number = ax.text(0, 0.97 * bottom, "", va="bottom")
        ax.set(xlim=(gain[0], gain[-1]), ylim=(bottom, top))
        name_axes(ax, ("gain", "$g$"), ("largest Lyapunov exponent", r"$\lambda$"))
        name = name_lines(ax, {median: "measured", limit: "endless units"})

    def update(input_scale, n):
        values, (λ, g) = exponents[input_scale, n], limits[input_scale]
        for line, of_one in zip(thin, values, strict=True):
            line.set_ydata(of_one)
        median.set_ydata(np.median(values, axis=0))
        limit.set_ydata(λ)
        mark.set_data([g, g], [bottom, top])
        number.set_x(g + 0.015 * (gain[-1] - gain[0]))
        number.set_text(f"g = {g:.2f}")
        name()

    return fig, update
