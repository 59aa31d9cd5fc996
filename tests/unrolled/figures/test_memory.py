"""The film, the gap and the latch: the numbers against plain loops and other derivations, the pictures against the numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import CELLS, problem, slope
from unrolled import style, unroll
from unrolled.figures.long_term import gap
from unrolled.figures.notation import symbols
from unrolled.figures.shared import film, latch


def lines(fig):
    return [line for ax in fig.axes for line in ax.lines]


# ---- the film ----


@given(st.lists(st.integers(0, 2), max_size=30), st.integers(1, 40))
def test_labels_and_windows_are_those_of_a_viewer_with_a_notepad(tail, k):
    events = np.array([0, *tail])
    found = [next(e == 1 for e in reversed(events[: t + 1]) if e < 2) for t in range(len(events))]
    np.testing.assert_array_equal(film.film_labels(events), np.where(found, 1, -1))
    for t, seen in enumerate(film.film_window(events, k)):
        last = [e for e in events[max(t + 1 - k, 0) : t + 1] if e < 2]
        assert seen == (0 if not last else 1 if last[-1] == 1 else -1)


def test_a_film_begins_with_A_and_is_the_seeds_alone():
    one, two = (film.film_script(200, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert one[0] == 0
    assert set(one) == {0, 1, 2}
    x = film.film_frames(one, np.random.default_rng(8))
    np.testing.assert_array_equal(np.argmax(x, axis=1), one)


def test_the_film_marks_exactly_the_wrong_signs():
    fig, update = film.film_explorer(w=[0, 2], film=[1])
    label, state, wrong = lines(fig)[:3]
    for w in (0, 2):
        update(film=1, w=w)
        y, s = np.array(label.get_ydata()), np.array(state.get_ydata())
        np.testing.assert_array_equal(wrong.get_xdata(), np.flatnonzero(y * s <= 0) + 1)
        assert f"{np.sum(y * s > 0)} / 40" in [text.get_text() for text in fig.axes[0].texts]
    assert len(wrong.get_xdata()) == 0, "with w = 2 the unit makes no mistake"


# ---- the gap ----


@pytest.mark.parametrize("name", [name for name in CELLS if name != "rnn_relu"])
def test_influence_is_the_norm_of_the_derivative_by_each_input(name):
    cell = CELLS[name]
    q = problem(cell, T=4, n=3, m=2, B=1)
    x, out = q.x[:, :, 0], cell.State._fields[-1]
    entry = [lambda a, i=i: getattr(unroll(cell, q.p, a), out)[-1, i, 0] for i in range(3)]
    D = np.array([[[slope(f, x, (t, j)) for j in range(2)] for f in entry] for t in range(4)])
    np.testing.assert_allclose(gap.influence(cell, q.p, x), np.linalg.norm(D, 2, axis=(1, 2))[::-1], rtol=1e-10)


def test_the_gap_shows_each_seed_and_their_median():
    norms = gap.gap_norms(gain=[0.5, 1.5], input_scale=[0.1, 1], T=12, n=4, seeds=range(3))
    fig, update = gap.gap_explorer(norms)
    for (gain, scale), curves in norms.items():
        update(gain=gain, input_scale=scale)
        shown = np.array([line.get_ydata() for line in lines(fig)[:4]])
        np.testing.assert_array_equal(shown, [*curves, np.median(curves, axis=0)])


# ---- the latch ----


@pytest.mark.parametrize("w", [0.3, 1, 1.05, 1.5, 2, 5])
def test_the_kept_value_is_a_state_of_rest_and_attracts(w):
    s = latch.kept_value(w)
    assert s == pytest.approx(np.tanh(w * s), abs=1e-12)
    assert (s > 0) == (w > 1)
    assert w * (1 - s**2) <= 1


def test_the_gradient_of_the_latch_is_the_product_of_its_slopes():
    x = np.random.default_rng(0).normal(size=50)
    s, gradient = latch.memory_and_gradient(1.3, x)
    np.testing.assert_allclose(gradient[1:], np.cumsum(np.log10(1.3 * (1 - s[1:] ** 2))), atol=1e-10)
    assert gradient[0] == 0


def test_the_latch_shows_what_was_computed():
    choices = {"w": [0.5, 2], "pulse": [0, 1]}
    fig, update = latch.latch_explorer(**choices)
    points, plus, minus, slope_plus, _ = lines(fig)[-5:]
    for w in choices["w"]:
        for pulse in choices["pulse"]:
            update(w=w, pulse=pulse)
            x = np.zeros(60)
            x[0], x[29] = 1, pulse
            s, gradient = latch.memory_and_gradient(w, x)
            np.testing.assert_array_equal(plus.get_ydata(), s)
            np.testing.assert_array_equal(slope_plus.get_ydata(), gradient)
            np.testing.assert_array_equal(points.get_ydata(), [latch.kept_value(w), -latch.kept_value(w)])
    assert minus.get_ydata()[-1] > 0, "at w = 2 a pulse of 1 throws the lower state over"


# ---- the chart of symbols ----


def test_the_chart_names_each_symbol_once_in_its_colour():
    ax = symbols.symbol_chart().axes[0]
    texts = [text.get_text() for text in ax.texts]
    keys = [key for key in symbols.SHAPES if key in style.SYMBOLS]
    assert [text for text in texts if text in symbols.SHAPES] == keys
    assert [line.get_color() for line in ax.lines] == [style.SYMBOLS[key].colour for key in keys]
