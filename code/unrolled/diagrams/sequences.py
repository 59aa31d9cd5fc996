"""A network over time: rolled and unrolled, near and far, the losses, and the way the gradient takes back.

Every `draw_...` takes `ax`, the axes to draw into (a new figure by default), and returns a `Drawing`. Its parts are the
nodes, "x_1", "s_3", "E_4" and so on; a line belongs to the node it leads to.
"""

import numpy as np

from unrolled.diagrams.kit import LABEL, NUMBER, box, canvas, focus, text, wire
from unrolled.style import INK, SYMBOLS, look

PITCH, RISE = 1.6, 1.75  # from step to step, and from the state up to the output or down to the input
WIDE = 2.4  # from step to step where the lines carry labels
NODE, LONG = 0.42, 0.6  # half the size of a node, and half the width of one with a long label


def _colour(key):
    return SYMBOLS[key].colour


def _half(name):
    """Half the width of the node of a vector at a step of this name."""
    return LONG if len(str(name)) > 1 else NODE


def _node(d, of, at, key, letter, name):
    """A vector as a round node."""
    box(d, of, at, _colour(key), 2 * _half(name), 2 * NODE, corner=NODE)
    text(d, of, at, f"${letter}_{{{name}}}$" if str(name) else f"${letter}$")


def _step(d, x, name):
    """One step of a chain at `x`: an input, the loop body A, the state that it hands out."""
    box(d, f"A_{name}", (x, 0), INK, 1.1, 1.1, tint=0.08)
    text(d, f"A_{name}", (x, 0.14), "$A$", size=15)
    text(d, f"A_{name}", (x, -0.3), "$U\\,W\\,b$", size=NUMBER)
    _node(d, f"x_{name}", (x, -RISE), "x", "x", name)
    _node(d, f"s_{name}", (x, RISE), "s", "s", name)
    wire(d, f"x_{name}", [(x, -RISE + NODE), (x, -0.55)], _colour("x"))
    wire(d, f"s_{name}", [(x, 0.55), (x, RISE - NODE)], _colour("s"))


def _chain(d, names, left=0):
    """Steps from `left` on, one for each of `names`; "…" leaves some out."""
    for k, name in enumerate(names):
        x = left + k * PITCH
        if name == "…":
            text(d, f"A_{names[k + 1]}", (x, 0), r"$\cdots$", size=18)
            text(d, f"A_{names[k + 1]}", (x, -RISE), r"$\cdots$", size=18)
        else:
            _step(d, x, name)
        if k:
            start = x - PITCH + (0.3 if names[k - 1] == "…" else 0.55)
            wire(
                d,
                f"A_{name if name != '…' else names[k + 1]}",
                [(start, 0), (x - (0.3 if name == "…" else 0.55), 0)],
                _colour("s"),
            )


def _rolled(d):
    """The network as one step with a loop; the square delays by one step."""
    _step(d, 0, "t")
    loop = [(0.55, 0), (1.05, 0), (1.05, 0.8), (-1.05, 0.8), (-1.05, 0), (-0.55, 0)]
    wire(d, "A_t", loop, _colour("s"), hops=[(0, 0.8)])
    box(d, "A_t", (-1.05, 0.42), _colour("s"), 0.26, 0.26, tint=1, corner=0.04)
    text(d, "A_t", (-1.6, 0.42), "$s_{t-1}$")


@look()
def draw_rolled(ax=None):
    """The rolled network: the state goes round a loop, which delays it by one step."""
    d = canvas((-3.2, 3.2), (-2.3, 2.3), ax)
    _rolled(d)
    return d


@look()
def draw_unrolled(ax=None):
    """The rolled network equals a chain of steps with the same parameters."""
    d = canvas((-2.15, 9.6), (-2.3, 2.3), ax)
    _rolled(d)
    text(d, "A_1", (1.6, 0), "$=$", size=20)
    _node(d, "s_0", (2.6, 0), "s", "s", 0)
    wire(d, "A_1", [(2.6 + NODE, 0), (4 - 0.55, 0)], _colour("s"))
    _chain(d, [1, 2, "…", "t"], left=4)
    return d


@look()
def draw_short_gap(ax=None):
    """State 4 needs the inputs 1 and 2: a short way."""
    d = canvas((-0.8, 4 * PITCH + 0.8), (-2.3, 2.3), ax)
    _chain(d, range(1, 6))
    focus(d, {"x_1", "x_2", "A_1", "A_2", "A_3", "A_4", "s_4"})
    return d


@look()
def draw_long_gap(norms=None, ax=None):
    """State t+1 needs the inputs 1 and 2: a long way.

    `norms` are ‖∂s_{t+1}/∂x_k‖ for the lags n = t + 1 - k = 0, 1, 2, ..., to be drawn below on a logarithmic axis.
    """
    low = -2.3 if norms is None else -7.7
    d = canvas((-0.6, 6 * PITCH + 0.75), (low, 2.3), ax)
    _chain(d, [1, 2, 3, "…", "t", "t+1", "t+2"])
    focus(d, {"x_1", "x_2", "A_1", "A_2", "A_3", "A_t", "A_t+1", "s_t+1"})
    if norms is not None:
        panel = d.ax.inset_axes((2, -6.1, 7.6, 3.1), transform=d.ax.transData)
        panel.semilogy(norms, color=_colour("delta"), marker="o", markersize=3)
        panel.set(xlabel="$n = t + 1 - k$", ylabel=r"$\Vert\partial s_{t+1}/\partial x_k\Vert$")
        panel.yaxis.label.set_size(LABEL)
        panel.tick_params(labelsize=12)  # the exponents are smaller still
        panel.grid(visible=True, axis="y")
        panel.set(xlim=(len(norms), -1), xticks=range(0, len(norms), 10), yticks=10.0 ** np.arange(-6, 1, 3))
        panel.minorticks_off()
    return d


def _weighted(d, x, when):
    """One step at `x` with the names of its weights: x, then U, then s, then V, then ŷ."""
    for height, key, label in (-RISE, "x", "x"), (0, "s", "s"), (RISE, "y_hat", r"\hat{y}"):
        _node(d, f"{key}_{when}", (x, height), key, label, when)
    for start, key, to in (-RISE, "U", "s"), (0, "V", "y_hat"):
        wire(d, f"{to}_{when}", [(x, start + NODE), (x, start + RISE - NODE)], _colour(key))
        text(d, f"{to}_{when}", (x + 0.32, start + 0.55 * RISE), f"${key}$")


@look()
def draw_weights(ax=None):
    """The network with its weights, rolled and unfolded over three steps: U, W and V are the same at each."""
    d = canvas((-1.55, 9.45), (-2.3, 2.3), ax)
    _weighted(d, 0, "")
    wire(d, "s_", [(NODE, 0), (0.85, 0), (0.85, 0.66), (-0.85, 0.66), (-0.85, 0), (-NODE, 0)], _colour("W"), hops=[(0, 0.66)])
    box(d, "s_", (-0.85, 0.33), _colour("W"), 0.26, 0.26, tint=1, corner=0.04)
    text(d, "s_", (-1.25, 0.33), "$W$")
    text(d, "", (1.95, 0), r"$\Rightarrow$", size=26)
    before = 2.7
    for x, when in (3.9, "t-1"), (5.9, "t"), (7.9, "t+1"):
        _weighted(d, x, when)
        wire(d, f"s_{when}", [(before, 0), (x - _half(when), 0)], _colour("W"))
        text(d, f"s_{when}", ((before + x - _half(when)) / 2 - 0.05, 0.35), "$W$")
        before = x + _half(when)
    wire(d, "", [(before, 0), (9.4, 0)], _colour("W"))
    text(d, "", (before + 0.42, 0.35), "$W$")
    return d


def _forward(d):
    """The start s_0 and four steps with their inputs and losses."""
    _node(d, "s_0", (0, 0), "s", "s", 0)
    for k in range(1, 5):
        x = k * WIDE
        _node(d, f"s_{k}", (x, 0), "s", "s", k)
        text(d, f"x_{k}", (x, -RISE), f"$x_{k}$")
        text(d, f"E_{k}", (x, RISE), f"$E_{k}$")
        wire(d, f"s_{k}", [(x - WIDE + NODE, 0), (x - NODE, 0)], _colour("s"))
        wire(d, f"s_{k}", [(x, -RISE + 0.32), (x, -NODE)], _colour("x"))
        wire(d, f"E_{k}", [(x, NODE), (x, RISE - 0.32)], _colour("E"))


@look()
def draw_losses(ax=None):
    """Every step has its own loss."""
    d = canvas((-1.05, 4 * WIDE + 0.75), (-2.15, 2.15), ax)
    _forward(d)
    return d


@look()
def draw_bptt(norms=None, ax=None):
    """The way of the gradient of E_3, from the loss back to each state, the start included, and each input.

    `norms`, four numbers, are ‖∂E_3/∂s_k‖ for k = 0..3: see `widen`. The parts "grad_s_3" ... "grad_s_0" are the arrows that
    bring the gradient to a state, "grad_x_3" ... "grad_x_1" those to an input.
    """
    d = canvas((-1.05, 4 * WIDE + 0.75), (-2.15, 2.15), ax)
    _forward(d)
    red, off = _colour("delta"), 0.2
    x = 3 * WIDE + off
    wire(d, "grad_s_3", [(x, RISE - 0.32), (x, NODE - 0.05)], red)
    text(d, "grad_s_3", (x + 0.22, RISE / 2), r"$\partial E_3/\partial s_3$", ha="left")
    for k in range(4):
        x = k * WIDE
        if k < 3:
            wire(d, f"grad_s_{k}", [(x + WIDE - NODE + 0.05, off), (x + NODE - 0.05, off)], red)
            text(d, f"grad_s_{k}", (x + WIDE / 2, off + 0.4), rf"$\partial s_{k + 1}/\partial s_{k}$")
        if k > 0:
            wire(d, f"grad_x_{k}", [(x + off, -NODE + 0.05), (x + off, -RISE + 0.32)], red)
        d.numbers[f"norm_{k}"] = text(d, f"grad_s_{k}", (x - 0.2, -0.72), "", size=NUMBER, ha="right"), 1, ""
    if norms is not None:
        widen(d, norms)
    return d


def widen(d, norms):
    """Give each backward arrow of `draw_bptt` a width in proportion to its norm, in place, and write the norm beside it.

    Raises `ValueError` unless `norms` holds four finite numbers that are not negative.
    """
    norms = np.asarray(norms, float)
    if norms.shape != (4,) or not np.all(np.isfinite(norms)) or np.any(norms < 0):
        raise ValueError(f"norms must hold four finite numbers >= 0, got {norms}")
    for k, norm in enumerate(norms):
        d.parts[f"grad_s_{k}"][0].set_linewidth(0.5 + 5 * norm / max(norms.max(), np.finfo(float).tiny))
        d.numbers[f"norm_{k}"][0].set_text(f"{norm:#.2g}")
