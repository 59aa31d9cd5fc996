"""A text, letter by letter, with its surprise as a shade."""

import numpy as np

from unrolled.figures.shared.heard import columns_of, lines_of, shaded, sheet, write
from unrolled.style import look

SURPRISE = 8  # bits at which a shade is darkest


def surprise_explorer(text, readings):
    """`(fig, update)` with update(network): a text, each letter as dark as it came as a surprise, to SURPRISE bits."""
    columns = columns_of(text)
    places = lines_of(text, columns)
    rows = len({row for _, row in places})
    with look():
        fig, ax, shades = sheet(columns, rows, 0.3 * rows + 0.1, places)
        write(ax, text, places)

    def update(network):
        shades.set_facecolors(shaded(network, np.clip(readings[network].bits / SURPRISE, 0, 1)))

    return fig, update
