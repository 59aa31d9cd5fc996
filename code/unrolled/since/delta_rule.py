"""The delta rule, s_t = s_{t-1} + β_t (v_t - k_t·s_{t-1}) k_t: what stands under the key k_t is corrected towards the value v_t.

Schlag, Irie & Schmidhuber, *Linear Transformers are secretly fast weight programmers* (2021); keys of length 1 as in Yang et al.,
*Parallelizing linear Transformers with the delta rule over sequence length* (2024). Their state is a matrix with a row for each
component of a value. All its rows take the same step and none sees another: s (n, B) is one of them, with a key of n numbers
and a value of one. β_t lies between 0 and 2, as in Grazzi et al. (2024); the first two papers stop at 1. The reading at a query,
q_t·s_t, is no part of the way through time and is left out.
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from unrolled.maths import σ

SMALL = 1e-6  # added to a key's squared length, as in the libraries: else an input of zeros would be divided by zero


class Params(NamedTuple):
    U_v: ndarray
    U_k: ndarray
    U_β: ndarray
    b_β: ndarray


class State(NamedTuple):
    s: ndarray


class Step(NamedTuple):
    k: ndarray
    s: ndarray


def shapes(n, m):
    """The shape of each parameter for n units and m inputs, as a `Params`."""
    return Params(U_v=(1, m), U_k=(n, m), U_β=(1, m), b_β=(1, 1))


def unit(a):
    """Each column of a (n, B) at the length 1."""
    return a / length(a)


def rate(p, x_t):
    """β_t (1, B), between 0 and 2: at 1 the old value is replaced, at 2 turned over."""
    return 2 * σ(p.U_β @ x_t + p.b_β)


def length(a):
    return np.sqrt(dot(a, a) + SMALL)


def dot(a, b):
    return np.sum(a * b, axis=0, keepdims=True)


def step(p, prev, x_t):
    s_prev = prev.s
    k_t = unit(p.U_k @ x_t)
    s_t = s_prev + rate(p, x_t) * (p.U_v @ x_t - dot(k_t, s_prev)) * k_t
    return Step(k_t, s_t)


def pullback(p, prev, x_t, now, d):
    s_prev = prev.s
    k_t, s_t = now
    β, error, along = rate(p, x_t), p.U_v @ x_t - dot(k_t, s_prev), dot(k_t, d.s)
    da_v = β * along
    da_β = da_v * error * (1 - β / 2)
    dk = β * error * d.s - da_v * s_prev
    da_k = (dk - dot(k_t, dk) * k_t) / length(p.U_k @ x_t)
    dp = Params(da_v @ x_t.T, da_k @ x_t.T, da_β @ x_t.T, da_β.sum(axis=1, keepdims=True))
    return State(d.s - da_v * k_t), dp, p.U_v.T @ da_v + p.U_k.T @ da_k + p.U_β.T @ da_β
