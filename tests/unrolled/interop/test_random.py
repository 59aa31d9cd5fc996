"""Modules of PyTorch and models of ONNX, drawn at random: whatever they are, our cells give what they give.

Here nothing is taken layer by layer. A whole module is differentiated by its first states, `torch.func.jacrev` over all steps at
once: of what it gives, the block of a layer and a direction is the product of that layer's own Jacobians along the sequence, for
no other way leads from a layer's state back to itself. Where the frameworks are not installed, stacks.npz holds frozen cases.
"""

import numpy as np
import pytest
from problems import error
from unrolled import inspect, jacobians
from unrolled.interop import as_layers, from_onnx, from_torch, unroll_layers
from unrolled.through_time import state

MODULES, MODELS = 240, 120


def columns(a):
    return np.ascontiguousarray(np.swapaxes(a, -1, -2))


def drawn(seed):
    """(module, x (T, B, m), lengths (B,), rng): one to three layers of any kind, with weights that are far from small."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    kind = ("RNN", "LSTM", "GRU", "LSTM")[seed % 4]
    m, n, layers, B, T = (int(rng.integers(1, most)) for most in (6, 8, 4, 4, 13))
    options = {"num_layers": layers, "bidirectional": bool(rng.integers(2)), "bias": rng.random() < 0.8}
    options |= {"batch_first": bool(rng.integers(2)), "dtype": (torch.float32, torch.float64)[rng.integers(2)]}
    if kind == "RNN":
        options["nonlinearity"] = ("tanh", "relu")[rng.integers(2)]
    if kind == "LSTM" and n > 1 and rng.random() < 0.5:
        options["proj_size"] = int(rng.integers(1, n))
    module = getattr(torch.nn, kind)(m, n, **options).eval()
    size = rng.choice([0.2, 0.5, 1.0, 1.5]) / (1 + (kind == "RNN" and options["nonlinearity"] == "relu"))
    with torch.no_grad():
        for a in module.parameters():
            a.copy_(torch.tensor(size * rng.normal(size=a.shape)))
    lengths = rng.integers(1, T + 1, B)
    x = rng.normal(size=(lengths.max(), B, m))
    return module, torch.tensor(x, dtype=options["dtype"]), lengths, rng


def whole(module, x, starts):
    """For each layer and direction ∂state_T/∂state_0 over x (T, m) by PyTorch, in float64; `starts` as rows (L, n), h and C."""
    import torch

    double = type(module)(module.input_size, module.hidden_size, **settings(module), dtype=torch.float64)
    double.load_state_dict({name: a.double() for name, a in module.state_dict().items()})

    def last(h, *C):
        first = (h[:, None], C[0][:, None]) if C else h[:, None]
        _, new = double(x.double()[:, None], first)
        return torch.cat([part[:, 0] for part in new[::-1]], 1) if C else new[:, 0]

    parts = tuple(range(len(starts)))
    J = [a.detach().numpy() for a in torch.func.jacrev(last, argnums=parts)(*starts)]  # each (L, N, L, width)
    return [np.concatenate([a[k, :, k] for a in J[::-1]], axis=1) for k in range(len(J[0]))]


def settings(module):
    names = ("num_layers", "bidirectional", "bias", "proj_size", "nonlinearity")
    return {name: getattr(module, name) for name in names if getattr(module, name, 0)} | {"bias": module.bias}


def ours(layers, x, starts):
    """The same from this book's cells, in float64: each layer's own Jacobians along x (T, m, 1), multiplied."""
    run = unroll_layers(layers, x, starts)
    chains = (
        jacobians(layer.cell, layer.params, read, trace)
        for layer, read, trace in zip(layers, run.inputs, run.traces, strict=True)
    )
    return [np.linalg.multi_dot([*J[::-1], np.eye(J.shape[1])]) for J in chains]


def first_states(module, layers, rng):
    """Random ones, or zeros: (h (L, r), C (L, n)) as tensors, without C but for the LSTM, and a list of `State`."""
    import torch

    widths = [module.proj_size or module.hidden_size, module.hidden_size][: 1 + isinstance(module, torch.nn.LSTM)]
    rows = [rng.normal(size=(len(layers), width)) for width in widths]
    states = [layer.cell.State(*(part[k][:, None].copy() for part in rows[::-1])) for k, layer in enumerate(layers)]
    return [torch.tensor(part) for part in rows], states


@pytest.mark.parametrize("seed", range(MODULES))
def test_jacobians_of_a_whole_module_by_jacrev(seed):
    """One step from random states, where each block is one Jacobian, and all steps of a sequence, where it is their product."""
    module, x, _, rng = drawn(seed)
    layers = as_layers(from_torch(module, np.float64))
    for T in {1, len(x)}:
        rows, states = first_states(module, layers, rng)
        there = whole(module, x[:T, 0], rows)
        here = ours(layers, columns(x[:T, :1].double().numpy()), states)
        assert len(there) == len(here) == module.num_layers * (1 + module.bidirectional)
        for want, got in zip(there, here, strict=True):
            assert error(got, want) < 1e-10 or np.abs(got - want).max() < 1e-14


@pytest.mark.parametrize("seed", range(MODULES))
def test_inspect_measures_the_norms_of_jacrev_on_packed_sequences(seed):
    """At the longest lag of each sequence, to 1e-8 in log10; a norm of 0, where every ReLU is off, as 0."""
    torch = pytest.importorskip("torch")
    module, x, lengths, _ = drawn(seed)
    x, dtype = (x.transpose(0, 1) if module.batch_first else x), x.dtype
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        x, torch.tensor(lengths), batch_first=module.batch_first, enforce_sorted=False
    )
    report = inspect(module, packed, progress=False, ends=len(lengths))
    assert report.precision == str(dtype).removeprefix("torch.")
    assert report.lengths.tolist() == lengths.tolist()
    for s, T in enumerate(lengths):
        sequence = (x[s] if module.batch_first else x[:, s])[:T]
        layers = module.num_layers * (1 + module.bidirectional)
        zeros = [torch.zeros(layers, module.proj_size or module.hidden_size, dtype=torch.float64)]
        zeros += [torch.zeros(layers, module.hidden_size, dtype=torch.float64)] * isinstance(module, torch.nn.LSTM)
        there = whole(module, sequence, zeros)
        for layer, J in zip(report.layers, there, strict=True):
            (row,) = np.flatnonzero(layer.ends[:, 0] == s)
            with np.errstate(divide="ignore"):
                want = np.log10(np.linalg.norm(J, 2))
            digits = 1e-8 if want > -20 else 1e-4  # below, units are so near to 1 that 1 - s² has lost its own, there as here
            assert layer.norms[row, T - 1] == want or abs(layer.norms[row, T - 1] - want) < digits


@pytest.mark.parametrize("seed", range(MODULES))
def test_outputs_of_padded_batches_are_those_of_the_module(seed):
    """In the module's own precision, with the last states of each layer and direction."""
    torch = pytest.importorskip("torch")
    module, x, lengths, _ = drawn(seed)
    rows = x.transpose(0, 1) if module.batch_first else x
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        rows, torch.tensor(lengths), batch_first=module.batch_first, enforce_sorted=False
    )
    with torch.no_grad():
        y, last = module(packed)
    y = torch.nn.utils.rnn.pad_packed_sequence(y, batch_first=False)[0].numpy()
    layers = as_layers(from_torch(module))
    run = unroll_layers(layers, columns(x.numpy()), lengths=lengths)
    tolerance = 1e-12 if x.dtype == torch.float64 else 2e-4  # some of the random networks are chaotic, or grow a thousandfold
    assert error(columns(run.output), y) < tolerance
    last = last[::-1] if isinstance(last, tuple) else (last,)
    for k, (layer, trace) in enumerate(zip(layers, run.traces, strict=True)):
        for part, want in zip(state(layer.cell, trace), last, strict=True):
            assert error(part[lengths, :, range(len(lengths))], want[k].numpy()) < tolerance


# ---- ONNX

OPERATORS = {"RNN": 1, "LSTM": 4, "GRU": 3}  # and how many gates; other activations than Tanh the reference does not know


def a_node(seed, rng, m, below, ways=("forward", "reverse", "bidirectional")):
    """(node, its arrays, how many numbers it hands on) of a random recurrent operator that reads `below`."""
    helper = pytest.importorskip("onnx.helper")
    op = (*OPERATORS,)[seed % 3]
    gates = OPERATORS[op]
    direction = ways[rng.integers(len(ways))]
    ways, n = 1 + (direction == "bidirectional"), int(rng.integers(1, 7))
    arrays = {"W": (ways, gates * n, m), "R": (ways, gates * n, n)}
    arrays |= {"B": (ways, 2 * gates * n)} if rng.random() < 0.7 else {}
    arrays |= {"P": (ways, 3 * n)} if op == "LSTM" and rng.random() < 0.5 else {}
    dtype = (np.float32, np.float64)[seed % 2]
    arrays = {name: (0.6 * rng.normal(size=shape)).astype(dtype) for name, shape in arrays.items()}
    more = {"linear_before_reset": int(rng.integers(2))} if op == "GRU" else {}
    inputs = [below, *(f"{name}_{below}" for name in "WR"), *[f"B_{below}"] * ("B" in arrays)]
    inputs += [""] * (7 - len(inputs)) + [f"P_{below}"] if "P" in arrays else []
    node = helper.make_node(op, inputs, [f"Y_{below}"], f"{op} on {below}", hidden_size=n, direction=direction, **more)
    return node, {f"{name}_{below}": a for name, a in arrays.items()}, ways * n


@pytest.mark.parametrize("seed", range(MODELS))
def test_random_models_give_what_the_reference_of_onnx_gives(seed):
    """One node or two, one on the other as exporters write it."""
    onnx, reference = pytest.importorskip("onnx"), pytest.importorskip("onnx.reference")
    helper, rng = onnx.helper, np.random.default_rng(seed)
    T, B, m = (int(rng.integers(1, most)) for most in (9, 4, 6))
    first, arrays, width = a_node(seed, rng, m, "X")
    nodes, last = [first], "Y_X"
    if rng.random() < 0.5:
        nodes += [
            helper.make_node("Transpose", ["Y_X"], ["t"], perm=[0, 2, 1, 3]),
            helper.make_node("Reshape", ["t", "shape"], ["r"]),
        ]
        second, more, _ = a_node(seed + 2 * int(rng.integers(3)), rng, width, "r", ("forward", "bidirectional"))
        arrays |= more | {"shape": np.array([T, B, width])}
        nodes, last = [*nodes, second], "Y_r"
    kind = helper.np_dtype_to_tensor_dtype(arrays["W_X"].dtype)
    value = lambda name: helper.make_tensor_value_info(name, kind, None)  # noqa: E731
    tensors = [onnx.numpy_helper.from_array(a, name) for name, a in arrays.items()]
    graph = helper.make_graph(nodes, "random", [value("X")], [value(last)], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)])
    X = rng.normal(size=(T, B, m)).astype(arrays["W_X"].dtype)
    (want,) = reference.ReferenceEvaluator(model).run(None, {"X": X})
    run = unroll_layers(from_onnx(model), columns(X))
    want = want.transpose(0, 1, 3, 2).reshape(T, -1, B)
    assert run.output.dtype == X.dtype
    assert error(run.output, want) < (1e-12 if X.dtype == np.float64 else 1e-6)
