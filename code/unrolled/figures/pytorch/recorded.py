"""Layers that nobody has trained, as libraries made them: what `tests/unrolled/oracles/make_starts.py` recorded."""

from importlib.resources import files
from typing import NamedTuple

import numpy as np

from unrolled.interop import from_keras, from_state_dict
from unrolled.interop.onnx import layers_of

LIBRARIES = ("PyTorch", "Keras", "ONNX", "PaddlePaddle")


class Fresh(NamedTuple):
    """A layer of 16 units. cell, params: what `unrolled.interop` made of it. h: (16,), what the library itself gave at the last
    of the first hundred of `tasks.LETTERS`, in float32."""

    cell: object
    params: tuple
    h: np.ndarray


def fresh(library, kind):
    """The layer "RNN", "LSTM" or "GRU" of one of `LIBRARIES`, a `Fresh`; that of ONNX is PyTorch's, as PyTorch exports it."""
    arrays = np.load(files("unrolled") / "results" / "starts" / f"{library.lower()}.npz")
    mine = {name.removeprefix(f"{kind}."): arrays[name] for name in arrays.files if name.startswith(f"{kind}.")}
    if library == "Keras":
        network = from_keras([*mine.values()], {"RNN": "SimpleRNN"}.get(kind, kind))
    elif library == "ONNX":
        network = layers_of(kind, kind, {"linear_before_reset": 1}, mine)[0][:2]
    else:
        network = from_state_dict(mine, kind)
    return Fresh(*network, arrays[f"h.{kind}"])
