"""The plain recurrent network, s_t = tanh(U x_t + W s_{t-1} + b).

Elman, *Finding structure in time* (1990); the letters U, W, s are those of the chapters on BPTT.
"""

from typing import NamedTuple

from numpy import ndarray

from unrolled.maths import affine_pullback, tanh


class Params(NamedTuple):
    U: ndarray
    W: ndarray
    b: ndarray


class State(NamedTuple):
    s: ndarray


class Step(NamedTuple):
    s: ndarray


def shapes(n, m):
    """The shape of each parameter for n units and m inputs, as a `Params`."""
    return Params(U=(n, m), W=(n, n), b=(n, 1))


def step(p, prev, x_t):
    s_prev = prev.s
    s_t = tanh(p.U @ x_t + p.W @ s_prev + p.b)
    return Step(s_t)


def pullback(p, prev, x_t, now, d):
    s_prev = prev.s
    s_t = now.s
    da = d.s * (1 - s_t**2)
    return State(p.W.T @ da), Params(*affine_pullback(da, x_t, s_prev)), p.U.T @ da


def jacobian(p, prev, x_t, now):
    s_t = now.s
    return (1 - s_t**2) * p.W
