"""How much an input still counts when its effect is wanted: the derivative of the last state by each input before it."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.axes import POWERS, name_axes
from unrolled.through_time import bptt, init, unroll


def influence(cell, p, x):
    """‖∂s_T/∂x_{T-lag}‖ (spectral) for lag = 0..T-1: (T,), x (T, m). For an LSTM or a GRU it is ∂h_T.

    One sweep back does it: column i of the batch carries the gradient of component i of the last state.
    """
    n = p[1].shape[0]
    x = np.repeat(x[:, :, None], n, axis=2)
    trace = unroll(cell, p, x)
    d = cell.State(*(np.zeros((len(x) + 1, n, n)) for _ in cell.State._fields))
    d[-1][-1] = np.eye(n)  # the last field of a State is what the cell hands out: s, or h
    return np.linalg.norm(bptt(cell, p, x, trace, d).x, 2, axis=(1, 2))[::-1]


def gap_norms(*, gain, input_scale, T=60, n=16, seeds=range(5)):
    """log10 of `influence` in random tanh networks, W = gain times an orthogonal matrix, noise of standard deviation
    input_scale as input: a dict {(gain, input_scale): (seeds, T)}.
    """
    norms = {}
    for g in gain:
        for scale in input_scale:
            rows = []
            for seed in seeds:
                rng = np.random.default_rng(seed)
                p = init(cells.rnn, n, n, rng, gain=g)
                rows.append(np.log10(influence(cells.rnn, p, scale * rng.normal(size=(T, n)))))
            norms[g, scale] = np.stack(rows)
    return norms


def gap_explorer(norms):
    """The influence of an input against its lag, from `gap_norms`: `(fig, update)` with update(gain, input_scale).

    A thin line for each seed, the thick one is their median.
    """
    seeds, T = next(iter(norms.values())).shape
    lag, colour = np.arange(T), style.SYMBOLS["s"].colour
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.0))
        thin = [ax.plot(lag, 0 * lag, color=colour, linewidth=0.8, alpha=0.5)[0] for _ in range(seeds)]
        (median,) = ax.plot(lag, 0 * lag, color=colour)
        ax.axhline(0, color=style.INK, linewidth=0.8, linestyle=":")
        ax.set(xlim=(0, T), ylim=(-32, 6))
        name_axes(ax, ("gap", "$T - k$"), ("effect on the last state", r"$\Vert \partial s_T / \partial x_k \Vert$"))
        ax.yaxis.set_major_formatter(POWERS)

    def update(gain, input_scale):
        curves = norms[gain, input_scale]
        for line, curve in zip(thin, curves, strict=True):
            line.set_ydata(curve)
        median.set_ydata(np.median(curves, axis=0))

    return fig, update
