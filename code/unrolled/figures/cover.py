"""The picture of an explorable in each README: the gate stepper with its controls, drawn as the browser shows them."""

import numpy as np
from matplotlib.patches import Circle, FancyBboxPatch, Polygon, Rectangle

from unrolled import cells
from unrolled.figures.shared.sentence import hand_set
from unrolled.figures.shared.stepper import stepper
from unrolled.style import HUES, INK, PAPER, SYMBOLS, look

ROW = 0.42  # height in inches of a control
SIGNS = {  # what stands on the buttons, in a square of 2 by 2
    "back": ([(0.8, -0.8), (0.8, 0.8), (-0.5, 0)], [(-0.9, -0.8), (-0.9, 0.8), (-0.6, 0.8), (-0.6, -0.8)]),
    "play": ([(-0.7, -0.9), (-0.7, 0.9), (0.8, 0)],),
    "forward": ([(-0.8, -0.8), (-0.8, 0.8), (0.5, 0)], [(0.9, -0.8), (0.9, 0.8), (0.6, 0.8), (0.6, -0.8)]),
}
ALTS = {
    "en": "The gate stepper at the word Boris: the LSTM cell with its update lit and numbers at the wires, the equation of C_t"
    " with its values for two units, all gates so far over the words of a sentence, and two sliders with buttons, for the word"
    " and for the equation.",
    "zh": "门的单步演示，停在“小刚”这个词：LSTM细胞里正在更新的部分亮起，线旁写着数；"
    "下面是C_t的方程和两个单元代入的数，再下面是读到此处各个门的值，最后是两根带按钮的滑块。",
}


def cover(t=5, part="C"):
    """The stepper of the hand-set LSTM at a word and an equation, on paper of its own: a reader's page may be of any colour.

    Its sentence is that of the language that is spoken.
    """
    tokens, x, p = hand_set(cells.lstm)
    fig, update = stepper(cells.lstm, p, x, tokens=tokens)
    update(t, part)
    axes, parts = list(fig.axes), cells.lstm.Step._fields
    width, height = fig.get_size_inches()
    fig.set_size_inches(width, height + 2.5 * ROW)
    share = height / (height + 2.5 * ROW)
    for ax in axes:
        left, bottom, w, h = ax.get_position().bounds
        ax.set_position((left, 1 - (1 - bottom) * share, w, h * share))
    with look():
        fig.set_facecolor(PAPER)
        panel = fig.add_axes((0, 0, 1, 1 - share), xlim=(0, width), ylim=(0, 2.5 * ROW))
        panel.set_axis_off()
        slider(panel, 2 * ROW, "$t$", (t - 1) / (len(x) - 1), str(t))
        slider(panel, ROW, r"$f_t \dots h_t$", parts.index(part) / (len(parts) - 1), SYMBOLS[part].label)
    return fig


def slider(ax, y, label, at, value):
    """A control at the height `y`: its label, its buttons, a range whose knob stands at the share `at`, and its value."""
    ax.text(0.35, y, label, va="center_baseline")
    for k, sign in enumerate(SIGNS):
        x = 1.45 + 0.34 * k
        ax.add_patch(FancyBboxPatch((x - 0.13, y - 0.13), 0.26, 0.26, boxstyle="round,pad=0,rounding_size=0.04", fill=False))
        for corners in SIGNS[sign]:
            ax.add_patch(Polygon((x, y) + 0.07 * np.array(corners), facecolor=INK, edgecolor="none"))
    low, high = 2.55, 5.0
    ax.add_patch(Rectangle((low, y - 0.03), high - low, 0.06, facecolor=(INK, 0.15), edgecolor="none"))
    ax.add_patch(Rectangle((low, y - 0.03), at * (high - low), 0.06, facecolor=HUES["blue"], edgecolor="none"))
    ax.add_patch(Circle((low + at * (high - low), y), 0.08, facecolor=HUES["blue"], edgecolor="none"))
    ax.text(5.35, y, value, va="center_baseline", ha="center")
