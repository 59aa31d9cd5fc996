"""The pictures on the variants of the LSTM show what the cells compute."""

import numpy as np
import pytest
from explorables import explore, show
from unrolled import cells, init
from unrolled.figures import variants as figures

W = np.array([[0.2, -0.9, 0.5], [0.7, 0.4, -0.3], [-0.6, 0.8, 0.1]])
MEANS = {"mean": [0, 2], "C_0": [0, 3]}
EXPLORABLES = {
    "counter": (figures.counter_explorer, {"N": [3, 5], "p": [1, 0]}),
    "reach": (
        lambda: figures.reach_explorer({(mean, C_0): figures.reach(mean, C_0, T=100) for mean in (0, 2) for C_0 in (0, 3)}),
        MEANS,
    ),
    "reset": (lambda: figures.reset_explorer(W), {"r": ["1 0 1", "0.5 1 1"]}),
}


@pytest.mark.parametrize("name", EXPLORABLES)
def test_every_choice_changes_the_picture(name):
    """`explore` refuses a choice that changes nothing, and an `update` that depends on the order of calls."""
    make, choices = EXPLORABLES[name]
    explore(*make(), alt="A variant at work.", max_kb=30, **choices)


def test_stills_are_drawn():
    show(figures.blind_gate_picture(), alt="f over C.")
    show(figures.sizes_picture(figures.step_times((4, 8), least=0.001), (4, 8)), alt="Sizes and times.")


def test_of_two_programs_a_change_of_signs_joins_those_whose_resets_stand_alike():
    fig, update = figures.programs_explorer()
    ours, other = fig.axes[0].lines
    for reset, signs, same in [("before", 1, False), ("before", -1, True), ("after", 1, False), ("after", -1, False)]:
        update(reset=reset, signs=signs)
        assert np.allclose(ours.get_ydata(), other.get_ydata()) is same


def test_a_gate_without_peephole_is_blind_behind_a_shut_output():
    C, f = figures.blind_gate(0.0)
    assert np.ptp(f) == 0
    _, seen = figures.blind_gate(1.5, b_f=0.5)
    assert np.allclose(seen, 1 / (1 + np.exp(-(1.5 * C + 0.5))))


@pytest.mark.parametrize("N", [2, 3, 17, 49, 50])
def test_the_counter_fires_at_every_nth_step(N):
    assert np.array_equal(figures.firing_times(N, 4 * N + 1), N * np.arange(1, 5))
    assert len(figures.firing_times(N, 4 * N, peepholes=False)) == 0


def test_the_counter_is_drawn_as_it_runs():
    fig, update = figures.counter_explorer(T=12)
    update(N=4, p=1)
    C = fig.axes[0].lines[0].get_ydata()
    assert np.allclose(C[[4, 5, 8]], [1, 0.25, 1], atol=1e-6)
    update(N=4, p=0)
    assert np.allclose(fig.axes[0].lines[0].get_ydata()[12], 3, atol=1e-6)


def test_coupled_gates_stay_within_their_bound_and_the_cell_of_1997_within_its_own():
    for C_0 in (0, 3):
        run = figures.reach(2.0, C_0, T=300)
        assert run["coupled"].max() <= max(C_0, 1)
        assert np.all(run["lstm_1997"] <= C_0 + np.arange(301))
        assert run["lstm_1997"][-1] > 100


def test_the_reset_gate_weighs_columns_before_the_product_and_rows_after_it():
    fig, update = figures.reset_explorer(W)
    update("1 0 0.5")
    left, right = ([float(text.get_text().replace("−", "-")) for text in ax.texts[-9:]] for ax in fig.axes)
    assert np.allclose(np.reshape(left, (3, 3)), W @ np.diag([1, 0, 0.5]), atol=0.0051)
    assert np.allclose(np.reshape(right, (3, 3)), np.diag([1, 0, 0.5]) @ W, atol=0.0051)


def test_the_four_grus():
    raw, flipped = (figures.gru_forms(np.random.default_rng(1), n=5, negate_z=negate) for negate in (False, True))
    for reset in ("before", "after"):
        assert np.allclose(flipped["old", reset], raw["new", reset])
        assert not np.allclose(raw["old", reset], raw["new", reset], atol=0.01)
    assert not np.allclose(raw["new", "before"], raw["new", "after"], atol=0.01)


def test_the_parameters_in_the_picture_are_those_of_the_cells():
    fig = figures.sizes_picture({"rnn": np.ones(2), "lstm": np.ones(2)}, (4, 8))
    for line, name in zip(fig.axes[0].lines, ("rnn", "lstm"), strict=True):
        cell = getattr(cells, name)
        assert list(line.get_ydata()) == [sum(a.size for a in init(cell, n, n, np.random.default_rng(0))) for n in (4, 8)]
