"""All singular values of products, against as many digits as they need; and the steps that lead to them."""

import numpy as np
import pytest
from chains import CHAINS, apart, graded, real
from digits import exact_singular_values
from unrolled import product_norms, singular_values
from unrolled.measure import determined, jacobi
from unrolled.measure import graded as steps
from unrolled.measure.elimination import eliminate, orthogonal
from unrolled.measure.jacobi import graded_singular_values, tournament
from unrolled.measure.powers import equilibrated, scaled

KNOWN = {"tanh, saturated": 0.9, "peephole, saturated": 0.9}  # the share of the values that is; of all other chains all are


def lengths(J):
    return sorted({1, min(2, len(J)), (len(J) + 1) // 2, len(J)})


# ---- against the oracle ----


@pytest.mark.parametrize("fixed", ["start", "end"])
@pytest.mark.parametrize("name", CHAINS)
def test_every_singular_value_is_right_or_unknown(rng, name, fixed):
    J = CHAINS[name](rng)
    got, want = singular_values(J, fixed, lengths(J)), exact_singular_values(J, fixed, lengths(J))
    known = ~np.isnan(got)
    assert np.mean(known) >= KNOWN.get(name, 1)
    np.testing.assert_allclose(got[known], want[known], rtol=0, atol=1e-8)
    assert np.all(known[:, 0])
    np.testing.assert_allclose(got[:, 0], product_norms(J, fixed)[np.array(lengths(J)) - 1], rtol=0, atol=1e-9)


def test_sixteen_directions_over_four_hundred_steps(rng):
    """A product of condition 10^350: a plain one would keep the first 16 of these digits."""
    J = rng.normal(size=(400, 16, 16))
    got, want = singular_values(J, at=[400]), exact_singular_values(J, at=[400], digits=450)
    assert want[0, 0] - want[0, -1] > 300
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-8)


def test_right_from_1e_4000_to_1e_plus_4000(rng):
    """A chain and its inverse, so to speak: diagonal factors that are turned once, at the start, and once at the end."""
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    J = np.broadcast_to(np.diag([1e20, 1.0, 1e-20]), (200, 3, 3)).copy()
    J[0], J[-1] = J[0] @ turn, turn @ J[-1]
    for fixed in ("start", "end"):
        np.testing.assert_allclose(singular_values(J, fixed, [200])[0], [4000, 0, -4000], rtol=0, atol=1e-8)


def test_the_logarithms_add_up_to_those_of_the_determinants(rng):
    J = graded(rng, T=100, N=8, rows=9)
    want = np.cumsum(np.linalg.slogdet(J)[1]) / np.log(10)
    np.testing.assert_allclose(singular_values(J).sum(axis=1), want, rtol=0, atol=1e-7)


# ---- what is not known ----


def test_below_the_rounding_of_a_factor_nothing_is_said(rng):
    """u vᵀ in float64 has a second singular value, 1e-17 of the first, that is rounding and nothing else."""
    u, v = rng.normal(size=(2, 20, 4))
    got = singular_values(u[:, :, None] * v[:, None, :])
    np.testing.assert_allclose(got[:, 0], product_norms(u[:, :, None] * v[:, None, :]), rtol=0, atol=1e-9)
    assert np.isnan(got[:, 1:]).all()


def test_a_zero_that_is_a_difference_is_not_called_zero():
    got = singular_values(np.ones((3, 3, 3)))
    np.testing.assert_allclose(got[:, 0], np.arange(1, 4) * np.log10(3), rtol=0, atol=1e-12)
    assert np.isnan(got[:, 1:]).all()


def test_a_chain_that_undoes_itself_is_not_known_in_the_end(rng):
    there = 10.0 ** np.array([0.0, -3, -6, -9])[:, None] * rng.normal(size=(6, 4, 4))
    J = np.concatenate([there, np.linalg.inv(there[::-1])])
    got, want = singular_values(J, at=[1, 3, 6, 12]), exact_singular_values(J, at=[1, 3, 6, 12])
    assert not np.isnan(got[:3]).any()
    assert np.isnan(got[3]).any()
    known = ~np.isnan(got)
    np.testing.assert_allclose(got[known], want[known], rtol=0, atol=1e-8)


def test_nothing_is_known_of_numbers_with_a_single_digit():
    assert np.isnan(singular_values(np.full((5, 2, 2), 5e-324))).all()


def test_what_moves_is_unknown_and_what_does_not_is_known():
    J = np.ones((2, 3, 3))

    def measure(J, near):
        moved = np.abs(near(np.ones(8)) - 1).max() > 0
        return np.array([J[0, 0, 0] > 0.9, -np.inf, -np.inf if moved else 0, np.nan, 1e-8 * moved, 1e-10 * moved]) + 0.0

    got = determined.determined(measure, J, lambda c: np.array([-1.0, 0, 0, 0, 0, 0]) if c < 1 else None)
    assert np.isnan(got).tolist() == [False, False, True, True, True, False]


# ---- the arguments ----


def test_at_chooses_rows(rng):
    J = real("gru", rng, T=30)
    whole = singular_values(J)
    assert whole.shape == (30, 4)
    assert np.all(np.diff(whole, axis=1) <= 0)
    for at in ([30, 1, 7], (30, 1, 7), np.array([30, 1, 7])):
        np.testing.assert_array_equal(singular_values(J, at=at), whole[[29, 0, 6]])
    np.testing.assert_array_equal(singular_values(J, "end", range(2, 4)), singular_values(J, "end")[1:3])


def test_fixed_at_the_end_the_products_grow_at_the_start(rng):
    J = rng.normal(size=(3, 4, 4))
    want = [np.log10(np.linalg.svd(P, compute_uv=False)) for P in (J[2], J[2] @ J[1], J[2] @ J[1] @ J[0])]
    np.testing.assert_allclose(singular_values(J, "end"), want, rtol=0, atol=1e-12)


def test_float32_is_measured_in_float64(rng):
    J = rng.normal(size=(20, 3, 3)).astype(np.float32)
    np.testing.assert_array_equal(singular_values(J), singular_values(J.astype(float)))


def test_the_same_every_time(rng):
    J = CHAINS["rows and columns graded"](rng)
    np.testing.assert_array_equal(singular_values(J), singular_values(J.copy()))


# ---- the steps ----


def test_most_factors_need_nothing_but_qr(rng, monkeypatch):
    """What makes it quick: a test of speed that no load can disturb."""
    calls = []
    monkeypatch.setattr(steps, "eliminate", lambda *given: calls.append(1) or eliminate(*given))
    singular_values(rng.normal(size=(50, 16, 16)), at=[50])
    assert not calls
    singular_values(graded(rng, T=5, rows=9), at=[5])
    assert calls


def test_elimination_multiplies_to_what_it_was_given(rng):
    Z = rng.normal(size=(5, 7))
    a, b = rng.integers(-20, 20, 5), rng.integers(-20, 20, 7)
    L, e, U = eliminate(Z, a, b, np.asarray)
    assert (L.shape, e.shape, U.shape) == ((5, 5), (5,), (5, 7))
    np.testing.assert_allclose(L * 2.0**e @ U, 2.0 ** a[:, None] * Z * 2.0**b, rtol=1e-12)
    assert np.abs(L).max() <= 1
    assert np.all(np.diff(e) <= 2)


@pytest.mark.parametrize(
    ("Z", "rank"),
    [
        (np.zeros((3, 4)), 0),
        (np.diag([2.0, 0, 1]), 2),
        (np.array([[1.0, 2, 3], [4, 0, 0], [5, 0, 0]]), 2),  # no difference is taken: the third row has nothing of its own
        (np.outer([1.0, 2, 3], [1.0, 0, 4]), 1),  # two equal numbers cancel; what is `near` them decides
    ],
)
def test_elimination_finds_the_rank(Z, rank):
    none = np.zeros(max(Z.shape), int)
    L, e, U = eliminate(Z, none[: len(Z)], none[: Z.shape[1]], np.asarray)
    assert len(e) == rank
    np.testing.assert_allclose(L * 2.0**e @ U, Z, atol=1e-15)


def test_cancelled_numbers_come_back_where_their_last_digits_are_unknown():
    Z, none = np.outer([1.0, 2, 3], [1.0, 0, 4]), np.zeros(3, int)
    assert len(eliminate(Z, none, none, lambda A: A * (1 + 2.0**-40))[1]) == 2


def test_orthogonal_columns_keep_the_zeros(rng):
    X = np.zeros((6, 4))
    X[:3, [0, 2]], X[3:, [1, 3]] = rng.normal(size=(3, 2)), 1e-9 * rng.normal(size=(3, 2))
    Q, R = orthogonal(X)
    assert np.array_equal(Q == 0, X == 0)
    np.testing.assert_allclose(Q.T @ Q, np.eye(4), atol=1e-15)
    np.testing.assert_allclose(Q @ R, X, atol=1e-15)
    assert np.array_equal(R, np.triu(R))


def test_a_factor_is_its_even_part_between_powers_of_two(rng):
    J = 10.0 ** rng.integers(-150, 150, (5, 1)) * rng.normal(size=(5, 5)) * 10.0 ** rng.integers(-150, 150, 5)
    J[2], J[:, 3] = 0, 0
    top, a, Z, b = equilibrated(J)
    np.testing.assert_array_equal(scaled(Z, top + a[:, None] + np.where(b < -(2**30), 0, b)), J)
    assert np.abs(Z).max() <= 1
    assert all(np.abs(Z).max(axis=axis)[kept].min() > 1e-3 for axis, kept in ((1, [0, 1, 3, 4]), (0, [0, 1, 2, 4])))
    top, a, Z, b = equilibrated(rng.normal(size=(5, 5)))
    assert not a.any()
    assert not b.any()


@pytest.mark.parametrize("N", [1, 2, 3, 8, 9])
def test_a_tournament_has_every_pair_once(N):
    games = tournament(N)
    pairs = [tuple(pair) for p, q in games for pair in zip(p, q, strict=True)]
    assert sorted(pairs) == [(p, q) for p in range(N) for q in range(p + 1, N)]
    assert all(len({*p, *q}) == 2 * len(p) for p, q in games)


def test_jacobi_against_lapack(rng):
    V, e = rng.normal(size=(9, 7, 7)), rng.integers(-4, 4, (9, 7))
    V[0], V[1] = np.eye(7), np.linalg.qr(V[1])[0]  # nothing to turn
    V[2, 3], V[3] = V[2, 2], 0  # two equal rows; nothing at all
    got = graded_singular_values(V, e)
    want = np.linalg.svd(2.0 ** e[:, :, None] * V, compute_uv=False)
    np.testing.assert_allclose(10.0**got, want, rtol=1e-9, atol=1e-14)


def test_jacobi_says_where_it_came_to_no_end(rng, monkeypatch):
    monkeypatch.setattr(jacobi, "SWEEPS", 1)
    got = graded_singular_values(np.stack([np.eye(5), rng.normal(size=(5, 5))]), np.zeros((2, 5), int))
    assert got[0].tolist() == 5 * [0]
    assert np.isnan(got[1]).all()


def test_blocks_that_change_places_do_not_leak_into_each_other(rng):
    """Were a zero filled with a rounding error once, the fast block would have grown from it by 10^180."""
    J = apart(rng, T=60)
    first, second = slice(0, 2), slice(2, 4)
    places = ((first, second), (second, first))
    blocks = [np.concatenate([J[:30, i, i], J[30:31, j, i], J[31:, j, j]]) for i, j in places]
    alone = np.concatenate([singular_values(block, at=[60])[0] for block in blocks])
    np.testing.assert_allclose(singular_values(J, at=[60])[0], -np.sort(-alone), rtol=0, atol=1e-9)
