"""The weights that libraries start with."""

import numpy as np

from unrolled import cells
from unrolled.interop import GATES, params_of


def pytorch_start(cell, n, m, rng):
    """The `Params` of `cell` as `torch.nn` draws them: every weight and both biases uniform in ±1/√n."""
    rows = n * gates_of(cell)
    shapes = {"weight_ih_l0": (rows, m), "weight_hh_l0": (rows, n), "bias_ih_l0": rows, "bias_hh_l0": rows}
    return params_of(cell, {name: rng.uniform(-1 / np.sqrt(n), 1 / np.sqrt(n), shape) for name, shape in shapes.items()})


def keras_start(cell, n, m, rng):
    """The `Params` of `cell` as Keras draws them: U uniform (Glorot), W orthogonal, biases 0 but for the LSTM's b_f = 1.

    Both matrices are drawn for all gates at once. So it is the stack of the W_* whose columns are orthonormal, each W_* is not.
    """
    k = gates_of(cell)
    limit = np.sqrt(6 / (m + k * n))
    W, r = np.linalg.qr(rng.normal(size=(k * n, n)))
    p = params_of(cell, {"weight_ih_l0": rng.uniform(-limit, limit, (k * n, m)), "weight_hh_l0": W * np.sign(np.diag(r))})
    return p._replace(b_f=np.ones((n, 1))) if cell is cells.lstm else p


STARTS = {"PyTorch": pytorch_start, "Keras": keras_start}


def gates_of(cell):
    """The number of affine maps in `cell`, those that libraries stack into one matrix."""
    (gates,) = (gates for ours, _, gates in GATES if ours is cell)
    return len(gates)
