"""The backward stepper: an error on its way back through an LSTM, one line of `pullback` after the other, with its numbers."""

import ast
import inspect
import textwrap
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch, Rectangle

from unrolled import cells, diagrams
from unrolled.checks import choice
from unrolled.diagrams import kit, timed
from unrolled.diagrams.cells import ADD, AFTER, BASE, BEFORE, BUS, CEILING, HALF, KEEP, LAYER, OUT, ROWS, SPLIT, TOP
from unrolled.diagrams.kit import RADIUS
from unrolled.figures.shared.axes import name_axes
from unrolled.figures.shared.stepper import LINE, draw_equation, filled_in, looser, stack, write_equation
from unrolled.figures.shared.traces import UNIT, check_units, draw_rows, labels, reveal, set_words
from unrolled.style import INK, SYMBOLS, WIDTH, look
from unrolled.through_time import unroll
from unrolled.words import say

RED = SYMBOLS["delta"].colour
LINES = {"o": "da_o", "C": "dC", "C_tilde": "da_C", "i": "da_i", "f": "da_f", "h_prev": "dh_prev", "C_prev": "dC_prev"}
SAID = {
    "o": "From h through × to the output gate: times tanh(C), times the slope of σ.",
    "C": "From h through o and tanh up to the belt, where it joins what came along.",
    "C_tilde": "From the belt through × to the candidate: times i, times the slope of tanh.",
    "i": "Through the same × to the input gate: times the candidate, times the slope of σ.",
    "f": "Through × to the forget gate: times the old C, times the slope of σ.",
    "h_prev": "What the four layers were told goes through their W to the h before.",
    "C_prev": "Along the belt to the step before: times the forget gate, and nothing else.",
}
VALVES = {"C": "o", "C_tilde": "i", "C_prev": "f"}  # the gate that an error passes on its way there
ACROSS = 58  # letters of ten points across the picture
FLAT = 0.05  # a slope below this lets next to nothing through
ROW = dict(zip(("f", "i", "C_tilde", "o"), ROWS, strict=True))
MIDDLE = (TOP + BASE) / 2
WAYS = {  # the wires of each part, from the right to the left
    "o": [[(OUT - RADIUS, ROW["o"]), (LAYER + HALF, ROW["o"])]],
    "C": [
        [(OUT, BASE + RADIUS), (OUT, MIDDLE - RADIUS)],
        [(OUT, MIDDLE + RADIUS), (OUT, TOP), (ADD + RADIUS, TOP)],
    ],
    "C_tilde": [
        [(ADD, TOP - RADIUS), (ADD, ROW["i"] + RADIUS)],
        [(ADD, ROW["i"] - RADIUS), (ADD, ROW["C_tilde"]), (LAYER + HALF, ROW["C_tilde"])],
    ],
    "i": [[(ADD - RADIUS, ROW["i"]), (LAYER + HALF, ROW["i"])]],
    "f": [
        [(ADD - RADIUS, TOP), (KEEP + RADIUS, TOP)],
        [(KEEP, TOP - RADIUS), (KEEP, ROW["f"]), (LAYER + HALF, ROW["f"])],
    ],
    "h_prev": [*([(LAYER - HALF, row), (BUS, row)] for row in ROWS), [(BUS, ROW["f"]), (BUS, BASE), (BEFORE, BASE)]],
    "C_prev": [[(KEEP - RADIUS, TOP), (BEFORE, TOP)]],
}


def way_back(p, x, d):
    """What each line of `cells.lstm.pullback` yields, for t = T..1: a dict {t: {letter: (n, 1)}}, with `dC_prev` and `d` besides.

    `x` is one sequence, (T, m) or (T, m, 1); `d` the loss's own gradient at each state, a `State` of (T+1, n, 1), as for `bptt`,
    and `d` of a step is what arrives there: the loss's own part and what the step after it sends back.
    """
    x = np.reshape(x, (len(x), -1, 1))
    trace, back = unroll(cells.lstm, p, x), cells.lstm.State(0.0, 0.0)
    steps, (body, last) = {}, _source()
    for t in range(len(x), 0, -1):
        arrived = cells.lstm.State(d.C[t] + back.C, d.h[t] + back.h)
        prev, now = cells.lstm.State(trace.C[t - 1], trace.h[t - 1]), cells.lstm.Step(*(values[t] for values in trace))
        names = {**cells.lstm.pullback.__globals__, "p": p, "prev": prev, "x_t": x[t - 1], "now": now, "d": arrived}
        exec(compile(ast.Module(body, []), "pullback", "exec"), names)
        names["dC_prev"] = eval(compile(ast.Expression(last), "pullback", "eval"), names)
        back = cells.lstm.State(names["dC_prev"], names["dh_prev"])
        steps[t] = names
    return steps


def last_output(T, n):
    """The gradient of the loss L = sum of h_T, which asks every unit of the last output for more: `d` for `bptt`."""
    d = cells.lstm.State(np.zeros((T + 1, n, 1)), np.zeros((T + 1, n, 1)))
    d.h[T] = 1
    return d


def belt_picture(p, x, tokens, unit=1):
    """What of an error of 1 at h_T is on the belt at each word: a bar of dC_t of one unit a word, and that of dh_T: `fig`."""
    T = len(x)
    steps = way_back(p, x, last_output(T, len(p.b_f)))
    on_belt = [steps[t]["dC"][unit, 0] for t in range(1, T + 1)]
    with look():
        fig, ax = plt.subplots(figsize=(WIDTH, 2.1))
        ax.bar(range(1, T + 1), on_belt, width=0.6, color=RED, edgecolor=RED, linewidth=1.2)  # a hundredth is seen, too
        ax.bar(T, 1, width=0.96, facecolor="none", edgecolor=RED, linewidth=1.2)
        for t, size in enumerate(on_belt, start=1):
            ax.text(t, size + 0.03, f"{size:.2f}", ha="center", va="bottom", size=10)
        beside = {"textcoords": "offset points", "ha": "right", "va": "top", "size": 10}
        ax.annotate(say("as it came in"), (T - 0.48, 0.93), (-6, 0), **beside)
        ax.set(xlim=(0.5, T + 0.5), ylim=(0, 1.05), yticks=(0, 1))  # a line at the half would strike the numbers
        ax.tick_params(axis="x", length=0)
        set_words(ax, labels(tokens, T))
        name_axes(ax, y=("error on the belt", "$dC_t$"))
    return fig


def backward_stepper(p, x, d=None, tokens=None):
    """An LSTM, step by step backwards: its diagram with the error that comes back, the line of `pullback`, the gradients so far.

    `p` are the parameters of `cells.lstm` for n ≤ 3 units, `x` one sequence, (T, m) or (T, m, 1), `tokens` T words for the time
    steps; `d` is the loss's own gradient at each state, as for `bptt`, that of `last_output` by default. Returns `(fig, update)`;
    the choices of `update(t, part)` are t = T..1 and `part`, one of `way_parts()`, in this order. A wire is as thick as the error
    on it is large; where none comes there is no wire. Raises ValueError or TypeError for arguments that do not fit.

        tokens, x, p = figures.hand_set(cells.lstm)
        explore(
            *figures.backward_stepper(p, x, tokens=tokens),
            t=range(len(x), 0, -1),
            part=list(figures.way_parts()),
            texts={"part": figures.way_parts()},
            play=("t", "part"),
            start={"t": 5, "part": "C_prev"},
            ...,
        )
    """
    trace = unroll(cells.lstm, p, x)
    check_units(trace)
    T, n, parts = len(x), trace[0].shape[1], tuple(LINES)
    words, d = labels(tokens, T), last_output(T, trace[0].shape[1]) if d is None else d
    steps, expressions = way_back(p, x, d), _expressions()
    lines = {(t, part): _with_numbers(expressions[part], steps[t], LINES[part]) for t in steps for part in parts}
    told = {(t, part): _verdict(part, p, steps[t]) for t in steps for part in parts}
    told = {key: text and say(text) for key, text in told.items()}

    with look():
        fig, (top, middle, bottom) = plt.subplots(3, layout="none")
        diagram = diagrams.draw_lstm(ax=top)
        kit.focus(diagram, set())
        for artist in (artist for artists in diagram.parts.values() for artist in artists):
            if isinstance(artist, FancyArrowPatch):
                artist.set_alpha(0.25)
                artist.set_arrowstyle("-")  # only the way back has a direction
        arrivals, wires, onward = _red(diagram)
        equation = draw_equation(middle, n, below=3)
        sentences = [middle.text(0.05, -n - below, "", va="top", size=10, linespacing=1.4) for below in (0.75, 2.7)]
        known = SimpleNamespace(f=trace.f, i=trace.i, o=trace.o, delta=_stacked(steps, "dC"))
        rows = draw_rows(bottom, known, words, ("f", "i", "o", "delta"))
        bottom.set_yticks(bottom.get_yticks(), [*(SYMBOLS[key].label for key in "fio"), "$dC_t$"])
        for key in "fio":
            reveal(rows[key], T)
        column = bottom.axvspan(0, 1, facecolor=(INK, 0.08), edgecolor="none", zorder=0)
        gate = bottom.add_patch(Rectangle((0, 0), 1, 1, facecolor="none", edgecolor=INK, linewidth=1.2, clip_on=False))
        stack(fig, (top, middle, bottom), LINE * (n + 4.4), UNIT * np.ptp(bottom.get_ylim()))

    def update(t, part):
        done = parts[: parts.index(choice("part", part, parts)) + 1]
        names = steps[t]
        shown = {"C": names["d"].C, "h": names["d"].h} | {key: names[LINES[key]] for key in done if key != "C"}
        _label(diagram, t, shown, loss=np.any(d.h[t]))
        diagram.numbers["x"][0].set(text=words[t - 1] if tokens is not None else "", alpha=None)
        onward.set_text("$dC$  " + "  ".join(_three(v) for v in names["dC"]) if "C" in done else "")
        for key, artists in arrivals.items():
            size = {"loss": d.h[t], "h": names["d"].h, "C": names["d"].C}[key]
            if key == "h":
                size = size - d.h[t]
            for artist in artists:
                artist.set_visible(bool(np.any(size)))
                _thick(artist, size)
        for key, artists in wires.items():
            for artist, size in zip(artists, _sizes(key, names), strict=True):
                artist.set_visible(key in done and bool(np.any(size)))
                _thick(artist, size, 1 if key == part else 0.5)
        sign = r"\leftarrow" if part == "C" else "="
        write_equation(equation, f"{_d(LINES[part])} {sign} {_tex(expressions[part])}", lines[t, part], RED, sign)
        for label, text in zip(sentences, (textwrap.fill(say(SAID[part]), ACROSS), told[t, part]), strict=True):
            label.set_text(text)
        reveal(rows["delta"], T, t if "C" in done else t + 1)
        column.set_x(t - 0.5)
        row = rows[VALVES.get(part, "delta")]
        gate.set_bounds(t - 0.5, row.base + row.low, 1, row.high - row.low)
        gate.set_visible(part in VALVES)

    update(T, parts[0])
    return fig, update


def way_parts():
    """The parts of the way back in their order, {part: what a menu calls it}."""
    names = {key: SYMBOLS[key].name for key in LINES if not key.endswith("_prev")}
    names |= {"h_prev": "hidden state before", "C_prev": "cell state before"}
    return {key: say(names[key]) for key in LINES}


def _source():
    """The lines of `pullback`, and what it returns for C_{t-1}."""
    *body, last = ast.parse(textwrap.dedent(inspect.getsource(cells.lstm.pullback))).body[0].body
    return body, last.value.elts[0].args[0]


def _expressions():
    """{part: its expression in `pullback`}."""
    body, last = _source()
    found = {ast.unparse(line.targets[0]): line.value for line in body if isinstance(line, ast.Assign)} | {"dC_prev": last}
    return {part: found[name] for part, name in LINES.items()}


def _with_numbers(expression, names, letter):
    """A line of values for each unit: the numbers for the letters, and what they give."""
    return [f"= {filled_in(expression, names, unit, _three)} = {_three(value)}" for unit, value in enumerate(names[letter])]


def _stacked(steps, letter):
    """(T+1, n, 1), NaN at 0."""
    values = [steps[t][letter] for t in sorted(steps)]
    return np.stack([np.full_like(values[0], np.nan), *values])


def _red(diagram):
    """The wires of the way back: those by which an error arrives, those of each part, and the text for dC_t on the belt."""
    arrive = {
        "loss": [[(SPLIT, CEILING + 0.35), (SPLIT, BASE), (OUT + RADIUS, BASE)]],
        "h": [[(AFTER, BASE), (OUT + RADIUS, BASE)]],
        "C": [[(AFTER, TOP), (OUT + 0.12, TOP)]],
    }
    hops = [(SPLIT, TOP)]
    wire = lambda way: kit.wire(diagram, "", way, RED, hops=hops, zorder=3)  # noqa: E731
    arrivals, wires = ({key: [wire(way) for way in ways] for key, ways in found.items()} for found in (arrive, WAYS))
    word = kit.text(diagram, "", (SPLIT, CEILING + 0.75), say("loss"), size=12)
    arrivals["loss"].append(word)
    onward = kit.text(diagram, "", (SPLIT - 0.3, TOP + 0.45), "", size=10, ha="right")
    return arrivals, wires, onward


def _sizes(part, names):
    """The error on each wire of a part: what its line yields; before the × of f and of C̃ what comes along the belt."""
    told = names[LINES[part]]
    if part == "C":
        told = told - names["d"].C  # what came along the belt is not on the wires from h
    before = names["dC"] if part in ("f", "C_tilde") else told
    return [before, *[told] * (len(WAYS[part]) - 1)]


def _thick(artist, size, alpha=1.0):
    """A wire as thick as the error on it."""
    if hasattr(artist, "set_linewidth"):
        artist.set(linewidth=round(1 + 4 * min(1, float(np.abs(size).max())), 2), alpha=alpha)


def _label(diagram, t, shown, loss):
    """Letters and numbers of the gradients at the wires, in place; what is not `shown` fades, and h_t gives way to a `loss`."""
    for (key, back), texts in diagram.symbols.items():
        for text in texts:
            letter = timed(key, t, back)
            outside = text.get_position()[1] > CEILING or key == "x"
            here = f"{key}_prev" if back == 1 else key
            if not outside:
                letter = f"d{letter}" if key in "Ch" else f"da_{'C' if key == 'C_tilde' else key}"
            text.set(text=f"${letter}$", alpha=None if here in shown and not outside else kit.FADED_INK)
            text.set_visible(not (loss and outside and (key, back) == ("h", 0)))
    for key, (label, _, separator) in diagram.numbers.items():
        if key != "x":
            label.set(text=separator.join(_three(v) for v in shown.get(key, ())), alpha=None)


def _verdict(part, p, names):
    """What these numbers say of the part, a key of `words`; "" if nothing."""
    if part == "h_prev":
        still = not any(np.any(getattr(p, name)) for name in p._fields if name[0] == "W")
        return "All W are 0: nothing comes back this way." if still else ""
    if part in ("o", "C") and not np.any(names["d"].h):
        return "No error arrives at h here."
    gate = names[f"{VALVES.get(part, part)}_t"]
    if part in VALVES:
        if part == "C_tilde" and np.all(gate > 0.9) and np.all(1 - names["C_tilde_t"] ** 2 < 0.2):
            return "The gate is open, but tanh is flat here: little gets through."
        if np.all(gate > 0.9):
            return "The gate is open: what comes gets through."
        if np.all(gate < 0.1):
            return "The gate is shut: next to nothing gets through."
        return "The gate is open in one unit and shut in another." if np.any(gate > 0.9) and np.any(gate < 0.1) else ""
    return "The gate is saturated: its layer learns next to nothing." if np.all(gate * (1 - gate) < FLAT) else ""


def _three(number):
    """Three decimals, a real minus, and none before a zero."""
    return f"{round(np.asarray(number).item(), 3) + 0:.3f}".replace("-", "−")


def _d(name):
    """The TeX of a gradient's name in `pullback`."""
    return {"dC": "dC_{t}", "dC_prev": "dC_{t{-}1}", "dh_prev": "dh_{t{-}1}"}.get(name, name)


def _tex(node):
    """The TeX of an expression of `pullback`."""
    match node:
        case ast.Constant(value):
            return str(value)
        case ast.Name("y_t"):
            return r"\tanh(C_{t})"
        case ast.BinOp(ast.Name("y_t"), ast.Pow(), power):
            return rf"\tanh^{{{_tex(power)}}}(C_{{t}})"
        case ast.BinOp(base, ast.Pow(), power):
            return f"{_tex(base)}^{{{_tex(power)}}}"
        case ast.Name(name) if name.startswith("d"):
            return _d(name)
        case ast.Name(name) if name.endswith("_prev"):
            return timed(name.removesuffix("_prev"), back=1)
        case ast.Name(name):
            return timed(name.removesuffix("_t"))
        case ast.Attribute(ast.Name("d"), name):
            return f"d{timed(name)}"
        case ast.Attribute(ast.Attribute(ast.Name("p"), name), "T"):
            return f"{name}^{{\\top}}"
        case ast.BinOp(left, operator, right):
            sides = [_tex(side) for side in (left, right)]
            brackets = (looser(side, operator) for side in (left, right))
            first, second = (f"({side})" if bracket else side for side, bracket in zip(sides, brackets, strict=True))
            return first + {ast.Add: " + ", ast.Sub: " - ", ast.Mult: " * ", ast.MatMult: r"\,"}[type(operator)] + second
    raise ValueError(f"cells.lstm.pullback must be made of names, products, sums and squares; got {ast.unparse(node)!r}")
