"""Delayed recall: the first symbol is asked for at the end."""

import numpy as np

from unrolled.checks import generator, whole
from unrolled.tasks.task import columns


def delayed_recall(rng, T, B, classes=4, noise=4):
    """A symbol to be remembered over noise: x (T, classes + noise, B) and targets y (T, classes, B), both one-hot.

    x_1 is one of the `classes` symbols, x_2 ... x_T are others, which say nothing; at step T alone the first symbol is asked
    for. Guessing costs log(classes). Raises TypeError or ValueError on bad input.
    """
    rng, T, B = generator("rng", rng), whole("T", T, least=2), whole("B", B)
    classes, noise = whole("classes", classes, least=2), whole("noise", noise)
    symbols = rng.integers(classes, classes + noise, size=(T, B))
    symbols[0] = rng.integers(classes, size=B)
    asked = np.full((T, B), -1)
    asked[-1] = symbols[0]
    return columns(symbols, classes + noise), columns(asked, classes)


def baseline(T, classes=4, noise=4):
    """log(classes): all classes alike."""
    return float(np.log(classes))
