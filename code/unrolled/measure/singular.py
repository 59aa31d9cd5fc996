"""All stretches of each product of a chain of Jacobians: its singular values."""

from functools import partial

import numpy as np

from unrolled.checks import choice, lengths, square
from unrolled.measure.determined import determined
from unrolled.measure.elimination import orthogonal
from unrolled.measure.graded import graded_products
from unrolled.measure.jacobi import graded_singular_values
from unrolled.measure.powers import normalised, scaled

BLOCK = 64  # matrices whose singular values are found at once


def singular_values(J, fixed="start", at=None):
    """log10 of all singular values of products of the Jacobians J (T, N, N), J[t-1] = ∂state_t/∂state_{t-1}: (T, N), falling.

    fixed="start": of ∂state_t/∂state_0 for t = 1..T. fixed="end": of ∂state_T/∂state_{T-k} for k = 1..T. at=[10, 50]: for
    these lengths alone, (2, N), which saves the time of the others.

    A value is right to 1e-8, however far below the largest it lies: 1e-4000 beside 1e+4000. It is -inf where it is exactly 0,
    as through a unit that is off, and NaN where J does not determine it: all is computed twice, the second time with entries
    that differ by 2^-50 of themselves, and what moves by more than 1e-9 is not given. So it is with the small values of a
    factor that is singular but for rounding, and of two factors that are nearly each other's inverse. (This finds what rounding
    can change; it is a test, no proof.) float32 is measured in float64.

    Raises TypeError or ValueError on a wrong type, shape, NaN, an unknown `fixed`, or `at` that are not lengths from 1 to T.
    """
    J = square("J", J, "T, ")
    choice("fixed", fixed, ("start", "end"))
    at = range(1, len(J) + 1) if at is None else lengths("at", at, len(J))
    if fixed == "end":
        J = J[::-1].transpose(0, 2, 1)  # the transpose of the product has the same singular values, and grows on the left
    J, t = J.astype(np.float64, copy=False), np.array(at)[:, None]
    return determined(partial(stretches, at=at), J, lambda factor: t * np.log10(factor))


def stretches(J, near, at):
    """log10 of the singular values of J[t-1] ... J[0] for t in `at`, (len(at), N), with numbers where there should be NaN."""
    N, place = J.shape[1], {t: k for k, t in enumerate(at)}
    V, e = np.zeros((len(at), N, N)), np.zeros((len(at), N), int)
    start = np.eye(N), np.zeros(N, int)
    for t, ((_, exponents, rows), _) in enumerate(graded_products(J[: max(at)], start, exchanged, near), start=1):
        if t in place:
            r, n = rows.shape
            V[place[t], :r, :n], e[place[t], :r] = rows, exponents
    blocks = [slice(first, first + BLOCK) for first in range(0, len(at), BLOCK)]
    return np.concatenate([graded_singular_values(V[block], e[block]) for block in blocks])


def exchanged(_, moved):
    """X and d with X 2^d P = Q 2^e V for an orthogonal P, which is of no account: one step of QR iteration.

    With V = L P, X is Q times 2^e L 2^-e, which is near a triangle of ones: so V never grows ill-conditioned.
    """
    Q, e, V = moved
    V, e = normalised(V, e)
    order = np.argsort(-e, kind="stable")
    Q, e, V = Q[:, order], e[order], V[order]
    L = orthogonal(V.T)[1].T
    columns, d = normalised(scaled(L, e[:, None] - e).T, e)
    order = np.argsort(-d, kind="stable")
    return Q @ columns[order].T, d[order]
