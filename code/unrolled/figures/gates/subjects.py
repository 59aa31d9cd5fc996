"""The sentence with gaps, told of other subjects: what the gates do, what is kept, and which words come out."""

from itertools import product

import matplotlib.pyplot as plt

from unrolled.figures.shared.sentence import LOUD, PRONOUN, completed, hand_set, sentence, vocabulary
from unrolled.figures.shared.traces import UNIT, draw_rows, reveal, spans
from unrolled.style import INDEXED, INK, WIDTH, look
from unrolled.through_time import unroll


def retold(cell, first=None, second=None):
    """{(a, b): (tokens, trace, words)}: the sentence told of the subject a and then of b, for a of `first`, b of `second`.

    Both are all subjects of the vocabulary by default. trace is what the hand-set `cell` computes, words what it says: the
    tokens with their gaps filled. Raises ValueError for a subject that is not in the vocabulary.
    """
    subjects = vocabulary().subjects
    first, second = first or subjects, second or subjects
    if unknown := {*first, *second} - set(subjects):
        raise ValueError(f"subjects must be among {', '.join(subjects)}; got {', '.join(sorted(unknown))}")
    places = [at for at, word in enumerate(sentence()) if word in subjects]
    runs = {}
    for pair in product(first, second):
        tokens = list(sentence())
        for at, subject in zip(places, pair, strict=True):
            tokens[at] = subject
        _, x, p = hand_set(cell, tokens)
        trace = unroll(cell, p, x)
        runs[pair] = tokens, trace, completed(tokens, getattr(trace, cell.State._fields[-1]), LOUD)
    return runs


def subjects_explorer(runs, parts=("f", "i", "o", "C", "h")):
    """Gates and states under the sentence, for each pair of subjects: `(fig, update)` with update(first, second).

    `runs` is what `retold` returned. Below the bars stands what is read, above them what comes out where a gap was.
    """
    tokens, trace, _ = next(iter(runs.values()))
    with look():
        fig, ax = plt.subplots(figsize=(WIDTH, UNIT * sum(spans(trace, parts)) + 1.2))
        rows = draw_rows(ax, trace, tokens, parts)
        top = ax.get_ylim()[1]
        gaps = [t for t, word in enumerate(tokens, 1) if word == PRONOUN or word in vocabulary().verbs]
        # two heights: neighbours on one line would run together
        said = {t: ax.text(t, top + 0.2 + t % 2, "", ha="center", weight="bold", size=10) for t in gaps}
        ax.text(0.5, top + 0.2, r"$\hat y_t$ ", ha="right", color=INK, size=INDEXED)
        ax.set_xticks([])
        low = ax.get_ylim()[0] - 0.9
        read = [ax.text(t, low - (t + 1) % 2, "", ha="center", color=INK, size=10) for t in range(1, len(tokens) + 1)]
        ax.text(0.5, low, "$x_t$ ", ha="right", color=INK, size=INDEXED)

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
