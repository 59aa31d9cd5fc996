"""A residual stream with its norm inside the branch, s_t = s_{t-1} + tanh(U x_t + W standard(s_{t-1}) + b).

He et al. (2016) and Ba, Kiros & Hinton (2016), put together as in the blocks of later Transformers; here the step is one in
time and the weights are shared by all steps.
"""

from typing import NamedTuple

from numpy import ndarray

from unrolled.maths import affine_pullback, tanh
from unrolled.since.layer_norm import standard, standard_pullback


class Params(NamedTuple):
    U: ndarray
    W: ndarray
    b: ndarray


class State(NamedTuple):
    s: ndarray


class Step(NamedTuple):
    s_tilde: ndarray
    s: ndarray


def shapes(n, m):
    """The shape of each parameter for n units and m inputs, as a `Params`."""
    return Params(U=(n, m), W=(n, n), b=(n, 1))


def step(p, prev, x_t):
    s_prev = prev.s
    s_tilde_t = tanh(p.U @ x_t + p.W @ standard(s_prev) + p.b)
    s_t = s_prev + s_tilde_t
    return Step(s_tilde_t, s_t)


def pullback(p, prev, x_t, now, d):
    s_prev = prev.s
    s_tilde_t, s_t = now
    da = d.s * (1 - s_tilde_t**2)
    dp = Params(*affine_pullback(da, x_t, standard(s_prev)))
    return State(d.s + standard_pullback(p.W.T @ da, s_prev)), dp, p.U.T @ da
