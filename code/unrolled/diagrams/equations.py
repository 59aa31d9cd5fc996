"""The equations of a cell, read out of its `step`: what is printed is what is computed."""

import ast
import inspect
import textwrap

from unrolled.style import SYMBOLS

POINTWISE = {"σ": r"\sigma", "tanh": r"\tanh", "relu": r"\mathrm{ReLU}"}
FUNCTIONS = {**POINTWISE, "standard": r"\mathrm{LN}"}
GREEK = {"ε": r"\varepsilon", "γ": r"\gamma"}
OPERATORS = {ast.Add: " + ", ast.Sub: " - ", ast.Mult: " * ", ast.MatMult: r"\,"}
BINDS = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.MatMult: 2}  # how tightly: a looser operand needs brackets


def timed(key, t="t", back=0):
    r"""The TeX of a symbol at time `t`, or `back` steps before, without dollars; -1 is one step after.

    >>> timed("C_tilde"), timed("h", back=1), timed("h", 3, back=1)
    ('\\tilde{C}_{t}', 'h_{t-1}', 'h_{2}')
    """
    when = t - back if isinstance(t, int) else f"{t}{-back:+d}" if back else t
    return SYMBOLS[key].label.strip("$").replace("_t", f"_{{{when}}}")


def equations(cell, t="t"):
    r"""The equations of `cell`, in order, as a dict from the fields of its `Step` to TeX without dollars.

    `t` is what stands for the time: a letter, or a number of 1 or more.

    >>> from unrolled import cells
    >>> equations(cells.rnn)["s"]
    's_{t} = \\tanh(U\\,x_{t} + W\\,s_{t-1} + b)'
    """
    body = ast.parse(textwrap.dedent(inspect.getsource(cell.step))).body[0].body
    lines = {ast.unparse(line.targets[0]): line for line in body if isinstance(line, ast.Assign)}
    return {
        name.removesuffix("_t"): f"{_tex(line.targets[0], t)} = {_tex(line.value, t)}"
        for name, line in lines.items()
        if name.endswith("_t")
    }


def _tex(node, t):
    match node:
        case ast.Constant(value):
            return str(value)
        case ast.Name(name) if name.endswith("_prev"):
            return timed(name.removesuffix("_prev"), t, back=1)
        case ast.Name(name):
            return timed(name.removesuffix("_t"), t)
        case ast.Attribute(ast.Name("p"), name):
            letter, _, index = name.partition("_")
            return GREEK.get(letter, letter) + (f"_{index}" if index else "")
        case ast.Attribute(matrix, "T"):
            return f"{_tex(matrix, t)}^{{\\top}}"
        case ast.Call(ast.Name(name), [argument]):
            return f"{FUNCTIONS[name]}({_tex(argument, t)})"
        case ast.BinOp(left, operator, right):
            return OPERATORS[type(operator)].join(_operand(side, operator, t) for side in (left, right))
    raise ValueError(f"cell.step must be made of names, transposes, products, sums and activations, got {ast.unparse(node)!r}")


def _operand(node, operator, t):
    loose = isinstance(node, ast.BinOp) and BINDS[type(node.op)] < BINDS[type(operator)]
    pointwise = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and isinstance(operator, ast.MatMult)
    return f"({_tex(node, t)})" if loose or pointwise else _tex(node, t)
