"""Weights for a page: each a printable letter, whole numbers from -45 to 45 times a step that its matrix has for itself."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from unrolled import cells
from unrolled.typed.network import Network, Params

HERE = Path(__file__).parent
ROOT = 45  # whole numbers up to this, as letters from # to ~ without the backslash, which JSON writes as two
LAYERS = "fiCo"  # of the LSTM, one below the other


def step(a):
    """The step of a matrix for which the whole numbers come nearest to it: a few outliers may be cut."""
    if not a.any():
        return 1.0
    steps = np.max(np.abs(a)) / ROOT * np.array([1, 0.9, 0.8, 0.7, 0.6, 0.5])
    errors = [np.sum((a - s * whole(a, s)) ** 2) for s in steps]
    return float(f"{steps[int(np.argmin(errors))]:.4g}")


def whole(a, s):
    return np.clip(np.rint(a / s), -ROOT, ROOT).astype(int)


def packed(a):
    """A matrix as {"step": ..., "text": ...}."""
    s = step(a)
    codes = whole(a, s).ravel() + ROOT + 35
    return {"step": s, "text": "".join(chr(code + (code > 91)) for code in codes)}


def unpacked(a, shape):
    """The matrix that `packed` wrote, float64."""
    codes = np.array([ord(letter) for letter in a["text"]])
    return ((codes - np.where(codes > 91, 36, 35) - ROOT) * a["step"]).reshape(shape)


def matrices(network):
    """The six matrices of a network by name, the layers of an LSTM one below the other."""
    cell, (E, p, P, c) = network
    layers = [""] if cell is cells.rnn else [f"_{letter}" for letter in LAYERS]
    stacked = {kind: np.vstack([getattr(p, kind + layer) for layer in layers]) for kind in "UWb"}
    return {"E": E, **stacked, "P": P, "c": c}


def pack(network):
    """A network as JSON can hold it."""
    d, n = network.p.P.shape
    about = {"cell": network.cell.__name__.rsplit(".", 1)[1], "n": n, "d": d}
    return about | {name: packed(a) for name, a in matrices(network).items()}


def unpack(about, K):
    """The `Network` of K letters that `pack` wrote, with its weights as the page has them."""
    cell, n, d = getattr(cells, about["cell"]), about["n"], about["d"]
    layers = [""] if cell is cells.rnn else [f"_{letter}" for letter in LAYERS]
    G = len(layers)
    E, U, W, b, P, c = (
        unpacked(about[name], shape)
        for name, shape in zip("EUWbPc", [(K, d), (G * n, d), (G * n, n), (G * n, 1), (d, n), (K, 1)], strict=True)
    )
    named = {
        f"{k}{layer}": part for k, a in (("U", U), ("W", W), ("b", b)) for layer, part in zip(layers, np.split(a, G), strict=True)
    }
    return Network(cell, Params(E, cell.Params(**named), P, c))


def write(language, letters, networks, **about):
    """Keep the networks of a language, {name: network}, and its letters."""
    data = {**about, "letters": letters, "networks": {name: pack(network) for name, network in networks.items()}}
    (HERE / f"weights.{language}.json").write_text(f"{json.dumps(data, ensure_ascii=False)}\n", "utf-8")


def text(language):
    """The JSON with the networks that have read the book in this language, "en" or "zh"."""
    return (HERE / f"weights.{language}.json").read_text("utf-8")


@cache
def read(language):
    """(letters, {name: `Network`}, about) of a language."""
    data = json.loads(text(language))
    letters = data.pop("letters")
    networks = {name: unpack(network, len(letters)) for name, network in data.pop("networks").items()}
    return letters, networks, data
