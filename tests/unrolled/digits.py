"""Products of Jacobians with as many digits as they need: what `unrolled.measure` is held against."""

import mpmath
import numpy as np

PRIME = 2**61 - 1


def exact_products(J, at, digits=None):
    """The products J[t-1] ... J[0] for t in `at`: {t: (N, N) of Python's ints, a power of two}.

    They are not rounded anywhere, or, where that takes too long, to so many `digits` of the largest entry.
    """
    found, power, product = {}, 0, np.eye(J.shape[1], dtype=int).astype(object)
    for t, factor in enumerate(J, start=1):
        shift = 53 - int(np.frexp(factor)[1][factor != 0].min(initial=0))
        product = np.vectorize(lambda a, n=shift: int(mpmath.ldexp(mpmath.mpf(a), n)), otypes=[object])(factor) @ product
        power -= shift
        if digits and (more := max(abs(number).bit_length() for number in product.flat) - int(3.33 * digits)) > 0:
            product, power = product >> more, power + more
        if t in at:
            found[t] = product, power
    return found


def independent(product):
    """The columns that do not depend on those before them: elimination in whole numbers modulo a large prime."""
    left, kept = product % PRIME, []
    for column in range(left.shape[1]):
        rows = np.flatnonzero(left[:, column])
        if rows.size:
            kept.append(column)
            pivot = left[rows[0]] * pow(int(left[rows[0], column]), -1, PRIME) % PRIME
            left = np.delete((left - np.outer(left[:, column], pivot)) % PRIME, rows[0], axis=0)
    return kept


def enough(numbers, largest):
    """numbers() with more and more digits, until the least (the last) has at least 20 left against the number `largest`."""
    digits = 80
    while True:
        with mpmath.workdps(digits):
            found = numbers()
            if not found or found[-1] > largest * mpmath.mpf(10) ** (20 - digits):
                return found
        digits *= 2


def exact_singular_values(J, fixed="start", at=None, digits=None):
    """log10 of all singular values after the numbers of factors in `at` (all if None): (len(at), N), the largest first."""
    J = J if fixed == "start" else J[::-1].transpose(0, 2, 1)
    at = [len(J)] if at is None else at
    values, products = np.full((len(at), J.shape[1]), -np.inf), exact_products(J, at, digits)
    for k, (product, power) in enumerate(products[t] for t in at):
        rank, square = len(independent(product)), product @ product.T

        def squares(rank=rank, square=square):
            return sorted(mpmath.eigsy(mpmath.matrix(square.tolist()), eigvals_only=True), reverse=True)[:rank]

        logs = [mpmath.log10(x) / 2 + power * mpmath.log10(2) for x in enough(squares, np.trace(square))]
        values[k, :rank] = [float(log) for log in logs]
    return values


def exact_exponents(J, digits=None):
    """The means of log |r_jj| of the QR decomposition of the whole product, the largest first: (N,)."""
    product, power = exact_products(J, [len(J)], digits)[len(J)]
    kept = independent(product)

    def lengths():
        Q, found = [], []
        for numbers in product.T[kept]:
            column = np.array([mpmath.mpf(number) for number in numbers])
            for q in Q:
                column = column - (q @ column) * q
            found.append(mpmath.sqrt(column @ column))
            Q.append(column / found[-1] if found[-1] else column)
        return sorted(found, reverse=True)

    rates = np.full(J.shape[1], -np.inf)
    rates[: len(kept)] = [float((mpmath.log(x) + power * mpmath.log(2)) / len(J)) for x in enough(lengths, abs(product).max())]
    return rates
