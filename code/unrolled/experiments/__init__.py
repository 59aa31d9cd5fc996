"""The experiments of the book, and what they gave: settings, rates, seeds and outcomes, committed with the book."""

import json
from importlib.resources import files
from typing import NamedTuple

from unrolled.experiments.choice import at_each_rate, best

RESULTS = files("unrolled") / "results"


class Record(NamedTuple):
    """The outcomes of one setting over its seeds, a list of dictionaries as `unrolled.experiments.one.run` returns them.

    settings    as they were run, with the rate that was chosen
    outcomes    one for each seed of report
    trials      what the choice was made by: a dictionary from each rate of the grid to its outcomes on the seeds of choice;
                empty lists where the grid is a single rate
    """

    settings: dict
    outcomes: list
    trials: dict

    @property
    def solved(self):
        """How many seeds solved the task."""
        return sum(outcome["solved_at"] is not None for outcome in self.outcomes)


def recorded(name):
    """The committed results of an experiment: a list of `Record`, one for each of its settings, in their order."""
    folder = RESULTS / name
    if not folder.is_dir():
        run = sorted(path.name for path in RESULTS.iterdir() if path.is_dir())
        raise ValueError(f"name must be an experiment that was run: {', '.join(run)}; got {name!r}")
    settings = json.loads((folder / "about.json").read_text("utf-8"))["settings"]
    return [
        record(planned, list(outcomes), list(trials))
        for planned, outcomes, trials in zip(settings, by_setting(folder, "seed-"), by_setting(folder, "choice-"), strict=True)
    ]


def by_setting(folder, beginning):
    """What the files of the seeds hold, for each setting over the seeds."""
    paths = sorted((path for path in folder.iterdir() if path.name.startswith(beginning)), key=lambda path: path.name)
    return zip(*(json.loads(path.read_text("utf-8")) for path in paths), strict=True)


def record(planned, outcomes, trials):
    """The `Record` of planned settings: `trials` holds, for each seed of choice, an outcome for each rate that was tried."""
    candidates = at_each_rate(planned)
    by_rate = [list(outcomes) for outcomes in zip(*trials, strict=True)] or [[] for _ in candidates]
    tried = {settings["rate"]: found for settings, found in zip(candidates, by_rate, strict=True)}
    return Record(best(candidates, by_rate), outcomes, tried)
