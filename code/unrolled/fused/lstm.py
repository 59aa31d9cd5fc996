"""The LSTM, fused: the equations of `unrolled.cells.lstm`. Its layers lie in the order o, f, i, C, those with a σ first."""

import numpy as np
from numpy import add, multiply, tanh

from unrolled.cells.lstm import Params, State, Step
from unrolled.fused.shared import blocks, columns, halve, history, lean, outer, product, split, stacked, transposed, unstacked
from unrolled.through_time import Gradients


def forward(p, x, start):
    """The trace of x (T, m, B) from `start`."""
    T, n = len(x), len(start.h)
    W = stacked(p, "ofiC")
    half = halve(W, 3 * n)
    dot = product(W, x.shape[2])
    hx, h = columns(start.h, x)
    C, a = history(start.C, T), history(start.h, T, layers=4)
    o, f, i, C_tilde = split(a, 4)
    trace = Step(f, i, C_tilde, C, o, h)
    hx, a, ofi, o, f, i, C_tilde, C, h = lean(hx, a, a[:, : 3 * n], o, f, i, C_tilde, C, h)
    y = np.empty_like(C[0])
    for t in range(1, T + 1):
        a_t, ofi_t, C_t = a[t], ofi[t], C[t]
        dot(hx[t - 1], a_t)  # a = U x_t + W h_{t-1} + b, all four
        tanh(a_t, a_t)  # C̃_t = tanh(a_C)
        multiply(ofi_t, half, ofi_t)  # o_t, f_t, i_t = σ(a)
        add(ofi_t, half, ofi_t)
        multiply(f[t], C[t - 1], C_t)  # C_t = f_t * C_{t-1} + i_t * C̃_t
        multiply(i[t], C_tilde[t], y)
        add(C_t, y, C_t)
        tanh(C_t, y)
        multiply(o[t], y, h[t])  # h_t = o_t * tanh(C_t)
    return trace


def backward(p, x, trace, d):
    """The `Gradients` of a loss whose own gradient at state_t is d[t]."""
    T, m, B = x.shape
    n = len(p.b_f)
    W = stacked(p, "ofiC")
    dot = product(transposed(W, B), B)  # from a to [h_{t-1}; x_t]
    dC, dhx, dW = d.C.astype(W.dtype), np.empty((T + 1, n + m, B), W.dtype), np.zeros_like(W)
    dh = dhx[:, :n]  # dhx[t] is ∂L/∂[h_t; x_{t+1}]
    dh[T] = d.h[T]
    dC_, dh_, dhx_, dh_own = lean(dC, dh, dhx, d.h)
    s = np.empty_like(dC_[0])
    for block in blocks(T, n * B):
        C_prev = trace.C[block]
        f, i, C_tilde, C, o, h = (a[1:][block] for a in trace)
        da = np.empty((len(C), 4 * n, B), W.dtype)
        da_o, da_f, da_i, da_C = split(da, 4)
        multiply(h, 1 - o, da_o)  # ∂h_t/∂a_o = tanh(C_t) * o_t * (1 - o_t)
        multiply(C_prev * f, 1 - f, da_f)  # ∂C_t/∂a_f
        multiply(C_tilde * i, 1 - i, da_i)  # ∂C_t/∂a_i
        multiply(i, 1 - C_tilde**2, da_C)  # ∂C_t/∂a_C
        dh_dC = o * (1 - tanh(C) ** 2)  # ∂h_t/∂C_t
        da_, da_o, da_fiC, f, dh_dC = lean(da, da_o, da[:, n:].reshape(-1, 3, n, B), f, dh_dC)
        for t in reversed(range(block.start, block.stop)):
            k = t - block.start
            dh_t, dC_t, da_o_t, da_fiC_t, dh_prev, dC_prev = dh_[t + 1], dC_[t + 1], da_o[k], da_fiC[k], dh_[t], dC_[t]
            multiply(da_o_t, dh_t, da_o_t)  # ∂L/∂a_o
            multiply(dh_t, dh_dC[k], s)
            add(s, dC_t, s)  # ∂L/∂C_t, through h_t too
            multiply(da_fiC_t, s, da_fiC_t)  # ∂L/∂a_f, ∂L/∂a_i, ∂L/∂a_C
            dot(da_[k], dhx_[t])  # ∂L/∂h_{t-1} through step t, and ∂L/∂x_t
            add(dh_prev, dh_own[t], dh_prev)  # what L says of h_{t-1} itself
            multiply(s, f[k], s)
            add(dC_prev, s, dC_prev)  # ∂L/∂C_{t-1}; dC began as what L says itself
        dW += outer(da, trace.h[block], x[block])
    return Gradients(Params(**unstacked(dW, "ofiC")), State(dC[0].copy(), dh[0].copy()), dhx[:-1, n:], State(dC, dh))
