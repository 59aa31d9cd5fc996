"""One colour, one label and one name for every symbol, and the look that all pictures share.

Seven hues stay apart for every eye (see `HUES`), so a colour stands for a *role*: what comes in, what is kept, what is
proposed, and each of the gates. Whatever is drawn in `INK` or `PAPER` takes the page's own colours, light or dark.

The style of a picture:

- Ink on paper. One thing is the subject, and has a colour; what it is held against is slate, dashed or thin.
- A symbol has its own colour wherever it stands, and a dash besides, for those who do not see the colour.
- Letters are ink: the hues are made for lines, not for small print. A sample of the line stands before its name.
- Axes are quiet: a line below, ticks below, faint lines across; nothing at the left but numbers, with room to the data.
- Axes are named in words, the symbol beside them, where one reads: over the upper left corner and under the lower right one
  (`figures.shared.axes.name_axes`). Nothing is written upright.
- Up to five lines are named at their ends (`figures.shared.lines.name_lines`); more of them, or such as end together, have a
  legend above. Words come from `words`, so that the other edition has them too.
- A phone shows all of it: a picture is `WIDTH` wide, and no letter has less than 10 points, an index neither (`points`). Two
  panels share 6 inches; a phone shows them one below the other, half as wide, so there an index may have 7.
"""

import contextlib
import re
from typing import NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
from cycler import cycler
from explorables import INK, PAPER
from matplotlib.axis import Axis

from unrolled.words import say

# Each hue has a contrast of 3:1 or more on white and on both dark backgrounds of the theme, and every two of them differ
# by 0.12 or more in OKLab, for normal sight as for protanopes and deuteranopes. tests/test_style.py computes both.
HUES = {
    "blue": "#1f69ff",
    "crimson": "#d10023",
    "green": "#00a388",
    "orange": "#e07000",
    "sky": "#4d96e0",
    "teal": "#007562",
    "slate": "#4266ae",
}


class Symbol(NamedTuple):
    """How one symbol looks and is called wherever it turns up."""

    colour: str  # "#rrggbb"
    label: str  # for a picture or a page: TeX between dollars, or a name that needs no translation
    name: str  # in words, as the text calls it
    dash: object = "-"  # matplotlib's line style, so that curves can be told apart without colour


def _symbol(hue, label, name, dash="-"):
    return Symbol(HUES[hue], label, name, dash)


# Keys are the names in the code: the fields of `Step` and `Params`, the names of the cells.
SYMBOLS = {
    # what flows
    "x": _symbol("slate", "$x_t$", "input"),
    "h": _symbol("teal", "$h_t$", "hidden state"),
    "s": _symbol("teal", "$s_t$", "hidden state"),
    "C": _symbol("blue", "$C_t$", "cell state"),
    "C_tilde": _symbol("sky", r"$\tilde{C}_t$", "candidate"),
    "h_tilde": _symbol("sky", r"$\tilde{h}_t$", "candidate"),
    "s_tilde": _symbol("sky", r"$\tilde{s}_t$", "candidate"),
    "N": _symbol("blue", "$N_t$", "sum of the weights in $C_t$", ":"),
    "u": _symbol("teal", "$u_t$", "real part of the state"),
    "v": _symbol("sky", "$v_t$", "imaginary part of the state"),
    "k": _symbol("orange", "$k_t$", "key"),
    "y": _symbol("green", "$y_t$", "target"),
    "y_hat": _symbol("orange", r"$\hat{y}_t$", "prediction"),
    # the gates
    "f": _symbol("crimson", "$f_t$", "forget gate"),
    "i": _symbol("green", "$i_t$", "input gate"),
    "o": _symbol("orange", "$o_t$", "output gate"),
    "z": _symbol("crimson", "$z_t$", "update gate"),
    "r": _symbol("orange", "$r_t$", "reset gate"),
    # the parameters take the colour of what they act on
    "U": _symbol("slate", "$U$", "input weights"),
    "W": _symbol("teal", "$W$", "recurrent weights"),
    "p": _symbol("blue", "$p$", "peephole weights"),
    "V": _symbol("orange", "$V$", "output weights"),
    "b": _symbol("green", "$b$", "bias"),
    # the loss and its gradient
    "E": _symbol("orange", "$E_t$", "loss"),
    "delta": _symbol("crimson", r"$\delta_t$", "gradient"),
    "J": _symbol("crimson", "$J_t$", "Jacobian"),
    "bound": _symbol("slate", r"$(\gamma\,\Vert W\Vert)^n$", "bound", "--"),
    "direct": _symbol("sky", r"$\prod f_t$", "direct path", ":"),
    # the cells
    "rnn": _symbol("crimson", "RNN tanh", "RNN with tanh"),
    "rnn_relu": _symbol("orange", "RNN ReLU", "RNN with ReLU", (0, (4, 1, 1, 1))),
    "rnn_sigmoid": _symbol("teal", r"RNN $\sigma$", "RNN with sigmoid", (0, (1, 1))),
    "residual": _symbol("sky", "RNN $+$", "residual RNN", (0, (4, 1, 1, 1, 1, 1))),
    "lstm": _symbol("blue", "LSTM", "LSTM", (0, (7, 1))),
    "lstm_1997": _symbol("orange", "LSTM 1997", "LSTM of 1997, without a forget gate", (0, (4, 1, 1, 1))),
    "peephole": _symbol("teal", "LSTM peephole", "LSTM with peepholes", (0, (1, 1))),
    "coupled": _symbol("crimson", "LSTM coupled", "LSTM with coupled gates"),
    "gru": _symbol("green", "GRU", "GRU", (0, (3, 1))),
    "gru_reset_after": _symbol("orange", "GRU reset after", "GRU with the reset after the product", (0, (4, 1, 1, 1))),
    # what came after
    "layer_norm": _symbol("orange", "layer norm", "RNN with layer normalisation", (0, (4, 1, 1, 1))),
    "pre_norm": _symbol("teal", "residual stream", "residual RNN with its norm inside the branch", (0, (4, 1, 1, 1, 1, 1))),
    "orthogonal": _symbol("orange", "orthogonal", "orthogonal network", (0, (4, 1, 1, 1))),
    "min_gru": _symbol("orange", "minimal GRU", "minimal GRU", (0, (4, 1, 1, 1))),
    "slstm": _symbol("teal", "sLSTM", "LSTM with an exponential gate and a normaliser", (0, (4, 1, 1, 1, 1, 1))),
    "diagonal_ssm": _symbol("slate", "diagonal state space", "diagonal state-space model", (0, (4, 1, 1, 1))),
    "delta_rule": _symbol("orange", "delta rule", "delta rule, one row of its matrix", (0, (4, 1, 1, 1))),
    "gated_delta": _symbol("teal", "gated delta rule", "gated delta rule, one row of its matrix", (0, (4, 1, 1, 1, 1, 1))),
    "selective_ssm": _symbol("slate", "selective state space", "selective state-space model", (0, (4, 1, 1, 1))),
    "hybrid": _symbol("orange", "hybrid", "recurrent layers and attention", (0, (4, 1, 1, 1))),
    "attention": _symbol("orange", "attention", "causal attention", (0, (4, 1, 1, 1))),
}


def line(key):
    """Keyword arguments for `Axes.plot`: the colour, line style and label of a symbol.

    >>> line("gru")["label"]
    'GRU'
    """
    symbol = SYMBOLS[key]
    return {"color": symbol.colour, "linestyle": symbol.dash, "label": say(symbol.label)}


def names(keys):
    """What symbols are called, {key: words} in the language that is spoken: `texts` for a menu of cells or of their parts.

    >>> names(["f", "rnn_sigmoid"])
    {'f': 'forget gate', 'rnn_sigmoid': 'RNN σ'}
    """
    texts = {key: SYMBOLS[key].name if SYMBOLS[key].label.startswith("$") else SYMBOLS[key].label for key in keys}
    return {key: say(text).replace("$", "").replace(r"\sigma", "σ") for key, text in texts.items()}


WIDTH = 4.4  # inches: 10 points, the least letters, are 11 pixels where a phone shows all of it; two panels are 6 inches wide
INDEXED = 14.3  # points: then an index, seven tenths of its letter, has 10


def points(text, size, fig):
    """How large to set a text among others of `size` points: a formula so that its index is no smaller than they are. Panels,
    which a phone shows larger, need no more for it than the names of their axes.
    """
    indexed = text.startswith("$") and re.search("[_^]", text)
    if fig.get_figwidth() > WIDTH:
        return max(size, plt.rcParams["axes.labelsize"]) if indexed else size
    return INDEXED if indexed else size


RC = {
    # the page's own colours
    **dict.fromkeys(
        [
            "text.color",
            "axes.edgecolor",
            "axes.labelcolor",
            "xtick.color",
            "ytick.color",
            "grid.color",
            "hatch.color",
            "patch.edgecolor",
            "legend.edgecolor",
            "boxplot.boxprops.color",
            "boxplot.capprops.color",
            "boxplot.flierprops.color",
            "boxplot.medianprops.color",
            "boxplot.whiskerprops.color",
        ],
        INK,
    ),
    **dict.fromkeys(["figure.facecolor", "axes.facecolor", "savefig.facecolor"], "none"),
    **dict.fromkeys([f"axes3d.{axis}axis.panecolor" for axis in "xyz"], (0.5, 0.5, 0.5, 0.08)),
    "legend.facecolor": PAPER,
    "legend.frameon": False,
    "figure.figsize": (WIDTH, 3),
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.hspace": 0.09,  # what is named under a panel stays clear of the name of the next
    "font.size": 11,
    "axes.labelsize": 11,
    "axes.titlesize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "stix",
    "axes.formatter.use_mathtext": True,
    # quiet axes
    "axes.prop_cycle": cycler(color=list(HUES.values())),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "ytick.major.size": 0,
    "ytick.minor.size": 0,
    "ytick.major.pad": 6,
    "xtick.major.pad": 4,
    "grid.alpha": 0.15,
    "lines.linewidth": 2,
    "image.interpolation": "none",
}


@contextlib.contextmanager
def look():
    """The book's look, as a context or a decorator of each function that draws: a reader's own settings stay as they are.

    >>> with look():
    ...     print(mpl.rcParams["lines.linewidth"])
    2.0
    """
    others = set(plt.get_fignums())
    with mpl.rc_context(RC):
        yield
        # matplotlib makes ticks when they are first drawn, in whatever style is in force then; all others copy the first
        for number in set(plt.get_fignums()) - others:
            for axis in plt.figure(number).findobj(Axis):
                axis.get_major_ticks(1)
                axis.get_minor_ticks(1)
