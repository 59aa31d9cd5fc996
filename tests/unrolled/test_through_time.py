"""init, unroll, bptt with its horizon, terms and jacobians; that the gradients are right is shown cell by cell in test_cells."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import CELLS, error, problem
from unrolled import bptt, cells, init, jacobians, through_time, unroll
from unrolled.interop import projected
from unrolled.through_time import at, state, terms

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
few = settings(max_examples=12, derandomize=True, deadline=None, database=None)


def same(one, other, tolerance=1e-12):
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


# ---- unroll ----


@every_cell
def test_unroll_is_the_step_repeated(cell):
    q = problem(cell)
    now = q.start
    same(at(state(cell, q.trace), 0), q.start, 0)
    for t, x_t in enumerate(q.x, start=1):
        step = cell.step(q.p, now, x_t)
        same(at(q.trace, t), step, 0)
        now = state(cell, step)


@every_cell
def test_start_is_zero_by_default_and_a_matrix_x_is_a_batch_of_one(cell):
    q = problem(cell, B=1)
    zero = cell.State(*(np.zeros((3, 1)) for _ in cell.State._fields))
    trace, explicit = unroll(cell, q.p, q.x[:, :, 0]), unroll(cell, q.p, q.x, zero)
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(trace, explicit, strict=True))
    g, want = bptt(cell, q.p, q.x[:, :, 0], trace, q.d), bptt(cell, q.p, q.x, trace, q.d)
    same((*g.params, *g.start, *g.state, g.x), (*want.params, *want.start, *want.state, want.x), 0)
    assert g.x.shape == (5, 2, 1)
    same(terms(cell, q.p, q.x[:, :, 0], trace, q.d), terms(cell, q.p, q.x, trace, q.d), 0)
    assert np.array_equal(jacobians(cell, q.p, q.x[:, :, 0], trace), jacobians(cell, q.p, q.x, trace))


def test_a_cell_may_be_an_object_whose_class_says_what_it_can(rng):
    class Cell:
        Params, State, Step = projected.Params, projected.State, projected.Step
        shapes, widths = staticmethod(projected.shapes), staticmethod(projected.widths)
        step, pullback = staticmethod(projected.step), staticmethod(projected.pullback)

    p, x = projected.Params(*(0.8 * rng.normal(size=shape) for shape in projected.shapes(5, 3, 2))), rng.normal(size=(4, 3, 2))
    same(unroll(Cell(), p, x), unroll(projected, p, x), 0)


@every_cell
def test_nothing_that_was_handed_in_is_changed(cell):
    q = problem(cell, B=1)
    before = [a.copy() for a in (*q.p, q.x, *q.start, *q.d, *q.trace)]
    unroll(cell, q.p, q.x, q.start)
    g = bptt(cell, q.p, q.x, q.trace, q.d)
    bptt(cell, q.p, q.x, q.trace, q.d, horizon=2)
    jacobians(cell, q.p, q.x, q.trace)
    for a in (*g.start, *g.state, *g.params, g.x):
        a[:] = 7
    for a, b in zip((*q.p, q.x, *q.start, *q.d, *q.trace), before, strict=True):
        assert np.array_equal(a, b, equal_nan=True)


# ---- bptt ----


@every_cell
def test_the_state_gradient_is_that_of_a_run_that_starts_there(cell):
    """∂L/∂state_t, all paths counted: run the rest of the sequence from state_t and differentiate by its start."""
    q = problem(cell)
    g = bptt(cell, q.p, q.x, q.trace, q.d)
    for t in range(5):
        rest = bptt(cell, q.p, q.x[t:], unroll(cell, q.p, q.x[t:], at(state(cell, q.trace), t)), type(q.d)(*(a[t:] for a in q.d)))
        same(at(g.state, t), rest.start)
    same(at(g.state, 5), at(q.d, 5), 0)
    same(at(g.state, 0), g.start, 0)


@every_cell
def test_the_gradient_curve_is_the_product_of_the_jacobians(cell):
    q = problem(cell, B=1)
    for a in q.d:
        a[:-1] = 0
    g = bptt(cell, q.p, q.x, q.trace, q.d)
    row = np.concatenate(at(q.d, 5))[:, 0]
    for t, J in reversed(list(enumerate(jacobians(cell, q.p, q.x, q.trace)))):
        row = row @ J
        np.testing.assert_allclose(np.concatenate(at(g.state, t))[:, 0], row, rtol=1e-10, atol=1e-13)


@every_cell
def test_terms_add_up_to_bptt_and_are_those_of_untied_copies(cell):
    """Term k is the gradient by the k-th copy of the parameters, all other copies held."""
    q = problem(cell, T=3)
    each = terms(cell, q.p, q.x, q.trace, q.d)
    assert {len(a) for a in each} == {3}
    same([a.sum(axis=0) for a in each], bptt(cell, q.p, q.x, q.trace, q.d).params)
    if cell is cells.rnn_relu:
        return
    field, k, h = cell.Params._fields[1], 2, 1e-30

    def loss(copy):
        now, total = q.start, sum(np.sum(a * b) for a, b in zip(at(q.d, 0), q.start, strict=True))
        for t, x_t in enumerate(q.x, start=1):
            now = state(cell, cell.step(copy if t == k else q.p, now, x_t))
            total = total + sum(np.sum(a * b) for a, b in zip(at(q.d, t), now, strict=True))
        return total

    want = np.zeros_like(getattr(q.p, field))
    for index in np.ndindex(want.shape):
        bent = getattr(q.p, field).astype(complex)
        bent[index] += 1j * h
        want[index] = np.imag(loss(q.p._replace(**{field: bent}))) / h
    assert error(getattr(each, field)[k - 1], want) < 1e-12


# ---- horizon ----


def held(cell, q, k):
    """Truncation by another road: each step's loss, on a run of its last k steps from a state that is held constant."""
    params, x = [np.zeros(a.shape) for a in q.p], np.zeros(q.x.shape)
    flow = [a.copy() for a in q.d]
    for t in range(1, len(q.x) + 1):
        first = max(t - k, 0)
        own = type(q.d)(*(np.concatenate([0 * a[first:t], a[t : t + 1]]) for a in q.d))
        part = q.x[first:t]
        g = bptt(cell, q.p, part, unroll(cell, q.p, part, at(state(cell, q.trace), first)), own)
        params = [a + b for a, b in zip(params, g.params, strict=True)]
        x[first:t] += g.x
        for total, a in zip(flow, g.state, strict=True):
            total[first:t] += a[:-1]
    return params, x, flow


@every_cell
@pytest.mark.parametrize("k", [1, 2, 4])
def test_a_horizon_is_each_loss_on_its_last_k_steps_from_a_held_state(cell, k):
    q = problem(cell)
    g = bptt(cell, q.p, q.x, q.trace, q.d, horizon=k)
    params, x, flow = held(cell, q, k)
    same((*g.params, g.x, *g.state), (*params, x, *flow))
    same(g.start, [a[0] for a in flow])


@every_cell
@few
@given(T=st.integers(1, 6), beyond=st.integers(0, 3), seed=st.integers(0, 2**16))
def test_a_horizon_of_T_or_more_is_exact(cell, T, beyond, seed):
    q = problem(cell, seed, T=T)
    g, want = bptt(cell, q.p, q.x, q.trace, q.d, horizon=T + beyond), bptt(cell, q.p, q.x, q.trace, q.d)
    same((*g.params, *g.start, g.x, *g.state), (*want.params, *want.start, want.x, *want.state))


@every_cell
def test_the_longer_the_horizon_the_further_back_one_loss_reaches(cell):
    q = problem(cell, inputs=0.3)
    for a in q.d:
        a[:-1] = 0
    whole = bptt(cell, q.p, q.x, q.trace, q.d)
    for k in range(1, 6):
        g = bptt(cell, q.p, q.x, q.trace, q.d, horizon=k)
        assert not g.x[: 5 - k].any()
        assert not any(a[: 5 - k].any() for a in g.state)
        same((g.x[5 - k :], *(a[5 - k :] for a in g.state)), (whole.x[5 - k :], *(a[5 - k :] for a in whole.state)))


def test_truncation_stays_within_its_bound(rng):
    """‖g - g_k‖ ≤ ‖d‖ max ‖s‖ η^k / (1 - η) for W of norm η < 1: the tail of a geometric series."""
    η, T = 0.8, 40
    p, x = init(cells.rnn, 4, 2, rng, gain=η), rng.normal(size=(T, 2, 1))
    trace = unroll(cells.rnn, p, x)
    d = cells.rnn.State(np.zeros((T + 1, 4, 1)))
    d.s[-1] = rng.normal(size=(4, 1))
    exact = bptt(cells.rnn, p, x, trace, d).params.W
    for k in (1, 5, 20):
        missing = np.linalg.norm(exact - bptt(cells.rnn, p, x, trace, d, horizon=k).params.W)
        largest = np.max(np.linalg.norm(trace.s, axis=1))
        assert 0 < missing <= np.linalg.norm(d.s[-1]) * largest * η**k / (1 - η)


# ---- jacobians ----


@every_cell
@pytest.mark.parametrize("steps", [1, 2, 4, 5])
def test_jacobians_do_not_depend_on_the_blocks(cell, steps, monkeypatch):
    q = problem(cell, T=5, B=1)
    J = jacobians(cell, q.p, q.x, q.trace)
    monkeypatch.setattr(through_time, "CACHED", steps * J[0].size)
    np.testing.assert_allclose(J, jacobians(cell, q.p, q.x, q.trace), rtol=1e-12, atol=1e-15)


@every_cell
def test_a_jacobian_is_the_pullback_of_the_identity_and_serves_one_step_or_many(cell):
    q = problem(cell, B=1)
    prev, now = (type(a)(*b) for a, b in ((q.start, (a[:-1] for a in state(cell, q.trace))), (q.trace, (a[1:] for a in q.trace))))
    J = cell.jacobian(q.p, prev, q.x, now)
    assert error(J, through_time.pulled_back(cell, q.p, prev, q.x, now)) < 1e-14
    for t, J_t in enumerate(J):
        assert error(cell.jacobian(q.p, at(prev, t), q.x[t], at(now, t)), J_t) < 1e-15


# ---- init ----


@every_cell
def test_init_has_the_defaults_of_the_field(cell, rng):
    p = init(cell, 6, 3, rng)
    assert [a.shape for a in p] == list(cell.shapes(6, 3))
    for name, a in p._asdict().items():
        if name[0] == "W":
            np.testing.assert_allclose(a @ a.T, np.eye(6), atol=1e-13)
        elif name[0] in "bcε":
            assert np.all(a == {"b_f": 1.0, "ε": 0.1}.get(name, 0.0))
        else:
            assert np.all(a != 0)


def test_init_scales(rng):
    gain = init(cells.rnn, 50, 50, rng, gain=3.0, recurrent="gaussian", input_gain=2.0)
    assert abs(gain.W.std() * np.sqrt(50) - 3) < 0.1
    assert abs(gain.U.std() / (2 * np.sqrt(2 / 100)) - 1) < 0.05
    assert np.linalg.norm(init(cells.rnn, 5, 2, rng, gain=0.5).W, 2) == pytest.approx(0.5, rel=1e-12)
    np.testing.assert_array_equal(init(cells.rnn, 5, 2, rng, gain=0.5, recurrent="identity").W, 0.5 * np.eye(5))
    for recurrent in ("orthogonal", "gaussian", "identity"):
        W = init(cells.gru, 8, 2, rng, spectral_radius=0.7, recurrent=recurrent).W_r
        assert np.max(np.abs(np.linalg.eigvals(W))) == pytest.approx(0.7, rel=1e-10)
    assert abs(init(cells.peephole, 100, 1, rng, gain=2.0).p_o.std() * 10 - 2) < 0.4


def test_init_takes_values_by_name_and_depends_on_the_rng_alone():
    draw = lambda seed, **more: init(cells.peephole, 3, 2, np.random.default_rng(seed), **more)  # noqa: E731
    same(draw(5), draw(5), 0)
    assert not np.array_equal(draw(5).W_f, draw(6).W_f)
    b_i, p_o = np.arange(3.0)[:, None], 0.25
    p = draw(5, b_f=-2, b_i=b_i, p_o=p_o, dtype=np.float64)
    assert (p.b_f.tolist(), p.b_i.tolist(), p.p_o.tolist()) == (3 * [[-2.0]], b_i.tolist(), 3 * [[0.25]])
    assert p.b_i is not b_i
    assert {a.dtype for a in draw(5, dtype="float32")} == {np.dtype(np.float32)}
    assert init(cells.residual, 3, 2, np.random.default_rng(0), ε=0.5).ε.tolist() == [[0.5]]


BAD_INIT = [
    ({"cell": "lstm"}, TypeError, "cell must be one of unrolled.cells; got 'lstm'"),
    ({"n": 0}, ValueError, "n must be at least 1; got 0"),
    ({"n": 3.0}, TypeError, "n must be a whole number; got 3.0"),
    ({"m": True}, TypeError, "m must be a whole number; got True"),
    ({"m": -2}, ValueError, "m must be at least 1; got -2"),
    ({"rng": 7}, TypeError, "rng must be a numpy.random.Generator, as from numpy.random.default_rng(0); got 7"),
    ({"gain": np.nan}, ValueError, "gain must be finite and at least 0; got nan"),
    ({"gain": "big"}, TypeError, "gain must be a number; got 'big'"),
    ({"input_gain": -1}, ValueError, "input_gain must be finite and at least 0; got -1"),
    ({"spectral_radius": -1}, ValueError, "spectral_radius must be finite and at least 0; got -1"),
    ({"spectral_radius": 0.9, "gain": 2}, ValueError, "gain and spectral_radius both set the size of W: give one"),
    ({"recurrent": "uniform"}, ValueError, "recurrent must be one of 'orthogonal', 'gaussian', 'identity'; got 'uniform'"),
    ({"recurrent": 1}, ValueError, "recurrent must be one of 'orthogonal', 'gaussian', 'identity'; got 1"),
    ({"dtype": np.float16}, TypeError, "dtype must be float64 or float32; got <class 'numpy.float16'>"),
    ({"dtype": "double precision"}, TypeError, "dtype must be float64 or float32; got 'double precision'"),
    ({"dtype": None}, TypeError, "dtype must be float64 or float32; got None"),
    ({"b_q": 1.0}, ValueError, "values must be among b_f, b_i, b_C, b_o for this cell; got b_q"),
    ({"W_f": 1.0}, ValueError, "values must be among b_f, b_i, b_C, b_o for this cell; got W_f"),
    ({"b_f": "1"}, TypeError, "b_f must be a number or an array of the shape (3, 1); got '1'"),
    ({"b_f": True}, TypeError, "b_f must be a number or an array of the shape (3, 1); got True"),
    ({"b_f": np.inf}, ValueError, "b_f must be finite"),
    ({"b_f": np.ones(3)}, ValueError, "b_f must have the shape (3, 1), every size at least 1; got (3,)"),
    ({"b_f": np.ones((1, 1))}, ValueError, "b_f must have the shape (3, 1)"),
    ({"b_f": np.ones((3, 1), int)}, TypeError, "b_f must be a numpy array of float64 or float32; got an array of int64"),
    ({"b_f": np.ones((3, 1), np.float32)}, TypeError, "b_f and dtype must have one dtype; got b_f: float32, dtype: float64"),
]


@pytest.mark.parametrize(("given", "kind", "words"), BAD_INIT, ids=lambda a: str(a) if isinstance(a, dict) else "")
def test_bad_init(rng, given, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        init(**{"cell": cells.lstm, "n": 3, "m": 2, "rng": rng} | given)


# ---- bad input ----

f32 = np.float32
CALLS = {
    "unroll": lambda a: unroll(a["cell"], a["p"], a["x"], a["start"]),
    "bptt": lambda a: bptt(a["cell"], a["p"], a["x"], a["trace"], a["d"], a["horizon"]),
    "terms": lambda a: terms(a["cell"], a["p"], a["x"], a["trace"], a["d"]),
    "jacobians": lambda a: jacobians(a["cell"], a["p"], a["x"], a["trace"]),
}
EVERYWHERE = [
    ("cell", lambda a: "lstm", TypeError, "cell must be one of unrolled.cells; got 'lstm'"),
    ("p", lambda a: tuple(a["p"]), TypeError, "p must be a Params(U_f, W_f, b_f, U_i, "),
    ("p", lambda a: cells.coupled.Params(*a["p"][:9]), TypeError, "of this cell; got Params"),
    ("p", lambda a: a["p"]._replace(W_f=np.ones((3, 4))), ValueError, "p.W_f must have the shape (3, 3)"),
    ("p", lambda a: a["p"]._replace(U_i=np.ones((3, 5))), ValueError, "p.U_i must have the shape (3, 2)"),
    ("p", lambda a: a["p"]._replace(b_C=np.ones((1, 1))), ValueError, "p.b_C must have the shape (3, 1)"),
    (
        "p",
        lambda a: a["p"]._replace(b_C=np.ones(3)),
        ValueError,
        "p.b_C must have the shape (3, 1), every size at least 1",
    ),
    ("p", lambda a: a["p"]._replace(b_C=0.0), TypeError, "p.b_C must be a numpy array of float64 or float32; got float"),
    ("p", lambda a: a["p"]._replace(W_f=[[1.0]]), TypeError, "p.W_f must be a numpy array of float64 or float32; got list"),
    ("p", lambda a: a["p"]._replace(W_o=np.ones((3, 3), int)), TypeError, "p.W_o must be a numpy array"),
    ("p", lambda a: a["p"]._replace(W_o=a["p"].W_o.astype(f32)), TypeError, "W_o: float32"),
    ("p", lambda a: a["p"]._replace(U_o=a["p"].U_o * np.nan), ValueError, "p.U_o must be finite; got NaN or infinity in 6 of 6"),
    ("x", lambda a: a["x"].tolist(), TypeError, "x must be a numpy array of float64 or float32; got list"),
    ("x", lambda a: a["x"][0, :, 0], ValueError, "x must have the shape (any, any, any), every size at least 1; got (2,)"),
    ("x", lambda a: a["x"][None], ValueError, "x must have the shape (any, any, any)"),
    ("x", lambda a: a["x"][:0], ValueError, "x must have the shape (any, any, any), every size at least 1; got (0, 2, 1)"),
    ("x", lambda a: a["x"][:, :, :0], ValueError, "every size at least 1; got (5, 2, 0)"),
    ("x", lambda a: a["x"][:, :1], ValueError, "p.U_f must have the shape (3, 1)"),
    ("x", lambda a: a["x"].astype(int), TypeError, "x must be a numpy array of float64 or float32; got an array of int64"),
    ("x", lambda a: a["x"].astype(f32), TypeError, "must have one dtype; got x: float32, U_f: float64"),
    ("x", lambda a: np.where(a["x"] > 0, np.nan, a["x"]), ValueError, "x must be finite; got NaN or infinity in"),
]
START = [
    ("start", lambda a: np.zeros((3, 1)), TypeError, "start must be a State(C, h) of this cell; got ndarray"),
    ("start", lambda a: tuple(a["start"]), TypeError, "start must be a State(C, h) of this cell; got tuple"),
    ("start", lambda a: a["start"]._replace(C=np.zeros((3, 2))), ValueError, "start.C must have the shape (3, 1)"),
    ("start", lambda a: a["start"]._replace(h=np.zeros(3)), ValueError, "start.h must have the shape (3, 1)"),
    ("start", lambda a: a["start"]._replace(h=np.zeros((3, 1), f32)), TypeError, "start.h: float32"),
    ("start", lambda a: a["start"]._replace(h=np.full((3, 1), np.nan)), ValueError, "start.h must be finite"),
]
TRACE = [
    ("trace", lambda a: tuple(a["trace"]), TypeError, "trace must be what unroll(cell, p, x) returned"),
    ("trace", lambda a: a["start"], TypeError, "trace must be what unroll(cell, p, x) returned, a Step of this cell; got State"),
    ("trace", lambda a: a["trace"]._replace(h=a["trace"].h[1:]), ValueError, "trace.h must have the shape (6, 3, 1)"),
    ("trace", lambda a: a["trace"]._replace(f=a["trace"].f[1:]), ValueError, "trace.f[1:] must have the shape (5, 3, 1)"),
    ("trace", lambda a: a["trace"]._replace(f=np.array(1.0)), ValueError, "trace.f[1:] must have the shape (5, 3, 1)"),
    ("trace", lambda a: a["trace"]._replace(i=None), TypeError, "trace.i[1:] must be a numpy array"),
    ("trace", lambda a: a["trace"]._replace(o=a["trace"].o * np.nan), ValueError, "trace.o[1:] must be finite"),
    ("trace", lambda a: a["trace"]._replace(C=a["trace"].C.astype(f32)), TypeError, "trace.C: float32"),
    ("trace", lambda a: a["trace"]._replace(f=a["trace"].f.astype(f32)), TypeError, "trace.f: float32"),
]
D = [
    ("d", lambda a: a["d"].h, TypeError, "d must be a State(C, h) of this cell; got ndarray"),
    ("d", lambda a: a["d"]._replace(C=a["d"].C[1:]), ValueError, "d.C must have the shape (6, 3, 1)"),
    ("d", lambda a: a["d"]._replace(h=np.ones((6, 1, 1))), ValueError, "d.h must have the shape (6, 3, 1)"),
    ("d", lambda a: a["d"]._replace(h=a["d"].h.astype(f32)), TypeError, "d.h: float32"),
    ("d", lambda a: a["d"]._replace(h=np.ones((6, 3, 1), int)), TypeError, "d.h must be a numpy array"),
    ("d", lambda a: a["d"]._replace(h=a["d"].h / 0), ValueError, "d.h must be finite"),
]
HORIZON = [
    ("horizon", lambda a: 0, ValueError, "horizon must be at least 1; got 0"),
    ("horizon", lambda a: -3, ValueError, "horizon must be at least 1; got -3"),
    ("horizon", lambda a: 2.0, TypeError, "horizon must be a whole number; got 2.0"),
    ("horizon", lambda a: True, TypeError, "horizon must be a whole number; got True"),
    ("horizon", lambda a: "all", TypeError, "horizon must be a whole number; got 'all'"),
]
TABLES = {"unroll": START, "bptt": TRACE + D + HORIZON, "terms": TRACE + D, "jacobians": TRACE}
BAD = [(call, *row) for call, more in TABLES.items() for row in EVERYWHERE + more]


@pytest.mark.parametrize(("call", "name", "change", "kind", "words"), BAD, ids=[f"{row[0]}-{row[1]}" for row in BAD])
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_bad_input(call, name, change, kind, words):
    q = problem(cells.lstm, B=1)
    given = {"cell": cells.lstm, "p": q.p, "x": q.x, "start": q.start, "trace": q.trace, "d": q.d, "horizon": None}
    CALLS[call](given)  # as it is, it is good
    with pytest.raises(kind, match=re.escape(words)):
        CALLS[call](given | {name: change(given)})


def test_jacobians_of_a_batch_are_refused():
    q = problem(cells.rnn, B=2)
    with pytest.raises(ValueError, match=re.escape("x must hold one sequence (B = 1)")):
        jacobians(cells.rnn, q.p, q.x, q.trace)


def test_ε_is_a_number_not_a_column():
    q = problem(cells.residual)
    with pytest.raises(ValueError, match=re.escape("p.ε must have the shape (1, 1)")):
        unroll(cells.residual, q.p._replace(ε=np.ones((3, 1))), q.x)
