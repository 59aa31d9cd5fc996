"""What a trained network keeps: what it knows after longer times, what becomes of a push, and what it owes to its weights."""

import numpy as np

from unrolled.through_time import unroll
from unrolled.training import states

ASKED = 128  # new sequences at each question
PUSH = 0.1
RADIUS = 0.9


def lasting(model, task, T, lengths):
    """A dictionary of what the model, trained on the `Task` over T steps, keeps.

    knows      the score after each of `lengths`, a list
    push       what a push of the state by 0.1 halfway is at the end, the median over sequences
    decaying   the score after T steps when W is shrunk until no eigenvalue is larger than 0.9; of a cell with one matrix W
    """
    outcome = {"knows": [knows(model, task, length) for length in lengths], "push": pushed(model, task, T)}
    return outcome | ({"decaying": knows(decaying(model), task, T)} if hasattr(model.p, "W") else {})


def knows(model, task, T):
    """The score on sequences of T steps."""
    x, y = task.draw(np.random.default_rng(T), T, ASKED)
    return float(task.score(model.q, states(model, x), y))


def pushed(model, task, T):
    """How far from where it would be the last state is (its first part, C or s), after a push halfway in a random direction."""
    x, _ = task.draw(np.random.default_rng(0), T, ASKED)
    trace, half = unroll(model.cell, model.p, x), T // 2
    kept, *others = model.cell.State._fields
    push = np.random.default_rng(1).normal(size=getattr(trace, kept)[half].shape)
    push *= PUSH / np.linalg.norm(push, axis=0)
    start = model.cell.State(getattr(trace, kept)[half] + push, *(getattr(trace, name)[half] for name in others))
    last = getattr(unroll(model.cell, model.p, x[half:], start), kept)[-1]
    return float(f"{np.median(np.linalg.norm(last - getattr(trace, kept)[-1], axis=0)):.2g}")


def decaying(model):
    """The model with W shrunk, so that no eigenvalue is larger than RADIUS."""
    radius = np.max(np.abs(np.linalg.eigvals(model.p.W)))
    return model._replace(p=model.p._replace(W=min(1, RADIUS / radius) * model.p.W))
