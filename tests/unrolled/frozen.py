"""The cells of PyTorch and ONNX, and automatic gradients of the others: vectors.npz, made by oracles/make_vectors.py."""

from pathlib import Path

import numpy as np
from problems import CELLS, error
from unrolled import bptt, interop, jacobians, unroll
from unrolled.through_time import at, state

VECTORS = np.load(Path(__file__).parent / "oracles" / "vectors.npz")


def case(name):
    """The arrays of one case, by the rest of their names."""
    return {key.removeprefix(f"{name}/"): VECTORS[key] for key in VECTORS.files if key.startswith(f"{name}/")}


def group(arrays, part):
    return {key.removeprefix(f"{part}/"): a for key, a in arrays.items() if key.startswith(f"{part}/")}


def columns(a):
    """An array of rows (..., B, n) as columns (..., n, B), and back."""
    return np.ascontiguousarray(np.swapaxes(a, -1, -2))


def by_name(cell, weights):
    """`cell.Params` of a case in the book's letters, whose biases and peepholes are vectors (n,)."""
    return cell.Params(**{name: a if a.ndim == 2 else a[:, None] for name, a in weights.items()})


def by_torch(cell, name, weights):
    """`cell.Params` of a case in PyTorch's letters; `cell` may be a changed copy of the cell `name`."""
    return cell.Params(*interop.params_of(CELLS[name], weights))


def autograd_error(cell, arrays, of_weights):
    """The largest relative error of states, gradients and Jacobians against a case with automatic gradients."""
    p, x = of_weights(group(arrays, "weights")), columns(arrays["x"])
    series = cell.State(*columns(arrays["states"]))
    d = cell.State(*columns(arrays["d"]))
    trace = unroll(cell, p, x, at(series, 0))
    g = bptt(cell, p, x, trace, d)
    J = jacobians(cell, p, x[:, :, :1], cell.Step(*(a[:, :, :1] for a in trace)))
    want = group(arrays, "gradients")
    start = [columns(want.pop(str(k))) for k in range(len(series))]
    pairs = [(g.x, columns(want.pop("x"))), (J, arrays["jacobians"])]
    pairs += zip((*state(cell, trace), *g.start), (*series, *start), strict=True)
    if "bias_hh_l0" in want:  # PyTorch's two biases are one but for c_h; they have the same gradient, which counts once
        assert ("c_h" in cell.Params._fields) != np.array_equal(want["bias_ih_l0"], want["bias_hh_l0"])
        want["bias_hh_l0"][: 2 * len(g.params.b_h) if "c_h" in cell.Params._fields else None] = 0
    pairs += zip(g.params, of_weights(want), strict=True)
    return np.max([error(*pair) for pair in pairs])


def frozen_error(cell, name):
    """The largest error of `cell` against every frozen case of the cell `name`."""
    errors = []
    if arrays := case(f"torch/{name}"):
        errors.append(autograd_error(cell, arrays, lambda w: by_torch(cell, name, w)))
    if arrays := case(f"autograd/{name}"):
        errors.append(autograd_error(cell, arrays, lambda w: by_name(cell, w)))
    if arrays := case(f"onnx/{name}"):
        errors.append(onnx_error(cell, name, arrays))
    return np.max(errors)


ONNX_GATES = {"rnn": [""], "lstm": ["_i", "_o", "_f", "_C"], "peephole": ["_i", "_o", "_f", "_C"]}
ONNX_GATES |= {"gru": ["_z", "_r", "_h"], "gru_reset_after": ["_z", "_r", "_h"]}


def onnx_error(cell, name, arrays):
    """ONNX: biases of inputs, then of states; P is i, o, f; z keeps the old."""
    gates = ONNX_GATES[name]
    b_x, b_h = arrays["B"][0].reshape(2, len(gates), -1, 1)
    p = {}
    if name == "gru_reset_after":
        p["c_h"], b_h[2] = b_h[2].copy(), 0
    if name == "peephole":
        p |= dict(zip(["p_i", "p_o", "p_f"], arrays["P"][0].reshape(3, -1, 1), strict=True))
    for gate, U, W, b in zip(gates, *(np.split(arrays[k][0], len(gates)) for k in "WR"), b_x + b_h, strict=True):
        sign = -1 if gate == "_z" else 1
        p |= {f"U{gate}": sign * U, f"W{gate}": sign * W, f"b{gate}": sign * b}
    start = [columns(arrays[key][0]) for key in ("initial_c", "initial_h") if key in arrays]
    trace = unroll(cell, cell.Params(**p), columns(arrays["X"]), cell.State(*start))
    last = getattr(trace, cell.State._fields[-1])
    errors = [error(last[1:], columns(arrays["Y"][:, 0]))]
    if "Y_c" in arrays:
        errors += [error(trace.C[-1], columns(arrays["Y_c"][0])), error(last[-1], columns(arrays["Y_h"][0]))]
    return np.max(errors)
