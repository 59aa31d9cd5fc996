"""A film in which two things matter, A and B, and a unit that is to say at every moment: has B happened since the last A?

The unit's weights are written down, not learned: A pushes it down, B pushes it up, and W decides whether it stays there.
"""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.axes import name_axes
from unrolled.through_time import unroll
from unrolled.words import say

EVENTS = ("A", "B", "·")  # the dot is a frame in which neither happens
GRAIN = 0.05  # the standard deviation of the noise in every frame


def film_script(T, rng, rate=0.12):
    """Which of `EVENTS` happens in each of T frames: numbers 0, 1, 2 (T,). The first frame is an A."""
    events = rng.choice(3, size=T, p=[rate, rate, 1 - 2 * rate])
    events[0] = 0
    return events


def film_labels(events):
    """+1 in each frame where B has happened since the last A, else -1: (T,). This is what a viewer knows."""
    last = np.maximum.accumulate(np.where(events < 2, np.arange(len(events)), 0))
    return np.where(events[last] == 1, 1, -1)


def film_window(events, k):
    """What the last k frames tell: the label by the last event among them, 0 where they hold neither A nor B: (T,)."""
    t = np.arange(len(events))
    last = np.maximum.accumulate(np.where(events < 2, t, 0))
    return np.where(t - last < k, film_labels(events), 0)


def film_frames(events, rng):
    """What the network sees, x (T, 3): a one in the row of the event, and grain all over the frame."""
    return np.eye(3)[events] + rng.normal(0, GRAIN, (len(events), 3))


def film_unit(w):
    """One tanh unit, `cells.rnn.Params` with n = 1, m = 3: A counts -3, B counts +3, and W = w. Without state, w is 0."""
    return cells.rnn.Params(U=np.array([[-3.0, 3.0, 0.0]]), W=np.array([[float(w)]]), b=np.zeros((1, 1)))


def film_explorer(w, film, T=40, size=(4.4, 2.9)):
    """The unit's state and the right label, frame by frame: `(fig, update)` with update(film, w).

    `film` is a seed, `size` is in inches. The letters are the events, the dashed steps the label y_t, the dots the state s_t; a
    cross is a wrong sign. The count says how many signs are right.
    """
    films = {}
    for seed in film:
        rng = np.random.default_rng(seed)
        events = film_script(T, rng)
        films[seed] = events, film_labels(events), film_frames(events, rng)
    states = {(seed, v): unroll(cells.rnn, film_unit(v), x).s[1:, 0, 0] for seed, (_, _, x) in films.items() for v in w}
    t = np.arange(1, T + 1)
    heights = {seed: 1.18 + 0.2 * _second_of_neighbours(events) for seed, (events, *_) in films.items()}
    with style.look():
        fig, ax = plt.subplots(figsize=size)
        grey = {"color": style.INK, "alpha": 0.6, "linestyle": "--", "linewidth": 1.2}  # what the state is held against
        (label,) = ax.step(t, 0 * t, where="mid", label=say("right label"), **grey)
        (state,) = ax.plot(t, 0 * t, ".-", color=style.SYMBOLS["s"].colour, linewidth=1, markersize=7, label=say("state"))
        (wrong,) = ax.plot([], [], "x", color=style.HUES["crimson"], markersize=7, markeredgewidth=2, label=say("wrong"))
        letters = [ax.text(k, 0, "", ha="center", weight="bold") for k in t]
        count = ax.text(1, 1.02, "", transform=ax.transAxes, ha="right", va="bottom")
        ax.annotate(say("right"), (1, 1.02), (-56, 0), "axes fraction", "offset points", ha="right", va="bottom")
        ax.axhline(0, color=style.INK, linewidth=0.8)
        ax.set(xlim=(0, T + 1), ylim=(-1.25, 1.65), yticks=(-1, 0, 1))
        name_axes(ax, ("frame", "$t$"))
        fig.legend(loc="outside upper left", ncols=3)

    def update(film, w):
        events, y, _ = films[film]
        s = states[film, w]
        right = s * y > 0
        label.set_ydata(y)
        state.set_ydata(s)
        wrong.set_data(t[~right], s[~right])
        for letter, event, height in zip(letters, events, heights[film], strict=True):
            letter.set_text(EVENTS[event] if event < 2 else "")
            letter.set_y(height)
        count.set_text(f"{right.sum()} / {T}")

    update(film[0], w[0])
    return fig, update


def _second_of_neighbours(events):
    """Every second letter of those that stand side by side, (T,), which is to stand higher: they would touch."""
    second = np.zeros(len(events), bool)
    for k in range(1, len(events)):
        second[k] = events[k] < 2 and events[k - 1] < 2 and not second[k - 1]
    return second
