"""The ten cells. A cell has six names: Params, State, Step, shapes(n, m), step(p, prev, x_t), pullback(p, prev, x_t, now, d).

A vector is a column, a batch is B columns: x_t (m, B), state (n, B); U_* (n, m), W_* (n, n), b_* and p_* (n, 1).
`step` is the cell's equations and returns a `Step`, everything that was computed at t.
`pullback` takes d = ∂L/∂state_t (a `State`) and returns ∂L/∂state_{t-1} (a `State`), ∂L/∂p (a `Params`, summed over the
columns) and ∂L/∂x_t (m, B). Both are pure, and check nothing: `unrolled.unroll` and its kin check what they hand down.

A seventh name is `jacobian(p, prev, x_t, now)`, ∂state_t/∂state_{t-1} (N, N) of one sequence in closed form; from arrays
(K, n, 1) of K steps, as (K, N, N). It is optional: without it, `jacobians` sends the columns of an identity through `pullback`.
"""

import importlib
from types import ModuleType

from unrolled.cells import coupled, gru, gru_reset_after, lstm, lstm_1997, peephole, residual, rnn, rnn_relu, rnn_sigmoid

__all__ = [
    "coupled",
    "gru",
    "gru_reset_after",
    "lstm",
    "lstm_1997",
    "peephole",
    "residual",
    "rnn",
    "rnn_relu",
    "rnn_sigmoid",
]


class Cell(ModuleType):
    """A module that can be pickled and copied, which modules cannot: whoever reads the pickle finds it by its name.

    So whatever holds a cell, a model, a layer, can be handed to other processes.
    """

    def __reduce__(self):
        return importlib.import_module, (self.__name__,)


for cell in (coupled, gru, gru_reset_after, lstm, lstm_1997, peephole, residual, rnn, rnn_relu, rnn_sigmoid):
    cell.__class__ = Cell
