import mpmath
import numpy as np
import pytest
from problems import error, gradient
from unrolled import maths

GRID = np.array([-300.0, -40, -19, -8, -1, -1e-9, 0, 1e-9, 0.3, 1, 8, 19, 40, 300])


@pytest.mark.parametrize(
    ("ours", "exact"),
    [
        (maths.σ, lambda a: 1 / (1 + mpmath.exp(-a))),
        (maths.tanh_slope, lambda a: mpmath.sech(a) ** 2),
        (maths.sigmoid_slope, lambda a: 1 / (2 + mpmath.exp(a) + mpmath.exp(-a))),
    ],
    ids=["σ", "tanh_slope", "sigmoid_slope"],
)
def test_against_fifty_digits(ours, exact):
    with mpmath.workdps(50):
        want = np.array([float(exact(mpmath.mpf(a))) for a in GRID])
    if ours is maths.σ:
        np.testing.assert_allclose(ours(GRID), want, rtol=0, atol=2e-16)
    else:
        np.testing.assert_allclose(ours(GRID), want, rtol=1e-13, atol=0)


def test_the_textbook_slope_dies_where_ours_lives():
    assert 1 - np.tanh(20.0) ** 2 == 0 < maths.tanh_slope(20.0) < 1e-16


def test_no_overflow_in_the_tails():
    with np.errstate(all="raise", under="ignore"):
        assert maths.σ(np.array([-1e4, 1e4])).tolist() == [0, 1]
        assert maths.softmax(np.array([[1e4], [-1e4]])).tolist() == [[1], [0]]
        assert maths.tanh_slope(np.array([-1e4, 1e4])).tolist() == [0, 0]


@pytest.mark.parametrize("f", ["σ", "tanh"])
def test_analytic_functions_have_the_slope_that_is_given(f, rng):
    a = rng.normal(size=(3, 2))
    slope = {"σ": maths.sigmoid_slope, "tanh": maths.tanh_slope}[f]
    assert error(gradient(lambda a: np.sum(getattr(maths, f)(a)), a), slope(a)) < 1e-14


def test_relu():
    assert maths.relu(np.array([-1.0, 0.0, 2.0])).tolist() == [0, 0, 2]
    assert maths.relu(np.array([-1 + 5j, 2 - 1j])).tolist() == [0, 2 - 1j]


def test_softplus_has_the_slope_σ_and_does_not_overflow():
    a = np.array([-1e4, -3.0, 0.0, 3.0, 1e4])
    assert np.allclose(maths.softplus(a), [0, np.log1p(np.exp(-3)), np.log(2), np.log1p(np.exp(3)), 1e4], rtol=1e-15)
    assert np.allclose(np.imag(maths.softplus(a + 1e-30j)) / 1e-30, maths.σ(a), rtol=1e-14)


def test_softmax_columns_are_probabilities_and_its_jacobian_is_d_p_minus_p_p(rng):
    z, w = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    p = maths.softmax(z)
    np.testing.assert_allclose(p.sum(axis=0), 1, rtol=1e-15)
    want = p * w - p * np.sum(p * w, axis=0)
    assert error(gradient(lambda z: np.sum(w * maths.softmax(z)), z), want) < 1e-14


def test_affine_pullback(rng):
    da, x_t, h_prev, U, W, b = (rng.normal(size=s) for s in ((4, 3), (2, 3), (4, 3), (4, 2), (4, 4), (4, 1)))
    dU, dW, db = maths.affine_pullback(da, x_t, h_prev)
    assert error(dU, gradient(lambda U: np.sum(da * (U @ x_t + W @ h_prev + b)), U)) < 1e-14
    assert error(dW, gradient(lambda W: np.sum(da * (U @ x_t + W @ h_prev + b)), W)) < 1e-14
    assert error(db, gradient(lambda b: np.sum(da * (U @ x_t + W @ h_prev + b)), b)) < 1e-14


@pytest.mark.parametrize("f", [maths.σ, maths.relu, maths.softplus, maths.tanh_slope, maths.sigmoid_slope])
def test_float32_stays_float32(f):
    assert f(np.ones((2, 2), np.float32)).dtype == np.float32
