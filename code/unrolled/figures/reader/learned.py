"""How the networks that read this book learned, and from how far back they take what they know."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled.figures.shared.axes import POWERS, name_axes
from unrolled.figures.shared.lines import name_lines
from unrolled.style import HUES, INK, line, look

NAMES = {"rnn": "RNN tanh", "lstm": "LSTM", "chrono": "LSTM chrono"}
LINES = {
    "rnn": line("rnn"),
    "lstm": line("lstm"),
    "chrono": {"color": HUES["green"], "linestyle": (0, (3, 1))},
}


def curves_picture(outcomes, by_counting):
    """Bits a letter on the chapter that says when to stop, while three networks learn; `by_counting` (bits) as a thin line.

    `outcomes` maps an arm to one of its outcomes, as `reading.recorded` gives them.
    """
    with look():
        fig, ax = plt.subplots()
        lines = {}
        for arm, outcome in outcomes.items():
            updates, _, bits = np.array(outcome["curve"]).T
            (lines[arm],) = ax.plot(updates, bits, **LINES[arm])
        last = updates[-1]
        (counting,) = ax.plot([0, last], [by_counting] * 2, color=INK, linewidth=1, linestyle=":")
        lowest = min(by_counting, *(min(bits for *_, bits in outcome["curve"]) for outcome in outcomes.values()))
        ax.set(xlim=(0, last), ylim=(lowest - 0.1, lowest + 1.1))
        name_axes(ax, "updates", "bits a letter")
        name_lines(ax, {lines[arm]: NAMES[arm] for arm in lines} | {counting: "5-gram"})()
    return fig


def distance_picture(outcomes):
    """What a letter does to the guess, beside what the last letter does to it, by how many letters lie between."""
    with look():
        fig, ax = plt.subplots()
        lines = {}
        for arm, outcome in outcomes.items():
            reach = outcome["reach"]
            (lines[arm],) = ax.plot(np.arange(1, len(reach) + 1), reach, **LINES[arm])
        ax.axhline(-2, color=INK, linewidth=0.6, linestyle=":")
        ax.set(xlim=(1, len(reach)), ylim=(-6, 0.3))
        ax.yaxis.set_major_formatter(POWERS)
        name_axes(ax, "letters back", "what is left of the gradient")
        name_lines(ax, {lines[arm]: NAMES[arm] for arm in lines})()
    return fig
