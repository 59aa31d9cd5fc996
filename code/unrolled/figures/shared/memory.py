"""How long the cell state is kept: the forget bias is the length of memory."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import NullLocator

from unrolled import cells, style
from unrolled.figures.shared.axes import POWERS_OF, name_axes
from unrolled.figures.shared.lines import name_lines
from unrolled.maths import σ
from unrolled.through_time import init, unroll
from unrolled.words import say


def kept_pulse(b_f, T):
    """C_t, t = 0..T, of an LSTM whose weights are zero and whose start is C_0 = 1: (T+1,), what it keeps of a pulse."""
    p = init(cells.lstm, 1, 1, np.random.default_rng(0), gain=0, input_gain=0, b_f=b_f)
    start = cells.lstm.State(C=np.ones((1, 1)), h=np.zeros((1, 1)))
    return unroll(cells.lstm, p, np.zeros((T, 1)), start).C[:, 0, 0]


def half_life(b_f):
    """The number of steps after which half of the cell state is left when f = σ(b_f): log(1/2) / log σ(b_f), any shape."""
    return np.log(0.5) / np.log(σ(b_f))


def chrono_bias(T):
    """b_f = log(T - 1), for which f = 1 - 1/T: after T steps a share of about 1/e is left (Tallec & Ollivier 2018)."""
    return np.log(T - 1)


def memory_explorer(T=100):
    """The forget bias against memory: `(fig, update)` with update(b_f), b_f in -3..7.

    Left: σ(b_f)^t (line), what an LSTM with zero weights keeps of C_0 = 1 (points), and the half-life (drop). Right: the
    half-life for every b_f, and dashed the T for which b_f is the chrono bias, T = 1 + e^{b_f}.
    """
    t, b, at = np.arange(T + 1), np.linspace(-3, 7, 81), np.r_[0:10, 10 : T + 1 : 5]
    blue, red = style.SYMBOLS["C"].colour, style.SYMBOLS["f"].colour
    with style.look():
        fig, (left, right) = plt.subplots(1, 2, figsize=(6, 3.2), width_ratios=(6, 5))
        for y in (0, 0.5, 1):
            left.axhline(y, color=style.INK, linewidth=0.6, alpha=0.3)
        (line,) = left.plot([], [], color=red, label=r"$\sigma(b_f)^t$")
        (dots,) = left.plot([], [], "o", color=blue, markersize=4, label="$C_t$", clip_on=False)
        (drop,) = left.plot([], [], color=style.SYMBOLS["bound"].colour, linestyle=":")
        left.set(xlim=(0, T), ylim=(0, 1.04), yticks=(0, 0.5, 1))
        name_axes(left, ("step", "$t$"), "what is left of the cell state")
        (half,) = right.plot(b, half_life(b), color=style.SYMBOLS["bound"].colour, linestyle=":")
        (chrono,) = right.plot(b, 1 + np.exp(b), color=style.INK, linestyle="--", linewidth=1.2)
        (here,) = right.plot([], [], "o", color=red)
        numbers = []
        for height, words in (0.13, "forget gate"), (0.03, "half-life"):
            right.text(0.7, height, say(words), transform=right.transAxes, ha="right")
            numbers.append(right.text(0.99, height, "", transform=right.transAxes, ha="right"))  # plain digits are quick to draw
        right.set(xlim=(-3, 7), ylim=(0.02, 1000), yscale="log", xticks=(-2, 0, 2, 4, 6), yticks=(1, 10, 100, 1000))
        right.yaxis.set_minor_locator(NullLocator())
        right.yaxis.set_major_formatter(POWERS_OF)
        name_axes(right, ("forget bias", "$b_f$"), "steps")
        name_lines(right, {half: "half-life", chrono: r"$1 + \exp\,b_f$"})()
        left.legend(loc="upper right", fontsize=11)

    def update(b_f):
        f, half = σ(b_f), half_life(b_f)
        line.set_data(t, f**t)
        dots.set_data(at, kept_pulse(b_f, T)[at])
        drop.set_data([half, half], [0, 0.5])
        here.set_data([b_f], [half])
        for number, text in zip(numbers, (f"{f:.3f}", f"{half:.1f}"), strict=True):
            number.set_text(text)

    return fig, update
