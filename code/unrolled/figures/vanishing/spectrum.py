"""What decides whether products of matrices vanish or explode: singular values and the spectrum, not the entries."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.axes import POWERS, name_axes
from unrolled.figures.shared.jacobian import PLAIN, chain, last_norm
from unrolled.measure import SLOPE, product_norms
from unrolled.through_time import init, jacobians, unroll
from unrolled.words import say


def one_step_norms(rng, *, input_scale, draws=300, n=8, largest_gain=1.5):
    """‖W‖ and ‖J_1‖ of random plain networks: a dict {activation: (2, draws)}.

    W is Gaussian with a gain drawn from 0..largest_gain; the wider the input, the more units are saturated.
    """
    norms = {}
    for activation, name in PLAIN.items():
        chains = [
            chain(getattr(cells, name), rng, gain=gain, input_scale=input_scale, T=1, n=n, recurrent="gaussian")
            for gain in rng.uniform(0, largest_gain, draws)
        ]
        norms[activation] = np.array([[np.linalg.norm(c.p.W, 2), np.linalg.norm(c.J[0], 2)] for c in chains]).T
    return norms


def one_step_explorer(norms):
    """‖J_1‖ against ‖W‖, from a dict {input_scale: `one_step_norms`}: `(fig, update)` with update(input_scale).

    Dashed, the bounds γ ‖W‖: y = x (tanh, ReLU) and y = x/4 (σ). Points above the line at 1 are the Jacobians that stretch.
    """
    largest = 1.05 * max(sample[0].max() for samples in norms.values() for sample in samples.values())
    markers = {"tanh": "o", "relu": "^", "sigmoid": "s"}
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.5))
        ax.axhline(1, color=style.INK, linewidth=0.8)
        for activation, label in (("tanh", r"$\Vert W \Vert$"), ("sigmoid", r"$\Vert W \Vert / 4$")):
            γ = SLOPE[activation]
            ax.plot([0, largest], [0, γ * largest], color=style.SYMBOLS["bound"].colour, linestyle="--", linewidth=1.2)
            at = {"textcoords": "offset points", "va": "center", "annotation_clip": False}  # where the line ends, clear of marks
            ax.annotate(label, (largest, γ * largest), (5, 0), **at)
        points = {}
        for activation, name in PLAIN.items():
            symbol = style.SYMBOLS[name]
            look = {"color": symbol.colour, "marker": markers[activation], "markersize": 4, "markeredgewidth": 0}
            (points[activation],) = ax.plot([], [], linestyle="none", label=symbol.label, **look)
        ax.set(xlim=(0, largest), ylim=(0, largest))
        name_axes(ax, ("norm of the weights", r"$\Vert W \Vert$"), ("norm of the Jacobian", r"$\Vert J_t \Vert$"))
        fig.legend(handles=list(points.values()), loc="outside upper center", ncols=3, markerscale=1.5)

    def update(input_scale):
        for activation, line in points.items():
            line.set_data(*norms[input_scale][activation])

    return fig, update


def power_norms(c, rng, T=60):
    """log10 ‖Aᵗ‖, t = 1..T, of four matrices: a dict {name: array (T,)}; -inf where a power is exactly 0.

    small: 100 × 100 entries 1/2. large: 6 × 6, entries 10 above the diagonal. skew: 0.9 twice on the diagonal, and c beside it.
    orthogonal: 16 × 16, random.
    """
    matrices = {
        "small": np.full((100, 100), 0.5),
        "large": np.triu(np.full((6, 6), 10.0), 1),
        "skew": np.array([[0.9, c], [0, 0.9]]),
        "orthogonal": np.linalg.qr(rng.normal(size=(16, 16)))[0],
    }
    return {name: product_norms(np.stack(T * [A])) for name, A in matrices.items()}


def shared_or_fresh(rng, *, n=32, T=50, draws=200):
    """log10 ‖product of T Gaussian matrices‖, (2, draws): in row 0 one matrix T times, in row 1 T matrices.

    Entries have the variance 1/n. A recurrent network multiplies by one W, a deep network by a fresh one in each layer.
    """
    norms = np.empty((2, draws))
    for draw in range(draws):
        factors = rng.normal(0, 1 / np.sqrt(n), (T, n, n))
        norms[:, draw] = last_norm(np.stack(T * [factors[0]])), last_norm(factors)
    return norms


def shared_or_fresh_picture(norms):
    """Histograms of `shared_or_fresh`: `fig`."""
    edges = np.linspace(norms.min(), norms.max(), 31)
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 2.6))
        for values, key, label, hatch in zip(
            norms, ("rnn", "lstm"), ("one matrix repeated", "different matrices"), (None, "///"), strict=True
        ):
            colour = style.SYMBOLS[key].colour
            ax.hist(values, edges, facecolor=(colour, 0.35), edgecolor=colour, linewidth=1, hatch=hatch, label=say(label))
        name_axes(ax, "norm of the product", "draws")
        ax.xaxis.set_major_formatter(POWERS)
        ax.xaxis.get_major_locator().set_params(integer=True)
        fig.legend(loc="outside upper center", ncols=2)
    return fig


def relu_norms(*, T=100, n=32, seeds=range(5)):
    """ReLU networks with five kinds of W: a dict from its TeX to log10 of ‖J_t ... J_1‖ and of max |s_t|, (2, seeds, T).

    Gaussian with gain 1, √2 and 2, orthogonal (Q), and the identity (Le, Jaitly & Hinton 2015); the noise at the input has
    the standard deviation 1.
    """
    norms = {}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        A, x = rng.normal(0, 1 / np.sqrt(n), (n, n)), rng.normal(size=(T, n))
        kinds = {"$g = 1$": A, r"$g = \sqrt{2}$": 2**0.5 * A, "$g = 2$": 2 * A, "$Q$": np.linalg.qr(A)[0], "$I$": np.eye(n)}
        p = init(cells.rnn_relu, n, n, rng)
        for label, W in kinds.items():
            trace = unroll(cells.rnn_relu, p._replace(W=W), x)
            largest = np.log10(np.abs(trace.s[1:]).max(axis=(1, 2)))
            pair = product_norms(jacobians(cells.rnn_relu, p._replace(W=W), x, trace)), largest
            norms.setdefault(label, []).append(pair)
    return {label: np.stack(pairs, axis=1) for label, pairs in norms.items()}


def never_off(T, *, n=32, seeds=range(20)):
    """How many of the n units of `relu_norms`' identity are on at each of T steps, a number a seed.

    With W = I every Jacobian is diagonal, 1 where a unit is on and 0 where it is off: so this is the rank of the product, and
    its norm is exactly 1, or 0 where no unit is left.
    """
    counts = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        p = init(cells.rnn_relu, n, n, rng)._replace(W=np.eye(n))
        trace = unroll(cells.rnn_relu, p, rng.normal(size=(T, n)))
        counts.append(int((trace.s[1:] > 0).all(axis=0).sum()))
    return counts
