"""A strip of film of which one frame is shown, or that frame and all before it: has B happened since the last A?"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from unrolled import style
from unrolled.figures.shared.film import EVENTS, film_labels
from unrolled.words import say

STRIP = "A···B·····A·B···"


def known(events, t, past):
    """What can be said at frame t = 1..T: +1 found, -1 not found, 0 nothing. From all frames up to t, or from that one alone."""
    if past:
        return int(film_labels(events[:t])[-1])
    return {0: -1, 1: 1, 2: 0}[int(events[t - 1])]


def moment_explorer(strip=STRIP):
    """The strip, one frame of it in view, and the answer: `(fig, update)` with update(t, past), past 0 or 1."""
    events = np.array([EVENTS.index(letter) for letter in strip])
    T = len(events)
    with style.look():
        fig, ax = plt.subplots(figsize=(6, 1.5))
        ax.set(xlim=(0.4, T + 0.6), ylim=(-1.35, 1.05))
        ax.set_axis_off()
        ax.add_patch(Rectangle((0.45, -0.9), T + 0.1, 1.8, facecolor=(style.INK, 0.12), linewidth=0))
        for k in range(4 * T):  # the holes by which a film is moved
            for y in (-0.82, 0.68):
                ax.add_patch(Rectangle((0.56 + k / 4, y), 0.12, 0.14, facecolor=style.PAPER, linewidth=0))
        box = {"width": 0.86, "height": 1.1, "linewidth": 0}
        frames = [ax.add_patch(Rectangle((k + 0.57, -0.55), **box)) for k in range(T)]
        letters = [ax.text(k, 0, "", ha="center", va="center", size=15, weight="bold") for k in range(1, T + 1)]
        here = ax.add_patch(
            Rectangle((0, -0.55), 0.86, 1.1, facecolor="none", edgecolor=style.SYMBOLS["x"].colour, linewidth=2.5)
        )
        answer = ax.text(0, -1.18, "", ha="center", va="center", size=15)

    def update(t, past):
        for k, (frame, letter) in enumerate(zip(frames, letters, strict=True), 1):
            seen = k == t or (past and k < t)
            frame.set_facecolor(style.PAPER if seen else (style.INK, 0.3))
            letter.set_text(EVENTS[events[k - 1]] if seen and events[k - 1] < 2 else "")
        here.set_x(t - 0.43)
        answer.set_text({1: say("found"), -1: say("not found"), 0: "?"}[known(events, t, past)])
        answer.set_x(min(max(t, 1.6), T - 0.6))

    return fig, update
