"""What networks that have read this book make of a sentence: their names and lines, and letters with a shade behind each."""

import re

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb

from unrolled.style import HUES, WIDTH, line, look
from unrolled.typed import understood
from unrolled.words import ems, say, spoken

NAMES = {"rnn": "RNN tanh", "lstm": "LSTM", "chrono": "LSTM chrono"}
LINES = {
    "rnn": line("rnn"),
    "lstm": line("lstm"),
    "chrono": {"color": HUES["green"], "linestyle": (0, (3, 1))},
}
FAINT = 4  # powers of ten from the darkest shade to none, as in page.js
MOST = 0.5  # how dark the darkest is: a letter stays legible on it


def line_of_runs(ax, at, values, color, **how):
    """The line of the medians of `values` (runs, places), above a band from the least to the largest."""
    ax.fill_between(at, values.min(0), values.max(0), color=color, alpha=0.15, linewidth=0)
    (drawn,) = ax.plot(at, np.median(values, 0), color=color, **how)
    return drawn


def columns_of(text):
    """How many letters a line has room for: those of a text, but neither too few nor too many."""
    least, most = (32, 44) if ems(text) < len(text) / 2 else (20, 27)  # a letter of Chinese is as wide as it is high
    return min(max(len(text), least), most)


def sheet(columns, rows, height, places):
    """(fig, ax, shades): a sheet of so many inches, with a shade for each (column, row) of `places`, to be coloured later."""
    fig, ax = plt.subplots(figsize=(WIDTH, height))
    fig.set_layout_engine("none")
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(0, columns), ylim=(-rows + 0.4, 0.6))
    ax.axis("off")
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * [1, 0.86]
    squares = [corners + np.array([column, -row - 0.43]) for column, row in places]
    return fig, ax, ax.add_collection(PolyCollection(squares, edgecolors="none", facecolors="none"))


def lines_of(text, columns, first=0):
    """The (column, row) of each letter of a text; no word that fits a line is broken, and the space after it ends the line."""
    places, column, row = [], 0, first
    for word in re.findall(r"\S+\s*|\s+", text):
        if column and column + len(word.rstrip()) > columns:
            column, row = 0, row + 1
        for letter in word:
            if column >= columns and not letter.isspace():
                column, row = 0, row + 1
            places.append((column, row))
            column += 1
    return places


def shaded(arm, dark):
    """The colours of a network, as dark as `dark` (0 to 1) says."""
    return [(*to_rgb(LINES[arm]["color"]), round(MOST * float(d), 2)) for d in dark]


def write(ax, text, places):
    """The letters of a text, each in its place; where places are as wide as high, quotation marks lean on their words."""
    leaning = {} if ems(text) < len(text) / 2 else dict.fromkeys("“‘", ("right", 1)) | dict.fromkeys("”’", ("left", 0))
    for letter, (column, row) in zip(text, places, strict=True):
        if letter.strip():
            ha, at = leaning.get(letter, ("center", 0.5))
            ax.text(column + at, -row, letter, ha=ha, va="center_baseline", family="DejaVu Sans Mono")


def heard_picture(sentence, letter=None):
    """A sentence three times: each letter as dark as it counts for what a network expects next; what that is stands above.

    With `letter` all three are asked about this letter.
    """
    readings, columns = understood(sentence, spoken(), letter), columns_of(sentence)
    each = 1 + len({row for _, row in lines_of(sentence, columns)})  # rows of a network
    shown, places, colours = [], [], []
    for first, (arm, found) in zip(range(0, each * len(readings), each), readings.items(), strict=True):
        dark = np.clip(1 + np.log10(np.maximum(found.norms, 1e-99) / found.norms.max()) / FAINT, 0, 1)
        lines = lines_of(sentence, columns, first + 1)
        shown.append((first, f"{say(NAMES[arm])}:  {expected(found)}", lines))
        places += [place for place, d in zip(lines, dark, strict=True) if d > 0]
        colours += shaded(arm, dark[dark > 0])
    rows = each * len(readings)
    with look():
        fig, ax, shades = sheet(columns, rows, 0.26 * rows + 0.2, places)
        shades.set_facecolors(colours)
        for first, said, lines in shown:
            ax.text(0, -first, said, va="center_baseline")
            write(ax, sentence, lines)
    return fig


def expected(found):
    """What a network was asked about, the likeliest letter unless one was named, in a word: `found` is a `Reading`."""
    letter, p = found.asked
    return f"{letter if letter.strip() else '␣'}  {p:.0%}"
