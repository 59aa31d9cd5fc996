"""Chains of Jacobians of every kind that `unrolled.measure` must get right."""

import numpy as np
from problems import CELLS
from unrolled import init, jacobians, unroll


def real(name, rng, T=40, n=4, gain=1.0, inputs=1.0):
    """The Jacobians of a cell of the book, W Gaussian, over noise."""
    p, x = init(CELLS[name], n, n, rng, gain=gain, recurrent="gaussian"), inputs * rng.normal(size=(T, n, 1))
    return jacobians(CELLS[name], p, x, unroll(CELLS[name], p, x))


def graded(rng, T=30, N=4, rows=0, columns=0):
    """Gaussian factors, their rows and columns multiplied by powers of ten, drawn from 0 to -rows, 0 to -columns."""
    left, right = 10.0 ** -rng.uniform(0, rows, (T, N, 1)), 10.0 ** -rng.uniform(0, columns, (T, 1, N))
    return left * rng.normal(size=(T, N, N)) * right


def far_apart(rng, T, N=3):
    """Gaussian factors whose rows and columns are multiplied by powers of ten from -140 to 140."""
    left, right = 10.0 ** rng.uniform(-140, 140, (T, N, 1)), 10.0 ** rng.uniform(-140, 140, (T, 1, N))
    return left * rng.normal(size=(T, N, N)) * right


def apart(rng, T, fast=1e3, slow=1e-3):
    """Two pairs of units that know nothing of each other; halfway they change places, so that the fast pair becomes the slow."""
    J = np.zeros((T, 4, 4))
    J[:, :2, :2], J[:, 2:, 2:] = slow * rng.normal(size=(T, 2, 2)), fast * rng.normal(size=(T, 2, 2))
    J[T // 2] = J[T // 2][[2, 3, 0, 1]]
    return J


def with_a_zero(J, at):
    """J with a factor of zeros."""
    J[at] = 0
    return J


CHAINS = {
    "Gaussian": lambda rng: rng.normal(size=(60, 6, 6)),
    "nearly orthogonal": lambda rng: np.stack([np.linalg.qr(a)[0] for a in rng.normal(size=(60, 6, 6))]) * 0.98,
    "orthogonal": lambda rng: np.stack([np.linalg.qr(a)[0] for a in rng.normal(size=(30, 5, 5))]),
    "one matrix": lambda rng: np.broadcast_to(rng.normal(size=(5, 5)), (40, 5, 5)),
    "Jordan block": lambda rng: np.broadcast_to(0.9 * np.eye(5) + np.eye(5, k=1), (80, 5, 5)),
    "1e-300 a step": lambda rng: 1e-300 * rng.normal(size=(30, 3, 3)),
    "1e+300 a step": lambda rng: 1e300 * rng.normal(size=(30, 3, 3)),
    "tanh, at rest": lambda rng: real("rnn", rng, gain=2, inputs=0.1),
    "tanh, saturated": lambda rng: real("rnn", rng, gain=4, inputs=3, n=6),
    "sigmoid, saturated": lambda rng: real("rnn_sigmoid", rng, gain=20, inputs=10, n=6),
    "residual": lambda rng: real("residual", rng, gain=2, n=6),
    "LSTM": lambda rng: real("lstm", rng),
    "LSTM, saturated": lambda rng: real("lstm", rng, gain=8, inputs=4),
    "peephole, saturated": lambda rng: real("peephole", rng, gain=8, inputs=4),
    "GRU, saturated": lambda rng: real("gru", rng, gain=8, inputs=4, n=6),
    "ReLU": lambda rng: real("rnn_relu", rng, gain=1.4, n=8),
    "rows graded": lambda rng: graded(rng, rows=16),
    "columns graded": lambda rng: graded(rng, columns=16),
    "rows and columns graded": lambda rng: graded(rng, rows=12, columns=12),
    "rows and columns far apart": lambda rng: far_apart(rng, T=12),
    "two blocks": lambda rng: apart(rng, T=60),
    "two blocks, one dies": lambda rng: with_a_zero(apart(rng, T=30), (29, slice(2))),
    "diagonal": lambda rng: np.broadcast_to(np.diag([1e-3, 10.0, 0.1]), (50, 3, 3)),
    "units that are off": lambda rng: rng.normal(size=(12, 5, 5)) * (rng.uniform(size=(12, 5, 1)) < 0.8),
    "inputs that are not read": lambda rng: rng.normal(size=(12, 5, 5)) * (rng.uniform(size=(12, 1, 5)) < 0.8),
    "nilpotent": lambda rng: np.broadcast_to(np.eye(4, k=1), (6, 4, 4)),
    "a zero factor": lambda rng: with_a_zero(rng.normal(size=(9, 4, 4)), 4),
    "triangles": lambda rng: np.tril(rng.normal(size=(30, 4, 4))) * 10.0 ** np.arange(4)[:, None],
    "one unit": lambda rng: rng.normal(size=(50, 1, 1)),
    "one step": lambda rng: rng.normal(size=(1, 6, 6)),
}
