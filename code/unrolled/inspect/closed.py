"""The Jacobians of the LSTM in closed form: the same numbers as from `pullback`, without its matrix products.

What they cost is most of the time for large layers, so here they are written out. Everything else goes through `pullback`.
"""

import numpy as np

from unrolled import cells
from unrolled.interop import projected

HERE = (cells.lstm, projected)


def lstm_jacobians(p, trace):
    """∂(C, h)_t/∂(C, h)_{t-1} along a trace of (K+1, n, 1): (K, N, N), of `cells.lstm` or, with p.P, `interop.projected`.

    ∂C_t/∂C_{t-1} = diag(f), ∂C_t/∂h_{t-1} = diag(C_{t-1} f (1-f)) W_f + diag(C̃ i (1-i)) W_i + diag(i (1-C̃²)) W_C. With
    y = tanh(C_t) the rows of o * y are diag(o (1-y²)) times those of C_t, and diag(y o (1-o)) W_o more by h_{t-1}.
    """
    C_prev = trace.C[:-1, :, 0]
    f, i, C_tilde, C, o, _ = (a[1:, :, 0] for a in trace)
    y = np.tanh(C)
    n, r = p.W_f.shape
    J = np.zeros((len(f), n + r, n + r))
    diagonal = np.arange(n)
    J[:, diagonal, diagonal] = f
    by_h = J[:, :n, n:]
    for slope, W in ((C_prev * f * (1 - f), p.W_f), (C_tilde * i * (1 - i), p.W_i), (i * (1 - C_tilde**2), p.W_C)):
        by_h += slope[:, :, None] * W
    rows = np.zeros((len(f), n, n + r)) if hasattr(p, "P") else J[:, n:]
    slope = o * (1 - y**2)
    rows[:, diagonal, diagonal] = slope * f
    rows[:, :, n:] = slope[:, :, None] * by_h + (y * o * (1 - o))[:, :, None] * p.W_o
    if hasattr(p, "P"):
        J[:, n:] = p.P @ rows
    return J
