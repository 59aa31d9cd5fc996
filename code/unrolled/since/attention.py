"""Causal attention, one head: h_t = Σ_j α_{t,j} v_j over j ≤ t. No state is handed on, so there is no product of Jacobians.

Vaswani et al., *Attention is all you need* (2017), section 3.2.1, without the projection of the output.
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from unrolled.checks import array, generator, positive, whole
from unrolled.maths import softmax


class Params(NamedTuple):
    U_q: ndarray
    U_k: ndarray
    U_v: ndarray


class Attention(NamedTuple):
    """α (T, T): α[t-1, j-1] is the weight of step j in h_t; a row sums to 1. v and h: (T, n)."""

    α: ndarray
    v: ndarray
    h: ndarray


def init(n, m, rng, sharpness=1.0):
    """Random (n, m) matrices, Gaussian with standard deviation 1/√m; those of query and key times √`sharpness`, so that the
    scores grow with it (0: all equal).
    """
    n, m, rng = whole("n", n), whole("m", m), generator("rng", rng)
    root = np.sqrt(positive("sharpness", sharpness, zero=True))
    return Params(*(scale * rng.normal(0, 1 / np.sqrt(m), (n, m)) for scale in (root, root, 1.0)))


def attend(p, x):
    """`Attention` over x (T, m): each step asks (q) all steps up to its own (k) what they hold (v)."""
    array("x", x, (None, p.U_v.shape[1]))
    q, k, v = (x @ U.T for U in p)
    scores = q @ k.T / np.sqrt(len(p.U_q))
    scores[np.triu_indices(len(x), 1)] = -np.inf  # nobody sees what comes later
    α = softmax(scores.T).T
    return Attention(α, v, α @ v)


def jacobians(p, x):
    """∂h_T/∂x_j for j = 1..T at entry j-1: (T, n, m), x (T, m).

    Step j acts through its value and its key. The last step also asks: its query moves all weights.
    """
    α, v, h = attend(p, x)
    last, root = α[-1][:, None, None], np.sqrt(len(p.U_q))
    deviation = (v - h[-1])[:, :, None]
    J = last * (p.U_v + deviation * (x[-1] @ p.U_q.T @ p.U_k / root))
    J[-1] += np.sum(last * deviation * (x @ p.U_k.T)[:, None, :], axis=0) @ p.U_q / root
    return J
