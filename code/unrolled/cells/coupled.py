"""The LSTM with coupled forget and input gates: C_t = f_t * C_{t-1} + (1 - f_t) * C̃_t, so |C_t| ≤ max(|C_0|, 1).

Known as CIFG in Greff et al., *LSTM: a search space odyssey* (2015).
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from unrolled.maths import D, affine_pullback, tanh, σ


class Params(NamedTuple):
    U_f: ndarray
    W_f: ndarray
    b_f: ndarray
    U_C: ndarray
    W_C: ndarray
    b_C: ndarray
    U_o: ndarray
    W_o: ndarray
    b_o: ndarray


class State(NamedTuple):
    C: ndarray
    h: ndarray


class Step(NamedTuple):
    f: ndarray
    C_tilde: ndarray
    C: ndarray
    o: ndarray
    h: ndarray


def shapes(n, m):
    """The shape of each parameter for n units and m inputs, as a `Params`."""
    return Params(*3 * [(n, m), (n, n), (n, 1)])


def step(p, prev, x_t):
    C_prev, h_prev = prev
    f_t = σ(p.U_f @ x_t + p.W_f @ h_prev + p.b_f)
    C_tilde_t = tanh(p.U_C @ x_t + p.W_C @ h_prev + p.b_C)
    C_t = f_t * C_prev + (1 - f_t) * C_tilde_t
    o_t = σ(p.U_o @ x_t + p.W_o @ h_prev + p.b_o)
    h_t = o_t * tanh(C_t)
    return Step(f_t, C_tilde_t, C_t, o_t, h_t)


def pullback(p, prev, x_t, now, d):
    C_prev, h_prev = prev
    f_t, C_tilde_t, C_t, o_t, h_t = now
    y_t = tanh(C_t)
    da_o = d.h * y_t * o_t * (1 - o_t)
    dC = d.C + d.h * o_t * (1 - y_t**2)
    da_C = dC * (1 - f_t) * (1 - C_tilde_t**2)
    da_f = dC * (C_prev - C_tilde_t) * f_t * (1 - f_t)
    dp = Params(*(g for da in (da_f, da_C, da_o) for g in affine_pullback(da, x_t, h_prev)))
    dh_prev = p.W_f.T @ da_f + p.W_C.T @ da_C + p.W_o.T @ da_o
    dx_t = p.U_f.T @ da_f + p.U_C.T @ da_C + p.U_o.T @ da_o
    return State(dC * f_t, dh_prev), dp, dx_t


def jacobian(p, prev, x_t, now):
    C_prev, h_prev = prev
    f_t, C_tilde_t, C_t, o_t, h_t = now
    y_t = tanh(C_t)
    K_t = (C_prev - C_tilde_t) * f_t * (1 - f_t) * p.W_f + (1 - f_t) * (1 - C_tilde_t**2) * p.W_C
    q_t = o_t * (1 - y_t**2)
    H_t = y_t * o_t * (1 - o_t) * p.W_o + q_t * K_t
    return np.block([[D(f_t), K_t], [D(q_t * f_t), H_t]])
