"""What is known of a run before its first update, and how soon it changes: its names, what can be read, what one update moves."""

import re
from functools import partial

import matplotlib.pyplot as plt
import numpy as np

from unrolled.experiments import one
from unrolled.figures.shared.axes import POWERS, name_axes
from unrolled.figures.shared.called import called
from unrolled.style import INK, SYMBOLS, WIDTH, look
from unrolled.through_time import unroll
from unrolled.training import states, train
from unrolled.words import say, spoken

KINDS = {"gaussian": "Gaussian matrix", "orthogonal": "orthogonal matrix", "identity": "unit matrix"}
BIASES = {"log": r"\log(T-1)", "-log": r"-\log(T-1)", "spread": r"\log\,u", "-spread": r"-\log\,u"}


def arm_of(settings):
    """A cell and its biases as a key: "LSTM b_f=1", "GRU chrono" ..."""
    name, biases = SYMBOLS[settings["cell"]].label, settings.get("bias", {})
    if "-spread" in biases.values():
        return f"{name} chrono"
    key = name + "".join(f" {bias}={BIASES.get(value) or format(value, 'g')}" for bias, value in biases.items())
    return key.replace("\\,", " ").replace("\\", "")


def comma():
    """Between the parts of a name, in the language that pictures speak."""
    return "，" if spoken() == "zh" else ", "


def start_name(settings):
    """How a table calls a cell and its biases: "LSTM, $b_f=1$", "GRU, chrono biases" ..."""
    name, biases = called(settings["cell"]), settings.get("bias", {})
    if "-spread" in biases.values():
        return f"{name}{comma()}{say('chrono biases')}"
    return comma().join([name, *(f"${key}={BIASES.get(value) or format(value, 'g')}$" for key, value in biases.items())])


def in_words(name):
    """How a picture calls what a table calls "LSTM, $b_f=1$": "LSTM, bias 1". The index of a formula is small print.

    >>> in_words("LSTM, $b_f=-1$, $g=2$")
    'LSTM, bias −1, g = 2'
    """
    plain = re.sub(r"\$b_\w=(.*?)\$", lambda bias: say("bias {}").format(bias[1]), name)
    named = re.sub(r"\s*=\s*", " = ", plain.replace("$", "")).replace("\\", "").replace("-", "−")
    return named.replace(", ", comma())


def weights_name(settings):
    """How a picture or a table calls the start of W: its kind and its gain."""
    kind = settings.get("recurrent", "orthogonal")
    return say(KINDS[kind]) + (f"{comma()}g = {settings.get('gain', 1):g}" if kind != "identity" else "")


def readable(settings, seed, count=1024):
    """How much of the answer the last state of an untrained network tells: the share that a linear readout gets right.

    The readout is fitted by least squares to `count` sequences, and judged on as many others.
    """
    model, rng = one.network(settings, np.random.default_rng([seed, 0])), np.random.default_rng([seed, 1])
    (H, Y), (H_new, Y_new) = (last_states(model, *one.draw(settings, rng, count)) for _ in range(2))
    V = np.linalg.lstsq(H, Y, rcond=None)[0]
    return float(np.mean((H_new @ V).argmax(axis=1) == Y_new.argmax(axis=1)))


def last_states(model, x, y):
    """The last states with a column of ones (B, n + 1), and what is asked at the last step (B, C)."""
    return np.vstack([states(model, x)[-1], np.ones(x.shape[2])]).T, y[-1].T


def moved_by_one_update(settings, seed, count=256):
    """How far the first update moves what is kept at the end: the mean over `count` sequences of ‖ΔC_T‖, a float.

    Of a cell without C it is the change of its state.
    """
    rng = np.random.default_rng([seed, 0])
    model = one.network(settings, rng)
    x, _ = one.draw(settings, np.random.default_rng([seed, 1]), count)
    how = {name: settings[name] for name in ("rate", "optimiser", "clip")}
    after = train(model, partial(one.draw, settings, B=settings["B"]), rng, updates=1, progress=False, **how).model
    old, new = (getattr(unroll(m.cell, m.p, x), m.cell.State._fields[0])[-1] for m in (model, after))
    return float(np.linalg.norm(new - old, axis=0).mean())


def reach_explorer(curves, every=10):
    """`reach` against the updates: `(fig, update)` with update(arm).

    `curves` maps each arm to a dictionary {label: array (seeds, points)}, with the same labels and shapes in each; thin lines
    are seeds, the thick one is their median.
    """
    first = next(iter(curves.values()))
    k = every * np.arange(next(iter(first.values())).shape[1])
    values = np.concatenate([array.ravel() for of in curves.values() for array in of.values()])
    with look():
        fig, ax = plt.subplots(figsize=(WIDTH, 2.9))
        seeds, medians = {}, {}
        for (label, of_seeds), key, dash in zip(first.items(), ("C", "delta"), ("-", (0, (3, 1))), strict=False):
            drawn = {"color": SYMBOLS[key].colour, "linestyle": dash}
            seeds[label] = ax.plot(k, of_seeds.T, linewidth=0.6, alpha=0.5, **drawn)
            (medians[label],) = ax.plot(k, np.median(of_seeds, axis=0), linewidth=2, label=label, **drawn)
        ax.axhline(0, color=INK, linewidth=0.6)
        ax.set(xlim=(0, k[-1]), ylim=(values.min() - 1, values.max() + 1))
        name_axes(ax, ("updates", "$k$"), ("what is left of the gradient", r"$\Vert J_T \cdots J_2\Vert$"))
        ax.yaxis.set_major_formatter(POWERS)
        fig.legend(loc="outside upper center", ncols=len(first))

    def update(arm):
        for label, of_seeds in curves[arm].items():
            for line, values in zip(seeds[label], of_seeds, strict=True):
                line.set_ydata(values)
            medians[label].set_ydata(np.median(of_seeds, axis=0))

    return fig, update
