"""The way back cut after τ steps: what is lost of a gradient, and what can still be learned."""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, fused, readout, style
from unrolled.figures.shared.axes import POWERS_OF, name_axes, number_beside
from unrolled.figures.shared.backward import CLASSES
from unrolled.figures.shared.learning import pulled_back, pupil
from unrolled.figures.shared.lines import name_lines
from unrolled.tasks import TASKS, delayed_recall
from unrolled.through_time import bptt, init, terms, unroll
from unrolled.training import clip_by_global_norm


class Cut(NamedTuple):
    """∂E_T/∂W of a loss at the last step, cut after τ = 1..T steps: four arrays (T,), Frobenius norms.

    term: the norm of the term of lag τ - 1, the last that is kept. error: ‖cut - whole‖ / ‖whole‖. cosine: that of the angle
    between the two. bound: what `error` cannot exceed, ∞ where nothing is proved.
    """

    term: np.ndarray
    error: np.ndarray
    cosine: np.ndarray
    bound: np.ndarray


def cut_gradient(gain, rng, *, T=40, n=16, input_scale=0.3):
    """The `Cut` of a random tanh network whose W is `gain` times an orthogonal matrix, over T steps of noise.

    The bound is ‖∂E_T/∂s_T‖ · max ‖s_{k-1}‖ · η^τ / (1 - η) with η = ‖W‖ < 1, over ‖whole‖.
    """
    p, q = init(cells.rnn, n, n, rng, gain=gain), readout.init(CLASSES, n, rng)
    x, y = input_scale * rng.normal(size=(T, n)), np.zeros((T, CLASSES, 1))
    y[-1, 0] = 1
    trace = unroll(cells.rnn, p, x, cells.rnn.State(input_scale * rng.normal(size=(n, 1))))
    d, _ = pulled_back(q, trace, y)
    τ, η = np.arange(1, T + 1), np.linalg.norm(p.W, 2)
    whole = bptt(cells.rnn, p, x, trace, d).params.W
    kept = np.array([bptt(cells.rnn, p, x, trace, d, horizon=k).params.W for k in τ.tolist()])
    lengths, length = np.linalg.norm(kept, axis=(1, 2)), np.linalg.norm(whole)
    reach = np.linalg.norm(d.s[T]) * np.linalg.norm(trace.s[:-1], axis=(1, 2)).max() / length
    return Cut(
        term=np.linalg.norm(terms(cells.rnn, p, x, trace, d).W[::-1], axis=(1, 2)),
        error=np.linalg.norm(kept - whole, axis=(1, 2)) / length,
        cosine=np.sum(kept * whole, axis=(1, 2)) / (lengths * length),
        bound=reach * η**τ / (1 - η) if η < 1 else np.full(T, np.inf),
    )


def truncation_explorer(cuts):
    """What a cut after τ steps leaves of the gradient: `(fig, update)` with update(gain, τ), from a dict {gain: `Cut`}.

    Left, the terms by their lag, those that are cut left empty. Right, the relative error with its bound (dashed), and the
    cosine between the cut gradient and the whole; the marker is at τ.
    """
    T, floor = len(next(iter(cuts.values())).term), 1e-8
    lag = np.arange(T)
    red, bound_colour = style.SYMBOLS["delta"].colour, style.SYMBOLS["bound"].colour
    with style.look():
        fig, axes = plt.subplot_mosaic([["terms", "error"], ["terms", "cosine"]], figsize=(6, 4.2), width_ratios=(10, 9))
        terms, above, below = axes["terms"], axes["error"], axes["cosine"]
        bars = terms.bar(lag, np.ones(T), width=0.75, bottom=floor, edgecolor=red, linewidth=0.7)
        edge = terms.axvline(0, color=style.INK, linestyle=":", linewidth=1.5)
        terms.set(yscale="log", ylim=(floor, 10), xlim=(-0.7, T - 0.3))
        name_axes(terms, ("steps back", "$T - k$"), ("size of each term", r"$\Vert(\partial E_T/\partial W)_k\Vert$"))
        terms.set_yticks(10.0 ** np.arange(-8, 1, 2))
        (bound,) = above.semilogy(lag + 1, np.ones(T), "--", color=bound_colour)
        (error,) = above.semilogy(lag + 1, np.ones(T), color=red)
        (cosine,) = below.plot(lag + 1, np.ones(T), color=style.SYMBOLS["W"].colour)
        marks = [ax.plot([], [], "o", color=style.INK, markersize=7)[0] for ax in (above, below)]
        above.set(ylim=(floor, 100))
        above.set_yticks(10.0 ** np.arange(-8, 3, 2))
        below.set(ylim=(-0.05, 1.1), yticks=(0, 0.5, 1))
        name_axes(above, ("steps kept", r"$\tau$"), ("relative error", r"$\Vert g_\tau - g\Vert \;/\; \Vert g\Vert$"))
        name_axes(below, ("steps kept", r"$\tau$"), ("cosine", r"$\cos\,(g_\tau,\, g)$"))
        name = name_lines(above, {bound: "bound"})
        number = number_beside(below)
        for ax in (terms, above):
            ax.minorticks_off()
            ax.yaxis.set_major_formatter(POWERS_OF)
        for ax in (above, below):
            ax.set_xlim(0, T + 1)

    def update(gain, τ):
        cut = cuts[gain]
        for k, bar in enumerate(bars):
            bar.set_height(max(cut.term[k] - floor, 0))
            bar.set_facecolor((red, 0.75 if k < τ else 0.0))
        edge.set_xdata([τ - 0.5, τ - 0.5])
        error.set_ydata(np.where(cut.error > floor, cut.error, np.nan))
        bound.set_ydata(cut.bound)
        cosine.set_ydata(cut.cosine)
        marks[0].set_data([τ], [max(cut.error[τ - 1], floor)])
        marks[1].set_data([τ], [cut.cosine[τ - 1]])
        number.set_text(f"{cut.cosine[τ - 1]:.3f}".replace("-", "−"))
        name()

    return fig, update


def bias_and_noise(τ, counts, rng, *, T=10, n=8, gain=0.9):
    """What the mean of a gradient over N sequences is off by, for each N of `counts`: two arrays, bias and noise.

    Bias: ‖mean cut after τ steps - mean whole‖ on the same N sequences. Noise: ‖mean whole - mean whole‖ on two sets of N.
    A random tanh network reads `delayed_recall`; the gradient is ∂E_T/∂W.
    """
    p, q = init(cells.rnn, n, 2 * CLASSES, rng, gain=gain), readout.init(CLASSES, n, rng)

    def mean(x, y, horizon=None):
        trace = unroll(cells.rnn, p, x)
        d, _ = pulled_back(q, trace, y / x.shape[2])
        return bptt(cells.rnn, p, x, trace, d, horizon=horizon).params.W

    bias, noise = [], []
    for N in counts:
        one, other = delayed_recall(rng, T, N, CLASSES), delayed_recall(rng, T, N, CLASSES)
        whole = mean(*one)
        bias.append(np.linalg.norm(mean(*one, horizon=τ) - whole))
        noise.append(np.linalg.norm(mean(*other) - whole))
    return np.array(bias), np.array(noise)


class Link(NamedTuple):
    """What training made of a network: accuracy, the share of right answers on 400 new sequences, and its `Params` before and
    after.
    """

    accuracy: float
    before: tuple
    after: tuple


def recall_cut(seed, τ, *, blind=False, shared=True, gap=15, n=32, B=16, updates=300, rate=0.5, threshold=0.5):
    """Train a tanh network on `delayed_recall` over `gap` steps with gradients cut after τ steps: a `Link`.

    Plain gradient descent, clipped by global norm, W orthogonal at the start. `blind` sets the columns of U by which the
    symbol enters to 0. Unless `shared`, the last τ steps have parameters of their own: they learn, and the steps before them
    keep those of the start.
    """
    rng, T = np.random.default_rng(seed), gap + 1
    _, _, p, q = pupil(rng, n=n, classes=CLASSES)
    if blind:
        p.U[:, :CLASSES] = 0
    before, cut = p, max(T - τ, 0)
    for _ in range(updates):
        x, y = delayed_recall(rng, T, B)
        trace = _read(p if shared else before, p, x, cut)
        d, d_q = pulled_back(q, trace, y[cut:] / B)
        d_p = fused.bptt(cells.rnn, p, x[cut:], trace, d).params
        steps, _ = clip_by_global_norm((*d_p, *d_q), threshold)
        moved = [a - rate * step for a, step in zip((*p, *q), steps, strict=True)]
        p, q = p._make(moved[: len(p)]), q._make(moved[len(p) :])
    x, y = delayed_recall(rng, T, 400)
    trace = _read(p if shared else before, p, x, cut)
    return Link(TASKS["delayed_recall"].score(q, trace.s[1:], y[cut:]), before, p)


def _read(far, near, x, cut):
    """The trace of the steps after number `cut`, which have the parameters `near`; the others have `far`."""
    start = cells.rnn.State(fused.unroll(cells.rnn, far, x[:cut]).s[-1]) if cut else None
    return fused.unroll(cells.rnn, near, x[cut:], start)


def separation(p, rng, *, gap=15, B=400):
    """How far apart the states are at which a network with the parameters p ends after each symbol of `delayed_recall`.

    The variance between the means of the four classes, over the variance within a class, both summed over the units, on B new
    sequences: 0 where the last state says nothing of the first symbol.
    """
    x, y = delayed_recall(rng, gap + 1, B)
    s, symbol = fused.unroll(cells.rnn, p, x).s[-1], y[-1].argmax(axis=0)
    means = np.stack([s[:, symbol == k].mean(axis=1) for k in range(CLASSES)], axis=1)[:, symbol]
    return float(np.sum((means - s.mean(axis=1, keepdims=True)) ** 2) / np.sum((s - means) ** 2))
