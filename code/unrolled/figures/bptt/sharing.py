"""One matrix for all steps: what sharing saves, and the summands that it makes of a gradient."""

import math

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, readout, style
from unrolled.figures.shared.axes import POWERS_OF, name_axes
from unrolled.figures.shared.learning import pulled_back
from unrolled.through_time import init, terms, unroll
from unrolled.words import say


def multiplications(f, *arrays):
    """How many products of two numbers f(*arrays) computes: it is run on numbers that count how often they are multiplied."""
    products = 0

    class Counting(float):
        def __mul__(self, other):
            nonlocal products
            products += 1
            return Counting(float.__mul__(self, other))

        def __add__(self, other):
            return Counting(float.__add__(self, other))

        def __pow__(self, power):
            nonlocal products
            products += power - 1
            return Counting(float.__pow__(self, power))

        def tanh(self):
            return Counting(math.tanh(self))

        __rmul__, __radd__ = __mul__, __add__

    f(*(np.frompyfunc(Counting, 1, 1)(a) for a in arrays))
    return products


def sharing_counts(T, n, m, shared):
    """Parameters, and multiplications to read T inputs, of a tanh network with n units, m inputs: two whole numbers.

    `shared`: one U, W, b for all steps. Otherwise each step has its own.
    """
    copies = 1 if shared else T

    def read(x, s, *parameters):
        for t in range(T):
            p = cells.rnn.Params(*(a[t % copies] for a in parameters))
            (s,) = cells.rnn.step(p, cells.rnn.State(s), x[t])

    parameters = [np.ones((copies, *shape)) for shape in cells.rnn.shapes(n, m)]
    products = multiplications(read, np.ones((T, m, 1)), np.ones((n, 1)), *parameters)
    return sum(a.size for a in parameters), products


def sharing_picture(T, shared, untied):
    """Parameters and multiplications against T; `shared` and `untied` are lists of `sharing_counts`, one for each T: `fig`."""
    with style.look():
        fig, axes = plt.subplots(1, 2, figsize=(6, 2.7), sharey=True)
        for ax, label, one, own in zip(
            axes, ("parameters", "multiplications"), np.transpose(shared), np.transpose(untied), strict=True
        ):
            look = {"color": style.SYMBOLS["x"].colour, "markersize": 8, "fillstyle": "none"}
            ax.loglog(T, own, "s--", label=say("a copy for each step"), **look)
            ax.loglog(T, one, "o-", color=style.SYMBOLS["W"].colour, markersize=4, label=say("one for all steps"))
            for axis in (ax.xaxis, ax.yaxis):
                axis.set_major_formatter(POWERS_OF)
            ax.tick_params(labelleft=True)  # on a phone the panels stand one below the other
            name_axes(ax, ("steps", "$T$"), label)
        axes[0].legend(loc="upper left")
    return fig


def term_norms(p, q, x, y, start):
    """‖k-th term‖ of the gradients of the loss, k = 1..T, a dict {"V", "W", "U", "b": (T,)}, and of their sums, a dict of floats.

    p and q are the parameters of a tanh network and of its readout, x (T, m), y (T, K, 1), `start` a `State`.
    """
    trace = unroll(cells.rnn, p, x, start)
    d, _ = pulled_back(q, trace, y)
    summands = terms(cells.rnn, p, x, trace, d)._asdict()
    summands["V"] = np.stack([readout.pullback(q, trace.s[t : t + 1], y[t - 1 : t])[1].V for t in range(1, len(x) + 1)])
    norms = {name: np.linalg.norm(summands[name], axis=(1, 2)) for name in ("V", "W", "U", "b")}
    return norms, {name: float(np.linalg.norm(summands[name].sum(axis=0))) for name in norms}


def step_shares(gain, rng, *, T=6, n=16):
    """The share of the use of W at each step in ∂E_T/∂W of a random tanh network, (T,): they add up to 1.

    It is the part of the term of step k along the whole gradient G, ⟨δ_k s_{k-1}ᵀ, G⟩ / ‖G‖². W is Gaussian, over noise.
    """
    p, x = init(cells.rnn, n, n, rng, gain=gain, recurrent="gaussian"), rng.normal(size=(T, n))
    trace = unroll(cells.rnn, p, x, cells.rnn.State(np.tanh(rng.normal(size=(n, 1)))))
    y = np.zeros((T, 4, 1))
    y[-1, rng.integers(4)] = 1  # no target, no loss: that of the last step alone
    d, _ = pulled_back(readout.init(4, n, rng), trace, y)
    of_step = terms(cells.rnn, p, x, trace, d).W
    whole = of_step.sum(axis=0)
    return (of_step * whole).sum(axis=(1, 2)) / np.sum(whole**2)


def share_explorer(shares):
    """The mean shares of `step_shares`, step by step and one upon the other: `(fig, update)` with update(gain).

    `shares` maps each gain to an array (networks, T).
    """
    means = {gain: of.mean(axis=0) for gain, of in shares.items()}
    T = len(next(iter(means.values())))
    red = style.SYMBOLS["delta"].colour
    with style.look():
        fig, ax = plt.subplots(figsize=(4.4, 3.2))  # as wide as a telephone shows without scrolling
        looks = [{"facecolor": (red, 0.2 + 0.7 * k / (T - 1)), "edgecolor": style.INK, "linewidth": 0.8} for k in range(T)]
        bars = [ax.bar(k + 1, 1, width=0.8, **look)[0] for k, look in enumerate(looks)]
        stack = [ax.bar(T + 2, 1, width=0.8, **look)[0] for look in looks]
        numbers = [ax.text(k + 1, 0, "", ha="center", va="bottom", size=11) for k in range(T)]
        ax.text(T + 2, 1.02, "100%", ha="center", va="bottom", size=11)
        ax.set(xlim=(0.4, T + 2.6), ylim=(0, 1.12), yticks=(0, 0.5, 1))
        ax.set_yticklabels(["0%", "50%", "100%"])
        ax.set_xticks([*range(1, T + 1), T + 2], [*map(str, range(1, T + 1)), say("sum")])
        ax.tick_params(axis="x", length=0)
        name_axes(ax, ("use of W at step", "$k$"), "share of the gradient of W")

    def update(gain):
        below = 0
        for bar, piece, number, share in zip(bars, stack, numbers, means[gain], strict=True):
            bar.set_height(share)
            piece.set_y(below)
            piece.set_height(share)
            below += share
            number.set_y(share + 0.02)
            number.set_text(f"{share:.0%}" if share > 0.095 else f"{share:.1%}")

    return fig, update


def term_explorer(stacks):
    """The terms of each gradient, one upon the other: `(fig, update)` with update(size, gain).

    `stacks` maps (size, gain) to `term_norms`. A piece of a column is ‖k-th term‖; the thick line is the norm of their sum,
    which is less where terms point different ways.
    """
    names = list(next(iter(stacks.values()))[0])
    T = len(next(iter(stacks.values()))[0][names[0]])
    top = 1.1 * max(norms[name].sum() for norms, _ in stacks.values() for name in names)
    places = np.arange(len(names))
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.2))
        hatches = ["//", "", "..", "xx", "\\\\"]
        pieces, numbers = [], []
        for k in range(T):
            shade = style.SYMBOLS["delta"].colour, 0.25 + 0.6 * k / max(T - 1, 1)
            look = {"facecolor": shade, "edgecolor": style.INK, "linewidth": 0.8, "hatch": hatches[k % len(hatches)]}
            pieces.append(ax.bar(places, np.zeros(len(names)), width=0.55, **look))
            numbers.append([ax.text(place + 0.36, 0, "", va="center_baseline", size=10) for place in places])
        sums = ax.hlines(np.zeros(len(names)), places - 0.33, places + 0.33, color=style.INK, linewidth=3)
        ax.set(ylim=(0, top), xlim=(-0.5, len(names) - 0.2), xticks=places)
        ax.set_xticklabels([rf"$\partial E_{T}/\partial {name}$" for name in names], size=style.INDEXED)
        ax.tick_params(axis="x", length=0)
        name_axes(ax, y="size of each term")

    def update(size, gain):
        norms, totals = stacks[size, gain]
        for place, name in enumerate(names):
            floor = np.concatenate([[0], np.cumsum(norms[name])])
            for k in range(T):
                pieces[k][place].set(y=floor[k], height=norms[name][k])
                numbers[k][place].set_y((floor[k] + floor[k + 1]) / 2)
                numbers[k][place].set_text(f"${k + 1}$" if norms[name][k] > 0.03 * top else "")
        sums.set_segments([[(place - 0.33, totals[name]), (place + 0.33, totals[name])] for place, name in enumerate(names)])

    return fig, update
