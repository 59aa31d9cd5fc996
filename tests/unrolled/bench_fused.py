"""`fused` and `product_norms` beside PyTorch and JAX: `make bench`. Written to code/unrolled/results/speed.json, for the book.

One training step is timed, forward and back: a loss on the last state, the gradients of all weights and of x; and the norms of
products of Jacobians, from the input on. In each round every way runs once, one after the other in random order, so that what
else the machine does, and what the way before has left in the caches, falls on all of them; medians of the rounds, in processor
time.
"""

import datetime
import hashlib
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import jax
import numba
import numpy as np
import rivals
import torch
import unrolled
from unrolled import cells, fused, init, jacobians, product_norms
from unrolled.experiments.machine import blas, processor
from unrolled.fused import compiled
from unrolled.fused.shared import Layers, Product, inward

RESULTS = Path(__file__).parents[2] / "code" / "unrolled" / "results" / "speed.json"
PART = RESULTS.parents[3] / "_build" / "speed.json"  # row by row, so that an interrupted run goes on where it stopped
T, ROUNDS = 100, 15
SPELL = 4  # seconds that a row is given at the least: what takes a millisecond needs more rounds for a steady median
OURS = "fused, compiled"
LAYERS = {"rnn": 1, "lstm": 4, "gru": 3}
SIZES = [(32, 32, 1), (128, 128, 1), (32, 32, 32), (128, 32, 32), (256, 32, 64)]  # n, m, B
LENGTHS = [(200, 16), (200, 32), (200, 64), (200, 128), (1000, 32), (1000, 64)]  # T, n


def paired(ways):
    """{name: seconds in each round} for functions by name; each runs twice before it counts. The order is new in each round."""
    seconds, rng, end, count = {name: [] for name in ways}, np.random.default_rng(0), time.process_time() + SPELL, -2
    while count < ROUNDS or time.process_time() < end:
        for name in rng.permutation(list(ways)):
            begin = time.process_time()
            ways[name]()
            if count >= 0:
                seconds[name].append(time.process_time() - begin)
        count += 1
    return seconds


def in_numpy(module, cell, p, x, d):
    """Forward and back with `unroll` and `bptt` of a module."""
    return lambda: module.bptt(cell, p, x, module.unroll(cell, p, x), d)


def bare(p, x, layers):
    """The matrix products that `fused` cannot do without, as it does them, on arrays that stay in the cache, and nothing else.

    Forward and back one product a step, all layers of the cell together, with [h; x; 1], or with h alone where the products with
    x are one for all steps; the gradients of W and U are one product each for all steps.
    """
    (n, m), (T, _, B) = p[0].shape, x.shape
    rng, rows = np.random.default_rng(0), layers * n
    stacked = Layers(*(rng.normal(size=(rows, columns)).astype(x.dtype) for columns in (n, m, 1)))
    V, *_ = inward(stacked, np.ones((T + 1, n, B), x.dtype), x)
    forward, back = Product(stacked.W if B == 1 else np.concatenate(stacked, axis=1), B), Product(V, B)
    v, a, dv = (np.ones((size, B) if B > 1 else size, x.dtype) for size in (forward.shape[1], rows, len(V)))
    all_a, all_h, all_x = (np.ones((size, T * B), x.dtype) for size in (rows, n, m))

    def products():
        if B == 1:
            x[..., 0] @ stacked.U.T
        for _ in range(T):
            forward.dot(v, a)
        for _ in range(T):
            back.dot(a, dv)
        if B == 1:
            all_a.T @ stacked.U
        all_a @ all_h.T, all_a @ all_x.T

    return products


def training_step(name, n, m, B, dtype):
    """A row of the table: milliseconds of each way, and how often `fused`, compiled, goes into it."""
    rng, cell = np.random.default_rng(0), getattr(cells, name)
    p, x = init(cell, n, m, rng, dtype=dtype), rng.normal(size=(T, m, B)).astype(dtype)
    d = cell.State(*(np.zeros((T + 1, n, B), dtype) for _ in cell.State._fields))
    d[-1][-1] = 1
    ours = in_numpy(fused, cell, p, x, d)
    ways = {
        OURS: switched(ours, True),
        "fused": switched(ours, False),
        "textbook": in_numpy(unrolled, cell, p, x, d),
    }
    ways |= {"torch.nn": rivals.torch_step(name, p, x), "JAX": rivals.jax_step(name, p, x)}
    ways["bare products"] = bare(p, x, LAYERS[name])
    return {"cell": name, "dtype": np.dtype(dtype).name, "n": n, "m": m, "B": B, "T": T} | summary(paired(ways), OURS)


def switched(way, on):
    """A way of `fused` with its loops compiled or not."""

    def run():
        compiled.ON = on
        return way()

    return run


def summary(seconds, ours):
    """Medians in ms, and the medians of the ratios taken round by round: above 1, ours is faster."""
    return {
        "ms": {name: round(1e3 * statistics.median(s), 2) for name, s in seconds.items()},
        "times": {
            name: round(statistics.median(a / b for a, b in zip(s, seconds[ours], strict=True)), 2)
            for name, s in seconds.items()
            if name != ours
        },
    }


def norms_of_products(name, steps, n):
    """A row of the other table: `unroll`, `jacobians` and `product_norms`, and what gives the same numbers elsewhere."""
    rng, cell = np.random.default_rng(0), getattr(cells, name)
    p, x = init(cell, n, n, rng), rng.normal(size=(steps, n, 1))
    ways = {"ours": switched(lambda: product_norms(jacobians(cell, p, x, fused.unroll(cell, p, x))), True)}
    ways |= {"PyTorch": rivals.torch_norms(name, p, x), "JAX": rivals.jax_norms(name, p, x)}
    want = ways["ours"]()
    assert all(np.allclose(way(), want, rtol=0, atol=1e-10) for way in ways.values()), "all give the same numbers"
    return {"cell": name, "T": steps, "n": n} | summary(paired(ways), "ours")


def machine():
    """The processor, the BLAS kernel that it was given, versions, and how busy it was."""
    verbose = os.environ | {"OPENBLAS_VERBOSE": "2"}
    told = subprocess.run([sys.executable, "-c", "import numpy"], env=verbose, capture_output=True, encoding="utf-8", check=True)
    kernel = re.search("Core: (.*)", told.stdout + told.stderr)
    return {
        "processor": processor(),
        "BLAS": blas() + (f", kernel {kernel[1]}" if kernel else ""),
        "memory": "kept between steps" if "MALLOC_TRIM_THRESHOLD_" in os.environ else "given back between steps",
        "threads": int(os.environ.get("OPENBLAS_NUM_THREADS", 0)) or "not set",
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch.__version__,
        "jax": jax.__version__,
        "numba": numba.__version__,
        "date": datetime.date.today().isoformat(),
    }


def table(rows):
    """The rows as lines of text: what was measured, ms of each way and, in brackets, how many times ours is faster."""
    for row in rows:
        what = " ".join(f"{v}" if k in ("cell", "dtype") else f"{k}={v}" for k, v in row.items() if k not in ("ms", "times"))
        told = (f"{k} {ms:.2f}" + (f" ({row['times'][k]:.2f}x)" if k in row["times"] else "") for k, ms in row["ms"].items())
        print(f"{what:42}", "; ".join(told), flush=True)


def tasks():
    """(part of the results, function, what it is given) for each row."""
    kinds = [(dtype, name) for dtype in (np.float64, np.float32) for name in LAYERS]
    steps = [("training step", training_step, (name, *size, dtype)) for dtype, name in kinds for size in SIZES]
    return steps + [("norms", norms_of_products, (name, *size)) for name in ("rnn", "lstm") for size in LENGTHS]


def settings(found):
    """What rows of one table have in common: the machine, but for its load and the day, and the code that is measured."""
    code = hashlib.sha256()
    for file in sorted([*Path(unrolled.__file__).parent.rglob("*.py"), *Path(__file__).parent.glob("[br]*.py")]):
        code.update(file.read_bytes())
    return {name: told for name, told in found.items() if name not in ("load", "date")} | {"code": code.hexdigest()}


def begun(common):
    """The rows that a run with these settings has left behind when it was interrupted, by what was measured."""
    if not PART.exists():
        return {}
    left = json.loads(PART.read_text("utf-8"))
    return left["rows"] if left["settings"] == common else {}


if __name__ == "__main__":
    results = {"machine": machine(), "rounds": ROUNDS, "training step": [], "norms": []}
    print(*(f"{k}: {v}" for k, v in results["machine"].items()), sep="\n")
    common = settings(results["machine"])
    rows = begun(common)
    for part, measure, given in tasks():
        key = " ".join(getattr(one, "__name__", str(one)) for one in (part, *given))
        if key not in rows:
            rows[key] = measure(*given)
            PART.write_text(json.dumps({"settings": common, "rows": rows}), "utf-8")
        table([rows[key]])
        results[part].append(rows[key])
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    PART.unlink(missing_ok=True)
    print(f"written: {RESULTS}")
