"""Factorisations that keep zeros, and rows and columns of any size, as they are."""

import numpy as np

from unrolled.measure.powers import scaled


def eliminate(Z, a, b, near):
    """2^a Z 2^b = L 2^e U by Gaussian elimination with complete pivoting: L (m, r), e (r,) falling, U (r, n).

    L and U are triangular but for the order of their rows and columns, no entry of L exceeds 1, and those of U are at most the
    pivots in U. The pivot is the largest entry of 2^a Z 2^b; elimination itself does not change with a and b. r is less than m
    and n where nothing is left; where two numbers cancel, `near` (see `determined`) says whether nothing is left of them.
    """
    m, n = Z.shape
    rows, columns, r = np.arange(m), np.arange(n), min(m, n)
    Z, powers = both = np.stack([Z, np.add.outer(a, b)])
    for k in range(r):
        with np.errstate(divide="ignore"):
            p, q = np.divmod(np.argmax(np.log2(np.abs(Z[k:, k:])) + powers[k:, k:]), n - k) + np.array(k)
        if Z[p, q] == 0:
            r = k
            break
        both[:, [k, p]] = both[:, [p, k]]
        both[:, :, [k, q]] = both[:, :, [q, k]]
        rows[[k, p]], columns[[k, q]] = rows[[p, k]], columns[[q, k]]
        Z[k + 1 :, k] /= Z[k, k]
        change = Z[k + 1 :, k, None] * Z[k, k + 1 :]
        Z[k + 1 :, k + 1 :] -= change
        rest = Z[k + 1 :, k + 1 :]
        if not rest.all():
            rest += np.where(rest == 0, near(change) - change, 0)
    a, b = a[rows], b[columns]
    L, U = np.empty((m, r)), np.empty((r, n))
    L[rows] = scaled(np.tril(Z[:, :r], -1) + np.eye(m, r), a[:, None] - a[:r])
    U[:, columns] = scaled(np.triu(Z[:r]), b - b[:r, None])
    return L, a[:r] + b[:r], U


def orthogonal(X):
    """Q (N, n) with orthonormal columns and R (n, n) upper triangular, X = Q R, for X (N, n) with columns far from dependent.

    LAPACK's reflections would fill the zeros of X with rounding errors, which may grow; Gram and Schmidt's way, twice, does not.
    The diagonal of R is 0 or NaN where X has a column that depends on those before it.
    """
    if X.all():
        return np.linalg.qr(X)
    Q, R = X.copy(), np.zeros((X.shape[1], X.shape[1]))
    for k in range(X.shape[1]):
        for _ in range(2):
            along = Q[:, :k].T @ Q[:, k]
            Q[:, k] -= Q[:, :k] @ along
            R[:k, k] += along
        R[k, k] = np.linalg.norm(Q[:, k])
        with np.errstate(divide="ignore", invalid="ignore"):
            Q[:, k] /= R[k, k]
    return Q, R
