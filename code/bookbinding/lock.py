"""One build at a time: two that write the same files would end in a heap of errors."""

import contextlib
import sys


@contextlib.contextmanager
def alone(folder):
    """Hold `folder` for the time of a `with`; who comes second says so, and waits. What a process held is free when it has ended.

    Where the system knows no such locks (Windows) nothing is held. Raises OSError where the folder cannot be written.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Another build is at work in {folder}; this one waits for it.", file=sys.stderr, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
