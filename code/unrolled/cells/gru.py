"""The GRU: h_t = (1 - z_t) * h_{t-1} + z_t * h̃_t, with the reset gate before the product, W_h (r_t * h_{t-1}).

Cho et al. (2014), whose z keeps the old where this z takes the new: negate U_z, W_z, b_z to convert.
"""

from typing import NamedTuple

from numpy import ndarray

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


class State(NamedTuple):
    h: ndarray


class Step(NamedTuple):
    z: ndarray
    r: ndarray
    h_tilde: ndarray
    h: ndarray


def shapes(n, m):
    """The shape of each parameter for n units and m inputs, as a `Params`."""
    return Params(*3 * [(n, m), (n, n), (n, 1)])


def step(p, prev, x_t):
    h_prev = prev.h
    z_t = σ(p.U_z @ x_t + p.W_z @ h_prev + p.b_z)
    r_t = σ(p.U_r @ x_t + p.W_r @ h_prev + p.b_r)
    h_tilde_t = tanh(p.U_h @ x_t + p.W_h @ (r_t * h_prev) + p.b_h)
    h_t = (1 - z_t) * h_prev + z_t * h_tilde_t
    return Step(z_t, r_t, h_tilde_t, h_t)


def pullback(p, prev, x_t, now, d):
    h_prev = prev.h
    z_t, r_t, h_tilde_t, h_t = now
    da_h = d.h * z_t * (1 - h_tilde_t**2)
    v = p.W_h.T @ da_h  # what arrives at r_t * h_{t-1}
    da_r = v * h_prev * r_t * (1 - r_t)
    da_z = d.h * (h_tilde_t - h_prev) * z_t * (1 - z_t)
    dp = Params(
        *affine_pullback(da_z, x_t, h_prev), *affine_pullback(da_r, x_t, h_prev), *affine_pullback(da_h, x_t, r_t * h_prev)
    )
    dh_prev = d.h * (1 - z_t) + v * r_t + p.W_z.T @ da_z + p.W_r.T @ da_r
    return State(dh_prev), dp, p.U_z.T @ da_z + p.U_r.T @ da_r + p.U_h.T @ da_h


def jacobian(p, prev, x_t, now):
    h_prev = prev.h
    z_t, r_t, h_tilde_t, h_t = now
    R_t = D(r_t) + h_prev * r_t * (1 - r_t) * p.W_r  # that of r_t * h_{t-1}
    H_t = z_t * (1 - h_tilde_t**2) * (p.W_h @ R_t)
    return D(1 - z_t) + H_t + (h_tilde_t - h_prev) * z_t * (1 - z_t) * p.W_z
