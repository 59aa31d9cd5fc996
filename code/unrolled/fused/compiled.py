"""The loops over time, compiled: the lines that stand in the file of a cell, made machine code by numba where that is installed.

numba, and SciPy, whose BLAS it calls, are the extra `compiled`. Without them the lines run in numpy, and give the same numbers
to rounding.
"""

from functools import cache, wraps
from importlib.util import find_spec

import numpy as np

INSTALLED = all(map(find_spec, ("numba", "scipy")))
ON = INSTALLED  # set to False, the loops run in numpy all the same


def compiled(loop):
    """`loop`, a function of arrays (steps, ...), lists of them and `Product`s, as machine code while ON; it returns nothing.

    It is compiled when it is first called with arrays of a kind, which takes some seconds. The arrays of a step are taken as
    vectors, so what is written lies without gaps; what is read and does not is copied.
    """
    if not INSTALLED:
        return loop

    @cache
    def made():
        from unrolled.fused import vectors  # where numba is imported, which takes a second

        return vectors.machine_code(loop)

    @wraps(loop)
    def run(*given):
        if ON:
            made()(*map(plain, given))
        else:
            loop(*given)

    return run


def plain(given):
    """An argument as numba takes it."""
    if isinstance(given, np.ndarray):
        return given if given.flags.c_contiguous or given[0].flags.c_contiguous else np.ascontiguousarray(given)
    if isinstance(given, list):
        return tuple(map(plain, given))
    return getattr(given, "parts", given)
