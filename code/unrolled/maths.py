"""The scalar functions of the book. All but ReLU are analytic, so that a complex step passes through them."""

import numpy as np
from numpy import tanh

__all__ = ["D", "affine_pullback", "relu", "sigmoid_slope", "softmax", "softplus", "tanh", "tanh_slope", "σ"]


def σ(a):
    """The logistic function 1 / (1 + e^-a), any shape; written with tanh it never overflows."""
    return 0.5 * (1 + tanh(0.5 * a))


def relu(a):
    """max(a, 0), any shape; a complex number counts by its real part."""
    return np.where(np.real(a) > 0, a, np.zeros_like(a))


def softplus(a):
    """log(1 + e^a), above 0, any shape; its slope is σ(a). Written so that it never overflows."""
    above = relu(a)
    return above + np.log1p(np.exp(a - 2 * above))


def tanh_slope(a):
    """tanh'(a) = 4 e^{-2|a|} / (1 + e^{-2|a|})², real a of any shape.

    The textbook form 1 - tanh(a)² is rounded to exactly 0 from |a| of about 19; this one is right to the last digits
    for as long as float64 has numbers (|a| < 354).
    """
    e = np.exp(-2 * np.abs(a))
    return 4 * e / (1 + e) ** 2


def sigmoid_slope(a):
    """σ'(a) = σ(a) σ(-a) = e^{-|a|} / (1 + e^{-|a|})², real a of any shape, right in both tails."""
    e = np.exp(-np.abs(a))
    return e / (1 + e) ** 2


def softmax(z):
    """p = e^z / Σ e^z over the classes, `z` (..., C, B): logits in, probabilities of the same shape out."""
    e = np.exp(z - np.max(np.real(z), axis=-2, keepdims=True))
    return e / np.sum(e, axis=-2, keepdims=True)


def affine_pullback(da, x_t, h_prev):
    """What a layer a = U x_t + W h_prev + b hands to its parameters: ∂L/∂U, ∂L/∂W, ∂L/∂b.

    da (n, B) is ∂L/∂a, x_t (m, B), h_prev (n, B); the results (n, m), (n, n), (n, 1) are summed over the batch.
    """
    return da @ x_t.T, da @ h_prev.T, da.sum(axis=1, keepdims=True)


def D(v):
    """The diagonal matrix with the vector v (n, 1) on its diagonal, (n, n); of many vectors (..., n, 1) as many matrices.

    Times a matrix it need not be made: D(v) W is v * W, each row of W times its number.
    """
    return v * np.eye(v.shape[-2], dtype=v.dtype)
