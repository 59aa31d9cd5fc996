"""The cobweb against the map itself: where it rests, what attracts, and that the latch rests at the same states."""

import numpy as np
import pytest
from unrolled import cells, unroll
from unrolled.figures.long_term import cobweb
from unrolled.figures.shared import latch

WEIGHTS = [0, 0.5, 1, 1.1, 2, 3]


@pytest.mark.parametrize("w", WEIGHTS)
@pytest.mark.parametrize("s_0", [-1, -0.3, 0, 0.1, 0.9])
def test_the_states_are_those_of_the_cell_without_input(w, s_0):
    p, start = latch.latch(w), cells.rnn.State(np.array([[float(s_0)]]))
    trace = unroll(cells.rnn, p, np.zeros((12, 1)), start)
    np.testing.assert_allclose(cobweb.states(w, s_0, T=12), trace.s[:, 0, 0], atol=1e-15)


@pytest.mark.parametrize("w", WEIGHTS)
def test_fixed_points_are_fixed_and_their_slopes_say_whether_they_attract(w):
    stable, unstable = cobweb.fixed_points(w)
    for s in (*stable, *unstable):
        assert s == pytest.approx(np.tanh(w * s), abs=1e-12)
    assert all(w * (1 - s**2) <= 1 for s in stable)
    assert all(w * (1 - s**2) > 1 for s in unstable)
    x = np.linspace(-0.9999, 0.9999, 20_000)  # zero is not among them
    crossings = np.count_nonzero(np.diff(np.sign(np.tanh(w * x) - x)))
    assert crossings == len(stable) + len(unstable)


@pytest.mark.parametrize("w", WEIGHTS)
@pytest.mark.parametrize("s_0", [-0.7, 0.05, 1])
def test_a_state_that_is_left_alone_comes_to_what_attracts_on_its_side(w, s_0):
    stable, _ = cobweb.fixed_points(w)
    tolerance = 0.05 if w == 1 else 1e-6  # at w = 1 it takes for ever
    nearest = max(stable, key=lambda s: s * np.sign(s_0))
    assert cobweb.states(w, s_0, T=2000)[-1] == pytest.approx(nearest, abs=tolerance)


@pytest.mark.parametrize(("w", "s_0"), [(2, 0.1), (0.5, -0.8), (3, 1), (2, 0)])
def test_every_other_corner_is_on_the_curve_and_the_others_on_the_diagonal(w, s_0):
    x, y = cobweb.cobweb(cobweb.states(w, s_0))
    np.testing.assert_array_equal(x[::2], y[::2])
    np.testing.assert_allclose(y[1::2], np.tanh(w * x[1::2]), atol=1e-15)
    assert (x[0], y[0]) == (s_0, s_0)
    assert abs(y[-1] - cobweb.states(w, s_0)[-1]) < 0.01, "what was left out could not be seen"
    turns = np.abs(np.diff(x)) * np.abs(np.diff(y))
    assert not turns.any(), "each stretch is upright or level"


def test_the_picture_shows_what_was_computed():
    fig, update = cobweb.cobweb_explorer()
    _, curve, way, stable, unstable, begin = fig.axes[0].lines
    states, _ = fig.axes[1].lines
    for w, s_0 in ((0.5, 0.6), (2, -0.1)):
        update(w=w, s_0=s_0)
        x = np.asarray(curve.get_xdata())
        np.testing.assert_array_equal(curve.get_ydata(), np.tanh(w * x))
        np.testing.assert_array_equal(way.get_xydata().T, cobweb.cobweb(cobweb.states(w, s_0)))
        np.testing.assert_array_equal(states.get_ydata(), cobweb.states(w, s_0))
        for points, marks in zip(cobweb.fixed_points(w), (stable, unstable), strict=True):
            assert marks.get_xdata() == marks.get_ydata() == points
        assert begin.get_xydata().tolist() == [[s_0, s_0]]
    assert stable.get_markerfacecolor() != unstable.get_markerfacecolor()


def test_its_words_are_chinese_in_the_chinese_edition(chinese):
    fig, _ = cobweb.cobweb_explorer()
    assert [text.get_text() for text in fig.legends[0].texts] == ["吸引", "排斥", "初始状态"]
