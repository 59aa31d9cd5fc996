"""The plain recurrent network with ReLU, s_t = max(U x_t + W s_{t-1} + b, 0)."""

from unrolled.cells.rnn import Params, State, Step, shapes
from unrolled.maths import affine_pullback, relu

__all__ = ["Params", "State", "Step", "jacobian", "pullback", "shapes", "step"]


def step(p, prev, x_t):
    s_prev = prev.s
    s_t = relu(p.U @ x_t + p.W @ s_prev + p.b)
    return Step(s_t)


def pullback(p, prev, x_t, now, d):
    s_prev = prev.s
    s_t = now.s
    da = d.s * (s_t > 0)  # the slope at 0 is taken as 0
    return State(p.W.T @ da), Params(*affine_pullback(da, x_t, s_prev)), p.U.T @ da


def jacobian(p, prev, x_t, now):
    s_t = now.s
    return (s_t > 0) * p.W
