"""The learning rate at which an arm is reported: the best of a stated grid, on seeds that are reported nowhere."""

import numpy as np

SEEDS = (100, 101, 102)  # for the choice alone; what is reported begins at 0


def at_each_rate(settings):
    """Settings with a grid of `rates` as a list of settings with one `rate` each."""
    return [{key: value for key, value in settings.items() if key != "rates"} | {"rate": rate} for rate in settings["rates"]]


def best(candidates, trials):
    """The best of `candidates` (as `at_each_rate` gives them) by their `trials`: a list of outcomes for each.

    Most seeds solved; if equal, most solved at the two rates beside it; then fewest updates until solved; then the lowest mean
    loss at the end; then the first. A single candidate needs no trial.

    Speed comes after the neighbours: of the rates that solve a task from a few seeds the fastest is often the largest, and the
    largest that works from three seeds may well fail from the fourth.
    """
    solved = [sum(outcome["solved_at"] is not None for outcome in outcomes) for outcomes in trials]

    def order(k):
        beside = sum(solved[max(k - 1, 0) : k + 2]) - solved[k]
        updates = sum(outcome["solved_at"] or 0 for outcome in trials[k])
        losses = [np.inf if outcome["loss"] is None else outcome["loss"] for outcome in trials[k]]
        return -solved[k], -beside, updates, np.mean(losses)

    return candidates[min(range(len(candidates)), key=order) if len(candidates) > 1 else 0]
