"""One LSTM unit whose gates are held by hand: x_t says how far each of them opens, and nothing else has a say."""

import numpy as np

from unrolled import cells
from unrolled.checks import array
from unrolled.through_time import unroll

SHUT = 50.0  # σ(50) is 1 in float64, and σ(-50) is 0: a gate that is quite open, or quite shut


def valves(f, i, C_tilde, o=1.0):
    """One LSTM unit whose gates have the values given: `(p, x)` with n = 1, x (T, 4) and W = 0.

    f, i, o lie in 0..1 and C_tilde in -1..1; each is (T,) or a number, one at least is (T,). A layer reads a row of x_t of
    its own, which holds the pre-activation that gives the value. Raises ValueError for a value that no layer can have.
    """
    values = [np.asarray(a, float) for a in np.broadcast_arrays(f, i, C_tilde, o)]
    for name, a in zip(("f", "i", "C_tilde", "o"), values, strict=True):
        low = -1 if name == "C_tilde" else 0
        if array(name, a, (None,)).min() < low or a.max() > 1:
            raise ValueError(f"{name} must lie in {low} to 1; got values from {a.min():g} to {a.max():g}")
    with np.errstate(divide="ignore"):
        rows = [np.arctanh(a) if k == 2 else np.log(a) - np.log1p(-a) for k, a in enumerate(values)]
    zero = np.zeros((1, 1))
    p = cells.lstm.Params(*(a for row in np.eye(4)[:, None] for a in (row, zero, zero)))
    return p, np.clip(np.stack(rows, axis=1), -SHUT, SHUT)


def held(f, i, C_tilde, o=1.0):
    """The trace of `valves(f, i, C_tilde, o)` from a start of 0."""
    return unroll(cells.lstm, *valves(f, i, C_tilde, o))
