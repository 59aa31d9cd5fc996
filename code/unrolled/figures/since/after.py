"""What came after, on the same measure: Jacobian products of the later cells, and attention, which has none."""

from itertools import product
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, since, style
from unrolled.figures.shared.axes import log_axis
from unrolled.figures.shared.jacobian import keep_bias
from unrolled.figures.shared.lines import name_lines
from unrolled.measure import direct_path, product_norms
from unrolled.since import attention, diagonal_ssm, gated_delta, selective_ssm
from unrolled.through_time import bptt, init, jacobians, unroll
from unrolled.words import say

BEFORE = ("rnn", "lstm", "gru")
AFTER = (
    *("layer_norm", "pre_norm", "orthogonal", "min_gru", "slstm", "diagonal_ssm"),
    *("selective_ssm", "delta_rule", "gated_delta"),
)
FEELS = {
    "gain": {"rnn", "lstm", "gru", "pre_norm", "layer_norm", "slstm"},
    "b_f": {"lstm", "gru", "min_gru", "slstm", "diagonal_ssm", "selective_ssm", "delta_rule", "gated_delta"},
}
DIRECT = {*AFTER} - {"layer_norm", "orthogonal"}  # those in which the old state stands by itself, bent by no weight
LOWEST = (-5, -12, -25, -40)  # where the axis may end: as near as shows all curves, for what differs little to be seen


# ---- the numbers ----


class Run(NamedTuple):
    """One random network over one random sequence x (T, m): its parameters, its trace and its Jacobians (T, N, N)."""

    p: tuple
    x: np.ndarray
    trace: tuple
    J: np.ndarray


def random_run(name, rng, *, gain=1.0, b_f=3.0, input_scale=1.0, T=100, n=16, **values):
    """A `Run` of the cell `name`, of `cells` or `since`: orthogonal W times `gain`, and noise of deviation `input_scale`.

    A gate keeps a share of σ(b_f) where its input is 0: the selective model in its slowest state, A = -1; the delta rule of what
    stands under its key. |λ| = σ(b_f). The orthogonal network has the gain 1 and, where `values` do not say otherwise, b = -0.1.
    The delta rules have an orthogonal U_k: a Gaussian one nearly flattens a direction, at which then hardly a key points.
    """
    cell = getattr(cells if name in cells.__all__ else since, name)
    values = start_values(name, n, rng, b_f) | values
    p = init(cell, n, n, rng, gain=1.0 if name == "orthogonal" else gain, **values)
    if "U_k" in p._fields:
        p = p._replace(U_k=nearest_orthogonal(p.U_k))
    x = input_scale * rng.normal(size=(T, n))
    start = cell.State(*(0.1 * rng.normal(size=(n, 1)) for _ in cell.State._fields))
    if name == "slstm":
        start = start._replace(N=np.ones((n, 1)))  # a sum of weights is above 0
    trace = unroll(cell, p, x, start)
    return Run(p, x, trace, jacobians(cell, p, x, trace))


def nearest_orthogonal(M):
    """The orthogonal matrix (n, n) that is nearest to M: its directions, all stretched alike."""
    left, _, right = np.linalg.svd(M)
    return left @ right


def start_values(name, n, rng, b_f):
    """What `init` would not draw as the cell needs it."""
    if name == "diagonal_ssm":
        return {"ν": float(np.log(np.log1p(np.exp(-b_f)))), "θ": rng.uniform(0, 2 * np.pi, (n, 1))}
    if name == "selective_ssm":
        return {"b_Δ": -b_f} | selective_ssm.real_start(n)
    replaced = -float(np.log1p(2 * np.exp(b_f)))  # b_β for a rate of 1 - σ(b_f)
    gates = {"slstm": {"b_f": b_f}, "min_gru": {"b_z": -b_f}}
    gates |= {"delta_rule": {"b_β": replaced}, "gated_delta": {"b_β": replaced, "b_f": b_f}}
    return {"orthogonal": {"b": -0.1}, **gates}.get(name, keep_bias(name, b_f))


def direct(name, r):
    """log10 of the norm of the path of a `Run` that no weight and no activation bends: (T,), NaN where there is none."""
    T, n, _ = r.trace[0][1:].shape
    if "f" in r.trace._fields:
        return direct_path(r.trace.f[1:])
    if "z" in r.trace._fields:
        return direct_path(1 - r.trace.z[1:])
    columns = r.x[:, :, None]
    if name == "selective_ssm":
        return direct_path(np.exp(selective_ssm.Δ(r.p, columns) * selective_ssm.A(r.p)))
    if name in ("diagonal_ssm", "gated_delta"):
        kept = diagonal_ssm.ρ(r.p) if name == "diagonal_ssm" else gated_delta.kept(r.p, columns)
        return direct_path(np.broadcast_to(kept, (T, n, 1)).copy())
    return direct_path(np.ones((T, n, 1))) if name in DIRECT else np.full(T, np.nan)


class Norms(NamedTuple):
    """log10 norms (seeds, T): the product of all Jacobians, and the direct path alone."""

    full: np.ndarray
    direct: np.ndarray


def after_norms(*, gain, b_f, input_scale, T=100, n=16, seeds=range(3)):
    """`Norms` of the cells before and after: a dict {(name of the cell, gain, b_f, input_scale): Norms}.

    A choice that a cell does not feel leaves its arrays as they are.
    """
    norms = {}
    for name, g, b, scale in product((*BEFORE, *AFTER), gain, b_f, input_scale):
        same = name, g if name in FEELS["gain"] else gain[0], b if name in FEELS["b_f"] else b_f[0], scale
        if same not in norms:
            drawn = [random_run(name, np.random.default_rng(s), gain=g, b_f=b, input_scale=scale, T=T, n=n) for s in seeds]
            norms[same] = Norms(np.stack([product_norms(r.J) for r in drawn]), np.stack([direct(name, r) for r in drawn]))
        norms[name, g, b, scale] = norms[same]
    return norms


def reach_norms(*, T, sharpness, b_f, n=16, seeds=range(5)):
    """log10 ‖∂h_T/∂x_j‖ for the distances T - j = 0..T-1 of attention, LSTM and RNN, over a grid of choices.

    A dict {(name, T, the choice it feels): (seeds, T)}: the sharpness for attention, b_f for the LSTM, None for the RNN. All
    read the same noise; each U is Gaussian with standard deviation 1/√n, each W orthogonal.
    """
    feels = {"attention": sharpness, "lstm": b_f, "rnn": [None]}
    reaches = {}
    for name, length in product(feels, T):
        for value in feels[name]:
            J = np.stack([input_jacobians(name, value, length, n, np.random.default_rng(seed)) for seed in seeds])
            reaches[name, length, value] = np.log10(np.linalg.norm(J, 2, axis=(2, 3)))[:, ::-1]
    return reaches


def input_jacobians(name, value, T, n, rng):
    """∂h_T/∂x_j, j = 1..T: (T, n, n). For a recurrent cell one backward pass, with a column for each unit of h_T."""
    x = rng.normal(size=(T, n))
    if name == "attention":
        return attention.jacobians(attention.init(n, n, rng, value), x)
    cell = getattr(cells, name)
    p, x = init(cell, n, n, rng, **({"b_f": value} if name == "lstm" else {})), np.repeat(x[:, :, None], n, axis=2)
    trace, d = unroll(cell, p, x), cell.State(*(np.zeros((T + 1, n, n)) for _ in cell.State._fields))
    d[-1][-1] = np.eye(n)
    return bptt(cell, p, x, trace, d).x.transpose(0, 2, 1)


# ---- the pictures ----


def three_explorer(norms, cell):
    """One of a few later cells beside the earlier ones: `(fig, update)` with update(cell, b_f), else as `after_explorer`."""
    fig, show = _beside_the_earlier(norms, cell)

    def update(cell, b_f):
        show(cell, 1, b_f, 1)

    return fig, update


def after_explorer(norms):
    """A later cell beside the earlier ones, from `after_norms`: `(fig, update)` with update(cell, gain, b_f, input_scale).

    Thin: RNN, LSTM, GRU. Wide, below them, so that none hides another: the cell chosen, the median over the seeds, with a band
    from the least to the largest; dotted its direct path, where it has one. The axis reaches as far down as the curves do.
    """
    fig, show = _beside_the_earlier(norms, AFTER)

    def update(cell, gain, b_f, input_scale):
        show(cell, gain, b_f, input_scale)

    return fig, update


def _beside_the_earlier(norms, later):
    """The figure, and show(cell, gain, b_f, input_scale), which each explorer calls in an `update` of its own: a picture is named
    after the function that `update` stands in.
    """
    T = next(iter(norms.values())).full.shape[1]
    t = np.unique(np.linspace(1, T, 21).round().astype(int))
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.5))
        old = {name: ax.plot([], [], **style.line(name) | {"linewidth": 1.4, "zorder": 3})[0] for name in BEFORE}
        band = ax.fill_between(t, 0 * t, color=style.HUES["orange"], alpha=0.15, linewidth=0)
        (new,) = ax.plot([], [], linewidth=5, color=style.HUES["orange"], zorder=2)
        (path,) = ax.plot([], [], color=style.INK, linewidth=2, linestyle=(0, (1, 1.5)), zorder=4)
        log_axis(ax, (-40, 6), ("step", "$t$"), ("what is left of the gradient", r"$\Vert J_t \cdots J_1\Vert$"), T)
        names = {line: style.SYMBOLS[name].label for name, line in old.items()}
        labels = {name: style.SYMBOLS[name].label for name in later}
        names |= {new: labels[later[0]], path: "direct path"}
        name_curves = name_lines(ax, names, longest=max(labels.values(), key=lambda label: len(say(label))))

    def show(cell, gain, b_f, input_scale):
        for name, line in old.items():
            line.set_data(t, np.median(norms[name, gain, b_f, input_scale].full, axis=0)[t - 1])
        at = norms[cell, gain, b_f, input_scale]
        new.set_data(t, np.median(at.full, axis=0)[t - 1])
        band.set_data(t, at.full.min(axis=0)[t - 1], at.full.max(axis=0)[t - 1])
        path.set_data(t, np.median(at.direct, axis=0)[t - 1])
        ends = [line.get_ydata()[-1] for line in (*old.values(), new, path)]
        ax.set_ylim(next((low for low in LOWEST if low <= np.nanmin(ends)), LOWEST[-1]), 6)
        names[new] = labels[cell]
        name_curves()

    return fig, show


def steps_explorer(T=8):
    """The way from x_j to the last state: `(fig, update)` with update(j), above through attention, below through a recurrence."""
    t = np.arange(1, T + 1)
    looks = {"attention": style.SYMBOLS["attention"].colour, "rnn": style.SYMBOLS["rnn"].colour}
    with style.look():
        fig, axes = plt.subplots(2, figsize=(style.WIDTH, 3.3))
        ways = {}
        for ax, name in zip(axes, looks, strict=True):
            ax.plot(t, 0 * t, "o", color=style.INK, markersize=5)
            ax.plot(t if name == "rnn" else [T], [1] * (T if name == "rnn" else 1), "o", color=style.INK, markersize=5)
            ends = (
                [((s, 0), (s, 1)) for s in t] + [((s, 1), (s + 1, 1)) for s in t[:-1]]
                if name == "rnn"
                else [((s, 0), (T, 1)) for s in t]
            )
            for one, other in ends:
                ax.plot(*zip(one, other, strict=True), color=style.INK, linewidth=0.6, alpha=0.5)
            (ways[name],) = ax.plot([], [], color=looks[name], linewidth=4, alpha=0.8)
            words, height = ("attention", 1.02) if name == "attention" else ("recurrence", 1.3)
            ax.text(1, height, say(words), va="center")
            ax.set(xlim=(0.6, T + 0.9), ylim=(-0.45, 1.35))
            ax.axis("off")
            for s in t:
                ax.text(s, -0.13, f"$x_{s}$", ha="center", va="top", size=style.INDEXED)
            ax.text(T + 0.15, 1, f"$h_{T}$" if name == "attention" else f"$s_{T}$", ha="left", va="center", size=style.INDEXED)

    def update(j):
        ways["attention"].set_data([j, T], [0, 1])
        ways["rnn"].set_data([j, *range(j, T + 1)], [0, *[1] * (T - j + 1)])

    return fig, update


def distance_explorer(reaches):
    """‖∂h_T/∂x_j‖ over the distance T - j, from `reach_norms`: `(fig, update)` with update(T, sharpness, b_f).

    A line is the median over the seeds, its band goes from the least to the largest; dotted 1/T.
    """
    names = ("attention", "lstm", "rnn")
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.3))
        bands = {name: ax.fill_between([0], [0], color=style.SYMBOLS[name].colour, alpha=0.15, linewidth=0) for name in names}
        lines = {name: ax.plot([], [], **style.line(name))[0] for name in names}
        (share,) = ax.plot([], [], color=style.INK, linestyle=":", linewidth=1.2)
        effect = "effect on the last output", r"$\Vert \partial h_T / \partial x_j\Vert$"
        log_axis(ax, (-15, 3), ("distance", "$T - j$"), effect, 1)
        name_curves = name_lines(ax, {**{line: style.SYMBOLS[name].label for name, line in lines.items()}, share: "$1/T$"})

    def update(T, sharpness, b_f):
        distance = np.unique(np.linspace(0, T - 1, min(T, 40)).round().astype(int))
        ax.set_xlim(0, T - 1)
        for name, value in zip(names, (sharpness, b_f, None), strict=True):
            curves = reaches[name, T, value][:, distance]
            lines[name].set_data(distance, np.median(curves, axis=0))
            bands[name].set_data(distance, curves.min(axis=0), curves.max(axis=0))
        share.set_data([0, T - 1], [-np.log10(T)] * 2)
        name_curves()

    return fig, update
