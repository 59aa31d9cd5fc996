"""A selective state-space model, h_t = exp(Δ_t A) h_{t-1} + (exp(Δ_t A) - 1) / A * B_t u_t, whose step size the input sets.

Gu & Dao, *Mamba: linear-time sequence modeling with selective state spaces* (2023), section 3.2: Δ_t by softplus, A held below 0,
both factors by a zero-order hold. One channel u_t of theirs, with its n states; their channels share B_t and C_t, and no
channel's state sees another's. The reading C_t·h_t is no part of the way through time and is left out.
"""

from typing import NamedTuple

import numpy as np
from numpy import exp, expm1, ndarray

from unrolled.maths import softplus, σ


class Params(NamedTuple):
    U_u: ndarray
    U_B: ndarray
    U_Δ: ndarray
    b_Δ: ndarray
    ν: ndarray


class State(NamedTuple):
    h: ndarray


class Step(NamedTuple):
    h: ndarray


def shapes(n, m):
    """The shape of each parameter for n units and m inputs, as a `Params`."""
    return Params(U_u=(1, m), U_B=(n, m), U_Δ=(1, m), b_Δ=(1, 1), ν=(n, 1))


def A(p):
    """A (n, 1), below 0 for every ν."""
    return -exp(p.ν)


def Δ(p, x_t):
    """Δ_t (1, B), above 0: how far the input x_t moves the clock."""
    return softplus(p.U_Δ @ x_t + p.b_Δ)


def real_start(n):
    """ν (n, 1) for A = -1, -2, ..., -n, where Gu & Dao start real states: a value for `init`."""
    return {"ν": np.log(np.arange(1.0, n + 1))[:, None]}


def step(p, prev, x_t):
    h_prev = prev.h
    h_t = exp(Δ(p, x_t) * A(p)) * h_prev + expm1(Δ(p, x_t) * A(p)) / A(p) * (p.U_B @ x_t) * (p.U_u @ x_t)
    return Step(h_t)


def pullback(p, prev, x_t, now, d):
    h_prev = prev.h
    kept, write, u = exp(Δ(p, x_t) * A(p)), p.U_B @ x_t, p.U_u @ x_t
    held = d.h * expm1(Δ(p, x_t) * A(p)) / A(p)
    inner = d.h * kept * (h_prev + write * u / A(p))  # ∂L/∂(Δ_t A)
    da_B = held * u
    da_u = np.sum(held * write, axis=0, keepdims=True)
    da_Δ = np.sum(inner * A(p), axis=0, keepdims=True) * σ(p.U_Δ @ x_t + p.b_Δ)
    dν = (inner * Δ(p, x_t) * A(p) - held * write * u).sum(axis=1, keepdims=True)
    dp = Params(da_u @ x_t.T, da_B @ x_t.T, da_Δ @ x_t.T, da_Δ.sum(axis=1, keepdims=True), dν)
    return State(kept * d.h), dp, p.U_u.T @ da_u + p.U_B.T @ da_B + p.U_Δ.T @ da_Δ
