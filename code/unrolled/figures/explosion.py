"""Training while the gradient explodes, or is clipped: plain gradient descent on delayed recall, several seeds."""

from typing import NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from unrolled import cells, readout, style
from unrolled.measure import saturated
from unrolled.tasks import delayed_recall
from unrolled.through_time import bptt, init, unroll
from unrolled.training import clip_by_global_norm, global_norm


class Run(NamedTuple):
    """loss and norm (updates,): the mean loss in nats and the global norm of the gradient before clipping, both before the
    update. Afterwards, on 200 fresh sequences, accuracy: the share of right answers, and flat: the share of saturated units.
    """

    loss: np.ndarray
    norm: np.ndarray
    accuracy: float
    flat: float


def recall_run(seed, *, T, gain, rate, threshold=None, updates=300, n=24, B=32, classes=4, recurrent="orthogonal"):
    """Train a tanh network on `delayed_recall` with SGD of this `rate`, clipped by global norm if there is a `threshold`."""
    rng = np.random.default_rng(seed)
    x, y = delayed_recall(rng, T, B, classes)
    p = init(cells.rnn, n, x.shape[1], rng, gain=gain, recurrent=recurrent)
    q = readout.init(classes, n, rng)
    loss, norm = np.empty(updates), np.empty(updates)
    for k in range(updates):
        x, y = delayed_recall(rng, T, B, classes)
        trace = unroll(cells.rnn, p, x)
        loss[k] = readout.read(q, trace.s[1:], y).E[-1].mean()
        d_s, d_q = readout.pullback(q, trace.s[1:], y / B)  # the mean over the batch
        d = cells.rnn.State(np.concatenate([np.zeros_like(d_s[:1]), d_s]))
        grads = (*bptt(cells.rnn, p, x, trace, d).params, *d_q)
        norm[k] = global_norm(grads)
        if threshold is not None:
            grads, _ = clip_by_global_norm(grads, threshold)
        p = p._make(a - rate * g for a, g in zip(p, grads[: len(p)], strict=True))
        q = q._make(a - rate * g for a, g in zip(q, grads[len(p) :], strict=True))
    x, y = delayed_recall(rng, T, 200, classes)
    s = unroll(cells.rnn, p, x).s[1:]
    right = readout.read(q, s, y).z[-1].argmax(axis=0) == y[-1].argmax(axis=0)
    return Run(loss, norm, float(np.mean(right)), saturated(1 - s**2))


def runs_picture(runs, chance):
    """Gradient norm and loss of `runs` against the number of updates, a line a run; dashed, the loss of guessing: `fig`."""
    with mpl.rc_context(style.RC):
        fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(6, 4))
        for run in runs:
            top.semilogy(np.arange(len(run.norm)), run.norm, color=style.SYMBOLS["delta"].colour, linewidth=0.8, alpha=0.7)
            bottom.plot(np.arange(len(run.loss)), run.loss, color=style.SYMBOLS["E"].colour, linewidth=0.8, alpha=0.7)
        bottom.axhline(chance, color=style.INK, linewidth=1, linestyle="--")
        top.set(ylabel=r"$\Vert\partial E/\partial\theta\Vert$")
        bottom.set(ylabel="$E$", ylim=(0, None))
        fig.align_ylabels()
    return fig
