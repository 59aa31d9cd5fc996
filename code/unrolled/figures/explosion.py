"""Training while the gradient explodes, or is clipped: plain gradient descent on delayed recall, several seeds."""

from typing import NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.learning import examined, learned, pupil
from unrolled.measure import saturated


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
