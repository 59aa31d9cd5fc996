"""The product of the Jacobians as a sum: every recursion is a sum of increments.

The increment of a step is Δ_t = state_t - state_{t-1}, so ∂state_T/∂state_0 = I + Σ ∂Δ_t/∂state_0 whatever the cell. Norms are
spectral and given as log10.
"""

from itertools import product
from typing import NamedTuple

import numpy as np

from unrolled import cells
from unrolled.figures.shared.jacobian import chain
from unrolled.measure import product_norms


class Telescope(NamedTuple):
    """log10, t = 1..T (all (T,)): of ‖J_t ... J_1‖, of ‖I + Σ ∂Δ_τ/∂state_0‖, and of 1 + Σ ‖∂Δ_τ/∂state_0‖, τ = 1..t."""

    product: np.ndarray
    sum: np.ndarray
    sizes: np.ndarray


def telescope(J):
    """The product of the Jacobians J (T, N, N) and the same thing as a sum: a `Telescope`.

    ∂Δ_t/∂state_0 = (J_t - I) J_{t-1} ... J_1. The sum is added up in float64, so it ends at the rounding of its summands.
    """
    identity = np.eye(J.shape[1])
    total, before, sizes, sums, lengths = identity, identity, 1.0, [], []
    for factor in J:
        increment = (factor - identity) @ before
        before = factor @ before
        total = total + increment
        sizes += np.linalg.norm(increment, 2)
        sums.append(np.linalg.norm(total, 2))
        lengths.append(sizes)
    return Telescope(product_norms(J), np.log10(sums), np.log10(lengths))


def telescopes(*, cell, gain, T=40, n=16, seed=0):
    """A `Telescope` for a random network of each kind and gain: a dict {(name of the cell, gain)}; noise at the input."""
    return {
        (name, g): telescope(chain(getattr(cells, name), np.random.default_rng(seed), gain=g, input_scale=1.0, T=T, n=n).J)
        for name, g in product(cell, gain)
    }
