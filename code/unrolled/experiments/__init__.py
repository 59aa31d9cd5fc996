"""The experiments of the book, and what they gave: settings, seeds and outcomes, committed with the book."""

import json
from importlib.resources import files
from typing import NamedTuple

RESULTS = files("unrolled") / "results"


class Record(NamedTuple):
    """The outcomes of one setting over its seeds, a list of dictionaries as `unrolled.experiments.one.run` returns them."""

    settings: dict
    outcomes: list

    @property
    def solved(self):
        """How many seeds solved the task."""
        return sum(outcome["solved_at"] is not None for outcome in self.outcomes)


def recorded(name):
    """The committed results of an experiment: a list of `Record`, one for each of its settings, in their order."""
    folder = RESULTS / name
    if not folder.is_dir():
        raise ValueError(
            f"name must be an experiment that was run: {', '.join(sorted(p.name for p in RESULTS.iterdir()))}; got {name!r}"
        )
    seeds = [json.loads(path.read_text("utf-8")) for path in sorted(folder.iterdir()) if path.name.startswith("seed-")]
    settings = json.loads((folder / "about.json").read_text("utf-8"))["settings"]
    return [Record(s, list(outcomes)) for s, outcomes in zip(settings, zip(*seeds, strict=True), strict=True)]
