"""The residual recurrent network, s_t = s_{t-1} + ε tanh(U x_t + W s_{t-1} + b): every step is the identity and a little more.

He et al., *Deep residual learning* (2016), with the weights tied over time. ε is a parameter of shape (1, 1).
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from unrolled.maths import D, affine_pullback, tanh


class Params(NamedTuple):
    U: ndarray
    W: ndarray
    b: ndarray
    ε: ndarray


class State(NamedTuple):
    s: ndarray


class Step(NamedTuple):
    s_tilde: ndarray
    s: ndarray


def shapes(n, m):
    """The shape of each parameter for n units and m inputs, as a `Params`."""
    return Params(U=(n, m), W=(n, n), b=(n, 1), ε=(1, 1))


def step(p, prev, x_t):
    s_prev = prev.s
    s_tilde_t = tanh(p.U @ x_t + p.W @ s_prev + p.b)
    s_t = s_prev + p.ε * s_tilde_t
    return Step(s_tilde_t, s_t)


def pullback(p, prev, x_t, now, d):
    s_prev = prev.s
    s_tilde_t, s_t = now
    da = d.s * p.ε * (1 - s_tilde_t**2)
    dε = (d.s * s_tilde_t).sum(keepdims=True)
    return State(d.s + p.W.T @ da), Params(*affine_pullback(da, x_t, s_prev), dε), p.U.T @ da


def jacobian(p, prev, x_t, now):
    s_tilde_t, s_t = now
    return D(np.ones_like(s_t)) + p.ε * (1 - s_tilde_t**2) * p.W
