"""The gate stepper: a cell at work on a sequence, one equation after the other, with the numbers that flow."""

import ast
import inspect
import textwrap

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from unrolled import diagrams
from unrolled.checks import choice
from unrolled.diagrams import two_decimals
from unrolled.diagrams.equations import BINDS, POINTWISE
from unrolled.figures.shared.traces import TINTS, UNIT, check_units, draw_rows, labels, reveal
from unrolled.style import INK, SYMBOLS, WIDTH, look
from unrolled.through_time import unroll

LINE, WORDS = 0.26, 0.45  # heights in inches: a line of the equation, the words below the traces, on two lines
SIGNS = {ast.Add: " + ", ast.Sub: " − ", ast.Mult: " × "}
EQUALS = 0.14  # where the equals signs stand, as a fraction of the width


def stepper(cell, p, x, tokens=None):
    """A cell, step by step: its diagram with the numbers that flow, the equation with its values, the traces so far.

    `cell` is one that has a diagram; `p` its parameters for n ≤ 3 units; `x` one sequence, (T, m) or
    (T, m, 1); `tokens` T words for the time steps. Returns `(fig, update)`; the choices of `update(t, part)` are t = 1..T
    and `part`, a field of `cell.Step`, which are evaluated in this order (the last by default). Each line of values belongs
    to a unit, and its square has the tint of that unit's bars. Raises ValueError or TypeError for arguments that do not fit.
    """
    trace = unroll(cell, p, x)
    check_units(trace)
    T, n, parts = len(x), trace[0].shape[1], cell.Step._fields
    words, formulas = labels(tokens, T), diagrams.equations(cell)
    lines = [substituted(cell, p, x, trace, t) for t in range(1, T + 1)]

    with look():
        fig, (top, middle, bottom) = plt.subplots(3, layout="none")
        diagram = _draw(cell, top)
        equation = draw_equation(middle, n)
        rows = draw_rows(bottom, trace, words, parts)
        column = bottom.axvspan(0, 1, facecolor=(INK, 0.08), edgecolor="none", zorder=0)
        frame = bottom.add_patch(Rectangle((0, 0), 1, 1, facecolor="none", edgecolor=INK, linewidth=1.2, clip_on=False))
        stack(fig, (top, middle, bottom), LINE * (n + 1.4), UNIT * np.ptp(bottom.get_ylim()))

    def update(t, part=parts[-1]):
        done = parts[: parts.index(choice("part", part, parts)) + 1]
        diagrams.focus(diagram, {part})
        flows = diagrams.values_at(trace, x, t)
        diagrams.write(diagram, {key: flows[key] for key in diagram.numbers if key not in parts or key in done})
        if tokens is not None:
            write_word(diagram, words[t - 1])
        write_equation(equation, formulas[part], lines[t - 1][part], SYMBOLS[part].colour)
        for key, row in rows.items():
            reveal(row, t if key in done else t - 1)
        column.set_x(t - 0.5)
        row = rows[part]
        frame.set_bounds(t - 0.5, row.base + row.low, 1, row.high - row.low)

    update(1, parts[0])
    return fig, update


def write_word(diagram, word):
    """Put the word that is read where its x_t stands; it never fades, since a reader follows the sentence by it."""
    label = diagram.numbers["x"][0]
    label.set_text(word)
    label.set_alpha(None)


def _draw(cell, ax):
    """The diagram of a cell, by its name."""
    name = cell.__name__.rpartition(".")[2]
    draw = getattr(diagrams, f"draw_{name}", None)
    if draw is None:
        raise ValueError(f"cell must be one that has a diagram; got {name}")
    return draw(ax=ax)


def draw_equation(ax, n, below=0):
    """Empty lines for an equation and its values: (left side, right side, values of each unit, square of each unit).

    There is room for `below` more lines.
    """
    ax.set(xlim=(0, WIDTH), ylim=(-n - below - 0.6, 0.8))
    ax.set_axis_off()
    left = ax.text(WIDTH * EQUALS, 0.15, "", ha="right", va="center_baseline", size=15)
    right = ax.text(WIDTH * EQUALS, 0.15, "", va="center_baseline", size=15)
    values = [ax.text(WIDTH * EQUALS, -k, "", va="center_baseline", size=10) for k in range(1, n + 1)]
    squares = [ax.add_patch(Rectangle((WIDTH * EQUALS - 0.35, -k - 0.25), 0.13, 0.5)) for k in range(1, n + 1)]
    return left, right, values, squares


def write_equation(equation, symbols, values, colour, sign="="):
    """Put one equation in its place, letters first and then a line of numbers for each unit; `sign` stands between its sides."""
    left, right, lines, squares = equation
    sides = symbols.split(f" {sign} ")
    left.set_text(f"${sides[0]}$ ")
    right.set_text(f"${sign} {sides[1]}$")
    for line, value, square, tint in zip(lines, values, squares, TINTS, strict=False):
        line.set_text(value)
        square.set(facecolor=(colour, tint), edgecolor=colour)


def stack(fig, axes, equation, traces):
    """Give the diagram, the equation and the traces their heights (inches), one under the other, as wide as a picture is."""
    diagram = WIDTH * np.ptp(axes[0].get_ylim()) / np.ptp(axes[0].get_xlim())
    heights = np.array([diagram, equation, traces, WORDS])
    fig.set_size_inches(WIDTH, heights.sum())
    heights /= heights.sum()
    bottoms = 1 - np.cumsum(heights)
    for ax, left, bottom, height in zip(axes, (0, 0, 0.085), bottoms, heights, strict=False):
        ax.set_position((left, bottom, 0.995 - left, height))


def substituted(cell, p, x, trace, t):
    """The equations of step `t` with numbers for letters, as text: a dict from field of `Step` to n lines, one a unit.

    `x` is (T, m) or (T, m, 1), `trace` what `unroll` returned for it. Products of a matrix and a vector are carried out, and
    so is a function that mixes the units. All is computed in full and rounded to two decimals when it is written; the result
    is that of the trace.

    >>> import numpy as np
    >>> from unrolled import cells
    >>> p, x = cells.rnn.Params(U=np.array([[2.0]]), W=np.array([[0.5]]), b=np.array([[-1.0]])), np.array([[1.0], [0.0]])
    >>> substituted(cells.rnn, p, x, unroll(cells.rnn, p, x), 2)
    {'s': ['= tanh(0.00 + 0.38 + (−1.00)) = −0.55']}
    """
    names = {
        **inspect.getclosurevars(cell.step).globals,
        "p": p,
        "x_t": np.reshape(x[t - 1], (-1, 1)),
        **{f"{key}_t": values[t] for key, values in trace._asdict().items()},
        **{f"{key}_prev": getattr(trace, key)[t - 1] for key in cell.State._fields},
    }
    body = ast.parse(textwrap.dedent(inspect.getsource(cell.step))).body[0].body
    right = {ast.unparse(line.targets[0]): line.value for line in body if isinstance(line, ast.Assign)}
    return {
        key: [f"= {filled_in(right[f'{key}_t'], names, unit)} = {two_decimals(value)}" for unit, value in enumerate(values[t])]
        for key, values in trace._asdict().items()
    }


def filled_in(node, names, unit, write=two_decimals):
    """An expression with the numbers of one unit for its letters, as `write` writes a number."""
    match node:
        case ast.Constant(number):
            return str(number)
        case ast.Call(ast.Name(name), [argument]) if names[name].__name__ in POINTWISE:
            return f"{names[name].__name__}({filled_in(argument, names, unit, write)})"
        case ast.BinOp(left, (ast.Add() | ast.Sub() | ast.Mult()) as operator, right):
            first, second = (filled_in(side, names, unit, write) for side in (left, right))
            loose = [
                isinstance(side, ast.BinOp) and BINDS.get(type(side.op), 3) < BINDS[type(operator)] for side in (left, right)
            ]
            first = f"({first})" if loose[0] else first
            return first + SIGNS[type(operator)] + (f"({second})" if loose[1] or second.startswith("−") else second)
    vector = eval(compile(ast.Expression(node), "step", "eval"), names)
    return write(vector[min(unit, len(vector) - 1)])  # ε is one number for all units


def looser(node, operator):
    """Does an expression bind less tightly than the operator that stands beside it, so that it needs brackets?"""
    return isinstance(node, ast.BinOp) and BINDS.get(type(node.op), 3) < BINDS[type(operator)]
