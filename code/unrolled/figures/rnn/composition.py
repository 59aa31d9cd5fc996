"""The loop of an RNN against the same network written out: A(A(s_0, x_1), x_2), and what one odd copy does to the chain."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.axes import name_axes
from unrolled.through_time import unroll


def composed(copies, s_0, x):
    """s_T = step(p_T, ... step(p_1, s_0, x_1) ..., x_T) (n, 1), from the outside in: no loop, and no list of states.

    `copies` are T parameters of `cells.rnn`, one for each copy of the network; `s_0` (n, 1) the start, `x` (T, m, 1).
    """
    if not copies:
        return s_0
    return cells.rnn.step(copies[-1], cells.rnn.State(composed(copies[:-1], s_0, x[:-1])), x[-1]).s


def both_forms(p, x, odd=0):
    """s_0 ... s_T (T+1, n) of the loop and of the composition. In copy number `odd`, if any, the first entry of W is 1 more."""
    other = p._replace(W=p.W + np.eye(len(p.W), 1) @ np.eye(1, len(p.W)))
    copies = [other if k == odd else p for k in range(1, len(x) + 1)]
    s_0 = np.zeros((len(p.W), 1))
    written_out = [composed(copies[:t], s_0, x[:t]) for t in range(len(x) + 1)]
    return unroll(cells.rnn, p, x).s[:, :, 0], np.stack(written_out)[:, :, 0]


def difference(looped, written_out, T):
    """The largest difference between the two forms in s_0 ... s_T: one number."""
    return np.max(np.abs(looped - written_out)[: T + 1])


def composition_explorer(p, x, odd):
    """Loop (line) and composition (rings) over t = 0..T: `(fig, update)` with update(T, k), k one of `odd`, 0 for none.

    `p` are parameters of `cells.rnn`, `x` (T, m, 1) with the longest T. Above stands the composition, A the step; the odd copy
    has a star. The number is the largest difference between both.
    """
    forms = {k: both_forms(p, x, k) for k in odd}
    longest, n = len(x), len(p.W)
    with style.look():
        fig, ax = plt.subplots(figsize=(6, 3))
        teal, orange = style.SYMBOLS["s"].colour, style.HUES["orange"]
        lines = [ax.plot([], [], color=teal, label="$s_t = A(s_{t-1}, x_t)$" if unit == 0 else None)[0] for unit in range(n)]
        (rings,) = ax.plot([], [], "o", color=orange, markersize=8, fillstyle="none", markeredgewidth=1.6, label="$A(A(\\dots))$")
        formula = ax.text(0, 1.14, "", transform=ax.transAxes, size=11, va="bottom")
        gap = ax.text(0.99, 0.02, "", transform=ax.transAxes, ha="right", va="bottom")
        ax.set(xlim=(-0.3, longest + 0.3), ylim=(-1.35, 1.1), yticks=(-1, 0, 1))
        ax.legend(loc="lower left", ncols=2, borderaxespad=0)
        name_axes(ax, ("step", "$t$"), ("states", "$s_t$"))

    def update(T, k):
        looped, written_out = forms[k]
        for unit, line in enumerate(lines):
            line.set_data(np.arange(T + 1), looped[: T + 1, unit])
        rings.set_data(np.repeat(np.arange(T + 1), n), written_out[: T + 1].ravel())
        formula.set_text(_formula(T, k))
        gap.set_text(rf"$\max|\Delta s_t| = {difference(looped, written_out, T):.2g}$")

    return fig, update


def _formula(T, odd):
    """s_T as one expression: A(A(s_0, x_1), x_2)."""
    inner = "s_0"
    for t in range(1, T + 1):
        name = "A^*" if t == odd else "A"
        inner = f"{name}({inner}, x_{t})"
    return f"$s_{T} = {inner}$"
