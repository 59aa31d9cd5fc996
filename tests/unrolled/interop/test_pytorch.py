"""Weights to PyTorch and back. The maps are held to PyTorch's own outputs without PyTorch, by the frozen vectors in test_cells;
here they are inverse to each other, refuse what they cannot carry, and, where PyTorch is installed, meet the real modules."""

import re
import sys

import numpy as np
import pytest
from problems import CELLS, error, problem
from unrolled import cells, interop, unroll

IN_TORCH = ["rnn", "rnn_relu", "lstm", "gru_reset_after"]


def columns(a):
    return np.swapaxes(a.detach().numpy(), -1, -2)


def outputs_differ(module, cell, p, rng):
    """The relative error of all outputs of `module` against those of `cell`, from a random start, over a batch."""
    torch = pytest.importorskip("torch")
    m, n = module.input_size, module.hidden_size
    kind = module.weight_ih_l0.dtype
    x = torch.tensor(rng.normal(size=(7, 3, m)), dtype=kind)
    start = [torch.tensor(rng.normal(size=(1, 3, n)), dtype=kind) for _ in cell.State._fields]
    given = tuple(reversed(start)) if len(start) == 2 else start[0]  # PyTorch's (h, c) is the book's (C, h)
    y, _ = module(x, given)
    trace = unroll(cell, p, np.ascontiguousarray(columns(x)), cell.State(*(np.ascontiguousarray(columns(a[0])) for a in start)))
    got = getattr(trace, cell.State._fields[-1])[1:]
    assert got.dtype.name == str(kind).removeprefix("torch.")
    return error(got, columns(y))


# ---- with PyTorch ----


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-14), ("float32", 1e-5)])
@pytest.mark.parametrize("name", IN_TORCH)
def test_outputs_equal_those_of_the_module(rng, name, dtype, tolerance, bias):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    kind, more = {
        "rnn": (torch.nn.RNN, {}),
        "rnn_relu": (torch.nn.RNN, {"nonlinearity": "relu"}),
        "lstm": (torch.nn.LSTM, {}),
        "gru_reset_after": (torch.nn.GRU, {}),
    }[name]
    module = kind(3, 5, bias=bias, dtype=getattr(torch, dtype), **more)
    cell, p = interop.from_torch(module)
    assert cell is CELLS[name]
    assert outputs_differ(module, cell, p, rng) < tolerance
    back = interop.to_torch(cell, p)
    assert type(back) is kind
    assert outputs_differ(back, cell, p, rng) < tolerance
    p[0][:] = 0
    assert module.weight_ih_l0.detach().abs().min() > 0, "a copy"


@pytest.mark.parametrize("lengths", [[5, 2, 1], [1, 1, 1]], ids=str)
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("RNN", {"num_layers": 3, "nonlinearity": "relu"}),
        ("LSTM", {"num_layers": 2, "bidirectional": True, "proj_size": 3, "batch_first": True}),
        ("LSTM", {"proj_size": 1, "bias": False}),
        ("GRU", {"num_layers": 2, "bidirectional": True, "dropout": 0.5}),
        ("GRU", {"bidirectional": True, "bias": False, "dtype": "float64"}),
    ],
    ids=str,
)
def test_a_stack_gives_what_the_module_gives(kind, options, lengths):
    """Packed sequences, in float32 unless said otherwise; h_n of each layer and direction, too."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    options = options | {"dtype": getattr(torch, options.get("dtype", "float32"))}
    module = getattr(torch.nn, kind)(3, 4, **options).eval()
    x = torch.randn(5, 3, 3, dtype=options["dtype"])
    first = x.transpose(0, 1) if module.batch_first else x
    packed = torch.nn.utils.rnn.pack_padded_sequence(first, torch.tensor(lengths), batch_first=module.batch_first)
    y, last = module(packed)
    y = torch.nn.utils.rnn.pad_packed_sequence(y, total_length=5)[0]
    run = interop.unroll_layers(interop.from_torch(module), np.ascontiguousarray(columns(x)), lengths=lengths)
    tolerance = 1e-14 if options["dtype"] == torch.float64 else 1e-6
    assert error(run.output, columns(y)) < tolerance
    for h, trace in zip(last[0] if kind == "LSTM" else last, run.traces, strict=True):
        assert error(trace[-1][lengths, :, range(3)], h.detach().numpy()) < tolerance


REPARAMETRISED = {  # ways in which a weight is computed from others; the older ones do so in a hook before each call
    "weight_norm": lambda utils, module: utils.parametrizations.weight_norm(module, "weight_hh_l0"),
    "spectral_norm": lambda utils, module: utils.parametrizations.spectral_norm(module, "weight_hh_l0"),
    "orthogonal": lambda utils, module: utils.parametrizations.orthogonal(module, "weight_ih_l0"),
    "weight_norm, the older": lambda utils, module: utils.weight_norm(module, "weight_hh_l0"),
    "spectral_norm, the older": lambda utils, module: utils.spectral_norm(module, "weight_hh_l0"),
    "pruned twice": lambda utils, module: [utils.prune.l1_unstructured(module, "weight_hh_l0", share) for share in (0.3, 0.2)],
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", REPARAMETRISED)
def test_weights_that_are_computed_from_others_are_those_of_the_next_call(name):
    torch = pytest.importorskip("torch")
    pytest.importorskip("torch.nn.utils.prune")
    module = torch.nn.GRU(3, 4)
    REPARAMETRISED[name](torch.nn.utils, module)
    module.eval()
    with torch.no_grad():
        for a in module.parameters():
            a *= 1.5  # an optimiser's step: the attributes of the older ones are not those of the next call any more
    cell, p = interop.from_torch(module)
    x = torch.randn(5, 2, 3)
    assert error(unroll(cell, p, np.ascontiguousarray(columns(x))).h[1:], columns(module(x)[0])) < 1e-5


def test_what_is_no_such_module_is_refused():
    torch = pytest.importorskip("torch")
    for other in (torch.nn.Linear(2, 2), torch.nn.LSTMCell(2, 2), "lstm"):
        with pytest.raises(TypeError, match=f"module must be a torch.nn.RNN, LSTM or GRU; got {type(other).__name__}"):
            interop.from_torch(other)
    with pytest.raises(TypeError, match=r"module must have parameters of float64 or float32; got torch\.bfloat16"):
        interop.from_torch(torch.nn.GRU(2, 2, dtype=torch.bfloat16))


# ---- without PyTorch ----


@pytest.mark.parametrize("call", [lambda: interop.from_torch(None), lambda: interop.to_torch(cells.rnn, problem(cells.rnn).p)])
def test_without_pytorch_the_error_says_how_to_get_it(monkeypatch, call):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=re.escape("this function needs PyTorch: pip install 'unrolled[torch]'")):
        call()


@pytest.mark.parametrize("name", IN_TORCH)
def test_the_maps_are_inverse_to_each_other(name):
    cell = CELLS[name]
    p = problem(cell).p
    weights = interop.weights_of(cell, p)
    assert list(weights) == ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    for a, b in zip(interop.params_of(cell, weights), p, strict=True):
        assert np.array_equal(a, b)
        assert not np.shares_memory(a, b)


def test_two_biases_add_up_but_for_the_one_inside_the_reset_product():
    n = 2
    ones = {"weight_ih_l0": np.ones((3 * n, 1)), "weight_hh_l0": np.ones((3 * n, n))}
    b_ih, b_hh = np.arange(6.0), 10 + np.arange(6.0)
    p = interop.params_of(cells.gru_reset_after, ones | {"bias_ih_l0": b_ih, "bias_hh_l0": b_hh})
    assert [a.ravel().tolist() for a in (p.b_r, p.b_z, p.b_h, p.c_h)] == [[10, 12], [-14, -16], [4, 5], [14, 15]]
    assert b_hh.tolist() == [10, 11, 12, 13, 14, 15]
    assert (p.U_z.max(), p.W_z.max(), p.U_r.min(), p.W_h.min()) == (-1, -1, 1, 1)


@pytest.mark.parametrize("name", sorted(set(CELLS) - set(IN_TORCH)))
def test_cells_that_pytorch_lacks_are_refused(name):
    with pytest.raises(
        TypeError, match=r"cell must be cells\.rnn, rnn_relu, lstm or gru_reset_after, those that PyTorch has; got"
    ):
        interop.to_torch(CELLS[name], problem(CELLS[name]).p)


BAD = [
    (lambda p: tuple(p), TypeError, "p must be a Params(U, W, b) of this cell; got tuple"),
    (lambda p: p._replace(U=p.U[0]), ValueError, "p.U must have the shape (any, any)"),
    (lambda p: p._replace(W=p.W[:2]), ValueError, "p.W must have the shape (3, 3)"),
    (lambda p: p._replace(b=p.b[:, 0]), ValueError, "p.b must have the shape (3, 1)"),
    (lambda p: p._replace(b=p.b.astype(np.float32)), TypeError, "U and W and b must have one dtype"),
    (
        lambda p: p._replace(W=p.W.astype(int)),
        TypeError,
        "p.W must be a numpy array of float64 or float32; got an array of int64",
    ),
    (lambda p: p._replace(W=p.W * np.nan), ValueError, "p.W must be finite"),
]


@pytest.mark.parametrize(("change", "kind", "words"), BAD, ids=[row[2] for row in BAD])
def test_bad_input(change, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        interop.to_torch(cells.rnn, change(problem(cells.rnn).p))


STACKED = {"weight_ih_l0": np.ones((6, 3)), "weight_hh_l0": np.ones((6, 2)), "bias_ih_l0": np.ones(6), "bias_hh_l0": np.ones(6)}
BAD_WEIGHTS = [
    ({"weight_hh_l0": np.ones((6, 3))}, ValueError, "weights['weight_ih_l0'] must have the shape (9, any)"),
    ({"weight_hh_l0": None}, TypeError, "weights['weight_hh_l0'] must be a numpy array of float64 or float32; got NoneType"),
    ({"weight_ih_l0": np.ones((5, 3))}, ValueError, "weights['weight_ih_l0'] must have the shape (6, any)"),
    ({"bias_ih_l0": np.ones(1)}, ValueError, "weights['bias_ih_l0'] must have the shape (6)"),
    ({"bias_hh_l0": np.ones((6, 1))}, ValueError, "weights['bias_hh_l0'] must have the shape (6)"),
    (
        {"bias_hh_l0": np.ones(6, np.float32)},
        TypeError,
        "must have one dtype; got weight_ih_l0: float64, weight_hh_l0: float64, bias_ih_l0: float64, bias_hh_l0: float32",
    ),
    ({"bias_hh_l0": np.full(6, np.nan)}, ValueError, "weights['bias_hh_l0'] must be finite"),
]


@pytest.mark.parametrize(("changed", "kind", "words"), BAD_WEIGHTS, ids=[row[2] for row in BAD_WEIGHTS])
def test_bad_weights(changed, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        interop.params_of(cells.gru_reset_after, STACKED | changed)
