"""One number in two networks that read nothing: the plain one makes it afresh at every step, a cell state carries it on."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.axes import name_axes
from unrolled.figures.shared.held import valves
from unrolled.through_time import init, unroll

START = 0.8


def made_afresh(T=60, n=16, seed=0):
    """The first of n units of a fresh plain network, W orthogonal, that starts at 0.8 and reads nothing: (T+1,)."""
    rng = np.random.default_rng(seed)
    p, start = init(cells.rnn, n, 1, rng), rng.uniform(-START, START, (n, 1))
    start[0] = START
    return unroll(cells.rnn, p, np.zeros((T, 1)), cells.rnn.State(start)).s[:, 0, 0]


def carried_on(f, T=60):
    """A cell state that starts at 0.8, with nothing written and the forget gate at f: (T+1,)."""
    start = cells.lstm.State(C=np.full((1, 1), START), h=np.zeros((1, 1)))
    return unroll(cells.lstm, *valves(np.full(T, f), 0, 0), start).C[:, 0, 0]


def carried_explorer(T=60):
    """Above, the number in the plain network; below, in the cell state: `(fig, update)` with update(f)."""
    t = np.arange(T + 1)
    with style.look():
        fig, axes = plt.subplots(2, figsize=(style.WIDTH, 3.4), sharex=True, sharey=True)
        for ax in axes:
            ax.axhline(0, color=style.INK, linewidth=0.6)
            ax.axhline(START, color=style.INK, linewidth=0.8, linestyle=":")
        name_axes(axes[0], y=("made afresh", "$s_t$"))
        axes[0].plot(t, made_afresh(T), color=style.SYMBOLS["s"].colour, marker="o", markersize=3)
        (line,) = axes[1].plot(t, 0 * t, color=style.SYMBOLS["C"].colour, marker="o", markersize=3)
        axes[1].set(xlim=(-0.8, T + 0.8), ylim=(-1, 1), yticks=(-0.8, 0, 0.8))
        name_axes(axes[1], ("step", "$t$"), ("carried on", "$C_t$"))

    def update(f):
        line.set_ydata(carried_on(f, T))

    return fig, update
