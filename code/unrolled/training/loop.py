"""Gradient descent through time: batches, a gradient, an optimiser, and a loop that can be stopped and taken up again."""

from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from unrolled import fused, through_time
from unrolled.checks import choice, generator, positive, whole
from unrolled.training.clipping import clip_by_global_norm, clip_by_value, global_norm
from unrolled.training.optimisers import OPTIMISERS
from unrolled.training.run import Run, keep, kept


class Diverged(FloatingPointError):
    """The loss or its gradient is not finite any more; `run` holds all that came before."""

    def __init__(self, sentence, run):
        super().__init__(sentence)
        self.run = run


def states(model, x):
    """h_1 ... h_T (or s_1 ... s_T) of the model over x (T, m, B): what its readout sees, (T, n, B)."""
    return hidden(model.cell, paths(model.cell).unroll(model.cell, model.p, x))


def hidden(cell, trace):
    return getattr(trace, cell.State._fields[-1])[1:]


def paths(cell):
    """Where forward and back are found for this cell: the fast ones where there are any."""
    return fused if cell in fused.CELLS else through_time


def gradient(model, x, y, horizon=None):
    """The mean loss over all that is asked of x (T, m, B) by y (T, C, B), and its gradients: a tuple of arrays, p's then q's.

    With `horizon`, each step's loss goes back through that many steps only (see `bptt`).
    """
    cell, loss, p, q = model
    there = paths(cell) if horizon is None else through_time
    trace = there.unroll(cell, p, x)
    asked = loss.asked(y)
    rows, count = np.flatnonzero(asked.any(axis=1)), asked.sum()
    h, y = hidden(cell, trace)[rows], y[rows]
    E = loss.read(q, h, y).E.sum() / count
    d_h, d_q = loss.pullback(q, h, y)
    d = cell.State(*(np.zeros((len(x) + 1, *h.shape[1:]), h.dtype) for _ in cell.State._fields))
    d[-1][rows + 1] = d_h / count
    d_p = there.bptt(cell, p, x, trace, d, **({} if horizon is None else {"horizon": horizon})).params
    return float(E), (*d_p, *(g / count for g in d_q))


def train(
    model,
    draw,
    rng,
    *,
    updates,
    rate,
    optimiser="adam",
    clip=None,
    clip_by="norm",
    horizon=None,
    score=None,
    every=50,
    enough=None,
    patience=None,
    file=None,
    progress=True,
):
    """Train `model` on batches (x, y) = draw(rng) for at most `updates` updates; returns a `Run`.

    rate         the learning rate: a number, or a function of the update's number k = 1, 2, ...
    optimiser    "sgd", "momentum", "rmsprop" or "adam"
    clip         None, or the threshold of clipping by the global norm or, with clip_by="value", of each entry
    score        a function of the model, called after every `every` updates; training ends when it gives `enough` or more, or
                 when `patience` examinations in a row brought no better one
    file         where the run is kept: written after every examination and when the run is interrupted. If it is there already,
                 with the same settings, training goes on from it as if it had never stopped; `rng` is set to where it stood
    progress     a bar with loss, norm of the gradient and the time left

    Ctrl-C ends a run without loss: what there is is returned (and kept). Raises `Diverged` when loss or gradient is not
    finite; TypeError or ValueError, naming the argument, on bad input.
    """
    updates, every, rng = whole("updates", updates), whole("every", every), generator("rng", rng)
    if not callable(rate):
        positive("rate", rate)
    direction_of = OPTIMISERS[choice("optimiser", optimiser, tuple(OPTIMISERS))]
    clipped = clipping(clip, choice("clip_by", clip_by, ("norm", "value")))
    settings = [optimiser, clip, clip_by, horizon, every, "a function" if callable(rate) else rate]

    def update(run):
        """One batch, one step; examined where it is time. Raises `Diverged`."""
        k = len(run.loss) + 1
        with np.errstate(over="ignore", invalid="ignore"):  # told below, in a sentence
            E, grads = gradient(run.model, *draw(rng), horizon)
            norm = global_norm(grads)
        if not np.isfinite([E, norm]).all():
            raise Diverged(
                f"training stopped at update {k}: loss {E:.3g}, norm of its gradient {norm:.3g}; lower the rate or clip", run
            )
        direction, memory = direction_of(flat(clipped(grads)), run.memory, k)
        model = moved(run.model, (rate(k) if callable(rate) else rate) * direction)
        scores = run.scores if score is None or k % every else np.append(run.scores, [[k, score(model)]], axis=0)
        state = rng.bit_generator.state
        run = Run(model, memory, state, np.append(run.loss, E), np.append(run.norm, norm), scores, "")
        return run._replace(ended=verdict(run, updates, enough, patience))

    run = Run(model, None, rng.bit_generator.state, *np.empty((2, 0)), np.empty((0, 2)), "")
    if file and Path(file).exists():
        run = kept(file, run, settings)
        rng.bit_generator.state = run.rng
        run = run._replace(ended=verdict(run, updates, enough, patience))
    with tqdm(initial=len(run.loss), total=updates, disable=not progress) as bar:
        try:
            while not run.ended:
                run = update(run)  # an interruption finds the run before an update or after it, never in between
                bar.set_postfix(loss=f"{run.loss[-1]:.3g}", norm=f"{run.norm[-1]:.3g}", refresh=False)
                bar.update()
                if file and len(run.loss) % every == 0:
                    keep(file, run, settings)
        except KeyboardInterrupt:
            run = run._replace(ended="interrupted")
        finally:
            if file:
                keep(file, run, settings)
    return run


def verdict(run, updates, enough, patience):
    """Why a run is over, or nothing while it is not."""
    scores = run.scores[:, 1]
    if enough is not None and len(scores) and scores[-1] >= enough:
        return "enough"
    if patience is not None and len(scores) > patience and scores[-patience:].max() <= scores[:-patience].max():
        return "patience"
    return "updates" if len(run.loss) >= updates else ""


def clipping(threshold, by):
    """The function that clips gradients as `train` was told."""
    if threshold is None:
        return lambda grads: grads
    positive("clip", threshold)
    if by == "value":
        return lambda grads: clip_by_value(grads, threshold)
    return lambda grads: clip_by_global_norm(grads, threshold)[0]


def flat(arrays):
    return np.concatenate([a.ravel() for a in arrays])


def moved(model, step):
    """The model after θ ← θ - step, where θ (P,) is all its parameters in one vector, p's first."""
    old = (*model.p, *model.q)
    ends = np.cumsum([a.size for a in old])[:-1]
    new = [(a - part.reshape(a.shape)).astype(a.dtype) for a, part in zip(old, np.split(step, ends), strict=True)]
    return model._replace(p=model.p._make(new[: len(model.p)]), q=model.q._make(new[len(model.p) :]))
