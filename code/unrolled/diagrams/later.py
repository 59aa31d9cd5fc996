"""The networks after the LSTM: attention, a layer of today's stacks, the delta rule.

Every `draw_...` takes `ax`, the axes to draw into (a new figure by default), and `focus`, a set of parts that stay lit; each
returns a `Drawing`. A part is one thing that is done, with what it reads and what it yields. A thin line carries one number;
a wide ring is an operation that has no weights and acts on a whole vector.
"""

from unrolled.diagrams import kit
from unrolled.diagrams.cells import AFTER, BEFORE, FLOOR, IN, ON, walls
from unrolled.diagrams.kit import NUMBER, RADIUS, box, canvas, fork, pointwise, ring, symbol, text, wire
from unrolled.style import SYMBOLS, look
from unrolled.words import say

NODE, THIN, LOW = 0.42, 1.1, 0.38  # half the size of a node, the width of a line for one number, half the height of a ring
NEXT = 0.46  # from one line of words to the next


def _colour(key):
    return SYMBOLS[key].colour


def _words(d, of, at, *lines, **kwargs):
    """Words of the edition, one line below the other around `at`."""
    for k, line in enumerate(lines):
        text(d, of, (at[0], at[1] + NEXT * ((len(lines) - 1) / 2 - k)), say(line), size=NUMBER, **kwargs)


def _node(d, of, at, key, label):
    """A vector as a round node."""
    box(d, of, at, _colour(key), 2 * NODE, 2 * NODE, corner=NODE)
    text(d, of, at, label)


@look()
def draw_attention(ax=None, focus=None):
    """Attention at one step: the query meets every key, softmax makes weights, and what they weigh is added up.

    The parts are "scores", "weights" and "mean".
    """
    d = canvas((-0.25, 13.35), (-0.6, 9.45), ax)
    asked, held, soft, shared, added = 0, 1.5, 3.6, 5.9, 7.4
    columns, apart, gap = {"1": 4.1, "2": 7.3, "t": 11.35}, 1.35, 8.6
    middle, long = (columns["1"] + columns["t"]) / 2, columns["t"] - columns["1"] + 1.4

    text(d, "scores", (2.75, asked), "$q_t$")
    wire(d, "scores", [(3.2, asked), (columns["t"], asked), (columns["t"], held - RADIUS)], _colour("x"))
    for name, x in columns.items():
        if name != "t":
            fork(d, "scores", (x, asked), _colour("x"))
            wire(d, "scores", [(x, asked), (x, held - RADIUS)], _colour("x"))
        _node(d, "scores", (x - apart, held), "k", f"$k_{name}$")
        wire(d, "scores", [(x - apart + NODE, held), (x - RADIUS, held)], _colour("k"))
        pointwise(d, "scores", (x, held), "")
        fork(d, "scores", (x, held), size=0.14)
        wire(d, "scores weights", [(x, held + RADIUS), (x, soft - LOW)], width=THIN)
        wire(d, "weights mean", [(x, soft + LOW), (x, shared - RADIUS)], _colour("z"), width=THIN)
        text(d, "weights mean", (x + 0.2, (soft + shared) / 2), rf"$\alpha_{{t{{,}}{name}}}$", ha="left")
        _node(d, "mean", (x - apart, shared), "v", f"$v_{name}$")
        wire(d, "mean", [(x - apart + NODE, shared), (x - RADIUS, shared)], _colour("v"))
        pointwise(d, "mean", (x, shared), r"$\times$")
        wire(d, "mean", [(x, shared + RADIUS), (x, added - LOW)])
    for of, height in ("scores", held), ("mean", shared):
        text(d, of, (gap, height), r"$\cdots$", size=18)
    ring(d, "weights", (middle, soft), r"$\mathrm{softmax}$", long, size=13)
    ring(d, "mean", (middle, added), "$+$", long, size=15)
    wire(d, "mean", [(middle, added + LOW), (middle, added + 1.2)], _colour("h"))
    symbol(d, "mean", (middle, added + 1.62), "h")

    for of, height, *lines in (
        ("scores", asked, "query"),
        ("scores", held, "keys"),
        ("scores weights", (held + soft) / 2, "scores"),
        ("weights mean", (soft + shared) / 2, "weights,", "sum to 1"),
        ("mean", shared, "values"),
        ("mean", added + 1.62, "output"),
    ):
        _words(d, of, (0, height), *lines, ha="left")
    kit.focus(d, focus)
    return d


@look()
def draw_layer(ax=None, focus=None):
    """One layer of today's stacks: a stream to which two branches add, one across the steps, one within each.

    The parts are "stream", "mix" and "feed".
    """
    stream, branch, long, high = 1.4, 5.6, 5.4, 1.2
    ceiling = 9.75
    d = walls(ax, FLOOR, ceiling)
    blue, start = _colour("C"), FLOOR - 0.45
    for of, leaves, key, lines in (
        ("mix", 0.5, "h", ("attention or", "linear recurrence")),
        ("feed", 5.2, "h_tilde", ("feed-forward network,", "each step alone")),
    ):
        normal, learned, back = leaves + 1, leaves + 2.6, leaves + 3.8
        hops = [(stream, learned)] if of == "mix" else []
        wire(d, "stream", [(stream, start), (stream, back - RADIUS)], blue, hops=hops)
        fork(d, f"stream {of}", (stream, leaves), blue)
        wire(d, of, [(stream, leaves), (branch, leaves), (branch, normal - LOW)], blue)
        ring(d, of, (branch, normal), say("normalise"), 2.9, size=NUMBER)
        wire(d, of, [(branch, normal + LOW), (branch, learned - high / 2)])
        box(d, of, (branch, learned), _colour(key), long, high)
        _words(d, of, (branch, learned), *lines)
        wire(d, of, [(branch, learned + high / 2), (branch, back), (stream + RADIUS, back)], _colour(key))
        pointwise(d, f"stream {of}", (stream, back), "$+$")
        start = back + RADIUS
        if of == "mix":
            wire(d, of, [(BEFORE, learned), (branch - long / 2, learned)], _colour(key))
            wire(d, of, [(branch + long / 2, learned), (AFTER, learned)], _colour(key))
            for x, words in (IN, "earlier\nsteps"), (ON, "later\nsteps"):
                _words(d, of, (x, learned + 0.72), words)
    wire(d, "stream", [(stream, start), (stream, ceiling + 0.75)], blue)
    _words(d, "stream", (stream, FLOOR - 0.8), "residual stream")
    text(d, "", (7.8, ceiling + 0.5), r"$\times\,N$", ha="right")
    _words(d, "", (7.95, ceiling + 0.5), "layers", ha="left")
    kit.focus(d, focus)
    return d


@look()
def draw_delta(ax=None, focus=None):
    """The delta rule: what stands under the key is read, compared with the new value, and the difference written back.

    The parts are "read", "compare" and "write".
    """
    top, row, lane = 5.2, 3.0, 0.8
    d = walls(ax, FLOOR, 6.15, below=1.8, above=0.25)
    read, minus, scale, write, half = 1.2, 4.65, 6.7, 8.3, 0.8
    teal, orange, between = _colour("s"), _colour("k"), (read + half + minus - RADIUS) / 2 - 0.22
    wire(d, "read write", [(BEFORE, top), (write - RADIUS, top)], teal)
    text(d, "read write", (IN, top + 0.42), "$S_{t-1}$")
    pointwise(d, "write", (write, top), "$+$")
    wire(d, "write", [(write + RADIUS, top), (AFTER, top)], teal)
    text(d, "write", (ON, top + 0.42), "$S_t$")

    fork(d, "read", (read, top), teal)
    wire(d, "read", [(read, top), (read, row + LOW)], teal)
    wire(d, "read write", [(read, FLOOR - 0.45), (read, lane)], orange, head=False)
    wire(d, "read", [(read, lane), (read, row - LOW)], orange)
    ring(d, "read", (read, row), say("read"), 2 * half, size=NUMBER)
    wire(d, "read compare", [(read + half, row), (minus - RADIUS, row)], teal)
    text(d, "read compare", (between, row + 0.42), "$S_{t-1}k_t$")
    _words(d, "read compare", (between, row - 0.42), "old value")

    wire(d, "compare", [(minus, FLOOR - 0.45), (minus, row - RADIUS)], _colour("v"))
    pointwise(d, "compare", (minus, row), "$+$")
    text(d, "compare", (minus - RADIUS - 0.2, row + 0.44), "$-$")
    text(d, "compare", (minus + 0.42, row - RADIUS - 0.28), "$+$")
    wire(d, "compare write", [(minus + RADIUS, row), (scale - RADIUS, row)])

    wire(d, "write", [(scale, FLOOR - 0.45), (scale, row - RADIUS)], _colour("z"), width=THIN)
    pointwise(d, "write", (scale, row), r"$\times$")
    wire(d, "write", [(scale + RADIUS, row), (write - half, row)])
    fork(d, "read write", (read, lane), orange)
    wire(d, "write", [(read, lane), (write, lane), (write, row - LOW)], orange, hops=[(minus, lane), (scale, lane)])
    ring(d, "write", (write, row), say("write"), 2 * half, size=NUMBER)
    wire(d, "write", [(write, row + LOW), (write, top - RADIUS)])
    for of, x, label, word in (
        ("read write", read, "$k_t$", "key"),
        ("compare", minus, "$v_t$", "new value"),
        ("write", scale, r"$\beta_t$", "rate"),
    ):
        text(d, of, (x, FLOOR - 0.75), label)
        _words(d, of, (x, FLOOR - 1.45), word)
    kit.focus(d, focus)
    return d
