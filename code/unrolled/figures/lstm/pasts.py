"""Runs of one network that differ in their past: how long does the state tell them apart, with the same noise, or without?"""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.axes import log_axis, name_axes
from unrolled.figures.shared.lines import name_lines
from unrolled.through_time import init, state, unroll

SHOWN = ("rnn", "lstm_1997", "lstm")


def two_pasts(cell, p, x):
    """What `cell` keeps, C or s, over x (T, m) from a start of +1/2 in every unit and from one of -1/2: (2, T+1, n).

    The hidden state of an LSTM starts at 0 in both runs.
    """
    n = p[1].shape[0]
    starts = [cell.State(np.full((n, 1), half), *(np.zeros((n, 1)) for _ in cell.State._fields[1:])) for half in (0.5, -0.5)]
    return np.stack([state(cell, unroll(cell, p, x, start))[0][:, :, 0] for start in starts])


def apart(pasts):
    """log10 of the distance of two runs (2, T+1, n), as a share of the distance at the start: (T+1,)."""
    distance = np.linalg.norm(pasts[0] - pasts[1], axis=1)
    with np.errstate(divide="ignore"):
        return np.log10(distance / distance[0])


def told(cell, p, rng, *, T=60, runs=400):
    """In what share of `runs` the last state tells the past, if each run has noise of its own that the reader does not know.

    Half of the runs start at +1/2 in every unit, half at -1/2. A linear reader is fitted by least squares to every second run
    and examined on the others; a guess is right in one half.
    """
    n, m = p[0].shape
    past = np.repeat([1.0, -1.0], runs // 2)
    start = cell.State(np.tile(past / 2, (n, 1)), *(np.zeros((n, runs)) for _ in cell.State._fields[1:]))
    last = np.vstack([state(cell, unroll(cell, p, rng.normal(size=(T, m, runs)), start))[0][-1], np.ones(runs)])
    reader = np.linalg.lstsq(last[:, ::2].T, past[::2], rcond=None)[0]
    return float(np.mean(np.sign(reader @ last[:, 1::2]) == past[1::2]))


def fresh_pasts(*, b_f, input_scale, T=60, n=16, seeds=range(5)):
    """`two_pasts` of fresh networks, W orthogonal, over noise: {(name of the cell, b_f, input_scale): (seeds, 2, T+1, n)}.

    Noise enters each layer with the standard deviation `input_scale`; only the LSTM of today has a b_f.
    """
    runs = {}
    for name, b, scale in product(SHOWN, b_f, input_scale):
        if name != "lstm" and b != b_f[0]:
            runs[name, b, scale] = runs[name, b_f[0], scale]
            continue
        cell, several = getattr(cells, name), []
        for seed in seeds:
            rng = np.random.default_rng(seed)
            p = init(cell, n, n, rng, **({"b_f": b} if name == "lstm" else {}))
            several.append(two_pasts(cell, p, scale * rng.normal(size=(T, n))))
        runs[name, b, scale] = np.stack(several)
    return runs


def pasts_explorer(runs):
    """Two pasts, from `fresh_pasts`: `(fig, update)` with update(b_f, input_scale).

    Above, the first unit of the first LSTM in both runs (solid, dashed). Below, for each cell, how far the runs are still
    apart: the median over the seeds, the band from the least to the largest.
    """
    shown = {key: run[0, :, :, 0] for key, run in runs.items() if key[0] == "lstm"}
    T = next(iter(runs.values())).shape[2] - 1
    t = np.arange(T + 1)
    with style.look():
        fig, (top, bottom) = plt.subplots(2, figsize=(style.WIDTH, 4.2), sharex=True, height_ratios=(2, 3))
        lines = [top.plot(t, 0 * t, dash, color=style.SYMBOLS["C"].colour)[0] for dash in ("-", "--")]
        top.axhline(0, color=style.INK, linewidth=0.6)
        name_axes(top, y=("first unit", "$C_{t,1}$"))
        bands = {name: bottom.fill_between(t, 0 * t, color=style.SYMBOLS[name].colour, alpha=0.15, linewidth=0) for name in SHOWN}
        curves = {name: bottom.plot([], [], **style.line(name))[0] for name in SHOWN}
        distance = "distance of the two runs", r"$\Vert C_t - C^{\prime}_t\Vert\,/\,\Vert C_0 - C^{\prime}_0\Vert$"
        log_axis(bottom, (-8, 1), ("step", "$t$"), distance, T)
        name_curves = name_lines(bottom, {curves[name]: style.SYMBOLS[name].label for name in SHOWN})

    def update(b_f, input_scale):
        for line, C in zip(lines, shown["lstm", b_f, input_scale], strict=True):
            line.set_ydata(C)
        reach = 1.1 * np.abs(shown["lstm", b_f, input_scale]).max()
        top.set_ylim(-reach, reach)
        for name in SHOWN:
            distances = np.maximum(-20, [apart(both) for both in runs[name, b_f, input_scale]])  # far below the axis
            curves[name].set_data(t, np.median(distances, axis=0))
            bands[name].set_data(t, distances.min(axis=0), distances.max(axis=0))
        name_curves()

    return fig, update
