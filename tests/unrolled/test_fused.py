"""The fused cells against the textbook cells: every output, every gradient, at every size."""

import itertools
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import load
from problems import CELLS, problem
from unrolled import bptt, cells, fused, init, unroll
from unrolled.checks import array
from unrolled.fused import compiled, shared

SERVED = dict(zip(("rnn", "lstm", "gru", "coupled", "peephole"), fused.CELLS, strict=True))
every_cell = pytest.mark.parametrize("cell", SERVED.values(), ids=SERVED)
few = settings(max_examples=25, derandomize=True, deadline=None, database=None)
sizes = st.integers(1, 5)


def leaves(g):
    """The arrays of `Gradients`, by name."""
    named = {"params": g.params, "start": g.start, "state": g.state}
    return {f"{part}.{name}": a for part, whole in named.items() for name, a in whole._asdict().items()} | {"x": g.x}


def gap(got, want):
    """The largest difference, relative to the largest entry wanted; both have NaN in the same places."""
    assert (got.shape, got.dtype) == (want.shape, want.dtype)
    assert np.array_equal(np.isnan(got), np.isnan(want))
    return np.nanmax(np.abs(got - want)) / max(np.nanmax(np.abs(want)), 1e-300)


def difference(cell, q, module=fused):
    """The largest difference from the textbook: (outputs, gradients)."""
    trace = module.unroll(cell, q.p, q.x, q.start)
    g, want = leaves(module.bptt(cell, q.p, q.x, trace, q.d)), leaves(bptt(cell, q.p, q.x, q.trace, q.d))
    return max(map(gap, trace, q.trace)), max(gap(g[name], a) for name, a in want.items())


def rounded(cell, q, dtype):
    """A problem in another precision."""
    p, start, d = (type(whole)(*(a.astype(dtype) for a in whole)) for whole in (q.p, q.start, q.d))
    x = q.x.astype(dtype)
    return type(q)(p=p, x=x, start=start, d=d, trace=unroll(cell, p, x, start))


# ---- the same numbers ----


@every_cell
@few
@given(n=sizes, m=sizes, T=st.integers(1, 8), B=sizes, seed=st.integers(0, 2**16), block=st.sampled_from([1, 40, 2**14]))
@pytest.mark.parametrize("small", [20, shared.SMALL])
def test_equal_to_the_textbook(cell, n, m, T, B, seed, block, small):
    """Whatever the sizes, wherever time and weights are cut up; random losses at all states, a random start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "ON", False)  # which takes seconds for each kind of arrays
        patch.setattr(shared, "CACHED", block)
        patch.setattr(shared, "WIDE", block)
        patch.setattr(shared, "SMALL", small)
        patch.setattr(shared, "NEAR", 8 * small)
        assert max(difference(cell, problem(cell, seed, T, n, m, B))) < 1e-12


@every_cell
@pytest.mark.parametrize(("T", "n", "m", "B", "size"), [(100, 32, 3, 1, 0.15), (100, 32, 3, 32, 0.15), (24, 128, 130, 32, 0.05)])
def test_equal_at_the_size_of_training(cell, T, n, m, B, size):
    assert max(difference(cell, problem(cell, T=T, n=n, m=m, B=B, size=size))) < 1e-12


@pytest.mark.parametrize(
    ("rows", "K", "B", "pieces"),
    [(512, 161, 32, 3), (512, 257, 32, 6), (160, 512, 32, 4), (128, 161, 32, 1), (2048, 600, 1, 0), (512, 300, 100, 1)],
)
def test_large_weights_are_multiplied_in_pieces(rng, monkeypatch, rows, K, B, pieces):
    made = []
    monkeypatch.setattr(shared, "SMALL", 10**6)
    monkeypatch.setattr(np, "ascontiguousarray", lambda a, copy=np.ascontiguousarray: made.append(a.shape) or copy(a))
    W, v, out = rng.normal(size=(rows, K)), rng.normal(size=(K, B)), np.full((rows, B), np.nan)
    shared.Product(W, B).dot(v, out)
    np.testing.assert_allclose(out, W @ v, rtol=0, atol=1e-12)
    assert len(made) == pieces
    assert sum(a * b for a, b in made) in (0, W.size)
    if pieces > 1:
        assert all(a * b * B <= shared.SMALL and 8 * b * B <= shared.NEAR for a, b in made)


@every_cell
@pytest.mark.parametrize("B", [1, 3])
def test_saturated_gates(cell, B):
    assert max(difference(cell, problem(cell, size=6.0, inputs=3.0, B=B))) < 1e-12


@every_cell
@pytest.mark.parametrize("B", [1, 4])
def test_float32(cell, B):
    q = rounded(cell, problem(cell, T=10, n=6, m=3, B=B, size=0.4), np.float32)
    assert max(difference(cell, q)) < 2e-5


@every_cell
@pytest.mark.parametrize("B", [1, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_gradient_that_dies_ends_in_zeros_not_in_denormal_numbers(cell, B, dtype, rng):
    """Which some processors multiply ten times more slowly; here they are no slower, so their number is what can be tested."""
    keep = {"b_f": -9.0} if "b_f" in cell.Params._fields else {"b_z": 9.0} if "b_z" in cell.Params._fields else {}
    T = 120 if dtype == np.float32 else 700
    p, x = init(cell, 6, 2, rng, gain=0.1, dtype=dtype, **keep), rng.normal(size=(T, 2, B)).astype(dtype)
    d = cell.State(*(np.zeros((T + 1, 6, B), dtype) for _ in cell.State._fields))
    d[-1][-1] = 1
    g = fused.bptt(cell, p, x, fused.unroll(cell, p, x), d)
    for a in g.state:
        below = (a != 0) & (np.abs(a) < np.finfo(dtype).tiny)
        assert not below[:: shared.OFTEN].any()
        assert not a[: T // 2].any()
        assert a[-1 - shared.OFTEN :].any()
    assert all(np.isfinite(a).all() for a in g.params)


@every_cell
@pytest.mark.parametrize("B", [1, 2])
def test_start_is_zero_by_default_and_a_matrix_x_is_a_batch_of_one(cell, B):
    q = problem(cell, B=B)
    assert max(map(gap, fused.unroll(cell, q.p, q.x), unroll(cell, q.p, q.x))) < 1e-12
    one, d = q.x[:, :, 0], type(q.d)(*(a[:, :, :1] for a in q.d))
    trace, want = fused.unroll(cell, q.p, one), unroll(cell, q.p, one)
    assert max(map(gap, trace, want)) < 1e-12
    got, want = leaves(fused.bptt(cell, q.p, one, trace, d)), leaves(bptt(cell, q.p, one, want, d))
    assert max(gap(got[name], a) for name, a in want.items()) < 1e-12


@every_cell
@pytest.mark.parametrize("B", [1, 2])
def test_bptt_takes_the_trace_of_either_and_arrays_of_any_layout(cell, B):
    q = problem(cell, B=B)
    want = leaves(bptt(cell, q.p, q.x, q.trace, q.d))
    bent = rounded(cell, q, np.float64)
    bent.p, bent.d = (type(whole)(*(np.asfortranarray(a) for a in whole)) for whole in (q.p, q.d))
    bent.x = np.asfortranarray(q.x)
    got = leaves(fused.bptt(cell, bent.p, bent.x, q.trace, bent.d))
    assert max(gap(got[name], a) for name, a in want.items()) < 1e-12
    assert max(map(gap, fused.unroll(cell, bent.p, bent.x, q.start), q.trace)) < 1e-12


# ---- arrays of their own ----


@every_cell
@pytest.mark.parametrize("B", [1, 2])
def test_results_are_fresh_and_nothing_handed_in_is_changed(cell, B):
    q = problem(cell, B=B)
    trace = fused.unroll(cell, q.p, q.x, q.start)
    handed = [*q.p, q.x, *q.start, *q.d, *trace]
    before = [a.copy() for a in handed]
    g = leaves(fused.bptt(cell, q.p, q.x, trace, q.d))
    results = [*trace, *g.values()]
    assert not any(np.shares_memory(a, b) for a in g.values() for b in handed)
    assert not any(np.shares_memory(a, b) for a in trace for b in (*q.p, q.x, *q.start))
    assert not any(np.shares_memory(a, b) for k, a in enumerate(results) for b in results[:k])
    for a in g.values():
        a[:] = 7
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(handed, before, strict=True))


# ---- that these tests can fail ----

SLIPS = (  # what is easily written wrong in such code
    (r"dh_own\[t\]", "dh_own[t + 1]"),
    (r"ds_own\[t\]", "ds_own[t + 1]"),
    (r"half\((\w+), 2", r"half(\1, 1"),
    (r"\[t \+ 1\]", "[t]"),
    (r"\bf\[k\]", "dh_dC[k]"),
    (r"keep\[k\]", "r[k]"),
    (r"subtract\(1, ", "add(1, "),
    (r"square\((\S+), (\w+)\)", r"multiply(1, \1, \2)"),
    (r"_slope\((\w+), (\w+)", r"_slope(\2, \1"),
    (r"tanh_slope\((\w+), (\w+), (\w+)\)", r"multiply(\1, \2, \3)"),
    (r"trace\.(\w)\[block\]", r"trace.\1[1:][block]"),
    (r"\bx\[block\]", "x[::-1][block]"),
    (r"inputs\(layers, da", "inputs(layers, -da"),
    (r'unstacked\(sums, "(\w)(\w)', r'unstacked(sums, "\2\1'),
    (r" add\((\w+), seen, \w+\)", r" add(\1, 0, \1)"),
    (r" add\((\w+), (\w+), \w+\)", r" multiply(\1, \2, \1)"),
    (r"halve\(layers, (\d \* n|n)\)", "halve(layers, 1)"),
    (r"tanh\((\w+_t), \w+_t\)", r"multiply(\1, 1, \1)"),
)


@pytest.mark.parametrize("name", SERVED)
def test_slips_are_seen(name, tmp_path, monkeypatch):
    """Each slip, wherever its words occur in the file of a cell, changes a number that is compared above."""
    monkeypatch.setattr(compiled, "ON", False)
    cell, file = SERVED[name], Path(fused.__file__).parent / f"{name}.py"
    source, seen, missed = file.read_text("utf-8"), 0, []
    for what, instead in SLIPS:
        for found in re.finditer(what, source):
            if "#" in source[source.rindex("\n", 0, found.start()) : found.start()]:
                continue
            text = source[: found.start()] + found.expand(instead) + source[found.end() :]
            slip = load(text, tmp_path / f"slip_{seen}.py")
            seen += 1
            try:
                errors = [error_of(slip, cell, problem(cell, B=B)) for B in (1, 2)]
            except (AssertionError, IndexError, ValueError):
                continue
            if max(errors) < 1e-12:
                missed.append(f"{found[0]} -> {found.expand(instead)}")
    assert missed == []
    assert seen >= 6


def error_of(file, cell, q):
    """The largest difference of a file of `fused` from the textbook."""
    trace = file.forward(q.p, q.x, q.start)
    g, want = leaves(file.backward(q.p, q.x, q.trace, q.d)), leaves(bptt(cell, q.p, q.x, q.trace, q.d))
    return max(*map(gap, trace, q.trace), *(gap(g[part], a) for part, a in want.items()))


# ---- compiled: where numba is installed, all of the above is; `make compiled` installs it ----

needs_numba = pytest.mark.skipif(not compiled.INSTALLED, reason="numba and SciPy are not installed: make compiled")


@needs_numba
@every_cell
@pytest.mark.parametrize(("n", "m", "B"), [(32, 32, 1), (9, 4, 1), (9, 4, 3), (128, 40, 32)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_compiled_or_not_the_numbers_are_the_same(cell, n, m, B, dtype, monkeypatch):
    q = rounded(cell, problem(cell, T=20, n=n, m=m, B=B, size=1 / n), dtype)
    trace, g = fused.unroll(cell, q.p, q.x, q.start), leaves(fused.bptt(cell, q.p, q.x, q.trace, q.d))
    monkeypatch.setattr(compiled, "ON", False)
    want, g_want = fused.unroll(cell, q.p, q.x, q.start), leaves(fused.bptt(cell, q.p, q.x, q.trace, q.d))
    error = max(*map(gap, trace, want), *(gap(g[name], a) for name, a in g_want.items()))
    assert error < (1e-13 if dtype == np.float64 else 2e-5)
    assert error > 0  # or it would not have been compiled


@needs_numba
@pytest.mark.parametrize(("dtype", "exact"), [(np.float64, np.longdouble), (np.float32, np.float64)])
def test_tanh_compiled_is_right_to_3_units_in_the_last_place(dtype, exact, rng):
    from numba import njit
    from unrolled.fused import vectors

    tanh = njit(lambda a, out: vectors.tanh(a, out))
    x = np.concatenate([rng.normal(size=20_000) * size for size in (1e-30, 1e-8, 1e-3, 0.1, 0.3, 1, 3, 10)]).astype(dtype)
    out = np.empty_like(x)
    tanh(x, out)
    want = np.tanh(x.astype(exact))
    assert (np.abs(out - want) <= 3 * np.spacing(np.abs(want.astype(dtype)))).all()
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 30, -30, np.finfo(dtype).max, np.finfo(dtype).tiny], dtype)
    out = np.empty_like(x)
    tanh(x, out)
    assert np.array_equal(out, np.tanh(x), equal_nan=True)
    assert np.array_equal(np.signbit(out[:4]), [False, True, False, True])


@needs_numba
def test_the_compiled_tanh_takes_several_numbers_at_once():
    from numba import njit
    from unrolled.fused import vectors

    tanh = njit(lambda a, out: vectors.tanh(a, out))
    tanh(np.ones(8), np.ones(8))
    assert re.search(r"fdiv[a-z ]* <\d+ x double>", tanh.inspect_llvm(tanh.signatures[0]))


def test_without_numba_a_loop_is_what_stands_there(monkeypatch):
    def loop():
        pass

    monkeypatch.setattr(compiled, "INSTALLED", False)
    assert compiled.compiled(loop) is loop


# ---- bad input ----

q = problem(cells.lstm)
BAD = [
    ({"cell": cells.residual}, ValueError, "cell must be one of those that are fused, rnn, lstm, gru, coupled, peephole; got "),
    ({"cell": cells.rnn_relu}, ValueError, "peephole; got rnn_relu"),
    ({"cell": "lstm"}, TypeError, "cell must be one of unrolled.cells; got 'lstm'"),
    ({"x": q.x.tolist()}, TypeError, "x must be a numpy array of float64 or float32; got list"),
    ({"x": q.x[:0]}, ValueError, "x must have the shape (any, any, any), every size at least 1; got (0, 2, 2)"),
    ({"x": q.x * np.nan}, ValueError, "x must be finite; got NaN or infinity in 20 of 20 entries"),
    ({"x": q.x.astype(np.float32)}, TypeError, "must have one dtype; got x: float32"),
    ({"x": q.x + 0j}, TypeError, "x must be real, float64 or float32; got complex128"),
    ({"p": tuple(q.p)}, TypeError, "p must be a Params(U_f, W_f, b_f"),
    ({"p": q.p._replace(W_o=q.p.W_o[:2])}, ValueError, "p.W_o must have the shape (3, 3), every size at least 1; got (2, 3)"),
]
BAD_START = [
    ({"start": q.start.h}, TypeError, "start must be a State(C, h) of this cell; got ndarray"),
    ({"start": q.start._replace(h=q.start.h[:, :1])}, ValueError, "start.h must have the shape (3, 2)"),
]
BAD_TRACE = [
    ({"trace": tuple(q.trace)}, TypeError, "trace must be what unroll(cell, p, x) returned"),
    ({"trace": q.trace._replace(o=q.trace.o[:-1])}, ValueError, "trace.o[1:] must have the shape (5, 3, 2)"),
    ({"d": q.d.h}, TypeError, "d must be a State(C, h) of this cell; got ndarray"),
    ({"d": q.d._replace(h=q.d.h[1:])}, ValueError, "d.h must have the shape (6, 3, 2)"),
    ({"d": q.d._replace(C=q.d.C + 0j)}, TypeError, "d must be real, float64 or float32; got complex128"),
]


@pytest.mark.parametrize(("given", "kind", "words"), BAD + BAD_START)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_bad_input_of_unroll(given, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        fused.unroll(**{"cell": cells.lstm, "p": q.p, "x": q.x, "start": q.start, **given})


@pytest.mark.parametrize(("given", "kind", "words"), BAD + BAD_TRACE)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_bad_input_of_bptt(given, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        fused.bptt(**{"cell": cells.lstm, "p": q.p, "x": q.x, "trace": q.trace, "d": q.d, **given})


@every_cell
@pytest.mark.parametrize("B", [1, 2])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_bptt_names_what_is_not_finite_wherever_it_is(cell, B):
    """A single NaN or infinity in x, in the trace or in d, at any time, however the gradient takes it in."""
    q = problem(cell, T=3, B=B)
    given = {"x": {"x": q.x}, "trace": q.trace._asdict(), "d": q.d._asdict()}
    for name, arrays in given.items():
        for part, a in arrays.items():
            gate = name == "trace" and part not in cell.State._fields  # at index 0 of a gate stands NaN
            label = "x" if name == "x" else f"{name}.{part}" + "[1:]" * gate
            for t, bad in itertools.product(range(gate, len(a)), (np.nan, np.inf, -np.inf)):
                changed = a.copy()
                changed[t, -1, -1] = bad
                instead = changed if name == "x" else getattr(q, name)._replace(**{part: changed})
                with pytest.raises(ValueError, match=re.escape(f"{label} must be finite; got NaN or infinity in 1 of ")):
                    fused.bptt(cell, q.p, **{"x": q.x, "trace": q.trace, "d": q.d, name: instead})


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_gradient_that_overflows_is_no_bad_input():
    q = problem(cells.rnn)
    huge = q.d._replace(s=np.full_like(q.d.s, 1e308))
    want, got = (module.bptt(cells.rnn, q.p, q.x, q.trace, huge).params for module in (sys.modules["unrolled"], fused))
    assert not all(np.isfinite(a).all() for a in want)
    assert all(np.array_equal(np.isfinite(a), np.isfinite(b)) for a, b in zip(want, got, strict=True))


def test_numbers_whose_sum_overflows_are_finite():
    large = np.full((2, 3), 1e308)
    assert array("x", large, (2, 3)) is large
    with pytest.raises(ValueError, match="x must be finite; got NaN or infinity in 2 of 6 entries"):
        array("x", np.array([[1.0, np.inf, 2.0], [3.0, -np.inf, 4.0]]), (2, 3))


def test_those_that_are_served_are_cells():
    assert all(any(cell is other for other in CELLS.values()) for cell in fused.CELLS)
