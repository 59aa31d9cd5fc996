"""Notebooks are executed before Sphinx sees them, side by side; what has run once is kept in a cache."""

import functools
import hashlib
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bookbinding.editions import ROOT

HOUSES = ("unrolled", "explorables")  # what a notebook calls


def fingerprint():
    """A hash of all that a notebook's output depends on, besides the notebook: our code, and everybody else's versions."""
    return hashed([ROOT / "requirements.lock", *sorted(path for house in HOUSES for path in files(house))])


def hashed(paths):
    """A hash of the files at `paths`, of their names, and of Python."""
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def files(house):
    """All files of a house, in order, but for those that Python makes of them, and pip, which leaves copies in `build`."""
    folder = ROOT / "code" / house
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return sorted(path for path in found if path.relative_to(folder).parts[0] != "build")


def whole(folder):
    """The cache in `folder`; begun anew when a build that was killed left it half written."""
    from jupyter_cache import get_cache

    try:
        cache = get_cache(folder)
        for record in cache.list_cache_records():
            cache.get_cache_bundle(record.pk)
    except (RuntimeError, KeyError, ValueError):  # no tables, no notebook, half a notebook
        shutil.rmtree(folder)
        cache = get_cache(folder)
    return cache


def execute(notebooks, folder):
    """Run the notebooks that the cache in `folder` does not hold yet, one for each processor at a time.

    A cell that raises is left to Sphinx, which shows it. Raises ChildProcessError when a kernel dies.
    """
    from jupyter_cache import get_cache

    os.environ.pop("PYTHONOPTIMIZE", None)  # a kernel that passes over assertions would put false claims into the cache
    running = folder.with_name("running")  # is there as long as something is written: to read all that is there takes long
    cache = whole(folder) if running.exists() else get_cache(folder)
    running.parent.mkdir(parents=True, exist_ok=True)
    running.touch()
    missing = [cache.add_nb_to_project(str(path)).uri for path in notebooks if not has_run(cache, path)]
    pool = ThreadPoolExecutor(os.cpu_count())  # each kernel is a process; what waits for it may be a thread
    try:
        list(pool.map(functools.partial(run, cache), missing))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    running.unlink()


def has_run(cache, path):
    """Does the cache hold the notebook at `path`, with the code that it has now?"""
    try:
        cache.match_cache_file(str(path))
    except KeyError:
        return False
    return True


def run(cache, uri):
    """Run one notebook, and keep it in the cache when no cell raised."""
    from jupyter_cache.executors.utils import create_cache_bundle, single_nb_execution
    from nbclient.exceptions import DeadKernelError

    source = cache.get_project_notebook(uri)
    try:
        done = single_nb_execution(source.nb, str(Path(uri).parent), timeout=600, allow_errors=False)
    except DeadKernelError as error:
        raise ChildProcessError(f"the kernel of {uri} was ended; memory must suffice for {os.cpu_count()} kernels") from error
    if done.err is None:
        bundle = create_cache_bundle(source, done.cwd, None, done.time, None)
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def executed(path, folder):
    """The notebook at `path` with all that it showed, pictures too, from the cache in `folder`; KeyError where it has not run."""
    import nbformat
    from jupyter_cache import get_cache

    _, notebook = get_cache(folder).merge_match_into_notebook(nbformat.read(path, as_version=4))
    return notebook
