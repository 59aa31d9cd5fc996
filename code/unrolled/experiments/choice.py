"""The learning rate at which an arm is reported: the best of a stated grid, on seeds that are reported nowhere."""

import numpy as np

SEEDS = (100, 101, 102)  # for the choice alone; what is reported begins at 0


def at_each_rate(settings):
    """Settings with a grid of `rates` as a list of settings with one `rate` each."""
    return [{key: value for key, value in settings.items() if key != "rates"} | {"rate": rate} for rate in settings["rates"]]


def best(candidates, trials):
    """The best of `candidates` (as `at_each_rate` gives them) by their `trials`: a list of outcomes for each.

    Most seeds solved; if equal, fewest updates in all, where a run that failed counts all it was given; if equal, the lowest
    mean loss at the end; if equal, the first. A single candidate needs no trial.
    """

    def order(k):
        outcomes, given = trials[k], candidates[k]["updates"]
        solved = sum(outcome["solved_at"] is not None for outcome in outcomes)
        updates = sum(outcome["solved_at"] or given for outcome in outcomes)
        losses = [np.inf if outcome["loss"] is None else outcome["loss"] for outcome in outcomes]
        return -solved, updates, np.mean(losses)

    return candidates[min(range(len(candidates)), key=order) if len(candidates) > 1 else 0]
