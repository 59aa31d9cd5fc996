"""How far an error travels back over a text: products of Jacobians of cells that read letters or words as one-hot vectors."""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.jacobian import keep_bias, seeded_norms
from unrolled.measure import product_norms
from unrolled.tasks import WIG
from unrolled.through_time import init, jacobians, unroll
from unrolled.words import say, spoken

# a Chinese sentence with its subject, its verb and the nouns between them at the same places
CHINESE = dict(zip(WIG, ["隔壁", "老张", "今天", "头一回", "戴", "假发", "，", "遮着", "秃顶", "进了", "屋"], strict=True))
UNIT = 7.5  # the diameter of the disc that is a whole unit of error, in points


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


def told(share):
    """A share as a reader reads it: 0.043 %, 41 %, 22×."""
    if share > 1.05:
        return f"{share:.2g}×"
    return f"{100 * share:.2g} %" if share < 0.1 else f"{100 * min(share, 1):.0f} %"


def word_explorer(words, norms, mark):
    """The norms of `word_norms` as discs over the words of a sentence: `(fig, update)` with update(gain).

    A row for each network; in Chinese the words of `CHINESE`. The area of a disc is the share of a unit of error at the last word
    read that can reach the state of that word, the median over the seeds; the share that reaches the word `mark` is written under
    it.
    """
    names = list(dict.fromkeys(name for name, _ in norms))
    t, at = next(iter(norms.values())).shape[1], words.index(mark)
    with style.look():
        fig, ax = plt.subplots(figsize=(4.4, 3.3))  # as wide as a telephone shows without scrolling
        ax.axvspan(at + 0.5, at + 1.5, color=style.SYMBOLS["bound"].colour, alpha=0.12, linewidth=0)
        discs, numbers = {}, {}
        for row, name in enumerate(names[::-1]):
            colour = style.SYMBOLS[name].colour
            ax.axhline(row, color=colour, linewidth=0.8, alpha=0.5)
            look = {"color": colour, "alpha": 0.7, "markeredgewidth": 0, "linestyle": "none", "clip_on": False}
            discs[name] = [ax.plot([k], [row], "o", **look)[0] for k in range(1, t + 1)]
            numbers[name] = ax.text(at + 1, row - 0.47, "", ha="center", va="center", size=10)
        ax.set(xlim=(-0.3, len(words) + 0.7), ylim=(-0.65, len(names) - 0.4))
        shown = [CHINESE.get(word, word) for word in words] if spoken() == "zh" else words
        ax.set_xticks(range(1, len(words) + 1), shown, rotation=45, ha="right", rotation_mode="anchor")
        ax.set_yticks(range(len(names)), [say(style.SYMBOLS[name].label) for name in names[::-1]])
        ax.tick_params(length=0)
        ax.grid(visible=False)
        ax.spines[:].set_visible(False)

    def update(gain):
        for name in names:
            shares = 10 ** np.median(norms[name, gain], axis=0)
            for disc, share in zip(discs[name], shares, strict=True):
                disc.set_markersize(UNIT * np.sqrt(share))
            numbers[name].set_text(told(shares[at]))

    return fig, update
