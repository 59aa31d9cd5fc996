"""What the networks of the book read: two texts of letters and words, and seeded toy tasks."""

import numpy as np

from unrolled.checks import generator, whole

WIG = ("The", "man", "who", "wore", "a", "wig", "on", "his", "head", "went", "inside")  # "went" belongs to "man"
LETTERS = tuple(
    "A network that reads a text one letter at a time keeps what it has read in a few numbers, "
    "and every letter changes them a little."
)


def one_hot(symbols):
    """A sequence of symbols (letters, words) as x (T, m): row t is 1 in the column of its symbol, m different ones in order.

    Raises ValueError when there is nothing to read.
    """
    if len(symbols) == 0:
        raise ValueError("symbols must hold at least one symbol; got an empty sequence")
    different = sorted(set(symbols))
    return np.eye(len(different))[[different.index(symbol) for symbol in symbols]]


def delayed_recall(rng, T, B, classes=4, noise=4):
    """A symbol to be remembered over noise: x (T, classes + noise, B) and targets y (T, classes, B), both one-hot.

    x_1 is one of the `classes` symbols, x_2 ... x_T are others, which say nothing; at step T alone the first symbol is asked
    for. Guessing costs log(classes). Raises TypeError or ValueError on bad input.
    """
    rng, T, B = generator("rng", rng), whole("T", T, least=2), whole("B", B)
    classes, noise = whole("classes", classes, least=2), whole("noise", noise)
    symbols = rng.integers(classes, classes + noise, size=(T, B))
    symbols[0] = rng.integers(classes, size=B)
    y = np.zeros((T, classes, B))
    y[-1] = np.eye(classes)[:, symbols[0]]
    return np.eye(classes + noise)[symbols].transpose(0, 2, 1), y
