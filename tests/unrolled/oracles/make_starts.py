"""Layers that nobody has trained, as PyTorch, Keras, PaddlePaddle and an export to ONNX hold them: `results/starts`.

The page on frameworks reads them through `unrolled.interop`. Made with Python 3.11 and the versions below (torch for CPU), in an
environment of its own:

    python -m venv starts && starts/bin/pip install torch==2.13.0 keras==3.15.1 paddlepaddle==3.3.1 onnx==1.23.2
    starts/bin/pip install -e code/explorables -e .
    KERAS_BACKEND=torch starts/bin/python tests/unrolled/oracles/make_starts.py

Each file holds, for RNN, LSTM and GRU of 16 units, the arrays in the layout of its library, and as h.LSTM the outputs at the
last of a hundred letters, (16,), that the library gave: pytorch.npz and paddlepaddle.npz the state dict below LSTM., keras.npz
what get_weights() gives, LSTM.0, LSTM.1 ..., onnx.npz the inputs W, R, B of the node that PyTorch wrote for its own layer.
"""

import io
from pathlib import Path

import keras
import numpy as np
import onnx
import onnx.reference
import paddle
import torch
import unrolled
from unrolled.tasks import LETTERS, one_hot

HERE = Path(unrolled.__file__).parent / "results" / "starts"
KINDS, n = ("RNN", "LSTM", "GRU"), 16
x = one_hot(LETTERS)[:100].astype(np.float32)
kept = {library: {} for library in ("pytorch", "keras", "paddlepaddle", "onnx")}

torch.manual_seed(0)
keras.utils.set_random_seed(0)
paddle.seed(0)
for kind in KINDS:
    module = getattr(torch.nn, kind)(x.shape[1], n)
    rows = torch.tensor(x[:, None])
    kept["pytorch"] |= {f"{kind}.{name}": a.numpy() for name, a in module.state_dict().items()}
    kept["pytorch"][f"h.{kind}"] = module(rows)[0][-1, 0].detach().numpy()

    file = io.BytesIO()
    torch.onnx.export(module, (rows,), file, dynamo=False, do_constant_folding=True)
    model = onnx.load_from_string(file.getvalue())
    (node,) = (node for node in model.graph.node if node.op_type == kind)
    arrays = {a.name: onnx.numpy_helper.to_array(a) for a in model.graph.initializer}
    kept["onnx"] |= {f"{kind}.{letter}": arrays[name] for letter, name in zip("WRB", node.input[1:4], strict=True)}
    given = {model.graph.input[0].name: rows.numpy()}
    kept["onnx"][f"h.{kind}"] = onnx.reference.ReferenceEvaluator(model).run(None, given)[0][-1, 0]

    layer = getattr(keras.layers, {"RNN": "SimpleRNN"}.get(kind, kind))(n)
    h = keras.ops.convert_to_numpy(layer(x[None]))[0]
    kept["keras"] |= {f"{kind}.{k}": a for k, a in enumerate(layer.get_weights())} | {f"h.{kind}": h}

    layer = getattr(paddle.nn, {"RNN": "SimpleRNN"}.get(kind, kind))(x.shape[1], n)
    h = layer(paddle.to_tensor(x[None]))[0][0, -1].numpy()
    arrays = {name: a.numpy() for name, a in layer.state_dict().items() if "." not in name}  # each is there twice
    kept["paddlepaddle"] |= {f"{kind}.{name}": a for name, a in arrays.items()} | {f"h.{kind}": h}

HERE.mkdir(exist_ok=True)
for library, arrays in kept.items():
    np.savez_compressed(HERE / f"{library}.npz", **arrays)
