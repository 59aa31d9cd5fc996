"""The pictures on the LSTM: held gates, what a cell state is made of, drift, two pasts, the blocks of the Jacobian."""

import io
import re

import matplotlib as mpl
import numpy as np
import pytest
from explorables import explore
from hypothesis import given
from hypothesis import strategies as st
from signs import foreign
from unrolled import cells, init, jacobians, style, unroll, words
from unrolled.figures.backward import arrival, blocks
from unrolled.figures.cell_state import drift, valve, writes
from unrolled.figures.lstm import carried, marks, parts, pasts
from unrolled.figures.shared import held

GATE, VALUE = st.floats(0, 1), st.floats(-1, 1)
PASTS = {"b_f": [0, 4], "input_scale": [0.3, 1.0]}
EXPLORABLES = {
    "parts": (parts.lstm_parts, {"part": list(parts.part_names())}),
    "pasts": (lambda: pasts.pasts_explorer(pasts.fresh_pasts(**PASTS, T=20, n=4, seeds=range(3))), PASTS),
    "pulse": (valve.pulse_explorer, {"f": [0.9, 0.99, 1]}),
    "carried": (carried.carried_explorer, {"f": [0.5, 1]}),
    "valve": (valve.valve_explorer, {"f": [0, 0.5, 1], "i": [0, 0.5, 1]}),
    "drift": (lambda: drift.drift_explorer([0.5, 1], [0.1, 0.4]), {"f": [0.5, 1], "write": [0.1, 0.4]}),
    "writes": (
        lambda: writes.writes_explorer(b_f=[0, 4], input_scale=[0.3, 1.0]),
        {"b_f": [0, 4], "input_scale": [0.3, 1.0]},
    ),
    "arrival": (
        lambda: arrival.arrival_explorer({(g, T): [-g * T * k for k in range(5)] for g in (0.5, 1) for T in (2, 4)}),
        {"gain": [0.5, 1]},
    ),
    "blocks": (lambda: blocks.blocks_explorer(gain=[0, 2], b_f=[0, 4]), {"gain": [0, 2], "b_f": [0, 4]}),
}


def svg(fig):
    with mpl.rc_context(style.RC):
        text = io.StringIO()
        fig.savefig(text, format="svg", metadata={"Date": None})
    return re.sub(r"\b[pm][0-9a-f]{10}\b", "", text.getvalue())


# ---- every picture ----


@pytest.mark.parametrize("name", EXPLORABLES)
def test_every_choice_changes_the_picture_and_explore_takes_it(name):
    make, choices = EXPLORABLES[name]
    fig, update = make()
    last = {choice: values[-1] for choice, values in choices.items()}
    for choice, values in choices.items():
        seen = set()
        for value in values:
            update(**last | {choice: value})
            seen.add(svg(fig))
        assert len(seen) == len(values), choice
    widget = explore(*make(), alt="A picture of a cell.", max_kb=60, **choices)
    assert widget.value == {choice: values[0] for choice, values in choices.items()}


@pytest.mark.parametrize("name", EXPLORABLES)
def test_chinese_pictures_hold_no_english(chinese, name):
    fig, _ = EXPLORABLES[name][0]()
    assert not list(foreign(text.get_text() for text in fig.findobj(mpl.text.Text)))


# ---- one number, kept ----


def test_the_number_stays_in_the_cell_and_goes_in_the_plain_network():
    np.testing.assert_array_equal(carried.carried_on(1), np.full(61, 0.8))
    np.testing.assert_allclose(carried.carried_on(0.5), 0.8 * 0.5 ** np.arange(61.0))
    assert all(abs(carried.made_afresh(seed=seed)[60]) < 0.5 for seed in range(8))


@pytest.mark.parametrize("language", marks.LINES)
def test_the_unit_knows_where_the_quotation_is(language):
    words.speak(language)
    line = marks.LINES[language]
    assert (line[marks.OPENS], line[marks.CLOSES]) == ("“", "”")
    quoted, shown = (marks.quotation().axes[0].collections[k] for k in (3, 5))
    heights = [[np.ptp(path.vertices[:, 1]) for path in bars.get_paths()] for bars in (quoted, shown)]
    np.testing.assert_allclose(heights[0], [0, 0, 1, 1, 1, 0, 0, 0, 0], atol=1e-9)
    np.testing.assert_allclose(heights[1], [0, 0, 0, 0, np.tanh(1), 0, 0, 0, 0], atol=1e-9)


# ---- piece by piece ----


def lit(fig):
    """What is written in the boxes, circles and equations that are not faded, in order."""
    return sorted(text.get_text() for text in fig.axes[0].texts if text.get_text() and text.get_alpha() is None)


@pytest.mark.parametrize(
    ("part", "signs", "equations"),
    [
        ("layers", [3, 1, 0, 0], 4),
        ("gates", [3, 0, 3, 0], 3),
        ("pointwise", [0, 1, 3, 1], 2),
        ("lines", [0, 0, 1, 1], 2),
        ("f", [1, 0, 0, 0], 1),
        ("all", [3, 2, 3, 1], 6),
    ],
)
def test_a_piece_lights_its_signs_and_its_equations(part, signs, equations):
    fig, update = parts.lstm_parts()
    update("C")
    update(part)
    words = lit(fig)
    assert [words.count(sign) for sign in (r"$\sigma$", r"$\mathrm{tanh}$", r"$\times$", "$+$")] == signs
    assert sum("=" in text for text in words) == equations


# ---- gates held by hand ----


@given(st.lists(st.tuples(GATE, GATE, VALUE, GATE), min_size=1, max_size=8))
def test_a_held_unit_has_the_gates_that_it_was_given_and_the_state_of_a_plain_loop(rows):
    f, i, C_tilde, o = np.array(rows).T
    trace = held.held(f, i, C_tilde, o)
    for name, given_ in zip(("f", "i", "C_tilde", "o"), (f, i, C_tilde, o), strict=True):
        np.testing.assert_allclose(getattr(trace, name)[1:, 0, 0], given_, atol=1e-12)
    C = 0.0
    for t in range(len(rows)):
        C = f[t] * C + i[t] * C_tilde[t]
        np.testing.assert_allclose(trace.C[t + 1, 0, 0], C, atol=1e-11)
        np.testing.assert_allclose(trace.h[t + 1, 0, 0], o[t] * np.tanh(C), atol=1e-11)


def test_an_open_valve_is_quite_open_and_a_shut_one_quite_shut():
    trace = held.held(np.array([1.0, 1, 0]), i=[1, 0, 1], C_tilde=0.3)
    assert trace.C[1] == trace.C[2]
    assert trace.C[3] == trace.C_tilde[3]


def test_refuses_what_no_gate_can_be():
    with pytest.raises(ValueError, match=r"f must lie in 0 to 1; got values from -0\.1 to 0\.5"):
        held.held([0.5, -0.1], 1, 0)
    with pytest.raises(ValueError, match="C_tilde must lie in -1 to 1; got values from 0 to 2"):
        held.held([0.5, 0.5], 1, [0, 2])
    with pytest.raises(ValueError, match="f must"):
        held.held(0.5, 1, 0)


# ---- what the cell state is made of ----


def test_write_weights_are_how_fast_the_last_cell_state_moves_with_each_candidate(rng):
    p, x = init(cells.lstm, 5, 3, rng), rng.normal(size=(9, 3))
    p = p._replace(**{name: 0 * W for name, W in p._asdict().items() if name[0] == "W"})  # no detours
    trace = unroll(cells.lstm, p, x)
    weights = writes.write_weights(trace)
    for k in range(9):
        C = trace.C[k] + 0j
        for t in range(k, 9):
            C = trace.f[t + 1] * C + trace.i[t + 1] * (trace.C_tilde[t + 1] + 1e-30j * (t == k))
        np.testing.assert_allclose(weights[k], C.imag[:, 0] / 1e-30, rtol=1e-12)


def test_a_large_forget_bias_keeps_old_writes():
    fig, update = EXPLORABLES["writes"][0]()
    old = {}
    for b_f in (0, 4):
        update(b_f=b_f, input_scale=1.0)
        old[b_f] = fig.axes[0].collections[0].get_array()[:, :20].mean()
        assert fig.axes[1].lines[0].get_ydata()[:20].mean() == pytest.approx(old[b_f])
    assert old[0] < 1e-4 < 0.05 < old[4]


# ---- drift ----


@pytest.mark.parametrize("f", [0.3, 0.9, 1])
def test_drift_is_the_geometric_sum_and_its_gradient_that_of_the_library(f):
    run = drift.constant_input(f, 0.2, T=30)
    t = np.arange(31)
    np.testing.assert_allclose(run.C, 0.2 * (t if f == 1 else (1 - f**t) / (1 - f)), rtol=1e-12)
    p, x = held.valves(np.full(30, f), 1.0, 0.2)
    J = jacobians(cells.lstm, p, x, unroll(cells.lstm, p, x))
    P = np.eye(2)
    for k in range(30):
        P = J[k] @ P
        np.testing.assert_allclose(np.log10(P[:, 0]), [run.kept[k], run.told[k]], atol=1e-6)


# ---- two pasts ----


@pytest.mark.parametrize("name", ["rnn", "lstm", "lstm_1997"])
def test_two_pasts_differ_in_their_start_alone(name, rng):
    cell = getattr(cells, name)
    p, x = init(cell, 4, 3, rng), rng.normal(size=(10, 3))
    both = pasts.two_pasts(cell, p, x)
    assert both.shape == (2, 11, 4)
    np.testing.assert_array_equal(both[:, 0], [[0.5] * 4, [-0.5] * 4])
    start = cell.State(np.full((4, 1), -0.5), *(np.zeros((4, 1)) for _ in cell.State._fields[1:]))
    trace = unroll(cell, p, x, start)
    np.testing.assert_array_equal(both[1], getattr(trace, cell.State._fields[0])[:, :, 0])
    distance = pasts.apart(both)
    assert distance[0] == 0
    assert distance[-1] == pytest.approx(np.log10(np.linalg.norm(both[0, -1] - both[1, -1]) / 2))


def test_without_weights_the_pasts_approach_each_other_at_the_rate_of_the_gate():
    p = init(cells.lstm, 3, 2, np.random.default_rng(0), gain=0, input_gain=0, b_f=1.0)
    left = pasts.apart(pasts.two_pasts(cells.lstm, p, np.ones((12, 2))))
    np.testing.assert_allclose(left, np.arange(13) * np.log10(1 / (1 + np.exp(-1))), atol=1e-12)


@pytest.mark.parametrize("name", ["rnn", "lstm", "lstm_1997"])
def test_the_past_is_told_where_no_noise_comes_in_and_guessed_where_the_state_is_all_noise(name, rng):
    cell = getattr(cells, name)
    assert pasts.told(cell, init(cell, 3, 2, rng, input_gain=0, gain=1.0), rng, T=5) == 1
    p = init(cell, 3, 2, rng, **({"b_f": -50.0} if name == "lstm" else {}))
    deaf = p._replace(**{key: 0 * W for key, W in p._asdict().items() if key[0] == "W"})
    if name == "lstm_1997":  # it keeps the past whole: what is told goes with the noise on top, σ² = T i² Var C_tilde
        assert pasts.told(cell, deaf, rng, T=2) > pasts.told(cell, deaf, rng, T=300) > 0.5
    else:
        assert abs(pasts.told(cell, deaf, rng, T=5, runs=2000) - 0.5) < 0.06


def test_the_explorer_draws_medians_and_the_first_unit_of_the_first_network():
    runs = pasts.fresh_pasts(**PASTS, T=20, n=4, seeds=range(3))
    fig, update = pasts.pasts_explorer(runs)
    update(b_f=4, input_scale=1.0)
    drawn = [line.get_ydata() for line in fig.axes[0].lines[:2]]
    np.testing.assert_array_equal(drawn, runs["lstm", 4, 1.0][0, :, :, 0])
    lines = {line.get_label(): line.get_ydata() for line in fig.axes[1].lines}
    for name in pasts.SHOWN:
        want = np.median([pasts.apart(both) for both in runs[name, 4, 1.0]], axis=0)
        np.testing.assert_array_equal(lines[style.SYMBOLS[name].label], want)
    assert all(np.array_equal(runs["rnn", 0, s], runs["rnn", 4, s]) for s in PASTS["input_scale"])


# ---- the blocks ----


def test_at_gain_0_nobody_listens_to_h_and_the_left_half_is_diagonal():
    fig, update = EXPLORABLES["blocks"][0]()
    for gain in (0, 2):
        update(gain=gain, b_f=4)
        J = np.reshape(fig.axes[0].collections[0].get_array(), (16, 16))
        assert np.any(J[:, 8:]) == (gain > 0)
        for block in (J[:8, :8], J[8:, :8]):
            np.testing.assert_array_equal(block, np.diag(np.diag(block)))
        assert np.all((np.diag(J)[:8] > 0) & (np.diag(J)[:8] < 1))
