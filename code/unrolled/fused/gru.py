"""The GRU, fused: the equations of `unrolled.cells.gru`. Its layers lie in the order r, z, h, those with a σ first."""

import numpy as np
from numpy import add, multiply, subtract, tanh

from unrolled.cells.gru import Params, State, Step
from unrolled.fused.shared import blocks, columns, halve, history, lean, outer, product, split, stacked, transposed, unstacked
from unrolled.through_time import Gradients


def forward(p, x, start):
    """The trace of x (T, m, B) from `start`."""
    T, n = len(x), len(start.h)
    W = stacked(p, "rzh")
    half = halve(W, 2 * n)
    dot_rz, dot_h = product(W[: 2 * n], x.shape[2]), product(W[2 * n :], x.shape[2])
    hx, h = columns(start.h, x)
    a = history(start.h, T, layers=3)
    r, z, h_tilde = split(a, 3)
    trace = Step(z, r, h_tilde, h)
    hx, rz, r, z, h_tilde, h, x = lean(hx, a[:, : 2 * n], r, z, h_tilde, h, x)
    rhx, new = np.ones_like(hx[0]), np.empty_like(h[0])  # [r_t * h_{t-1}; x_t; 1]
    rh, x_t = rhx[:n], rhx[n:-1]
    for t in range(1, T + 1):
        h_prev, rz_t, h_tilde_t = h[t - 1], rz[t], h_tilde[t]
        dot_rz(hx[t - 1], rz_t)  # r_t, z_t = σ(U x_t + W h_{t-1} + b)
        tanh(rz_t, rz_t)
        multiply(rz_t, half, rz_t)
        add(rz_t, half, rz_t)
        x_t[:] = x[t - 1]
        multiply(r[t], h_prev, rh)
        dot_h(rhx, h_tilde_t)  # h̃_t = tanh(U_h x_t + W_h (r_t * h_{t-1}) + b_h)
        tanh(h_tilde_t, h_tilde_t)
        subtract(h_tilde_t, h_prev, new)  # h_t = (1 - z_t) * h_{t-1} + z_t * h̃_t = h_{t-1} + z_t * (h̃_t - h_{t-1})
        multiply(z[t], new, new)
        add(h_prev, new, h[t])
    return trace


def backward(p, x, trace, d):
    """The `Gradients` of a loss whose own gradient at state_t is d[t]."""
    T, m, B = x.shape
    n = len(p.b_r)
    W = stacked(p, "rzh")
    V = transposed(W, B)
    dot_rz, dot_h = (
        product(V[:, : 2 * n], B),
        product(V[:, 2 * n :], B),
    )  # from a_r, a_z to [h_{t-1}; x_t], from a_h to [r_t * h_{t-1}; x_t]
    dhx, dW = np.empty((T + 1, n + m, B), W.dtype), np.zeros_like(W)
    dh = dhx[:, :n]  # dhx[t] is ∂L/∂[h_t; x_{t+1}]
    dh[T] = d.h[T]
    dhx_, dh_, dh_own = lean(dhx, dh, d.h)
    v, s = np.empty_like(dhx_[0]), np.empty_like(dh_[0])
    v_h = v[:n]
    for block in blocks(T, n * B):
        h_prev = trace.h[block]
        z, r, h_tilde, _ = (a[1:][block] for a in trace)
        da = np.empty((len(z), 3 * n, B), W.dtype)
        da_r, da_z, da_h = split(da, 3)
        rh, keep = r * h_prev, 1 - z  # keep is ∂h_t/∂h_{t-1} along the leak alone
        multiply(rh, 1 - r, da_r)  # ∂(r_t * h_{t-1})/∂a_r
        multiply((h_tilde - h_prev) * z, keep, da_z)  # ∂h_t/∂a_z
        multiply(z, 1 - h_tilde**2, da_h)  # ∂h_t/∂a_h
        da_rz, da_zh = da[:, : 2 * n], da[:, n:].reshape(-1, 2, n, B)
        da_rz_, da_zh_, da_r_, da_h_, r, keep = lean(da_rz, da_zh, da_r, da_h, r, keep)
        for t in reversed(range(block.start, block.stop)):
            k = t - block.start
            dhx_t, dh_t, da_zh_t, da_r_t = dhx_[t], dh_[t], da_zh_[k], da_r_[k]
            multiply(da_zh_t, dh_[t + 1], da_zh_t)  # ∂L/∂a_z, ∂L/∂a_h
            dot_h(da_h_[k], v)  # ∂L/∂(r_t * h_{t-1}), and ∂L/∂x_t through h̃_t
            multiply(da_r_t, v_h, da_r_t)  # ∂L/∂a_r
            dot_rz(da_rz_[k], dhx_t)  # ∂L/∂h_{t-1} and ∂L/∂x_t through r_t and z_t,
            multiply(v_h, r[k], v_h)
            add(dhx_t, v, dhx_t)  # through h̃_t,
            multiply(dh_[t + 1], keep[k], s)
            add(dh_t, s, dh_t)  # through the leak,
            add(dh_t, dh_own[t], dh_t)  # and what L says of h_{t-1} itself
        dW[: 2 * n] += outer(da_rz, h_prev, x[block])
        dW[2 * n :] += outer(da_h, rh, x[block])
    return Gradients(Params(**unstacked(dW, "rzh")), State(dh[0].copy()), dhx[:-1, n:], State(dh))
