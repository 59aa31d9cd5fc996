"""The LSTM with peepholes, fused: the equations of `unrolled.cells.peephole`. Its layers lie in the order o, f, i, C."""

import numpy as np
from numpy import add, multiply, tanh

from unrolled.cells.peephole import Params, State, Step
from unrolled.fused.compiled import compiled
from unrolled.fused.lstm import slopes
from unrolled.fused.shared import (
    OFTEN,
    Product,
    affine,
    apart,
    blocks,
    empty,
    halve,
    history,
    inputs,
    inward,
    lean,
    outer,
    settle,
    split,
    stacked,
    unstacked,
    within,
    works,
)
from unrolled.through_time import Gradients


def forward(p, x, start):
    """The trace of x (T, m, B) from `start`."""
    T, (n, B) = len(x), start.h.shape
    layers = stacked(p, "ofiC")
    half = halve(layers, 3 * n)
    hx, W = affine(layers, start.h, x)
    h, C, a = hx[:, :n], history(start.C, T), history(start.h, T, layers=4)
    o, f, i, C_tilde = split(a, 4)
    fi = a[:, n : 3 * n].reshape(-1, 2, n, B)
    p_fi, p_o = lean(half * np.stack([p.p_f, p.p_i]) * np.ones((1, B), C.dtype), half * p.p_o * np.ones((1, B), C.dtype))
    walk(W, half, p_fi, p_o, *lean(hx, a, a[:, n:], fi, o, f, i, C_tilde, C, h), *works(C, fi))
    return Step(f, i, C_tilde, C, o, h)


@compiled
def walk(W, half, p_fi, p_o, hx, a, fiC, fi, o, f, i, C_tilde, C, h, y, seen):
    """The steps of `forward`, one after the other."""
    for t in range(1, len(h)):
        a_t, fiC_t, fi_t, o_t, C_t = a[t], fiC[t], fi[t], o[t], C[t]
        W.dot(hx[t - 1], a_t)  # a = U x_t + W h_{t-1} + b, all four
        multiply(p_fi, C[t - 1], seen)
        add(fi_t, seen, fi_t)  # + p_f * C_{t-1}, + p_i * C_{t-1}
        tanh(fiC_t, fiC_t)  # C̃_t = tanh(a_C)
        multiply(fi_t, half, fi_t)  # f_t, i_t = σ(a)
        add(fi_t, half, fi_t)
        multiply(f[t], C[t - 1], C_t)  # C_t = f_t * C_{t-1} + i_t * C̃_t
        multiply(i[t], C_tilde[t], y)
        add(C_t, y, C_t)
        multiply(p_o, C_t, y)
        add(o_t, y, o_t)  # + p_o * C_t
        tanh(o_t, o_t)
        multiply(o_t, half, o_t)  # o_t = σ(a_o)
        add(o_t, half, o_t)
        tanh(C_t, y)
        multiply(o_t, y, h[t])  # h_t = o_t * tanh(C_t)


def backward(p, x, trace, d):
    """The `Gradients` of a loss whose own gradient at state_t is d[t]."""
    n, B = d.h.shape[1:]
    layers = stacked(p, "ofiC")
    V, dhx, dh, dx = inward(layers, d.h, x)
    V, dC, sums = Product(V, B), empty(d.C.shape, x.dtype), None  # V leads from a to [h_{t-1}; x_t]
    dC[-1] = d.C[-1]
    dC_, dh_, dhx_, dC_own, dh_own = lean(dC, dh, dhx, d.C, d.h)
    s, seen = works(d.C, d.C)
    p_f, p_i, p_o = lean(*(a * np.ones((1, B), x.dtype) for a in (p.p_f, p.p_i, p.p_o)))
    dp_f, dp_i, dp_o = (np.zeros_like(a) for a in (p.p_f, p.p_i, p.p_o))
    for block, da, dh_dC, y in blocks(dC, 4, 1, 1):
        C_prev = trace.C[block]
        f, i, C_tilde, C, o, h = (a[1:][block] for a in trace)
        da_o, da_f, da_i, da_C = split(da, 4)
        slopes(C_prev, f, i, C_tilde, C, o, h, da_o, da_f, da_i, da_C, dh_dC, y)
        da_, da_o_, f, dh_dC = lean(da, da_o, f, dh_dC)
        da_fiC = apart(da[:, n:], 3)
        da_f_, da_i_ = lean(da_f, da_i)
        states = within(block, dC_, dh_, dhx_, dC_own, dh_own)
        walk_back(V, p_f, p_i, p_o, da_, da_o_, da_f_, da_i_, da_fiC, f, dh_dC, *states, s, seen)
        inputs(layers, da, dx[block])
        sums = outer(da, trace.h[block], x[block], sums)
        for dp, da_g, cell_seen in ((dp_f, da_f, C_prev), (dp_i, da_i, C_prev), (dp_o, da_o, C)):
            dp += np.einsum("tnb,tnb->n", da_g, cell_seen)[:, None]
    params = Params(**unstacked(sums, "ofiC"), p_f=dp_f, p_i=dp_i, p_o=dp_o)
    return Gradients(params, State(dC[0].copy(), dh[0].copy()), dx, State(dC, dh))


@compiled
def walk_back(V, p_f, p_i, p_o, da, da_o, da_f, da_i, da_fiC, f, dh_dC, dC, dh, dhx, dC_own, dh_own, s, seen):
    """The steps of a block of `backward`, the last first."""
    for t in range(len(da) - 1, -1, -1):
        dh_t, da_o_t, dh_prev, dC_prev = dh[t + 1], da_o[t], dh[t], dC[t]
        multiply(da_o_t, dh_t, da_o_t)  # ∂L/∂a_o
        multiply(dh_t, dh_dC[t], s)
        add(s, dC[t + 1], s)
        multiply(p_o, da_o_t, seen)
        add(s, seen, s)  # ∂L/∂C_t, through h_t and o_t too
        for da_g in da_fiC:
            multiply(da_g[t], s, da_g[t])  # ∂L/∂a_f, ∂L/∂a_i, ∂L/∂a_C
        V.dot(da[t], dhx[t])  # ∂L/∂h_{t-1} through step t, and ∂L/∂x_t
        add(dh_prev, dh_own[t], dh_prev)  # what L says of h_{t-1} itself
        multiply(s, f[t], s)
        add(s, dC_own[t], dC_prev)  # ∂L/∂C_{t-1}, in the same way,
        for p_g, da_g in ((p_f, da_f), (p_i, da_i)):
            multiply(p_g, da_g[t], seen)
            add(dC_prev, seen, dC_prev)  # and through f_t and i_t
        if not t % OFTEN:
            settle(dC_prev)
            settle(dh_prev)
