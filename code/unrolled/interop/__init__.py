"""Weights of other libraries in the letters of the book, and back: PyTorch, Keras, ONNX, and files of arrays.

No library is imported to read its weights, but `onnx` by `from_onnx`, and PyTorch where a module of it is made.
"""

from unrolled.cells import Cell
from unrolled.interop import projected
from unrolled.interop.keras import from_keras
from unrolled.interop.layers import Layer, Run, as_layers, unroll_layers
from unrolled.interop.onnx import from_onnx
from unrolled.interop.pytorch import from_torch, to_torch
from unrolled.interop.stacked import GATES, params_of, weights_of
from unrolled.interop.states import from_state_dict

__all__ = [
    "GATES",
    "Layer",
    "Run",
    "as_layers",
    "from_keras",
    "from_onnx",
    "from_state_dict",
    "from_torch",
    "params_of",
    "projected",
    "to_torch",
    "unroll_layers",
    "weights_of",
]

projected.__class__ = Cell
