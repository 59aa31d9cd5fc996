"""The first minute: an LSTM reads a sentence of ten words, and one slider leads through all that matters in it.

The picture is narrow, so that a phone shows it whole, with letters that can be read.
"""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, diagrams, style
from unrolled.figures.shared.sentence import PRONOUN, filled, hand_set
from unrolled.figures.shared.stepper import write_word
from unrolled.figures.shared.traces import draw_rows, reveal
from unrolled.style import INK
from unrolled.through_time import unroll
from unrolled.words import say

# step by step what the reader is shown: all of the cell at the second subject, little elsewhere
AT = ("1C", "2C", "3C", "4C", "5f", "5i", "5C_tilde", "5C", "5h", "6C", "7C", "8C", "9C", "9o", "9h", "10C")
ROWS = ("f", "C")
WIDTH, UNIT, LEFT = 4.4, 0.13, 0.075  # inches; inches for a value of 1 in a row; where the rows begin, as a share of the width
MEANINGS = {(True, True): "she, one", (True, False): "she, many", (False, True): "he, one", (False, False): "he, many"}


def reading():
    """The sentence as it is read, `(words, x, p, trace)`: ten words of the language spoken, and the LSTM set by hand on them."""
    words, x, p = hand_set(cells.lstm)
    return words, x, p, unroll(cells.lstm, p, x)


def split(at):
    """The step and the part of a state: "5C_tilde" is (5, "C_tilde")."""
    part = at.lstrip("0123456789")
    return int(at.removesuffix(part)), part


def moments():
    """What a slider says for each of the states `AT`, {"5f": "Boris · forget gate", ...}, in the language that is spoken."""
    words, said = reading()[0], style.names({split(at)[1] for at in AT})
    return {at: f"{words[t - 1]} · {said[part]}" for at, (t, part) in ((at, split(at)) for at in AT)}


def meaning(values):
    """What two units say, gender and number: "he, one"."""
    return say(MEANINGS[tuple(bool(value > 0) for value in values)])


def remark(trace, t, part):
    """What happens at step `t` in `part`, in words."""
    values = getattr(trace, part)[t, :, 0]
    opened = bool(values.max() > 0.5)
    if part == "f":
        return say("kept: what was known") if opened else say("dropped: what was known")
    if part == "i":
        return say("let in: what is new") if opened else say("kept out: what is new")
    if part == "o":
        return say("asked: the answer may come out") if opened else say("not asked: nothing comes out")
    if part == "h" and abs(values[0]) < 0.5:
        return say("nothing is said")
    if part == "h":
        return f"{say('said:')} {filled(PRONOUN, *values)}"
    return f"{say({'C_tilde': 'proposed:', 'C': 'in the cell state:'}[part])} {meaning(values)}"


def reading_explorer():
    """The cell, what happens in words, and below each word the forget gate and the cell state: `(fig, update)`, update(at).

    `at` is one of `AT`, a step and a part of it: "5f" is the forget gate at the fifth word.
    """
    words, x, _, trace = reading()
    parts = cells.lstm.Step._fields
    spans = sum(1 if part == "f" else 2 for part in ROWS) + 0.4 * len(ROWS)
    heights = np.array([3.35, 0.34, UNIT * spans, 0.45])
    with style.look():
        fig, (top, middle, bottom) = plt.subplots(3, figsize=(WIDTH, heights.sum()), layout="none")
        diagram = diagrams.draw_lstm(ax=top)
        middle.set_axis_off()
        said = middle.text(0.5, 0.5, "", ha="center", va="center", size=13, weight="bold", transform=middle.transAxes)
        rows = draw_rows(bottom, trace, words, ROWS)
        column = bottom.axvspan(0, 1, facecolor=(INK, 0.08), edgecolor="none", zorder=0)
        floors = 1 - np.cumsum(heights) / heights.sum()
        for ax, left, floor, height in zip((top, middle, bottom), (0, 0, LEFT), floors, heights / heights.sum(), strict=False):
            ax.set_position((left, floor, 0.995 - left, height))

    def update(at):
        t, part = split(at)
        done = parts[: parts.index(part) + 1]
        diagrams.focus(diagram, {part})
        flows = diagrams.values_at(trace, x, t)
        diagrams.write(diagram, {key: flows[key] for key in diagram.numbers if key not in parts or key in done})
        write_word(diagram, words[t - 1])
        said.set_text(remark(trace, t, part))
        said.set_color(INK)
        for key, row in rows.items():
            reveal(row, t if key in done else t - 1)
        column.set_x(t - 0.5)

    update(AT[0])
    return fig, update
