"""How far a gradient reaches through the weights that libraries start with, before any training."""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.axes import log_axis
from unrolled.figures.shared.lines import name_lines
from unrolled.figures.shared.starts import STARTS
from unrolled.measure import product_norms
from unrolled.through_time import jacobians, unroll

STARTED = ("rnn", "lstm", "gru_reset_after")  # the cells that both libraries have


def kept(cell, p, more):
    """`p` with `more` added to the bias that keeps: b_f of the LSTM, -b_z of the GRU; a plain network has none."""
    if cell is cells.lstm:
        return p._replace(b_f=p.b_f + more)
    return p._replace(b_z=p.b_z - more) if cell is cells.gru_reset_after else p


def start_norms(x, *, library, more, n=16, seeds=range(5)):
    """log10 ‖∂state_t/∂state_0‖, t = 1..T, over x (T, m) at the weights that a library starts with.

    Returns a dict {(name of the cell, library, more): (seeds, T)}; `more` is added to the bias that keeps. A plain network
    has no such bias: its arrays are the same at every `more`.
    """
    norms = {}
    for name, start, added in product(STARTED, library, more):
        if name == "rnn" and added != more[0]:
            norms[name, start, added] = norms[name, start, more[0]]
            continue
        cell = getattr(cells, name)
        draws = [kept(cell, STARTS[start](cell, n, x.shape[1], np.random.default_rng(seed)), added) for seed in seeds]
        norms[name, start, added] = np.stack([product_norms(jacobians(cell, p, x, unroll(cell, p, x))) for p in draws])
    return norms


def start_explorer(norms):
    """The norms of `start_norms` against t: `(fig, update)` with update(library, more).

    A line is the median over the seeds, its band goes from the least to the largest.
    """
    T = next(iter(norms.values())).shape[1]
    t = np.unique(np.linspace(1, T, 26).round().astype(int))
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.4))
        bands = {name: ax.fill_between(t, 0 * t, color=style.SYMBOLS[name].colour, alpha=0.15, linewidth=0) for name in STARTED}
        lines = {name: ax.plot([], [], **style.line(name))[0] for name in STARTED}
        log_axis(ax, (-40, 5), ("step", "$t$"), ("what is left of a change", r"$\Vert J_t \cdots J_1\Vert$"), T)
        name_curves = name_lines(ax, {line: style.SYMBOLS[name].label for name, line in lines.items()})

    def update(library, more):
        for name, line in lines.items():
            curves = norms[name, library, more][:, t - 1]
            line.set_data(t, np.median(curves, axis=0))
            bands[name].set_data(t, curves.min(axis=0), curves.max(axis=0))
        name_curves()

    return fig, update
