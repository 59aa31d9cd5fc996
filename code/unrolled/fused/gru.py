"""The GRU, fused: the equations of `unrolled.cells.gru`. Its layers lie in the order r, z, h, those with a σ first."""

import numpy as np
from numpy import add, multiply, subtract, tanh

from unrolled.cells.gru import Params, State, Step
from unrolled.fused.compiled import compiled
from unrolled.fused.shared import (
    OFTEN,
    Layers,
    Product,
    affine,
    apart,
    blocks,
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
)
from unrolled.through_time import Gradients


def forward(p, x, start):
    """The trace of x (T, m, B) from `start`."""
    T, n = len(x), len(start.h)
    layers = stacked(p, "rzh")
    half = halve(layers, 2 * n)
    hx, W_rz = affine(Layers(*(a[: 2 * n] for a in layers)), start.h, x)
    rhx, W_h = affine(Layers(*(a[2 * n :] for a in layers)), np.zeros_like(start.h), x)
    h, rh, a = hx[:, :n], rhx[:, :n], history(start.h, T, layers=3)  # rh[t - 1] is r_t * h_{t-1}
    r, z, h_tilde = split(a, 3)
    rz = a[:, : 2 * n]
    walk(W_rz, W_h, half, *lean(hx, rhx, rz, r, z, h_tilde, rh, h), *works(rz, h, h))
    return Step(z, r, h_tilde, h)


@compiled
def walk(W_rz, W_h, half, hx, rhx, rz, r, z, h_tilde, rh, h, a_rz, a_h, new):
    """The steps of `forward`, one after the other."""
    for t in range(1, len(h)):
        h_prev, rz_t, h_tilde_t = h[t - 1], rz[t], h_tilde[t]
        W_rz.dot(hx[t - 1], a_rz)  # r_t, z_t = σ(U x_t + W h_{t-1} + b)
        tanh(a_rz, rz_t)
        multiply(rz_t, half, rz_t)
        add(rz_t, half, rz_t)
        multiply(r[t], h_prev, rh[t - 1])
        W_h.dot(rhx[t - 1], a_h)  # h̃_t = tanh(U_h x_t + W_h (r_t * h_{t-1}) + b_h)
        tanh(a_h, h_tilde_t)
        subtract(h_tilde_t, h_prev, new)  # h_t = (1 - z_t) * h_{t-1} + z_t * h̃_t = h_{t-1} + z_t * (h̃_t - h_{t-1})
        multiply(z[t], new, new)
        add(h_prev, new, h[t])


def backward(p, x, trace, d):
    """The `Gradients` of a loss whose own gradient at state_t is d[t]."""
    n, B = d.h.shape[1:]
    layers = stacked(p, "rzh")
    V, dhx, dh, dx = inward(layers, d.h, x)
    V_rz = Product(V[:, : 2 * n], B)  # from a_r, a_z to [h_{t-1}; x_t]
    V_h = Product(V[:, 2 * n :], B)  # from a_h to [r_t * h_{t-1}; x_t]
    sums_rz = sums_h = None
    dhx_, dh_, dh_own = lean(dhx, dh, d.h)
    v, s = works(dhx, dh)
    for block, da, rh, keep in blocks(dh, 3, 1, 1):
        h_prev = trace.h[block]
        z, r, h_tilde, _ = (a[1:][block] for a in trace)
        da_r, da_z, da_h = split(da, 3)
        slopes(h_prev, z, r, h_tilde, da_r, da_z, da_h, rh, keep)
        da_rz, da_zh = da[:, : 2 * n], apart(da[:, n:], 2)
        da_rz_, da_r_, da_h_, r, keep = lean(da_rz, da_r, da_h, r, keep)
        walk_back(V_rz, V_h, da_rz_, da_r_, da_h_, da_zh, r, keep, *within(block, dhx_, dh_, dh_own), v, s)
        inputs(layers, da, dx[block])
        sums_rz = outer(da_rz, h_prev, x[block], sums_rz)
        sums_h = outer(da_h, rh, x[block], sums_h)
    params = Params(**unstacked(sums_rz, "rz"), **unstacked(sums_h, "h"))
    return Gradients(params, State(dh[0].copy()), dx, State(dh))


@compiled
def slopes(h_prev, z, r, h_tilde, da_r, da_z, da_h, rh, keep):
    """The local derivatives of a block of steps, all at once."""
    multiply(r, h_prev, rh)
    subtract(1, z, keep)  # ∂h_t/∂h_{t-1} along the leak alone
    subtract(1, r, da_r)
    multiply(rh, da_r, da_r)  # ∂(r_t * h_{t-1})/∂a_r
    subtract(h_tilde, h_prev, da_z)
    multiply(da_z, z, da_z)
    multiply(da_z, keep, da_z)  # ∂h_t/∂a_z
    tanh_slope(z, h_tilde, da_h)  # ∂h_t/∂a_h


@compiled
def walk_back(V_rz, V_h, da_rz, da_r, da_h, da_zh, r, keep, dhx, dh, dh_own, v, s):
    """The steps of a block of `backward`, the last first."""
    v_h = v[: dh.shape[1]]
    for t in range(len(da_h) - 1, -1, -1):
        dhx_t, dh_t, da_r_t = dhx[t], dh[t], da_r[t]
        for da_g in da_zh:
            multiply(da_g[t], dh[t + 1], da_g[t])  # ∂L/∂a_z, ∂L/∂a_h
        V_h.dot(da_h[t], v)  # ∂L/∂(r_t * h_{t-1}), and ∂L/∂x_t through h̃_t
        multiply(da_r_t, v_h, da_r_t)  # ∂L/∂a_r
        V_rz.dot(da_rz[t], dhx_t)  # ∂L/∂h_{t-1} and ∂L/∂x_t through r_t and z_t,
        multiply(v_h, r[t], v_h)
        add(dhx_t, v, dhx_t)  # through h̃_t,
        multiply(dh[t + 1], keep[t], s)
        add(dh_t, s, dh_t)  # through the leak,
        add(dh_t, dh_own[t], dh_t)  # and what L says of h_{t-1} itself
        if not t % OFTEN:
            settle(dh_t)
