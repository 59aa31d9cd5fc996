"""A diagonal state-space model, w_t = λ w_{t-1} + √(1 - |λ|²) (U_u + i U_v) x_t with complex w = u + i v, in real pairs.

Gupta, Gu & Berant, *Diagonal state spaces are as effective as structured state spaces* (2022); Gu, Gupta, Goel & Ré, *On the
parameterization and initialization of diagonal state space models* (2022). The form with
|λ| = ρ = exp(-exp ν) and the angle θ is that of Orvieto et al. (2023), whose input factor is learned and only starts at
√(1 - |λ|²). λ does not depend on the input.
"""

from typing import NamedTuple

import numpy as np
from numpy import cos, exp, ndarray, sin, sqrt


class Params(NamedTuple):
    U_u: ndarray
    U_v: ndarray
    ν: ndarray
    θ: ndarray


class State(NamedTuple):
    u: ndarray
    v: ndarray


class Step(NamedTuple):
    u: ndarray
    v: ndarray


def shapes(n, m):
    """The shape of each parameter for n complex units and m inputs, as a `Params`."""
    return Params(U_u=(n, m), U_v=(n, m), ν=(n, 1), θ=(n, 1))


def ρ(p):
    """|λ| (n, 1), between 0 and 1 for every ν."""
    return exp(-exp(p.ν))


def zero_order_hold(A, Δ):
    """(λ, factor) with w(t + Δ) = λ w(t) + factor · input, exact for w' = A w + input with an input held for Δ.

    A (n, 1) complex and not 0, Δ > 0. |λ| < 1 exactly where the real part of A is negative.
    """
    λ = exp(Δ * A)
    return λ, (λ - 1) / A


def ring(n, rng, least, most):
    """ν and θ (n, 1) for |λ|² uniform between least² and most² (0 < least < most < 1), any angle: values for `init`."""
    squared = rng.uniform(least**2, most**2, (n, 1))
    return {"ν": np.log(-0.5 * np.log(squared)), "θ": rng.uniform(0, 2 * np.pi, (n, 1))}


def step(p, prev, x_t):
    u_prev, v_prev = prev
    u_t = ρ(p) * (cos(p.θ) * u_prev - sin(p.θ) * v_prev) + sqrt(1 - ρ(p) ** 2) * (p.U_u @ x_t)
    v_t = ρ(p) * (sin(p.θ) * u_prev + cos(p.θ) * v_prev) + sqrt(1 - ρ(p) ** 2) * (p.U_v @ x_t)
    return Step(u_t, v_t)


def pullback(p, prev, x_t, now, d):
    u_prev, v_prev = prev
    u_t, v_t = now
    scale = sqrt(1 - ρ(p) ** 2)
    du_prev = ρ(p) * (cos(p.θ) * d.u + sin(p.θ) * d.v)
    dv_prev = ρ(p) * (cos(p.θ) * d.v - sin(p.θ) * d.u)
    dscale = d.u * (p.U_u @ x_t) + d.v * (p.U_v @ x_t)
    dρ = (du_prev * u_prev + dv_prev * v_prev) / ρ(p) - dscale * ρ(p) / scale
    dν = (-dρ * ρ(p) * exp(p.ν)).sum(axis=1, keepdims=True)
    dθ = (dv_prev * u_prev - du_prev * v_prev).sum(axis=1, keepdims=True)
    da_u, da_v = scale * d.u, scale * d.v
    return State(du_prev, dv_prev), Params(da_u @ x_t.T, da_v @ x_t.T, dν, dθ), p.U_u.T @ da_u + p.U_v.T @ da_v
