"""Which digits of a measurement the chain itself determines."""

import numpy as np

LAST_DIGITS = 2.0**-50  # of a number: more than a measurement rounds away by itself
SHORTER = 0.7  # all factors, in the second measurement: so that it rounds elsewhere
WITHIN = 1e-9


def determined(measure, J, log):
    """measure(J, near), an array, with NaN where it moves by more than 1e-9 when last digits change.

    J is measured once more, every entry longer or shorter by a share of 2^-50, whichever way a coin falls, and so is every
    number on the way to which the measurement applies near(A); at first near(A) is A itself. And all factors are shorter by
    another factor: log(factor) is what this adds to a measurement, and is taken off again. So NaN stands for what is below the
    rounding of the chain, and for what the computation itself would lose. A zero stays a zero.
    """
    rng = np.random.default_rng(0)  # the coins fall in the same way every time

    def near(A):
        return A * (1 + LAST_DIGITS * (2 * rng.integers(0, 2, A.shape, np.int8) - 1))

    value = measure(J, np.asarray)
    with np.errstate(invalid="ignore"):
        moved = measure(near(SHORTER * J), near) - log(SHORTER)
        return np.where((value == moved) | (np.abs(value - moved) <= WITHIN), value, np.nan)
