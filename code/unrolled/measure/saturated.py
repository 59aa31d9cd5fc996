"""How many units have hardly any slope left."""

import numpy as np

from unrolled.checks import array, positive


def saturated(slopes, below=0.05):
    """The share of units whose slope φ'(a) is under `below`: slopes of any shape, a float in 0..1 returned."""
    if not isinstance(slopes, np.ndarray):
        raise TypeError(f"slopes must be a numpy array; got {type(slopes).__name__}")
    return float(np.mean(array("slopes", slopes, slopes.ndim * (None,)) < positive("below", below)))
