"""From a hidden state to a loss: z_t = V h_t + c, p_t = softmax(z_t), E_t = -Σ_c y_{t,c} log p_{t,c}.

Works on a whole sequence at once: h (T, n, B), y (T, C, B), one-hot where a step has a loss and all zero where it has none.
"""

from typing import NamedTuple

import numpy as np

from unrolled.checks import array, generator, named, one_precision, positive, whole
from unrolled.maths import softmax


class Params(NamedTuple):
    V: np.ndarray
    c: np.ndarray


class Readout(NamedTuple):
    """z (T, C, B) the logits, p (T, C, B) the probabilities, E (T, B) the loss of each step in nats."""

    z: np.ndarray
    p: np.ndarray
    E: np.ndarray


def shapes(classes, n):
    """The shape of each parameter for this many classes and n units, as a `Params`."""
    return Params(V=(classes, n), c=(classes, 1))


def init(classes, n, rng, gain=1.0):
    """V Gaussian with standard deviation gain / √n, c zero. Raises TypeError or ValueError on bad input."""
    classes, n, gain = whole("classes", classes), whole("n", n), positive("gain", gain, zero=True)
    return Params(generator("rng", rng).normal(0, gain / np.sqrt(n), (classes, n)), np.zeros((classes, 1)))


def read(p, h, y):
    """The `Readout` of the states h (T, n, B) against the targets y (T, C, B).

    Raises TypeError or ValueError on a wrong type, shape or dtype.
    """
    check(p, h, y)
    z = p.V @ h + p.c
    # log softmax, not the log of softmax: p may be too small to be a number while its logarithm is not
    log_p = z - np.max(np.real(z), axis=1, keepdims=True)
    log_p = log_p - np.log(np.sum(np.exp(log_p), axis=1, keepdims=True))
    return Readout(z, softmax(z), -np.sum(y * log_p, axis=1))


def pullback(p, h, y):
    """The gradients of Σ E: (∂E/∂h (T, n, B), ∂E/∂p a `Params` summed over time and batch).

    ∂E_t/∂z_t = (Σ_c y_{t,c}) p_t - y_t, which is p_t - y_t for a one-hot y_t and 0 for a step without a loss.
    Raises TypeError or ValueError on a wrong type, shape or dtype.
    """
    e = np.sum(y, axis=1, keepdims=True) * read(p, h, y).p - y
    return p.V.T @ e, Params(np.einsum("tcb,tnb->cn", e, h), e.sum(axis=(0, 2))[:, None])


def asked(y):
    """Where there is a loss: (T, B), False where the column of y (T, C, B) is all zero."""
    return (y != 0).any(axis=1)


def check(p, h, y):
    """A sentence if p, h and y do not fit together."""
    array("h", h, (None, None, None))
    array("y", y, (h.shape[0], None, h.shape[2]))
    named("p", p, Params, shapes(y.shape[1], h.shape[1]))
    one_precision(h=h, y=y, V=p.V, c=p.c)
