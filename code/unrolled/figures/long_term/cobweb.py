"""One unit that is left alone, s_t = tanh(w s_{t-1}): it rests where the curve meets the diagonal, and the cobweb is its way."""

from functools import cache

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.shared.axes import name_axes
from unrolled.figures.shared.latch import kept_value
from unrolled.words import say

STEPS = 20
SEEN = 2e-3  # a step that is shorter than this is no wider than a line


def states(w, s_0, T=STEPS):
    """s_0 ... s_T (T+1,) of the unit without input, s_t = tanh(w s_{t-1})."""
    s = [float(s_0)]
    for _ in range(T):
        s.append(float(np.tanh(w * s[-1])))
    return np.array(s)


@cache
def fixed_points(w):
    """The states with s = tanh(w s) for w ≥ 0, as (stable, unstable): two lists. At w = 1 zero attracts, slowly."""
    rest = kept_value(w)
    return ([rest, -rest], [0.0]) if w > 1 else ([0.0], [])


def cobweb(s):
    """The corners (x, y) of the way of the states: up or down to the curve, across to the diagonal, and so on. (2, 2T+1).

    It begins on the diagonal at s_0 and ends there at the last state; what is too short to be seen is left out.
    """
    moving = np.flatnonzero(np.abs(np.diff(s)) > SEEN)
    s = s[: moving[-1] + 2] if len(moving) else s[:1]
    return np.repeat(s, 2)[:-1], np.repeat(s, 2)[1:]


def cobweb_explorer(T=STEPS):
    """The curve tanh(w s) against the diagonal, and the way of the states: `(fig, update)` with update(w, s_0) for w ≥ 0.

    Left, the cobweb; filled points attract, the hollow one repels. Right, the same states against t, at the same heights.
    """
    x, colour = np.linspace(-1, 1, 81), style.SYMBOLS["s"].colour
    with style.look():
        fig, axes = plt.subplot_mosaic("cs", figsize=(6, 3.9))
        c, s = axes["c"], axes["s"]
        c.plot([-1, 1], [-1, 1], color=style.INK, linewidth=1, linestyle=":")
        (curve,) = c.plot(x, x, color=style.INK, linewidth=1.5)
        (way,) = c.plot([], [], color=colour, linewidth=1.5)
        point = {"color": colour, "markersize": 9, "linestyle": "none", "clip_on": False, "zorder": 4}
        (stable,) = c.plot([], [], "o", label=say("attracts"), **point)
        (unstable,) = c.plot([], [], "o", label=say("repels"), **point | {"markerfacecolor": style.PAPER, "markeredgewidth": 2})
        (begin,) = c.plot([], [], "D", label=say("start"), **point | {"color": style.INK, "markersize": 6, "zorder": 5})
        (line,) = s.plot([], [], color=colour, linewidth=1.5)
        for ax in (c, s):
            ax.set(ylim=(-1.08, 1.08), yticks=(-1, 0, 1), box_aspect=1)
        c.set(xlim=(-1.08, 1.08), xticks=(-1, 0, 1))
        s.set(xlim=(-0.5, T + 0.5))
        s.axhline(0, color=style.INK, linewidth=0.8)
        name_axes(c, ("state", "$s_{t{-}1}$"), ("next state", r"$\tanh(w\,s_{t{-}1})$"))
        name_axes(s, ("step", "$t$"), ("state", "$s_t$"))
        fig.legend(loc="outside upper left", ncols=3, handletextpad=0.1)

    def update(w, s_0):
        s = states(w, s_0, T)
        attracting, repelling = fixed_points(w)
        curve.set_ydata(np.tanh(w * x))
        way.set_data(*cobweb(s))
        stable.set_data(attracting, attracting)
        unstable.set_data(repelling, repelling)
        begin.set_data([s_0], [s_0])
        line.set_data(np.arange(T + 1), s)

    return fig, update
