"""The latch, s_t = tanh(w s_{t-1} + 3 x_t): one undisturbed unit keeps a bit for ever once w > 1, and lets no gradient through.

Bengio, Simard & Frasconi (1994) study learning on such a unit.
"""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.axes import POWERS, name_axes
from unrolled.figures.shared.lines import name_lines
from unrolled.measure import product_norms
from unrolled.through_time import jacobians, unroll


def latch(w):
    """The unit as `cells.rnn.Params`, n = m = 1: W = w, U = 3, b = 0."""
    return cells.rnn.Params(U=np.array([[3.0]]), W=np.array([[float(w)]]), b=np.zeros((1, 1)))


def kept_value(w, steps=5000):
    """s* ≥ 0 with s* = tanh(w s*), where the latch comes to rest after a +1: 0 for w ≤ 1."""
    s = 1.0
    for _ in range(steps):
        s = np.tanh(w * s)
    return float(s) if w > 1 else 0.0


def memory_and_gradient(w, x):
    """The state s_1 ... s_T (T,) of the latch on the input x (T,), and log10 |∂s_t/∂s_1| for t = 1..T (T,)."""
    p, x = latch(w), np.asarray(x, float)[:, None]
    trace = unroll(cells.rnn, p, x)
    return trace.s[1:, 0, 0], np.append(0.0, product_norms(jacobians(cells.rnn, p, x, trace)[1:]))


def latch_explorer(w, pulse, T=60, at=30):
    """Where the latch rests, what it keeps, and what is left of the gradient: `(fig, update)` with update(w, pulse).

    Left, the states of rest against w: stable ones solid, the unstable one dotted. Right, s_t after x_1 = +1 and after
    x_1 = -1 with the input `pulse` at step `at`; below, |∂s_t/∂s_1|.
    """
    runs = {}
    for v, kick in product(w, pulse):
        for sign in (1.0, -1.0):
            x = np.zeros(T)
            x[0], x[at - 1] = sign, kick
            runs[v, kick, sign] = memory_and_gradient(v, x)
    rest = {v: kept_value(v) for v in w}
    t, S, J = np.arange(1, T + 1), style.SYMBOLS["s"].colour, style.SYMBOLS["J"].colour
    with style.look():
        fig, axes = plt.subplot_mosaic("rs;rg", figsize=(6, 3.8), width_ratios=(6, 5))
        branch = np.linspace(1e-3, 0.9999, 200)
        for sign in (1, -1):
            axes["r"].plot(np.arctanh(branch) / branch, sign * branch, color=S)
        axes["r"].plot([0, 1], [0, 0], color=S)
        axes["r"].plot([1, max(w)], [0, 0], color=S, linestyle=":")
        here = axes["r"].axvline(w[0], color=style.INK, linewidth=0.8)
        (points,) = axes["r"].plot([], [], "o", color=S)
        axes["r"].set(xlim=(0, max(w)), ylim=(-1.1, 1.1), yticks=(-1, 0, 1))
        states = {sign: axes["s"].plot(t, 0 * t, style, color=S)[0] for sign, style in ((1.0, "-"), (-1.0, "--"))}
        axes["s"].set(xlim=(0, T), ylim=(-1.1, 1.1), yticks=(-1, 0, 1))
        axes["s"].tick_params(axis="x", length=0, labelbottom=False)
        slopes = {sign: axes["g"].plot(t, 0 * t, style, color=J)[0] for sign, style in ((1.0, "-"), (-1.0, "--"))}
        axes["g"].set(xlim=(0, T), ylim=(-50, 2))
        name_axes(axes["r"], ("weight", "$w$"), ("state of rest", r"$s^{\ast}$"))
        name_axes(axes["s"], y=("state", "$s_t$"))
        name_axes(axes["g"], ("step", "$t$"), ("gradient", r"$|\partial s_t / \partial s_1|$"))
        name_states = name_lines(axes["s"], {states[1.0]: "after +1", states[-1.0]: "after −1"})
        axes["g"].yaxis.set_major_formatter(POWERS)

    def update(w, pulse):
        here.set_xdata([w, w])
        points.set_data([w, w], [rest[w], -rest[w]])
        for sign in (1.0, -1.0):
            state, slope = runs[w, pulse, sign]
            states[sign].set_ydata(state)
            slopes[sign].set_ydata(slope)
        name_states()

    return fig, update
