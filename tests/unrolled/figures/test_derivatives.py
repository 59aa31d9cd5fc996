"""Measured derivatives against those known in closed form, and the pictures that show them."""

import numpy as np
import pytest
from unrolled.figures import bptt as figures
from unrolled.figures.bptt.derivatives import central_difference

H = 10.0 ** -np.arange(1, 14)


def test_complex_step_is_exact_for_arrays_of_any_shape(rng):
    A = rng.normal(size=(2, 3, 4))
    slopes = figures.complex_step(lambda a: np.sum(np.tanh(a) ** 3), A)
    assert figures.relative_error(slopes, 3 * np.tanh(A) ** 2 * (1 - np.tanh(A) ** 2)) < 1e-15
    assert A.dtype == float


def test_central_differences_are_of_second_order_until_rounding(rng):
    w = rng.normal(size=5)
    errors, complex_steps = figures.step_errors(lambda a: np.sum(np.exp(a)), w, np.exp(w), H)
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.05)
    assert errors[-1] > 1e3 * errors.min()
    assert complex_steps[-1] < 1e-15
    np.testing.assert_allclose(central_difference(lambda a: np.sum(a**2), w, 1e-3), 2 * w, rtol=1e-9)


@pytest.mark.parametrize("y", [[0, 1, 0], [0.2, 0.3, 0.5], [1, 1, 0], [0, 0, 0]])
def test_softmax_slopes_follow_the_formula_for_any_target(rng, y):
    z, y = rng.normal(size=3), np.array(y, float)
    p = np.exp(z) / np.exp(z).sum()
    np.testing.assert_allclose(figures.softmax_slopes(z, y), y.sum() * p - y, atol=1e-15)


def test_softmax_explorer_shows_what_was_measured_and_both_formulas():
    z = np.array([0.2, 1.0, -0.6])
    fig, update = figures.softmax_explorer(z)
    update(y="0 1 1", scale=2)
    left, right = fig.axes
    heights = [[bar.get_height() for bar in bars] for bars in (*left.containers, *right.containers)]
    y, p = np.array([0.0, 1, 1]), np.exp(2 * z) / np.exp(2 * z).sum()
    np.testing.assert_allclose(heights, [p, y, 2 * p - y], atol=1e-14)
    np.testing.assert_allclose([line.get_ydata() for line in right.lines[:2]], [p - y, 2 * p - y], atol=1e-14)


def test_step_picture_draws_what_is_below_rounding_at_rounding():
    fig = figures.step_picture(H, np.geomspace(1, 1e-9, len(H)), np.zeros(len(H)))
    differences, complex_steps = fig.axes[0].lines
    np.testing.assert_array_equal(differences.get_ydata(), np.geomspace(1, 1e-9, len(H)))
    np.testing.assert_array_equal(complex_steps.get_ydata(), np.finfo(float).eps / 2)
