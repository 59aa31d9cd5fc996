"""Back-propagation through time on the unrolled network, with the size of each gradient as measured."""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, readout, style
from unrolled.diagrams import kit
from unrolled.diagrams.equations import timed
from unrolled.figures.shared.axes import POWERS_OF, name_axes
from unrolled.through_time import bptt, init, terms, unroll
from unrolled.words import say

CLASSES = 4


class Flow(NamedTuple):
    """What the loss E_T of the last step sends back, Euclidean and Frobenius norms.

    state: ‖∂E_T/∂s_t‖ for t = 0..T, (T+1,). terms: the norm of each summand of ∂E_T/∂W, that of step k at k-1, (T,).
    total: ‖∂E_T/∂W‖, a float.
    """

    state: np.ndarray
    terms: np.ndarray
    total: float


def gradient_flow(gain, rng, *, T=40, n=16, input_scale=1.0, recurrent="gaussian"):
    """The `Flow` of a random tanh network with a softmax readout and a loss at the last step alone.

    `recurrent` as in `unrolled.init`, where `gain` scales W; noise enters with the standard deviation `input_scale`.
    """
    p = init(cells.rnn, n, n, rng, gain=gain, recurrent=recurrent)
    x = input_scale * rng.normal(size=(T, n))
    trace = unroll(cells.rnn, p, x, cells.rnn.State(0.1 * rng.normal(size=(n, 1))))
    y = np.zeros((T + 1, CLASSES, 1))
    y[T, rng.integers(CLASSES)] = 1  # no target, no loss: that of the last step alone
    d_s, _ = readout.pullback(readout.init(CLASSES, n, rng), trace.s, y)
    d = cells.rnn.State(d_s)
    g = bptt(cells.rnn, p, x, trace, d)
    norms = np.linalg.norm(terms(cells.rnn, p, x, trace, d).W, axis=(1, 2))
    return Flow(np.linalg.norm(g.state.s[:, :, 0], axis=1), norms, float(np.linalg.norm(g.params.W)))


def backward_explorer(flows):
    """The unrolled network and the way back of E_T, step by step: `(fig, update)` with update(gain, k), k = 0..T.

    `flows` maps each gain to a `Flow` over a few steps. An arrow's width and a bar's height are ‖∂E_T/∂s_t‖ on a
    logarithmic scale; k is how many steps the gradient has gone back.
    """
    T, pitch, top = len(next(iter(flows.values())).terms), 1.4, 3.1
    red, x_range, y_range = style.SYMBOLS["delta"].colour, (-0.75, 1.4 * T + 0.6), (-0.45, top + 0.4)
    columns = pitch * np.arange(T + 1)
    with style.look():
        left, width, inches, below = 0.13, 0.86, 4.2, 1.9  # a telephone shows it without scrolling
        height = width * inches * np.ptp(y_range) / np.ptp(x_range)
        fig = plt.figure(figsize=(inches, height + below), layout="none")
        d = kit.canvas(x_range, y_range, fig.add_axes((left, below / (height + below), width, height / (height + below))))
        for t, x in enumerate(columns):
            _unit(d, t, x, top, pitch, lit=t == T)
        _weight(d, (columns[0] + pitch / 2, 1.72), "W")
        _weight(d, (columns[1] - 0.32, 0.62), "U")
        _weight(d, (columns[T] + 0.3, 2.15), "V")
        arrows = [kit.wire(d, "", [(columns[T] - 0.17, top - 0.33), (columns[T] - 0.17, 1.7)], red)]
        arrows += [kit.wire(d, "", [(x - 0.36, 1.15), (x - pitch + 0.36, 1.15)], red) for x in columns[:0:-1]]
        ax = fig.add_axes((left, 0.08, width, (below - 0.35) / (height + below) - 0.08))
        low, high = 1e-4, 1e3
        bars = ax.bar(columns, np.full(T + 1, low), width=0.55, color=red, alpha=0.8)[::-1]
        clear = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 2}  # no line strikes a number
        numbers = [ax.text(x, 1, "", ha="center", va="bottom", size=10, bbox=clear) for x in columns[::-1]]
        ax.axhline(1, color=style.INK, linewidth=0.6, alpha=0.4)
        ax.set(xlim=x_range, ylim=(low, high), yscale="log", yticks=(1e-4, 1e-2, 1, 1e2), xticks=columns)
        ax.set_xticklabels([f"$s_{t}$" for t in range(T + 1)], size=14)
        ax.set_yticklabels(["", "0.01", "1", "100"])  # powers would be smaller
        ax.tick_params(axis="x", length=0)
        ax.minorticks_off()
        name_axes(ax, y="size of the gradient")

    def update(gain, k):
        for back, norm in enumerate(flows[gain].state[::-1]):
            reached, size = back <= k, np.clip(np.log10(norm) + 3, 0.3, 5)
            arrows[back].set_visible(reached)
            arrows[back].set_linewidth(1.6 * size)
            arrows[back].set_mutation_scale(8 + 2.4 * size)
            bars[back].set_height(norm - low if reached else 0)
            bars[back].set_y(low)
            numbers[back].set_y(norm)
            numbers[back].set_text(f"{norm:.2g}" if reached else "")

    return fig, update


def _unit(d, t, x, top, pitch, lit):
    """The column of step t: x_t, s_t and the loss E_t, and the wires that go forward."""
    s, alpha = style.SYMBOLS["s"].colour, None if lit else kit.FADED
    kit.layer(d, "", (x, 1.35), "", s, 0.66, 0.66)
    kit.text(d, "", (x, 1.35), f"${timed('s', t)}$")
    if t == 0:
        return
    kit.text(d, "", (x, -0.15), f"${timed('x', t)}$")
    kit.wire(d, "", [(x, 0.15), (x, 1.0)], style.SYMBOLS["x"].colour)
    kit.wire(d, "", [(x - pitch + 0.36, 1.53), (x - 0.36, 1.53)], s, width=1.2)
    kit.text(d, "", (x, top), f"${timed('E', t)}$", alpha=alpha)
    kit.wire(
        d, "", [(x + (0.1 if lit else 0), 1.7), (x + (0.1 if lit else 0), top - 0.33)], style.SYMBOLS["E"].colour, width=1.2
    ).set_alpha(alpha)


def _weight(d, at, name):
    kit.text(d, "", at, f"${name}$", size=11)


def temporal_terms(flows):
    """The terms of ∂E_T/∂W by their lag, each as a share of the whole: `fig`.

    `flows` holds a `Flow` for each seed: bars are medians, points the seeds, the line at 1 is ‖∂E_T/∂W‖ itself.
    """
    shares = np.array([flow.terms[::-1] / flow.total for flow in flows])
    lag = np.arange(shares.shape[1])
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 2.9))
        ax.bar(lag, np.median(shares, axis=0), width=0.7, color=style.SYMBOLS["delta"].colour, alpha=0.75)
        for share in shares:
            ax.plot(lag, share, ".", color=style.INK, markersize=2.5)
        ax.axhline(1, color=style.SYMBOLS["W"].colour, linestyle="--")
        ax.set(yscale="log", xlim=(-0.6, len(lag) - 0.4))
        ax.annotate(say("whole gradient"), (len(lag) - 0.4, 1), (0, 7), textcoords="offset points", ha="right")
        ax.yaxis.set_major_formatter(POWERS_OF)
        name_axes(ax, ("steps back", "$T - k$"), "share of the whole gradient")
    return fig
