"""The LSTM, fused: the equations of `unrolled.cells.lstm`. Its layers lie in the order o, f, i, C, those with a σ first."""

from numpy import add, multiply, subtract, tanh

from unrolled.cells.lstm import Params, State, Step
from unrolled.fused.compiled import compiled
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
    tanh_slope,
    unstacked,
    within,
    works,
    σ_slope,
)
from unrolled.through_time import Gradients


def forward(p, x, start):
    """The trace of x (T, m, B) from `start`."""
    T, n = len(x), len(start.h)
    layers = stacked(p, "ofiC")
    half = halve(layers, 3 * n)
    hx, W = affine(layers, start.h, x)
    h, C, a = hx[:, :n], history(start.C, T), history(start.h, T, layers=4)
    o, f, i, C_tilde = split(a, 4)
    walk(W, half, *lean(hx, a, a[:, : 3 * n], o, f, i, C_tilde, C, h), *works(a, C))
    return Step(f, i, C_tilde, C, o, h)


@compiled
def walk(W, half, hx, a, ofi, o, f, i, C_tilde, C, h, a_t, y):
    """The steps of `forward`, one after the other."""
    for t in range(1, len(h)):
        ofi_t, C_t = ofi[t], C[t]
        W.dot(hx[t - 1], a_t)  # a = U x_t + W h_{t-1} + b, all four
        tanh(a_t, a[t])  # C̃_t = tanh(a_C)
        multiply(ofi_t, half, ofi_t)  # o_t, f_t, i_t = σ(a)
        add(ofi_t, half, ofi_t)
        multiply(f[t], C[t - 1], C_t)  # C_t = f_t * C_{t-1} + i_t * C̃_t
        multiply(i[t], C_tilde[t], y)
        add(C_t, y, C_t)
        tanh(C_t, y)
        multiply(o[t], y, h[t])  # h_t = o_t * tanh(C_t)


def backward(p, x, trace, d):
    """The `Gradients` of a loss whose own gradient at state_t is d[t]."""
    n, B = d.h.shape[1:]
    layers = stacked(p, "ofiC")
    V, dhx, dh, dx = inward(layers, d.h, x)
    V, dC, sums = Product(V, B), empty(d.C.shape, x.dtype), None  # V leads from a to [h_{t-1}; x_t]
    dC[-1] = d.C[-1]
    dC_, dh_, dhx_, dC_own, dh_own = lean(dC, dh, dhx, d.C, d.h)
    (s,) = works(d.C)
    for block, da, dh_dC, y in blocks(dC, 4, 1, 1):
        da_o, da_f, da_i, da_C = split(da, 4)
        C_prev = trace.C[block]
        f, i, C_tilde, C, o, h = (a[1:][block] for a in trace)
        slopes(C_prev, f, i, C_tilde, C, o, h, da_o, da_f, da_i, da_C, dh_dC, y)
        da_, da_o, f, dh_dC = lean(da, da_o, f, dh_dC)
        states = within(block, dC_, dh_, dhx_, dC_own, dh_own)
        walk_back(V, da_, da_o, apart(da[:, n:], 3), f, dh_dC, *states, s)
        inputs(layers, da, dx[block])
        sums = outer(da, trace.h[block], x[block], sums)
    return Gradients(Params(**unstacked(sums, "ofiC")), State(dC[0].copy(), dh[0].copy()), dx, State(dC, dh))


@compiled
def slopes(C_prev, f, i, C_tilde, C, o, h, da_o, da_f, da_i, da_C, dh_dC, y):
    """The local derivatives of a block of steps, all at once; peepholes change none of them."""
    subtract(1, o, da_o)
    multiply(h, da_o, da_o)  # ∂h_t/∂a_o = tanh(C_t) * o_t * (1 - o_t)
    σ_slope(C_prev, f, y, da_f)  # ∂C_t/∂a_f
    σ_slope(C_tilde, i, y, da_i)  # ∂C_t/∂a_i
    tanh_slope(i, C_tilde, da_C)  # ∂C_t/∂a_C
    tanh(C, y)
    tanh_slope(o, y, dh_dC)  # ∂h_t/∂C_t


@compiled
def walk_back(V, da, da_o, da_fiC, f, dh_dC, dC, dh, dhx, dC_own, dh_own, s):
    """The steps of a block of `backward`, the last first; da_fiC has the gates that C_t depends on, of coupled ones f and C."""
    for t in range(len(da) - 1, -1, -1):
        dh_t, da_o_t, dh_prev = dh[t + 1], da_o[t], dh[t]
        multiply(da_o_t, dh_t, da_o_t)  # ∂L/∂a_o
        multiply(dh_t, dh_dC[t], s)
        add(s, dC[t + 1], s)  # ∂L/∂C_t, through h_t too
        for da_g in da_fiC:
            multiply(da_g[t], s, da_g[t])  # ∂L/∂a_f, ∂L/∂a_i, ∂L/∂a_C
        V.dot(da[t], dhx[t])  # ∂L/∂h_{t-1} through step t, and ∂L/∂x_t
        add(dh_prev, dh_own[t], dh_prev)  # what L says of h_{t-1} itself
        multiply(s, f[t], s)
        add(s, dC_own[t], dC[t])  # ∂L/∂C_{t-1}, in the same way
        if not t % OFTEN:
            settle(dC[t])
            settle(dh_prev)
