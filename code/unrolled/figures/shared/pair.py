"""Two networks and one number: what is left of the gradient of a plain network and of an LSTM. Narrow, for the first pages."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter

from unrolled import style
from unrolled.figures.shared.axes import name_axes
from unrolled.figures.shared.jacobian import cell_norms
from unrolled.figures.shared.lines import name_lines
from unrolled.style import INK
from unrolled.tables import power

PAIR = {"rnn": "plain network", "lstm": "LSTM"}
RAISED = FuncFormatter(lambda exponent, _: power(exponent))  # 10⁻⁶ in letters of the full size, which a phone can show


def pair_norms(*, b_f, gain=(1,), T=60, n=16, seeds=range(3)):
    """log10 ‖J_t ... J_1‖, t = 1..T, of a plain network and of an LSTM that read noise: {(name, gain, b_f): (seeds, T)}."""
    norms = cell_norms(gain=gain, b_f=b_f, input_scale=[1.0], T=T, n=n, seeds=seeds, names=PAIR)
    return {(name, g, b): rows for (name, g, b, _), rows in norms.items()}


def pair_explorer(norms, limits=(-12, 3)):
    """The medians of `pair_norms`, with a band from the least to the largest: `(fig, update)` with update(b_f, gain).

    `limits` are the exponents at the ends of the axis; the gain is the first one by default.
    """
    T = len(next(iter(norms.values()))[0])
    first = next(gain for _, gain, _ in norms)
    t = np.unique(np.linspace(1, T, 21).round().astype(int))
    with style.look():
        fig, ax = plt.subplots(figsize=(4.4, 3.1))
        bands = {name: ax.fill_between(t, 0 * t, color=style.SYMBOLS[name].colour, alpha=0.15, linewidth=0) for name in PAIR}
        lines = {name: ax.plot([], [], **style.line(name) | {"linewidth": 2.5})[0] for name in PAIR}
        ax.axhline(0, color=INK, linewidth=0.6)
        ax.set(xlim=(0, T), ylim=limits, yticks=range(limits[0], limits[1] + 1, 3 if limits[1] - limits[0] < 20 else 6))
        ax.yaxis.set_major_formatter(RAISED)
        name_axes(ax, "step", "what is left of the gradient")
        name = name_lines(ax, {lines[key]: words for key, words in PAIR.items()})

    def update(b_f, gain=first):
        for key, line in lines.items():
            curves = norms[key, gain, b_f][:, t - 1]
            line.set_data(t, np.median(curves, axis=0))
            bands[key].set_data(t, curves.min(axis=0), curves.max(axis=0))
        name()

    return fig, update
