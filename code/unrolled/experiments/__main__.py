"""Run the experiments of the book: `python -m unrolled.experiments memory latch`, or without a name all of them.

Each run is one training on one processor; all processors are used, or those of a Dask cluster. First every setting is tried at
each rate of its grid, on seeds kept for that; then it is run at the best. A run that is done is not done again: what was
interrupted is taken up where it was. The results go to `code/unrolled/results`, a folder an experiment.

What the book reports was run in numpy, without the extra `compiled`: compiled, a run is the same to rounding only, and names its
compiler among its versions.
"""

import argparse
import contextlib
import datetime
import json
import os
import platform
import sys
import time
from concurrent.futures import BrokenExecutor
from pathlib import Path

import joblib
import numpy as np
from tqdm import tqdm

from unrolled.experiments import RESULTS
from unrolled.experiments.choice import SEEDS as CHOICE
from unrolled.experiments.choice import at_each_rate, best
from unrolled.experiments.machine import blas, compiler, processor
from unrolled.experiments.one import run
from unrolled.experiments.plans import EXPERIMENTS


def timed(settings, seed):
    """The outcome of a run, and its seconds of processor time."""
    begin = time.process_time()
    return run(settings, seed), time.process_time() - begin


@contextlib.contextmanager
def processors(scheduler):
    """All cores of this machine; or the workers of the Dask cluster with this scheduler, "local" for one that is made here."""
    if scheduler is None:
        with joblib.parallel_config(backend="loky", n_jobs=-1, inner_max_num_threads=1):
            yield
        return
    from distributed import Client  # only who names a scheduler needs it

    client = Client(threads_per_worker=1) if scheduler == "local" else Client(scheduler)
    with client, joblib.parallel_config(backend="dask", n_jobs=-1):
        yield


def perform(name, seeds, folder, cache):
    """Run the experiment `name` over its settings and these seeds, each at its best rate; write the results below `folder`."""
    experiment = EXPERIMENTS[name]
    remembered = joblib.Memory(cache, verbose=0).cache(timed)
    candidates = [at_each_rate(settings) for settings in experiment.settings]
    tried = [c if len(c) > 1 else [] for c in candidates]
    trials, seconds_of_choice = finished(remembered, tried, CHOICE, f"{name}, choice of rates")
    by_rate = [list(zip(*of_setting, strict=True)) for of_setting in zip(*trials, strict=True)]
    chosen = [[best(*pair)] for pair in zip(candidates, by_rate, strict=True)]
    outcomes, seconds = finished(remembered, chosen, seeds, name)
    target = Path(folder, name)
    target.mkdir(parents=True, exist_ok=True)
    for seed, found in zip(CHOICE, trials, strict=True):
        write(target / f"choice-{seed}.json", [[brief(outcome) for outcome in rates] for rates in found])
    for seed, found in zip(seeds, outcomes, strict=True):
        write(target / f"seed-{seed}.json", [outcome for (outcome,) in found])
    write(target / "about.json", about(experiment, seconds_of_choice, seconds / len(seeds)))


def finished(remembered, groups, seeds, label):
    """The outcomes of groups (lists) of settings: a list over seeds, groups, settings; and the seconds that all of it took."""
    work = [(seed, j, k) for seed in seeds for j, group in enumerate(groups) for k in range(len(group))]

    def at(seed, j, k):
        return (seed, j, k), remembered(groups[j][k], seed)

    done = joblib.Parallel(return_as="generator_unordered")(joblib.delayed(at)(*which) for which in work)
    found = dict(tqdm(done, total=len(work), desc=label, smoothing=0))
    outcomes = [[[found[seed, j, k][0] for k in range(len(group))] for j, group in enumerate(groups)] for seed in seeds]
    return outcomes, sum(seconds for _, seconds in found.values())


def brief(outcome):
    """Of a trial what its rate is judged by."""
    return {key: outcome[key] for key in ("solved_at", "score", "loss")}


def about(experiment, seconds_of_choice, seconds_a_seed):
    """What was run, with what, and for how long (one core): all that is not an outcome."""
    return {
        "question": experiment.question,
        "settings": experiment.settings,
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "blas": blas()} | compiler(),
        "processor": processor(),
        "processor_minutes_of_choice": round(seconds_of_choice / 60, 2),
        "processor_minutes_a_seed": round(seconds_a_seed / 60, 2),
        "date": datetime.date.today().isoformat(),
    }


def write(path, what):
    """JSON with one entry a line, replaced in one piece."""
    entries = what.items() if isinstance(what, dict) else enumerate(what)
    lines = [json.dumps(value) if isinstance(what, list) else f"{json.dumps(key)}: {json.dumps(value)}" for key, value in entries]
    text = ("[\n" if isinstance(what, list) else "{\n") + ",\n".join(lines) + ("\n]\n" if isinstance(what, list) else "\n}\n")
    beside = path.with_suffix(".new")
    beside.write_text(text, "utf-8")
    os.replace(beside, path)


def main(arguments=None):
    """Read the command line and run what it names."""
    parser = argparse.ArgumentParser(
        prog="python -m unrolled.experiments", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(EXPERIMENTS)}; all without a name")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(8)), metavar="SEED", help="which (0 to 7)")
    parser.add_argument("--scheduler", help="the address of a Dask scheduler, or: local")
    parser.add_argument("--folder", default=RESULTS, help="where the results go")
    parser.add_argument("--cache", default="_build/experiments", help="where single runs are remembered")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(EXPERIMENTS):
        parser.error(f"NAME must be among {', '.join(EXPERIMENTS)}; got {', '.join(sorted(unknown))}")
    if both := set(given.seeds) & set(CHOICE):
        parser.error(
            f"SEED must not be among those of the choice, {', '.join(map(str, CHOICE))}; got {', '.join(map(str, sorted(both)))}"
        )
    try:
        with processors(given.scheduler):
            for name in given.names or EXPERIMENTS:
                perform(name, given.seeds, given.folder, given.cache)
    except KeyboardInterrupt:
        sys.exit("Interrupted. What is done is kept: the same command goes on from here.")
    except BrokenExecutor:
        sys.exit("A run was ended from outside; memory must suffice for one a processor. What is done is kept.")
    except OSError as error:
        sys.exit(f"The experiments are not run to their end: {error}")


if __name__ == "__main__":
    main()
