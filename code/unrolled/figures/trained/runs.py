"""What networks learned: seeds as dots, losses as lines, and the gates of one network while it learns.

A dot is one seed. What was never solved lies on the line that is marked ∞. A is the share that is right, k counts updates.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FixedLocator, NullLocator

from unrolled import readout
from unrolled.figures.shared.axes import POWERS, name_axes, shade
from unrolled.figures.shared.called import called
from unrolled.figures.shared.lines import name_lines
from unrolled.figures.trained.starts import in_words, start_name
from unrolled.style import INDEXED, INK, PAPER, SYMBOLS, WIDTH, look
from unrolled.through_time import unroll
from unrolled.words import say

MARKERS = "os^DvP"
DOT, STEP = 4, 4.4  # points: how large a dot is, and how far from the next
WAYS = [(STEP * side / 2, STEP * up) for side in (0, -1, 1, -2, 2, -3, 3, -4, 4) for up in (0, 1, -1)]
QUANTITIES = {"$A$": "right answers", "$E$": "loss"}  # what a run ends with, and its words


def spread(count):
    """Offsets from -1 to 1 for the dots of `count` seeds, so that equal values stand side by side."""
    return np.linspace(-1, 1, count) if count > 1 else np.zeros(1)


def beside_each_other(at):
    """How far to move dots from the places `at` (k,), across and up, so that none lies on another: (2, k), all in points.

    A dot goes up or down before it goes aside: what stands alone, or in threes, stands where it belongs.
    """
    moved, placed = np.zeros((2, len(at))), []
    for k in np.argsort(at, kind="stable"):
        for across, up in WAYS:
            spot = at[k] + across, up
            if all(np.hypot(spot[0] - x, spot[1] - y) > 0.99 * STEP for x, y in placed):
                break
        placed.append(spot)
        moved[:, k] = across, up
    return moved


def count_axis(ax, never):
    """Numbers of updates upwards, and `never` as ∞."""
    ticks = [k for k in (50, 100, 200, 500, 1000, 2000) if k < 0.7 * never]
    ax.axhline(never, color=INK, linewidth=0.6, linestyle=":")
    ax.set(yscale="log", ylim=(35, 1.4 * never))
    ax.yaxis.set(major_locator=FixedLocator([*ticks, never]), minor_locator=NullLocator())
    ax.set_yticklabels([*map(str, ticks), "∞"])


def race_explorer(results):
    """Updates until a task is solved, for every length and start: `(fig, update)` with update(task).

    `results` maps the name of a task to the list of `Record` of its experiment; the starts are the same in all of them.
    """
    names = list(dict.fromkeys(in_words(start_name(record.settings)) for record in next(iter(results.values()))))
    most = max(record.settings["updates"] for records in results.values() for record in records)
    never, lengths = 2 * most, {task: sorted({r.settings["T"] for r in records}) for task, records in results.items()}
    with look():
        fig, ax = plt.subplots(figsize=(WIDTH, 3.9))
        dots = []
        for k, name in enumerate(names):
            colour = next(
                SYMBOLS[r.settings["cell"]].colour
                for r in next(iter(results.values()))
                if in_words(start_name(r.settings)) == name
            )
            filled = {"markerfacecolor": colour if k % 2 else PAPER, "markeredgecolor": colour}
            dots += ax.plot([], [], MARKERS[k], color=colour, markersize=4.5, label=name, **filled)
        count_axis(ax, never)
        name_axes(ax, ("length", "$T$"), ("updates", "$k$"))
        ax.grid(visible=True, axis="x", which="minor")  # from one length to the next
        ax.tick_params(axis="x", which="minor", length=0)
        fig.legend(loc="outside upper center", ncols=2)

    def update(task):
        for k, (name, line) in enumerate(zip(names, dots, strict=True)):
            x, y = [], []
            for record in results[task]:
                if in_words(start_name(record.settings)) == name:
                    place = lengths[task].index(record.settings["T"]) + 0.15 * (k - (len(names) - 1) / 2)
                    x += list(place + 0.06 * spread(len(record.outcomes)))
                    y += [outcome["solved_at"] or never for outcome in record.outcomes]
            line.set_data(x, y)
        ax.set_xlim(-0.5, len(lengths[task]) - 0.5)
        ax.set_xticks(range(len(lengths[task])), list(map(str, lengths[task])))
        ax.set_xticks(np.arange(1, len(lengths[task])) - 0.5, minor=True)

    return fig, update


def seeds_explorer(groups, xlabel, *, limits=(0, 1), chance=None, solved=None):
    """One value a seed for every start: `(fig, update)` with update(of), or update(of, W).

    `groups` maps a value of the choice `of`, or a pair (of, W), to a dictionary {name of a start: values (seeds,)}, with the same
    names in each. Dots are seeds, beside each other where they would lie on each other; the stroke is their median; `chance` is
    the value of guessing, dashed. `xlabel` is the symbol of the value, one of `QUANTITIES`. `solved`, like `groups`, says how
    many of the seeds solved the task: it stands behind the row.
    """
    names = list(next(iter(groups.values())))
    with look():
        fig, ax = plt.subplots(figsize=(WIDTH, 0.9 + 0.4 * len(names)))
        dots = [ax.plot([], [], "o", color=SYMBOLS["C"].colour, markersize=DOT, markeredgewidth=0, zorder=3)[0] for _ in names]
        bars = [ax.plot([], [], "|", color=INK, markersize=22, markeredgewidth=1.2)[0] for _ in names]
        if chance is not None:
            ax.axvline(chance, color=INK, linewidth=1, linestyle="--")
            ax.text(chance, 1.02, say("guessing"), transform=ax.get_xaxis_transform(), ha="center")
        margin = 0.05 * (limits[1] - limits[0])
        ax.set(xlim=(limits[0] - margin, limits[1] + margin), ylim=(len(names) - 0.5, -0.5))
        name_axes(ax, (QUANTITIES[xlabel], xlabel))
        ax.set_yticks(range(len(names)), map(in_words, names))
        ax.grid(visible=True, axis="y")
        behind = {"transform": ax.get_yaxis_transform(), "va": "center"}
        counts = [ax.text(1.02, k, "8/8", **behind) for k in range(len(names))] if solved else []
        fig.get_layout_engine().execute(fig)
        inches = ax.get_window_extent().size / fig.dpi
        point = np.array([np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())]) / inches / 72

    def update(of, W=None):
        at = of if W is None else (of, W)
        for k, name in enumerate(names):
            shown = np.clip(groups[at][name], *limits)
            across, up = beside_each_other(shown / point[0])
            dots[k].set_data(shown + across * point[0], k + up * point[1])
            bars[k].set_data([np.median(shown)], [k])
            if counts:
                counts[k].set_text(f"{solved[at][name]}/{len(shown)}")

    return fig, update


def outcome_picture(records):
    """How many seeds solved a task against the norm at their start, a mark a `Record`, colour and marker by the cell: `fig`.

    Across stands the median over the seeds; settings with one count stand one above the other, in the order of `records`.
    """
    kinds = list(dict.fromkeys(record.settings["cell"] for record in records))
    most = max(len(record.outcomes) for record in records)
    with look():
        fig, ax = plt.subplots(figsize=(WIDTH, 3.4))
        for marker, kind in zip(MARKERS, kinds, strict=False):
            which = [record for record in records if record.settings["cell"] == kind]
            reached = [np.median([outcome["reach"] for outcome in record.outcomes]) for record in which]
            solved = np.array([record.solved for record in which]) + 0.3 * spread(len(which))
            drawn = {"color": SYMBOLS[kind].colour, "label": called(kind), "markersize": 5, "fillstyle": "none"}
            ax.plot(reached, solved, marker, **drawn)
        ax.axvline(0, color=INK, linewidth=0.6)
        ax.xaxis.set_major_formatter(POWERS)
        ax.set(ylim=(-0.6, most + 0.6), yticks=range(0, most + 1, 2))
        name_axes(ax, ("what is left of the gradient", r"$\Vert J_T \cdots J_2\Vert$"), "runs that learned")
        fig.legend(loc="outside upper center", ncols=min(len(kinds), 3))
    return fig


def loss_picture(losses, chance):
    """The loss against the updates: `fig`. `losses` maps labels to arrays (updates,); `chance` (guessing) is dashed."""
    with look():
        fig, ax = plt.subplots(figsize=(WIDTH, 2.7))
        for (label, loss), key, dash in zip(losses.items(), ("C", "delta"), ("-", (0, (3, 1))), strict=False):
            ax.plot(np.arange(1, len(loss) + 1), loss, color=SYMBOLS[key].colour, linestyle=dash, linewidth=1, label=label)
        guessing = ax.axhline(chance, color=INK, linewidth=1, linestyle="--")
        ax.set(ylim=(0, None))
        name_axes(ax, ("updates", "$k$"), ("loss", "$E$"))
        name_lines(ax, {guessing: "guessing"})()
        fig.legend(loc="outside upper center", ncols=len(losses), fontsize=INDEXED)
    return fig


def gate_frame(model, x, y):
    """What `gates_explorer` shows of a model over one sequence x (T, m, 1): a `Step` of (T, n), and the answer at the end.

    The answer (C,) holds the probabilities that are read from the last state, that of the right class, by y (T, C, 1), first.
    """
    trace = unroll(model.cell, model.p, x)
    p, right = readout.read(model.q, trace[-1][-1:], y[-1:]).p[0, :, 0], y[-1, :, 0] == 1
    return trace._make(a[1:, :, 0] for a in trace), np.concatenate([p[right], p[~right]])


def gates_explorer(films, gates):
    """The gates of a network over one sequence while it learns: `(fig, update)` with update(k).

    `films` maps the number k of updates to a `Step` of arrays (T, n) and the probabilities (C,) of the answer. Each gate of
    `gates` is a map, units downwards, time to the right, 0 clear and 1 full; on the right the answer, the right class first.
    """
    first, p = next(iter(films.values()))
    T, n = getattr(first, gates[0]).shape
    with look():
        fig, axes = plt.subplots(1, len(gates) + 1, figsize=(6, 2.6), width_ratios=[3] * len(gates) + [1])
        maps = []
        for ax, gate in zip(axes, gates, strict=False):
            drawn = {"cmap": shade(SYMBOLS[gate].colour), "vmin": 0, "vmax": 1, "aspect": "auto"}
            maps.append(ax.imshow(np.zeros((n, T)), extent=(0.5, T + 0.5, n - 0.5, -0.5), **drawn))
            ax.set(yticks=[])
            name_axes(ax, ("step", "$t$"), (SYMBOLS[gate].name, SYMBOLS[gate].label))
        bars = axes[-1].bar(range(len(p)), p, color=SYMBOLS["y_hat"].colour)
        axes[-1].set(ylim=(0, 1), yticks=[0, 1])
        axes[-1].set_xticks(range(len(p)), "✓" + "✗" * (len(p) - 1))
        axes[-1].tick_params(axis="x", length=0)
        name_axes(axes[-1], y=("answer", SYMBOLS["y_hat"].label))

    def update(k):
        step, p = films[k]
        for image, gate in zip(maps, gates, strict=True):
            image.set_data(getattr(step, gate).T)
        for bar, height in zip(bars, p, strict=True):
            bar.set_height(height)

    return fig, update
