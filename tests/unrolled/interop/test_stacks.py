"""Several layers, directions, projections, against PyTorch, ONNX and Keras: their outputs and Jacobians in oracles/stacks.npz.

No library is needed here. What reads a real module or model is in test_pytorch and test_onnx, and runs where they are installed.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from problems import error, slope
from unrolled import bptt, cells, jacobians, unroll
from unrolled.interop import Layer, as_layers, from_keras, from_state_dict, projected, unroll_layers
from unrolled.interop.layers import flipped
from unrolled.interop.onnx import layers_of
from unrolled.through_time import at, state

STACKS = np.load(Path(__file__).parents[1] / "oracles" / "stacks.npz")
LENGTHS = np.array([5, 3, 1])


def cases(origin):
    return sorted({name.split("/")[1] for name in STACKS.files if name.startswith(f"{origin}/")})


def case(origin, name):
    start = f"{origin}/{name}/"
    return {key.removeprefix(start): STACKS[key] for key in STACKS.files if key.startswith(start)}


def weights_in(arrays):
    return {key.removeprefix("weights/"): a for key, a in arrays.items() if key.startswith("weights/")}


def columns(a):
    """Rows (..., B, n) as columns (..., n, B), and back."""
    return np.ascontiguousarray(np.swapaxes(a, -1, -2))


# ---- PyTorch


@pytest.mark.parametrize("name", cases("torch"))
def test_outputs_and_last_states_are_those_of_pytorch(name):
    arrays = case("torch", name)
    layers = as_layers(from_state_dict(weights_in(arrays), name.split()[0]))
    run = unroll_layers(layers, columns(arrays["x"]), lengths=LENGTHS)
    assert error(columns(run.output), arrays["y"]) < 1e-14
    assert len(layers) == len(arrays["h_n"])
    for k, (layer, trace) in enumerate(zip(layers, run.traces, strict=True)):
        assert layer.reverse == (" both" in name and k % 2 == 1)
        last = [a[LENGTHS, :, range(3)] for a in state(layer.cell, trace)]
        assert error(last[-1], arrays["h_n"][k]) < 1e-14
        assert "c_n" not in arrays or error(last[0], arrays["c_n"][k]) < 1e-14


@pytest.mark.parametrize("name", cases("torch"))
def test_jacobians_are_those_of_jacrev(name):
    arrays = case("torch", name)
    layers = as_layers(from_state_dict(weights_in(arrays), name.split()[0]))
    run = unroll_layers(layers, columns(arrays["x"])[:, :, :1])
    J = [arrays[key] for key in arrays if key.startswith("jacobians")]
    assert len(J) == len(layers)
    for layer, x, trace, want in zip(layers, run.inputs, run.traces, J, strict=True):
        assert error(jacobians(layer.cell, layer.params, x, trace), want) < 1e-14


# ---- ONNX

ATTRIBUTES = {
    "RNN": {},
    "RNN reverse": {"direction": "reverse", "activations": ["tanh"]},
    "LSTM both": {"direction": "bidirectional", "hidden_size": 4},
    "LSTM peepholes both": {"direction": "bidirectional", "activations": 2 * ["Sigmoid", "Tanh", "Tanh"]},
    "GRU both": {"direction": "bidirectional", "linear_before_reset": 0},
    "GRU after both": {"direction": "bidirectional", "linear_before_reset": 1},
    "GRU after reverse": {"direction": "reverse", "linear_before_reset": 1},
}


@pytest.mark.parametrize("name", cases("onnx"))
def test_outputs_are_those_of_the_reference_of_onnx(name):
    arrays = case("onnx", name)
    layers = layers_of("node", name.split()[0], ATTRIBUTES[name], arrays)
    run = unroll_layers(layers, columns(arrays["X"]))
    Y = arrays["Y"].transpose(0, 1, 3, 2)
    assert error(run.output, Y.reshape(len(Y), -1, Y.shape[3])) < 1e-14
    assert [layer.reverse for layer in layers] == {"both": [False, True], "reverse": [True]}.get(name.split()[-1], [False])
    of = {"peepholes": cells.peephole, "after": cells.gru_reset_after}.get(name.split()[1] if " " in name else "")
    assert all(of is None or layer.cell is of for layer in layers)


ONE = {"W": np.ones((1, 3, 2)), "R": np.ones((1, 3, 3)), "B": np.ones((1, 6))}
NODES = [
    ("RNN", {"clip": 3.0}, {}, "node 'a' must have no clip, which the cells do not have; got clip=3.0"),
    ("RNN", {"input_forget": 1}, {}, "node 'a' must have no input_forget"),
    (
        "RNN",
        {"activations": ["Elu"]},
        {},
        "node 'a' must have the activations Tanh or Relu or Sigmoid, without alpha or beta; got Elu",
    ),
    ("RNN", {"activation_alpha": [0.1]}, {}, "without alpha or beta; got Tanh"),
    ("RNN", {}, {"initial_h": np.ones((1, 1, 3))}, "got a constant initial_h that is not zero"),
    ("RNN", {}, {"R": None}, "node 'a' must have W and R; missing: R"),
    ("RNN", {"direction": "bidirectional"}, {}, "R of node 'a' must have the shape (2, any, any)"),
    ("LSTM", {}, {}, "W of node 'a' must have the shape (1, 12, any)"),
    ("RNN", {}, {"B": np.ones((1, 3))}, "B of node 'a' must have the shape (1, 6)"),
    ("RNN", {}, {"B": np.ones((1, 6), np.float32)}, "must have one dtype"),
    ("RNN", {}, {"W": np.full((1, 3, 2), np.nan)}, "W of node 'a' must be finite"),
    (
        "RNN",
        {},
        {"W": np.ones((1, 3, 2), np.float16)},
        "W of node 'a' must be a numpy array of float64 or float32; got an array of float16",
    ),
]


@pytest.mark.parametrize(("op", "said", "changed", "words"), NODES, ids=[row[3] for row in NODES])
def test_nodes_that_the_cells_do_not_have(op, said, changed, words):
    weights = {name: a for name, a in (ONE | changed).items() if a is not None}
    with pytest.raises((TypeError, ValueError), match=re.escape(words)):
        layers_of("node 'a'", op, said, weights)


@pytest.mark.parametrize(("activation", "cell"), [("Relu", cells.rnn_relu), ("Sigmoid", cells.rnn_sigmoid)])
def test_activations_of_the_plain_network(activation, cell):
    assert layers_of("a", "RNN", {"activations": [activation]}, ONE)[0].cell is cell


# ---- Keras


@pytest.mark.parametrize("name", cases("keras"))
def test_outputs_are_those_of_keras(name):
    arrays = case("keras", name)
    kind, activation = name.split()[0], "relu" if "relu" in name else "tanh"
    network = from_keras([*weights_in(arrays).values()], kind, activation=activation)
    run = unroll_layers(network, np.ascontiguousarray(arrays["x"].transpose(1, 2, 0)))
    assert (
        error(run.output, arrays["y"].transpose(1, 2, 0)) < 1e-6
    )  # some of its layers compute in float32 whatever they are told
    assert isinstance(network, list) == (" both" in name)
    assert (as_layers(network)[0].cell is cells.gru) == ("before" in name)


K = [np.ones((2, 9)), np.ones((3, 9)), np.ones((2, 9))]
BAD_KERAS = [
    (K[:1], {}, "weights must be a list of 2 or 3 arrays, or of 4 or 6 for two directions, as get_weights() gives; got 1 arrays"),
    (K[0], {}, "got ndarray"),
    (K[:2], {}, "reset_after must be True or False for a GRU without bias, whose weights do not tell; got None"),
    (K, {"reset_after": False}, "reset_after must be True for a bias of shape (2, 9); got False"),
    ([K[0][:, :6], *K[1:]], {}, "weights[0] must have the shape (any, 9)"),
    ([K[0], K[1][:2], K[2]], {}, "weights[1] must have the shape (2, 6), every size at least 1; got (2, 9)"),
    ([K[0], K[1], np.ones(8)], {}, "weights[2] must have the shape (9)"),
    ([*K, *K[:2], np.ones((2, 8))], {}, "weights[5] must have the shape (2, 9)"),
    ([*K[:2], K[2].astype(np.float32)], {}, "must have one dtype"),
    (K, {"activation": "relu"}, "activation must be 'tanh', or for SimpleRNN also 'relu' or 'sigmoid'; got 'relu' for GRU"),
    (K, {"kind": "RNN"}, "kind must be one of 'SimpleRNN', 'LSTM', 'GRU'; got 'RNN'"),
]


@pytest.mark.parametrize(("weights", "more", "words"), BAD_KERAS, ids=[row[2] for row in BAD_KERAS])
def test_bad_weights_of_keras(weights, more, words):
    with pytest.raises((TypeError, ValueError), match=re.escape(words)):
        from_keras(weights, **{"kind": "GRU"} | more)


def layer(kind, weights=(), **settings):
    """What from_keras looks at in a layer of Keras."""
    get = {"get_config": lambda self: settings, "get_weights": lambda self: [*weights]}
    return type(kind, (), get)()


def test_the_settings_of_a_layer_of_keras_are_looked_at():
    cell, p = from_keras(layer("GRU", K[:2], reset_after=False, activation="tanh"), "GRU")
    assert cell is cells.gru
    assert p.b_h.tolist() == [[0]] * 3
    assert from_keras(layer("SimpleRNN", [np.ones((2, 3)), np.ones((3, 3))], activation="relu"), "SimpleRNN")[0] is cells.rnn_relu
    for settings, words in (
        ({"go_backwards": True}, "weights must be those of a layer with go_backwards=False; got True"),
        ({"recurrent_activation": "hard_sigmoid"}, "with recurrent_activation='sigmoid'; got 'hard_sigmoid'"),
        ({"activation": "gelu"}, "with activation='tanh'; got 'gelu'"),
    ):
        with pytest.raises(ValueError, match=re.escape(words)):
            from_keras(layer("GRU", K, **settings), "GRU")
    with pytest.raises(ValueError, match="weights must be those of a GRU, as kind says; got a layer LSTM"):
        from_keras(layer("LSTM", K), "GRU")


# ---- the LSTM with a projection


@pytest.fixture
def problem_projected(rng):
    p = projected.Params(*(0.8 * rng.normal(size=shape) for shape in projected.shapes(4, 3, 2)))
    x = rng.normal(size=(5, 3, 2))
    start = projected.State(rng.normal(size=(4, 2)), rng.normal(size=(2, 2)))
    d = projected.State(rng.normal(size=(6, 4, 2)), rng.normal(size=(6, 2, 2)))
    return p, x, start, d


def test_the_gradients_of_the_projected_lstm_are_those_of_the_complex_step(problem_projected):
    p, x, start, d = problem_projected
    g = bptt(projected, p, x, unroll(projected, p, x, start), d)

    def loss(p, x, start):
        return sum(np.sum(a * b) for a, b in zip(d, state(projected, unroll(projected, p, x, start)), strict=True))

    for k, a in enumerate(p):
        f = lambda a, k=k: loss(p._replace(**{p._fields[k]: a}), x, start)  # noqa: E731
        assert error(g.params[k], np.array([slope(f, a, i) for i in np.ndindex(a.shape)]).reshape(a.shape)) < 1e-13
    for k, a in enumerate(start):
        f = lambda a, k=k: loss(p, x, start._replace(**{start._fields[k]: a}))  # noqa: E731
        assert error(g.start[k], np.array([slope(f, a, i) for i in np.ndindex(a.shape)]).reshape(a.shape)) < 1e-13
    f = lambda x: loss(p, x, start)  # noqa: E731
    assert error(g.x, np.array([slope(f, x, i) for i in np.ndindex(x.shape)]).reshape(x.shape)) < 1e-13


def test_a_square_projection_by_the_identity_is_the_lstm(problem_projected, rng):
    p, x, *_ = problem_projected
    p = projected.Params(*(0.8 * rng.normal(size=shape) for shape in projected.shapes(4, 3, 4)))._replace(P=np.eye(4))
    assert np.array_equal(unroll(projected, p, x).h, unroll(cells.lstm, cells.lstm.Params(*p[:-1]), x).h)


def test_states_of_two_widths_are_checked(problem_projected):
    p, x, start, d = problem_projected
    trace = unroll(projected, p, x, start)
    assert [a.shape for a in trace] == [(6, 4, 2)] * 5 + [(6, 2, 2)]
    with pytest.raises(ValueError, match=re.escape("start.h must have the shape (2, 2)")):
        unroll(projected, p, x, start._replace(h=start.C))
    with pytest.raises(ValueError, match=re.escape("d.C must have the shape (6, 4, 2)")):
        bptt(projected, p, x, trace, d._replace(C=d.h))
    with pytest.raises(ValueError, match=re.escape("p.W_i must have the shape (4, 2)")):
        unroll(projected, p._replace(W_i=p.U_i), x)


# ---- a stack of any cells


def test_a_stack_is_its_layers_one_after_the_other(rng):
    def params(cell, n, m):
        return cell.Params(*(rng.normal(size=shape) for shape in cell.shapes(n, m)))

    below, back = params(cells.gru, 4, 3), params(cells.peephole, 5, 3)
    above = params(cells.rnn, 2, 9)
    x, lengths = rng.normal(size=(6, 3, 2)), np.array([6, 4])
    stack = [Layer(cells.gru, below), Layer(cells.peephole, back, True), Layer(cells.rnn, above)]
    starts = [None, cells.peephole.State(rng.normal(size=(5, 2)), rng.normal(size=(5, 2))), None]
    run = unroll_layers(stack, x, starts, lengths)
    for k, T in enumerate(lengths):
        one = x[:T, :, [k]]
        first = unroll(cells.gru, below, one).h[1:]
        second = unroll(
            cells.peephole, back, one[::-1].copy(), at((starts[1]._replace(C=starts[1].C[:, [k]], h=starts[1].h[:, [k]])), ...)
        )
        both = np.concatenate([first, second.h[:0:-1]], axis=1)
        assert error(run.output[:T, :, [k]], unroll(cells.rnn, above, both).s[1:]) < 1e-14
        assert not run.output[T:, :, k].any()
    assert [a.shape for a in run.inputs] == [(6, 3, 2), (6, 3, 2), (6, 9, 2)]
    a = np.arange(12.0).reshape(6, 1, 2)
    assert flipped(a, lengths)[:, 0, 1].tolist() == [7, 5, 3, 1, 9, 11]


RNN = cells.rnn.Params(np.ones((2, 3)), np.ones((2, 2)), np.ones((2, 1)))
X = np.ones((4, 3, 2))
BAD_STACKS = [
    ((None, X), {}, "network must be (cell, params), a Layer, or a list of Layers; got None"),
    (([], X), {}, "got a list of 0"),
    (([(cells.rnn, RNN)], X), {}, "got a list of 1"),
    (((cells.gru, RNN), X), {}, "network[0] must have the Params of its cell, and reverse True or False; got params: Params"),
    ((Layer(cells.rnn, RNN, 1), X), {}, "reverse: 1"),
    (((None, RNN), X), {}, "cell must be one of unrolled.cells; got None"),
    (((cells.rnn, RNN), X[:, :2]), {}, "network[0].params.U must have 2 columns, as many as x has at each step; got 3"),
    (
        ([Layer(cells.rnn, RNN)] * 2, X),
        {},
        "network[1].params.U must have 2 columns, as many as the layers below give at each step; got 3",
    ),
    (((cells.rnn, RNN), X), {"lengths": [4]}, "lengths must be 2 whole numbers, one for each sequence; got int64 of shape (1,)"),
    (((cells.rnn, RNN), X), {"lengths": [4, 5]}, "lengths must be from 1 to T = 4; got 4 to 5"),
    (((cells.rnn, RNN), X), {"lengths": [4, 0]}, "lengths must be from 1 to T = 4; got 0 to 4"),
    (((cells.rnn, RNN), X), {"lengths": [4.0, 2.0]}, "lengths must be 2 whole numbers"),
    (((cells.rnn, RNN), X), {"starts": []}, "starts must be a list of 1, a State or None for each layer; got []"),
    (((cells.rnn, RNN), X), {"starts": [X]}, "start must be a State(s) of this cell; got ndarray"),
    (((cells.rnn, RNN), X * np.nan), {}, "x must be finite"),
]


@pytest.mark.parametrize(("given", "more", "words"), BAD_STACKS, ids=[row[2] for row in BAD_STACKS])
def test_bad_stacks(given, more, words):
    with pytest.raises((TypeError, ValueError), match=re.escape(words)):
        unroll_layers(*given, **more)
