"""The same cells in PyTorch: `torch.nn.RNN`, `LSTM` and `GRU` of one layer, to and fro.

PyTorch stacks the gates in two matrices and gives each layer two biases. They add up, but for the candidate of the GRU, whose
second bias is c_h, inside the reset product. Its z keeps the old state where the book's z takes the new: U_z, W_z and b_z change
their sign. PyTorch (pip install "unrolled[torch]") is imported here alone, and only by the functions that need it.
"""

import numpy as np

from unrolled import cells
from unrolled.checks import array, named, one_precision

GATES = (  # each cell that PyTorch has, its class there, and the subscripts of its gates in PyTorch's order
    (cells.rnn, "RNN", ("",)),
    (cells.rnn_relu, "RNN", ("",)),
    (cells.lstm, "LSTM", ("_i", "_f", "_C", "_o")),
    (cells.gru_reset_after, "GRU", ("_r", "_z", "_h")),
)


def from_torch(module):
    """(cell, params) of a `torch.nn.RNN`, `LSTM` or `GRU` of one layer in one direction; the arrays are copies of the same dtype.

    Raises TypeError for another module or dtype, ValueError for layers, directions or projections that the cells do not have.
    """
    nn = torch().nn
    if not isinstance(module, nn.RNN | nn.LSTM | nn.GRU):
        raise TypeError(f"module must be a torch.nn.RNN, LSTM or GRU; got {type(module).__name__}")
    for name, want in (("num_layers", 1), ("bidirectional", False), ("proj_size", 0)):
        if (came := getattr(module, name)) != want:
            raise ValueError(f"module must have {name}={want}; got {name}={came}")
    if isinstance(module, nn.RNN):
        cell = {"tanh": cells.rnn, "relu": cells.rnn_relu}[module.nonlinearity]
    else:
        cell = cells.lstm if isinstance(module, nn.LSTM) else cells.gru_reset_after
    weights = {name: a.detach().cpu() for name, a in module.named_parameters()}
    if module.weight_ih_l0.dtype not in (torch().float32, torch().float64):
        raise TypeError(f"module must have parameters of float64 or float32; got {module.weight_ih_l0.dtype}")
    return cell, params_of(cell, {name: a.numpy() for name, a in weights.items()})


def to_torch(cell, p):
    """A `torch.nn.RNN`, `LSTM` or `GRU` that computes the same as `cell` with `p`, of the same dtype, its x being (T, B, m).

    Raises TypeError or ValueError for a cell that PyTorch lacks and for parameters that are not this cell's.
    """
    weights = weights_of(cell, p)
    name, _ = in_torch(cell)
    m, n = weights["weight_ih_l0"].shape[1], weights["weight_hh_l0"].shape[1]
    more = {"nonlinearity": "relu"} if cell is cells.rnn_relu else {}
    dtype = getattr(torch(), weights["weight_ih_l0"].dtype.name)
    module = getattr(torch().nn, name)(m, n, dtype=dtype, **more)
    module.load_state_dict({name: torch().from_numpy(a) for name, a in weights.items()})
    return module


def params_of(cell, weights):
    """The `cell.Params` of a state dict of numpy arrays under PyTorch's names; a bias that is not there counts as zero.

    Raises TypeError or ValueError for a cell that PyTorch lacks and for arrays that do not fit together.
    """
    _, gates = in_torch(cell)
    W = array("weights['weight_hh_l0']", weights["weight_hh_l0"], (None, None))
    n = W.shape[1]
    weights = {"bias_ih_l0": np.zeros(len(W), W.dtype), "bias_hh_l0": np.zeros(len(W), W.dtype)} | weights
    for name, shape in (("weight_ih_l0", (None,)), ("weight_hh_l0", (n,)), ("bias_ih_l0", ()), ("bias_hh_l0", ())):
        array(f"weights['{name}']", weights[name], (len(gates) * n, *shape))
    one_precision(**weights)
    U, b_ih, b_hh = weights["weight_ih_l0"], weights["bias_ih_l0"][:, None], weights["bias_hh_l0"][:, None].copy()
    p = {}
    if cell is cells.gru_reset_after:
        p["c_h"], b_hh[2 * n :] = b_hh[2 * n :].copy(), 0
    for letter, stacked in (("U", U), ("W", W), ("b", b_ih + b_hh)):
        for gate, block in zip(gates, np.split(stacked, len(gates)), strict=True):
            p[letter + gate] = -block if gate == "_z" else block.copy()
    return cell.Params(**p)


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


def torch():
    """The module torch, or an ImportError that says how to get it."""
    try:
        import torch
    except ImportError as e:
        raise ImportError("this function needs PyTorch: pip install 'unrolled[torch]'") from e
    return torch
