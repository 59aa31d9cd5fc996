"""The cells, all in one geometry: a variant differs from the LSTM where its equations differ, and nowhere else.

Each equation that learns has a row, in the order of `step`: its layer stands at the left, what it yields flows to the right.
The state's own path runs along the top. The parts of a drawing are the fields of the cell's `Step`: what an equation reads,
does and yields lights up together. Besides there is "direct", the state's own path.

Every `draw_...` takes `ax`, the axes to draw into (a new figure by default); `focus`, a set of parts that stay lit; `step`,
numbers to write at the wires (see `kit.write`); `equation`, the fields of `Step` whose equations stand below the cell. Each
returns a `Drawing`.
"""

from itertools import pairwise

from unrolled import cells, since
from unrolled.diagrams import kit
from unrolled.diagrams.equations import equations
from unrolled.diagrams.kit import (
    FADED_INK,
    LABEL,
    NUMBER,
    RADIUS,
    TANH,
    box,
    canvas,
    fork,
    join,
    layer,
    number,
    pointwise,
    symbol,
    text,
    wire,
)
from unrolled.style import INK, SYMBOLS, look

# Heights: the state's own path, the rows of the layers, the line on which the output comes and goes, a lane below the rows.
TOP, ROWS, BASE, LANE = 7.4, (5.8, 4.2, 2.6, 1.0), 1.0, 0.32
# Columns: where h_{t-1} leaves for the top, the join, the bus of the joined vector, the layers, reset, keep, add, output,
# the last fork.
DETOUR, JOIN, BUS, LAYER, RESET, KEEP, ADD, OUT, SPLIT = 0.45, 0.8, 1.15, 2.15, 5.2, 6.2, 7.05, 8.1, 8.8
# The cell's walls, and where its neighbours' begin: a number of two decimals stands between them with room at both sides.
FLOOR, CEILING, LEFT, RIGHT, BEFORE, AFTER = -0.15, 8.1, 0.1, 9.3, -1.85, 11.25
IN, ON = (BEFORE + LEFT) / 2, (RIGHT + AFTER) / 2  # the middles of the gaps, where what comes and what goes on is named
HALF, TALL = 0.45, 0.34  # half the width and the height of a layer
WIDE, FLAT = 0.42, 0.29  # half the width and the height of the ellipse of 1−
LINE, EQUALS = 0.95, 1.1  # the height of a line of equations, and where their equals signs stand


def _colour(key):
    return SYMBOLS[key].colour


def walls(ax, floor, ceiling, below=1.2, above=1.1):
    """A `Drawing` with the walls of a cell and those of its neighbours, faded, and this much room `below` and `above` them."""
    d = canvas((BEFORE - 0.25, AFTER + 0.25), (floor - below, ceiling + above), ax)
    middle, height = (ceiling + floor) / 2, ceiling - floor
    box(d, "", ((LEFT + RIGHT) / 2, middle), INK, RIGHT - LEFT, height, tint=0.04, edge=0.5)
    for x in (BEFORE - 0.85, AFTER + 0.85):
        box(d, "", (x, middle), INK, 1.6, height, tint=0.04, edge=FADED_INK)
    return d


def _frame(cell, ax, equation, floor=FLOOR, ceiling=CEILING):
    """The walls of the cell, those of its neighbours, and the equations of the fields in `equation` below."""
    lines = {key: tex for key, tex in equations(cell).items() if key in equation}
    d = walls(ax, floor, ceiling, below=1.2 + LINE * len(lines))
    for row, (key, tex) in enumerate(lines.items()):
        left, right = tex.split(" = ")
        at = EQUALS, floor - 1.15 - LINE * (row + 0.5)
        d.equations[key] = [text(d, "", at, f"${left}\\;$", ha="right"), text(d, "", at, f"$=\\;{right}$", ha="left")]
    return d


def _gate(d, key, into, label, height, path, room=3):
    """A learned layer in its row, and the vector that it yields, along `path` `into` the parts that use it."""
    layer(d, key, (LAYER, height), label, _colour(key), 2 * HALF, 2 * TALL)
    wire(d, f"{key} {into}", [(LAYER + HALF, height), *path], _colour(key))
    symbol(d, f"{key} {into}", (LAYER + 0.58, height + 0.44), key, ha="left")
    number(d, f"{key} {into}", (LAYER + 0.58, height - 0.34), key, room=room, ha="left")


def _inputs(d, state, rows, state_seen_by="", x_seen_by=""):
    """x_t and the state before are joined, and the bus takes them to the layers; `rows` maps parts to heights.

    Other parts may see the state or x_t on their way to the join.
    """
    every = " ".join(rows)
    wire(d, f"{every} {state_seen_by}", [(BEFORE, BASE), (DETOUR, BASE)], _colour(state), head=False)
    wire(d, every, [(DETOUR, BASE), (JOIN - 0.07, BASE)], _colour(state))
    symbol(d, f"{every} {state_seen_by}", (IN, BASE + 0.42), state, back=1)
    number(d, f"{every} {state_seen_by}", (IN, BASE - 0.2), f"{state}_prev", column=True)
    wire(d, f"{every} {x_seen_by}", [(JOIN, FLOOR - 0.45), (JOIN, LANE)], _colour("x"), head=False)
    wire(d, every, [(JOIN, LANE), (JOIN, BASE - 0.25)], _colour("x"))
    symbol(d, f"{every} {x_seen_by}", (JOIN, FLOOR - 0.75), "x")
    number(d, f"{every} {x_seen_by}", (JOIN + 0.5, FLOOR - 0.75), "x", room=5, ha="left")
    join(d, every, (JOIN, BASE))
    wire(d, every, [(JOIN, BASE), (BUS, BASE)], head=False, width=3)
    for low, high in pairwise(sorted({BASE, *rows.values()})):
        above = " ".join(part for part in rows if rows[part] >= high)
        wire(d, above, [(BUS, low), (BUS, high)], head=False, width=3)
        if low in rows.values():
            fork(d, above, (BUS, low), size=0.28)
    for part, height in rows.items():
        wire(d, part, [(BUS, height), (LAYER - HALF, height)], width=3)


def _output(d, key, of, start, ceiling=CEILING):
    """The state leaves twice: to the right for the next step, and upwards for whoever reads it."""
    wire(d, of, [(start, BASE), (AFTER, BASE)], _colour(key))
    fork(d, of, (SPLIT, BASE), _colour(key))
    wire(d, of, [(SPLIT, BASE), (SPLIT, ceiling + 0.35)], _colour(key), hops=[(SPLIT, TOP)] if "C_prev" in d.numbers else [])
    symbol(d, of, (SPLIT, ceiling + 0.75), key)
    symbol(d, of, (ON, BASE + 0.42), key)
    number(d, of, (ON, BASE - 0.2), key, column=True)


def _along_top(d, key, of, stops):
    """A state that has no line of its own: it leaves the base, passes the `stops` along the top, and comes back."""
    fork(d, of, (DETOUR, BASE), _colour(key))
    wire(d, of, [(DETOUR, BASE), (DETOUR, TOP), (stops[0] - RADIUS, TOP)], _colour(key))
    for left, right in pairwise(stops):
        wire(d, of, [(left + RADIUS, TOP), (right - RADIUS, TOP)], _colour(key))
    wire(d, of, [(stops[-1] + RADIUS, TOP), (OUT, TOP), (OUT, BASE), (SPLIT, BASE)], _colour(key), head=False)


def _one_minus(d, of, at):
    """The pointwise operation that takes a gate from 1."""
    pointwise(d, of, at, "1−", width=2 * WIDE, height=2 * FLAT, size=NUMBER)


def _finish(d, lit, step):
    kit.focus(d, lit)
    if step is not None:
        kit.write(d, step)
    return d


@look()
def draw_rnn(ax=None, focus=None, step=None, equation=()):
    """The plain recurrent network: the state is what one learned layer yields. Its walls stand close about that layer."""
    ceiling = ROWS[2] + 0.7
    d = _frame(cells.rnn, ax, equation, ceiling=ceiling)
    _inputs(d, "s", {"s": ROWS[2]})
    layer(d, "s", (LAYER, ROWS[2]), TANH, _colour("s"), 2 * HALF, 2 * TALL)
    wire(d, "s", [(LAYER + HALF, ROWS[2]), (OUT, ROWS[2]), (OUT, BASE), (SPLIT, BASE)], _colour("s"), head=False)
    _output(d, "s", "s", SPLIT, ceiling)
    return _finish(d, focus, step)


@look()
def draw_residual(ax=None, focus=None, step=None, equation=()):
    """The residual recurrent network: the state goes on as it is, and a little is added."""
    d = _frame(cells.residual, ax, equation)
    _inputs(d, "s", {"s_tilde": ROWS[2]}, state_seen_by="s direct")
    _along_top(d, "s", "s direct", [ADD])
    _gate(d, "s_tilde", "s", TANH, ROWS[2], [(ADD, ROWS[2]), (ADD, ROWS[1] - RADIUS)])
    pointwise(d, "s", (ADD, ROWS[1]), r"$\varepsilon$")
    wire(d, "s", [(ADD, ROWS[1] + RADIUS), (ADD, TOP - RADIUS)])
    pointwise(d, "s direct", (ADD, TOP), "$+$")
    _output(d, "s", "s direct", SPLIT)
    return _finish(d, focus, step)


def _lstm(cell, ax, equation, before_seen_by="", seen_by="h"):
    """What every LSTM has: its bus, candidate and output gate, the line of C, the output.

    C_{t-1} is `before_seen_by` these parts, C_t is `seen_by` those, besides its own equation.
    """
    d = _frame(cell, ax, equation)
    rows = dict(zip(("f", "i", "C_tilde", "o"), ROWS, strict=True))
    _inputs(d, "h", {key: height for key, height in rows.items() if key in cell.Step._fields})

    of, blue = "C direct", _colour("C")
    symbol(d, f"{of} {before_seen_by}", (IN, TOP + 0.42), "C", back=1)
    number(d, f"{of} {before_seen_by}", (IN, TOP - 0.2), "C_prev", column=True)
    stops = [KEEP, ADD] if "f" in cell.Step._fields else [ADD]
    wire(d, f"{of} {before_seen_by}", [(BEFORE, TOP), (stops[0] - RADIUS, TOP)], blue)
    for left, right in pairwise(stops):
        pointwise(d, of, (left, TOP), r"$\times$")
        wire(d, of, [(left + RADIUS, TOP), (right - RADIUS, TOP)], blue)
    pointwise(d, of, (ADD, TOP), "$+$")
    wire(d, f"{of} {seen_by}", [(ADD + RADIUS, TOP), (AFTER, TOP)], blue)
    symbol(d, f"{of} {seen_by}", (ON, TOP + 0.42), "C")
    number(d, f"{of} {seen_by}", (ON, TOP - 0.2), "C", column=True)

    _gate(d, "C_tilde", "C", TANH, rows["C_tilde"], [(ADD, rows["C_tilde"]), (ADD, rows["i"] - RADIUS)])
    pointwise(d, "C", (ADD, rows["i"]), r"$\times$")
    wire(d, "C", [(ADD, rows["i"] + RADIUS), (ADD, TOP - RADIUS)])

    _gate(d, "o", "h", r"$\sigma$", rows["o"], [(OUT - RADIUS, rows["o"])])
    fork(d, "h", (OUT, TOP), blue)
    middle = (TOP + BASE) / 2
    wire(d, "h", [(OUT, TOP), (OUT, middle + RADIUS)], blue)
    pointwise(d, "h", (OUT, middle), TANH, width=1)
    wire(d, "h", [(OUT, middle - RADIUS), (OUT, BASE + RADIUS)])
    pointwise(d, "h", (OUT, BASE), r"$\times$")
    _output(d, "h", "h", OUT + RADIUS)
    return d


def _forget_gate(d):
    _gate(d, "f", "C", r"$\sigma$", ROWS[0], [(KEEP, ROWS[0]), (KEEP, TOP - RADIUS)])


def _input_gate(d):
    _gate(d, "i", "C", r"$\sigma$", ROWS[1], [(ADD - RADIUS, ROWS[1])])


@look()
def draw_lstm(ax=None, focus=None, step=None, equation=()):
    """The LSTM with forget, input and output gate."""
    d = _lstm(cells.lstm, ax, equation)
    _forget_gate(d)
    _input_gate(d)
    return _finish(d, focus, step)


@look()
def draw_lstm_1997(ax=None, focus=None, step=None, equation=()):
    """The LSTM as first published: nothing is ever forgotten."""
    d = _lstm(cells.lstm_1997, ax, equation)
    _input_gate(d)
    return _finish(d, focus, step)


@look()
def draw_peephole(ax=None, focus=None, step=None, equation=()):
    """The LSTM whose gates see the cell state, entry by entry: f and i see C_{t-1}, o sees C_t. The part "p" is what is new."""
    d = _lstm(cells.peephole, ax, equation, before_seen_by="f i", seen_by="o h")
    _forget_gate(d)
    _input_gate(d)
    side, down, late, blue = 1.36, LAYER + 0.15, 7.47, _colour("p")
    fork(d, "f p", (down, TOP), blue)
    fork(d, "i p", (side, TOP), blue)
    fork(d, "o p", (late, TOP), blue)
    high, near = 6.82, 0.4  # where p_f and p_i stand, and how far their ellipses reach
    wire(d, "f p", [(down, TOP), (down, high + near)], blue, head=False)
    wire(d, "f p", [(down, high - near), (down, ROWS[0] + TALL)], blue)
    wire(d, "i p", [(side, TOP), (side, high + near)], blue, head=False)
    eye = ROWS[1] + 0.2
    wire(d, "i p", [(side, high - near), (side, eye), (LAYER - HALF, eye)], blue, hops=[(side, ROWS[0])])
    wire(d, "o p", [(late, TOP), (late, LANE), (6.3 + 0.33, LANE)], blue, head=False, hops=[(late, ROWS[3])])
    wire(d, "o p", [(6.3 - 0.33, LANE), (LAYER, LANE), (LAYER, ROWS[3] - TALL)], blue)
    for key, place in {"f": (down, high), "i": (side, high), "o": (6.3, LANE)}.items():
        pointwise(d, f"{key} p", place, f"$p_{key}$", blue, width=0.7, height=2 * near, size=LABEL)
    return _finish(d, focus, step)


@look()
def draw_coupled(ax=None, focus=None, step=None, equation=()):
    """The LSTM whose one gate keeps and writes: what is forgotten makes room for the candidate."""
    d = _lstm(cells.coupled, ax, equation)
    _forget_gate(d)
    keep, middle = (KEEP, ROWS[0]), (ROWS[0] + ROWS[1]) / 2
    fork(d, "f C", keep, _colour("f"))
    wire(d, "C", [keep, (KEEP, middle + FLAT)], _colour("f"))
    _one_minus(d, "C", (KEEP, middle))
    wire(d, "C", [(KEEP, middle - FLAT), (KEEP, ROWS[1]), (ADD - RADIUS, ROWS[1])])
    return _finish(d, focus, step)


def _update_gate(d, room=3):
    """What all GRUs have: z_t goes, as 1 - z_t, to h_{t-1} on the line along the top, and to where the candidate comes in."""
    _gate(d, "z", "h", r"$\sigma$", ROWS[0], [(KEEP, ROWS[0]), (KEEP, ROWS[1]), (ADD - RADIUS, ROWS[1])], room=room)
    fork(d, "z h", (KEEP, ROWS[0]), _colour("z"))
    high = (ROWS[0] + TOP - RADIUS) / 2
    wire(d, "h", [(KEEP, ROWS[0]), (KEEP, high - FLAT)], _colour("z"))
    _one_minus(d, "h", (KEEP, high))
    wire(d, "h", [(KEEP, high + FLAT), (KEEP, TOP - RADIUS)])
    pointwise(d, "h direct", (KEEP, TOP), r"$\times$")
    pointwise(d, "h direct", (ADD, TOP), "$+$")


def _gru(cell, ax, equation):
    """What both GRUs have: their gates, and h_t between h_{t-1} and a candidate that stands right of the column RESET."""
    d = _frame(cell, ax, equation)
    _inputs(d, "h", {"z": ROWS[0], "r": ROWS[1]}, state_seen_by="h direct h_tilde", x_seen_by="h_tilde")
    _along_top(d, "h", "h direct", [KEEP, ADD])
    _update_gate(d, room=2)
    _gate(d, "r", "h_tilde", r"$\sigma$", ROWS[1], [(RESET - RADIUS, ROWS[1])], room=2)
    pointwise(d, "h_tilde", (RESET, ROWS[1]), r"$\times$")
    symbol(d, "h_tilde h", (ADD + 0.45, ROWS[2] + 0.3), "h_tilde")
    number(d, "h_tilde h", (ADD + 0.1, ROWS[2] - 0.4), "h_tilde", room=2, column=True)
    wire(d, "h_tilde h", [(RESET + 0.62 + 2 * HALF, ROWS[2]), (ADD, ROWS[2]), (ADD, ROWS[1] - RADIUS)], _colour("h_tilde"))
    pointwise(d, "h", (ADD, ROWS[1]), r"$\times$")
    wire(d, "h", [(ADD, ROWS[1] + RADIUS), (ADD, TOP - RADIUS)])
    _output(d, "h", "h direct", SPLIT)
    return d


@look()
def draw_gru(ax=None, focus=None, step=None, equation=()):
    """The GRU: the reset gate says what the candidate sees of h_{t-1}, the update gate how much of the candidate is taken."""
    d = _gru(cells.gru, ax, equation)
    fork(d, "h_tilde", (RESET, TOP), _colour("h"))
    wire(d, "h_tilde", [(RESET, TOP), (RESET, ROWS[1] + RADIUS)], _colour("h"), hops=[(RESET, ROWS[0])])
    wire(d, "h_tilde", [(RESET, ROWS[1] - RADIUS), (RESET, ROWS[2] + 0.25)])
    fork(d, "h_tilde", (JOIN, LANE), _colour("x"))
    wire(d, "h_tilde", [(JOIN, LANE), (RESET, LANE), (RESET, ROWS[2] - 0.25)], _colour("x"))
    join(d, "h_tilde", (RESET, ROWS[2]))
    wire(d, "h_tilde", [(RESET, ROWS[2]), (RESET + 0.62, ROWS[2])], width=3)
    layer(d, "h_tilde", (RESET + 0.62 + HALF, ROWS[2]), TANH, _colour("h_tilde"), 2 * HALF, 2 * TALL)
    return _finish(d, focus, step)


@look()
def draw_gru_reset_after(ax=None, focus=None, step=None, equation=()):
    """The GRU of the fast libraries: the reset gate acts on what the layer W_h made of h_{t-1}."""
    d, high = _gru(cells.gru_reset_after, ax, equation), (ROWS[0] + TOP) / 2
    fork(d, "h_tilde", (RESET, TOP), _colour("h"))
    wire(d, "h_tilde", [(RESET, TOP), (RESET, high + 0.35)], _colour("h"))
    layer(d, "h_tilde", (RESET, high), "$W_h$", _colour("h_tilde"), 0.82, 0.7, size=LABEL)
    wire(d, "h_tilde", [(RESET, high - 0.35), (RESET, ROWS[1] + RADIUS)], hops=[(RESET, ROWS[0])])
    wire(d, "h_tilde", [(RESET, ROWS[1] - RADIUS), (RESET, ROWS[2] + RADIUS)])
    fork(d, "h_tilde", (JOIN, LANE), _colour("x"))
    wire(d, "h_tilde", [(JOIN, LANE), (RESET, LANE), (RESET, 0.8)], _colour("x"))
    layer(d, "h_tilde", (RESET, 1.15), "$U_h$", _colour("h_tilde"), 0.82, 0.7, size=LABEL)
    wire(d, "h_tilde", [(RESET, 1.5), (RESET, ROWS[2] - RADIUS)])
    pointwise(d, "h_tilde", (RESET, ROWS[2]), "$+$")
    wire(d, "h_tilde", [(RESET + RADIUS, ROWS[2]), (RESET + 0.62, ROWS[2])])
    pointwise(d, "h_tilde", (RESET + 0.62 + HALF, ROWS[2]), TANH, width=2 * HALF)
    return _finish(d, focus, step)


@look()
def draw_min_gru(ax=None, focus=None, step=None, equation=()):
    """The minimal GRU: gate and candidate come from x_t alone, so h_{t-1} leads nowhere but along the top."""
    floor, up = ROWS[2] - 1.1, JOIN
    d = _frame(since.min_gru, ax, equation, floor)
    wire(d, "z h_tilde", [(up, floor - 0.45), (up, ROWS[2])], _colour("x"), head=False)
    fork(d, "z h_tilde", (up, ROWS[2]), _colour("x"))
    wire(d, "h_tilde", [(up, ROWS[2]), (LAYER - HALF, ROWS[2])], _colour("x"))
    wire(d, "z", [(up, ROWS[2]), (up, ROWS[0]), (LAYER - HALF, ROWS[0])], _colour("x"))
    symbol(d, "z h_tilde", (up, floor - 0.75), "x")
    number(d, "z h_tilde", (up + 0.5, floor - 0.75), "x", room=5, ha="left")

    of, teal = "h direct", _colour("h")
    symbol(d, of, (IN, TOP + 0.42), "h", back=1)
    number(d, of, (IN, TOP - 0.2), "h_prev", column=True)
    wire(d, of, [(BEFORE, TOP), (KEEP - RADIUS, TOP)], teal)
    _update_gate(d)
    wire(d, of, [(KEEP + RADIUS, TOP), (ADD - RADIUS, TOP)], teal)
    layer(d, "h_tilde", (LAYER, ROWS[2]), "$U_h$", _colour("h_tilde"), 2 * HALF, 0.7, size=LABEL)
    wire(d, "h_tilde h", [(LAYER + HALF, ROWS[2]), (ADD, ROWS[2]), (ADD, ROWS[1] - RADIUS)], _colour("h_tilde"))
    symbol(d, "h_tilde h", (LAYER + 0.58, ROWS[2] + 0.44), "h_tilde", ha="left")
    number(d, "h_tilde h", (LAYER + 0.58, ROWS[2] - 0.34), "h_tilde", ha="left")
    pointwise(d, "h", (ADD, ROWS[1]), r"$\times$")
    wire(d, "h", [(ADD, ROWS[1] + RADIUS), (ADD, TOP - RADIUS)])

    wire(d, of, [(ADD + RADIUS, TOP), (AFTER, TOP)], teal)
    fork(d, of, (SPLIT, TOP), teal)
    wire(d, of, [(SPLIT, TOP), (SPLIT, CEILING + 0.35)], teal)
    symbol(d, of, (SPLIT, CEILING + 0.75), "h")
    symbol(d, of, (ON, TOP + 0.42), "h")
    number(d, of, (ON, TOP - 0.2), "h", column=True)
    return _finish(d, focus, step)
