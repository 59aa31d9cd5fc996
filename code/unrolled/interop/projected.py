"""The LSTM with a projection, h_t = P (o_t * tanh(C_t)): n cells, of which the gates see r mixtures; PyTorch's proj_size.

Sak, Senior & Beaufays, *Long short-term memory based recurrent neural network architectures for large vocabulary speech
recognition* (2014). The parts of its state differ in size: C (n, B), h (r, B); W_* are (n, r), P is (r, n).
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from unrolled.cells import lstm
from unrolled.cells.lstm import State, Step
from unrolled.maths import tanh, σ


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
    P: ndarray


def shapes(n, m, r):
    """The shape of each parameter for n cells, m inputs and r outputs, as a `Params`."""
    return Params(*4 * [(n, m), (n, r), (n, 1)], (r, n))


def widths(p):
    """The number of units in each part of the state, which are not all the same, as a `State`."""
    return State(C=len(p.b_f), h=len(p.P))


def step(p, prev, x_t):
    C_prev, h_prev = prev
    f_t = σ(p.U_f @ x_t + p.W_f @ h_prev + p.b_f)
    i_t = σ(p.U_i @ x_t + p.W_i @ h_prev + p.b_i)
    C_tilde_t = tanh(p.U_C @ x_t + p.W_C @ h_prev + p.b_C)
    C_t = f_t * C_prev + i_t * C_tilde_t
    o_t = σ(p.U_o @ x_t + p.W_o @ h_prev + p.b_o)
    h_t = p.P @ (o_t * tanh(C_t))
    return Step(f_t, i_t, C_tilde_t, C_t, o_t, h_t)


def pullback(p, prev, x_t, now, d):
    d_prev, dp, dx_t = lstm.pullback(p, prev, x_t, now, State(d.C, p.P.T @ d.h))
    return d_prev, Params(*dp, d.h @ (now.o * tanh(now.C)).T), dx_t


def jacobian(p, prev, x_t, now):
    n = len(p.b_f)
    J = lstm.jacobian(p, prev, x_t, now)  # of C_t and of o_t * tanh(C_t), which P mixes
    return np.concatenate([J[..., :n, :], p.P @ J[..., n:, :]], axis=-2)
