"""The adding problem: the sum of two marked numbers among many."""

import numpy as np

from unrolled.checks import choice, generator, whole

SCALINGS = ("1997", "2015")


def adding_problem(rng, T, B, scaling="2015"):
    """Numbers and markers, two rows of x (steps, 2, B); y (steps, 1, B) asks for a sum at the last step alone.

    "2015"  steps = T; numbers in 0..1; the marker is 1 at one step of each half, else 0; the target is X_1 + X_2, in 0..2.
            The answer 1 costs 1/6. Le, Jaitly & Hinton (2015); the halves as in Arjovsky, Shah & Bengio (2016).
    "1997"  steps = T + T // 10, lengths from T to there; numbers in -1..1; the marker is 1 at one of the first ten steps and
            at another of the first T/2, -1 at the first and the last step, else 0; the target is 1/2 + (X_1 + X_2)/4, in 0..1.
            The answer 1/2 costs 1/24. Hochreiter & Schmidhuber (1997), experiment 4; where they mark the first step its
            number is set to 0, here it is never marked.
    """
    rng, B, scaling = generator("rng", rng), whole("B", B), choice("scaling", scaling, SCALINGS)
    if scaling == "2015":
        return halves(rng, whole("T", T, least=2), B)
    return original(rng, whole("T", T, least=20), B)


def halves(rng, T, B):
    """The scaling of 2015."""
    x, sequence = np.zeros((T, 2, B)), np.arange(B)
    x[:, 0] = rng.random((T, B))
    marked = np.stack([rng.integers(T // 2, size=B), rng.integers(T // 2, T, size=B)])
    x[marked, 1, sequence] = 1
    y = np.full((T, 1, B), np.nan)
    y[-1, 0] = x[marked, 0, sequence].sum(axis=0)
    return x, y


def original(rng, T, B):
    """The scaling of 1997."""
    steps, sequence = T + T // 10, np.arange(B)
    lengths = rng.integers(T, steps + 1, size=B)
    x = np.zeros((steps, 2, B))
    x[:, 0] = np.where(np.arange(steps)[:, None] < lengths, rng.uniform(-1, 1, (steps, B)), 0)
    one = rng.integers(1, 10, size=B)
    other = rng.integers(1, T // 2 - 1, size=B)
    other += other >= one  # among those still unmarked
    x[[one, other], 1, sequence] = 1
    x[0, 1] = x[lengths - 1, 1, sequence] = -1
    y = np.full((steps, 1, B), np.nan)
    y[lengths - 1, 0, sequence] = 0.5 + (x[one, 0, sequence] + x[other, 0, sequence]) / 4
    return x, y


def baseline(T, scaling="2015"):
    """The variance of the target, 1/6 or 1/24: its mean as the answer."""
    return {"2015": 1 / 6, "1997": 1 / 24}[choice("scaling", scaling, SCALINGS)]
