"""The LSTM piece by piece: its two lines, its boxes, its gates, its pointwise operations, and each equation by itself."""

import numpy as np
from matplotlib.colors import same_color
from matplotlib.patches import Ellipse, FancyArrowPatch, FancyBboxPatch
from matplotlib.text import Text

from unrolled import cells, diagrams
from unrolled.style import PAPER, SYMBOLS, names
from unrolled.words import say

GROUPS = {  # what lights together besides the equations, and its words in a menu
    "all": "everything",
    "lines": "the two lines",
    "layers": "the four boxes",
    "gates": "the three gates",
    "pointwise": "the pointwise operations",
}
LAYERS, GATES = ("f", "i", "C_tilde", "o"), ("f", "i", "o")


def lstm_parts():
    """The LSTM above its six equations, with a piece of it lit: `(fig, update)` with update(part), a key of `part_names`."""
    drawing = diagrams.draw_lstm(equation=cells.lstm.Step._fields)
    for key, sides in drawing.equations.items():
        drawing.parts[key] += sides
    drawing.parts.update(_groups(drawing))

    def update(part):
        diagrams.focus(drawing, {part})

    update("all")
    return drawing.fig, update


def part_names():
    """The choices of `lstm_parts`, {part: its words in the language that is spoken}: groups, then the fields of `Step`."""
    return {group: say(words) for group, words in GROUPS.items()} | names(cells.lstm.Step._fields)


def _groups(drawing):
    """The artists of each of `GROUPS`, out of those of the fields of `Step` and their equations."""
    parts, teal = drawing.parts, SYMBOLS["h"].colour
    wires = [a for a in parts["o"] + parts["h"] if isinstance(a, FancyArrowPatch) and same_color(a.get_edgecolor(), teal)]
    boxes = {key: _named(parts[key], [a for a in parts[key] if isinstance(a, FancyBboxPatch)]) for key in LAYERS}
    circles = [a for key in ("C", "h") for a in parts[key] if isinstance(a, Ellipse) and same_color(a.get_facecolor(), PAPER)]
    work = _named(parts["C"] + parts["h"], circles)
    sent = {key: [a for a in parts[key] if a in parts["C"] + parts["h"]] for key in GATES}  # what carries a gate to its circle
    equation = drawing.equations
    return {
        "all": list({id(a): a for part in parts.values() for a in part}.values()),
        "lines": [*parts["direct"], *wires, *drawing.symbols["h", 1], *drawing.symbols["h", 0], *equation["C"], *equation["h"]],
        "layers": [a for key in LAYERS for a in boxes[key] + equation[key]],
        "gates": [*(a for key in GATES for a in boxes[key] + sent[key] + equation[key]), *_named(work, circles, r"$\times$")],
        "pointwise": [*work, *equation["C"], *equation["h"]],
    }


def _named(artists, shapes, name=""):
    """Those of the `shapes`, boxes or ellipses, that hold a text with this `name` in their middle; and these texts."""
    texts = [a for a in artists if isinstance(a, Text) and name in a.get_text()]
    pairs = [(shape, text) for shape in shapes for text in texts if np.allclose(_middle(shape), text.get_position())]
    return [artist for pair in pairs for artist in pair]


def _middle(shape):
    if isinstance(shape, Ellipse):
        return shape.get_center()
    return shape.get_x() + shape.get_width() / 2, shape.get_y() + shape.get_height() / 2
