"""Temporal order: which came first, X or Y?"""

import numpy as np

from unrolled.checks import generator, whole
from unrolled.tasks.task import at_end, columns

SYMBOLS = "abcdXYEB"  # noise, the two that matter, the start, the trigger at the end


def temporal_order(rng, T, B, relevant=2):
    """Some X and Y far apart in noise: x (T + T // 10, 8, B) and targets y (T + T // 10, 2^relevant, B).

    A sequence begins with E, ends with the trigger B and has a, b, c or d between, but for 2 (or 3) `relevant` symbols, each
    X or Y. At the trigger their order is asked for: XX, XY, YX, YY are the classes 0 to 3; of three, XXX to YYY are 0 to 7.
    The first stands between the steps T/10 and 2T/10, the k-th between (k - 1) T/relevant and T/10 later; lengths go from T
    to T + T/10. Guessing costs relevant · log 2. Hochreiter & Schmidhuber (1997), experiments 6a and 6b, where T = 100.
    """
    rng, T, B = generator("rng", rng), whole("T", T, least=20), whole("B", B)
    relevant = whole("relevant", relevant, least=2)
    if relevant > 3:
        raise ValueError(f"relevant must be 2 or 3; got {relevant}")
    steps, sequence = T + T // 10, np.arange(B)
    lengths = rng.integers(T, steps + 1, size=B)
    symbols = rng.integers(4, size=(steps, B))
    symbols[0] = SYMBOLS.index("E")
    first = np.array([T // 10, *(k * T // relevant for k in range(1, relevant))])
    places = first[:, None] + rng.integers(T // 10 + 1, size=(relevant, B))
    bits = rng.integers(2, size=(relevant, B))
    symbols[places - 1, sequence] = SYMBOLS.index("X") + bits
    symbols[lengths - 1, sequence] = SYMBOLS.index("B")
    symbols[np.arange(steps)[:, None] >= lengths] = -1
    classes = 2 ** np.arange(relevant)[::-1] @ bits
    return columns(symbols, len(SYMBOLS)), columns(at_end(classes, lengths, steps), 2**relevant)


def baseline(T, relevant=2):
    """relevant · log 2: all orders alike."""
    return float(relevant * np.log(2))
