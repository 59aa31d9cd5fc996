"""The weights that libraries start with, and how far a gradient reaches through them before any training."""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, style
from unrolled.figures.shared.axes import log_axis
from unrolled.interop import GATES, params_of
from unrolled.measure import product_norms
from unrolled.through_time import jacobians, unroll

STARTED = ("rnn", "lstm", "gru_reset_after")  # the cells that both libraries have


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


def kept(cell, p, more):
    """`p` with `more` added to the bias that keeps: b_f of the LSTM, -b_z of the GRU; a plain network has none."""
    if cell is cells.lstm:
        return p._replace(b_f=p.b_f + more)
    return p._replace(b_z=p.b_z - more) if cell is cells.gru_reset_after else p


def start_norms(x, *, library, more, n=16, seeds=range(5)):
    """log10 ‖∂state_t/∂state_0‖, t = 1..T, over x (T, m) at the weights that a library starts with.

    Returns a dict {(name of the cell, library, more): (seeds, T)}; `more` is added to the bias that keeps. A plain network
    has no such bias: its arrays are the same at every `more`.
    """
    norms = {}
    for name, start, added in product(STARTED, library, more):
        if name == "rnn" and added != more[0]:
            norms[name, start, added] = norms[name, start, more[0]]
            continue
        cell = getattr(cells, name)
        draws = [kept(cell, STARTS[start](cell, n, x.shape[1], np.random.default_rng(seed)), added) for seed in seeds]
        norms[name, start, added] = np.stack([product_norms(jacobians(cell, p, x, unroll(cell, p, x))) for p in draws])
    return norms


def start_explorer(norms):
    """The norms of `start_norms` against t: `(fig, update)` with update(library, more).

    A line is the median over the seeds, its band goes from the least to the largest.
    """
    T = next(iter(norms.values())).shape[1]
    t = np.unique(np.linspace(1, T, 26).round().astype(int))
    with style.look():
        fig, ax = plt.subplots(figsize=(6, 3.6))
        bands = {name: ax.fill_between(t, 0 * t, color=style.SYMBOLS[name].colour, alpha=0.15, linewidth=0) for name in STARTED}
        lines = {name: ax.plot([], [], **style.line(name))[0] for name in STARTED}
        log_axis(ax, (-40, 5), "$t$", r"$\Vert J_t \cdots J_1\Vert$", T)
        fig.legend(handles=list(lines.values()), loc="outside upper center", ncols=3, handlelength=2.6)

    def update(library, more):
        for name, line in lines.items():
            curves = norms[name, library, more][:, t - 1]
            line.set_data(t, np.median(curves, axis=0))
            bands[name].set_data(t, curves.min(axis=0), curves.max(axis=0))

    return fig, update
