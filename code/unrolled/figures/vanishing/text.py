"""How far an error travels back over a text: products of Jacobians of cells that read letters or words as one-hot vectors."""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.axes import name_axes
from unrolled.figures.shared.called import called
from unrolled.figures.shared.jacobian import keep_bias, seeded_norms
from unrolled.figures.shared.lines import spread
from unrolled.measure import product_norms
from unrolled.tasks import WIG
from unrolled.through_time import init, jacobians, unroll
from unrolled.words import spoken

# a Chinese sentence with its subject, its verb and the nouns between them at the same places
CHINESE = dict(zip(WIG, ["隔壁", "老张", "今天", "头一回", "戴", "假发", "，", "遮着", "秃顶", "进了", "屋"], strict=True))
LOW, HIGH = 3e-5, 300  # what the picture of the words shows


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


def word_norms(x, t, *, gain, b_f, names=("rnn", "lstm", "gru"), n=16, seeds=range(5)):
    """log10 ‖∂state_t/∂state_k‖ for k = 1..t, one a word and 0 at k = t: a dict {(name of the cell, gain, b_f): (seeds, t)}."""
    norms = {}
    for name, g, b in product(names, gain, b_f):
        draws = [np.random.default_rng(seed) for seed in seeds]
        back = np.stack([product_norms(read(name, x[:t], rng, gain=g, b_f=b, n=n), fixed="end") for rng in draws])
        norms[name, g, b] = np.hstack([back[:, -2::-1], np.zeros((len(back), 1))])
    return norms


def told(share):
    """A share as a reader reads it: 0.043%, 41%, 22×."""
    if share > 1.05:
        return f"{share:.2g}×" if share < 99 else f"{share:.0f}×"
    return f"{100 * share:.2g}%" if share < 0.1 else f"{100 * min(share, 1):.0f}%"


def word_explorer(words, norms, mark):
    """The norms of `word_norms` over the words of a sentence: `(fig, update)` with update(gain, b_f).

    A line for each network, from the last word read back to the word `mark`, where its name and the share that reaches this word
    are written; in Chinese the words of `CHINESE`. A share of the error at the last word read is the median over the seeds.
    """
    names = list(dict.fromkeys(name for name, *_ in norms))
    t, at = next(iter(norms.values())).shape[1], words.index(mark) + 1
    k = np.arange(at, t + 1)
    with style.look():
        fig, ax = plt.subplots(figsize=(4.4, 3.5))  # as wide as a telephone shows without scrolling
        ax.axvspan(at - 0.5, at + 0.5, color=style.SYMBOLS["bound"].colour, alpha=0.12, linewidth=0)
        ax.axhline(1, color=style.INK, linewidth=0.6)
        lines, labels = {}, {}
        for name in names:
            (lines[name],) = ax.plot(k, k, marker="o", markersize=5, **style.line(name))
            clear = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.5}  # no line strikes a number
            look = {"color": style.INK, "ha": "right", "va": "center", "size": 10, "bbox": clear}
            labels[name] = ax.text(at - 0.65, 1, "", linespacing=1.1, **look)
        ax.set(xlim=(-2.9, len(words) + 0.6), ylim=(LOW, HIGH), yscale="log")
        ax.set_yticks([10.0**power for power in range(-4, 3)], [told(10.0**power) for power in range(-4, 3)])
        ax.minorticks_off()
        shown = [CHINESE.get(word, word) for word in words] if spoken() == "zh" else words
        stairs = ["\n" * (number % 2) + word for number, word in enumerate(shown)]  # neighbours would touch each other
        ax.set_xticks(range(1, len(words) + 1), stairs)
        ax.tick_params(length=0)
        name_axes(ax, y="what is left of the error")

    def update(gain, b_f):
        ends = {}
        for name in names:
            shares = 10 ** np.median(norms[name, gain, b_f], axis=0)[at - 1 :]
            lines[name].set_ydata(shares)
            ends[name] = np.log10(shares[0] / LOW) / np.log10(HIGH / LOW)
            labels[name].set_text(f"{called(name)}\n{told(shares[0])}")
        for name, height in zip(ends, spread(list(ends.values()), 0.15), strict=True):
            labels[name].set_y(LOW * (HIGH / LOW) ** height)

    return fig, update
