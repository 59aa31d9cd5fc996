"""A sentence of the text, and the conditions without which it would be false."""

import ast
import itertools
import linecache
import sys
from collections.abc import Collection

import numpy as np

MARK = "✓ "  # before a claim that holds; the page of the book knows it by this
PARTS = 8  # so many values a message shows, and so many entries a value


def claim(sentence, /, *conditions):
    """Print `✓` and the sentence if every condition is true.

    A condition is a bool of Python or of numpy; of an array ask `(a < b).all()`. Raises AssertionError, also under
    `python -O`, with the source text of each false condition and the values of its parts; TypeError or ValueError when
    the sentence is no text, when there is no condition, or when one is neither True nor False.
    """
    if not isinstance(sentence, str):
        raise TypeError(f"sentence must be a text; got {sentence!r}")
    if not sentence.strip():
        raise ValueError(f"sentence must say something; got {sentence!r}")
    if not conditions:
        raise ValueError(f"a claim that cannot fail is none: give a condition after the sentence {sentence!r}")
    for number, condition in enumerate(conditions, 1):
        if isinstance(condition, np.ndarray):
            came = f"an array of shape {condition.shape}: say which entries must be true, as (a < b).all() does"
            raise TypeError(f"condition {number} must be True or False; got {came}")
        if not isinstance(condition, bool | np.bool_):
            raise TypeError(f"condition {number} must be True or False; got {condition!r}")
    if not all(conditions):
        reasons = "; ".join(_reasons(conditions, sys._getframe(1)))
        raise AssertionError(f'`claim` "{sentence}" does not hold: {reasons}.')
    print(MARK + sentence)  # in one piece: a kernel that sends it in two would have a page break it


def _reasons(conditions, frame):
    """A clause for each false condition; by its number alone where the source of the call cannot be had."""
    try:
        source, nodes = _source(frame, len(conditions))
    except Exception:  # whatever goes wrong here must not hide that the claim is false
        return [f"condition {number} is false" for number, true in enumerate(conditions, 1) if not true]
    names, found = {**frame.f_globals, **frame.f_locals}, {}
    for number, (node, true) in enumerate(zip(nodes, conditions, strict=True), 1):
        if not true and node not in found:
            text = f"`{_text(source, node)}`"
            what = f"condition {number}, of {text}," if isinstance(node, ast.Starred) else text
            found[node] = f"{what} is false{_values(source, node, names)}"
    return list(found.values())


# ---- where the call stands


def _source(frame, count):
    """The source that holds the call of `claim` which a frame is at, and the node of each of its `count` conditions.

    What a star spreads has the node of the star. Raises one exception or another where there is no such source.
    """
    position = next(itertools.islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    source = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    names = {**frame.f_globals, **frame.f_locals}
    (call,) = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and (node.end_lineno, node.end_col_offset) == (position[1], position[3])
        and isinstance(node.func, ast.Name | ast.Attribute)
        and _value(node.func, names) is claim
    )
    starred = [node for node in call.args if isinstance(node, ast.Starred)]
    spread = count + 1 - (len(call.args) - len(starred))
    nodes = [[node] * spread if node in starred else [node] for node in call.args]
    _, *nodes = itertools.chain.from_iterable(nodes)
    if len(starred) > 1 or len(nodes) != count:
        raise LookupError("which condition stands where cannot be told")
    return source, nodes


def _text(source, node):
    """An expression as it is written, in one line."""
    written = ast.get_source_segment(source, node)
    return ast.unparse(node) if written is None or "\n" in written else written


# ---- what its parts are worth

JOINS = ast.Compare | ast.BoolOp | ast.List | ast.Tuple | ast.Starred  # asked for their own sake they say no more than "false"
LOGIC = ast.Not | ast.BitAnd | ast.BitOr | ast.Invert
LOOPS = ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp
EFFECTS = ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom
BUILTINS = {abs, all, any, bool, enumerate, float, int, len, list, max, min, range, round, set, sorted, str, sum, tuple, zip}
MODULES = ("numpy.", "math.", "unrolled.maths.")  # their functions compute, and do nothing else
LOOKS = {"count", "get", "index", "items", "keys", "values"}  # the methods of a list or a dict that leave it as it is


def _values(source, node, names):
    """`: left[0] = -7.31, ...` for the parts of a false condition that may be computed again; where there are none, nothing."""
    try:
        parts = {_text(source, part): (part, value) for part, value in itertools.islice(_parts(node, names, whole=False), PARTS)}
        shown = {text: _shown(value) for text, (_, value) in parts.items()}
        alike = [text for text in shown if list(shown.values()).count(shown[text]) > 1]
        shown |= {text: _shown(parts[text][1], digits=17) for text in alike}  # what differs only in the last digits
    except Exception:  # as in `_reasons`
        return ""
    named = [text for text, (part, _) in parts.items() if any(isinstance(name, ast.Name) for name in ast.walk(part))]
    told = ", ".join(f"{text} = {shown[text]}" for text in named if shown[text] is not None)
    return told and f": {told}"


def _parts(node, names, whole=True):
    """(part, value) for all that a condition compares, joins or is told; each part as large as may be computed again."""
    if whole and not isinstance(node, JOINS | LOOPS) and not isinstance(getattr(node, "op", None), LOGIC) and _pure(node, names):
        value = _value(node, names)
        if not (isinstance(node, ast.Call) and isinstance(value, bool | np.bool_)):  # of `all(...)` the parts say why
            yield node, value
            return
    children = ast.iter_child_nodes(node)
    if isinstance(node, ast.Call):
        owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        children = [*owner, *node.args, *(keyword.value for keyword in node.keywords)]
    elif isinstance(node, LOOPS):
        inner = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
        bound = {part.id for part in inner if isinstance(part.ctx, ast.Store)}
        children = [part for part in inner if part.id not in bound]
    for child in children:
        if isinstance(child, ast.expr):
            yield from _parts(child, names)


def _pure(node, names):
    """Whether an expression, computed once more, has the value that it had, and changes nothing."""
    return all(
        not isinstance(part, EFFECTS)
        and not (isinstance(part, ast.Name) and hasattr(names.get(part.id), "__next__"))  # what it ran through is gone
        and not (isinstance(part, ast.Call) and not _computes(part, names))
        for part in ast.walk(node)
    )


def _computes(call, names):
    """Whether a call is known to compute, and to do nothing else."""
    if not isinstance(call.func, ast.Name | ast.Attribute) or any(keyword.arg == "out" for keyword in call.keywords):
        return False
    try:
        if isinstance(call.func, ast.Attribute):
            if not _pure(call.func.value, names):
                return False
            owner = _value(call.func.value, names)
            if isinstance(owner, np.ndarray | np.generic | float | int | str | tuple):
                return True
            if isinstance(owner, dict | list):
                return call.func.attr in LOOKS
        function = _value(call.func, names)
        module = f"{getattr(function, '__module__', None)}."
        known = module.startswith(MODULES) and not module.startswith("numpy.random.")
        return known or isinstance(function, np.ufunc) or function in BUILTINS
    except Exception:  # a name that only a loop inside the expression knows
        return False


def _value(node, names):
    return eval(compile(ast.Expression(node), "<claim>", "eval"), names)


def _shown(value, digits=4):
    """A value in few characters; None for what is neither a number, nor a text, nor made of such."""
    if isinstance(value, np.ndarray) and value.size > PARTS:
        ends = f", from {_shown(value.min(), digits)} to {_shown(value.max(), digits)}" if value.dtype.kind in "biuf" else ""
        return f"an array of shape {value.shape}{ends}"
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, float | complex):
        return repr(value) if digits > 16 else f"{value:.{digits}g}"
    if value is None or isinstance(value, int | str):
        return repr(value)
    if not isinstance(value, Collection):
        return None
    first = itertools.islice(value.items() if isinstance(value, dict) else value, PARTS)
    if isinstance(value, dict):
        entries = [f"{key!r}: {_shown(entry, digits) or '…'}" for key, entry in first]
    else:
        entries = [_shown(entry, digits) or "…" for entry in first]
    opens, closes = "{}" if isinstance(value, dict | set) else "()" if isinstance(value, tuple) else "[]"
    return f"{opens}{', '.join(entries + ['…'] * (len(value) > PARTS))}{closes}"
