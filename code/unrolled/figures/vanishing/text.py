"""How far an error travels back over a text: products of Jacobians of cells that read letters or words as one-hot vectors."""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.axes import POWERS, name_axes
from unrolled.figures.shared.jacobian import keep_bias, seeded_norms
from unrolled.measure import product_norms
from unrolled.through_time import init, jacobians, unroll


def read(name, x, rng, *, gain, b_f=1.0, input_scale=1.0, n=16):
    """The Jacobians J (T, N, N) of the cell `name` over x (T, m), one-hot; n units, W_* = gain times an orthogonal matrix.

    `input_scale` is the standard deviation with which a symbol enters each layer; b_z of the GRU is -b_f, other biases are 0.
    """
    cell, m = getattr(cells, name), x.shape[1]
    p = init(cell, n, m, rng, gain=gain, input_gain=input_scale * np.sqrt((n + m) / 2), **keep_bias(name, b_f))
    return jacobians(cell, p, x, unroll(cell, p, x))


def text_norms(x, *, gain, b_f, input_scale, n=16, seeds=range(5)):
    """log10 ‖∂state_t/∂state_0‖, t = 1..T, over the text x (T, m): what `product_explorer` draws, as `cell_norms` over noise.

    Returns a dict {(name of the cell, gain, b_f, input_scale): (seeds, T)}; a plain network has the same at every b_f.
    """

    def draw(name, rng, g, b, scale):
        return read(name, x, rng, gain=g, b_f=b, input_scale=scale, n=n)

    return seeded_norms(draw, gain, b_f, input_scale, seeds)


def word_norms(x, t, *, gain, names=("rnn", "lstm", "gru"), n=16, seeds=range(5)):
    """log10 ‖∂state_t/∂state_k‖ for k = 1..t, one value a word: a dict {(name of the cell, gain): (seeds, t)}; 0 at k = t."""
    norms = {}
    for name, g in product(names, gain):
        draws = [np.random.default_rng(seed) for seed in seeds]
        back = np.stack([product_norms(read(name, x[:t], rng, gain=g, n=n), fixed="end") for rng in draws])
        norms[name, g] = np.hstack([back[:, -2::-1], np.zeros((len(back), 1))])
    return norms


def word_explorer(words, norms, mark):
    """The norms of `word_norms` over the words of a sentence: `(fig, update)` with update(gain); `mark` is one word of it.

    A marker is the median over the seeds, its bar goes from the least to the largest.
    """
    names = list(dict.fromkeys(name for name, _ in norms))
    t = next(iter(norms.values())).shape[1]
    k = np.arange(1, t + 1)
    with style.look():
        fig, ax = plt.subplots(figsize=(6, 3.6))
        ax.axhline(0, color=style.INK, linewidth=0.6)
        ax.axvline(words.index(mark) + 1, color=style.INK, linewidth=0.6, linestyle=":")
        bars = {name: ax.vlines(k, 0, 0, color=style.SYMBOLS[name].colour, linewidth=3, alpha=0.4) for name in names}
        lines = {
            name: ax.plot([], [], **style.line(name), marker=marker)[0] for name, marker in zip(names, "os^Dv", strict=False)
        }
        ax.set(xlim=(0.5, len(words) + 0.5), ylim=(-5, 4))
        name_axes(ax, y=("what is left of the error", rf"$\Vert\partial s_{{{t}}}\,/\,\partial s_k\Vert$"))
        ax.set_xticks(range(1, len(words) + 1), words, rotation=45, ha="right", rotation_mode="anchor")
        ax.yaxis.set_major_formatter(POWERS)
        fig.legend(handles=list(lines.values()), loc="outside upper center", ncols=len(names), handlelength=3)

    def update(gain):
        for name, line in lines.items():
            curves = norms[name, gain]
            line.set_data(k, np.median(curves, axis=0))
            bars[name].set_segments([[(x, low), (x, high)] for x, low, high in zip(k, curves.min(0), curves.max(0), strict=True)])

    return fig, update
