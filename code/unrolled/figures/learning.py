"""What the pictures of training share: delayed recall as a lesson, and its examination."""

from functools import partial

import numpy as np

from unrolled import cells, readout
from unrolled.tasks import TASKS, delayed_recall
from unrolled.through_time import init
from unrolled.training import Model, states, train


def pulled_back(q, trace, y):
    """The loss's own gradient at the states s_0 ... s_T, a `State` for `bptt`, and ∂E/∂q of the readout q."""
    d_s, d_q = readout.pullback(q, trace.s[1:], y)
    return cells.rnn.State(np.concatenate([np.zeros_like(d_s[:1]), d_s])), d_q


def pupil(rng, *, n, noise=4, classes=4, **start):
    """An untrained tanh network of n units for `delayed_recall`, a `Model`; `start` as in `init`."""
    return Model(cells.rnn, readout, init(cells.rnn, n, classes + noise, rng, **start), readout.init(classes, n, rng))


def learned(model, rng, *, T, B, **settings):
    """Train on `delayed_recall` with plain gradient descent; a `Run`. `settings` as in `train`."""
    return train(model, partial(delayed_recall, T=T, B=B), rng, optimiser="sgd", progress=False, **settings)


def examined(model, rng, *, T, B):
    """The share of right answers on B new sequences, and the states (T, n, B) on the way."""
    x, y = delayed_recall(rng, T, B)
    s = states(model, x)
    return TASKS["delayed_recall"].score(model.q, s, y), s
