"""One training run, from settings that JSON can hold to an outcome that JSON can hold."""

from functools import partial, reduce

import numpy as np

from unrolled import cells, through_time
from unrolled.experiments.lasting import lasting
from unrolled.measure import product_norms
from unrolled.tasks import TASKS
from unrolled.training import Diverged, Model, states, train

EXAMINED = 256  # new sequences at each examination


def run(settings, seed):
    """Train as `settings` say, with all randomness from `seed`; returns the outcome, a dictionary of numbers and words.

    solved_at is the number of updates after which an examination first was good enough (None if none was), score the last one,
    scores all of them, loss the mean of the last 20 batches, start the losses of the first five, norms the median and the
    largest norm of the gradient, ended why the run ended, "diverged" if it met a number that is not finite. reach is the log10
    of the norm of ∂state_T/∂state_1 before the first update, over one sequence.

    With `wander`, a pair (updates, rate), the network is first trained on shuffled answers, from which there is nothing to
    learn; what is said above begins after it. With `shuffled` true it never gets other answers. With `follow` true the outcome
    has reaches, the reach at the start and at every examination. With `lasts`, lengths of time, it has what `lasting` asks of
    the trained network, and reach_after, its reach.
    """
    s, task = settings, TASKS[settings["task"]]
    rng = np.random.default_rng([seed, 0])
    model = network(s, rng)
    if "wander" in s:
        updates, rate = s["wander"]
        aside = {"optimiser": s["optimiser"], "clip": s["clip"], "progress": False}
        model = train(model, partial(shuffled, s, B=s["B"]), rng, updates=updates, rate=rate, **aside).model
    probe, _ = draw(s, np.random.default_rng([seed, 1]), 1)
    reaches = [rounded(reach(model, probe))]

    def score(model):
        """On sequences that are the same at every examination and never trained on."""
        if s.get("follow"):
            reaches.append(rounded(reach(model, probe)))
        x, y = draw(s, np.random.default_rng([seed, 1]), EXAMINED)
        return task.score(model.q, states(model, x), y)

    try:
        result = train(
            model,
            partial(shuffled if s.get("shuffled") else draw, s, B=s["B"]),
            rng,
            score=score,
            enough=task.solved,
            progress=False,
            **{name: s[name] for name in ("updates", "rate", "optimiser", "clip", "clip_by", "horizon", "every") if name in s},
        )
    except Diverged as error:
        result = error.run._replace(ended="diverged")
    solved = result.scores[result.scores[:, 1] >= task.solved, 0]
    outcome = {
        "reach": reaches[0],
        "ended": result.ended,
        "updates": len(result.loss),
        "solved_at": int(solved[0]) if len(solved) else None,
        "score": float(result.scores[-1, 1]) if len(result.scores) else None,
        "scores": np.round(result.scores[:, 1], 3).tolist(),
        "loss": digits(np.mean(result.loss[-20:])) if len(result.loss) else None,
        "start": [digits(value) for value in result.loss[:5]],
        "norms": [digits(value) for value in (np.median(result.norm), np.max(result.norm))] if len(result.norm) else None,
    }
    if s.get("follow"):
        outcome["reaches"] = reaches
    if "lasts" in s:
        outcome |= {"reach_after": rounded(reach(result.model, probe)), **lasting(result.model, task, s["T"], s["lasts"])}
    return outcome


def draw(s, rng, B):
    """B sequences and targets of the task of the settings."""
    return TASKS[s["task"]].draw(rng, s["T"], B, **({"noise": s["noise"]} if "noise" in s else {}))


def shuffled(s, rng, B):
    """As `draw`, but each sequence is given the answer of another, so that there is nothing to learn."""
    x, y = draw(s, rng, B)
    return x, y[..., rng.permutation(B)]


def network(s, rng):
    """The `Model` of the settings, at its start."""
    cell, task = getattr(cells, s["cell"]), TASKS[s["task"]]
    x, y = draw(s, np.random.default_rng(0), 1)
    start = {name: s[name] for name in ("gain", "recurrent", "input_gain") if name in s}
    p = through_time.init(cell, s["n"], x.shape[1], rng, **start, **biases(s.get("bias", {}), s["n"], len(x), rng))
    return Model(cell, task.loss, p, task.loss.init(y.shape[1], s["n"], rng))


def reach(model, x):
    """log10 of ‖∂state_T/∂state_1‖ over the sequence x (T, m, 1): what of step 1 can reach the last step."""
    J = through_time.jacobians(model.cell, model.p, x, through_time.unroll(model.cell, model.p, x))
    return product_norms(reduce(np.matmul, J[:0:-1])[None])[0]  # some hundred steps at most: nothing underflows


def biases(given, n, T, rng):
    """The biases that a setting names, a number each or one of four words; T is the number of steps.

    "log" is log(T - 1), a memory as long as the sequence, and "-log" its negative; "spread" is log U(1, T - 1), drawn for each
    unit, so that its memory has a length between 1 and T, and "-spread" is the negative of the same draw. Chrono initialisation
    is b_f = spread, b_i = -spread in an LSTM, b_z = -spread in the book's GRU: Tallec & Ollivier (2018), section 4.
    """
    words = {"log": np.log(T - 1)}
    if not {"spread", "-spread"}.isdisjoint(given.values()):
        words["spread"] = np.log(rng.uniform(1, T - 1, (n, 1)))
    words |= {f"-{word}": -value for word, value in words.items()}
    return {name: words.get(value, value) for name, value in given.items()}


def rounded(log10):
    """A logarithm to two decimal places."""
    return round(float(log10), 2)


def digits(value, kept=4):
    """Rounded to so many significant digits: what another BLAS gives as well, while a run is young."""
    return float(f"{value:.{kept}g}")
