"""What a picture or a table calls a cell where it stands among words, not among symbols."""

from unrolled.style import SYMBOLS
from unrolled.words import say

IN_WORDS = {"rnn": "plain network", "lstm_1997": "LSTM of 1997", "residual": "residual network"}


def called(cell):
    """The name of a cell, in the language that pictures speak."""
    return say(IN_WORDS.get(cell, SYMBOLS[cell].label))
