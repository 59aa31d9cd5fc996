"""The still pictures of the book: img/<name>.svg comes from FIGURES[name], and its alt text stands beside it."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from unrolled import cells, since
from unrolled.diagrams.basics import draw_gate, draw_legend, draw_slopes
from unrolled.diagrams.cells import (
    draw_coupled,
    draw_gru,
    draw_gru_reset_after,
    draw_lstm,
    draw_lstm_1997,
    draw_min_gru,
    draw_peephole,
    draw_residual,
    draw_rnn,
)
from unrolled.diagrams.later import draw_attention, draw_delta, draw_layer
from unrolled.diagrams.sequences import (
    draw_bptt,
    draw_long_gap,
    draw_losses,
    draw_rolled,
    draw_short_gap,
    draw_unrolled,
    draw_weights,
)
from unrolled.through_time import bptt, init, unroll


class Picture(NamedTuple):
    """A picture of the book."""

    number: int | None  # of the figure that it redraws, among the twenty of the text that the book follows
    draw: Callable  # without arguments; returns a `Drawing`
    alt: str


def _rnn(n, m, T):
    """A plain network and its states on a random input, the same ones every time."""
    rng = np.random.default_rng(0)
    p = init(cells.rnn, n, m, rng)
    x = rng.normal(size=(T, m, 1))
    return p, x, unroll(cells.rnn, p, x)


def _measured_long_gap():
    """The norms are those of a network of 8 units: one backward pass with n columns gives the whole of ∂s_T/∂x_t."""
    n, m, T = 8, 3, 41
    p, x, _ = _rnn(n, m, T)
    x = np.repeat(x, n, axis=2)
    d = np.zeros((T + 1, n, n))
    d[T] = np.eye(n)
    g = bptt(cells.rnn, p, x, unroll(cells.rnn, p, x), cells.rnn.State(d))
    return draw_long_gap(np.linalg.norm(g.x[::-1], 2, axis=(1, 2)))


def _measured_bptt():
    """The norms are those of a network of 8 units over 5 steps, for a loss whose gradient at s_3 has norm 1."""
    n, m, T = 8, 3, 5
    p, x, trace = _rnn(n, m, T)
    d = np.zeros((T + 1, n, 1))
    d[3] = 1 / np.sqrt(n)
    g = bptt(cells.rnn, p, x, trace, cells.rnn.State(d))
    return draw_bptt(np.linalg.norm(g.state.s[:4, :, 0], axis=1))


FIGURES = {
    "rolled": Picture(
        1,
        draw_rolled,
        "A recurrent network drawn once: the input x_t goes into the loop body A, the state s_t comes out, and s_t goes"
        " back into A by a loop that delays it by one step.",
    ),
    "unrolled": Picture(
        2,
        draw_unrolled,
        "The loop equals a chain that begins at the state s_0: one copy of A for each of the steps 1, 2 up to t, all with the"
        " same U, W and b, each handing its state to the next.",
    ),
    "short_gap": Picture(
        3,
        draw_short_gap,
        "A chain of five steps in which the inputs x_1 and x_2 and the state s_4 are lit: only two or three steps lie between.",
    ),
    "long_gap": Picture(
        4,
        _measured_long_gap,
        "A long chain in which the inputs x_1 and x_2 and the far state s_{t+1} are lit. Below, measured on a plain network:"
        " the norm of the derivative of s_{t+1} by an earlier input falls from about 1 to below a millionth over 40 steps.",
    ),
    "weights": Picture(
        5,
        draw_weights,
        "Left, a network with a loop: x leads through U to s, s through W and a delay to itself, and through V to ŷ. Right,"
        " the same unfolded over the steps t-1, t and t+1, with the same U, W and V at each.",
    ),
    "losses": Picture(
        6,
        draw_losses,
        "Five states in a chain, from the start s_0 to s_4; each but the start has an input x_t below and a loss E_t above.",
    ),
    "bptt": Picture(
        7,
        _measured_bptt,
        "The way of the gradient of E_3: from E_3 to s_3, from there back to s_2, s_1 and s_0, and from each state to its"
        " input. The arrows, as wide as the measured norm of the gradient, become thinner with each step; step 4 gets none.",
    ),
    "slopes": Picture(
        8,
        draw_slopes,
        "Left, tanh and its slope, a bell of height 1. Right, the sigmoid and its slope, of height one quarter. Shaded:"
        " where the slope is below 0.05, for tanh beyond about 2.2 on either side, for the sigmoid beyond about 2.9.",
    ),
    "rnn": Picture(
        9,
        partial(draw_rnn, equation={"s"}),
        "The plain recurrent cell between its neighbours: s_{t-1} and x_t are joined, pass one tanh layer, and the result s_t"
        " leaves upwards and to the next step.",
    ),
    "lstm": Picture(
        10,
        draw_lstm,
        "The LSTM cell. Along the top, C_{t-1} is multiplied by f_t, i_t times the candidate is added, and C_t leaves. Below,"
        " h_{t-1} and x_t are joined and feed four layers, one to a row: f, i, the candidate, o. C_t also passes tanh, is"
        " multiplied by o_t, and leaves as h_t.",
    ),
    "legend": Picture(
        11,
        draw_legend,
        "The seven signs of the diagrams: 1, a box for a learned layer; 2, a circle for a pointwise operation; 3, an ellipse"
        " for a function of each component; 4, a line with an arrowhead for a vector; 5, lines that meet at a bar for joining;"
        " 6, a line that forks at a dot for copying; 7, a line that hops over another, which it does not touch.",
    ),
    "cell_state": Picture(
        12,
        partial(draw_lstm, focus={"direct"}),
        "The LSTM cell, faded but for the line along the top: from C_{t-1} through one multiplication and one addition to C_t.",
    ),
    "gate": Picture(
        13,
        draw_gate,
        "A gate: a vector passes a pointwise multiplication, into which a sigmoid layer sends values between 0 and 1.",
    ),
    "forget_gate": Picture(
        14,
        partial(draw_lstm, focus={"f"}, equation={"f"}),
        "The LSTM cell, faded but for the forget gate: h_{t-1} and x_t are joined and pass a sigmoid layer, which yields f_t."
        " Below, the equation of f_t.",
    ),
    "input_gate": Picture(
        15,
        partial(draw_lstm, focus={"i", "C_tilde"}, equation={"i", "C_tilde"}),
        "The LSTM cell, faded but for the input gate and the candidate: a sigmoid layer yields i_t, a tanh layer the"
        " candidate. Below, their equations.",
    ),
    "state_update": Picture(
        16,
        partial(draw_lstm, focus={"C"}, equation={"C"}),
        "The LSTM cell, faded but for the update of the state: C_{t-1} times f_t, plus i_t times the candidate, is C_t."
        " Below, the equation.",
    ),
    "output_gate": Picture(
        17,
        partial(draw_lstm, focus={"o", "h"}, equation={"o", "h"}),
        "The LSTM cell, faded but for the output: a sigmoid layer yields o_t, which multiplies tanh of C_t; the product h_t"
        " leaves upwards and to the next step. Below, the two equations.",
    ),
    "peephole": Picture(
        18,
        partial(draw_peephole, focus={"p"}, equation={"f", "i", "o"}),
        "The LSTM cell, faded but for the peepholes: C_{t-1}, times p_f and p_i, goes down to the forget and the input gate;"
        " C_t, times p_o, to the output gate. Below, the equations of the three gates.",
    ),
    "coupled": Picture(
        19,
        partial(draw_coupled, equation={"C"}),
        "The LSTM cell without an input gate: f_t forks, multiplies C_{t-1}, and as 1 - f_t multiplies the candidate."
        " Below, the equation of C_t.",
    ),
    "gru": Picture(
        20,
        partial(draw_gru, equation=cells.gru.Step._fields),
        "The GRU cell. One state runs along the top: h_{t-1} is multiplied by 1 - z_t, z_t times the candidate is added, and"
        " h_t leaves. The gate r_t multiplies h_{t-1} before it is joined with x_t for the candidate. Below, the four equations.",
    ),
    "lstm_1997": Picture(
        None,
        partial(draw_lstm_1997, equation={"C"}),
        "The LSTM cell of 1997: as the LSTM, but nothing multiplies C_{t-1}; i_t times the candidate is only added."
        " Below, the equation of C_t.",
    ),
    "residual": Picture(
        None,
        partial(draw_residual, equation=cells.residual.Step._fields),
        "The residual recurrent cell: s_{t-1} runs along the top unchanged, and ε times the output of one tanh layer is added."
        " Below, the two equations.",
    ),
    "gru_reset_after": Picture(
        None,
        partial(draw_gru_reset_after, equation={"h_tilde"}),
        "The GRU cell with the reset after the product: h_{t-1} first passes the layer W_h, then r_t multiplies the result,"
        " then the layer U_h of x_t is added, then tanh. Below, the equation of the candidate.",
    ),
    "min_gru": Picture(
        None,
        partial(draw_min_gru, equation=since.min_gru.Step._fields),
        "The minimal GRU cell: h_{t-1} runs along the top, is multiplied by 1 - z_t, and z_t times the candidate is added."
        " Gate and candidate are fed by x_t alone; no line leads from h_{t-1} to them. Below, the three equations.",
    ),
    "attention": Picture(
        None,
        draw_attention,
        "Attention at step t, from below: the query q_t meets each of the keys k_1 to k_t in a scalar product; softmax turns the"
        " scores into weights that sum to 1; each weight multiplies its value v_1 to v_t; the sum is the output h_t.",
    ),
    "layer": Picture(
        None,
        draw_layer,
        "One of N layers: the residual stream goes straight up. A first branch reads it normalised, passes attention or a linear"
        " recurrence, which a line from earlier steps enters, and is added back; a second one, normalised too, passes a"
        " feed-forward network, which sees its own step alone, and is added back.",
    ),
    "delta": Picture(
        None,
        draw_delta,
        "The delta rule: the matrix S_{t-1} runs along the top. What it holds under the key k_t is read and taken from the new"
        " value v_t; the difference, times the rate β_t, is written under the same key and added to give S_t.",
    ),
}
