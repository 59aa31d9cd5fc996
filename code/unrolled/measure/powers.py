"""Powers of two apart from the numbers, so that neither underflows nor overflows."""

import numpy as np

FAR = 2200  # 2**FAR leads from any float64 past any other
EVEN = 10  # rows, or columns, whose largest entries differ by no more than this power of two are left as they are
NOTHING = -(2**40)  # the exponent of a zero


def normalised(V, e):
    """V and e with the same 2^e V, the largest entry of each row of V in [1/2, 1)."""
    shift = np.frexp(np.abs(V).max(axis=1))[1].astype(int)
    return scaled(V, -shift[:, None]), e + shift


def scaled(A, exponents):
    """2^exponents A, whole exponents of any size."""
    return np.ldexp(A, np.clip(exponents, -FAR, FAR))


def equilibrated(J):
    """top, a, Z, b with J = 2^(top + a) Z 2^b, the largest entry of each row and column of Z not far from 1.

    J (N, N); a and b (N,) are whole numbers, all 0 where the rows, or the columns, are of about the same size anyway. For a
    column of zeros, where they are not, b is next to minus infinity: what it is multiplied by is of no account.
    """
    size = np.where(J == 0, NOTHING, np.frexp(J)[1].astype(int))
    top = size.max()
    a = spread(size - top)
    a = np.where(a > NOTHING / 2, a, 0)
    b = spread((size - top - a[:, None]).T)
    return top, a, scaled(J, -(top + a[:, None] + b)), b


def spread(size):
    """The largest of each row of the exponents `size`, of which 0 is the largest: all 0 where they differ little."""
    largest = size.max(axis=1)
    return largest if largest[largest > NOTHING / 2].min(initial=0) < -EVEN else 0 * largest
