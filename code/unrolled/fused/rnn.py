"""The plain recurrent network with tanh, fused: the equation of `unrolled.cells.rnn`."""

from numpy import add, multiply, square, subtract, tanh

from unrolled.cells.rnn import Params, State, Step
from unrolled.fused.compiled import compiled
from unrolled.fused.shared import (
    OFTEN,
    Product,
    affine,
    blocks,
    inputs,
    inward,
    lean,
    outer,
    settle,
    stacked,
    unstacked,
    within,
    works,
)
from unrolled.through_time import Gradients


def forward(p, x, start):
    """The trace of x (T, m, B) from `start`."""
    hx, W = affine(stacked(p, ""), start.s, x)
    s = hx[:, : len(start.s)]
    walk(W, *lean(hx, s), *works(s))
    return Step(s)


@compiled
def walk(W, hx, s, a):
    """The steps of `forward`, one after the other."""
    for t in range(1, len(s)):
        W.dot(hx[t - 1], a)  # a = U x_t + W s_{t-1} + b
        tanh(a, s[t])  # s_t = tanh(a)


def backward(p, x, trace, d):
    """The `Gradients` of a loss whose own gradient at state_t is d[t]."""
    B = x.shape[2]
    layers = stacked(p, "")
    V, dsx, ds, dx = inward(layers, d.s, x)
    V, sums = Product(V, B), None  # from a to [s_{t-1}; x_t]
    dsx_, ds_, ds_own = lean(dsx, ds, d.s)
    for block, da in blocks(ds, 1):
        slopes(trace.s[1:][block], da)
        walk_back(V, *lean(da), *within(block, dsx_, ds_, ds_own))
        inputs(layers, da, dx[block])
        sums = outer(da, trace.s[block], x[block], sums)
    return Gradients(Params(**unstacked(sums, "")), State(ds[0].copy()), dx, State(ds))


@compiled
def slopes(s, da):
    """The local derivatives of a block of steps, all at once."""
    square(s, da)
    subtract(1, da, da)  # ∂s_t/∂a


@compiled
def walk_back(V, da, dsx, ds, ds_own):
    """The steps of a block of `backward`, the last first."""
    for t in range(len(da) - 1, -1, -1):
        da_t, ds_t = da[t], ds[t]
        multiply(da_t, ds[t + 1], da_t)  # ∂L/∂a
        V.dot(da_t, dsx[t])  # ∂L/∂s_{t-1} through step t, and ∂L/∂x_t
        add(ds_t, ds_own[t], ds_t)  # what L says of s_{t-1} itself
        if not t % OFTEN:
            settle(ds_t)
