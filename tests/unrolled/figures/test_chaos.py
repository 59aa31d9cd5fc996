"""The pictures of chaos and of all singular values: the artists hold what was computed, and it is what it is called."""

import re
from functools import cache

import numpy as np
import pytest
from explorables import explore
from unrolled import cells, jacobians, lyapunov_spectrum, singular_values, style, unroll
from unrolled.figures.shared.jacobian import chain
from unrolled.figures.vanishing import chaos, singular

NUDGES = {"gain": [0.5, 1, 4], "input_scale": [0, 1]}
GAIN = [0.5, 0.9, 1.1, 1.5, 2, 3, 4]
EDGES = {"input_scale": [0, 1, 2], "n": [16, 100]}
SPECTRA = {"network": ["N", "2Q", "Q", "LSTM 4"], "input_scale": [0.1, 1]}


@cache
def nudged():
    return chaos.nudged(**NUDGES, T=60, n=50, seeds=range(3))


@cache
def edge():
    return chaos.edge(gain=GAIN, **EDGES, T=200, seeds=range(3))


@cache
def spectra():
    return singular.spectra(**SPECTRA, at=(1, 10, 30, 60), N=8, seeds=range(2))


EXPLORABLES = {
    "nudge": (lambda: chaos.nudge_explorer(nudged()), NUDGES),
    "edge": (lambda: chaos.edge_explorer(edge(), GAIN), EDGES),
    "spectrum": (lambda: singular.spectrum_explorer(spectra()), SPECTRA),
}


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    monkeypatch.setenv("EXPLORABLES_STATIC", "1")  # pages, no widgets


def picture(shown):
    return re.search(r"<svg.*</svg>", shown._repr_mimebundle_()["text/html"], re.DOTALL)[0]


def curves(ax):
    return {line.get_label(): line for line in ax.lines}


@pytest.mark.parametrize("name", EXPLORABLES)
def test_every_value_of_every_choice_changes_the_picture_and_chance_does_not(name):
    """`explore` itself refuses an `update` that depends on the order of calls."""
    make, choices = EXPLORABLES[name]
    widget, twin = (explore(*make(), alt="A picture of chaos.", max_kb=60, **choices) for _ in range(2))
    last = {choice: values[-1] for choice, values in choices.items()}
    for choice, values in choices.items():
        seen = set()
        for value in values:
            widget.value = last | {choice: value}
            seen.add(picture(widget))
        assert len(seen) == len(values), choice
    twin.value = widget.value
    assert picture(twin) == picture(widget)


# ---- a nudge


def test_the_runs_are_those_of_the_cell():
    rng = np.random.default_rng(0)
    W, x, s = rng.normal(size=(5, 5)), rng.normal(size=(7, 5)), rng.normal(size=5)
    p = cells.rnn.Params(np.eye(5), W, np.zeros((5, 1)))
    trace = unroll(cells.rnn, p, x, cells.rnn.State(s[:, None]))
    np.testing.assert_allclose(chaos.run(W, x, s), trace.s[:, :, 0], rtol=1e-13)
    J, v, want = jacobians(cells.rnn, p, x, trace), rng.normal(size=5), []
    for t in range(8):
        want.append(np.log10(np.linalg.norm(np.linalg.multi_dot([np.eye(5), *J[:t][::-1], v[:, None]]))))
    np.testing.assert_allclose(chaos.carried(W, trace.s[:, :, 0], v), want, rtol=1e-12)


def test_a_small_distance_grows_as_the_product_of_the_jacobians_says():
    """Explosion of the gradient and chaos are one thing: the same J_t ... J_1."""
    for at in nudged().values():
        small = (at.distance > -12) & (at.distance < -4)  # above the rounding of the states, below the bend of tanh
        np.testing.assert_allclose(at.distance[small], at.product[small], atol=1e-2)
        assert at.distance[:, 0] == pytest.approx(-9, abs=1e-6)


def test_a_nudge_grows_or_is_forgotten_as_the_exponent_says():
    runs = nudged()
    for (gain, _), at in runs.items():
        if gain == 4:
            assert at.exponent.min() > 0.2
            assert at.distance[:, -1].min() > -3
        else:
            assert at.exponent.max() < 0.1
            assert at.distance[:, -1].max() < -6
    rate = (runs[0.5, 0].product[:, 40] - runs[0.5, 0].product[:, 20]) / 20 * np.log(10)
    np.testing.assert_allclose(rate, runs[0.5, 0].exponent, atol=0.1)


def test_the_nudge_explorer_shows_the_runs_and_the_slope():
    fig, update = EXPLORABLES["nudge"][0]()
    top, bottom = fig.axes
    for gain, scale in [(0.5, 0), (4, 1), (1, 1)]:
        update(gain=gain, input_scale=scale)
        at = nudged()[gain, scale]
        np.testing.assert_array_equal([line.get_ydata() for line in top.lines[:2]], at.states[:, :, 0])
        shown = [line.get_ydata() for line in bottom.lines if len(line.get_xdata()) == 61]
        np.testing.assert_array_equal(shown, np.maximum(at.distance, -25))
        (t0, t1), (low, high) = curves(bottom)["slope"].get_data()
        λ = (high - low) / (t1 - t0) * np.log(10)
        assert λ == pytest.approx(np.median(at.exponent), abs=1e-12)
        assert bottom.texts[0].get_text() == f"λ = {λ:.2f}".replace("-", "−")
        assert low == pytest.approx(-9, abs=1e-6)


# ---- the edge


def test_the_largest_exponent_is_the_first_of_the_spectrum():
    rng = np.random.default_rng(1)
    W = rng.normal(0, 1 / np.sqrt(20), (20, 20))
    got = chaos.largest_exponents(W, rng, gain=[0.8, 3], input_scale=[0.5, 1], T=800)
    for j, scale in enumerate([0.5, 1]):
        for k, gain in enumerate([0.8, 3]):
            p, x = cells.rnn.Params(np.eye(20), gain * W, np.zeros((20, 1))), scale * rng.normal(size=(900, 20))
            J = jacobians(cells.rnn, p, x, unroll(cells.rnn, p, x))[100:]
            assert got[j, k] == pytest.approx(lyapunov_spectrum(J)[0], abs=0.03)


def test_many_units_have_the_exponents_of_the_mean_field():
    """Without input the networks are left out: theirs go around in cycles for a while before they are chaotic."""
    found = chaos.edge(gain=GAIN, input_scale=[0.5, 1, 2], n=[400], T=200, seeds=range(2))
    for (scale, _), λ in found.items():
        np.testing.assert_allclose(λ.mean(axis=0), chaos.mean_field_exponent(GAIN, scale), atol=0.04)


def test_without_input_the_edge_of_chaos_is_at_gain_1():
    gain = np.array([0.5, 0.9, 1.0])
    np.testing.assert_allclose(chaos.mean_field_exponent(gain, 0), np.log(gain), atol=1e-6)
    assert np.all(chaos.mean_field_exponent([1.05, 1.2, 2, 4], 0) > 0)
    edges = [chaos.mean_field_edge(scale) for scale in (0, 0.1, 0.5, 1, 2)]
    assert edges[0] == pytest.approx(1, abs=1e-4)
    assert np.all(np.diff(edges) > 0.1)


def test_the_mean_field_is_that_of_an_integral():
    a = np.linspace(-80, 80, 20_001)
    for gain, scale in [(1.5, 0.0), (2.0, 1.0), (4.0, 0.3), (6.0, 0.0)]:
        q = 1.0
        for _ in range(200):
            weight = np.exp(-(a**2) / (2 * q)) / np.sqrt(2 * np.pi * q) * (a[1] - a[0])
            q = gain**2 * np.sum(weight * np.tanh(a) ** 2) + scale**2
        want = 0.5 * np.log(gain**2 * np.sum(weight * (1 - np.tanh(a) ** 2) ** 2))
        assert chaos.mean_field_exponent([gain], scale)[0] == pytest.approx(want, abs=1e-8)


def test_the_edge_explorer_shows_networks_median_and_limit():
    fig, update = EXPLORABLES["edge"][0]()
    (ax,) = fig.axes
    for scale, n in [(0, 100), (2, 16), (1, 100)]:
        update(input_scale=scale, n=n)
        values, lines = edge()[scale, n], curves(ax)
        assert values.shape == (3, len(GAIN))
        np.testing.assert_array_equal(lines[r"$\lambda$"].get_ydata(), np.median(values, axis=0))
        np.testing.assert_array_equal([line.get_ydata() for line in ax.lines[1:4]], values)
        fine, λ = lines[r"$n \to \infty$"].get_data()
        np.testing.assert_array_equal(λ, chaos.mean_field_exponent(fine, scale))
        assert ax.texts[0].get_text() == f"g = {chaos.mean_field_edge(scale):.2f}"


# ---- all singular values


def test_the_spectra_are_those_of_the_library():
    at = spectra()["2Q", 0.1]
    J = chain(cells.rnn, np.random.default_rng(1), gain=2.0, input_scale=0.1, T=60, n=8).J
    np.testing.assert_array_equal(at.logs[1], singular_values(J, at=[1, 10, 30, 60]))
    assert {key: at.logs.shape for key, at in spectra().items()} == dict.fromkeys(spectra(), (2, 4, 8))


def test_a_product_explodes_and_vanishes_at_once():
    logs = singular.spectra(network=["2Q"], input_scale=[0.1], at=(60,), seeds=range(3))["2Q", 0.1].logs[:, 0]
    assert logs[:, 0].min() > 3
    assert np.median(logs, axis=1).max() < -6


def test_orthogonal_weights_keep_all_directions_while_the_states_are_small():
    at = {key: s.logs[:, -1] for key, s in singular.spectra(network=["N", "Q"], input_scale=[0.01], at=(50,)).items()}
    assert np.ptp(at["Q", 0.01]) < 1
    assert np.ptp(at["N", 0.01]) > 30


def test_the_spectrum_explorer_shows_each_value():
    fig, update = EXPLORABLES["spectrum"][0]()
    (ax,) = fig.axes
    red = style.SYMBOLS["J"].colour
    for network, scale in [("2Q", 0.1), ("LSTM 4", 1), ("N", 1)]:
        update(network=network, input_scale=scale)
        logs = spectra()[network, scale].logs[0]
        shown = np.array([line.get_ydata() for line in ax.lines if line.get_color() == red]).T
        seen = ~np.isnan(shown)
        np.testing.assert_array_equal(shown[seen], logs[seen])
        assert np.all(seen[logs >= singular.LOW])
        assert ax.lines[0].get_linewidth() > 2 * ax.lines[1].get_linewidth()
        half = curves(ax)["in the middle"].get_ydata()
        assert half[1] == logs[1, 3]


def test_a_line_ends_where_it_leaves_the_picture():
    low = singular.LOW
    got = singular.in_view(np.array([0, low + 1, low - 1, low - 2, -np.inf]))
    np.testing.assert_array_equal(got[:3], [0, low + 1, low - 1])
    assert np.isnan(got[3:]).all()
    assert singular.in_view(np.array([0, -np.inf])).tolist() == [0, 3 * low]
