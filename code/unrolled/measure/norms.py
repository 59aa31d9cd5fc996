"""The largest stretch of each product of a chain of Jacobians."""

import numpy as np

from unrolled.checks import choice, square

STEPS, CACHED = 128, 2**16  # the most steps, and numbers in an array (so that they stay in the cache), of a block of time
SAFE, SHORT = 450, 8  # the rows of plain products are between 2**-SAFE and 2**SAFE long; a shorter block is not halved
POWERS, PASSES = (4, 16, 64), 8  # of G, and of power iteration with each: most of the matrices of a chain need the first alone
RIGHT, ROUNDED = 1e-12, 1e-4  # what is proved of a squared norm; more than float32 rounds away of a power of G
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
        with np.errstate(divide="ignore"):
            norms[block] = 0.5 * np.log10(squared_norms(P)) + tops * np.log10(2)
    return norms


def products(J, rows, exponents):
    """J[k] ... J[0] @ (2**exponents[:, None] * rows) for each k: P (K, N, N) and tops (K,), to be read as 2**tops * P.

    Also the last of them in the form of the first, rows and exponents. Plain products are tried at first: what underflows
    in them is wrong by 2**-1074, no more than 2**-624 of a row that is 2**-SAFE long. If the rows of all products are so long,
    and none is longer than 2**SAFE, nothing was lost; else half a block is tried, and at last `times` does a step at a time.
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
    if len(J) > SHORT:
        half = len(J) // 2
        *first, rows, exponents = products(J[:half], rows, exponents)
        *second, rows, exponents = products(J[half:], rows, exponents)
        return *map(np.concatenate, zip(first, second, strict=True)), rows, exponents
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


def squared_norms(P):
    """The squared spectral norm of each P (K, N, N), whose longest row is about 1 long: (K,), to 1e-12.

    It is the largest eigenvalue λ of G = P Pᵀ. Power iteration with A = Gᵐ / ‖Gᵐ‖, in float32, which takes half the time, gives
    a unit vector v; what follows is float64. θ = vᵀGv is at most λ. The squares of A's eigenvalues add up to 1; if α = vᵀAv,
    one of them is α or more, and all others are at most β = √(1 - α²). So if β < α, the other eigenvalues of G are at most λ g,
    g = (β / α)^(1/m), and λ - θ is no more than ρ² / (θ - λ g) with ρ = ‖Gv - θv‖ (Temple 1928; Kato 1949).
    Where this is not narrow, as where the two largest are nearly equal, G is squared again, and at last LAPACK finds λ.
    """
    found, left, m = np.empty(len(P)), np.arange(len(P)), 1
    A = P.astype(np.float32)
    A = A @ A.transpose(0, 2, 1)
    with np.errstate(divide="ignore", invalid="ignore"):  # NaN from a zero matrix: nothing is proved
        for power in POWERS:
            while m < power:
                A, m = A / frobenius(A), 2 * m
                A = A @ A
            A /= frobenius(A)
            longest = np.argmax(np.diagonal(A, axis1=1, axis2=2), axis=1)
            v = A[np.arange(len(A)), :, longest, None]  # a column that is not zero
            for _ in range(PASSES):
                v = A @ v
            v = v.astype(np.float64) / frobenius(v)
            v /= frobenius(v)
            Q = P[left]
            u = Q.transpose(0, 2, 1) @ v
            θ, α = np.sum(u * u, axis=1), np.sum(v * (A @ v.astype(np.float32)), axis=1)
            ρ = frobenius(Q @ u - θ[:, None] * v)[:, 0]
            g = (np.sqrt(np.maximum(1 - α**2, 0) + ROUNDED) / α) ** (1 / m)
            found[left] = θ[:, 0]
            open_ = ~((g < 1) & (ρ**2 <= RIGHT * θ**2 * (1 - g)))[:, 0]
            left, A = left[open_], A[open_]
            if not left.size:
                return found
    found[left] = np.maximum(np.linalg.eigvalsh(P[left] @ P[left].transpose(0, 2, 1))[:, -1], 0.0)
    return found


def frobenius(A):
    """‖A‖ of each A (K, ., .), as (K, 1, 1)."""
    return np.sqrt(np.einsum("kij,kij->k", A, A))[:, None, None]
