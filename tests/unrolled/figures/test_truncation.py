"""What a cut leaves of a gradient, against the sum of its terms; training with a cut that is too short."""

import numpy as np
import pytest
from explorables import explore
from unrolled.figures import bptt as figures

GAINS = (0.5, 0.9, 1.3)


@pytest.fixture(scope="module")
def cuts():
    return {gain: figures.cut_gradient(gain, np.random.default_rng(0), T=12, n=5) for gain in GAINS}


@pytest.mark.parametrize("gain", GAINS)
def test_a_cut_is_whole_at_the_end_and_below_its_bound_before(cuts, gain):
    cut = cuts[gain]
    assert cut.error[-1] < 1e-12
    assert cut.cosine[-1] == pytest.approx(1)
    assert np.all(cut.error <= cut.bound)
    assert np.isfinite(cut.bound).all() == (gain < 1)
    whole = cut.term[-1] / cut.error[-2]  # cut after T - 1 steps, it lacks the term of the largest lag alone
    first = cut.term[0] / whole  # cut after one step, it is the term of lag 0: the law of cosines
    assert cut.error[0] ** 2 == pytest.approx(1 + first**2 - 2 * first * cut.cosine[0])
    assert np.all(np.abs(np.diff(cut.error)) <= cut.term[1:] / whole + 1e-12)


def test_bound_falls_by_the_norm_of_W(cuts):
    np.testing.assert_allclose(cuts[0.5].bound[1:] / cuts[0.5].bound[:-1], 0.5)


def test_explorer_shows_the_cut(cuts):
    fig, update = figures.truncation_explorer(cuts)
    top, left, right = fig.axes
    for gain, τ in ((0.5, 3), (1.3, 12), (0.9, 1)):
        update(gain=gain, τ=τ)
        filled = [bar.get_facecolor()[3] > 0 for bar in top.patches]
        assert sum(filled) == τ
        assert all(filled[:τ])
        np.testing.assert_allclose([bar.get_y() + bar.get_height() for bar in top.patches], np.maximum(cuts[gain].term, 1e-8))
        np.testing.assert_array_equal(right.lines[0].get_ydata(), cuts[gain].cosine)
        assert right.lines[1].get_xydata().tolist() == [[τ, cuts[gain].cosine[τ - 1]]]
        np.testing.assert_array_equal(left.lines[0].get_ydata(), cuts[gain].bound)
    explore(fig, update, alt="A cut.", max_kb=60, gain=list(GAINS), τ=[1, 5, 12])


def test_noise_falls_with_the_number_of_sequences_and_bias_does_not():
    bias, noise = figures.bias_and_noise(2, [50, 5000], np.random.default_rng(1))
    assert noise[1] < noise[0] / 4
    assert bias[1] > bias[0] / 2
    none, _ = figures.bias_and_noise(10, [50], np.random.default_rng(1))
    assert none[0] < 1e-15


def test_a_blind_network_stays_blind_behind_the_cut_and_opens_its_eyes_without_it():
    few = {"gap": 4, "n": 8, "updates": 5}
    _, columns = figures.recall_cut(0, 4, blind=True, **few)
    assert not columns.any()
    _, columns = figures.recall_cut(0, 5, blind=True, **few)
    assert columns.any()
    accuracy, columns = figures.recall_cut(0, 5, blind=False, gap=4, n=16, updates=150)
    assert columns.any()
    assert accuracy > 0.9
