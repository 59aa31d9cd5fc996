"""Lyapunov exponents against as many digits as they need, against closed forms, and in the long run."""

import numpy as np
import pytest
from chains import CHAINS, graded, real
from digits import exact_exponents
from unrolled import lyapunov_spectrum, product_norms, singular_values
from unrolled.measure import graded as steps
from unrolled.measure.elimination import eliminate


@pytest.mark.parametrize("name", CHAINS)
def test_the_whole_spectrum_is_right(rng, name):
    J = CHAINS[name](rng)
    got = lyapunov_spectrum(J)
    assert got.shape == (J.shape[1],)
    assert np.all(np.diff(got[np.isfinite(got)]) <= 0)
    np.testing.assert_allclose(got, exact_exponents(J), rtol=0, atol=1e-8)


@pytest.mark.parametrize("name", [name for name in CHAINS if "zero" not in name and "nil" not in name])
def test_their_sum_is_the_mean_of_the_determinants(rng, name):
    J = CHAINS[name](rng)
    want = np.mean(np.linalg.slogdet(J)[1])
    if np.isfinite(want):  # LAPACK finds a determinant that is 0 only where a row of zeros shows it
        np.testing.assert_allclose(lyapunov_spectrum(J).sum(), want, rtol=1e-12, atol=1e-10)
    else:
        assert np.isneginf(lyapunov_spectrum(J)[-1])


def test_sixteen_exponents_of_a_product_of_condition_1e_300(rng):
    J = rng.normal(size=(400, 16, 16))
    got = lyapunov_spectrum(J)
    assert (got[0] - got[-1]) * 400 > 300 * np.log(10)
    np.testing.assert_allclose(got, exact_exponents(J, digits=450), rtol=0, atol=1e-8)
    np.testing.assert_allclose(got.sum(), np.mean(np.linalg.slogdet(J)[1]), rtol=0, atol=1e-10)


def test_in_the_long_run_the_largest_is_the_slope_of_the_norms(rng):
    """A norm is e^(λT) times a factor that stays about the same: over 50 times as many steps it weighs a fiftieth."""
    J = real("rnn", rng, T=2000, n=8, gain=2, inputs=0.5)
    norms = product_norms(J) * np.log(10)
    λ = lyapunov_spectrum(J)[0]
    assert norms[-1] / 2000 == pytest.approx(λ, abs=1e-3)
    assert abs(norms[-1] / 2000 - λ) < abs(norms[39] / 40 - lyapunov_spectrum(J[:40])[0]) / 20


def test_in_the_long_run_all_are_the_rates_of_the_singular_values(rng):
    J = rng.normal(size=(600, 6, 6))
    rates = singular_values(J, at=[600])[0] * np.log(10) / 600
    np.testing.assert_allclose(lyapunov_spectrum(J), rates, rtol=0, atol=5e-3)


def test_gaussian_matrices_have_the_exponents_of_the_theory(rng):
    """For independent Gaussian factors λ_k = (ln 2 + ψ((N - k + 1) / 2)) / 2 (Newman 1986); ψ(1) = -γ, ψ(1/2) = -γ - 2 ln 2."""
    J = rng.normal(size=(2000, 2, 2))
    theory = (np.log(2) - np.euler_gamma) / 2, (np.log(2) - np.euler_gamma - 2 * np.log(2)) / 2
    error = np.sqrt(np.array([np.pi**2 / 6, np.pi**2 / 2]) / 4 / len(J))  # the standard deviation of the mean of log χ
    assert np.all(np.abs(lyapunov_spectrum(J) - theory) < 4 * error)


@pytest.mark.parametrize("diagonal", [[2, 0.9, 0.5], [0.5, 0.9, 2], [0.9, 0.5, 2]])
def test_a_triangle_has_the_exponents_of_its_diagonal_whatever_their_order(diagonal):
    """A first direction that is slow must not be filled with rounding errors: they would grow like the last."""
    A = np.array([[0, 5.0, 1.0], [0, 0, -3.0], [0, 0, 0]]) + np.diag(diagonal)
    got = lyapunov_spectrum(np.broadcast_to(A, (300, 3, 3)))
    np.testing.assert_allclose(got, np.log([2, 0.9, 0.5]), rtol=0, atol=1e-12)


def test_one_matrix_again_and_again_has_those_of_its_eigenvalues(rng):
    P = rng.normal(size=(4, 4))
    A = P @ np.diag([-2, 0.9, 0.5, 0.1]) @ np.linalg.inv(P)
    np.testing.assert_allclose(lyapunov_spectrum(np.broadcast_to(A, (800, 4, 4))), np.log([2, 0.9, 0.5, 0.1]), rtol=0, atol=5e-3)


def test_orthogonal_matrices_have_none(rng):
    J = np.linalg.qr(rng.normal(size=(200, 8, 8)))[0]
    np.testing.assert_allclose(lyapunov_spectrum(J), 0, atol=1e-14)


def test_directions_that_come_to_nothing():
    J = np.broadcast_to(np.diag([0.5, 0.0, 2.0]), (7, 3, 3))
    np.testing.assert_allclose(lyapunov_spectrum(J), [np.log(2), -np.log(2), -np.inf], atol=1e-14)
    assert lyapunov_spectrum(np.zeros((3, 2, 2))).tolist() == 2 * [-np.inf]


def test_below_the_rounding_of_the_factors_nothing_is_said(rng):
    u, v = rng.normal(size=(2, 20, 4))
    assert np.isnan(lyapunov_spectrum(u[:, :, None] * v[:, None, :])).tolist() == [False, True, True, True]


def test_float32_is_measured_in_float64(rng):
    J = rng.normal(size=(100, 3, 3)).astype(np.float32)
    np.testing.assert_array_equal(lyapunov_spectrum(J), lyapunov_spectrum(J.astype(float)))


def test_most_factors_need_nothing_but_qr(rng, monkeypatch):
    calls = []
    monkeypatch.setattr(steps, "eliminate", lambda *given: calls.append(1) or eliminate(*given))
    lyapunov_spectrum(rng.normal(size=(50, 16, 16)))
    assert not calls
    lyapunov_spectrum(graded(rng, T=5, rows=9))
    assert calls
