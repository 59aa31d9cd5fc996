"""Sentences, letter by letter, with a shade behind each letter."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb

from unrolled.figures.reader.learned import LINES, NAMES
from unrolled.style import look
from unrolled.words import ems, say

FAINT = 4  # powers of ten from the darkest shade to none, as in page.js
MOST = 0.5  # how dark the darkest is: a letter stays legible on it
SURPRISE = 8  # bits at which a shade is darkest


def sheet(columns, rows, height):
    """(fig, ax, shades): a sheet of so many inches, with a shade for each place, row after row, to be coloured later."""
    fig, ax = plt.subplots(figsize=(6.6, height))
    fig.set_layout_engine("none")
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(0, columns), ylim=(-rows + 0.4, 0.6))
    ax.axis("off")
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * [1, 0.86]
    places = [corners + np.array([column, -row - 0.43]) for row in range(rows) for column in range(columns)]
    return fig, ax, ax.add_collection(PolyCollection(places, edgecolors="none", facecolors="none"))


def shaded(arm, dark):
    """The colours of a network, as dark as `dark` (0 to 1) says."""
    return [(*to_rgb(LINES[arm]["color"]), round(MOST * float(d), 2)) for d in dark]


def write(ax, text, columns, row=0):
    """The letters of a text, each in its place."""
    for k, letter in enumerate(text):
        if letter.strip():
            ax.text(
                k % columns + 0.5, -(row + k // columns), letter, ha="center", va="center_baseline", family="DejaVu Sans Mono"
            )


def heard_picture(sentence, readings):
    """One sentence three times: each letter as dark as it counts for what the network expects next; what that is stands above.

    `readings` is what `typed.understood` makes of the sentence.
    """
    columns, rows = len(sentence), 2 * len(readings)
    with look():
        fig, ax, shades = sheet(columns, rows, 0.26 * rows + 0.2)
        colours = [(0, 0, 0, 0)] * columns * rows
        for row, (arm, found) in enumerate(readings.items()):
            (letter, p), *_ = found.expects
            ax.text(0, -2 * row, f"{say(NAMES[arm])}:  {letter if letter.strip() else '␣'}  {p:.0%}", va="center_baseline")
            write(ax, sentence, columns, 2 * row + 1)
            dark = np.clip(1 + np.log10(np.maximum(found.norms, 1e-99) / found.norms.max()) / FAINT, 0, 1)
            colours[(2 * row + 1) * columns : (2 * row + 2) * columns] = shaded(arm, dark)
        shades.set_facecolors(colours)
    return fig


def surprise_explorer(text, readings):
    """`(fig, update)` with update(network): a text, each letter as dark as it came as a surprise, to SURPRISE bits."""
    columns = 56 if ems(text) < len(text) / 2 else 34  # a letter of Chinese is as wide as it is high
    rows = -(-len(text) // columns)
    with look():
        fig, ax, shades = sheet(columns, rows, 0.3 * rows + 0.1)
        write(ax, text, columns)

    def update(network):
        dark = np.clip(readings[network].bits / SURPRISE, 0, 1)
        rest = [(0, 0, 0, 0)] * (columns * rows - len(text))
        shades.set_facecolors(shaded(network, dark) + rest)

    return fig, update
