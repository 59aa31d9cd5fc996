"""The rates at which a chain of Jacobians stretches and shrinks: its Lyapunov exponents."""

import numpy as np

from unrolled.checks import square
from unrolled.measure.determined import determined
from unrolled.measure.graded import graded_products

APART = 2**20  # the columns are taken in their order, as if each were 2^APART times longer than the next


def lyapunov_spectrum(J):
    """The Lyapunov exponents of a chain of Jacobians J (T, N, N), per step, natural logarithms, the largest first: (N,).

    Repeated QR, J_t Q_{t-1} = Q_t R_t from Q_0 = I: the means of log |diag R_t| over t (Benettin et al. 1980; for recurrent
    networks Engelken, Wolf & Abbott 2023). Their sum is the mean of log |det J_t|. They are rates over these T steps, whose
    limits for T → ∞ are the exponents proper. -inf for a direction that comes to nothing exactly, as through a unit that is
    off; NaN where J does not determine it, as in `singular_values`. float32 is measured in float64.
    Raises TypeError or ValueError on a wrong type, shape or NaN.
    """
    return determined(exponents, square("J", J, "T, ").astype(np.float64, copy=False), np.log)


def exponents(J, near):
    """As `lyapunov_spectrum`, with numbers where there should be NaN; `near` as in `determined`."""
    N = J.shape[1]
    start = np.eye(N), -APART * np.arange(N), np.zeros(N)
    *_, (_, last) = graded_products(J, start, grown, near)
    rates = np.full(N, -np.inf)
    if last is not None:
        rates[: len(last[2])] = -np.sort(-last[2]) / len(J)
    return rates


def grown(state, moved):
    """Q, the exponents of its columns, and how they have grown in natural logarithms: for the columns that are left."""
    (_, d, growth), (Q, e, V) = state, moved
    kept = np.abs(V).argmax(axis=1)  # the entries off the diagonal are scaled to nothing
    pivots = np.abs(np.take_along_axis(V, kept[:, None], axis=1)[:, 0])
    return Q, d[kept], growth[kept] + (e - d[kept]) * np.log(2) + np.log(pivots)
