"""The sentence with gaps, told of other subjects: what the gates do, what is kept, and which words come out."""

from itertools import product

import matplotlib.pyplot as plt

from unrolled.figures.shared.sentence import PRONOUN, SENTENCE, SUBJECTS, VERBS, completed, hand_set
from unrolled.figures.shared.traces import UNIT, draw_rows, reveal, spans
from unrolled.style import INK, SYMBOLS, look
from unrolled.through_time import unroll


def retold(cell, first=tuple(SUBJECTS), second=tuple(SUBJECTS)):
    """{(a, b): (tokens, trace, words)}: `SENTENCE` told of the subject a and then of b, for a of `first`, b of `second`.

    trace is what the hand-set `cell` computes, words what it says: the tokens with their gaps filled. Raises ValueError for a
    subject that is not in `SUBJECTS`.
    """
    if unknown := {*first, *second} - set(SUBJECTS):
        raise ValueError(f"subjects must be among {', '.join(SUBJECTS)}; got {', '.join(sorted(unknown))}")
    places = [at for at, word in enumerate(SENTENCE) if word in SUBJECTS]
    runs = {}
    for pair in product(first, second):
        tokens = list(SENTENCE)
        for at, subject in zip(places, pair, strict=True):
            tokens[at] = subject
        _, x, p = hand_set(cell, tokens)
        trace = unroll(cell, p, x)
        runs[pair] = tokens, trace, completed(tokens, getattr(trace, cell.State._fields[-1]))
    return runs


def subjects_explorer(runs, parts=("f", "i", "o", "C", "h")):
    """Gates and states under the sentence, for each pair of subjects: `(fig, update)` with update(first, second).

    `runs` is what `retold` returned. Below the bars stands what is read, above them what comes out where a gap was.
    """
    tokens, trace, _ = next(iter(runs.values()))
    with look():
        fig, ax = plt.subplots(figsize=(6, UNIT * sum(spans(trace, parts)) + 0.9))
        rows = draw_rows(ax, trace, tokens, parts)
        top = ax.get_ylim()[1]
        gaps = [t for t, word in enumerate(tokens, 1) if word == PRONOUN or word in VERBS]
        said = {t: ax.text(t, top + 0.2, "", ha="center", color=SYMBOLS["h"].colour, weight="bold") for t in gaps}
        ax.text(0.5, top + 0.2, r"$\hat y_t$ ", ha="right", color=INK, size=13)
        ax.set_xticks([])
        read = [ax.text(t, ax.get_ylim()[0] - 0.9, "", ha="center", color=INK) for t in range(1, len(tokens) + 1)]
        ax.text(0.5, ax.get_ylim()[0] - 0.9, "$x_t$ ", ha="right", color=INK, size=13)

    def update(first, second):
        tokens, trace, words = runs[first, second]
        for label, word in zip(read, tokens, strict=True):
            label.set_text(word)
        for t, label in said.items():
            label.set_text(words[t - 1])
        for part, row in rows.items():
            reveal(row._replace(values=getattr(trace, part)[1:, :, 0]), len(tokens))

    update(*next(iter(runs)))
    return fig, update
