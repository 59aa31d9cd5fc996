"""What a cut leaves of a gradient, against the sum of its terms; training with a cut that is too short."""

import numpy as np
import pytest
from explorables import explore
from unrolled import cells, unroll
from unrolled.figures import bptt as figures
from unrolled.figures.shared.learning import examined, learned, pupil
from unrolled.tasks import delayed_recall

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


def test_a_cut_network_is_trained_as_by_the_loop_of_the_library():
    few = {"n": 8, "B": 4}
    link = figures.recall_cut(3, 2, gap=4, updates=30, rate=0.3, threshold=0.4, **few)
    rng = np.random.default_rng(3)
    run = learned(pupil(rng, n=8), rng, T=5, B=4, rate=0.3, updates=30, clip=0.4, horizon=2)
    for ours, theirs in zip(link.after, run.model.p, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)
    accuracy, _ = examined(run.model, rng, T=5, B=400)
    assert link.accuracy == accuracy


def test_steps_that_share_nothing_with_the_last_ones_stay_as_they_were():
    shared, apart = (figures.recall_cut(0, 1, shared=way, gap=1, n=8, updates=40) for way in (True, False))
    assert not np.array_equal(shared.after.W, apart.after.W)  # the far step read another W
    whole = figures.recall_cut(0, 2, shared=False, gap=1, n=8, updates=5)  # no step is far: nothing to share
    for a, b in zip(whole.after, figures.recall_cut(0, 2, gap=1, n=8, updates=5).after, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_blind_network_stays_blind_behind_the_cut_and_opens_its_eyes_without_it():
    few = {"gap": 4, "n": 8, "updates": 5}
    assert not figures.recall_cut(0, 4, blind=True, **few).after.U[:, :4].any()
    assert figures.recall_cut(0, 5, blind=True, **few).after.U[:, :4].any()
    seeing = figures.recall_cut(0, 5, gap=4, n=16, updates=150)
    assert not np.array_equal(seeing.after.U[:, :4], seeing.before.U[:, :4])
    assert seeing.accuracy > 0.9


def test_separation_is_the_variance_between_over_that_within():
    zero = np.zeros((4, 1))
    blind = cells.rnn.Params(np.eye(4, 8, k=4), np.zeros((4, 4)), zero)  # it sees the last symbol, which is noise
    assert figures.separation(blind, np.random.default_rng(0), gap=1) < 0.03
    noisy = cells.rnn.Params(np.eye(4, 8) + np.eye(4, 8, k=4), 0.3 * np.eye(4), zero)
    x, y = delayed_recall(np.random.default_rng(1), 3, 400)
    s, symbol = unroll(cells.rnn, noisy, x).s[-1], y[-1].argmax(axis=0)
    within = sum(((s[:, symbol == k] - s[:, symbol == k].mean(axis=1)[:, None]) ** 2).sum() for k in range(4))
    whole = ((s - s.mean(axis=1)[:, None]) ** 2).sum()  # the sum of squares is what lies between, and what lies within
    found = figures.separation(noisy, np.random.default_rng(1), gap=2)
    assert found == pytest.approx((whole - within) / within)
