"""Timings of the core: `OPENBLAS_NUM_THREADS=1 python tests/unrolled/bench_core.py`. Nothing is asserted.

Medians of 15 runs in processor time, which is that of the clock on one idle core and less disturbed by what else is running.
"""

import statistics
import time

import numpy as np
from unrolled import bptt, cells, init, jacobians, lyapunov_spectrum, product_norms, singular_values, unroll
from unrolled.experiments.machine import blas, processor


def report(what, f):
    """Print the median and the extremes of 15 runs of f(), after one that is not counted."""
    f()
    seconds = []
    for _ in range(15):
        begin = time.process_time()
        f()
        seconds.append(time.process_time() - begin)
    print(f"{what:58} {1e3 * statistics.median(seconds):7.1f} ms  ({1e3 * min(seconds):.1f} to {1e3 * max(seconds):.1f})")


def problem(name, T, n, m, rng):
    cell = getattr(cells, name)
    p, x = init(cell, n, m, rng), rng.normal(size=(T, m, 1))
    return cell, p, x, unroll(cell, p, x)


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    print(f"{processor()}; numpy {np.__version__}; {blas()}")
    cell, p, x, trace = problem("lstm", 1000, 32, 32, rng)
    d = cell.State(*(np.zeros((1001, 32, 1)) for _ in cell.State._fields))
    d.h[-1] = 1
    report("lstm, T = 1000, n = m = 32, B = 1: unroll", lambda: unroll(cell, p, x))
    report("lstm, T = 1000, n = m = 32, B = 1: unroll and bptt", lambda: bptt(cell, p, x, unroll(cell, p, x), d))
    report("lstm, T = 1000, n = m = 32, B = 1: all jacobians", lambda: jacobians(cell, p, x, trace))
    four = [jacobians(*problem(name, 200, 32, 32, rng)) for name in ("rnn", "lstm", "gru", "coupled")]
    report("rnn, lstm, gru, coupled, T = 200, n = 32: product_norms", lambda: [product_norms(J) for J in four])
    J = jacobians(*problem("rnn", 1000, 64, 64, rng))
    report("rnn, T = 200, n = 64: singular_values of all lengths", lambda: singular_values(J[:200]))
    report("rnn, T = 1000, n = 64: lyapunov_spectrum", lambda: lyapunov_spectrum(J))
