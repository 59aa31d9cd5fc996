"""Outputs, gradients and Jacobians of other people's cells, frozen into vectors.npz, so that no test needs torch or onnx.

Made with Python 3.11, numpy 2.4.6, torch 2.13.0 (CPU) and onnx 1.23.2, in an environment of its own:

    python -m venv oracle && oracle/bin/pip install numpy==2.4.6 torch==2.13.0 onnx==1.23.2
    oracle/bin/python tests/unrolled/oracles/make_vectors.py

All is float64 and keeps the layout of its origin (a row for each sequence). Three kinds of case, by the first part of a key:

    torch/…     torch.nn; gradients by torch.autograd, Jacobians by torch.autograd.functional.jacobian
    autograd/…  the cells that torch.nn lacks, their equations written out here; gradients and Jacobians as above
    onnx/…      onnx.reference.ReferenceEvaluator, outputs only

The loss of the gradients is Σ_t Σ d_t · state_t over t = 0..T. Weights are random: constant ones would hide a swapped gate.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info
from onnx.reference import ReferenceEvaluator
from torch import sigmoid, tanh
from torch.autograd.functional import jacobian
from torch.func import functional_call

T, B, m, n = 6, 2, 3, 4
rng = np.random.default_rng(20)
vectors = {}


def random(*shape):
    return torch.tensor(0.8 * rng.normal(size=shape), requires_grad=True)


def record(case, step, weights, parts):
    """Run step(weights, x_t, state) -> state, a state being `parts` (B, n) arrays; keep all that there is to compare."""
    x, start = random(T, B, m), [random(B, n) for _ in range(parts)]
    d = [torch.tensor(rng.normal(size=(T + 1, B, n))) for _ in range(parts)]
    states = [start]
    for x_t in x:
        states.append(step(weights, x_t, states[-1]))
    series = [torch.stack(part) for part in zip(*states, strict=True)]
    loss = sum((a * b).sum() for a, b in zip(d, series, strict=True))
    leaves = [*weights.values(), x, *start]
    gradients = torch.autograd.grad(loss, leaves)

    def flat(x_t):
        return lambda v: torch.cat([part[0] for part in step(weights, x_t, [a[None] for a in v.split(n)])])

    J = [jacobian(flat(x[t, :1]), torch.cat([a[t, 0] for a in series]).detach()) for t in range(T)]
    keep = {f"weights/{name}": a for name, a in weights.items()}
    keep |= {f"gradients/{name}": a for name, a in zip([*weights, "x", *map(str, range(parts))], gradients, strict=True)}
    keep |= {"x": x, "d": torch.stack(d), "states": torch.stack(series), "jacobians": torch.stack(J)}
    vectors.update({f"{case}/{name}": a.detach().numpy() for name, a in keep.items()})


def from_torch_nn(name, module, parts):
    """parts = 2: the state (C, h) of the book is (c, h) of torch, which takes and returns (h, c)."""
    module = module.double()
    weights = {name: random(*a.shape) for name, a in module.named_parameters()}

    def step(weights, x_t, state):
        given = state[0][None] if parts == 1 else (state[1][None], state[0][None])
        _, new = functional_call(module, weights, (x_t[None], given))
        return [new[0]] if parts == 1 else [new[1][0], new[0][0]]

    record(f"torch/{name}", step, weights, parts)


def layer(w, gate, x_t, h):
    return x_t @ w[f"U{gate}"].T + h @ w[f"W{gate}"].T + w[f"b{gate}"]


def rnn_sigmoid(w, x_t, state):
    return [sigmoid(layer(w, "", x_t, state[0]))]


def residual(w, x_t, state):
    return [state[0] + w["ε"] * tanh(layer(w, "", x_t, state[0]))]


def lstm_1997(w, x_t, state):
    C, h = state
    C = C + sigmoid(layer(w, "_i", x_t, h)) * tanh(layer(w, "_C", x_t, h))
    return [C, sigmoid(layer(w, "_o", x_t, h)) * tanh(C)]


def coupled(w, x_t, state):
    C, h = state
    f = sigmoid(layer(w, "_f", x_t, h))
    C = torch.lerp(tanh(layer(w, "_C", x_t, h)), C, f)
    return [C, sigmoid(layer(w, "_o", x_t, h)) * tanh(C)]


def peephole(w, x_t, state):
    C, h = state
    f, i = (sigmoid(layer(w, f"_{g}", x_t, h) + C * w[f"p_{g}"]) for g in "fi")
    C = C * f + i * tanh(layer(w, "_C", x_t, h))
    return [C, sigmoid(layer(w, "_o", x_t, h) + C * w["p_o"]) * tanh(C)]


def gru(w, x_t, state):
    (h,) = state
    z, r = (sigmoid(layer(w, f"_{g}", x_t, h)) for g in "zr")
    return [torch.lerp(h, tanh(layer(w, "_h", x_t, h * r)), z)]


def from_equations(step, gates, parts, **more):
    weights = {}
    for gate in gates:
        weights |= {f"U{gate}": random(n, m), f"W{gate}": random(n, n), f"b{gate}": random(n)}
    weights |= {name: random(*shape) for name, shape in more.items()}
    record(f"autograd/{step.__name__}", step, weights, parts)


def from_onnx(name, op, gates, outputs, peepholes=False, **attributes):
    """One node of the ONNX operator; the stacked gates are in the order of its specification."""
    given = {"X": (T, B, m), "W": (1, gates * n, m), "R": (1, gates * n, n), "B": (1, 2 * gates * n), "initial_h": (1, B, n)}
    given |= {"initial_c": (1, B, n)} if op == "LSTM" else {}
    given |= {"P": (1, 3 * n)} if peepholes else {}
    given = {key: 0.8 * rng.normal(size=shape) for key, shape in given.items()}
    order = ["X", "W", "R", "B", "", "initial_h", *[key for key in ("initial_c", "P") if key in given]]  # "": no sequence_lens
    node = make_node(op, order, outputs, hidden_size=n, **attributes)
    typed = lambda names: [make_tensor_value_info(key, onnx.TensorProto.DOUBLE, None) for key in names]  # noqa: E731
    model = make_model(make_graph([node], name, typed(given), typed(outputs)), opset_imports=[make_opsetid("", 22)])
    results = dict(zip(outputs, ReferenceEvaluator(model).run(None, given), strict=True))
    vectors.update({f"onnx/{name}/{key}": a for key, a in (given | results).items()})


from_torch_nn("rnn", torch.nn.RNN(m, n), 1)
from_torch_nn("rnn_relu", torch.nn.RNN(m, n, nonlinearity="relu"), 1)
from_torch_nn("lstm", torch.nn.LSTM(m, n), 2)
from_torch_nn("gru_reset_after", torch.nn.GRU(m, n), 1)

from_equations(rnn_sigmoid, [""], 1)
from_equations(residual, [""], 1, ε=(1,))
from_equations(lstm_1997, ["_i", "_C", "_o"], 2)
from_equations(coupled, ["_f", "_C", "_o"], 2)
from_equations(peephole, ["_f", "_i", "_C", "_o"], 2, p_f=(n,), p_i=(n,), p_o=(n,))
from_equations(gru, ["_z", "_r", "_h"], 1)

from_onnx("rnn", "RNN", 1, ["Y"])
from_onnx("lstm", "LSTM", 4, ["Y", "Y_h", "Y_c"])
from_onnx("peephole", "LSTM", 4, ["Y", "Y_h", "Y_c"], peepholes=True)
from_onnx("gru", "GRU", 3, ["Y"], linear_before_reset=0)
from_onnx("gru_reset_after", "GRU", 3, ["Y"], linear_before_reset=1)

np.savez_compressed(Path(__file__).with_name("vectors.npz"), **vectors)
