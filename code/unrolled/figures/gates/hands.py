"""Be the gates: the reader opens and shuts the gates at four words of the sentence with gaps, and sees what comes out."""

import textwrap
from itertools import product
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from unrolled import cells
from unrolled.figures.shared.sentence import GAP, LOUD, PRONOUN, SECOND, completed, hand_set, heard, sentence, unasked, vocabulary
from unrolled.figures.shared.traces import set_words
from unrolled.style import INDEXED, INK, SYMBOLS, WIDTH, look
from unrolled.words import say

OPEN, SHUT = "open", "shut"
HANDS = {  # what the reader holds: a gate at a step
    "f_second": ("f", SECOND),
    "i_second": ("i", SECOND),
    "f_after": ("f", SECOND + 1),
    "i_after": ("i", SECOND + 1),
    "o_early": ("o", GAP - 1),
    "o_gap": ("o", GAP),
}
LABELS = {
    "f_second": "forget, “Boris”",
    "i_second": "input, “Boris”",
    "f_after": "forget, “just”",
    "i_after": "input, “just”",
    "o_early": "output, “while”",
    "o_gap": "output, the gap",
}
OWN = {"f_second": SHUT, "i_second": OPEN, "f_after": OPEN, "i_after": SHUT, "o_early": SHUT, "o_gap": OPEN}  # the network's
ACROSS = 42  # bold letters of eleven points across the picture
TALL, LOW = (4.65, (0.85, 1.1, 1.1, 1.15)), (3.3, (0.75, 0.75, 0.75, 1.0))  # the height of the picture, and its rows'


class Play(NamedTuple):
    """One setting of the gates, played through."""

    gates: dict  # {"f", "i", "o"}: (T, n)
    C: np.ndarray  # (T+1, n)
    words: list  # T words, the gaps filled as far as something is heard
    early: str  # what is said a step before the gap, where nobody asks; "" if nothing
    right: bool
    verdict: str  # a key of `unrolled.words`


def played(**hands):
    """The `Play` of the hand-set LSTM in which each gate of `HANDS` is "open" or "shut"; all others do as the network says.

    A gate that is put in has the sum inside that the network itself uses: it is open or shut to 2 %.
    """
    hands = OWN | hands
    tokens, x, p = hand_set(cells.lstm)
    sums = {OPEN: p.b_f.max(), SHUT: p.b_i.min()}
    state = cells.lstm.State(np.zeros((2, 1)), np.zeros((2, 1)))
    steps = []
    for t, x_t in enumerate(x, 1):
        here = {gate: sums[hands[name]] for name, (gate, at) in HANDS.items() if at == t}
        put_in = {f"b_{gate}": a - getattr(p, f"U_{gate}") @ x_t for gate, a in here.items()}
        now = cells.lstm.step(p._replace(**put_in), state, x_t)
        state = cells.lstm.State(now.C, now.h)
        steps.append(now)
    gates = {key: np.stack([getattr(now, key)[:, 0] for now in steps]) for key in "fio"}
    C = np.stack([np.zeros(2), *(now.C[:, 0] for now in steps)])
    words = [heard(word, now.h[:, 0]) for word, now in zip(tokens, steps, strict=True)]
    early = unasked(tokens[GAP - 2], steps[GAP - 2].h[:, 0])
    right = words == _right_words()
    return Play(gates, C, words, early, right and not early, _verdict(hands, early, C[GAP]))


def _right_words():
    """What the network says when nobody meddles."""
    tokens, x, p = hand_set(cells.lstm)
    state, said = cells.lstm.State(np.zeros((2, 1)), np.zeros((2, 1))), [np.zeros((2, 1))]
    for x_t in x:
        now = cells.lstm.step(p, state, x_t)
        state = cells.lstm.State(now.C, now.h)
        said.append(now.h)
    return completed(tokens, np.stack(said), LOUD)


def _verdict(hands, early, C):
    """What has happened, from what was said and what lies on the belt, `C` (2,), at the gap."""
    on_belt, (she, _, *they) = heard(PRONOUN, np.tanh(C)), vocabulary().pronouns
    both = hands["f_second"] == hands["i_second"] == OPEN and hands["f_after"] == OPEN
    if on_belt in they:
        return "The girls are still on the belt: nothing was forgotten."
    if on_belt == she:
        cancelled, written = (
            "Girls and Boris cancel; the “she” of “just” is left.",
            "Boris is gone; “just” put its own “she” on the belt.",
        )
        return cancelled if both else written
    if on_belt == PRONOUN:
        cancelled, empty = (
            "Girls and Boris cancel: the belt says nothing.",
            "The old was forgotten, the new not kept: the belt is empty.",
        )
        return cancelled if both else empty
    if hands["o_gap"] == SHUT:
        return "The belt knows, and the output gate keeps it to itself."
    if early:
        return "Right, but “he” is said at “while” already, where nobody asks."
    if abs(C[0]) < 0.5:
        return "Right, but only just: more than half of “he” is gone."
    return "The sentence comes out right."


def in_hand(names=tuple(HANDS)):
    """Choices, labels and texts for `explore`, in the language that is spoken: two values for each gate that the reader holds."""
    return {
        **{name: [OPEN, SHUT] for name in names},
        "labels": {name: say(LABELS[name]) for name in names},
        "texts": {name: {OPEN: say("open"), SHUT: say("shut")} for name in names},
    }


def be_the_gates(names=tuple(HANDS)):
    """The sentence with the gates in the reader's hands: `(fig, update)`; the choices of `update` are those of `in_hand`.

    `names` are those of `HANDS` that the reader holds; the network keeps the others. With few of them the picture is low.

    From above: what comes of it, in words; the words that come out; the cell states of both units, drawn as in `cell_line`; the
    gates, full where open, those in the reader's hands framed; the words that are read.

        explore(*figures.be_the_gates(), **figures.in_hand(), name="be_the_gates", alt="...", caption="...")
    """
    plays = {values: played(**dict(zip(names, values, strict=True))) for values in product([OPEN, SHUT], repeat=len(names))}
    tokens, words = sentence(), vocabulary()
    T, t = len(tokens), np.arange(1, len(tokens) + 1)
    blue, green, red = (SYMBOLS[key].colour for key in ("C", "i", "f"))
    with look():
        height, ratios = TALL if len(names) > 3 else LOW
        fig, (top, *belts, bottom) = plt.subplots(
            4, figsize=(WIDTH, height), sharex=True, height_ratios=ratios, layout="constrained"
        )
        for ax in (top, bottom):
            ax.spines[:].set_visible(False)
            ax.tick_params(length=0, labelbottom=False)
        top.set(ylim=(0, 2), yticks=[], xlim=(0.4, T + 0.5))
        verdict = top.text(0.45, 1.5, "", size=11, weight="bold", va="center")
        asked = [k for k, word in enumerate(tokens) if word in (*words.verbs, PRONOUN) or k + 1 == GAP - 1]
        out = {k: top.text(k + 1, 0.12 + 0.52 * (k % 2), "", ha="center", size=10, weight="bold") for k in asked}
        lines, writes, rings, dots = [], [], [], []
        for ax, (high, low) in zip(belts, (words.pronouns[:2], (say("one"), say("many"))), strict=True):
            ax.axhline(0, color=INK, linewidth=0.5, alpha=0.4)
            ax.set(ylim=(-1.5, 1.7), yticks=(-1, 1), yticklabels=(low, high))
            ax.tick_params(length=0, labelbottom=False)
            ax.spines[:].set_visible(False)
            lines.append(ax.add_collection(LineCollection([], colors=blue, linewidth=4), autolim=False))
            writes.append(ax.add_collection(LineCollection([], colors=green, linewidth=2.5), autolim=False))
            rings.append(ax.plot(t, 0 * t, "o", markersize=7, markerfacecolor="none", markeredgecolor=red)[0])
            dots.append(ax.plot(t, 0 * t, "o", markersize=4, color=blue)[0])
        valves = {}
        for row, key in enumerate("fio"):
            for k in range(T):
                held = (key, k + 1) in [HANDS[name] for name in names]
                edge = (INK, 2.0) if held else (SYMBOLS[key].colour, 0.8)
                box = Rectangle((k + 0.78, -row - 0.27), 0.44, 0.54, edgecolor=edge[0], linewidth=edge[1])
                valves[key, k] = bottom.add_patch(box)
        bottom.set(ylim=(-2.6, 0.6), yticks=(0, -1, -2), yticklabels=[SYMBOLS[key].label for key in "fio"], xticks=t)
        bottom.tick_params(axis="y", labelsize=INDEXED)
        bottom.tick_params(axis="x", labelbottom=True, labelsize=10)
        set_words(bottom, tokens)

    def update(**hands):
        play = plays[tuple(hands[name] for name in names)]
        verdict.set_text(textwrap.fill(f"{'✓' if play.right else '✗'} {say(play.verdict)}", ACROSS))
        for k, text in out.items():
            text.set_text(play.early if k + 1 == GAP - 1 else play.words[k])
        for unit in (0, 1):
            C, f = play.C[:, unit], play.gates["f"][:, unit]
            kept = f * C[:-1]
            path = np.stack([np.column_stack([t - 1, C[:-1]]), np.column_stack([t, kept])], axis=1)
            lines[unit].set_segments(path[1:])
            lines[unit].set_alpha(f[1:])
            writes[unit].set_segments(np.stack([np.column_stack([t, kept]), np.column_stack([t, C[1:]])], axis=1))
            rings[unit].set_ydata(kept)
            dots[unit].set_ydata(C[1:])
        for (key, k), box in valves.items():
            box.set_facecolor((SYMBOLS[key].colour, 0.9 if play.gates[key][k].max() > 0.5 else 0.0))

    update(**dict.fromkeys(names, OPEN))
    return fig, update
