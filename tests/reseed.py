"""Run the notebooks with other random numbers: `python tests/reseed.py chapters/en/04_vanishing.ipynb --offsets 1000 2000`.

Every generator, those inside the package too, gets its seed plus an offset. Each claim must hold all the same; else it spoke
of a lucky seed. Recorded results stay what they are. The metadata of a cell that compares with stored numbers say so,
`"frozen": "why"`, and it is listed apart. Exit status 1 when a cell fails that is not frozen.
"""

import argparse
import functools
import itertools
import re
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np
from nbclient import NotebookClient

WORKERS = 2  # kernels at a time
TIMEOUT = 600  # seconds for a cell


# ---- in the kernel


def reseed(offset):
    """From now on numpy.random.default_rng(seed) is that of seed + offset, for all who call it in this process."""
    default_rng = np.random.default_rng

    @functools.wraps(default_rng)
    def reseeded(seed=None):
        return default_rng(moved(seed, offset))

    np.random.default_rng = reseeded


def moved(seed, offset):
    """A seed of another stream. A generator has been moved where it was made. Raises TypeError for what cannot be moved."""
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, np.random.SeedSequence):
        return np.random.SeedSequence(moved(seed.entropy, offset), spawn_key=seed.spawn_key, pool_size=seed.pool_size)
    if seed is None or isinstance(seed, np.random.BitGenerator):
        raise TypeError(f"seed must be an integer, some integers, a SeedSequence or a Generator; got {seed!r}")
    first, *rest = np.atleast_1d(seed).tolist()
    return [first + offset, *rest]


# ---- a notebook


class Failure(NamedTuple):
    path: str
    place: int  # of the cell in the notebook
    cell: str  # its id
    frozen: str  # why it may fail; empty when it may not
    offset: int
    said: str


def run(path, offset, stopped):
    """The failures of a notebook with this offset; a cell that fails does not stop those after it, the event `stopped` does."""
    notebook = nbformat.read(path, as_version=4)
    here = {"metadata": {"path": str(Path(path).parent)}}
    client = NotebookClient(notebook, timeout=TIMEOUT, allow_errors=True, resources=here)

    def go_on(**_):
        if stopped.is_set():
            raise InterruptedError

    async def begin(**_):
        setup = f"__import__('runpy').run_path({__file__!r})['reseed']({offset})"  # leaves no name behind
        reply = await client.kc.execute_interactive(setup, silent=True, store_history=False, timeout=TIMEOUT)
        if reply["content"]["status"] != "ok":
            raise RuntimeError(f"the kernel is not reseeded: {reply['content']}")

    client.on_notebook_start, client.on_cell_start = begin, go_on
    client.execute()
    return [
        Failure(str(path), place, cell.id, cell.metadata.get("frozen", ""), offset, said(output))
        for place, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]


def said(error):
    """What an error says; for a bare `assert`, its line."""
    lines = re.findall(r"^-+> \d+ (.*)", re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error.traceback)), re.MULTILINE)
    return f"{error.ename}: {error.evalue or ' '.join(lines[-1:]).strip()}"


# ---- all of them


def run_all(paths, offsets):
    """The failures of all notebooks with all offsets, told as they come."""
    failures, stopped, begin = [], threading.Event(), time.monotonic()
    pool = ThreadPoolExecutor(WORKERS)  # each kernel is a process; what waits for it may be a thread
    try:
        tasks = {pool.submit(run, path, offset, stopped): (path, offset) for offset in offsets for path in paths}
        for done, future in enumerate(as_completed(tasks), 1):
            path, offset = tasks[future]
            failures += future.result()
            what = f"{path} + {offset}: {sum(not failure.frozen for failure in future.result())} fail"
            print(f"{time.monotonic() - begin:5.0f} s, {done:3} of {len(tasks)}: {what}", flush=True)
    finally:
        stopped.set()
        pool.shutdown(cancel_futures=True)
    return sorted(failures)


def report(failures, offsets):
    """The failures by cell: with how many of the offsets it failed, and what it said."""
    for (path, _, cell, frozen), own in itertools.groupby(failures, key=lambda failure: failure[:4]):
        runs = list(own)
        yield f"{path}, cell {cell}, fails {len(runs)} of {len(offsets)} times{frozen and f'; frozen: {frozen}'}"
        yield from (f"    + {failure.offset}: {failure.said}" for failure in runs)


def main(arguments=None):
    """Read the command line and run what it names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="+", metavar="NOTEBOOK")
    parser.add_argument("--offsets", type=int, nargs="+", required=True, metavar="OFFSET", help="added to every seed")
    given = parser.parse_args(arguments)
    try:
        failures = run_all(given.notebooks, given.offsets)
    except KeyboardInterrupt:
        sys.exit("Interrupted.")
    lucky = [failure for failure in failures if not failure.frozen]
    for line in (*report([failure for failure in failures if failure.frozen], given.offsets), *report(lucky, given.offsets)):
        print(line)
    print(f"{len({failure[:3] for failure in lucky})} cells fail" if lucky else "every claim holds")
    sys.exit(bool(lucky))


if __name__ == "__main__":
    main()
