"""The LSTM with peepholes: the gates see the cell state, f and i the old one C_{t-1}, o the new one C_t.

Gers & Schmidhuber, *Recurrent nets that time and count* (2000). The peepholes are diagonal: one weight a cell, p_* (n, 1).
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from unrolled.maths import D, affine_pullback, tanh, σ


class Params(NamedTuple):
    U_f: ndarray
    W_f: ndarray
    b_f: ndarray
    U_i: ndarray
    W_i: ndarray
    b_i: ndarray
    U_C: ndarray
    W_C: ndarray
    b_C: ndarray
    U_o: ndarray
    W_o: ndarray
    b_o: ndarray
    p_f: ndarray
    p_i: ndarray
    p_o: ndarray


class State(NamedTuple):
    C: ndarray
    h: ndarray


class Step(NamedTuple):
    f: ndarray
    i: ndarray
    C_tilde: ndarray
    C: ndarray
    o: ndarray
    h: ndarray


def shapes(n, m):
    """The shape of each parameter for n units and m inputs, as a `Params`."""
    return Params(*4 * [(n, m), (n, n), (n, 1)], *3 * [(n, 1)])


def step(p, prev, x_t):
    C_prev, h_prev = prev
    f_t = σ(p.U_f @ x_t + p.W_f @ h_prev + p.p_f * C_prev + p.b_f)
    i_t = σ(p.U_i @ x_t + p.W_i @ h_prev + p.p_i * C_prev + p.b_i)
    C_tilde_t = tanh(p.U_C @ x_t + p.W_C @ h_prev + p.b_C)
    C_t = f_t * C_prev + i_t * C_tilde_t
    o_t = σ(p.U_o @ x_t + p.W_o @ h_prev + p.p_o * C_t + p.b_o)
    h_t = o_t * tanh(C_t)
    return Step(f_t, i_t, C_tilde_t, C_t, o_t, h_t)


def pullback(p, prev, x_t, now, d):
    C_prev, h_prev = prev
    f_t, i_t, C_tilde_t, C_t, o_t, h_t = now
    y_t = tanh(C_t)
    da_o = d.h * y_t * o_t * (1 - o_t)
    dC = d.C + d.h * o_t * (1 - y_t**2) + p.p_o * da_o
    da_C = dC * i_t * (1 - C_tilde_t**2)
    da_i = dC * C_tilde_t * i_t * (1 - i_t)
    da_f = dC * C_prev * f_t * (1 - f_t)
    layers = da_f, da_i, da_C, da_o
    seen = (da_f * C_prev, da_i * C_prev, da_o * C_t)
    dp = Params(
        *(g for da in layers for g in affine_pullback(da, x_t, h_prev)),
        *(g.sum(axis=1, keepdims=True) for g in seen),
    )
    dC_prev = dC * f_t + p.p_f * da_f + p.p_i * da_i
    dh_prev = p.W_f.T @ da_f + p.W_i.T @ da_i + p.W_C.T @ da_C + p.W_o.T @ da_o
    dx_t = p.U_f.T @ da_f + p.U_i.T @ da_i + p.U_C.T @ da_C + p.U_o.T @ da_o
    return State(dC_prev, dh_prev), dp, dx_t


def jacobian(p, prev, x_t, now):
    C_prev, h_prev = prev
    f_t, i_t, C_tilde_t, C_t, o_t, h_t = now
    y_t = tanh(C_t)
    by_f, by_i, by_o = C_prev * f_t * (1 - f_t), C_tilde_t * i_t * (1 - i_t), y_t * o_t * (1 - o_t)
    k_t = f_t + by_f * p.p_f + by_i * p.p_i  # ∂C_t/∂C_{t-1}, through the peepholes too
    K_t = by_f * p.W_f + by_i * p.W_i + i_t * (1 - C_tilde_t**2) * p.W_C
    q_t = o_t * (1 - y_t**2) + by_o * p.p_o
    H_t = by_o * p.W_o + q_t * K_t
    return np.block([[D(k_t), K_t], [D(q_t * k_t), H_t]])
