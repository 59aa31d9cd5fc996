"""The plain recurrent network, s_t = φ(U x_t + W s_{t-1} + b), for φ = tanh, ReLU and σ.

Elman, *Finding structure in time* (1990); the letters U, W, s are those of the chapters on BPTT.
"""

from types import SimpleNamespace
from typing import NamedTuple

from numpy import ndarray

from unrolled.maths import affine_pullback, relu, tanh, σ


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


def cell(name, φ, slope):
    """A cell with the activation `φ`; `slope` gives φ'(a) from s = φ(a), the form in which the chain rule meets it."""

    def step(p, prev, x_t):
        (s_prev,) = prev
        s_t = φ(p.U @ x_t + p.W @ s_prev + p.b)
        return Step(s_t)

    def pullback(p, prev, x_t, now, d):
        (s_prev,) = prev
        (s_t,) = now
        da = d.s * slope(s_t)
        return State(p.W.T @ da), Params(*affine_pullback(da, x_t, s_prev)), p.U.T @ da

    return SimpleNamespace(__name__=name, Params=Params, State=State, Step=Step, shapes=shapes, step=step, pullback=pullback)


rnn = cell("rnn", tanh, lambda s: 1 - s**2)
rnn_relu = cell("rnn_relu", relu, lambda s: (s > 0).astype(s.dtype))
rnn_sigmoid = cell("rnn_sigmoid", σ, lambda s: s * (1 - s))
