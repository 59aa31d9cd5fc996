"""The gated delta rule, s_t = f_t (s_{t-1} - β_t (k_t·s_{t-1}) k_t) + β_t v_t k_t: all fades, and one key is corrected.

Yang, Kautz & Hatamizadeh, *Gated delta networks: improving Mamba2 with delta rule* (2024). One number f_t for the whole state,
here made by σ; s is a row of their matrix, as in `delta_rule`.
"""

from typing import NamedTuple

from numpy import ndarray

from unrolled.maths import σ
from unrolled.since import delta_rule
from unrolled.since.delta_rule import State, Step, dot, rate, unit


class Params(NamedTuple):
    U_v: ndarray
    U_k: ndarray
    U_β: ndarray
    b_β: ndarray
    U_f: ndarray
    b_f: ndarray


def shapes(n, m):
    """The shape of each parameter for n units and m inputs, as a `Params`."""
    return Params(*delta_rule.shapes(n, m), U_f=(1, m), b_f=(1, 1))


def kept(p, x_t):
    """f_t (1, B), between 0 and 1: the share of the whole state that is kept."""
    return σ(p.U_f @ x_t + p.b_f)


def step(p, prev, x_t):
    s_prev = prev.s
    k_t = unit(p.U_k @ x_t)
    s_t = kept(p, x_t) * (s_prev - rate(p, x_t) * dot(k_t, s_prev) * k_t) + rate(p, x_t) * (p.U_v @ x_t) * k_t
    return Step(k_t, s_t)


def pullback(p, prev, x_t, now, d):
    s_prev = prev.s
    k_t, s_t = now
    f = kept(p, x_t)
    (d_faded,), dp, dx_t = delta_rule.pullback(p, State(f * s_prev), x_t, now, d)
    da_f = dot(d_faded, s_prev) * f * (1 - f)
    return State(f * d_faded), Params(*dp, da_f @ x_t.T, da_f.sum(axis=1, keepdims=True)), dx_t + p.U_f.T @ da_f
