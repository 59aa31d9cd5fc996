"""Norms of products of Jacobians against 50 digits, and the closed forms beside them."""

import re

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import CELLS, problem
from unrolled import cells, init, jacobians, product_norms, unroll
from unrolled.measure import (
    SLOPE,
    direct_path,
    lyapunov_spectrum,
    norm_bound,
    norms,
    saturated,
    singular_values,
    spectral_radius,
)
from unrolled.measure.norms import products, squared_norms

few = settings(max_examples=12, derandomize=True, deadline=None, database=None)


def oracle(J, fixed="start", at=None):
    """log10 of the norms after the numbers of factors in `at`, in 50 digits."""
    at = {len(J)} if at is None else set(at)
    with mpmath.workdps(50):
        exact = np.vectorize(mpmath.mpf, otypes=[object])(J)
        product, norms = exact[0] * 0 + np.eye(J.shape[1], dtype=int), []
        for k, factor in enumerate(exact if fixed == "start" else exact[::-1], start=1):
            product = factor @ product if fixed == "start" else product @ factor
            if k in at:
                largest = max(mpmath.eigsy(mpmath.matrix((product @ product.T).tolist()), eigvals_only=True))
                norms.append(float(mpmath.log10(largest) / 2) if largest > 0 else -np.inf)
    return np.array(norms)


def check(J, at=None):
    at = sorted({1, min(2, len(J)), (len(J) + 1) // 2, len(J)}) if at is None else at
    for fixed in ("start", "end"):
        got = product_norms(J, fixed)
        assert got.shape == (len(J),)
        np.testing.assert_allclose(got[np.array(at) - 1], oracle(J, fixed, at), rtol=0, atol=1e-10)


# ---- against 50 digits ----


@pytest.mark.parametrize("scale", [1.0, 1e-13, 1e13, 1e-300, 1e300])
def test_random_factors_of_every_scale(rng, scale):
    check(scale * rng.normal(size=(310, 3, 3)))


@pytest.mark.parametrize("power", [-4000, 4000])
def test_right_at_1e_4000(rng, power):
    J = 10.0 ** (power / 400) * np.stack([np.linalg.qr(rng.normal(size=(3, 3)))[0] for _ in range(400)])
    check(J)
    np.testing.assert_allclose(product_norms(J)[-1], power, rtol=0, atol=1e-9)


def test_factors_whose_rows_and_columns_differ_by_hundreds_of_orders(rng):
    size = 10.0 ** rng.uniform(-140, 140, (200, 3, 1))
    J = size * rng.normal(size=(200, 3, 3)) * 10.0 ** rng.uniform(-140, 140, (200, 1, 3))
    check(J)


def test_entries_below_the_normal_numbers(rng):
    check(np.full((30, 2, 2), 5e-324))
    check(rng.integers(1, 9, (60, 2, 2)) * 5e-324)


def test_non_normal_factors_grow_before_they_decay():
    """[[.9, 5], [0, .9]]ⁿ has the norm 5 n .9ⁿ⁻¹, nearly: a hump, and then the eigenvalue's decay."""
    J = np.broadcast_to([[0.9, 5.0], [0.0, 0.9]], (400, 2, 2))
    check(J, at=[1, 9, 10, 100, 400])
    assert 1 + np.argmax(product_norms(J)) in (9, 10)


def test_decoupled_units_that_part_for_ever():
    """A direction that has shrunk by 1e-600 against another is still there when the other one is switched off."""
    J = np.broadcast_to(np.diag([10.0, 0.1, 1e-3]), (310, 3, 3)).copy()
    J[-2, 0, 0] = 0
    J[-1, 1, 1] = 0
    check(J, at=[308, 309, 310])
    np.testing.assert_allclose(product_norms(J)[-3:], [308, -309, -930], rtol=0, atol=1e-9)


def test_decoupled_blocks_that_are_swapped(rng):
    J = np.zeros((300, 4, 4))
    J[:, :2, :2], J[:, 2:, 2:] = 1e3 * rng.normal(size=(300, 2, 2)), 1e-3 * rng.normal(size=(300, 2, 2))
    J[150] = J[150][[2, 3, 0, 1]]
    J[-1, :2] = 0
    check(J, at=[150, 151, 299, 300])


def test_nilpotent_factors_end_in_nothing():
    J = np.broadcast_to(np.eye(4, k=1), (6, 4, 4))
    for fixed in ("start", "end"):
        assert product_norms(J, fixed).tolist() == [0, 0, 0, -np.inf, -np.inf, -np.inf]


@pytest.mark.parametrize("at", [0, 3, 9])
def test_a_zero_factor_ends_all(rng, at):
    J = rng.normal(size=(10, 3, 3))
    J[at] = 0
    assert np.isneginf(product_norms(J)).tolist() == [t >= at for t in range(10)]
    assert np.isneginf(product_norms(J, "end")).tolist() == [k >= 9 - at for k in range(10)]


def test_singular_factors(rng):
    u, v = rng.normal(size=(2, 200, 4))
    check(u[:, :, None] * v[:, None, :])


def test_one_unit_and_one_step(rng):
    J = rng.normal(size=(500, 1, 1))
    np.testing.assert_allclose(product_norms(J), np.cumsum(np.log10(np.abs(J[:, 0, 0]))), rtol=0, atol=1e-10)
    check(rng.normal(size=(1, 5, 5)))


@pytest.mark.parametrize(
    ("name", "gain"), [("rnn", 0.5), ("rnn", 3.0), ("lstm", 1.0), ("gru", 1.0), ("rnn_relu", 1.5), ("coupled", 4.0)]
)
def test_long_products_of_real_jacobians(rng, name, gain):
    p = init(CELLS[name], 3, 2, rng, gain=gain)
    x = rng.normal(size=(300, 2, 1))
    check(jacobians(CELLS[name], p, x, unroll(CELLS[name], p, x)))


def test_a_whole_curve_against_plain_svd(rng):
    J = 0.3 * rng.normal(size=(60, 8, 8))
    product, want = np.eye(8), []
    for factor in J:
        product = factor @ product
        want.append(np.log10(np.linalg.norm(product, 2)))
    np.testing.assert_allclose(product_norms(J), want, rtol=0, atol=1e-12)
    back = [np.log10(np.linalg.norm(np.linalg.multi_dot([np.eye(8), *J[: -k - 1 : -1]]), 2)) for k in range(1, 61)]
    np.testing.assert_allclose(product_norms(J, "end"), back, rtol=0, atol=1e-12)


def test_float32_jacobians_are_measured_in_float64(rng):
    J = rng.normal(size=(100, 3, 3)).astype(np.float32)
    np.testing.assert_allclose(product_norms(J), product_norms(J.astype(float)), rtol=0, atol=0)


# ---- the two ways through a block, the two ways to an eigenvalue ----


def form(rng, spread):
    """Rows and exponents: a product whose rows differ by up to 2**spread."""
    rows = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    return rows, np.linspace(0, spread, 5).astype(int)


@pytest.mark.parametrize("scale", [1e-5, 1.0, 1e5])
@pytest.mark.parametrize("spread", [0, 400])
def test_plain_products_and_those_with_a_power_of_two_a_row_are_the_same(rng, monkeypatch, scale, spread):
    J, start = scale * rng.normal(size=(20, 5, 5)), form(rng, spread)
    plain = products(J, *start)
    monkeypatch.setattr(norms, "SAFE", -1)
    careful = products(J, *start)
    for (P, tops, rows, exponents), which in ((plain, -1), (careful, -1)):
        np.testing.assert_array_equal(np.ldexp(P[which], tops[which] - tops[-1]), np.ldexp(rows, (exponents - tops[-1])[:, None]))
        assert 0.25 <= np.abs(P).max() <= 1
    np.testing.assert_allclose(np.ldexp(plain[0], (plain[1] - careful[1])[:, None, None]), careful[0], rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    "spoil",
    [
        {"factor": 1e-200 * np.eye(5)},  # rows that become too short,
        {"factor": 1e200 * np.eye(5)},  # too long,
        {"factor": np.diag([1, 1, 1, 1, 1e-200])},  # one alone too short,
        {"factor": np.diag([1.0, 1, 1, 1, 0])},  # zero,
        {"spread": 1200},  # too short from the start, though the first factor mixes all
    ],
)
def test_plain_products_are_left_where_they_may_lose_something(rng, monkeypatch, spoil):
    calls = []
    monkeypatch.setattr(norms, "times", lambda *given, times=norms.times: calls.append(1) or times(*given))
    J = rng.normal(size=(6, 5, 5))
    products(J, *form(rng, 0))
    assert not calls
    J[3:] = spoil.get("factor", J[3:])
    products(J, *form(rng, spoil.get("spread", 0)))
    assert len(calls) == 6


def with_values(rng, σ):
    """Matrices (len(σ), N, N) with the singular values σ (..., N), of which the largest is 1 in each."""
    u, v = np.linalg.qr(rng.normal(size=(2, *σ.shape, σ.shape[-1])))[0]
    return u * (σ / σ.max(axis=-1, keepdims=True))[..., None, :] @ v


FAMILIES = {
    "random": lambda rng: with_values(rng, rng.uniform(size=(20, 12))),
    "clustered": lambda rng: with_values(rng, 1 - rng.uniform(size=(20, 12)) * np.logspace(-16, -1, 20)[:, None]),
    "one ahead of many": lambda rng: with_values(rng, np.where(np.arange(40) == 0, np.linspace(1, 3, 20)[:, None], 1.0)),
    "orthogonal": lambda rng: with_values(rng, np.ones((3, 12))),
    "rank one": lambda rng: with_values(rng, np.ones((5, 1)) * (np.arange(12) == 3)),
    "fast decay": lambda rng: with_values(rng, np.ones((5, 1)) * 10.0 ** -(2 * np.arange(12))),
    "diagonal": lambda rng: np.eye(6) * rng.uniform(0.1, 1, size=(20, 1, 6)),
    "zero": lambda rng: np.zeros((3, 4, 4)),
    "zero beside others": lambda rng: with_values(rng, rng.uniform(size=(6, 5))) * (np.arange(6) % 2)[:, None, None],
    "of one unit": lambda rng: rng.uniform(0.1, 1, size=(4, 1, 1)),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_squared_norms_against_the_svd(rng, family):
    P = FAMILIES[family](rng)
    np.testing.assert_allclose(squared_norms(P), np.linalg.norm(P, 2, axis=(1, 2)) ** 2, rtol=1e-12, atol=0)


def test_power_iteration_that_never_sees_the_largest_proves_nothing():
    """The longest column belongs to a singular value of its own, 1; the ones of the other block have √2.4 between them."""
    P = np.full((1, 9, 9), np.sqrt(0.3 / 8))
    P[0, 0] = P[0, :, 0] = np.eye(9)[0]
    assert squared_norms(P) == pytest.approx([2.4], rel=1e-14)


def test_most_norms_of_a_chain_are_proved_without_lapack(rng, monkeypatch):
    """The proof pays: a test of speed that no load can disturb."""
    seen = []
    monkeypatch.setattr(np.linalg, "eigvalsh", lambda G, eigvalsh=np.linalg.eigvalsh: seen.append(len(G)) or eigvalsh(G))
    p, x = init(cells.lstm, 12, 12, rng), rng.normal(size=(200, 12, 1))
    product_norms(jacobians(cells.lstm, p, x, unroll(cells.lstm, p, x)))
    assert sum(seen) < 4


# ---- closed forms ----


@pytest.mark.parametrize(("name", "activation"), [("rnn", "tanh"), ("rnn_sigmoid", "sigmoid"), ("rnn_relu", "relu")])
@few
@given(seed=st.integers(0, 2**16), size=st.sampled_from([0.1, 0.8, 3.0]))
def test_no_product_exceeds_its_bound(name, activation, seed, size):
    q = problem(CELLS[name], seed, T=20, B=1, size=size)
    norms = product_norms(jacobians(CELLS[name], q.p, q.x, q.trace))
    assert np.all(norms <= norm_bound(q.p.W, 20, SLOPE[activation]) + 1e-12)


def test_the_bound_is_met_where_all_slopes_are_the_largest(rng):
    p = init(cells.rnn, 3, 2, rng, gain=0.7)
    x = np.zeros((30, 2, 1))
    np.testing.assert_allclose(
        product_norms(jacobians(cells.rnn, p, x, unroll(cells.rnn, p, x))), norm_bound(p.W, 30), rtol=0, atol=1e-12
    )
    assert norm_bound(np.zeros((2, 2)), 3).tolist() == 3 * [-np.inf]


def test_the_direct_path_is_the_full_product_without_the_paths_through_h(rng):
    q = problem(cells.lstm, T=30, B=1)
    q.p = cells.lstm.Params(*(0 * a if name[0] == "W" else a for name, a in q.p._asdict().items()))
    trace = unroll(cells.lstm, q.p, q.x, q.start)
    J = jacobians(cells.lstm, q.p, q.x, trace)
    for fixed in ("start", "end"):
        np.testing.assert_allclose(direct_path(trace.f[1:], fixed), product_norms(J[:, :3, :3], fixed), rtol=0, atol=1e-12)


def test_the_direct_path_reaches_1e_4000_and_zero():
    assert direct_path(np.full((4000, 2, 1), 0.1))[-1] == pytest.approx(-4000, abs=1e-9)
    keep = np.array([[0.5, 0.0], [0.0, 1.0]])[:, :, None]
    assert direct_path(keep).tolist() == [np.log10(0.5), -np.inf]


def test_spectral_radius_is_the_growth_in_the_long_run():
    assert spectral_radius(np.array([[0.9, 5.0], [0.0, -0.9]])) == pytest.approx(0.9, rel=1e-12)
    assert spectral_radius(np.array([[0.0, -2.0], [2.0, 0.0]])) == pytest.approx(2, rel=1e-12)
    W = np.random.default_rng(0).normal(size=(5, 5))
    growth = np.diff(product_norms(np.broadcast_to(W, (3000, 5, 5)))[[999, 2999]])[0] / 2000
    assert growth == pytest.approx(np.log10(spectral_radius(W)), abs=1e-3)


def test_saturated_is_a_share():
    assert saturated(np.array([0.01, 0.04, 0.05, 1.0])) == 0.5
    assert saturated(np.array([[0.2, 0.3]]), below=0.25) == 0.5


# ---- bad input ----

J = np.ones((4, 2, 2))
W = np.eye(2)
KEEP = np.full((4, 2, 1), 0.5)
BAD = [
    (product_norms, {"J": J.tolist()}, TypeError, "J must be a numpy array of float64 or float32; got list"),
    (product_norms, {"J": J.astype(int)}, TypeError, "J must be a numpy array of float64 or float32; got an array of int64"),
    (product_norms, {"J": J[0]}, ValueError, "J must have the shape (any, any, any), every size at least 1; got (2, 2)"),
    (product_norms, {"J": J[:0]}, ValueError, "every size at least 1; got (0, 2, 2)"),
    (product_norms, {"J": J[:, :1]}, ValueError, "J must be real and of the shape (T, N, N); got float64 and (4, 1, 2)"),
    (product_norms, {"J": J + 0j}, ValueError, "J must be real and of the shape (T, N, N); got complex128 and (4, 2, 2)"),
    (product_norms, {"J": J * np.nan}, ValueError, "J must be finite; got NaN or infinity in 16 of 16 entries"),
    (product_norms, {"J": J, "fixed": "middle"}, ValueError, "fixed must be one of 'start', 'end'; got 'middle'"),
    (product_norms, {"J": J, "fixed": 1}, ValueError, "fixed must be one of 'start', 'end'; got 1"),
    (product_norms, {"J": J, "fixed": J}, ValueError, "fixed must be one of 'start', 'end'; got array"),
    (lyapunov_spectrum, {"J": J.tolist()}, TypeError, "J must be a numpy array of float64 or float32; got list"),
    (lyapunov_spectrum, {"J": J.astype(int)}, TypeError, "J must be a numpy array of float64 or float32; got an array of int64"),
    (lyapunov_spectrum, {"J": J[0]}, ValueError, "J must have the shape (any, any, any), every size at least 1; got (2, 2)"),
    (lyapunov_spectrum, {"J": J[:0]}, ValueError, "every size at least 1; got (0, 2, 2)"),
    (lyapunov_spectrum, {"J": J[:, :1]}, ValueError, "J must be real and of the shape (T, N, N); got float64 and (4, 1, 2)"),
    (lyapunov_spectrum, {"J": J * np.inf}, ValueError, "J must be finite; got NaN or infinity in 16 of 16 entries"),
    (singular_values, {"J": 1.0}, TypeError, "J must be a numpy array of float64 or float32; got float"),
    (singular_values, {"J": J[:, :, :0]}, ValueError, "every size at least 1; got (4, 2, 0)"),
    (singular_values, {"J": J + 0j}, ValueError, "J must be real and of the shape (T, N, N); got complex128 and (4, 2, 2)"),
    (singular_values, {"J": J * np.nan}, ValueError, "J must be finite; got NaN or infinity in 16 of 16 entries"),
    (singular_values, {"J": J, "fixed": "middle"}, ValueError, "fixed must be one of 'start', 'end'; got 'middle'"),
    (singular_values, {"J": J, "at": 3}, TypeError, "at must be a list of whole numbers from 1 to 4; got 3"),
    (singular_values, {"J": J, "at": "3"}, TypeError, "at must be a list of whole numbers from 1 to 4; got '3'"),
    (
        singular_values,
        {"J": J, "at": np.ones((1, 1), int)},
        TypeError,
        "at must be a list of whole numbers from 1 to 4; got array",
    ),
    (singular_values, {"J": J, "at": [1, 2.5]}, TypeError, "each of at must be a whole number; got 2.5"),
    (singular_values, {"J": J, "at": np.array([1.0])}, TypeError, "each of at must be a whole number; got 1.0"),
    (singular_values, {"J": J, "at": [True]}, TypeError, "each of at must be a whole number; got True"),
    (singular_values, {"J": J, "at": [0, 1]}, ValueError, "each of at must be at least 1; got 0"),
    (
        singular_values,
        {"J": J, "at": [1, 5]},
        ValueError,
        "at must be whole numbers from 1 to 4, at least one and none of them twice; got [1, 5]",
    ),
    (singular_values, {"J": J, "at": [2, 2]}, ValueError, "at least one and none of them twice; got [2, 2]"),
    (singular_values, {"J": J, "at": []}, ValueError, "at least one and none of them twice; got []"),
    (norm_bound, {"W": W.tolist(), "T": 3}, TypeError, "W must be a numpy array"),
    (norm_bound, {"W": np.ones((2, 3)), "T": 3}, ValueError, "W must be real and of the shape (N, N); got float64 and (2, 3)"),
    (norm_bound, {"W": W + np.inf, "T": 3}, ValueError, "W must be finite"),
    (norm_bound, {"W": W, "T": 0}, ValueError, "T must be at least 1; got 0"),
    (norm_bound, {"W": W, "T": 3.0}, TypeError, "T must be a whole number; got 3.0"),
    (norm_bound, {"W": W, "T": 3, "slope": 0}, ValueError, "slope must be finite and above 0; got 0"),
    (norm_bound, {"W": W, "T": 3, "slope": "tanh"}, TypeError, "slope must be a number; got 'tanh'"),
    (
        direct_path,
        {"keep": KEEP[:, :, 0]},
        ValueError,
        "keep must have the shape (any, any, 1), every size at least 1; got (4, 2)",
    ),
    (direct_path, {"keep": KEEP[:0]}, ValueError, "every size at least 1; got (0, 2, 1)"),
    (direct_path, {"keep": None}, TypeError, "keep must be a numpy array of float64 or float32; got NoneType"),
    (direct_path, {"keep": KEEP * np.nan}, ValueError, "keep must be finite"),
    (direct_path, {"keep": KEEP, "fixed": "both"}, ValueError, "fixed must be one of 'start', 'end'; got 'both'"),
    (spectral_radius, {"W": np.ones((2, 3))}, ValueError, "W must be real and of the shape (N, N); got float64 and (2, 3)"),
    (spectral_radius, {"W": [[1.0]]}, TypeError, "W must be a numpy array of float64 or float32; got list"),
    (spectral_radius, {"W": W * np.nan}, ValueError, "W must be finite"),
    (saturated, {"slopes": 0.5}, TypeError, "slopes must be a numpy array; got float"),
    (
        saturated,
        {"slopes": np.ones(3, int)},
        TypeError,
        "slopes must be a numpy array of float64 or float32",
    ),
    (
        saturated,
        {"slopes": np.ones((3, 0))},
        ValueError,
        "slopes must have the shape (any, any), every size at least 1",
    ),
    (saturated, {"slopes": np.array([np.nan])}, ValueError, "slopes must be finite"),
    (saturated, {"slopes": W, "below": 0}, ValueError, "below must be finite and above 0; got 0"),
]


@pytest.mark.parametrize(("f", "given", "kind", "words"), BAD, ids=[f"{row[0].__name__}-{[*row[1]][-1]}" for row in BAD])
@pytest.mark.filterwarnings("ignore:invalid value")
def test_bad_input(f, given, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        f(**given)
