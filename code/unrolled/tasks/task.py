"""What a task is made of, and the two measures that most of them share."""

from collections.abc import Callable
from types import ModuleType
from typing import NamedTuple

import numpy as np

from unrolled import readout, regression


class Task(NamedTuple):
    """A task as a record.

    draw      draw(rng, T, B, ...settings) -> (x, y)
    loss      the module that asks and scores: `readout` (nats) or `regression` (squared error)
    baseline  baseline(T, ...settings), with the settings of `draw`: the mean loss per asked step of the best answer without
              a long memory
    score     score(q, h, y) from 0 to 1: how much is right when `loss` reads the states h (T, n, B) with its parameters q
    solved    the score from which the task counts as solved
    """

    draw: Callable
    loss: ModuleType
    baseline: Callable
    score: Callable
    solved: float


def columns(numbers, m):
    """The whole numbers (T, B) as one-hot columns (T, m, B); a number below 0 gives a column of zeros."""
    return (numbers[:, None] == np.arange(m)[:, None]).astype(np.float64)


def at_end(labels, lengths, steps):
    """Numbers (steps, B) for `columns`: each label of the batch at the last step of its sequence, -1 elsewhere."""
    numbers = np.full((steps, len(labels)), -1)
    numbers[lengths - 1, np.arange(len(labels))] = labels
    return numbers


def accuracy(q, h, y):
    """The share of the asked steps at which the most probable class is the right one. Raises ValueError if none is asked."""
    right = readout.read(q, h, y).z.argmax(axis=1) == y.argmax(axis=1)
    return share(right[y.any(axis=1)])


def within(tolerance, q, h, y):
    """The share of the asked numbers whose error is below `tolerance`. Raises ValueError if none is asked."""
    right = np.abs(regression.read(q, h, y).ŷ - y) < tolerance
    return share(right[~np.isnan(y)])


def share(right):
    """The mean of an array of bools, which must not be empty."""
    if right.size == 0:
        raise ValueError("y must ask for something; got no target at any step")
    return float(np.mean(right))
