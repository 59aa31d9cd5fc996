"""`fused` and `product_norms` beside torch and numpy: `python tests/unrolled/bench_fused.py`. Nothing is asserted.

One training step is timed, forward and back: a loss on the last state, the gradients of all weights and of x. In each round every
way runs once, one after the other in random order, so that what else the machine does, and what the way before has left in the
caches, falls on all of them; medians of the rounds, in processor time. Prints a table; where torch is installed, too, it is
written to code/unrolled/results/speed.json, which the book shows.
"""

import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from unrolled import cells, fused, init, jacobians, product_norms, unroll
from unrolled.experiments.machine import blas, processor
from unrolled.fused.shared import product, transposed

try:
    import torch
except ImportError:
    torch = None

RESULTS = Path(__file__).parents[2] / "code" / "unrolled" / "results" / "speed.json"
T, ROUNDS = 100, 31
LAYERS = {"rnn": 1, "lstm": 4, "gru": 3}
SIZES = [(32, 32, 1), (128, 128, 1), (128, 32, 32), (128, 128, 32)]  # n, m, B


def paired(ways):
    """{name: seconds in each round} for functions by name; each runs twice before it counts. The order is new in each round."""
    seconds, rng = {name: [] for name in ways}, np.random.default_rng(0)
    for count in range(-2, ROUNDS):
        for name in rng.permutation(list(ways)):
            begin = time.process_time()
            ways[name]()
            if count >= 0:
                seconds[name].append(time.process_time() - begin)
    return seconds


def in_numpy(module, cell, p, x, d):
    """Forward and back with `unroll` and `bptt` of a module."""
    return lambda: module.bptt(cell, p, x, module.unroll(cell, p, x), d)


def bare(p, x, layers, multiply, kept=np.asarray):
    """The matrix products that no method can do without, and nothing else, on arrays that stay in the cache.

    Forward and back one product a step, all layers of the cell and [h; x; 1] together; the gradient of the weights is one
    product for all steps. multiply(W, B) gives the function (v, out) that does it, `kept` turns an array into what it takes.
    """
    (n, m), (T, _, B) = p[0].shape, x.shape
    W = np.random.default_rng(0).normal(size=(layers * n, n + m + 1)).astype(x.dtype)
    V, all_a = np.array(transposed(W, B), order="C" if B > 1 else "F"), np.ones((layers * n, T * B), x.dtype)
    forward, back, weights = multiply(W, B), multiply(V, B), multiply(all_a, n + m + 1)
    hx, a, dhx = (kept(np.ones((rows, B), x.dtype)) for rows in (n + m + 1, layers * n, n + m))
    all_hx, dW = kept(np.ones((n + m + 1, T * B), x.dtype)).T, kept(np.empty_like(W))

    def products():
        for _ in range(T):
            forward(hx, a)
        for _ in range(T):
            back(a, dhx)
        weights(all_hx, dW)

    return products


def whole(W, B):
    """W @ v in one call of numpy."""
    return W.dot


def by_torch(W, B):
    """W @ v in one call of torch, which has a BLAS of its own."""
    W = torch.from_numpy(W)
    return lambda v, out: torch.mm(W, v, out=out)


def in_torch(name, p, x):
    """torch.nn, and the loop of the tutorials, a torch.nn cell at a time with autograd."""
    n, m = p[0].shape
    kind = torch.float64 if x.dtype == np.float64 else torch.float32
    module = getattr(torch.nn, name.upper())(m, n).to(kind)
    cell = getattr(torch.nn, f"{name.upper()}Cell")(m, n).to(kind)
    x = torch.tensor(np.ascontiguousarray(x.transpose(0, 2, 1)), requires_grad=True)

    def whole():
        module.zero_grad()
        x.grad = None
        module(x)[0][-1].sum().backward()

    def loop():
        cell.zero_grad()
        x.grad = None
        state = None
        for x_t in x:
            state = cell(x_t, state)
        (state[0] if name == "lstm" else state).sum().backward()

    return {"torch.nn": whole, "torch cell in a loop": loop}


def training_step(name, n, m, B, dtype):
    """A row of the table: milliseconds of each way, and how often `fused` goes into it."""
    rng, cell = np.random.default_rng(0), getattr(cells, name)
    p, x = init(cell, n, m, rng, dtype=dtype), rng.normal(size=(T, m, B)).astype(dtype)
    d = cell.State(*(np.zeros((T + 1, n, B), dtype) for _ in cell.State._fields))
    d[-1][-1] = 1
    ways = {"fused": in_numpy(fused, cell, p, x, d)} | (in_torch(name, p, x) if torch else {})
    ways |= {"textbook": in_numpy(sys.modules["unrolled"], cell, p, x, d), "bare products": bare(p, x, LAYERS[name], whole)}
    ways["bare products in pieces"] = bare(p, x, LAYERS[name], product)  # as `fused` does them
    if torch:
        ways["bare products by torch"] = bare(p, x, LAYERS[name], by_torch, torch.from_numpy)
    return {"cell": name, "dtype": np.dtype(dtype).name, "n": n, "m": m, "B": B, "T": T} | summary(paired(ways), "fused")


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


def torch_norms(name, p, x, state):
    """log10 of the norms of the products, as torch would have it: the Jacobians of one step, their chain and its SVDs."""
    module = getattr(torch.nn, f"{name.upper()}Cell")(x.shape[1], len(state))
    module = module.to(torch.float64)
    x, state = torch.tensor(x[:, :, 0]), torch.tensor(state)

    def step(h, x_t):
        return module(x_t[None], h[None])[0]

    def norms():
        with torch.no_grad():
            states = [state]
            for x_t in x[:-1]:
                states.append(step(states[-1], x_t))
        J = torch.vmap(torch.func.jacrev(step))(torch.stack(states), x)
        chain = [J[0]]
        for factor in J[1:]:
            chain.append(factor @ chain[-1])
        return torch.log10(torch.linalg.matrix_norm(torch.stack(chain), 2))

    return norms


def norms_of_products(n=32, steps=200):
    """`product_norms` of four cells alone; and, for the two of one state, with the Jacobians, beside torch."""
    rng, rows = np.random.default_rng(0), []
    four = {}
    for name in ("rnn", "lstm", "gru", "coupled"):
        cell = getattr(cells, name)
        p, x = init(cell, n, n, rng), rng.normal(size=(steps, n, 1))
        four[name] = jacobians(cell, p, x, unroll(cell, p, x))
        if torch and name in ("rnn", "gru"):
            ways = {
                "jacobians and product_norms": lambda cell=cell, p=p, x=x: product_norms(
                    jacobians(cell, p, x, unroll(cell, p, x))
                ),
                "torch": torch_norms(name, p, x, np.zeros(n)),
            }
            rows.append({"cells": name, "n": n, "T": steps} | summary(paired(ways), "jacobians and product_norms"))
    alone = paired({"product_norms": lambda: [product_norms(J) for J in four.values()]})
    return [{"cells": ", ".join(four), "n": n, "T": steps} | summary(alone, "product_norms"), *rows]


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
        "torch": torch.__version__ if torch else "not installed",
        "date": datetime.date.today().isoformat(),
    }


def table(rows):
    """The rows as lines of text: what was measured, ms of each way and, in brackets, how many times ours is faster."""
    for row in rows:
        what = " ".join(
            f"{v}" if k in ("cell", "cells", "dtype") else f"{k}={v}" for k, v in row.items() if k not in ("ms", "times")
        )
        told = (f"{k} {ms:.2f}" + (f" ({row['times'][k]:.2f}x)" if k in row["times"] else "") for k, ms in row["ms"].items())
        print(f"{what:42}", "; ".join(told), flush=True)


if __name__ == "__main__":
    if torch:
        torch.set_num_threads(1)
    results = {"machine": machine(), "rounds": ROUNDS, "training step": [], "norms": []}
    print(*(f"{k}: {v}" for k, v in results["machine"].items()), sep="\n")
    for dtype in (np.float64, np.float32):
        for name in LAYERS:
            for size in SIZES:
                row = training_step(name, *size, dtype)
                table([row])
                results["training step"].append(row)
    results["norms"] = norms_of_products()
    table(results["norms"])
    if torch:
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
        print(f"written: {RESULTS}")
    else:
        print("torch is not installed: nothing is written, for the book shows the comparison with it")
