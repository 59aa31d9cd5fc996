"""Copy memory: some symbols, a long blank, and all of them again."""

import numpy as np

from unrolled.checks import generator, whole
from unrolled.tasks.task import accuracy, columns


def copy_memory(rng, T, B, length=10, symbols=8):
    """Symbols to be written down after a blank: x (T + 2 length, symbols + 2, B), y (T + 2 length, symbols + 1, B), one-hot.

    x shows `length` of the `symbols`, then T - 1 blanks, a delimiter, and `length` blanks; y asks for a blank at every step
    but the last `length`, and there for the symbols in order. The blank is number `symbols`, the delimiter comes after it.
    Blanks, then guesses, cost length · log(symbols) / (T + 2 length) a step: 10 log 8 / (T + 20). Hochreiter & Schmidhuber
    (1997) introduced the kind; this form: Arjovsky, Shah & Bengio (2016).
    """
    rng, T, B = generator("rng", rng), whole("T", T), whole("B", B)
    length, symbols = whole("length", length), whole("symbols", symbols, least=2)
    shown = np.full((T + 2 * length, B), symbols)
    asked = shown.copy()
    shown[:length] = asked[-length:] = rng.integers(symbols, size=(length, B))
    shown[length + T - 1] = symbols + 1
    return columns(shown, symbols + 2), columns(asked, symbols + 1)


def baseline(T, length=10, symbols=8):
    """length · log(symbols) / (T + 2 length): blanks while it is blank, then all symbols alike."""
    return float(length * np.log(symbols) / (T + 2 * length))


def recalled(q, h, y):
    """The share of the symbols that come back right; blanks, which are easy, do not count."""
    return accuracy(q, h, y * (1 - y[:, -1:]))
