"""The minimal GRU, h_t = (1 - z_t) * h_{t-1} + z_t * h̃_t, whose gate and candidate see the input alone.

Feng, Tung, Ahmed, Bengio & Hajimirsadeghi, *Were RNNs all we needed?* (2024). Gates from the inputs alone, in
parallel, are older: Bradbury et al., *Quasi-recurrent neural networks* (2016).
"""

from typing import NamedTuple

from numpy import ndarray

from unrolled.maths import σ


class Params(NamedTuple):
    U_z: ndarray
    b_z: ndarray
    U_h: ndarray
    b_h: ndarray


class State(NamedTuple):
    h: ndarray


class Step(NamedTuple):
    z: ndarray
    h_tilde: ndarray
    h: ndarray


def shapes(n, m):
    """The shape of each parameter for n units and m inputs, as a `Params`."""
    return Params(*2 * [(n, m), (n, 1)])


def step(p, prev, x_t):
    h_prev = prev.h
    z_t = σ(p.U_z @ x_t + p.b_z)
    h_tilde_t = p.U_h @ x_t + p.b_h
    h_t = (1 - z_t) * h_prev + z_t * h_tilde_t
    return Step(z_t, h_tilde_t, h_t)


def pullback(p, prev, x_t, now, d):
    h_prev = prev.h
    z_t, h_tilde_t, h_t = now
    da_h = d.h * z_t
    da_z = d.h * (h_tilde_t - h_prev) * z_t * (1 - z_t)
    db_z, db_h = (da.sum(axis=1, keepdims=True) for da in (da_z, da_h))
    dp = Params(da_z @ x_t.T, db_z, da_h @ x_t.T, db_h)
    return State(d.h * (1 - z_t)), dp, p.U_z.T @ da_z + p.U_h.T @ da_h
