"""A plain loop of gradient descent: a recurrent network and its readout learn delayed recall."""

import numpy as np

from unrolled import cells, readout
from unrolled.tasks import delayed_recall
from unrolled.through_time import bptt, unroll
from unrolled.training import clip_by_global_norm, global_norm


def pulled_back(q, trace, y):
    """The loss's own gradient at the states s_0 ... s_T, a `State` for `bptt`, and ∂E/∂q of the readout q."""
    d_s, d_q = readout.pullback(q, trace.s[1:], y)
    return cells.rnn.State(np.concatenate([np.zeros_like(d_s[:1]), d_s])), d_q


def learn(p, q, rng, *, T, B, rate, updates, threshold=None, horizon=None):
    """Train the plain network p and its readout q by SGD of this `rate` on batches of B sequences of T steps.

    Gradients are clipped by their global norm if there is a `threshold`, and cut after `horizon` steps if there is one.
    Returns p, q, and two arrays (updates,): the mean loss in nats and the norm before clipping, both before the update.
    """
    loss, norm = np.empty(updates), np.empty(updates)
    for k in range(updates):
        x, y = delayed_recall(rng, T, B, len(q.V))
        trace = unroll(cells.rnn, p, x)
        loss[k] = readout.read(q, trace.s[1:], y).E[-1].mean()
        d, d_q = pulled_back(q, trace, y / B)  # the mean over the batch
        grads = (*bptt(cells.rnn, p, x, trace, d, horizon=horizon).params, *d_q)
        norm[k] = global_norm(grads)
        if threshold is not None:
            grads, _ = clip_by_global_norm(grads, threshold)
        p = p._make(a - rate * g for a, g in zip(p, grads[: len(p)], strict=True))
        q = q._make(a - rate * g for a, g in zip(q, grads[len(p) :], strict=True))
    return p, q, loss, norm


def examined(p, q, rng, *, T, B):
    """The share of right answers on B new sequences, and the states (T, n, B) on the way."""
    x, y = delayed_recall(rng, T, B, len(q.V))
    s = unroll(cells.rnn, p, x).s[1:]
    right = readout.read(q, s, y).z[-1].argmax(axis=0) == y[-1].argmax(axis=0)
    return float(np.mean(right)), s
