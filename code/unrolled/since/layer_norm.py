"""The plain network with layer normalisation, s_t = tanh(γ * standard(U x_t + W s_{t-1}) + b).

Ba, Kiros & Hinton, *Layer normalization* (2016). γ is a learned gain (n, 1), 1 at the start.
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from unrolled.maths import tanh

SMALL = 1e-5  # added to the variance, as in the libraries: else a layer of equal values would be divided by zero


class Params(NamedTuple):
    U: ndarray
    W: ndarray
    γ: ndarray
    b: ndarray


class State(NamedTuple):
    s: ndarray


class Step(NamedTuple):
    s: ndarray


def shapes(n, m):
    """The shape of each parameter for n units and m inputs, as a `Params`."""
    return Params(U=(n, m), W=(n, n), γ=(n, 1), b=(n, 1))


def standard(a):
    """Each column of a (n, B) less its mean, over its standard deviation √(variance + `SMALL`)."""
    return centred(a) / spread(a)


def standard_pullback(d, a):
    """∂L/∂a (n, B), where d (n, B) is ∂L/∂standard(a): what changes the mean or the size of a column is taken out."""
    y = standard(a)
    return (centred(d) - y * np.mean(d * y, axis=0)) / spread(a)


def centred(a):
    return a - np.mean(a, axis=0)


def spread(a):
    return np.sqrt(np.mean(centred(a) ** 2, axis=0) + SMALL)


def step(p, prev, x_t):
    s_prev = prev.s
    s_t = tanh(p.γ * standard(p.U @ x_t + p.W @ s_prev) + p.b)
    return Step(s_t)


def pullback(p, prev, x_t, now, d):
    s_prev = prev.s
    s_t = now.s
    a = p.U @ x_t + p.W @ s_prev
    dy = d.s * (1 - s_t**2)
    da = standard_pullback(p.γ * dy, a)
    dγ, db = (g.sum(axis=1, keepdims=True) for g in (dy * standard(a), dy))
    return State(p.W.T @ da), Params(da @ x_t.T, da @ s_prev.T, dγ, db), p.U.T @ da
