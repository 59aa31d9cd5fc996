"""The stills of the steps: the numbers of one word, as far as the piece that is lit."""

from unrolled import cells
from unrolled.figures.gates.stills import still
from unrolled.figures.shared.sentence import SECOND, hand_set


def texts(fig):
    return {text.get_text() for text in fig.axes[0].texts}


def test_numbers_stand_as_far_as_the_lit_piece():
    tokens, x, p = hand_set(cells.lstm)
    forget, write = (texts(still(p, x, tokens, SECOND, *parts)) for parts in (("f",), ("i", "C_tilde")))
    assert {"Boris", "0.02 0.02"} <= forget
    assert "0.98 0.98" not in forget
    assert {"Boris", "0.98 0.98", "−0.91 0.99"} <= write
