"""Whether a gradient arrives: what is left of it over the whole of a sequence, before training, against the length."""

import matplotlib.pyplot as plt

from unrolled import style
from unrolled.figures.shared.axes import POWERS, name_axes
from unrolled.figures.shared.lines import name_lines


def arrival_explorer(norms):
    """LSTMs of several biases and a plain network: `(fig, update)` with update(gain).

    `norms` is a dict {(gain, T): log10 of what is left with b_f = 0, 1, 4 and log(T - 1), and in the plain network}.
    """
    lengths = sorted({T for _, T in norms})
    hues, dashes = ("sky", "blue", "slate", "teal", "crimson"), (":", "-.", "--", "-", (0, (4, 1, 1, 1, 1, 1)))
    names = "bias 0", "bias 1", "bias 4", "bias log(T−1)", "plain network"
    alike = {3: {"linewidth": 5, "alpha": 0.45}, 2: {"zorder": 3}}  # biases 4 and log(T - 1) come to the same: both are seen
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 3.2))
        ax.axhline(0, color=style.INK, linewidth=0.6)
        lines = [
            ax.plot([], [], color=style.HUES[hue], linestyle=dash, marker=".", **alike.get(k, {}))[0]
            for k, (hue, dash) in enumerate(zip(hues, dashes, strict=True))
        ]
        ax.set(xlim=(min(lengths) - 2, max(lengths) + 2), ylim=(-26, 4), xticks=lengths)
        ax.yaxis.set_major_formatter(POWERS)
        name_axes(ax, ("length", "$T$"), ("what is left of the gradient", r"$\Vert J_T \cdots J_1\Vert$"))
        name_ends = name_lines(ax, dict(zip(lines, names, strict=True)))

    def update(gain):
        for k, line in enumerate(lines):
            line.set_data(lengths, [norms[gain, T][k] for T in lengths])
        name_ends()

    return fig, update
