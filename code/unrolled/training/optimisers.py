"""Four ways to turn a gradient into a step; the parameters then move by θ ← θ - rate · direction.

An optimiser is a function (g, memory, k) → (direction, memory): g (P,) the gradient of all parameters in one vector,
`memory` what it has kept (None at first), k = 1, 2, ... the number of the update. Nothing is changed in place.
"""

import numpy as np


def sgd(g, memory, k):
    """The gradient itself: direction = g. Robbins & Monro (1951)."""
    return g, memory


def momentum(g, memory, k, β=0.9):
    """v ← β v + g, direction = v. Polyak (1964)."""
    v = g if memory is None else β * memory[0] + g
    return v, (v,)


def rmsprop(g, memory, k, ρ=0.9, ε=1e-8):
    """v ← ρ v + (1 - ρ) g², direction = g / (√v + ε): each parameter has its own scale. Tieleman & Hinton (2012)."""
    v = (1 - ρ) * g**2 if memory is None else ρ * memory[0] + (1 - ρ) * g**2
    return g / (np.sqrt(v) + ε), (v,)


def adam(g, memory, k, β1=0.9, β2=0.999, ε=1e-8):
    """m ← β1 m + (1 - β1) g, v ← β2 v + (1 - β2) g², direction = m̂ / (√v̂ + ε), m̂ = m / (1 - β1ᵏ), v̂ = v / (1 - β2ᵏ).

    Kingma & Ba (2015), algorithm 1. A gradient that is small all the time, yet large beside ε, gives steps as large as any.
    """
    m, v = (np.zeros_like(g), np.zeros_like(g)) if memory is None else memory
    m, v = β1 * m + (1 - β1) * g, β2 * v + (1 - β2) * g**2
    return (m / (1 - β1**k)) / (np.sqrt(v / (1 - β2**k)) + ε), (m, v)


OPTIMISERS = {f.__name__: f for f in (sgd, momentum, rmsprop, adam)}
