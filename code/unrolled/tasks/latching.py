"""Latch: a class is shown for a moment, noise follows, the class is asked for at the end."""

import numpy as np

from unrolled.checks import generator, positive, whole
from unrolled.tasks.task import columns


def latch(rng, T, B, shown=3, variance=0.2):
    """One bit to be latched: x (T, 1, B) and targets y (T, 2, B).

    x is -1 (class 0) or +1 (class 1) for the first `shown` steps, then Gaussian noise of this variance on the same line; the
    class is asked for at step T alone. Guessing costs log 2. Bengio, Simard & Frasconi (1994); in this form, without their
    trained inputs, the two-sequence problem of Hochreiter & Schmidhuber (1997), experiment 3a, whose lengths vary by 10 %.
    """
    rng, B, shown = generator("rng", rng), whole("B", B), whole("shown", shown)
    T, variance = whole("T", T, least=shown), positive("variance", variance, zero=True)
    x = rng.normal(0, np.sqrt(variance), (T, 1, B))
    asked = np.full((T, B), -1)
    asked[-1] = rng.integers(2, size=B)
    x[:shown, 0] = 2 * asked[-1] - 1
    return x, columns(asked, 2)


def baseline(T, shown=3, variance=0.2):
    """log 2: both classes alike."""
    return float(np.log(2))
