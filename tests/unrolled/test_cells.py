"""Each cell against derivatives that know nothing of `pullback`, against other people's cells, and against its kin."""

import numpy as np
import pytest
from frozen import ONNX_GATES, VECTORS, frozen_error
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import FILES, tried
from problems import ANALYTIC, CELLS, bptt_error, difference, error, gradients, jacobian_error, problem
from unrolled import bptt, cells, jacobians, unroll
from unrolled.maths import tanh

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
analytic_cell = pytest.mark.parametrize("cell", ANALYTIC.values(), ids=ANALYTIC)
few = settings(max_examples=12, derandomize=True, deadline=None, database=None)

# ---- gradients, entry by entry ----

SETTINGS = {
    "plain": {},
    "one step": {"T": 1},
    "one unit": {"n": 1},
    "one input": {"m": 1},
    "one of all": {"T": 1, "n": 1, "m": 1, "B": 1},
    "large gain": {"size": 2.0},
    "large batch": {"B": 7, "T": 3},
    "long": {"T": 60, "n": 1, "m": 1, "B": 1},
}


def pre_activations(q):
    return q.p.U @ q.x + q.p.W @ q.trace.s[:-1] + q.p.b


@pytest.mark.parametrize("options", SETTINGS.values(), ids=SETTINGS)
@analytic_cell
def test_bptt_is_the_complex_step(cell, options):
    assert bptt_error(cell, problem(cell, **options)) < 1e-12


@pytest.mark.parametrize("options", SETTINGS.values(), ids=SETTINGS)
@analytic_cell
def test_jacobians_are_the_complex_step(cell, options):
    assert jacobian_error(cell, problem(cell, **{**options, "B": 1})) < 1e-12


@pytest.mark.parametrize("seed", range(3))
def test_relu_against_central_differences(seed):
    q = problem(cells.rnn_relu, seed)
    assert np.min(np.abs(pre_activations(q))) > 1e-3, "away from the kinks"
    assert np.any(pre_activations(q) < 0)
    assert bptt_error(cells.rnn_relu, q, difference) < 1e-7
    assert jacobian_error(cells.rnn_relu, problem(cells.rnn_relu, seed, B=1), derivative=difference) < 1e-7


@analytic_cell
def test_saturated_units(cell):
    """1 - s² has the rounding error of 1, however small it is: the error is relative to unsaturated slopes, not to these."""
    q = problem(cell, size=6.0, inputs=3.0, B=1)
    unsaturated = max(np.max(np.abs(a)) for a in q.d)
    params, start, x = gradients(cell, q)
    g = bptt(cell, q.p, q.x, q.trace, q.d)
    for got, want in zip((*g.params, *g.start, g.x), (*params, *start, x), strict=True):
        assert np.max(np.abs(got - want)) < 1e-12 * max(np.max(np.abs(want)), unsaturated)


@every_cell
def test_float32_stays_float32_and_is_near_float64(cell):
    q = problem(cell, B=1)
    small = [type(a)(*(b.astype(np.float32) for b in a)) for a in (q.p, q.start, q.d)]
    x = q.x.astype(np.float32)
    trace = unroll(cell, small[0], x, small[1])
    g, exact = bptt(cell, small[0], x, trace, small[2]), bptt(cell, q.p, q.x, q.trace, q.d)
    J = jacobians(cell, small[0], x, trace)
    for got, want in zip((*g.params, *g.start, g.x, *g.state), (*exact.params, *exact.start, exact.x, *exact.state), strict=True):
        assert got.dtype == np.float32
        assert error(got.astype(float), want) < 1e-4
    assert {a.dtype for a in (*trace, J)} == {np.dtype(np.float32)}


# ---- other people's cells, frozen by oracles/make_vectors.py ----


@pytest.mark.parametrize("name", CELLS)
def test_equal_to_the_frozen_vectors(name):
    assert frozen_error(CELLS[name], name) < 1e-12


def test_every_case_is_used():
    kinds = {tuple(key.split("/")[:2]) for key in VECTORS.files}
    assert {name for _, name in kinds} == set(CELLS)
    assert {name for kind, name in kinds if kind == "torch"} == {"rnn", "rnn_relu", "lstm", "gru_reset_after"}
    assert {name for kind, name in kinds if kind == "onnx"} == set(ONNX_GATES)


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_mutations_are_caught(file):
    """What is shown above would not be true of a cell with a mistake in it: hundreds of them are tried."""
    results = tried(file)
    assert [name for name, found in results.items() if not found] == []
    assert len(results) >= 9 * len(CELLS[file].Step._fields), "so many for each equation"


# ---- shapes, batches, bounds ----

sizes = st.fixed_dictionaries({k: st.integers(1, 4) for k in ("T", "n", "m", "B")} | {"seed": st.integers(0, 2**16)})
gains = st.sampled_from([0.1, 1.0, 5.0])


@every_cell
@few
@given(sizes=sizes)
def test_shapes(cell, sizes):
    q = problem(cell, **sizes)
    T, n, m, B = (sizes[k] for k in ("T", "n", "m", "B"))
    g = bptt(cell, q.p, q.x, q.trace, q.d)
    assert {a.shape for a in (*q.trace, *g.state)} == {(T + 1, n, B)}
    assert [a.shape for a in g.params] == list(cell.shapes(n, m))
    assert ({a.shape for a in g.start}, g.x.shape) == ({(n, B)}, (T, m, B))
    assert (type(g.params), type(g.start), type(g.state)) == (cell.Params, cell.State, cell.State)
    N = n * len(cell.State._fields)
    assert jacobians(cell, q.p, q.x[:, :, :1], cell.Step(*(a[:, :, :1] for a in q.trace))).shape == (T, N, N)
    for gate in set(cell.Step._fields) - set(cell.State._fields):
        assert np.isnan(getattr(q.trace, gate)[0]).all()


@every_cell
@few
@given(sizes=sizes)
def test_a_batch_is_its_columns_run_one_by_one(cell, sizes):
    q = problem(cell, **sizes)
    whole = bptt(cell, q.p, q.x, q.trace, q.d)
    total = 0
    for b in range(sizes["B"]):
        start, d = (type(a)(*(c[..., b : b + 1] for c in a)) for a in (q.start, q.d))
        x = q.x[:, :, b : b + 1]
        trace = unroll(cell, q.p, x, start)
        g = bptt(cell, q.p, x, trace, d)
        one, all_ = (*trace, *g.start, *g.state, g.x), (*q.trace, *whole.start, *whole.state, whole.x)
        for got, want in zip(one, all_, strict=True):
            np.testing.assert_allclose(got, want[..., b : b + 1], rtol=1e-11, atol=1e-12)
        total = [a + c for a, c in zip(total, g.params, strict=True)] if total else list(g.params)
    for got, want in zip(total, whole.params, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("name", ["lstm", "lstm_1997", "peephole", "coupled"])
@few
@given(sizes=sizes, size=gains)
def test_h_of_the_lstm_family_stays_within_1(name, sizes, size):
    q = problem(CELLS[name], **sizes, size=size)
    h = np.abs(q.trace.h[1:])
    assert np.all(h <= np.abs(q.trace.o[1:]))
    assert np.all(h <= 1)
    assert np.all(h < 1) or np.max(np.abs(q.trace.C)) > 15, "1 itself only where tanh and σ have rounded to it"


@few
@given(sizes=sizes, size=gains)
def test_the_cell_state_grows_by_at_most_1_a_step_and_not_at_all_when_the_gates_are_coupled(sizes, size):
    q = problem(cells.lstm, **sizes, size=size)
    t = np.arange(sizes["T"] + 1)[:, None, None]
    assert np.all(np.abs(q.trace.C) <= np.abs(q.start.C) + t + 1e-12)
    q = problem(cells.coupled, **sizes, size=size)
    assert np.all(np.abs(q.trace.C) <= np.maximum(np.abs(q.start.C), 1) + 1e-15)


@pytest.mark.parametrize("name", ["gru", "gru_reset_after"])
@few
@given(sizes=sizes, size=gains)
def test_h_of_the_gru_stays_within_the_larger_of_its_start_and_1(name, sizes, size):
    q = problem(CELLS[name], **sizes, size=size)
    assert np.all(np.abs(q.trace.h) <= np.maximum(np.abs(q.start.h), 1) + 1e-15)


# ---- equivalences ----


def taken(source, cell, **changed):
    """The parameters of `cell` that bear a name of `source`, with some of them changed."""
    return cell.Params(**{name: a for name, a in source._asdict().items() if name in cell.Params._fields} | changed)


def same_states(one, other, tolerance=1e-13):
    for name in set(one._fields) & set(other._fields) - {"f", "i"}:
        np.testing.assert_allclose(getattr(one, name)[1:], getattr(other, name)[1:], rtol=0, atol=tolerance)


seeds = st.integers(0, 2**16)


@few
@given(seed=seeds)
def test_peephole_with_p_zero_is_the_lstm(seed):
    q = problem(cells.lstm, seed)
    zero = np.zeros_like(q.p.b_f)
    p = cells.peephole.Params(*q.p, zero, zero, zero)
    same_states(unroll(cells.peephole, p, q.x, cells.peephole.State(*q.start)), q.trace)


@few
@given(seed=seeds)
def test_negating_z_swaps_the_two_conventions(seed):
    """h = z*h_{t-1} + (1-z)*h̃, written out, with the parameters of z negated."""
    q = problem(cells.gru, seed)
    flipped = q.p._replace(U_z=-q.p.U_z, W_z=-q.p.W_z, b_z=-q.p.b_z)
    trace = unroll(cells.gru, flipped, q.x, q.start)
    z, h_tilde, h = trace.z[1:], trace.h_tilde[1:], trace.h
    np.testing.assert_allclose(h[1:], (1 - z) * h[:-1] + z * h_tilde, rtol=0, atol=1e-14)
    s = cells.gru.step(q.p, q.start, q.x[0])
    np.testing.assert_allclose(trace.z[1], 1 - s.z, rtol=0, atol=1e-15)
    np.testing.assert_allclose(trace.h[1], s.z * q.start.h + (1 - s.z) * s.h_tilde, rtol=0, atol=1e-14)


@few
@given(seed=seeds)
def test_reset_after_is_reset_before_when_r_and_the_product_commute(seed):
    q = problem(cells.gru, seed)
    zero = np.zeros_like(q.p.b_h)
    diagonal = q.p._replace(W_h=np.diag(np.diag(q.p.W_h)))
    constant = q.p._replace(U_r=0 * q.p.U_r, W_r=0 * q.p.W_r, b_r=np.full_like(zero, 0.3))
    for p in (diagonal, constant):
        after = cells.gru_reset_after.Params(*p, zero)
        same_states(unroll(cells.gru_reset_after, after, q.x, q.start), unroll(cells.gru, p, q.x, q.start))
    after = unroll(cells.gru_reset_after, cells.gru_reset_after.Params(*q.p, zero), q.x, q.start)
    assert np.max(np.abs(after.h - q.trace.h)) > 1e-3, "and only then"


@few
@given(seed=seeds)
def test_residual_with_ε_zero_is_the_identity(seed):
    q = problem(cells.residual, seed, B=1)
    p = q.p._replace(ε=np.zeros((1, 1)))
    trace = unroll(cells.residual, p, q.x, q.start)
    assert np.array_equal(trace.s, np.broadcast_to(q.start.s, trace.s.shape))
    assert np.array_equal(jacobians(cells.residual, p, q.x, trace), np.broadcast_to(np.eye(3), (5, 3, 3)))


@few
@given(seed=seeds)
def test_the_1997_cell_is_the_lstm_with_its_forget_gate_open(seed):
    q = problem(cells.lstm, seed)
    p = q.p._replace(b_f=np.full_like(q.p.b_f, 100.0))
    trace = unroll(cells.lstm_1997, taken(p, cells.lstm_1997), q.x, cells.lstm_1997.State(*q.start))
    same_states(trace, unroll(cells.lstm, p, q.x, q.start))


@few
@given(seed=seeds)
def test_coupled_is_the_lstm_with_i_the_complement_of_f(seed):
    q = problem(cells.lstm, seed)
    p = q.p._replace(U_i=-q.p.U_f, W_i=-q.p.W_f, b_i=-q.p.b_f)
    trace = unroll(cells.coupled, taken(p, cells.coupled), q.x, cells.coupled.State(*q.start))
    same_states(trace, unroll(cells.lstm, p, q.x, q.start))


@few
@given(seed=seeds)
def test_lstm_that_forgets_all_and_passes_all_is_tanh_of_tanh(seed):
    q = problem(cells.lstm, seed)
    zero = {f"{letter}_{gate}": 0 * getattr(q.p, f"{letter}_{gate}") for letter in "UW" for gate in "fio"}
    big = np.full_like(q.p.b_f, 100.0)
    p = q.p._replace(**zero, b_f=-big, b_i=big, b_o=big)
    h = unroll(cells.lstm, p, q.x, q.start).h
    want = tanh(tanh(p.U_C @ q.x + p.W_C @ h[:-1] + p.b_C))
    np.testing.assert_allclose(h[1:], want, rtol=0, atol=1e-15)


@few
@given(seed=seeds)
def test_gru_with_both_gates_open_is_the_plain_network(seed):
    q = problem(cells.gru, seed)
    zero = {f"{letter}_{gate}": 0 * getattr(q.p, f"{letter}_{gate}") for letter in "UW" for gate in "zr"}
    big = np.full_like(q.p.b_z, 100.0)
    p = q.p._replace(**zero, b_z=big, b_r=big)
    plain = unroll(cells.rnn, cells.rnn.Params(p.U_h, p.W_h, p.b_h), q.x, cells.rnn.State(q.start.h))
    np.testing.assert_allclose(unroll(cells.gru, p, q.x, q.start).h, plain.s, rtol=0, atol=1e-14)


@few
@given(seed=seeds)
def test_rnn_sigmoid_is_the_tanh_network_rescaled(seed):
    """σ(a) = (1 + tanh(a/2)) / 2: with s = (1 + u) / 2 the network of u is a tanh network."""
    q = problem(cells.rnn_sigmoid, seed)
    b = (q.p.b + 0.5 * q.p.W.sum(axis=1, keepdims=True)) / 2
    u = unroll(cells.rnn, cells.rnn.Params(q.p.U / 2, q.p.W / 4, b), q.x, cells.rnn.State(2 * q.start.s - 1))
    np.testing.assert_allclose(q.trace.s, (1 + u.s) / 2, rtol=0, atol=1e-14)
