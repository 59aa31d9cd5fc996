"""Two texts, and symbols as one-hot rows."""

import numpy as np

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
