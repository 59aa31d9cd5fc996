"""Stacked weights taken apart into the parameters of a cell, and put together again, in the names of `torch.nn`.

PyTorch stacks the gates in two matrices and gives each layer two biases. They add up, but for the candidate of the GRU, whose
second bias is c_h, inside the reset product. Its z keeps the old state where the book's z takes the new: U_z, W_z and b_z change
their sign. So it is in Keras and ONNX.
"""

import numpy as np

from unrolled import cells
from unrolled.checks import array, named, one_precision
from unrolled.interop import projected

GATES = (  # each cell that PyTorch has, its class there, and the subscripts of its gates in PyTorch's order
    (cells.rnn, "RNN", ("",)),
    (cells.rnn_relu, "RNN", ("",)),
    (cells.lstm, "LSTM", ("_i", "_f", "_C", "_o")),
    (cells.gru_reset_after, "GRU", ("_r", "_z", "_h")),
)
MATRICES, BIASES, PROJECTION = ("weight_ih_l0", "weight_hh_l0"), ("bias_ih_l0", "bias_hh_l0"), "weight_hr_l0"


def params_of(cell, weights):
    """The `cell.Params` of one layer in one direction, from a dict of numpy arrays under PyTorch's names.

    `weights` holds weight_ih_l0 and weight_hh_l0, the biases that there are (of a layer without, none; of one bias, that), and
    nothing else; also weight_hr_l0 where `cell` is `interop.projected`. For whole state dicts there is `from_state_dict`.
    Raises TypeError for a cell that PyTorch lacks or arrays of other numbers, ValueError for names that are missing or too many,
    and for arrays that do not fit together.
    """
    gates = cells_gates(cell)
    needed = [*MATRICES, *[PROJECTION] * (cell is projected)]
    exactly("weights", weights, needed, BIASES)
    k, more = len(gates), {}
    r = array("weights['weight_hh_l0']", weights["weight_hh_l0"], (None, None)).shape[1]
    n = r
    if cell is projected:
        n = array("weights['weight_hr_l0']", weights[PROJECTION], (r, None)).shape[1]
        more["P"] = weights[PROJECTION].copy()
    shapes = {"weight_ih_l0": (None,), "weight_hh_l0": (r,), "bias_ih_l0": (), "bias_hh_l0": ()}
    for name in (name for name in shapes if name in weights):
        array(f"weights['{name}']", weights[name], (k * n, *shapes[name]))
    one_precision(**weights)
    none = np.zeros(k * n, weights["weight_hh_l0"].dtype)
    biases = (weights.get(name, none) for name in BIASES)
    return unstacked(cell, gates, *(weights[name] for name in MATRICES), *biases, **more)


def unstacked(cell, gates, U, W, b_x, b_h, **more):
    """`cell.Params`, copies, from the rows of all gates below each other: U (k n, m), W (k n, n), both biases (k n,).

    `gates` are their subscripts in the order of the rows; z is taken to keep the old. `more` are parameters as they are.
    """
    b_h = b_h.copy()
    if "c_h" in cell.Params._fields:
        last = slice(-(len(b_h) // len(gates)), None)  # the candidate is the last of the gates, in all three libraries
        more["c_h"], b_h[last] = b_h[last, None].copy(), 0
    for letter, stacked in (("U", U), ("W", W), ("b", (b_x + b_h)[:, None])):
        for gate, block in zip(gates, np.split(stacked, len(gates)), strict=True):
            more[letter + gate] = np.array(-block if gate == "_z" else block, order="C")
    return cell.Params(**more)


def weights_of(cell, p):
    """The state dict of numpy arrays, under PyTorch's names, of a `cell.Params`: the inverse of `params_of`.

    The whole bias goes into bias_ih_l0; bias_hh_l0 is zero but for c_h.
    """
    _, gates = in_torch(cell)
    if not isinstance(p, cell.Params):
        raise TypeError(f"p must be a Params({', '.join(cell.Params._fields)}) of this cell; got {type(p).__name__}")
    n, m = array(f"p.{p._fields[0]}", p[0], (None, None)).shape
    named("p", p, cell.Params, cell.shapes(n, m))
    one_precision(**p._asdict())
    U, W, b = (
        np.concatenate([(-1 if gate == "_z" else 1) * getattr(p, letter + gate) for gate in gates]) for letter in ("U", "W", "b")
    )
    b_hh = np.zeros_like(b)
    if cell is cells.gru_reset_after:
        b_hh[2 * n :] = p.c_h
    return {"weight_ih_l0": U, "weight_hh_l0": W, "bias_ih_l0": b[:, 0], "bias_hh_l0": b_hh[:, 0]}


def in_torch(cell):
    """The name of PyTorch's class for this cell, and the subscripts of its gates in PyTorch's order."""
    for ours, name, gates in GATES:
        if cell is ours:
            return name, gates
    raise TypeError(f"cell must be cells.rnn, rnn_relu, lstm or gru_reset_after, those that PyTorch has; got {cell!r}")


def cells_gates(cell):
    """The subscripts of the gates in PyTorch's order, for the LSTM with a projection as well."""
    return in_torch(cells.lstm if cell is projected else cell)[1]


def exactly(name, given, needed, optional=()):
    """Refuse a dict that lacks one of `needed`, or holds anything but these and `optional`, by the names of what it is."""
    if not isinstance(given, dict):
        raise TypeError(f"{name} must be a dict of numpy arrays; got {type(given).__name__}")
    wanted = ", ".join(needed) + (f", if there are any {' and '.join(optional)}" if optional else "")
    if missing := [key for key in needed if key not in given]:
        verb = "is" if len(missing) == 1 else "are"
        raise ValueError(f"{name} must hold {wanted}; {listed(missing)} {verb} missing, got {listed(given) or 'nothing'}")
    if more := [key for key in given if key not in (*needed, *optional)]:
        raise ValueError(f"{name} must hold {wanted}, and nothing else; got {listed(more)} as well")


def listed(names, most=8):
    """Names in one line, of many the first."""
    names = [str(name) for name in names]
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
