"""The largest stretch of each product of a chain of Jacobians."""

import numpy as np

from unrolled.checks import choice, square

STEPS, CACHED = 32, 2**15  # the most steps, and numbers in an array (so that they stay in the cache), of a block of time
SAFE = 450  # the rows of plain products are between 2**-SAFE and 2**SAFE long
PASSES = 16  # of power iteration: most of the matrices of a chain need no more
LOWEST = -1200  # 2**LOWEST times a mantissa is below every float64
ZERO = -(2**40)  # the exponent of a row that is zero: below every exponent that a product can reach


def product_norms(J, fixed="start"):
    """log10 of the spectral norms of products of the Jacobians J (T, N, N), J[t-1] = ∂state_t/∂state_{t-1}; result (T,).

    fixed="start": ∂state_t/∂state_0 for t = 1..T. fixed="end": ∂state_T/∂state_{T-k} for k = 1..T.
    -inf where a product is exactly zero. Neither underflows nor overflows: each row of the product keeps a power of two
    of its own, so that even a direction that has shrunk by 1e-400 against another is there when the other one dies.
    Raises TypeError or ValueError on a wrong type, shape, NaN or an unknown `fixed`.
    """
    J = square("J", J, "T, ")
    choice("fixed", fixed, ("start", "end"))
    if fixed == "end":
        J = J[::-1].transpose(0, 2, 1)  # the transpose of the product has the same norm, and grows on the left
    J = J.astype(np.float64, copy=False)
    rows, exponents = np.eye(J.shape[1]), np.zeros(J.shape[1], int)  # the product is 2**exponents[:, None] * rows
    norms = np.empty(len(J))
    steps = max(min(STEPS, CACHED // rows.size), 1)
    for first in range(0, len(J), steps):
        block = slice(first, first + steps)
        P, tops, rows, exponents = products(J[block], rows, exponents)
        # the largest singular value alone: the Gram matrix gives it as exactly as the SVD does, in less time
        with np.errstate(divide="ignore"):
            norms[block] = 0.5 * np.log10(largest_eigenvalues(P @ P.transpose(0, 2, 1))) + tops * np.log10(2)
    return norms


def products(J, rows, exponents):
    """J[k] ... J[0] @ (2**exponents[:, None] * rows) for each k: P (K, N, N) and tops (K,), to be read as 2**tops * P.

    Also the last of them in the form of the first, rows and exponents. Plain products are tried at first: what underflows
    in them is wrong by 2**-1074, no more than 2**-624 of a row that is 2**-SAFE long. If the rows of all products are so long,
    and none is longer than 2**SAFE, nothing was lost; else `times` does the block again, a step at a time.
    """
    top, P = exponents.max(), np.empty(J.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        last = np.ldexp(rows, np.maximum(exponents - top, LOWEST)[:, None])
        for factor, product in zip(J, P, strict=True):
            last = factor.dot(last, product)
        length = np.sqrt(np.einsum("tij,tij->ti", P, P))
    if top - exponents.min() <= SAFE and np.all((length >= 2.0**-SAFE) & (length <= 2.0**SAFE)):
        shifts = np.frexp(length)[1]
        tops = shifts.max(axis=1)
        last = np.ldexp(last, -shifts[-1][:, None])
        P *= np.ldexp(1.0, -tops)[:, None, None]
        return P, top + tops, last, top + shifts[-1]
    tops = np.empty(len(J), int)
    for t, factor in enumerate(J):
        rows, exponents = times(factor, rows, exponents)
        tops[t] = exponents.max()
        P[t] = np.ldexp(rows, np.maximum(exponents - tops[t], LOWEST)[:, None])
    return P, tops, rows, exponents


def times(factor, rows, exponents):
    """factor @ (2**exponents[:, None] * rows) in the same form, each row scaled to a largest entry in [1/2, 1), or zero."""
    mantissa, power = np.frexp(factor)
    power = np.where(mantissa == 0, ZERO, power + exponents)
    top = power.max(axis=1)
    product = np.ldexp(mantissa, np.maximum(power - top[:, None], LOWEST)) @ rows
    largest, shift = np.frexp(np.abs(product).max(axis=1))
    return np.ldexp(product, -shift[:, None]), np.where(largest == 0, ZERO, top + shift)


def largest_eigenvalues(G):
    """The largest eigenvalue of each symmetric G (K, N, N) that has no negative ones: (K,), to 1e-13.

    Power iteration with H = G² / tr G², and a proof. In a basis that begins with the unit vector v, H = [[θ, rᵀ], [r, B]]
    with θ = vᵀHv and ‖r‖ = ρ = ‖Hv - θv‖. B has no negative eigenvalue either, hence ‖B‖ <= tr B = 1 - θ. If θ > 1 - θ, the
    largest eigenvalue λ >= θ of H is none of B's, and λ - θ = rᵀ (λ - B)⁻¹ r <= ρ² / (θ - (1 - θ)).
    Where this is not narrow, as where the two largest are nearly equal, LAPACK finds λ.
    """
    H = G @ G
    trace = np.trace(H, axis1=1, axis2=2)
    with np.errstate(divide="ignore", invalid="ignore"):  # NaN from a zero matrix: nothing is proved
        H /= trace[:, None, None]
        longest = np.argmax(np.diagonal(H, axis1=1, axis2=2), axis=1)
        v = H[np.arange(len(H)), :, longest, None]  # a column that is not zero
        for _ in range(PASSES):
            v = H @ v
        v /= np.linalg.norm(v, axis=1, keepdims=True)
        Hv = H @ v
        θ = np.sum(v * Hv, axis=1)
        ρ = np.linalg.norm(Hv - θ[:, None] * v, axis=1)
        proved = np.all(ρ**2 <= 1e-13 * θ * (2 * θ - 1), axis=1)
    largest = np.sqrt(trace * θ[:, 0])
    if not proved.all():
        largest[~proved] = np.maximum(np.linalg.eigvalsh(G[~proved])[:, -1], 0.0)
    return largest
