"""A training run, and the file that holds it: one .npz, replaced in one piece."""

import json
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Model(NamedTuple):
    """A cell, what reads its hidden state (`readout` or `regression`), and the parameters of both."""

    cell: object
    loss: object
    p: tuple
    q: tuple


class Run(NamedTuple):
    """A training run, whole: training goes on from it as if it had never stopped.

    model and memory (of the optimiser) are those after the last update, rng is the state of the random generator then.
    loss (k,) is the mean over what was asked of each batch, norm (k,) the global norm of its gradient, both before clipping
    and before the update; scores (j, 2) holds the number of updates and the score of each examination.
    ended is "updates", "enough", "patience" or "interrupted", and empty while a run goes on.
    """

    model: Model
    memory: tuple | None
    rng: dict
    loss: np.ndarray
    norm: np.ndarray
    scores: np.ndarray
    ended: str


def parameters(model):
    """All parameters by name: p.W, q.V ..."""
    return {f"{part}.{name}": a for part in "pq" for name, a in getattr(model, part)._asdict().items()}


def keep(file, run, settings):
    """Write the run to `file`: a reader finds the old one or the new one, never half of one."""
    arrays = parameters(run.model) | {f"memory.{j}": a for j, a in enumerate(run.memory or ())}
    about = json.dumps({"settings": settings, "rng": run.rng})
    beside = Path(f"{file}.new")
    with beside.open("wb") as stream:
        np.savez(stream, **arrays, loss=run.loss, norm=run.norm, scores=run.scores, about=about)
    os.replace(beside, file)


def kept(file, fresh, settings):
    """The run in `file`. Raises ValueError when it belongs to another network or to other settings."""
    with np.load(file) as stored:
        about = json.loads(str(stored["about"]))
        if about["settings"] != json.loads(json.dumps(settings)):
            raise ValueError(f"file must hold a run with the settings {settings}; got {about['settings']} in {file}")
        want, came = ({name: a.shape for name, a in arrays.items()} for arrays in (parameters(fresh.model), stored))
        if want.items() - came.items():
            raise ValueError(f"file must hold a model of the shapes {want}; got others in {file}")
        p, q = ([stored[name] for name in parameters(fresh.model) if name.startswith(part)] for part in ("p.", "q."))
        model = fresh.model._replace(p=fresh.model.p._make(p), q=fresh.model.q._make(q))
        memory = tuple(stored[name] for name in sorted(stored.files) if name.startswith("memory.")) or None
        return Run(model, memory, about["rng"], stored["loss"], stored["norm"], stored["scores"], "")
