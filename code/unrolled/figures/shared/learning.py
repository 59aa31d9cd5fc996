"""What the pictures of training share: delayed recall as a lesson, and its examination."""

from functools import partial
from typing import NamedTuple

import numpy as np

from unrolled import cells, readout
from unrolled.measure import saturated
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


class Run(NamedTuple):
    """loss and norm (updates,): the mean loss in nats and the global norm of the gradient before clipping, both before the
    update. Afterwards, on 200 fresh sequences, accuracy: the share of right answers, and flat: the share of saturated units.
    """

    loss: np.ndarray
    norm: np.ndarray
    accuracy: float
    flat: float


def recall_run(seed, *, T, gain, rate, threshold=None, updates=300, n=24, B=32, recurrent="orthogonal"):
    """Train a tanh network on `delayed_recall` with SGD of this `rate`, clipped by global norm if there is a `threshold`."""
    rng = np.random.default_rng(seed)
    run = learned(pupil(rng, n=n, gain=gain, recurrent=recurrent), rng, T=T, B=B, rate=rate, updates=updates, clip=threshold)
    accuracy, s = examined(run.model, rng, T=T, B=200)
    return Run(run.loss, run.norm, accuracy, saturated(1 - s**2))
