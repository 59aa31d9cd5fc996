"""A long product of matrices, factor by factor, whose directions grow apart by hundreds of orders of magnitude.

The product is Q 2^e V: the columns of Q are orthonormal, e are whole numbers, kept apart, and the rows of V are about 1 long and
far from dependent. In that form no direction loses its digits to a longer one. (D. E. Stewart 1997 calls a product stable if
small errors in its factors are small errors in each of its singular values.)
"""

import numpy as np

from unrolled.measure.elimination import eliminate, orthogonal
from unrolled.measure.powers import equilibrated, scaled

CLOSE = 1e-5  # the least of a triangular factor against its largest, so that QR alone keeps 10 digits of each direction


def graded_products(J, start, turn, near):
    """Each product J[t-1] ... J[0] X 2^d, t = 1..T, of factors J (T, N, N): yields ((Q, e, V), state), and ends at a zero one.

    `start` is a tuple that begins with X (N, n), of full rank, and d (n,), whole. turn(state, (Q, e, V)) is the state from which
    the next factor goes on. Q (N, r), e (r,) and V (r, n) have a smaller r than n where the product is singular. `near` as in
    `determined`.
    """
    state = before = start
    last = none = np.zeros(J.shape[1], int)
    for factor in J:
        moved, a = times_even(factor, *state[:2], near), none
        if moved is None:
            # a graded factor, as from units whose slopes differ by orders of magnitude, is 2^(top + a) Z 2^b
            top, a, Z, b = equilibrated(factor)
            if b.any():  # these meet the powers of the last factor's rows, with which they may be even again
                state = turn(before, times_powers(last + b, *before[:2], near))
            X, d = state[0], state[1] + top
            moved = times_even(Z, X, d, near) or times_uneven(Z, X, d, near)
        if not moved[1].size:
            yield moved, None
            return
        state = before = turn(state, moved)
        last = a
        if a.any():
            moved = times_powers(a, *before[:2], near)
            state = turn(before, moved)
        yield moved, state


def times_even(J, X, d, near):
    """J X 2^d = Q 2^e V by QR alone; None where short directions would lose digits in it."""
    top = int(np.frexp(np.abs(J).max())[1])
    Q, R = orthogonal(near(scaled(J, -top) @ X))
    even = 0 < CLOSE * np.abs(R).max() <= np.abs(np.diag(R)).min()
    return (Q, d + top, scaled(R, d - d[:, None])) if even else None


def times_uneven(J, X, d, near):
    """J X 2^d = Q 2^e V, with what is exactly 0 in J and X kept so."""
    none = np.zeros(len(J), int)
    L, e, U = eliminate(J, none, none, near)
    left, e, V = eliminate(near(U @ X), e, d, near)
    Q, R = orthogonal(near(L @ left))
    return Q, e, scaled(R, e - e[:, None]) @ V


def times_powers(a, X, d, near):
    """2^a X 2^d = Q 2^e V for whole a (N,)."""
    left, e, V = eliminate(near(X), a, d, near)
    Q, R = orthogonal(left)
    return Q, e, scaled(R, e - e[:, None]) @ V
