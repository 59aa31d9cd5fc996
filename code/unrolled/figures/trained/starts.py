"""What is known of a run before its first update, and how soon it changes: its name, what reaches the end, what can be read."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled.experiments.one import draw, network, reach
from unrolled.style import INK, SYMBOLS, look
from unrolled.training import states, train

BIASES = {"log": r"\log(T-1)", "-log": r"-\log(T-1)", "spread": r"\log\,U", "-spread": r"-\log\,U"}


def start_name(settings):
    """How a picture calls a cell and its biases: LSTM $b_f=1$, GRU chrono ..."""
    name, biases = SYMBOLS[settings["cell"]].label, settings.get("bias", {})
    if "-spread" in biases.values():
        return f"{name} chrono"
    return name + "".join(f" ${key}={BIASES.get(value) or format(value, 'g')}$" for key, value in biases.items())


def weights_name(settings):
    """How a picture calls the start of W: its gain, with $N$ for a Gaussian matrix and $I$ for the unit matrix."""
    kind = {"gaussian": " $N$", "identity": " $I$"}.get(settings.get("recurrent"), "")
    return f"$g={settings.get('gain', 1):g}$" + kind


def readable(settings, seed, count=1024):
    """How much of the answer the last state of an untrained network tells: the share that a linear readout gets right.

    The readout is fitted by least squares to `count` sequences, and judged on as many others.
    """
    model, rng = network(settings, np.random.default_rng([seed, 0])), np.random.default_rng([seed, 1])
    (H, Y), (H_new, Y_new) = (last_states(model, *draw(settings, rng, count)) for _ in range(2))
    V = np.linalg.lstsq(H, Y, rcond=None)[0]
    return float(np.mean((H_new @ V).argmax(axis=1) == Y_new.argmax(axis=1)))


def last_states(model, x, y):
    """The last states with a column of ones (B, n + 1), and what is asked at the last step (B, C)."""
    return np.vstack([states(model, x)[-1], np.ones(x.shape[2])]).T, y[-1].T


def reach_while_learning(settings, seed, updates, every=10, shuffled=False):
    """`reach` over one sequence, before the first update and after each `every` of them: (updates // every + 1,).

    With `shuffled` each sequence of a batch is given the answer of another, so that there is nothing to learn.
    """
    rng = np.random.default_rng([seed, 0])
    model = network(settings, rng)
    probe, _ = draw(settings, np.random.default_rng([seed, 1]), 1)
    reached = [reach(model, probe)]

    def batch(rng):
        x, y = draw(settings, rng, settings["B"])
        return x, y[:, :, rng.permutation(settings["B"])] if shuffled else y

    def score(model):
        reached.append(reach(model, probe))
        return reached[-1]

    how = {name: settings[name] for name in ("rate", "optimiser", "clip")}
    train(model, batch, rng, updates=updates, every=every, score=score, progress=False, **how)
    return np.array(reached)


def reach_picture(curves, every=10):
    """`reach` against the updates: `fig`. `curves` maps labels to arrays (seeds, points); thin is a seed, thick the median."""
    with look():
        fig, ax = plt.subplots(figsize=(6, 3))
        for (label, of_seeds), key, dash in zip(
            curves.items(), ("C", "delta", "i"), ("-", (0, (3, 1)), (0, (1, 1))), strict=False
        ):
            k, drawn = every * np.arange(of_seeds.shape[1]), {"color": SYMBOLS[key].colour, "linestyle": dash}
            ax.plot(k, of_seeds.T, linewidth=0.6, alpha=0.5, **drawn)
            ax.plot(k, np.median(of_seeds, axis=0), linewidth=2, label=label, **drawn)
        ax.axhline(0, color=INK, linewidth=0.6)
        ax.set(xlabel="$k$", ylabel=r"$\log_{10}\Vert\partial\,state_T/\partial\,state_1\Vert$", xlim=(0, None))
        fig.legend(loc="outside upper center", ncols=len(curves))
    return fig
