"""The hand-set weights as a table whose cells light: the column of the word, W times what was said, the bias, their sum.

Besides the network of the sentence, whose W are zero, there is one whose W matters: after *will* a verb says no number, so the
output gate must know which word came before, and it hears so from h. In Chinese 自己 (by himself) is such a word.
"""

import re

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle

from unrolled import cells
from unrolled.figures.shared.jacobian import VANISH_EXPLODE
from unrolled.figures.shared.sentence import SECOND, hand_set, known, listened, sentence, vocabulary, written
from unrolled.style import INK, SYMBOLS, look
from unrolled.through_time import unroll
from unrolled.words import say

LAYERS = {"f": "f", "i": "i", "C": "C_tilde", "o": "o"}  # the index of a layer's parameters: the field of `Step` that it yields
NETWORKS = {"words": "the word alone", "output": "the word and its own output"}
ACROSS, LEFT, WIDTH, GAP = 5.5, 1.35, 1.98, 0.08  # a panel; where its two layers begin, how wide each is, what lies between
FULL, PALE = 0.5, 0.15  # the opacity of the largest weight where it is at work, and elsewhere
UNLIT = 0.45  # the opacity of the letters there


def listening():
    """`(tokens, x, p)`: the sentence with *will* for *just*, and three units set by hand, of which two are the old ones.

    Unit 3 says for one step that *will* was read. By W_o this shuts the output gate of unit 2, so that no number comes out.
    """
    words, will = known(), vocabulary().will
    _, _, two = hand_set(cells.lstm)
    p = cells.lstm.Params(*(np.zeros(shape) for shape in cells.lstm.shapes(3, len(words) + 1)))
    for name, old, new in zip(p._fields, two, p, strict=True):
        new[:2, : old.shape[1] if name[0] != "W" else 2] = old
    p.b_f[2] = -two.b_f[0]  # it keeps nothing,
    p.U_i[2, -1], p.b_i[2] = two.U_i.max(), two.b_i[0]  # is written at "will" alone,
    p.U_C[2, -1], p.b_C[2] = two.U_C.max(), two.b_C[0]
    p.b_o[2] = -two.b_o[0]  # and speaks at once
    p.W_o[1, 2] = -1.5 * two.U_o.max()
    tokens = (*sentence()[:SECOND], will, *sentence()[SECOND + 1 :])
    rows = [(*words, will).index(word) for word in tokens]
    return tokens, np.eye(len(words) + 1)[rows][:, :, None], p


def networks():
    """{name: (tokens, x, p)}, both networks that the table shows."""
    return {"words": hand_set(cells.lstm), "output": listening()}


def network_names():
    """What a button calls them, {name: words}."""
    return {name: say(text) for name, text in NETWORKS.items()}


def weights_explorer():
    """The weights of both networks at work, word by word: `(fig, update)` with update(t, network), t = 1..10.

    A row for each word of the sentence, the column that belongs to it in the four U; below, W, whose columns are multiplied by
    h_{t-1}, the bias, the sum inside each layer, and what it yields. Blue below 0, red above. Two layers a panel, so that a phone
    shows all of them.

        explore(
            *figures.weights_explorer(),
            t=range(1, 11),
            network=list(figures.network_names()),
            texts={"network": figures.network_names()},
            play=("t",),
            start={"t": 5, "network": "words"},
            ...,
        )
    """
    tables = {name: [] for name in NETWORKS}
    with look():
        fig, axes = plt.subplots(1, 2, figsize=(6.6, 4.9), layout="none")
        frames = [_panel(ax, k, indices) for k, (ax, indices) in enumerate(zip(axes, ("fi", "Co"), strict=True))]
        line = axes[1].text(0.1, -17.2, "", va="top", size=11, weight="bold")
        for name, (tokens, x, p) in networks().items():
            tables[name] = [_table(ax, indices, tokens, x, p) for ax, indices in zip(axes, ("fi", "Co"), strict=True)]

    def update(t, network):
        for name, halves in tables.items():
            for half in halves:
                _show(half, t, name == network)
        for frame in frames:
            frame.set_y(-t)
        line.set_text(re.sub("([.。]) ?", r"\1\n", written(tables[network][0]["said"][:t])))

    update(1, "words")
    return fig, update


def _panel(ax, k, indices):
    """What stands still in a panel of two layers; the frame around the row of the word."""
    ax.set_position((k / 2 + 0.005, 0, 0.49, 1))
    ax.set(xlim=(0, ACROSS), ylim=(-19.2, 2.4))
    ax.set_axis_off()
    for left, index in zip(_lefts(len(indices)), indices, strict=True):
        ax.text(left + WIDTH / 2, 1.4, SYMBOLS[LAYERS[index]].label, ha="center", va="center_baseline", size=14)
        ax.plot([left + 0.03, left + WIDTH - 0.03], [0.02, 0.02], color=SYMBOLS[index].colour, linewidth=2.5)
    for y, label in ((-13.6, "$b$"), (-14.75, say("sum")), (-15.8, r"$\sigma$, $\mathrm{tanh}$")):
        ax.text(LEFT - 0.12, y, label, ha="right", va="center_baseline", size=11)
    ax.text(0.06, -11.56, "$h_{t{-}1}$", va="center_baseline", size=13)
    ax.plot([LEFT, _lefts(2)[-1] + WIDTH], [-14.18, -14.18], color=INK, linewidth=1)
    return ax.add_patch(Rectangle((0.03, 0), ACROSS - 0.1, 1, facecolor="none", edgecolor=INK, linewidth=1.4))


def _lefts(layers, units=1):
    """Where the columns of some layers begin."""
    return [LEFT + k * (WIDTH + GAP) + unit * WIDTH / units for k in range(layers) for unit in range(units)]


def _table(ax, indices, tokens, x, p):
    """The cells and numbers of two layers of one network, and what they compute on its sentence."""
    n, trace = len(p.b_f), unroll(cells.lstm, p, x)
    lefts = _lefts(len(indices), n)
    layers = [{kind: getattr(p, f"{kind}_{index}") for kind in "UWb"} for index in indices]
    reading = np.stack([np.concatenate([layer["U"] @ x_t for layer in layers])[:, 0] for x_t in x])  # (T, 2 n)
    hearing = np.concatenate([layer["W"] for layer in layers]).T  # (n, 2 n)
    bias = np.concatenate([layer["b"] for layer in layers]).T
    sums = reading + np.stack([hearing.T @ h for h in trace.h[:-1, :, 0]]) + bias
    yields = np.concatenate([getattr(trace, LAYERS[index])[1:, :, 0] for index in indices], axis=1)
    heights, most = [*(1.0 for _ in tokens), *n * [3 / n], 1.0], max(np.abs(getattr(p, f"U_{index}")).max() for index in LAYERS)
    rows = []
    for k, values in enumerate([*reading, *hearing, *bias]):
        top = -sum(heights[:k])
        cells_ = [[(a, top), (a + WIDTH / n, top), (a + WIDTH / n, top - heights[k]), (a, top - heights[k])] for a in lefts]
        colours = [VANISH_EXPLODE(0.5 + v / 2 / most) for v in values]
        patch = ax.add_collection(PolyCollection(cells_, facecolors=colours, edgecolors="none"), autolim=False)
        at = {"ha": "center", "va": "center_baseline", "size": 10}
        middle = top - heights[k] / 2 - 0.06
        numbers = [ax.text(a + WIDTH / n / 2, middle, _short(v), **at) for a, v in zip(lefts, values, strict=True)]
        label = tokens[k] if k < len(tokens) else ""
        numbers.append(ax.text(LEFT - 0.12, middle, label, ha="right", va="center_baseline", size=11))
        rows.append((patch, numbers, np.abs(values) / most))
    at = {"ha": "center", "va": "center_baseline", "size": 10}
    heads = [ax.text(a + WIDTH / n / 2, 0.48, str(1 + k % n), **at) for k, a in enumerate(lefts)]
    ends = [[ax.text(a + WIDTH / n / 2, y, "", **at) for a in lefts] for y in (-14.75, -15.8)]
    return {
        **{"rows": rows, "heads": heads, "ends": ends, "sums": sums, "yields": yields, "h": trace.h[:, :, 0]},
        "T": len(tokens),
        "said": listened(tokens, trace.h),
    }


def _show(table, t, visible):
    """Light what is at work at step `t`, and write its numbers, in place."""
    T, n = table["T"], table["h"].shape[1]
    for k, (patch, numbers, sizes) in enumerate(table["rows"]):
        lit = k == t - 1 or k >= T
        _set(patch, visible=visible)
        patch.set_alpha(np.minimum(1, sizes) * (FULL if lit else PALE))
        if T <= k < T + n:
            _set(numbers[-1], text=_short(table["h"][t - 1, k - T], 2))
        for number in numbers:
            _set(number, visible=visible, alpha=None if lit else UNLIT)
    for head in table["heads"]:
        _set(head, visible=visible)
    for texts, values, decimals in zip(table["ends"], (table["sums"], table["yields"]), (1, 2), strict=True):
        for text, value in zip(texts, values[t - 1], strict=True):
            _set(text, visible=visible, text=_short(value, decimals))


def _set(artist, **properties):
    """Set what differs: what looks as it did need not be drawn again."""
    artist.set(**{name: value for name, value in properties.items() if getattr(artist, f"get_{name}")() != value})


def _short(number, decimals=None):
    """A number as short as it can be, or with so many decimals; a real minus, and none before a zero."""
    if decimals is None:
        return f"{number:g}".replace("-", "−")
    return f"{round(float(number), decimals) + 0:.{decimals}f}".replace("-", "−")
