"""One unit that knows whether it is inside quotation marks: its gates, held by hand, under a line of text."""

import numpy as np

from unrolled.figures.shared.held import held
from unrolled.figures.shared.traces import gate_traces
from unrolled.words import spoken

LINES = {
    "en": ("he", "said", "“", "come", "home", "”", "and", "left", "."),
    "zh": ("他", "说", "“", "回家", "吧", "”", "就", "走", "了"),
}
OPENS, LAST, CLOSES = 2, 4, 5  # where the marks are, and the last word between them
OFFERED = (0.3, -0.4, 1, 0.5, -0.3, 0.4, -0.5, 0.3, -0.2)  # by the candidate: much, and none of it matters but the third


def quotation():
    """Gates and states of the unit, word by word: written at “, shown at the last word, forgotten at ”."""
    f, i, o = np.ones(9), np.zeros(9), np.zeros(9)
    f[CLOSES], i[OPENS], o[LAST] = 0, 1, 1
    return gate_traces(held(f, i, OFFERED, o), LINES[spoken()], ["f", "i", "C_tilde", "C", "o", "h"])
