"""Your own network: what `inspect` measures is what the book's own functions give, on every kind of network and data."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from problems import CELLS, error, problem
from unrolled import bptt, cells, init, inspect, jacobians, lyapunov_spectrum, product_norms, singular_values, unroll
from unrolled.inspect import end_points, evenly, window
from unrolled.inspect.arguments import unpacked
from unrolled.inspect.chains import LayerChain, StepChain
from unrolled.inspect.report import median_reach, percentiles, reach_of
from unrolled.inspect.stretches import exponents_along, first_frame
from unrolled.interop import Layer, from_state_dict, projected, unroll_layers
from unrolled.interop.files import Other

STACKS = np.load(Path(__file__).parent / "oracles" / "stacks.npz")
QUIET = {"progress": False}


def network(rng, cell, n=6, m=3, gain=1.0, **values):
    """(cell, params), by `init`, in which no unit is like another."""
    return cell, init(cell, n, m, rng, gain=gain, recurrent="gaussian", **values)


def chain_of(cell, p, x):
    return jacobians(cell, p, x, unroll(cell, p, x))


# ---- what is measured


@pytest.mark.parametrize("name", CELLS)
def test_norms_shares_and_exponents_are_those_of_the_book(rng, name):
    cell, p = network(rng, CELLS[name], gain=1.3)
    x = rng.normal(size=(40, 3, 3))
    layer = inspect((cell, p), x, **QUIET).layers[0]
    assert layer.ends.tolist() == [[0, 40], [1, 40], [2, 40]]
    for k in range(3):
        J = chain_of(cell, p, x[:, :, [k]])
        assert np.allclose(layer.norms[k], product_norms(J, "end"), rtol=0, atol=1e-10)
        σ = singular_values(J, "end", at=[1, 7, 40])
        assert np.allclose(layer.kept[k, [0, 6, 39]], np.mean(σ >= -2, axis=1), rtol=0, atol=1e-12)
        J[0] = J[0] @ first_frame(len(J[0]))
        exact = lyapunov_spectrum(J)
        known = exact > exact[0] - 20 / len(J)  # the others lose digits in plain float64
        assert np.allclose(layer.lyapunov[k][known], exact[known], rtol=0, atol=1e-8)
    assert layer.cell == name
    assert (layer.units, layer.size) == (6, 6 * len(cell.State._fields))


def test_the_projected_lstm_and_its_closed_form(rng):
    p = projected.Params(*(0.8 * rng.normal(size=shape) for shape in projected.shapes(5, 3, 2)))
    x = rng.normal(size=(20, 3, 1))
    J = chain_of(projected, p, x)
    layer = inspect((projected, p), x, **QUIET).layers[0]
    assert np.allclose(layer.norms[0], product_norms(J, "end"), rtol=0, atol=1e-11)
    assert (layer.units, layer.size) == (2, 7)
    for cell, q in ((projected, p), network(rng, cells.lstm)):
        trace = unroll(cell, q, x)
        chain = LayerChain(Layer(cell, q), x, trace, np.array([20]))
        assert error(chain.jacobians(0, 3, 11), chain_of(cell, q, x)[3:11]) < 1e-14


@pytest.mark.parametrize("name", ["LSTM 2 both projected", "GRU 2 both without bias", "RNN 2"])
def test_layers_and_directions_of_pytorch_against_jacrev(name):
    """The Jacobians in the oracle are PyTorch's own; sequences of 5, 3 and 1 steps, of which the oracle has the first."""
    arrays = {key.split("/", 2)[2]: STACKS[key] for key in STACKS.files if key.startswith(f"torch/{name}/")}
    weights = {key.removeprefix("weights/"): a for key, a in arrays.items() if key.startswith("weights/")}
    x = arrays["x"].transpose(0, 2, 1).copy()
    report = inspect(from_state_dict(weights, name.split()[0]), x, lengths=[5, 3, 1], **QUIET)
    for layer, key in zip(report.layers, (key for key in arrays if key.startswith("jacobians")), strict=True):
        assert np.allclose(layer.norms[0], product_norms(arrays[key], "end"), rtol=0, atol=1e-10)
        assert layer.ends.tolist() == [[0, 5], [1, 3], [2, 1]]
        assert np.isnan(layer.norms).sum(axis=1).tolist() == [0, 2, 4]
        assert ("reverse" in layer.name) == key.endswith("reverse")


def test_a_reverse_layer_is_measured_in_its_own_order(rng):
    cell, p = network(rng, cells.gru)
    x = rng.normal(size=(12, 3, 2))
    lengths = np.array([12, 8])
    layer = inspect(Layer(cell, p, True), x, lengths=lengths, **QUIET).layers[0]
    for k, T in enumerate(lengths):
        J = chain_of(cell, p, x[:T, :, [k]][::-1].copy())
        assert np.allclose(layer.norms[k, :T], product_norms(J, "end"), rtol=0, atol=1e-11)


def test_float32_is_measured_in_float64(rng):
    cell, p = network(rng, cells.lstm)
    p = cell.Params(*(a.astype(np.float32) for a in p))
    x = rng.normal(size=(30, 3, 1)).astype(np.float32)
    report = inspect((cell, p), x, **QUIET)
    double = cell.Params(*(a.astype(float) for a in p))
    assert np.allclose(
        report.layers[0].norms[0], product_norms(chain_of(cell, double, x.astype(float)), "end"), rtol=0, atol=1e-11
    )
    assert report.precision == "float32"


def test_norms_far_below_and_above_float64(rng):
    for gain in (0.01, 40):
        cell, p = network(rng, cells.rnn, n=4, gain=gain)
        x = np.zeros((400, 3, 1))  # where the state stays at 0, every Jacobian is W
        layer = inspect((cell, p), x, lags=400, **QUIET).layers[0]
        assert np.allclose(layer.norms[0], product_norms(chain_of(cell, p, x), "end"), rtol=1e-12, atol=1e-8)
        assert np.abs(layer.norms[0, -1]) > 300


def test_a_share_that_rounding_hides_is_not_given(rng):
    """One direction grows by ten a step, the other stays: after twelve steps its hundredth is below the digits of the first."""
    p = cells.rnn_relu.Params(np.zeros((2, 1)), np.diag([10.0, 0.5]), np.ones((2, 1)))
    layer = inspect((cells.rnn_relu, p), np.zeros((20, 1, 1)), **QUIET).layers[0]
    assert layer.kept[0, :6].tolist() == [1] * 6
    assert layer.kept[0, 7:10].tolist() == [0.5] * 3
    assert np.isnan(layer.kept[0, 11:]).all()


def test_gates_are_those_of_the_steps_inside(rng):
    cell, p = network(rng, cells.lstm, b_f=2.0)
    x = rng.normal(size=(30, 3, 2))
    layer = inspect((cell, p), x, lengths=[30, 10], **QUIET).layers[0]
    trace = unroll(cell, p, x)
    f = np.concatenate([trace.f[1:, :, 0], trace.f[1:11, :, 1]])
    gate = layer.gates["f"]
    assert [*layer.gates] == ["f", "i", "o"]
    assert np.allclose(gate.unit, f.mean(axis=0))
    assert np.allclose([gate.mean, gate.closed, gate.open], [f.mean(), (f < 0.05).mean(), (f > 0.95).mean()])
    assert np.isclose(gate.histogram.sum(), 1)
    assert np.allclose(layer.time_constants, -1 / np.log(f).mean(axis=0))
    assert np.allclose(layer.direct[0], np.log10(np.cumprod(trace.f[:0:-1, :, 0], axis=0)).max(axis=1))
    assert np.isnan(layer.direct[1, 10:]).all()
    gru, q = network(rng, cells.gru)
    layer = inspect((gru, q), x, **QUIET).layers[0]
    z = unroll(gru, q, x).z[1:]
    assert np.allclose(layer.time_constants, -1 / np.log(1 - z).mean(axis=(0, 2)))
    layer = inspect(network(rng, cells.rnn), x, **QUIET).layers[0]
    assert (layer.gates, layer.time_constants, layer.direct) == ({}, None, None)


def test_the_gradient_of_a_loss_goes_through_all_layers(rng):
    """Against differences of the loss by a nudge of a layer's state, which is what the gradient by it says."""
    below, back, above = network(rng, cells.gru), network(rng, cells.lstm, n=4), network(rng, cells.rnn, m=10)
    layers = [Layer(*below), Layer(*back, True), Layer(*above)]
    x, lengths = rng.normal(size=(9, 3, 2)), np.array([9, 6])
    weight = rng.normal(size=(6, 2))

    def loss(output):
        d = np.zeros_like(output)
        d[lengths - 1, :, range(2)] = weight.T
        return d

    report = inspect(layers, x, lengths=lengths, loss=loss, **QUIET)
    run = unroll_layers(layers, x, lengths=lengths)
    d = cells.rnn.State(np.concatenate([np.zeros((1, 6, 2)), loss(run.output)]))
    g = bptt(*above, run.inputs[2], run.traces[2], d)
    with np.errstate(divide="ignore"):
        top = np.log10(np.linalg.norm(g.state.s, axis=1))
    for k, T in enumerate(lengths):
        assert np.allclose(report.layers[2].gradient[k, : T + 1], top[: T + 1, k][::-1])
        assert np.isnan(report.layers[2].gradient[k, T + 1 :]).all()
    gru = bptt(*below, x, run.traces[0], cells.gru.State(np.concatenate([np.zeros((1, 6, 2)), g.x[:, :6]])))
    assert np.allclose(report.layers[0].gradient[0], np.log10(np.linalg.norm(gru.state.h[::-1, :, 0], axis=1)))
    h, starts = 1e-6, [None, cells.lstm.State(np.zeros((4, 2)), np.zeros((4, 2))), None]
    slopes = []
    for name in ("C", "h"):
        for unit in range(4):
            ends = []
            for way in (h, -h):
                state = {part: np.zeros((4, 2)) for part in ("C", "h")}
                state[name][unit, 1] = way
                starts[1] = cells.lstm.State(**state)
                y = unroll_layers(layers, x, starts, lengths).output
                ends.append(np.sum(loss(y) * y))
            slopes.append((ends[0] - ends[1]) / (2 * h))
    assert np.isclose(report.layers[1].gradient[1, 6], np.log10(np.linalg.norm(slopes)), atol=1e-7)


# ---- a function of one's own


def step_of(cell, p):
    """The cell as anybody would write it: a tuple of vectors in, one out."""

    def step(state, x_t):
        new = cell.step(p, cell.State(*(part[:, None] for part in state)), x_t[:, None])
        return tuple(getattr(new, name)[:, 0] for name in cell.State._fields)

    return step


def test_a_function_is_measured_by_the_complex_step(rng):
    cell, p = network(rng, cells.lstm)
    x = rng.normal(size=(15, 3, 2))
    want = inspect((cell, p), x, **QUIET).layers[0]
    layer = inspect(step_of(cell, p), x, start=(np.zeros(6), np.zeros(6)), **QUIET).layers[0]
    assert layer.how == "complex step"
    assert np.allclose(layer.norms, want.norms, rtol=0, atol=1e-12)
    assert np.allclose(layer.lyapunov, want.lyapunov, rtol=0, atol=1e-8)
    assert (layer.cell, layer.units, layer.size) == ("step", 12, 12)


@pytest.mark.parametrize("lengths", [None, [15, 6, 1]], ids=str)
def test_the_gradient_of_a_loss_of_the_states_is_that_of_the_layers(rng, lengths):
    """The loss sees h alone, at all steps, by a matrix that is not symmetric; whatever stands after an end is not used."""
    cell, p = network(rng, cells.lstm)
    x, A = rng.normal(size=(15, 3, 3)), rng.normal(size=(6, 6))

    def by_h(h):
        return np.einsum("ij,tjb->tib", A, h)

    want = inspect((cell, p), x, lengths=lengths, loss=by_h, **QUIET).layers[0]
    start = cell.State(np.zeros(6), np.zeros(6))
    report = inspect(
        lambda state, x_t: cell.State(*step_of(cell, p)(state, x_t)),
        x,
        lengths=lengths,
        start=start,
        loss=lambda states: cell.State(0 * states.C, by_h(states.h)),
        **QUIET,
    )
    assert np.allclose(report.layers[0].gradient, want.gradient, rtol=0, atol=1e-10, equal_nan=True)
    assert np.isnan(want.gradient).any() == (lengths is not None)
    assert "The gradient is that of the loss you gave" in str(report)


def test_the_loss_of_a_function_is_given_the_states_in_the_form_of_its_start():
    seen = {}

    def loss(states):
        seen["shapes"] = [part.shape for part in states]
        return [part**0 for part in states]

    start = [np.ones((2, 2)), np.array(1.0)]
    step = lambda s, x: [0.5 * s[0], s[1] * 0.25]  # noqa: E731
    report = inspect(step, np.zeros((4, 1, 2)), start=start, loss=loss, sequences=1, **QUIET)
    assert seen["shapes"] == [(4, 2, 2, 2), (4, 2)]
    sums = [np.cumsum(share ** np.arange(4)) for share in (0.5, 0.25)]  # of all later steps
    want = np.log10(np.sqrt(4 * sums[0] ** 2 + sums[1] ** 2))
    assert np.allclose(report.layers[0].gradient[:, :4], want)
    assert len(report.layers[0].gradient) == 2, "a loss is of all sequences"


def real_part(state, x_t):
    return np.real(0.5 * np.tanh(state + x_t[0]))


def refuses(state, x_t):
    return np.array([float(value) for value in 0.5 * np.tanh(state + x_t[0])])


def with_modulus(state, x_t):
    return 0.5 * np.tanh(np.abs(state) + x_t[0])


@pytest.mark.parametrize("step", [real_part, refuses, with_modulus], ids=lambda f: f.__name__)
def test_where_complex_numbers_do_not_pass_differences_are_taken_and_said(step):
    x = np.linspace(0.1, 0.4, 10)[:, None]
    report = inspect(step, x, start=np.array([0.3, 0.2]), **QUIET)
    s, norms = np.array([0.3, 0.2]), []
    for x_t in x:
        norms.append(0.5 * (1 - np.tanh(s + x_t) ** 2).max())
        s = 0.5 * np.tanh(s + x_t)
    assert report.layers[0].how == "central differences"
    assert np.isclose(report.layers[0].norms[0, 0], np.log10(norms[-1]), atol=1e-8)
    assert "by central differences" in str(report)


@pytest.mark.parametrize("at", [5, 6, 12])
def test_a_branch_that_is_taken_once_is_found(at):
    """Complex numbers pass through the modulus and lose their imaginary part: the derivative would be 0 where it is 0.5."""

    def step(state, x_t):
        return 0.5 * (np.abs(state) if x_t[0] == 1 else state)

    x = np.zeros((20, 1, 2))
    x[at, 0, 1] = 1
    layer = inspect(step, x, start=-np.ones(3), **QUIET).layers[0]
    assert layer.how == "central differences"
    assert np.allclose(layer.norms, np.log10(0.5) * np.arange(1, 21), atol=1e-6)


def test_large_states_are_moved_further_and_stay_with_the_complex_step():
    layer = inspect(lambda s, x: 0.5 * s + np.tanh(s), np.zeros((9, 1)), start=np.array([1e7, -1.0]), **QUIET).layers[0]
    assert layer.how == "complex step"


def test_a_function_that_answers_twice_otherwise_is_refused():
    noise = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"step gave two at step 1 of sequence 0, which differ by up to .*: turn off dropout"):
        inspect(lambda s, x: 0.5 * s + noise.normal(size=2), np.zeros((20, 1)), start=np.ones(2), **QUIET)
    kept = [0.0]

    def counting(s, x):
        kept[0] += x[0]
        return 0.5 * s + kept[0]

    x = np.zeros((20, 1))
    x[7] = 1
    with pytest.raises(ValueError, match=r"step gave two at step 8 of sequence 0, .* keep no state inside"):
        inspect(counting, x, start=np.ones(2), **QUIET)


def test_a_function_may_change_what_it_is_given():
    layer = inspect(lambda s, x: np.multiply(s, 0.5, out=s), np.zeros((9, 1)), start=np.ones(3), **QUIET).layers[0]
    assert np.allclose(layer.norms[0], np.log10(0.5) * np.arange(1, 10))


def test_a_function_in_float32_gets_steps_that_it_can_feel():
    chain = StepChain(
        lambda s, x: np.tanh(s * np.float32(0.5)).astype(np.float32), np.zeros((3, 1, 1)), np.array([3]), np.ones(2)
    )
    assert chain.how == "central differences"
    assert np.allclose(chain.jacobians(0, 0, 1)[0], 0.5 * (1 - np.tanh(0.5) ** 2) * np.eye(2), atol=1e-3)


def test_states_may_be_of_any_shape():
    report = inspect(lambda s, x: [0.5 * s[0], s[1] * 0.25], np.zeros((4, 1)), start=[np.ones((2, 2)), np.array(1.0)], **QUIET)
    assert report.layers[0].size == 5
    assert np.allclose(report.layers[0].norms[0], np.log10(0.5) * np.arange(1, 5))


# ---- data of every kind


def test_lengths_masks_lists_and_padding_are_the_same(rng):
    net = network(rng, cells.lstm)
    x, lengths = rng.normal(size=(9, 3, 3)), np.array([4, 9, 1])
    mask = np.arange(9)[:, None] < lengths
    want = inspect(net, x, lengths=lengths, **QUIET)
    x[~mask[:, None, :].repeat(3, axis=1)] = 77.0  # whatever stands after an end
    for report in (
        inspect(net, x, lengths=lengths.tolist(), **QUIET),
        inspect(net, x, lengths=mask, **QUIET),
        inspect(net, [x[:T, :, k].copy() for k, T in enumerate(lengths)], **QUIET),
    ):
        assert all(np.array_equal(a, report.arrays()[name], equal_nan=True) for name, a in want.arrays().items())
    assert inspect(net, x[:, :, 0].copy(), **QUIET).lengths.tolist() == [9]


def test_a_packed_sequence_is_unpacked_in_the_order_in_which_it_was_given(rng):
    class Numbers:
        def __init__(self, a):
            self.a, self.dtype = a, f"torch.{a.dtype}"

        def detach(self):
            return self

        cpu = detach

        def numpy(self):
            return self.a

    class Packed:  # of sequences of 2, 3 and 1 steps
        data = Numbers(np.array([[10.0], [0], [20], [11], [1], [12]]))
        batch_sizes = Numbers(np.array([3, 2, 1]))
        unsorted_indices = Numbers(np.array([1, 0, 2]))

    x, lengths = unpacked(Packed)
    assert lengths.tolist() == [2, 3, 1]
    assert x[:, 0].T.tolist() == [[0, 1, 0], [10, 11, 12], [20, 0, 0]]
    assert inspect(network(rng, cells.rnn, m=1), Packed, **QUIET).lengths.tolist() == [2, 3, 1]


def test_of_many_sequences_some_are_looked_at_and_the_report_says_so(rng):
    net, x = network(rng, cells.rnn), rng.normal(size=(5, 3, 50))
    report = inspect(net, x, sequences=10, **QUIET)
    assert (len(report.lengths), report.given) == (10, 50)
    assert len(inspect(net, x, ends=3, **QUIET).layers[0].ends) == 3
    assert "10 of 50 sequences" in str(report)
    assert np.allclose(report.layers[0].norms[-1], product_norms(chain_of(*net, x[:, :, [-1]]), "end"))


def test_large_layers_are_followed_less_far():
    assert [window(None, size, np.array([1000])) for size in (64, 1024, 2048, 8000)] == [200, 200, 46, 10]
    assert (window(None, 64, np.array([30, 50])), window(70, 64, np.array([30, 50])), window(70, 8000, np.array([90]))) == (
        50,
        50,
        70,
    )


def test_end_points():
    assert end_points([7, 4], 10, 32) == [(0, 7), (1, 4)]
    assert end_points([25, 4], 10, 32) == [(0, 25), (1, 4), (0, 15)]
    assert end_points([100], 10, 4) == [(0, 100), (0, 90), (0, 50), (0, 10)]
    assert end_points([9] * 5, 9, 2) == [(0, 9), (4, 9)]
    assert end_points([9] * 5, 9, 1) == [(0, 9)]
    assert end_points([40], 40, 32) == [(0, 40), (0, 35), (0, 30), (0, 25), (0, 20)]
    assert end_points([40], 40, 1) == [(0, 40)]
    assert (end_points([1], 1, 32), end_points([2], 2, 32)) == ([(0, 1)], [(0, 2), (0, 1)])
    assert evenly([1, 2, 3], 0) == []


def test_long_sequences_take_bounded_memory(rng):
    """All Jacobians would be 98 MB; a window of lags is what is held."""
    import tracemalloc

    net, x = network(rng, cells.lstm, n=32), rng.normal(size=(3000, 3, 1))
    tracemalloc.start()
    report = inspect(net, x, lags=20, **QUIET)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    layer = report.layers[0]
    assert peak < 40e6
    assert layer.norms.shape == (32, 20)
    assert "over at most 20 steps from 32 end points a layer: what lies further back was not measured" in str(report)


def test_of_many_directions_the_leading_exponents_are_given(rng):
    cell, p = network(rng, cells.rnn, n=140, gain=1.2)
    x = rng.normal(size=(60, 3, 1))
    chain = LayerChain(Layer(cell, p), x, unroll(cell, p, x), np.array([60]))
    steps = []
    found = exponents_along(chain, 0, 0, 60, steps.append)
    assert len(found) == 64
    assert sum(steps) == 60
    assert abs(found[0] - lyapunov_spectrum(chain_of(cell, p, x))[0]) < 0.05


# ---- the report


def test_reach():
    nan = np.nan
    norms = np.array([[-1, -2, -3], [0, 0, nan], [-3, -4, -5], [-3, -1, -3], [1, 1, -2], [-np.inf, nan, nan]])
    reach, open_ended = reach_of(norms)
    assert reach.tolist() == [2, 2, 0, 2, 3, 0]
    assert open_ended.tolist() == [False, True, False, False, True, False]


@pytest.mark.parametrize(
    ("reach", "open_ended", "want"),
    [
        ([5], [False], (5, False)),
        ([5], [True], (5, True)),
        ([3, 5, 7], [False] * 3, (5, False)),
        ([3, 5, 7, 9], [False] * 4, (5, False)),
        ([3, 5, 7], [True] * 3, (7, True)),
        ([2, 10, 11, 12], [True, False, False, False], (11, False)),  # the short one says nothing of what lies beyond
        ([2, 2, 10, 12], [True, True, False, True], (10, False)),
        ([4, 4], [True, False], (4, False)),
        ([0, 0], [False, False], (0, False)),
    ],
)
def test_median_of_reaches_of_which_some_are_only_known_to_be_so_long(reach, open_ended, want):
    assert median_reach(np.array(reach), np.array(open_ended)) == want


def test_percentiles_leave_out_what_was_not_measured():
    values = np.array([[1, np.nan, -np.inf, np.nan], [3, 2, 1, np.nan], [5, 4, -np.inf, np.nan]])
    low, middle, high = percentiles(values)
    assert middle[:3].tolist() == [3, 3, -np.inf]
    assert (low[0], high[0]) == (1.4, 4.6)
    assert np.isnan([low[3], middle[3], high[3]]).all()


@pytest.fixture(scope="module")
def report():
    rng = np.random.default_rng(1)
    layers = [Layer(*network(rng, cells.lstm)), Layer(*network(rng, cells.gru), True), Layer(*network(rng, cells.rnn, m=12))]

    def loss(y):
        d = np.zeros_like(y)
        d[-1] = 1
        return d

    return inspect(layers, rng.normal(size=(40, 3, 3)), lengths=[40, 40, 20], loss=loss, **QUIET)


def test_the_sentences_say_what_was_measured_and_what_it_does_not_say(report):
    text = str(report)
    assert text.startswith("Measured in float64 on 3 sequences of 20 to 40 steps; the weights are float64.")
    for k, layer in enumerate(report.layers):
        reach, is_open = layer.median_reach
        assert is_open or f"up to lag {reach} (median of 3 end points" in text
        assert f"{layer.name[0].upper()}{layer.name[1:]} ({('LSTM', 'GRU', 'RNN tanh')[k]}, 6 units): " in text
    for words in (
        "Its forget gate f has mean",
        "Largest Lyapunov exponent",
        "The gradient is that of the loss you gave",
        "a gradient can also go from step to step through other layers",
        "A reverse layer reads from the end of a sequence",
        "All this holds for these weights on these data.",
        "A short reach does not say that a task cannot be learned",
    ):
        assert words in text
    for words in ("forever", "for ever", "remember", "impossible", "reliabl"):
        assert words not in text
    assert len(report.sentences("zh")) == len(report.sentences()) == len(text.replace("\n\n", "\n").split("\n"))
    assert all(re.search("[\u4e00-\u9fff]", sentence) for sentence in report.sentences("zh"))


def test_numbers_in_chinese_are_those_in_english(report):
    for english, chinese in zip(report.sentences(), report.sentences("zh"), strict=True):
        if "hundredth" not in english and "1 %" not in english:
            numbers = [sorted(re.findall(r"\d+(?:\.\d+)?", text)) for text in (english, chinese)]
            assert numbers[0] == numbers[1], (english, chinese)


def test_extremes_have_sentences_of_their_own(rng):
    zero = cells.rnn.Params(np.zeros((2, 1)), np.zeros((2, 2)), np.zeros((2, 1)))
    text = str(inspect((cells.rnn, zero), np.ones((5, 1)), **QUIET))
    assert (
        "the norm of the product is below 1 % from the first step back (median of 4 end points, which range from 0 to 0)." in text
    )
    assert "No direction survives all steps" in text
    large = zero._replace(W=3 * np.eye(2))
    text = str(inspect((cells.rnn_relu, large), np.zeros((9, 1)) + 1e-9, **QUIET))
    assert "still 1 % or more" not in text, "its slope is 0: the units are off"
    text = str(inspect((cells.rnn_relu, large._replace(b=np.ones((2, 1)))), np.ones((9, 1)), **QUIET))
    assert "On the way it rises to 10⁴, at lag 9." in text
    assert "a small change in the state grows over these steps, by 200.0 % a step" in text
    assert "at 6 of 6 end points; the longest is 9" in text


def exponent_in(report):
    return next(sentence for sentence in report.sentences() if sentence.startswith("Largest"))


def test_whether_changes_grow_is_said_where_both_ways_of_measuring_agree(rng):
    """A rotated stretch: over three steps its norm is large, and its exponent below zero."""
    turn = np.array([[0.0, 4.0], [0.1, 0.0]])
    p = cells.rnn_relu.Params(np.zeros((2, 1)), turn, np.full((2, 1), 5.0))
    short = inspect((cells.rnn_relu, p), np.zeros((3, 1)), ends=1, **QUIET)
    assert short.layers[0].rates[0] > 0 > short.layers[0].lyapunov[0, 0] * 3 - 1
    assert "so few steps do not tell whether a small change in the state grows or shrinks" in exponent_in(short)
    long = inspect((cells.rnn_relu, p), np.zeros((60, 1)), ends=1, **QUIET)
    assert "both say that a small change in the state shrinks over these steps" in exponent_in(long)
    assert np.allclose(long.layers[0].rates, np.log(10) * long.layers[0].norms[0, -1] / 60)
    still = inspect((cells.rnn_relu, p._replace(W=np.diag([0.99, 0.5]))), np.zeros((40, 1)), ends=1, **QUIET)
    assert "so few steps do not tell" in exponent_in(still), "0.99 to the power of 40 is two thirds"


def test_of_short_sequences_the_reach_is_said_to_be_this_or_longer(rng):
    p = cells.rnn_relu.Params(np.zeros((2, 1)), 0.5 * np.eye(2), np.ones((2, 1)))
    text = inspect((cells.rnn_relu, p), np.zeros((20, 1, 4)), lengths=[20, 20, 20, 3], **QUIET).sentences()[2]
    assert "(median of 4 end points, which range from 3 or longer to 6)" in text


def test_units_before_a_projection_are_named_and_sequences_that_were_not_used_are(rng):
    p = projected.Params(*(0.8 * rng.normal(size=shape) for shape in projected.shapes(5, 3, 2)))
    report = inspect((projected, p), rng.normal(size=(8, 3, 4)), ends=1, **QUIET)
    assert "Layer 0 (LSTM + P, 5 units projected to 2)" in str(report)
    assert "from 1 end point a layer, in 1 of the sequences" in str(report)


def test_lines_end_below_the_floor_and_what_lies_beyond_is_cut():
    from unrolled.inspect.page import curves_of, last_drawn, low, within

    p = cells.rnn_relu.Params(np.zeros((2, 1)), 0.1 * np.eye(2), np.ones((2, 1)))
    layer = inspect((cells.rnn_relu, p), np.zeros((300, 1)), lags=300, **QUIET).layers[0]
    curve = curves_of(layer)
    assert last_drawn({"a": curve}) == np.sum(~np.isnan(low(curve["norms"]))) in (11, 12)
    assert within(curve["norms"]).min() == -12
    assert np.isnan(low(np.array([-np.inf, -13.0]))).all()


def test_one_step_is_enough_for_everything(rng):
    report = inspect(network(rng, cells.lstm), rng.normal(size=(1, 3)), **QUIET)
    assert report.layers[0].norms.shape == (1, 1)
    assert "<html" in report.to_html()


def test_a_report_shows_itself_in_sentences(report):
    assert repr(report) == str(report)
    assert repr(report.layers[0]) == "LayerReport(layer 0: lstm of 6 units, 3 end points, 40 lags)"


def test_arrays_are_all_that_was_measured(report, tmp_path):
    arrays = report.arrays()
    np.savez(tmp_path / "a.npz", **arrays)
    assert np.array_equal(np.load(tmp_path / "a.npz")["2.norms"], report.layers[2].norms, equal_nan=True)
    assert "2.direct" not in arrays
    assert arrays["0.gates.f"].shape == (6,)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_moves_and_needs_nobody(report, tmp_path, open_page, lang):
    report.save(tmp_path / "report.html", lang)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(text) < 400_000
    assert (text.count("<style>"), text.count("boot();\n</script>")) == (2, 1)
    page = open_page(f"file://{tmp_path}/report.html")
    assert (page.refused, page.failed, page.said) == ([], [], [])
    assert page.locator("html").get_attribute("lang") == lang
    figures = page.locator("figure")
    assert figures.count() == 3
    for k in range(3):
        before = figures.nth(k).locator("svg").first.inner_html()
        figures.nth(k).locator("select").select_option(index=1)
        assert figures.nth(k).locator("svg").first.inner_html() != before
    for name in ("Layer 1 (RNN tanh, 6 units)", "第1层（RNN tanh，6个单元）")[lang == "zh" :][:1]:
        assert page.get_by_role("heading", name=name).count() == 1


def test_the_folder_of_a_page_must_be_there(report, tmp_path):
    with pytest.raises(FileNotFoundError, match="path must lie in a folder that is there; got"):
        report.save(tmp_path / "none" / "a.html")
    with pytest.raises(ValueError, match="lang must be one of 'en', 'zh'; got 'de'"):
        report.sentences("de")


# ---- what cannot be measured

X, P = np.ones((4, 2, 3)), problem(cells.rnn).p
NET = (cells.rnn, P)


class Module:
    """What is looked at in a module of PyTorch that is no recurrent layer; torch itself is not there."""

    def named_modules(self):
        return []

    def forward(self):
        pass


BAD = [
    (
        (None, X),
        {},
        "network must be a torch.nn.RNN, LSTM or GRU, (cell, params), a Layer, a list of Layers, or a function step(state, x)",
    ),
    (("net.pt", X), {}, "got 'net.pt'"),
    (({"weight_ih_l0": X}, X), {}, "network must be a torch.nn.RNN"),
    (((cells.rnn, None), X), {}, "network[0] must have the Params of its cell"),
    (((None, P), X), {}, "cell must be one of unrolled.cells; got None"),
    (([NET], X), {}, "network must be (cell, params), a Layer, or a list of Layers; got a list of 1"),
    (((cells.rnn, P._replace(W=P.W * np.nan)), X), {}, "p.W must be finite"),
    ((NET, X[:, :1]), {}, "x must have 2 inputs in its second axis, as (T, m, B); got (4, 1, 3)"),
    ((NET, np.ones((5, 4, 2))), {}, "got (5, 4, 2): its third axis has 2, so transpose it"),
    ((NET, X.astype(int)), {}, "x must be a numpy array of float64 or float32; got an array of int64"),
    ((NET, X.astype(np.float16)), {}, "got an array of float16"),
    ((NET, X.astype(">f8")), {}, "got an array of >f8"),
    ((NET, np.ma.masked_less(X, 2)), {}, "got MaskedArray"),
    ((NET, X * np.nan), {}, "x must be finite; got NaN or infinity in 24 of 24 entries"),
    ((NET, X[:0]), {}, "x must have the shape (any, any, any), every size at least 1; got (0, 2, 3)"),
    ((NET, X[0, 0]), {}, "x must have the shape (any, any, any), every size at least 1; got (3,)"),
    ((NET, "x.npy"), {}, "x must be a numpy array of float64 or float32; got str"),
    ((NET, []), {}, "x must hold at least one sequence; got an empty list"),
    ((NET, [X[:, :, 0].copy(), X[:, :1, 0].copy()]), {}, "x[1] must have the shape (any, 2), every size at least 1; got (4, 1)"),
    ((NET, [[1.0, 2.0]]), {}, "x[0] must be a numpy array of float64 or float32; got list"),
    (
        (NET, [X[:, :, 0].copy()]),
        {"lengths": [4]},
        "lengths must be left out where x is a list of sequences, which have their own",
    ),
    ((NET, X), {"lengths": [4, 4]}, "lengths must be 3 whole numbers, one for each sequence; got int64 of shape (2,)"),
    ((NET, X), {"lengths": [4, 4, 5]}, "lengths must be from 1 to T = 4; got 4 to 5"),
    ((NET, X), {"lengths": [0, 4, 4]}, "lengths must be from 1 to T = 4; got 0 to 4"),
    ((NET, X), {"lengths": [4.0, 4, 4]}, "lengths must be 3 whole numbers, one for each sequence; got float64"),
    (
        (NET, X),
        {"lengths": np.ones((3, 4), bool)},
        "lengths as a mask must have the shape (4, 3), a row for each step; got (3, 4)",
    ),
    ((NET, X), {"lengths": np.arange(12).reshape(4, 3) % 2 > 0}, "there are gaps in it"),
    ((NET, X), {"lengths": np.zeros((4, 3), bool)}, "lengths must be from 1 to T = 4; got 0 to 0"),
    ((NET, X), {"lags": 0}, "lags must be at least 1; got 0"),
    ((NET, X), {"lags": 2.5}, "lags must be a whole number; got 2.5"),
    ((NET, X), {"sequences": 0}, "sequences must be at least 1; got 0"),
    ((NET, X), {"ends": 0}, "ends must be at least 1; got 0"),
    ((NET, X), {"progress": "no"}, "progress must be True or False; got 'no'"),
    ((NET, X), {"start": X}, "start must be left out but for a function step(state, x)"),
    ((NET, X), {"loss": 3}, "loss must be a function of the network's output; got 3"),
    ((NET, X), {"loss": lambda y: y.sum()}, "loss must return its gradient by the output, an array; got float64"),
    ((NET, X), {"loss": lambda y: y[0]}, "the gradient that loss returns must have the shape (4, 3, 3)"),
    (
        (real_part, X),
        {},
        "start must be the first state where network is a function step(state, x), an array or a tuple; got None",
    ),
    ((real_part, X), {"start": np.array([np.nan])}, "start must hold at least one number, all of them finite"),
    ((real_part, X), {"start": np.ones(0)}, "start must hold at least one number"),
    ((real_part, X), {"start": np.ones(2), "loss": 3}, "loss must be a function of the network's output; got 3"),
    (
        (real_part, X),
        {"start": np.ones(2), "loss": lambda s: s[0]},
        "the gradient that loss returns must have the shape (4, 2, 3), every size at least 1; got (2, 3)",
    ),
    (
        (real_part, X),
        {"start": np.ones(2), "loss": lambda s: [s, s]},
        "loss must return its gradient by each of the 1 parts of the state; got 2",
    ),
    ((lambda s, x: s[:1], X), {"start": np.ones(2)}, "network must return a state like start, of the shapes [(2,)]; got [(1,)]"),
    ((lambda s, x: s / 0 * 0, X), {"start": np.ones(2)}, "step gave NaN or infinity at step 1 of sequence 0"),
    ((cells.rnn.State, X), {"start": np.ones(2)}, "network must be a torch.nn.RNN"),
]


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
@pytest.mark.parametrize(("given", "more", "words"), BAD, ids=[row[2] for row in BAD])
def test_bad_input_is_named(given, more, words):
    with pytest.raises((TypeError, ValueError), match=re.escape(words)):
        inspect(*given, **QUIET | more)


def test_a_module_needs_pytorch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=re.escape("pip install 'unrolled[torch]'")):
        inspect(Module(), X)


# ---- with PyTorch


@pytest.mark.parametrize("batch_first", [False, True])
def test_a_module_with_tensors_in_its_own_layout(batch_first):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    module = torch.nn.LSTM(3, 4, num_layers=2, bidirectional=True, proj_size=2, batch_first=batch_first)
    x, lengths = torch.randn(5, 7, 3), torch.tensor([7, 3, 5, 1, 2])  # five sequences of up to seven steps
    mask = torch.arange(7)[:, None] < lengths
    given = x if batch_first else x.transpose(0, 1)
    head = torch.nn.Linear(4, 1)
    pack = torch.nn.utils.rnn.pack_padded_sequence(given, lengths, batch_first=batch_first, enforce_sorted=False)
    loss = lambda y: head(y[:, 0] if batch_first else y[0]).sum()  # noqa: E731
    first, *others = [
        inspect(module, given, lengths=lengths, loss=loss, **QUIET),
        inspect(module, pack, loss=loss, **QUIET),
        inspect(module, given, lengths=(mask.T if batch_first else mask).numpy(), loss=loss, **QUIET),
        inspect(module, [x.numpy()[k, :T] for k, T in enumerate(lengths)], loss=loss, **QUIET),
    ]
    for other in others:
        assert all(np.allclose(a, other.arrays()[name], equal_nan=True) for name, a in first.arrays().items())
    assert [layer.name for layer in first.layers] == ["layer 0", "layer 0, reverse", "layer 1", "layer 1, reverse"]
    assert np.isneginf(first.layers[2].gradient[0, :7]).sum() == 6, "forward, a loss at the first step"
    assert np.isfinite(first.layers[3].gradient[0]).all(), "the other way its gradient goes through all steps"
    with pytest.raises(TypeError, match="loss must return a scalar tensor that depends on the output"):
        inspect(module, given, loss=lambda y: y.detach(), **QUIET)
    with pytest.raises(TypeError, match=r"network must be a torch.nn.RNN, LSTM or GRU; got Sequential: take network\.0"):
        inspect(torch.nn.Sequential(module), given, **QUIET)


@pytest.mark.filterwarnings("ignore")
def test_modules_and_tensors_that_hold_no_such_numbers_are_named():
    torch = pytest.importorskip("torch")
    lstm, x = torch.nn.LSTM(3, 4, batch_first=True), torch.randn(2, 7, 3)
    for network, given, more, words in (
        (torch.nn.LSTM, x, {}, "a class: give what LSTM(...) makes"),
        (torch.nn.LSTMCell(3, 4), x, {}, "got LSTMCell: take from_state_dict(network.state_dict(), 'LSTM') of unrolled.interop"),
        (torch.nn.GRUCell(3, 4), x, {}, "take from_state_dict(network.state_dict(), 'GRU')"),
        (torch.jit.script(lstm), x, {}, "take from_state_dict(network.state_dict(), 'LSTM')"),
        (torch.nn.LSTM(3, 4, device="meta"), x, {}, "network must have numbers in its parameters; got some on the device meta"),
        (torch.nn.GRU(3, 4).half(), x, {}, "float32; got torch.float16: network.float()"),
        (lstm, x.half(), {}, "x must be of float64 or float32; got torch.float16: x.float()"),
        (lstm, torch.nested.nested_tensor([x[0], x[1, :3]]), {}, "got a nested tensor: list(x.unbind())"),
        (lstm, x, {"loss": lambda y: y.sum() * float("nan")}, "loss must be finite, and its gradient; got nan, and 56 entries"),
        (lstm, x, {"loss": lambda y: (y * 0).sqrt().sum()}, "loss must be finite, and its gradient; got 0.0, and 56 entries"),
    ):
        with pytest.raises((TypeError, ValueError), match=re.escape(words)):
            inspect(network, given, **more, **QUIET)


def test_a_whole_module_says_whether_it_has_relu(tmp_path, capsys, monkeypatch):
    from unrolled.inspect.__main__ import main

    torch = pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    for kind in ("relu", "tanh"):
        module = torch.nn.Sequential(torch.nn.RNN(3, 4, nonlinearity=kind))
        torch.save(module, "net.pt")
        np.save("x.npy", np.ones((6, 3)))
        assert main(["net.pt", "--data", "x.npy", "-o", f"{kind}.npz"]) == 0
        said = capsys.readouterr()
        assert f"RNN {'ReLU' if kind == 'relu' else 'tanh'}, 4 units" in said.out
        assert "is taken to have tanh" not in said.err
        want = inspect(module[0], np.ones((6, 3)), **QUIET).layers[0].norms
        assert np.allclose(np.load(f"{kind}.npz")["0.norms"], want, rtol=0, atol=1e-6, equal_nan=True)
    with pytest.raises(ValueError, match="kind must be 'RNN_TANH', as the module says that is in the file; got 'RNN_RELU'"):
        from_state_dict("net.pt", "RNN_RELU", "0.")


# ---- from the command line


def test_a_file_and_data_make_a_report(tmp_path, monkeypatch, capsys):
    from unrolled.inspect.__main__ import main

    oracle = Path(__file__).parent / "oracles" / "checkpoint.pt"
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 12, 3))
    monkeypatch.chdir(tmp_path)
    np.save("x.npy", x)
    np.savez("many.npz", a=x[0], b=x[1])
    np.save("lengths.npy", np.array([12, 7]))
    assert main([str(oracle), "--data", "x.npy", "--layout", "BTM", "-o", "a.npz"]) == 0
    said = capsys.readouterr()
    assert "below 'model.' are read" in said.err
    assert "Layer 1, reverse (GRU, 4 units)" in said.out
    assert main([str(oracle), "--data", "many.npz", "--kind", "GRU", "--prefix", "model.", "-o", "b.npz", "--lang", "zh"]) == 0
    assert "第1层反向（GRU，4个单元）" in capsys.readouterr().out
    assert np.array_equal(np.load("a.npz")["3.norms"], np.load("b.npz")["3.norms"])
    assert (
        main([str(oracle), "--data", "x.npy", "--layout", "BTM", "--lengths", "lengths.npy", "--lags", "5", "-o", "a.html"]) == 0
    )
    assert "<figure" in Path("a.html").read_text(encoding="utf-8")
    capsys.readouterr()
    for arguments, words in (
        ([str(oracle), "--data", "x.npy"], "whose last axis has the 3 inputs; it was not given"),
        ([str(oracle), "--data", "x.npy", "--layout", "TMB"], "in the order TMB must have the shape (any, 3, any)"),
        (["none.pt", "--data", "x.npy"], "there is no file 'none.pt'"),
        (["x.npy", "--data", "x.npy"], "the file must end in .safetensors, .npz, .pt, .pth, .ckpt, .bin, .jit; got 'x.npy'"),
        ([str(oracle), "--data", "none.npy"], "there is no file 'none.npy'"),
        ([str(oracle), "--data", "."], "--data must be a .npy or .npz file"),
        ([".", "--data", "x.npy"], "the file must be a file of weights; '.' is a folder"),
        ([str(oracle), "--data", str(oracle)], "must be a .npy or .npz file"),
        ([str(oracle), "--data", "many.npz", "-o", "a.pdf"], "-o must end in .html or .npz; got 'a.pdf'"),
        ([str(oracle), "--data", "many.npz", "--kind", "LSTM"], "must have the shape (16, any)"),
        (["many.npz", "--data", "many.npz"], "got a, b: no names are those of a recurrent layer"),
    ):
        assert main(arguments) == 2
        assert words in capsys.readouterr().err


def the_net(folder, m=5, **more):
    """A GRU of 4 units that reads m numbers, in a file."""
    rng = np.random.default_rng(0)
    np.savez(folder / "net.npz", weight_ih_l0=rng.normal(size=(12, m)), weight_hh_l0=rng.normal(size=(12, 4)), **more)


def refused(capsys, *arguments):
    """What the command says when it refuses these arguments."""
    from unrolled.inspect.__main__ import main

    capsys.readouterr()
    assert main([*arguments]) == 2
    said = capsys.readouterr()
    assert said.out == "", "nothing was measured"
    return said.err


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((8, 5, 5), "--layout must be BTM (sequence by sequence, as with batch_first) or TBM (step by step) or TMB"),
        ((5, 5, 5), "or TMB (each step with its inputs in rows) for data of (5, 5, 5)"),
        ((8, 6, 5), "or TBM (step by step) for data of (8, 6, 5), whose last axis has the 5 inputs; it was not given"),
    ],
)
def test_where_several_orders_of_axes_fit_the_order_is_asked_for(tmp_path, monkeypatch, capsys, shape, words):
    from unrolled.inspect.__main__ import main

    monkeypatch.chdir(tmp_path)
    the_net(tmp_path)
    np.save("x.npy", np.ones(shape))
    assert words in refused(capsys, "net.npz", "--data", "x.npy")
    assert main(["net.npz", "--data", "x.npy", "--layout", "TBM"]) == 0
    np.save("x.npy", np.ones((8, 5, 6)))
    assert main(["net.npz", "--data", "x.npy"]) == 0, "this is TMB and nothing else"


def test_a_report_overwrites_nothing_and_its_place_is_looked_at_first(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    the_net(tmp_path)
    np.savez("x.npz", np.ones((6, 5)))
    np.save("lengths.npy", np.array([6]))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "folder.html").mkdir()
    for place, words in (
        ("net.npz", "-o must be another file than those that are read; got 'net.npz'"),
        ("./x.npz", "-o must be another file than those that are read; got './x.npz'"),
        ("r.pdf", "-o must end in .html or .npz; got 'r.pdf'"),
        ("none/r.html", "-o must lie in a folder that is there; got 'none/r.html'"),
        ("/proc/x.html", "-o must be a file that can be written; '/proc/x.html' cannot: "),
        ("folder.html", "-o must be a file that can be written; 'folder.html' cannot: Is a directory"),
    ):
        assert words in refused(capsys, "net.npz", "--data", "x.npz", "-o", place)
    refused(capsys, "net.npz", "--data", "none.npz", "-o", "r.html")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_options_that_do_not_belong_to_a_file_are_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    the_net(tmp_path)
    np.save("x.npy", np.ones((6, 5)))
    for given, words in (
        (("net.npz", "--node", "a"), "--node must be left out but for an .onnx; got 'net.npz'"),
        (("net.onnx", "--kind", "GRU"), "--kind must be left out for an .onnx; got 'net.onnx'"),
        (("net.onnx", "--prefix", "a."), "--prefix must be left out for an .onnx"),
        (("net.npz", "--prefix", "rnn"), "--prefix must be one of '', with the dot at its end; got 'rnn'"),
    ):
        assert words in refused(capsys, *given, "--data", "x.npy")


@pytest.mark.parametrize(
    ("dtype", "words"),
    [
        ("f2", "got float16 of shape (6, 5): save x.astype('float32')"),
        (">f4", "got >f4 of shape (6, 5): save x.astype('float32')"),
        ("?", "got bool of shape (6, 5): save x.astype('float32')"),
        ("i8", "got int64 of shape (6, 5): save x.astype('float32')"),
        ("c8", "got complex64 of shape (6, 5)\n"),
    ],
)
def test_data_of_other_numbers_are_named_with_what_to_do(tmp_path, monkeypatch, capsys, dtype, words):
    monkeypatch.chdir(tmp_path)
    the_net(tmp_path)
    np.save("x.npy", np.ones((6, 5)).astype(dtype))
    assert words in refused(capsys, "net.npz", "--data", "x.npy")


def test_files_of_data_that_cannot_be_read(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    the_net(tmp_path)
    np.save("good.npy", np.ones((6, 5)))
    contents = {
        "text.npy": (b"1 2 3\n", "'text.npy' does not begin as numpy.save begins a file"),
        "empty.npz": (b"", "'empty.npz' does not begin as numpy.save begins a file"),
        "cut.npy": (Path("good.npy").read_bytes()[:-9], "'cut.npy' is cut off, or changed since it was saved"),
    }
    np.save("objects.npy", np.array([{}, 1], object), allow_pickle=True)
    for name, (content, words) in contents.items():
        Path(name).write_bytes(content)
        said = refused(capsys, "net.npz", "--data", name)
        assert words in said
        assert "pickle" not in said
    said = refused(capsys, "net.npz", "--data", "objects.npy")
    assert "'objects.npy' holds objects, not numbers" in said
    assert "pickle" not in said


def test_a_mask_with_sequences_first_is_turned(tmp_path, monkeypatch, capsys, rng):
    from unrolled.inspect.__main__ import main

    monkeypatch.chdir(tmp_path)
    the_net(tmp_path)
    np.save("x.npy", rng.normal(size=(3, 8, 5)))
    lengths = np.array([8, 2, 5])
    np.save("mask.npy", np.arange(8) < lengths[:, None])
    np.save("lengths.npy", lengths)
    for name in ("mask", "lengths"):
        assert main(["net.npz", "--data", "x.npy", "--layout", "BTM", "--lengths", f"{name}.npy", "-o", f"{name}.npz"]) == 0
    assert np.array_equal(np.load("mask.npz")["0.norms"], np.load("lengths.npz")["0.norms"], equal_nan=True)
    np.savez("both.npz", lengths, lengths)
    assert "--lengths must be one array, in a .npy" in refused(
        capsys, "net.npz", "--data", "x.npy", "--layout", "BTM", "--lengths", "both.npz"
    )


def test_words_are_looked_up_in_an_embedding_of_the_file(tmp_path, capsys, monkeypatch, rng):
    """What a network reads whose first layer is a table: numbers (B, T), (T, B) or (T,), or several (T_k,)."""
    from unrolled.inspect.__main__ import main

    monkeypatch.chdir(tmp_path)
    table = rng.normal(size=(9, 3))
    arrays = {"rnn.weight_ih_l0": (8, 3), "rnn.weight_hh_l0": (8, 2)}
    np.savez("net.npz", **{name: rng.normal(size=shape) for name, shape in arrays.items()}, **{"emb.weight": table, "count": 3})
    np.save("none.npy", np.zeros((4, 0), int))
    words = rng.integers(9, size=(4, 7))
    np.save("words.npy", words)
    np.save("turned.npy", words.T)
    np.savez("many.npz", *words)
    np.save("vectors.npy", table[words])
    np.save("far.npy", words + 9)
    np.save("one.npy", words[0])
    look = ["--embedding", "emb.weight"]
    found = []
    for data, more in (
        ("vectors.npy", ["--layout", "BTM"]),
        ("words.npy", look),
        ("turned.npy", [*look, "--layout", "TBM"]),
        ("many.npz", look),
    ):
        assert main(["net.npz", "--data", data, *more, "-o", "a.npz"]) == 0
        found.append(np.load("a.npz")["0.norms"])
    assert all(np.array_equal(a, found[0]) for a in found)
    assert main(["net.npz", "--data", "one.npy", *look]) == 0
    assert "on 1 sequence of 7 steps" in capsys.readouterr().out
    for data, more, words_said in (
        ("words.npy", [], "--embedding must name the array of the file in which whole numbers are looked up: emb.weight;"),
        ("words.npy", ["--embedding", "rnn.weight_hh_l0"], "with 3 columns, as the layers read; rnn.weight_hh_l0 is float64 of"),
        ("words.npy", ["--embedding", "count"], "with 3 columns, as the layers read; count is int64 of shape ()"),
        ("none.npy", look, "to be looked up; got int64 of shape (4, 0)"),
        ("words.npy", ["--embedding", "emb"], "which has rnn.weight_ih_l0, rnn.weight_hh_l0, emb.weight, count; got 'emb'"),
        ("far.npy", look, "--data must be whole numbers from 0 to 8, (B, T) or (T,), to be looked up; got int64"),
        ("vectors.npy", look, "float64 of shape (4, 7, 3), "),
        ("vectors.npy", [], "--layout must be BTM (sequence by sequence, as with batch_first) or TBM (step by step) for data of"),
    ):
        assert main(["net.npz", "--data", data, *more]) == 2
        assert words_said in capsys.readouterr().err


def test_two_networks_in_a_file_are_asked_about(tmp_path, capsys):
    from unrolled.inspect.__main__ import main, told

    shapes = {"weight_ih_l0": (4, 3), "weight_hh_l0": (4, 4)}
    np.savez(tmp_path / "a.npz", **{f"{part}.{name}": np.ones(shape) for part in "ab" for name, shape in shapes.items()})
    np.save(tmp_path / "x.npy", np.ones((5, 3)))
    given = [str(tmp_path / "a.npz"), "--data", str(tmp_path / "x.npy")]
    assert main(given) == 2
    assert "--prefix must be one of 'a.', 'b.'" in capsys.readouterr().err
    assert main([*given, "--prefix", "a."]) == 0
    said = capsys.readouterr()
    assert "RNN tanh, 4 units" in said.out
    assert "if it has ReLU, say --kind RNN_RELU" in said.err
    assert told({"weight_hh_l0": np.ones((12, 2)), "weight_hr_l0": np.ones((2, 3))}, "") == "LSTM"
    for came, words in (
        ("bfloat16", "got an array of bfloat16: save them after module.float()"),
        ("a.Part", "an object, a.Part"),
    ):
        with pytest.raises(TypeError, match=re.escape(words)):
            told({"weight_hh_l0": Other(came)}, "")
