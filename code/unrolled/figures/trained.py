"""What networks learned: seeds as dots, scores as lines, and the gates of one network while it learns.

A point is one seed. What was never solved lies on the line that is marked ∞.
"""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FixedLocator, NullLocator

from unrolled.figures.axes import shade
from unrolled.style import INK, PAPER, RC, SYMBOLS

MARKERS = "os^DvP"


def start_name(settings):
    """How a picture calls a cell and its start: LSTM $b_f=1$, GRU chrono ..."""
    name, rule = SYMBOLS[settings["cell"]].label, settings.get("bias", {})
    if settings["cell"].startswith("rnn"):
        return f"{name} $g={settings.get('gain', 1):g}$" + (" $N$" if settings.get("recurrent") == "gaussian" else "")
    rules = {"log": r" $b_f=\log(T-1)$", "chrono": " chrono"}
    return name + (rules[rule] if isinstance(rule, str) else "".join(f" ${key}={value:g}$" for key, value in rule.items()))


def spread(count):
    """Offsets from -1 to 1 for the dots of `count` seeds, so that equal values stand side by side."""
    return np.linspace(-1, 1, count) if count > 1 else np.zeros(1)


def race_explorer(results):
    """Updates until a task is solved, for every length and start: `(fig, update)` with update(task).

    `results` maps the name of a task to the list of `Record` of its experiment; the starts are the same in all of them.
    """
    names = list(dict.fromkeys(start_name(record.settings) for record in next(iter(results.values()))))
    most = max(record.settings["updates"] for records in results.values() for record in records)
    never, lengths = 2 * most, {task: sorted({r.settings["T"] for r in records}) for task, records in results.items()}
    with mpl.rc_context(RC):
        fig, ax = plt.subplots(figsize=(6, 3.8))
        dots = []
        for k, name in enumerate(names):
            colour = next(
                SYMBOLS[r.settings["cell"]].colour for r in next(iter(results.values())) if start_name(r.settings) == name
            )
            filled = {"markerfacecolor": colour if k % 2 else PAPER, "markeredgecolor": colour}
            dots += ax.plot([], [], MARKERS[k], color=colour, markersize=4.5, label=name, **filled)
        ax.axhline(never, color=INK, linewidth=0.6, linestyle=":")
        ax.set(yscale="log", ylim=(30, 1.4 * never), xlabel="$T$", ylabel="$k$")
        ticks = [50, 100, 200, 500, 1000, 2000]
        ax.yaxis.set(major_locator=FixedLocator([*ticks, never]), minor_locator=NullLocator())
        ax.set_yticklabels([*map(str, ticks), "∞"])
        fig.legend(loc="outside upper center", ncols=3)

    def update(task):
        for k, (name, line) in enumerate(zip(names, dots, strict=True)):
            x, y = [], []
            for record in results[task]:
                if start_name(record.settings) == name:
                    place = lengths[task].index(record.settings["T"]) + 0.16 * (k - (len(names) - 1) / 2)
                    x += list(place + 0.06 * spread(len(record.outcomes)))
                    y += [outcome["solved_at"] or never for outcome in record.outcomes]
            line.set_data(x, y)
        ax.set_xlim(-0.5, len(lengths[task]) - 0.5)
        ax.set_xticks(range(len(lengths[task])), list(map(str, lengths[task])))

    return fig, update


def seeds_explorer(groups, xlabel, *, limits=(0, 1), chance=None):
    """One value a seed for every start: `(fig, update)` with update(of).

    `groups` maps a value of the choice `of` to a dictionary {name of a start: values (seeds,)}, with the same names in each.
    Dots are seeds, the bar their median; `chance` is the value of guessing, dashed.
    """
    names = list(next(iter(groups.values())))
    with mpl.rc_context(RC):
        fig, ax = plt.subplots(figsize=(6, 0.9 + 0.3 * len(names)))
        dots = [ax.plot([], [], "o", color=SYMBOLS["C"].colour, markersize=4, alpha=0.7)[0] for _ in names]
        bars = [ax.plot([], [], "|", color=SYMBOLS["delta"].colour, markersize=15, markeredgewidth=2.5)[0] for _ in names]
        if chance is not None:
            ax.axvline(chance, color=INK, linewidth=1, linestyle="--")
        margin = 0.03 * (limits[1] - limits[0])
        ax.set(xlim=(limits[0] - margin, limits[1] + margin), ylim=(len(names) - 0.5, -0.5), xlabel=xlabel)
        ax.set_yticks(range(len(names)), names)
        ax.grid(axis="y")

    def update(of):
        for k, (name, values) in enumerate(groups[of].items()):
            shown = np.clip(values, *limits)
            dots[k].set_data(shown, k + 0.25 * spread(len(shown)))
            bars[k].set_data([np.median(shown)], [k])
            assert name == names[k]

    return fig, update


def score_explorer(records, chance):
    """The score against the updates, a line a seed: `(fig, update)` with update(T, start).

    `records` is the list of `Record` of one experiment over lengths and starts, `chance` the score of guessing, dashed.
    A run that has solved its task ends; its last score is carried on as a thin line.
    """
    by = {(record.settings["T"], start_name(record.settings)): record for record in records}
    seeds = max(len(record.outcomes) for record in records)
    most, every = records[0].settings["updates"], records[0].settings["every"]
    with mpl.rc_context(RC):
        fig, ax = plt.subplots(figsize=(6, 3))
        lines = [ax.plot([], [], color=SYMBOLS["C"].colour, linewidth=1.4, alpha=0.75)[0] for _ in range(seeds)]
        rests = [ax.plot([], [], color=SYMBOLS["C"].colour, linewidth=0.6, alpha=0.75)[0] for _ in range(seeds)]
        ax.axhline(chance, color=INK, linewidth=1, linestyle="--")
        ax.set(xlim=(0, most), ylim=(0, 1.03), xlabel="$k$", ylabel="score")

    def update(T, start):
        for line, rest, outcome in zip(lines, rests, by[T, start].outcomes, strict=True):
            scores = np.array(outcome["scores"])
            k = every * np.arange(1, len(scores) + 1)
            line.set_data(k, scores)
            rest.set_data([k[-1], most], scores[[-1, -1]])

    return fig, update


def gates_explorer(films, gates):
    """The gates of a network over one sequence while it learns: `(fig, update)` with update(k).

    `films` maps the number k of updates to a `Step` of arrays (T, n) and the probabilities (C,) of the answer. Each gate of
    `gates` is a map, units downwards, time to the right, 0 clear and 1 full; on the right the answer, the right class first.
    """
    first, p = next(iter(films.values()))
    T, n = getattr(first, gates[0]).shape
    with mpl.rc_context(RC):
        fig, axes = plt.subplots(1, len(gates) + 1, figsize=(6, 2.6), width_ratios=[3] * len(gates) + [1])
        maps = []
        for ax, gate in zip(axes, gates, strict=False):
            look = {"cmap": shade(SYMBOLS[gate].colour), "vmin": 0, "vmax": 1, "aspect": "auto"}
            maps.append(ax.imshow(np.zeros((n, T)), extent=(0.5, T + 0.5, n - 0.5, -0.5), **look))
            ax.set(xlabel="$t$", yticks=[])
            ax.text(0.5, 1.03, SYMBOLS[gate].label, transform=ax.transAxes, ha="center", color=SYMBOLS[gate].colour, size=13)
        bars = axes[-1].bar(range(len(p)), p, color=SYMBOLS["y_hat"].colour)
        axes[-1].set(ylim=(0, 1), xticks=[], yticks=[0, 1])
        axes[-1].text(
            0.5, 1.03, SYMBOLS["y_hat"].label, transform=axes[-1].transAxes, ha="center", color=SYMBOLS["y_hat"].colour, size=13
        )

    def update(k):
        step, p = films[k]
        for image, gate in zip(maps, gates, strict=True):
            image.set_data(getattr(step, gate).T)
        for bar, height in zip(bars, p, strict=True):
            bar.set_height(height)

    return fig, update


def speed_picture(ratios):
    """How many times faster than each rival: `fig`. `ratios` maps a row's name to a dictionary {rival: ratio}."""
    rivals = list(next(iter(ratios.values())))
    with mpl.rc_context(RC):
        fig, ax = plt.subplots(figsize=(6, 0.8 + 0.3 * len(ratios)))
        for k, rival in enumerate(rivals):
            values = [row[rival] for row in ratios.values()]
            ax.semilogx(values, range(len(values)), MARKERS[k], markersize=7, fillstyle="none" if k else "full", label=rival)
        ax.axvline(1, color=INK, linewidth=1, linestyle="--")
        ax.set_yticks(range(len(ratios)), list(ratios))
        ax.set(ylim=(len(ratios) - 0.5, -0.5), xlabel=r"$\times$")
        ax.grid(axis="y")
        fig.legend(loc="outside upper center", ncols=len(rivals))
    return fig
