"""Mistakes that people make in these cells, each put into a copy of the source: do the tests see it?

Run as `python tests/unrolled/mutations.py` for the list. A mutation is caught when a gradient differs from the complex step, or
an output, gradient or Jacobian from the frozen vectors. Those called "consistent" are right in themselves, `pullback` being the
gradient of `step`: only the cells of other people can tell.
"""

import importlib.util
import re
import tempfile
from pathlib import Path

from frozen import frozen_error
from problems import ANALYTIC, bptt_error, problem
from unrolled import cells

FOLDER = Path(cells.__file__).parent
FILES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")

RULES = {  # a mistake: what to look for in a line of `step`, `pullback` or `jacobian`, and what stands there instead
    "another matrix": (r"\bp\.([UW])_(\w)\b", lambda m, next_: f"p.{m[1]}_{next_[m[2]]}"),
    "another gate": (r"\b([fiorz])_t\b", lambda m, next_: f"{next_gate(m[1], next_)}_t"),
    "U for W": (r"\bp\.W(\w*)\.T @", r"p.U\1.T @"),
    "not transposed": (r"\.T @", " @"),
    "transposed": (r"\bp\.W(\w*) @", r"p.W\1.T @"),
    "bias forgotten": (r" \+ p\.[bc](_\w)?\b", ""),
    "peephole forgotten": (r" \+ p\.p_\w \* \w+", ""),
    "term dropped": (r" \+ [^()+\n]+(?=[,)\n]| \+)", ""),
    "factor dropped": (r" \* ([\w.]++|\([^()]*\))(?![(\[])", ""),
    "wrong sign": (r" \+ | - ", lambda m, next_: " - " if m[0] == " + " else " + "),
    "slope of σ for that of tanh": (r"\(1 - (\w+)\*\*2\)", r"\1 * (1 - \1)"),
    "slope of tanh for that of σ": (r"\b(\w+) \* \(1 - \1\)", r"(1 - \1**2)"),
    "the old cell for the new": (r"\bC_t\b", "C_prev"),
    "the new cell for the old": (r"\bC_prev\b", "C_t"),
    "reset forgotten": (r"\(r_t \* h_prev\)|r_t \* h_prev", "h_prev"),
    "reset where there is none": (r"@ h_prev\b", "@ (r_t * h_prev)"),
    "not summed over the batch": (r"\.sum\([^()]*\)", "[..., :1]"),
}

CONSISTENT = {  # (file, mistake): pairs of what is replaced, by what
    ("lstm", "f and i swapped"): [
        ("C_t = f_t * C_prev + i_t * C_tilde_t", "C_t = i_t * C_prev + f_t * C_tilde_t"),
        ("da_C = dC * i_t", "da_C = dC * f_t"),
        ("da_i = dC * C_tilde_t", "da_i = dC * C_prev"),
        ("da_f = dC * C_prev", "da_f = dC * C_tilde_t"),
        ("State(dC * f_t,", "State(dC * i_t,"),
    ],
    ("lstm", "no tanh on the cell state"): [
        ("h_t = o_t * tanh(C_t)", "h_t = o_t * C_t"),
        ("y_t = tanh(C_t)", "y_t = C_t"),
        ("d.h * o_t * (1 - y_t**2)", "d.h * o_t"),
    ],
    ("lstm_1997", "a leak in the cell"): [
        ("C_t = C_prev", "C_t = 0.9 * C_prev"),
        ("State(dC, dh_prev)", "State(0.9 * dC, dh_prev)"),
    ],
    ("peephole", "o sees the old cell"): [
        ("p.p_o * C_t", "p.p_o * C_prev"),
        ("(1 - y_t**2) + p.p_o * da_o", "(1 - y_t**2)"),
        ("da_o * C_t)", "da_o * C_prev)"),
        ("dC_prev = dC * f_t", "dC_prev = p.p_o * da_o + dC * f_t"),
    ],
    ("peephole", "p_f and p_i swapped"): [
        ("p.p_f * C_prev + p.b_f", "p.p_i * C_prev + p.b_f"),
        ("p.p_i * C_prev + p.b_i", "p.p_f * C_prev + p.b_i"),
        ("(da_f * C_prev, da_i * C_prev,", "(da_i * C_prev, da_f * C_prev,"),
        ("p.p_f * da_f + p.p_i * da_i", "p.p_i * da_f + p.p_f * da_i"),
    ],
    ("coupled", "f writes where it should keep"): [
        ("f_t * C_prev + (1 - f_t) * C_tilde_t", "(1 - f_t) * C_prev + f_t * C_tilde_t"),
        ("da_C = dC * (1 - f_t)", "da_C = dC * f_t"),
        ("(C_prev - C_tilde_t)", "(C_tilde_t - C_prev)"),
        ("State(dC * f_t,", "State(dC * (1 - f_t),"),
    ],
    ("gru", "z keeps the old"): [
        ("(1 - z_t) * h_prev + z_t * h_tilde_t", "z_t * h_prev + (1 - z_t) * h_tilde_t"),
        ("da_h = d.h * z_t", "da_h = d.h * (1 - z_t)"),
        ("(h_tilde_t - h_prev)", "(h_prev - h_tilde_t)"),
        ("dh_prev = d.h * (1 - z_t)", "dh_prev = d.h * z_t"),
    ],
    ("gru", "reset after the product"): [
        ("p.W_h @ (r_t * h_prev)", "r_t * (p.W_h @ h_prev)"),
        ("da_r = v * h_prev", "da_r = da_h * (p.W_h @ h_prev)"),
        (
            "*affine_pullback(da_h, x_t, r_t * h_prev)",
            "da_h @ x_t.T, (da_h * r_t) @ h_prev.T, da_h.sum(axis=1, keepdims=True)",
        ),
        ("+ v * r_t +", "+ p.W_h.T @ (da_h * r_t) +"),
    ],
    ("gru_reset_after", "c_h outside the reset"): [
        ("r_t * (p.W_h @ h_prev + p.c_h)", "r_t * (p.W_h @ h_prev) + p.c_h"),
        ("da_h * (p.W_h @ h_prev + p.c_h)", "da_h * (p.W_h @ h_prev)"),
        ("_, dW_h, dc_h = affine_pullback(v, x_t, h_prev)", "_, dW_h, _ = affine_pullback(v, x_t, h_prev)"),
        (
            "dU_h, _, db_h = affine_pullback(da_h, x_t, h_prev)",
            "dU_h, _, db_h = affine_pullback(da_h, x_t, h_prev)\n    dc_h = db_h",
        ),
    ],
    ("residual", "ε within the tanh"): [
        ("s_tilde_t = tanh(p.U @ x_t + p.W @ s_prev + p.b)", "s_tilde_t = tanh(p.ε * (p.U @ x_t + p.W @ s_prev + p.b))"),
        ("s_t = s_prev + p.ε * s_tilde_t", "s_t = s_prev + s_tilde_t"),
        (
            "dε = (d.s * s_tilde_t).sum(keepdims=True)",
            "dε = (d.s * (1 - s_tilde_t**2) * (p.U @ x_t + p.W @ s_prev + p.b)).sum(keepdims=True)",
        ),
    ],
    ("rnn_sigmoid", "σ without its half"): [
        ("s_t = σ(p.U @ x_t + p.W @ s_prev + p.b)", "s_t = σ(2 * (p.U @ x_t + p.W @ s_prev + p.b))"),
        ("da = d.s * s_t", "da = 2 * d.s * s_t"),
    ],
    ("rnn_sigmoid", "slope of σ without 1 - s"): [("s_t * (1 - s_t)", "s_t")],
    ("rnn", "slope of tanh without the square"): [("(1 - s_t**2)", "(1 - s_t)")],
    ("rnn_relu", "slope of ReLU is 1 below 0"): [("(s_t > 0)", "(s_t >= 0)")],
}


def mutants(file):
    """(name, source) for each mistake in a file of `cells`."""
    source = (FOLDER / f"{file}.py").read_text("utf-8")
    start = source.index("def step")  # past the docstring, which has the equations too
    for (whose, name), pairs in CONSISTENT.items():
        if whose == file:
            changed = source[start : source.index("\n\n\ndef jacobian")] + "\n"  # which would be one more place to change
            for old, new in pairs:
                assert changed.count(old) == 1, f"{file} has no longer the line of the mutation: {old}"
                changed = changed.replace(old, new)
            yield f"{file}, consistent: {name}", source[:start] + changed
    letters = list(dict.fromkeys(re.findall(r"\bp\.U_(\w)", source)))
    next_ = dict(zip(letters, letters[1:] + letters[:1], strict=True))
    for rule, (pattern, new) in RULES.items():
        for found in re.finditer(pattern, source[start:]):
            text = new(found, next_) if callable(new) else found.expand(new)
            first, last = (start + k for k in found.span())
            line = source[source.rindex("\n", 0, first) + 1 : source.index("\n", first)].strip()
            comment = "#" in source[source.rindex("\n", 0, first) : first]
            if text != found[0] and not comment and sensible(rule, line, source):
                yield f"{file}, {rule} ({found[0].strip()}): {line}", source[:first] + text + source[last:]


def sensible(rule, line, source):
    """False where the line hands over arrays rather than computes, or where there is no reset to speak of."""
    if re.search(r"= (prev|now)(\.\w)?$|return Step|^def ", line) or (rule == "another gate" and "affine_pullback" in line):
        return False
    return rule != "reset where there is none" or (line.startswith("h_tilde_t") and "r_t" in source)


def next_gate(letter, next_):
    """The next gate that is not the candidate."""
    letter = next_.get(letter, letter)
    return next_gate(letter, next_) if letter in "Ch" else letter


def load(source, path):
    """The module in the file `path` once this source is written into it."""
    path.write_text(source, "utf-8")
    spec = importlib.util.spec_from_file_location("mutant", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def caught(file, module):
    """Whether a gradient or a frozen vector tells `module` from the cell of this file."""
    try:
        if not frozen_error(module, file) < 1e-12:  # NaN is not below
            return True
        return file in ANALYTIC and not bptt_error(module, problem(module, T=2, n=2, m=1)) < 1e-12
    except ValueError:  # the shapes do not fit
        return True


def tried(file):
    """{name: caught?} for all mutations of this file that are programs at all."""
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for k, (name, source) in enumerate(mutants(file)):
            try:  # a file for each: Python keeps what it compiled by time and size
                results[name] = caught(file, load(source, Path(folder) / f"mutant_{k}.py"))
            except NameError:  # it reads what is not computed yet
                continue
    return results


if __name__ == "__main__":
    total = []
    for file in FILES:
        results = tried(file)
        total += results.values()
        print(*(f"{'caught' if found else 'NOT CAUGHT'}  {name}" for name, found in results.items()), sep="\n")
    print(f"{sum(total)} of {len(total)} mutations caught")
