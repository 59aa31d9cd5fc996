"""The LSTM with coupled gates, fused: the equations of `unrolled.cells.coupled`. Its layers lie in the order o, f, C."""

from numpy import add, multiply, subtract, tanh

from unrolled.cells.coupled import Params, State, Step
from unrolled.fused.compiled import compiled
from unrolled.fused.lstm import walk_back
from unrolled.fused.shared import (
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
    layers = stacked(p, "ofC")
    half = halve(layers, 2 * n)
    hx, W = affine(layers, start.h, x)
    h, C, a = hx[:, :n], history(start.C, T), history(start.h, T, layers=3)
    o, f, C_tilde = split(a, 3)
    walk(W, half, *lean(hx, a, a[:, : 2 * n], o, f, C_tilde, C, h), *works(a, C))
    return Step(f, C_tilde, C, o, h)


@compiled
def walk(W, half, hx, a, of, o, f, C_tilde, C, h, a_t, y):
    """The steps of `forward`, one after the other."""
    for t in range(1, len(h)):
        of_t, C_t, C_tilde_t = of[t], C[t], C_tilde[t]
        W.dot(hx[t - 1], a_t)  # a = U x_t + W h_{t-1} + b, all three
        tanh(a_t, a[t])  # C̃_t = tanh(a_C)
        multiply(of_t, half, of_t)  # o_t, f_t = σ(a)
        add(of_t, half, of_t)
        subtract(C[t - 1], C_tilde_t, C_t)  # C_t = f_t * C_{t-1} + (1 - f_t) * C̃_t = C̃_t + f_t * (C_{t-1} - C̃_t)
        multiply(f[t], C_t, C_t)
        add(C_tilde_t, C_t, C_t)
        tanh(C_t, y)
        multiply(o[t], y, h[t])  # h_t = o_t * tanh(C_t)


def backward(p, x, trace, d):
    """The `Gradients` of a loss whose own gradient at state_t is d[t]."""
    n, B = d.h.shape[1:]
    layers = stacked(p, "ofC")
    V, dhx, dh, dx = inward(layers, d.h, x)
    V, dC, sums = Product(V, B), empty(d.C.shape, x.dtype), None  # V leads from a to [h_{t-1}; x_t]
    dC[-1] = d.C[-1]
    dC_, dh_, dhx_, dC_own, dh_own = lean(dC, dh, dhx, d.C, d.h)
    (s,) = works(d.C)
    for block, da, dh_dC, y in blocks(dC, 3, 1, 1):
        C_prev = trace.C[block]
        f, C_tilde, C, o, h = (a[1:][block] for a in trace)
        da_o, da_f, da_C = split(da, 3)
        slopes(C_prev, f, C_tilde, C, o, h, da_o, da_f, da_C, dh_dC, y)
        da_, da_o, f, dh_dC = lean(da, da_o, f, dh_dC)
        states = within(block, dC_, dh_, dhx_, dC_own, dh_own)
        walk_back(V, da_, da_o, apart(da[:, n:], 2), f, dh_dC, *states, s)
        inputs(layers, da, dx[block])
        sums = outer(da, trace.h[block], x[block], sums)
    return Gradients(Params(**unstacked(sums, "ofC")), State(dC[0].copy(), dh[0].copy()), dx, State(dC, dh))


@compiled
def slopes(C_prev, f, C_tilde, C, o, h, da_o, da_f, da_C, dh_dC, y):
    """The local derivatives of a block of steps, all at once."""
    subtract(1, o, da_o)
    multiply(h, da_o, da_o)  # ∂h_t/∂a_o = tanh(C_t) * o_t * (1 - o_t)
    subtract(C_prev, C_tilde, dh_dC)
    σ_slope(dh_dC, f, y, da_f)  # ∂C_t/∂a_f
    subtract(1, f, y)
    tanh_slope(y, C_tilde, da_C)  # ∂C_t/∂a_C
    tanh(C, y)
    tanh_slope(o, y, dh_dC)  # ∂h_t/∂C_t
