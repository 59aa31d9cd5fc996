"""Layers, directions, projections: outputs and Jacobians of PyTorch, ONNX and Keras, frozen into stacks.npz.

So no test needs them. Made with Python 3.11 and the versions below (torch for CPU), in an environment of its own:

    python -m venv oracle && oracle/bin/pip install numpy==2.4.6 torch==2.13.0 onnx==1.23.2 keras==3.15.1 safetensors==0.8.0
    KERAS_BACKEND=torch oracle/bin/python tests/unrolled/oracles/make_stacks.py

All is float64 and keeps the layout of its origin. Weights are random: constant ones would hide a swapped gate. By the first part
of a key:
    torch/…  torch.nn with several layers, packed sequences of 5, 3 and 1 steps; y, h_n, c_n; for each layer and direction the
             Jacobians of its state (C, h) along the first sequence by torch.func.jacrev, in the order in which it reads
    onnx/…   onnx.reference.ReferenceEvaluator, one node a case
    keras/…  layers of Keras, weights as get_weights() gives them (some compute in float32 whatever they are told)

Also files of the formats that are read here by hand: checkpoint.pt and before_1_6.pt, by torch.save, script.pt, by
torch.jit.save, and float_and_half.safetensors, by the package of that name, which hold arrays of the key files/….
"""

from pathlib import Path

import keras
import numpy as np
import onnx
import torch
from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info
from onnx.reference import ReferenceEvaluator
from safetensors.torch import save_file
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

T, B, m, n = 5, 3, 3, 4
LENGTHS = [5, 3, 1]
rng = np.random.default_rng(21)
stacks = {}


def keep(case, **arrays):
    stacks.update({f"{case}/{name}": np.asarray(a) for name, a in arrays.items()})


def from_torch(name, kind, **options):
    module = getattr(torch.nn, kind)(m, n, dtype=torch.float64, **options)
    with torch.no_grad():
        for a in module.parameters():
            a.copy_(torch.tensor(0.7 * rng.normal(size=a.shape)))
    x = torch.tensor(rng.normal(size=(T, B, m)))
    y, last = module(pack_padded_sequence(x, torch.tensor(LENGTHS)))
    last = dict(zip(("h_n", "c_n"), last, strict=True)) if kind == "LSTM" else {"h_n": last}
    weights = {f"weights/{key}": a for key, a in module.state_dict().items()}
    arrays = {"x": x, "y": pad_packed_sequence(y)[0], **last, **weights}
    keep(f"torch/{name}", **{key: a.detach().numpy() for key, a in arrays.items()})
    for key, J in jacobians(module, x[:, 0]).items():
        keep(f"torch/{name}", **{f"jacobians{key}": J})


def jacobians(module, x):
    """By "_l0", "_l0_reverse" ...: (T, N, N), each layer run by itself on what the layers below give along x (T, m)."""
    state, found, seen = module.state_dict(), {}, x
    LSTM = isinstance(module, torch.nn.LSTM)
    for k in range(module.num_layers):
        outputs = []
        for way in ("", "_reverse")[: 1 + module.bidirectional]:
            more = {"proj_size": module.proj_size} if module.proj_size else {}
            more |= {"nonlinearity": module.nonlinearity} if isinstance(module, torch.nn.RNN) else {}
            one = type(module)(seen.shape[1], n, bias=module.bias, dtype=torch.float64, **more)
            mine = {key.removesuffix(f"_l{k}{way}"): a for key, a in state.items() if key.endswith(f"_l{k}{way}")}
            one.load_state_dict({f"{key}_l0": a for key, a in mine.items()})
            read, r = seen.flip(0) if way else seen, module.proj_size or n
            s = torch.zeros(LSTM * n + r, dtype=torch.float64)

            def step(s, x_t, one=one, r=r):
                given = (s[None, None, n:], s[None, None, :n]) if LSTM else s[None, None]
                _, new = one(x_t[None, None], given)
                return torch.cat([new[1][0, 0], new[0][0, 0]]) if LSTM else new[0, 0]

            J, h = [], []
            for x_t in read:
                J.append(torch.func.jacrev(step)(s, x_t).detach().numpy())
                s = step(s, x_t).detach()
                h.append(s[-r:])
            found[f"_l{k}{way}"] = J
            h = torch.stack(h)
            outputs.append(h.flip(0) if way else h)
        seen = torch.cat(outputs, 1)
    return found


def from_onnx(name, op, gates, peepholes=False, **attributes):
    """One node; the operator gives the outputs of a direction that reads from the end in the order of time."""
    ways = 2 if attributes.get("direction") == "bidirectional" else 1
    given = {"X": (T, B, m), "W": (ways, gates * n, m), "R": (ways, gates * n, n), "B": (ways, 2 * gates * n)}
    given |= {"P": (ways, 3 * n)} if peepholes else {}
    given = {key: 0.7 * rng.normal(size=shape) for key, shape in given.items()}
    order = ["X", "W", "R", "B", "", "", "", "P"] if peepholes else ["X", "W", "R", "B"]
    node = make_node(op, order, ["Y"], hidden_size=n, **attributes)
    typed = lambda names: [make_tensor_value_info(key, onnx.TensorProto.DOUBLE, None) for key in names]  # noqa: E731
    model = make_model(make_graph([node], name, typed(given), typed(["Y"])), opset_imports=[make_opsetid("", 22)])
    keep(f"onnx/{name}", Y=ReferenceEvaluator(model).run(None, given)[0], **given)


def from_keras(name, layer, both=False):
    layer = keras.layers.Bidirectional(layer) if both else layer
    x = rng.normal(size=(B, T, m))
    layer(x)
    layer.set_weights([0.7 * rng.normal(size=a.shape) for a in layer.get_weights()])
    weights = {f"weights/{k}": a for k, a in enumerate(layer.get_weights())}
    keep(f"keras/{name}", x=x, y=keras.ops.convert_to_numpy(layer(x)), **weights)


from_torch("RNN 2", "RNN", num_layers=2)
from_torch("RNN_RELU 2 both", "RNN", num_layers=2, bidirectional=True, nonlinearity="relu")
from_torch("LSTM both", "LSTM", bidirectional=True)
from_torch("LSTM projected", "LSTM", proj_size=2)
from_torch("LSTM 3", "LSTM", num_layers=3)
from_torch("LSTM 2 both projected", "LSTM", num_layers=2, bidirectional=True, proj_size=2)
from_torch("GRU 3", "GRU", num_layers=3)
from_torch("GRU 2 both without bias", "GRU", num_layers=2, bidirectional=True, bias=False)

from_onnx("RNN", "RNN", 1)
from_onnx("RNN reverse", "RNN", 1, direction="reverse")
from_onnx("LSTM both", "LSTM", 4, direction="bidirectional")
from_onnx("LSTM peepholes both", "LSTM", 4, peepholes=True, direction="bidirectional")
from_onnx("GRU both", "GRU", 3, direction="bidirectional")
from_onnx("GRU after both", "GRU", 3, direction="bidirectional", linear_before_reset=1)
from_onnx("GRU after reverse", "GRU", 3, direction="reverse", linear_before_reset=1)

keras.config.set_floatx("float64")
whole = {"return_sequences": True}
from_keras("SimpleRNN", keras.layers.SimpleRNN(n, **whole))
from_keras("SimpleRNN relu", keras.layers.SimpleRNN(n, activation="relu", **whole))
from_keras("LSTM", keras.layers.LSTM(n, **whole))
from_keras("LSTM without bias", keras.layers.LSTM(n, use_bias=False, **whole))
from_keras("LSTM both", keras.layers.LSTM(n, **whole), both=True)
from_keras("GRU", keras.layers.GRU(n, **whole))
from_keras("GRU before", keras.layers.GRU(n, reset_after=False, **whole))
from_keras("GRU before both", keras.layers.GRU(n, reset_after=False, **whole), both=True)
from_keras("GRU both", keras.layers.GRU(n, **whole), both=True)

HERE = Path(__file__).parent
torch.manual_seed(0)
module = torch.nn.GRU(m, n, num_layers=2, bidirectional=True)
whole = torch.arange(24.0).reshape(4, 6)
more = {"part": whole[1:, ::2].t(), "double": torch.nn.Parameter(whole.double()), "half": whole.bfloat16(), "none": whole[:0]}
checkpoint = {"epoch": 3, "model": module.state_dict(), "more": more}
torch.save(checkpoint, HERE / "checkpoint.pt")
torch.save(checkpoint, HERE / "before_1_6.pt", _use_new_zipfile_serialization=False)


class Program(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = torch.nn.GRUCell(m, n)
        self.rnn.load_state_dict({name.removesuffix("_l0"): a for name, a in module.state_dict().items() if name.endswith("_l0")})
        self.register_buffer("count", torch.zeros(1))

    def forward(self, x):
        return self.rnn(x)


torch.jit.script(Program()).save(HERE / "script.pt")
single = {"whole": whole, "half": whole.half(), "brain": whole.bfloat16(), "long": whole.long(), "scalar": torch.tensor(3.0)}
save_file(single | {f"rnn.{name}": a for name, a in module.state_dict().items()}, HERE / "float_and_half.safetensors", {"a": "b"})
keep("files", whole=whole, **{key: a.numpy() for key, a in module.state_dict().items()})
np.savez_compressed(HERE / "stacks.npz", **stacks)
