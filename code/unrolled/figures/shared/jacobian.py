"""The Jacobian product ∂state_t/∂state_0 = J_t ... J_1: its norm against the length, for every cell, and what bounds it.

All norms are spectral and given as log10. A random network is drawn from a seed: the same seed gives the same directions
of W and the same noise at every gain and input scale, so that a change in a picture is the work of the choice alone.
"""

from itertools import product
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb

from unrolled import cells, style
from unrolled.figures.shared.axes import POWERS, log_axis, lying_bar, name_axes
from unrolled.figures.shared.lines import name_lines
from unrolled.measure import SLOPE, direct_path, norm_bound, product_norms
from unrolled.through_time import init, jacobians, unroll
from unrolled.words import say

PLAIN = {"tanh": "rnn", "relu": "rnn_relu", "sigmoid": "rnn_sigmoid"}  # the activation φ of each plain cell
SHOWN = ("rnn", "rnn_relu", "rnn_sigmoid", "lstm", "gru")
GATED = ("lstm", "gru")
SECOND = {r"$\mathrm{std}(x_t)$": "input noise", "$b_f$": "forget bias"}  # what a map may have upwards, and its words
VANISH_EXPLODE = LinearSegmentedColormap.from_list(  # transparent where a norm is 1, so that it lies well on any page
    "vanish_explode",
    [
        (0.0, style.HUES["blue"]),
        (0.5, (*to_rgb(style.HUES["blue"]), 0)),
        (0.5, (*to_rgb(style.HUES["crimson"]), 0)),
        (1.0, style.HUES["crimson"]),
    ],
)


# ---- the numbers ----


class Chain(NamedTuple):
    """One random network run over one random sequence: p, trace, and its Jacobians J (T, N, N)."""

    p: tuple
    trace: tuple
    J: np.ndarray


def chain(cell, rng, *, gain, input_scale, T=100, n=16, recurrent="orthogonal", **biases):
    """A `Chain` of `cell`: W_* = gain times an orthogonal matrix, ‖W‖ = gain, and noise that enters each layer with the
    standard deviation `input_scale`; the start is Gaussian with 0.1. `biases` and `recurrent` as in `unrolled.init`.
    """
    p = init(cell, n, n, rng, gain=gain, recurrent=recurrent, **biases)
    x = input_scale * rng.normal(size=(T, n))
    trace = unroll(cell, p, x, cell.State(*(0.1 * rng.normal(size=(n, 1)) for _ in cell.State._fields)))
    return Chain(p, trace, jacobians(cell, p, x, trace))


def keep_bias(name, b_f):
    """The bias that makes the gate of the cell `name` keep a share σ(b_f) of its state: b_f, or b_z = -b_f for the GRU."""
    return {"lstm": {"b_f": b_f}, "gru": {"b_z": -b_f}}.get(name, {})


def cell_norms(*, gain, b_f, input_scale, T=100, n=16, seeds=range(5), names=SHOWN):
    """log10 ‖J_t ... J_1‖, t = 1..T, for the cells `names` over a grid of choices.

    Returns a dict {(name of the cell, gain, b_f, input_scale): (seeds, T)}. The plain networks have no gate: theirs are the
    same arrays at every b_f. The GRU keeps 1 - z_t, its bias is b_z = -b_f.
    """

    def draw(name, rng, g, b, scale):
        return chain(getattr(cells, name), rng, gain=g, input_scale=scale, T=T, n=n, **keep_bias(name, b)).J

    return seeded_norms(draw, gain, b_f, input_scale, seeds, names)


def seeded_norms(draw, gain, b_f, input_scale, seeds, names=SHOWN):
    """The norms of the products of J = draw(name, rng, gain, b_f, input_scale), as `cell_norms` returns them."""
    norms = {}
    for name, g, b, scale in product(names, gain, b_f, input_scale):
        if name not in GATED and b != b_f[0]:
            norms[name, g, b, scale] = norms[name, g, b_f[0], scale]
            continue
        drawn = [draw(name, np.random.default_rng(seed), g, b, scale) for seed in seeds]
        norms[name, g, b, scale] = np.stack([product_norms(J) for J in drawn])
    return norms


class Bounded(NamedTuple):
    """log10 of the measured ‖∂s_T/∂s_{T-k}‖ (seeds, T) and of the bound (γ ‖W‖)^k (T,), k = 1..T."""

    measured: np.ndarray
    bound: np.ndarray


def plain_norms(*, activation, gain, input_scale, T=100, n=16, seeds=range(5)):
    """The plain network against its bound: a dict {(activation, gain, input_scale): `Bounded`}; activation as in `SLOPE`."""
    norms = {}
    for φ, g, scale in product(activation, gain, input_scale):
        cell = getattr(cells, PLAIN[φ])
        chains = [chain(cell, np.random.default_rng(seed), gain=g, input_scale=scale, T=T, n=n) for seed in seeds]
        measured = np.stack([product_norms(c.J, fixed="end") for c in chains])
        norms[φ, g, scale] = Bounded(measured, norm_bound(chains[0].p.W, T, SLOPE[φ]))
    return norms


class Paths(NamedTuple):
    """log10 norms (seeds, T) of the direct path alone, of the block from memory to memory, and of the whole Jacobian."""

    direct: np.ndarray
    block: np.ndarray
    full: np.ndarray


def path_norms(*, gain, b_f, input_scale=1.0, T=60, n=16, seeds=range(5)):
    """The LSTM's gradient along its cell state and along all paths: a dict {(gain, b_f): `Paths`}, t = 1..T.

    direct: the product f_t ... f_1. block: ∂C_t/∂C_0, all paths counted. full: ∂(C_t, h_t)/∂(C_0, h_0).
    """
    norms = {}
    for g, b in product(gain, b_f):
        paths = []
        for seed in seeds:
            c = chain(cells.lstm, np.random.default_rng(seed), gain=g, input_scale=input_scale, T=T, n=n, b_f=b)
            paths.append((direct_path(c.trace.f[1:]), block_norms(c.J, n), product_norms(c.J)))
        norms[g, b] = Paths(*map(np.stack, zip(*paths, strict=True)))
    return norms


def block_norms(J, n):
    """log10 ‖∂C_t/∂C_0‖ for t = 1..T: (T,), the first n rows and columns of the products of J (T, N, N)."""
    P, norms = np.eye(J.shape[1]), []
    for factor in J:
        P = factor @ P
        norms.append(np.linalg.norm(P[:n, :n], 2))
    return np.log10(norms)


def last_norm(J):
    """log10 ‖J_T ... J_1‖, a float: neighbours are multiplied first, which saves the norms of all shorter products."""
    while len(J) % 2 == 0:
        J = J[1::2] @ J[::2]
    return product_norms(J)[-1]


def phase_map(name, *, gain, T=96, n=16, seeds=range(3), **second):
    """log10 ‖∂state_T/∂state_0‖, the median over the seeds, on a grid: (values of the second choice, gains).

    `second` is one more choice: b_f=[...] (with noise of standard deviation 1) or input_scale=[...].
    """
    ((choice, values),) = second.items()
    Z = np.empty((len(values), len(gain)))
    for (row, value), (column, g) in product(enumerate(values), enumerate(gain)):
        kwargs = {"input_scale": value} if choice == "input_scale" else {"input_scale": 1.0, **keep_bias(name, value)}
        draws = [np.random.default_rng(seed) for seed in seeds]
        Z[row, column] = np.median([last_norm(chain(getattr(cells, name), rng, gain=g, T=T, n=n, **kwargs).J) for rng in draws])
    return Z


# ---- the pictures ----


def product_explorer(norms):
    """Five cells in one axes, from `cell_norms`: `(fig, update)` with update(gain, b_f, input_scale).

    A line is the median over the seeds, its band goes from the least to the largest; dashed, the bounds g^t (γ = 1: tanh,
    ReLU) and (g/4)^t (σ).
    """
    T = len(next(iter(norms.values()))[0])
    t = _sparse(T)
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.5))
        bands = {name: ax.fill_between(t, 0 * t, color=style.SYMBOLS[name].colour, alpha=0.15, linewidth=0) for name in SHOWN}
        bounds = {γ: ax.plot([], [], color=style.SYMBOLS["bound"].colour, linestyle="--", linewidth=1)[0] for γ in (1.0, 0.25)}
        lines = {name: ax.plot([], [], **style.line(name))[0] for name in SHOWN}
        log_axis(ax, (-60, 30), ("step", "$t$"), ("what is left of the gradient", r"$\Vert J_t \cdots J_1\Vert$"), T)
        name_ends = name_lines(ax, {line: style.SYMBOLS[cell].label for cell, line in lines.items()})

    def update(gain, b_f, input_scale):
        for name in SHOWN:
            curves = norms[name, gain, b_f, input_scale][:, t - 1]
            lines[name].set_data(t, np.median(curves, axis=0))
            bands[name].set_data(t, curves.min(axis=0), curves.max(axis=0))
        for γ, line in bounds.items():
            line.set_data([0, T], [0, T * np.log10(γ * gain)])
        name_ends()

    return fig, update


def bound_explorer(norms):
    """One plain network against (γ ‖W‖)^k, from `plain_norms`: `(fig, update)` with update(activation, gain, input_scale).

    A thin line for each seed; nothing can enter the shaded region above the bound.
    """
    T = len(next(iter(norms.values())).bound)
    k, top = _sparse(T), 40
    with style.look():
        fig, ax = plt.subplots()
        (bound,) = ax.plot([], [], **style.line("bound") | {"label": say("bound")})
        forbidden = ax.fill_between([0, T], [0, 0], color=style.SYMBOLS["bound"].colour, alpha=0.12, linewidth=0)
        measured = [ax.plot([], [], color=style.SYMBOLS["J"].colour, linewidth=1)[0] for _ in next(iter(norms.values())).measured]
        left = "what is left of the gradient", r"$\Vert \partial s_T / \partial s_{T{-}k}\Vert$"
        log_axis(ax, (-60, top), ("steps back", "$k$"), left, T)
        name = name_lines(ax, {measured[0]: "measured", bound: "bound"})

    def update(activation, gain, input_scale):
        at = norms[activation, gain, input_scale]
        for line, curve in zip(measured, at.measured, strict=True):
            line.set_data(k, curve[k - 1])
        bound.set_data([0, T], [0, at.bound[-1]])
        forbidden.set_data([0, T], [0, at.bound[-1]], [top, max(top, at.bound[-1])])
        name()

    return fig, update


def path_explorer(norms):
    """Three readings of the LSTM's gradient, from `path_norms`: `(fig, update)` with update(gain, b_f)."""
    T = next(iter(norms.values())).full.shape[1]
    t = _sparse(T)
    with style.look():
        fig, ax = plt.subplots()
        looks = {
            "full": {"color": style.SYMBOLS["J"].colour},
            "block": {"color": style.SYMBOLS["C"].colour, "linestyle": "--"},
            "direct": style.line("direct") | {"linewidth": 3},
        }
        bands = {k: ax.fill_between(t, 0 * t, color=look["color"], alpha=0.12, linewidth=0) for k, look in looks.items()}
        lines = {k: ax.plot([], [], **look)[0] for k, look in looks.items()}
        log_axis(ax, (-25, 10), ("step", "$t$"), "what is left of the gradient", T)
        names = {"full": "whole state", "block": "cell state alone", "direct": "direct path"}
        name = name_lines(ax, {lines[key]: words for key, words in names.items()})

    def update(gain, b_f):
        for key, line in lines.items():
            curves = getattr(norms[gain, b_f], key)[:, t - 1]
            line.set_data(t, np.median(curves, axis=0))
            bands[key].set_data(t, curves.min(axis=0), curves.max(axis=0))
        name()

    return fig, update


def phase_picture(Z, gain, second, label, mark=None, reach=10):
    """A heat map of `phase_map`, vanishing blue, exploding red, with the contour ‖·‖ = 1: `fig`.

    `label` is the TeX of the second choice, one of `SECOND`, whose values are `second`; `mark` draws a dashed line at this gain.
    Colours are full from 10^reach and 10^-reach on.
    """
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.9))
        image = ax.pcolormesh(gain, second, Z, cmap=VANISH_EXPLODE, vmin=-reach, vmax=reach, shading="nearest", rasterized=True)
        ax.contour(gain, second, Z, levels=[0], colors=style.INK, linewidths=1.5)
        if mark is not None:
            ax.axvline(mark, color=style.INK, linewidth=1, linestyle="--")
        name_axes(ax, ("gain", "$g$"), (SECOND[label], label))
        ax.grid(visible=False)
        ticks = {"format": POWERS, "ticks": np.linspace(-reach, reach, 5)}
        lying_bar(fig, image, ax, ("what is left of the gradient", r"$\Vert J_T \cdots J_1\Vert$"), extend="both", **ticks)
    return fig


def _sparse(T, points=26):
    """About `points` whole numbers from 1 to T: what a page has to carry."""
    return np.unique(np.linspace(1, T, min(T, points)).round().astype(int))
