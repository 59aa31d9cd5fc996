"""The GRU with the reset gate after the product, r_t * (W_h h_{t-1} + c_h): the form of cuDNN, PyTorch and Keras.

Cho et al. (2014), first version. c_h is the bias inside the reset product. As in `gru`, z takes the new.
"""

from typing import NamedTuple

from numpy import ndarray

from unrolled.cells.gru import State, Step
from unrolled.maths import D, affine_pullback, tanh, σ


class Params(NamedTuple):
    U_z: ndarray
    W_z: ndarray
    b_z: ndarray
    U_r: ndarray
    W_r: ndarray
    b_r: ndarray
    U_h: ndarray
    W_h: ndarray
    b_h: ndarray
    c_h: ndarray


def shapes(n, m):
    """The shape of each parameter for n units and m inputs, as a `Params`."""
    return Params(*3 * [(n, m), (n, n), (n, 1)], (n, 1))


def step(p, prev, x_t):
    h_prev = prev.h
    z_t = σ(p.U_z @ x_t + p.W_z @ h_prev + p.b_z)
    r_t = σ(p.U_r @ x_t + p.W_r @ h_prev + p.b_r)
    h_tilde_t = tanh(p.U_h @ x_t + r_t * (p.W_h @ h_prev + p.c_h) + p.b_h)
    h_t = (1 - z_t) * h_prev + z_t * h_tilde_t
    return Step(z_t, r_t, h_tilde_t, h_t)


def pullback(p, prev, x_t, now, d):
    h_prev = prev.h
    z_t, r_t, h_tilde_t, h_t = now
    da_h = d.h * z_t * (1 - h_tilde_t**2)
    v = da_h * r_t  # what arrives at W_h h_{t-1} + c_h
    da_r = da_h * (p.W_h @ h_prev + p.c_h) * r_t * (1 - r_t)
    da_z = d.h * (h_tilde_t - h_prev) * z_t * (1 - z_t)
    _, dW_h, dc_h = affine_pullback(v, x_t, h_prev)
    dU_h, _, db_h = affine_pullback(da_h, x_t, h_prev)
    dp = Params(*affine_pullback(da_z, x_t, h_prev), *affine_pullback(da_r, x_t, h_prev), dU_h, dW_h, db_h, dc_h)
    dh_prev = d.h * (1 - z_t) + p.W_h.T @ v + p.W_z.T @ da_z + p.W_r.T @ da_r
    return State(dh_prev), dp, p.U_z.T @ da_z + p.U_r.T @ da_r + p.U_h.T @ da_h


def jacobian(p, prev, x_t, now):
    h_prev = prev.h
    z_t, r_t, h_tilde_t, h_t = now
    R_t = r_t * p.W_h + (p.W_h @ h_prev + p.c_h) * r_t * (1 - r_t) * p.W_r  # that of r_t * (W_h h_{t-1} + c_h)
    H_t = z_t * (1 - h_tilde_t**2) * R_t
    return D(1 - z_t) + H_t + (h_tilde_t - h_prev) * z_t * (1 - z_t) * p.W_z
