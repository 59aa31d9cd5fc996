"""The orthogonal network, s_t = modReLU(U x_t + W s_{t-1}, b), where W is to be orthogonal.

Arjovsky, Shah & Bengio, *Unitary evolution recurrent neural networks* (2016), in real numbers: the phase of a complex unit,
which their modReLU keeps, is here a sign. With b = 0 the network is linear.
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray


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


def modrelu(a, b):
    """sign(a) max(|a| + b, 0), a (n, B), b (n, 1); a complex number counts by its real part."""
    return alive(a, b) * (a + sign(a) * b)


def alive(a, b):
    """1 where |a| + b > 0, else 0: the slope of modReLU."""
    return (np.abs(np.real(a)) + np.real(b) > 0).astype(np.real(a).dtype)


def sign(a):
    return np.sign(np.real(a))


def step(p, prev, x_t):
    s_prev = prev.s
    s_t = modrelu(p.U @ x_t + p.W @ s_prev, p.b)
    return Step(s_t)


def pullback(p, prev, x_t, now, d):
    s_prev = prev.s
    a = p.U @ x_t + p.W @ s_prev
    da = d.s * alive(a, p.b)
    db = (da * sign(a)).sum(axis=1, keepdims=True)
    return State(p.W.T @ da), Params(da @ x_t.T, da @ s_prev.T, db), p.U.T @ da
