"""Run the experiments of the book: `python -m unrolled.experiments memory latch`, or without a name all of them.

Each run is one training on one processor; all processors are used, or those of a Dask cluster. A run that is done is not done
again: what was interrupted is taken up where it was. The results go to `code/unrolled/results`, a folder an experiment.
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
from unrolled.experiments.machine import blas, processor
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
    """Run the experiment `name` over its settings and these seeds, and write its results below `folder`."""
    experiment = EXPERIMENTS[name]
    work = [(k, seed) for seed in seeds for k in range(len(experiment.settings))]
    remembered = joblib.Memory(cache, verbose=0).cache(timed)

    def at(k, seed):
        return (k, seed), remembered(experiment.settings[k], seed)

    done = joblib.Parallel(return_as="generator_unordered")(joblib.delayed(at)(k, seed) for k, seed in work)
    outcomes = dict(tqdm(done, total=len(work), desc=name, smoothing=0))
    target = Path(folder, name)
    target.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        write(target / f"seed-{seed}.json", [outcomes[k, seed][0] for k in range(len(experiment.settings))])
    write(target / "about.json", about(experiment, sum(seconds for _, seconds in outcomes.values()) / len(seeds)))


def about(experiment, seconds):
    """What was run, with what, and for how long (a seed, one core): all that is not an outcome."""
    return {
        "question": experiment.question,
        "settings": experiment.settings,
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "blas": blas()},
        "processor": processor(),
        "processor_minutes_a_seed": round(seconds / 60, 1),
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
