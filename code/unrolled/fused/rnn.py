"""The plain recurrent network with tanh, fused: the equation of `unrolled.cells.rnn`."""

import numpy as np
from numpy import add, multiply, square, subtract, tanh

from unrolled.cells.rnn import Params, State, Step
from unrolled.fused.shared import OFTEN, affine, blocks, empty, lean, outer, product, settle, stacked, transposed, unstacked
from unrolled.through_time import Gradients


def forward(p, x, start):
    """The trace of x (T, m, B) from `start`."""
    s, a_of = affine(stacked(p, [""]), start.s, x)
    trace = Step(s)
    (s,) = lean(s)
    a = empty(s[0].shape, s.dtype)
    for t in range(1, len(x) + 1):
        a_of(t, a)  # a = U x_t + W s_{t-1} + b
        tanh(a, s[t])  # s_t = tanh(a)
    return trace


def backward(p, x, trace, d):
    """The `Gradients` of a loss whose own gradient at state_t is d[t]."""
    T, m, B = x.shape
    n = len(p.b)
    W = stacked(p, [""])
    dot = product(transposed(W, B), B)  # from a to [s_{t-1}; x_t]
    dsx, dW = empty((T + 1, n + m, B), W.dtype), np.zeros_like(W)
    ds = dsx[:, :n]  # dsx[t] is ∂L/∂[s_t; x_{t+1}]
    ds[T] = d.s[T]
    dsx_, ds_, ds_own = lean(dsx, ds, d.s)
    for block, da in blocks(ds, 1):
        square(trace.s[1:][block], da)
        subtract(1, da, da)  # ∂s_t/∂a
        (da_,) = lean(da)
        for t in reversed(range(block.start, block.stop)):
            da_t, ds_t = da_[t - block.start], ds_[t]
            multiply(da_t, ds_[t + 1], da_t)  # ∂L/∂a
            dot(da_t, dsx_[t])  # ∂L/∂s_{t-1} through step t, and ∂L/∂x_t
            add(ds_t, ds_own[t], ds_t)  # what L says of s_{t-1} itself
            if not t % OFTEN:
                settle(ds_t)
        dW += outer(da, trace.s[block], x[block])
    return Gradients(Params(**unstacked(dW, [""])), State(ds[0].copy()), dsx[:-1, n:], State(ds))
