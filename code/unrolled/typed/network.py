"""A network that reads letters: e_t = E_{x_t}, a cell, z_t = E P h_t + c.

A letter has the same vector where it is read and where it is guessed.
"""

from typing import NamedTuple

import numpy as np

from unrolled import fused
from unrolled.through_time import state


class Params(NamedTuple):
    """E (K, d) a vector for each of K letters, cell the parameters of a cell of n units and d inputs, P (d, n), c (K, 1)."""

    E: np.ndarray
    cell: tuple
    P: np.ndarray
    c: np.ndarray


class Network(NamedTuple):
    cell: object  # the module: `cells.rnn`, `cells.lstm`
    p: Params


def flat(p):
    """All arrays of `Params`, in one tuple."""
    return p.E, *p.cell, p.P, p.c


def unflat(like, arrays):
    """`Params` of the arrays that `flat` laid out."""
    E, *cell, P, c = arrays
    return like._replace(E=E, cell=like.cell._make(cell), P=P, c=c)


def unroll(network, letters):
    """The trace of the cell over letters (T, B), numbers below K, from a state of zeros."""
    cell, p = network
    return fused.unroll(cell, p.cell, np.ascontiguousarray(p.E[letters].transpose(0, 2, 1)))


def logits(network, trace):
    """z_1 ... z_T, (T, K, B)."""
    _, p = network
    return p.E @ (p.P @ state(network.cell, trace)[-1][1:]) + p.c


def log_softmax(z):
    """The logarithm of softmax over the axis before the last."""
    z = z - z.max(axis=-2, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-2, keepdims=True))


def bits(network, letters, window=400, lead=100):
    """-log₂ of the probability of each letter after the first of a text (N,): N - 1 numbers.

    Each is predicted with at least `lead` letters before it, if the text has so many: windows side by side, for speed.
    """
    starts = range(0, max(len(letters) - 1 - lead, 1), window)
    longest = min(window + lead, len(letters) - 1)
    rows = np.stack([np.resize(letters[s : s + longest + 1], longest + 1) for s in starts], axis=1)
    z = logits(network, unroll(network, rows[:-1]))
    log_p = np.take_along_axis(log_softmax(z), rows[1:, None], axis=1)[:, 0]
    parts = [log_p[0 if k == 0 else lead : min(longest, len(letters) - 1 - s), k] for k, s in enumerate(starts)]
    return -np.concatenate(parts) / np.log(2)


def gradient(network, x, y, rng, drop):
    """The mean loss in nats of y (T, B) after x (T, B), and its gradients, as `flat` lays them out.

    A share `drop` of the components of e_t and of h_t is left out, others for each step, and the rest scaled up.
    """
    cell, p = network
    T, B = x.shape
    e = p.E[x].transpose(0, 2, 1)
    keep_e, keep_h = (mask(rng, (T, size, B), drop, p.E.dtype) for size in (p.E.shape[1], p.P.shape[1]))
    e = e * keep_e
    trace = fused.unroll(cell, p.cell, e)
    h = side_by_side(state(cell, trace)[-1][1:] * keep_h)
    q = p.P @ h
    z = p.E @ q
    z += p.c
    z -= z.max(axis=0)
    right = y.ravel(), np.arange(T * B)
    said = z[right]
    dz = np.exp(z, out=z)  # in place: a text of many letters makes this the largest array by far
    total = dz.sum(axis=0)
    loss = float(np.mean(np.log(total) - said))
    dz /= total * np.array(T * B, z.dtype)
    dz[right] -= np.array(1 / (T * B), z.dtype)
    dq = p.E.T @ dz
    dE, dc, dP = dz @ q.T, dz.sum(axis=1, keepdims=True), dq @ h.T
    d = cell.State(*(np.zeros_like(a) for a in state(cell, trace)))
    d[-1][1:] = (p.P.T @ dq).reshape(len(p.P.T), T, B).transpose(1, 0, 2) * keep_h
    g = fused.bptt(cell, p.cell, e, trace, d)
    np.add.at(dE, x.ravel(), side_by_side(g.x * keep_e).T)
    return loss, (dE, *g.params, dP, dc)


def mask(rng, shape, drop, dtype):
    """What a share `drop` of zeros leaves, scaled so that the mean stays."""
    return (rng.random(shape, dtype=np.float32) >= drop).astype(dtype) / np.array(1 - drop, dtype)


def side_by_side(a):
    """(T, n, B) as the T B columns of a matrix."""
    return np.ascontiguousarray(a.transpose(1, 0, 2)).reshape(a.shape[1], -1)


def listening(network, letters, letter):
    """‖∂z/∂e_k‖ for each of `letters` (T,): what each does to the logit z of `letter` after them."""
    cell, p = network
    if not len(letters):
        return np.empty(0)
    e = np.ascontiguousarray(p.E[letters].T[..., None].transpose(1, 0, 2))
    trace = fused.unroll(cell, p.cell, e)
    d = cell.State(*(np.zeros_like(a) for a in state(cell, trace)))
    d[-1][-1] = p.P.T @ p.E[letter][:, None]
    return np.linalg.norm(fused.bptt(cell, p.cell, e, trace, d).x[:, :, 0], axis=1)
