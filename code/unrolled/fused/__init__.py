"""`unroll` and `bptt` for training: the same numbers as the textbook cells, to 1e-12, in a fraction of the time.

A file a cell. What makes them fast: the weights of all layers stacked, so that a step is one or two products; one tanh for all
gates, σ(a) = (1 + tanh(a / 2)) / 2; every local derivative taken for a block of steps at once, before the gradient
comes by; the gradients of the weights in one product a block; and nothing allocated within a step, what is written being
laid out for the cache. The loops over time are functions of their own, so that numba, where it is installed, can compile them.
"""

from unrolled import cells
from unrolled.checks import finite, shaped
from unrolled.fused import coupled, gru, lstm, peephole, rnn
from unrolled.through_time import checked_cell, checked_input, checked_trace, state

CELLS = (cells.rnn, cells.lstm, cells.gru, cells.coupled, cells.peephole)
FUSED = (rnn, lstm, gru, coupled, peephole)


def unroll(cell, p, x, start=None):
    """As `unrolled.unroll` for a cell in CELLS: the trace, a `Step` of arrays (T+1, n, B).

    Raises ValueError for another cell, and TypeError or ValueError, naming the argument, on a wrong type, shape, dtype or value.
    """
    module = fused(cell)
    x, start = checked_input(cell, p, x, start)
    real(p=p, x=(x,), start=start)
    return module.forward(p, x, start)


def bptt(cell, p, x, trace, d):
    """As `unrolled.bptt` without a horizon, for a cell in CELLS: the `Gradients` for d, a `State` of (T+1, n, B).

    Raises ValueError for another cell, and TypeError or ValueError, naming the argument, on a wrong type, shape, dtype or value.
    """
    module = fused(cell)
    x = checked_trace(cell, p, x, trace, d, check=shaped)
    real(p=p, x=(x,), trace=trace, d=d)
    g = module.backward(p, x, trace, d)
    # Reading x, trace and d for NaN takes long, and is done only if one came out: whatever stands in them goes into these, since
    # what meets a gradient travels on to the start, x and h meet it in U and W, and the last states are looked at themselves.
    if not all(map(finite, (*g.params[:2], *g.start, *(a[-1] for a in state(cell, trace))))):
        checked_trace(cell, p, x, trace, d)
    return g


def fused(cell):
    """The file that serves `cell`."""
    for served, module in zip(CELLS, FUSED, strict=True):
        if cell is served:
            return module
    checked_cell(cell)
    served = ", ".join(one.__name__.split(".")[-1] for one in CELLS)
    raise ValueError(f"cell must be one of those that are fused, {served}; got {cell.__name__.split('.')[-1]}")


def real(**given):
    """A sentence if an array is complex: the complex step is for the textbook cells."""
    for name, arrays in given.items():
        if any(a.dtype.kind == "c" for a in arrays):
            raise TypeError(f"{name} must be real, float64 or float32; got complex128")
