"""What the variants of the LSTM change: gates that see the cell, a cell that cannot drift, where the reset gate stands."""

from functools import partial
from itertools import product
from timeit import Timer

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from unrolled import cells, style
from unrolled.figures.shared.axes import POWERS_OF, name_axes
from unrolled.figures.shared.lines import name_lines, padded
from unrolled.through_time import init, unroll
from unrolled.words import say

SWITCH = 20  # the pre-activation of a gate that is a switch: shut to 2e-9


# ---- peepholes


def blind_gate(p_f, b_f=1.0):
    """f_t over C_{t-1} in -3..3 of one unit that has shut its output gate, h_{t-1} = 0, without input: (C (61,), f (61,))."""
    C = np.linspace(-3, 3, 61)
    p = init(cells.peephole, 1, 1, np.random.default_rng(0), b_f=b_f, p_f=p_f)
    prev = cells.peephole.State(C=C[None], h=np.zeros((1, 61)))
    return C, cells.peephole.step(p, prev, np.zeros((1, 61))).f[0]


def blind_gate_picture(weights=(0.0, 1.0, -2.0)):
    """`blind_gate` for three peephole weights: `fig`. At p_f = 0, the LSTM without peepholes, the line is level."""
    looks = zip(weights, ("slate", "crimson", "orange"), ("--", "-", "-."), strict=True)
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 2.5))
        names = {}
        for p_f, hue, dash in looks:
            (line,) = ax.plot(*blind_gate(p_f), color=style.HUES[hue], linestyle=dash)
            names[line] = f"$p_f = {p_f:g}$"
        ax.set(xlim=(-3, 3), ylim=(0, 1), yticks=(0, 0.5, 1))
        name_axes(ax, ("old cell state", "$C_{t{-}1}$"), ("forget gate", "$f_t$"))
        name_lines(ax, names)()
    return fig


def counter(N, peepholes=True):
    """One unit with peepholes, set by hand, that fires at every N-th step and has no input: its `Params`, m = 1.

    C grows by 1/N a step. Half a step below 1 lies the threshold θ: when C_t is above it, o opens; one step later f sees
    the same value and empties the cell. Without `peepholes` all p_* are 0 and the rest is as before.
    """
    slope = 2 * N * SWITCH  # half a step, 1/(2N), from the threshold the gates are shut or open
    θ = 1 - 1 / (2 * N)
    by_hand = {"b_f": slope * θ, "b_i": SWITCH, "b_C": np.arctanh(1 / N), "b_o": -slope * θ}
    seen = {"p_f": -slope, "p_i": 0.0, "p_o": slope} if peepholes else dict.fromkeys(("p_f", "p_i", "p_o"), 0.0)
    return init(cells.peephole, 1, 1, np.random.default_rng(0), gain=0, input_gain=0, **by_hand, **seen)


def firing_times(N, T, peepholes=True):
    """The steps t = 1..T at which the output gate of `counter` is open: an array of whole numbers."""
    o = unroll(cells.peephole, counter(N, peepholes), np.zeros((T, 1))).o[1:, 0, 0]
    return 1 + np.flatnonzero(o > 0.5)


def counter_explorer(T=30):
    """The counter at work: `(fig, update)` with update(N, p), p = 1 with peepholes and 0 without.

    Above C_t (with f_t * C_{t-1} as a ring where the cell was emptied) and the threshold; below the gates and h_t.
    """
    t = np.arange(T + 1)
    with style.look():
        fig, (top, bottom) = plt.subplots(2, figsize=(style.WIDTH, 3.9), sharex=True, height_ratios=(3, 2))
        (C,) = top.plot([], [], color=style.SYMBOLS["C"].colour, marker=".")
        θ = top.axhline(0, color=style.INK, linewidth=0.8, linestyle=":")
        dashed = {"linestyle": (0, (2, 1)), "linewidth": 1.6, "marker": "."}  # seen upon the output gate, under which it stays
        looks = {"f": {"marker": "."}, "o": {"linewidth": 5, "alpha": 0.45}, "h": dashed}
        lines = {
            key: bottom.plot([], [], color=style.SYMBOLS[key].colour, label=padded(say(style.SYMBOLS[key].name)), **how)[0]
            for key, how in looks.items()
        }
        top.set(xlim=(-0.5, T + 0.5), ylim=(-0.08, 2.5), yticks=(0, 1, 2))  # with room for the first dot and the last
        bottom.set(ylim=(-0.05, 1.05), yticks=(0, 1))
        name_axes(top, y=("cell state", "$C_t$"))
        name_axes(bottom, ("step", "$t$"), "gates and output", lift=18)
        spaces = {"handlelength": 1.8, "handletextpad": 0.5, "columnspacing": 0.9, "borderpad": 0, "borderaxespad": 0.3}
        bottom.legend(handles=list(lines.values()), loc="lower left", bbox_to_anchor=(0, 1), ncols=3, **spaces)

    def update(N, p):
        trace = unroll(cells.peephole, counter(N, peepholes=bool(p)), np.zeros((T, 1)))
        C.set_data(t, trace.C[:, 0, 0])
        θ.set_ydata([1 - 1 / (2 * N)] * 2)
        for key, line in lines.items():
            line.set_data(t[1:], getattr(trace, key)[1:, 0, 0])

    return fig, update


# ---- coupled gates


def reach(mean, C_0, T=2000, n=16, scale=3.0, seed=0):
    """max |C_t| over the units, t = 0..T, with coupled gates and without forgetting: a dict of arrays (T+1,).

    Both read the same noise of standard deviation `scale` about `mean`, which every candidate reads with the weight 1; every
    C starts at C_0. "lstm_1997" has an input gate that stands open, i = 1.
    """
    x = np.random.default_rng(seed).normal(mean, scale, size=(T, n))
    reached = {}
    for name, biases in (("coupled", {"b_f": 0.0}), ("lstm_1997", {"b_i": 2.0 * SWITCH})):
        cell = getattr(cells, name)
        p = init(cell, n, n, np.random.default_rng(seed), **biases)._replace(U_C=np.eye(n))
        start = cell.State(C=np.full((n, 1), float(C_0)), h=np.zeros((n, 1)))
        reached[name] = np.abs(unroll(cell, p, x, start).C).max(axis=(1, 2))
    return reached


def reach_explorer(reached):
    """|C_t| with coupled gates and with none, from a dict {(mean, C_0): `reach`}: `(fig, update)` with update(mean, C_0).

    Dashed, the two bounds: max(|C_0|, 1) and |C_0| + t.
    """
    T = len(next(iter(reached.values()))["coupled"]) - 1
    t = np.unique(np.geomspace(1, T, 60).astype(int))
    with style.look():
        fig, ax = plt.subplots()
        lines = {name: ax.plot([], [], **style.line(name))[0] for name in ("lstm_1997", "coupled")}
        bounds = {name: ax.plot([], [], color=style.SYMBOLS["bound"].colour, linestyle="--", linewidth=1.2)[0] for name in lines}
        places = {"lstm_1997": r"$|C_0| + t$", "coupled": r"$\mathrm{max}(|C_0|,\,1)$"}
        notes = {name: ax.text(0.9 * T, 1, label, ha="right", va="bottom", size=style.INDEXED) for name, label in places.items()}
        ax.set(xscale="log", yscale="log", xlim=(1, T), ylim=(0.3, 6 * T))
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(POWERS_OF)
        name_axes(ax, ("step", "$t$"), ("largest cell state", r"$\mathrm{max}\,|C_t|$"))
        name_both = name_lines(ax, {line: style.SYMBOLS[name].label for name, line in lines.items()})

    def update(mean, C_0):
        for name, line in lines.items():
            line.set_data(t, reached[mean, C_0][name][t])
        tops = {"coupled": np.full(len(t), max(abs(C_0), 1.0)), "lstm_1997": abs(C_0) + t.astype(float)}
        for name, top in tops.items():
            bounds[name].set_data(t, top)
            notes[name].set_y(1.2 * top[-1])
        name_both()

    return fig, update


# ---- GRU


def reset_explorer(W):
    """W diag(r) beside diag(r) W for W (3, 3): `(fig, update)` with update(r), r three numbers in a string, as "1 0 1".

    Before the product r weighs the columns of W, after it the rows: the tint of an entry is what is left of it.
    """
    with style.look():
        fig, axes = plt.subplots(1, 2, figsize=(6, 2.6))
        entries = []
        products = r"$W_h\,\mathrm{diag}(r_t)$", r"$\mathrm{diag}(r_t)\,W_h$"
        for ax, words, label in zip(axes, ("reset before the product", "reset after the product"), products, strict=True):
            ax.set(xlim=(-0.5, 2.5), ylim=(2.5, -0.5), aspect="equal", xticks=(), yticks=(), xlabel=label)
            name_axes(ax, y=words)
            ax.spines[:].set_visible(False)
            for row, column in np.ndindex(3, 3):
                tile = ax.add_patch(Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, edgecolor=style.INK, linewidth=0.6))
                entries.append((ax is axes[0], row, column, tile, ax.text(column, row, "", ha="center", va="center_baseline")))

    def update(r):
        gate = np.array(r.split(), float)
        before, after = W * gate, gate[:, None] * W
        for first, row, column, tile, number in entries:
            value, share = (before if first else after)[row, column], gate[column if first else row]
            tile.set_facecolor(to_rgba(style.SYMBOLS["r"].colour, 0.45 * share))
            number.set_text(f"{value + 0:.2f}".replace("-", "−"))

    return fig, update


def gru_runs(rng, n=16, T=20, gain=1.5, negate_z=False):
    """One set of weights read in the four published forms, h_t over T steps of noise: {(z, reset): (T+1, n)}.

    z takes the "new" or keeps the "old"; the reset is "before" or "after" the product, where c_h = 0. z keeps the old:
    h_t = z * h_{t-1} + (1 - z) * h̃. With `negate_z` these two read -U_z, -W_z, -b_z.
    """
    p, sign = init(cells.gru, n, n, rng, gain=gain), -1 if negate_z else 1
    x = rng.normal(size=(T, n))
    runs = {}
    for reset, cell in (("before", cells.gru), ("after", cells.gru_reset_after)):
        given = p if reset == "before" else cell.Params(*p, c_h=np.zeros((n, 1)))
        runs["new", reset] = unroll(cell, given, x).h[:, :, 0]
        given = given._replace(U_z=sign * p.U_z, W_z=sign * p.W_z, b_z=sign * p.b_z)
        h = [np.zeros((n, 1))]
        for x_t in x[:, :, None]:
            now = cell.step(given, cell.State(h[-1]), x_t)
            h.append(now.z * h[-1] + (1 - now.z) * now.h_tilde)
        runs["old", reset] = np.stack(h)[:, :, 0]
    return runs


def gru_forms(rng, **settings):
    """The last states h_T of `gru_runs`, {(z, reset): (n,)}."""
    return {form: run[-1] for form, run in gru_runs(rng, **settings).items()}


def programs_explorer():
    """The first unit of a GRU whose weights this book and another program have read: `(fig, update)` with update(reset, signs).

    The other program's z keeps the old, its reset stands "before" the product (Keras with reset_after=False) or "after" it
    (PyTorch); with `signs` = -1 it is given -U_z, -W_z, -b_z.
    """
    runs = {signs: gru_runs(np.random.default_rng(0), negate_z=signs < 0) for signs in (1, -1)}
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 2.4))
        (ours,) = ax.plot(runs[1]["new", "before"][:, 0], color=style.HUES["blue"])
        (other,) = ax.plot(ours.get_ydata(), color=style.HUES["crimson"], linestyle="--")
        last = len(ours.get_ydata()) - 1
        ax.set(xlim=(0, last), xticks=range(0, last + 1, 5), ylim=(-1, 1), yticks=(-1, 0, 1))
        name_axes(ax, ("step", "$t$"), "first unit")
        name = name_lines(ax, {ours: "this book's GRU", other: "the other program"})

    def update(reset, signs):
        other.set_ydata(runs[signs]["old", reset][:, 0])
        name()

    return fig, update


# ---- sizes


def step_times(sizes=(16, 32, 64, 128, 256), names=("rnn", "gru", "lstm"), least=0.02):
    """The time of one forward step in seconds, n = m units and B = 1: a dict {name: (len(sizes),)}, for this machine.

    So many steps are timed at once that they take `least` seconds: the clock of a browser may tick in milliseconds.
    """
    times = {name: np.empty(len(sizes)) for name in names}
    for (place, n), name in product(enumerate(sizes), names):
        cell = getattr(cells, name)
        p = init(cell, n, n, np.random.default_rng(0), recurrent="gaussian")
        prev, x_t = cell.State(*(np.zeros((n, 1)) for _ in cell.State._fields)), np.ones((n, 1))
        timer, count = Timer(partial(cell.step, p, prev, x_t)), 1
        while (taken := timer.timeit(count)) < least:
            count *= 2
        times[name][place] = taken / count
    return times


def sizes_picture(times, sizes=(16, 32, 64, 128, 256)):
    """Parameters (left) and the time of a step (right) against n, from `step_times`: `fig`."""
    with style.look():
        fig, (left, right) = plt.subplots(1, 2, figsize=(6, 3))
        names = {}
        for name, marker in zip(times, "os^", strict=False):
            shapes = [getattr(cells, name).shapes(n, n) for n in sizes]
            look = style.line(name) | {"marker": marker, "markersize": 4}
            left.plot(sizes, [sum(np.prod(shape) for shape in p) for p in shapes], **look)
            (line,) = right.plot(sizes, 1e6 * times[name], **look)
            names[line] = style.SYMBOLS[name].label
        for ax, name in ((left, "parameters"), (right, ("time of a step", "µs"))):
            ax.set(xscale="log", yscale="log")
            name_axes(ax, ("units", "$n = m$"), name)
            ax.set_xticks(sizes, sizes)
            ax.minorticks_off()
            ax.yaxis.set_major_formatter(POWERS_OF)
        name_lines(right, names)()
    return fig
