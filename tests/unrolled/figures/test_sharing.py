"""What sharing saves is counted, and the terms of the explorer are those of the gradient."""

import numpy as np
import pytest
from explorables import explore
from unrolled import bptt, cells, init, readout, unroll
from unrolled.figures import bptt as figures


def test_numbers_count_how_often_they_are_multiplied():
    A, B = np.ones((2, 3)), np.ones((3, 4))
    assert figures.multiplications(np.matmul, A, B) == 2 * 3 * 4
    assert figures.multiplications(lambda a, b: a + b, A, A) == 0
    assert figures.multiplications(lambda a: a**3, A) == 2 * 6
    assert figures.multiplications(lambda a: 2 * np.tanh(a + a), A) == 6
    assert figures.multiplications(lambda a: a.sum(axis=1) * a.sum(axis=1), A) == 2


@pytest.mark.parametrize("T", [1, 4])
def test_sharing_saves_parameters_and_no_multiplication(T):
    n, m = 3, 2
    size, work = n * m + n * n + n, n * m + n * n
    assert figures.sharing_counts(T, n, m, shared=True) == (size, T * work)
    assert figures.sharing_counts(T, n, m, shared=False) == (T * size, T * work)


def test_sharing_picture_shows_the_counts():
    fig = figures.sharing_picture([1, 2], [(5, 6), (5, 12)], [(5, 6), (10, 12)])
    shown = [[list(line.get_ydata()) for line in ax.lines] for ax in fig.axes]
    assert shown == [[[5, 10], [5, 5]], [[6, 12], [6, 12]]]


def small(start):
    rng = np.random.default_rng(0)
    p, q = init(cells.rnn, 4, 2, rng), readout.init(3, 4, rng)
    y = np.zeros((3, 3, 1))
    y[2, 1] = 1
    return p, q, rng.normal(size=(3, 2, 1)), y, cells.rnn.State(start * rng.normal(size=(4, 1)))


def test_terms_are_summands_of_the_gradients():
    p, q, x, y, start = small(1)
    norms, totals = figures.term_norms(p, q, x, y, start)
    trace = unroll(cells.rnn, p, x, start)
    d_s, d_q = readout.pullback(q, trace.s[1:], y)
    g = bptt(cells.rnn, p, x, trace, cells.rnn.State(np.concatenate([np.zeros((1, 4, 1)), d_s]))).params
    assert totals == pytest.approx({"V": np.linalg.norm(d_q.V), **{name: np.linalg.norm(getattr(g, name)) for name in "WUb"}})
    assert all(totals[name] <= norms[name].sum() + 1e-12 for name in norms)
    assert np.count_nonzero(norms["V"]) == 1
    assert norms["b"][2] == pytest.approx(np.linalg.norm(d_s[2] * (1 - trace.s[3] ** 2)))


def test_without_a_start_the_first_term_of_W_is_exactly_zero_and_no_other_is():
    norms, _ = figures.term_norms(*small(0))
    assert norms["W"][0] == 0
    assert min(norms["U"].min(), norms["b"].min(), norms["W"][1:].min()) > 0


def test_stacks_are_as_high_as_the_terms_and_the_line_is_the_norm_of_the_sum():
    stacks = {(size, 1): figures.term_norms(*small(size)) for size in (0, 1)}
    for size in (0, 1):
        stacks[size, 2] = tuple({name: 2 * a for name, a in part.items()} for part in stacks[size, 1])
    fig, update = figures.term_explorer(stacks)
    for size, gain in ((1, 1), (0, 1), (1, 2)):
        update(size=size, gain=gain)
        norms, totals = stacks[size, gain]
        heights = [[bar.get_height() for bar in bars] for bars in fig.axes[0].containers]
        np.testing.assert_array_equal(heights, np.transpose([norms[name] for name in "VWUb"]))
        (lines,) = fig.axes[0].collections
        np.testing.assert_array_equal([s[0, 1] for s in lines.get_segments()], list(totals.values()))
        shown = [text.get_text() for text in fig.axes[0].texts]
        assert shown[:2] == ["", "" if size == 0 else "$1$"], "k = 1: nothing of V, of W only with a start"
    explore(fig, update, alt="Terms.", max_kb=40, size=[0, 1], gain=[1, 2])


def test_shares_add_up_and_the_bars_are_their_means():
    gains = [0.5, 2]
    shares = {g: np.array([figures.step_shares(g, np.random.default_rng(k), T=3, n=5) for k in range(4)]) for g in gains}
    for of in shares.values():
        np.testing.assert_allclose(of.sum(axis=1), 1)
    fig, update = figures.share_explorer(shares)
    for g in gains:
        update(gain=g)
        heights = [bars[0].get_height() for bars in fig.axes[0].containers]
        np.testing.assert_allclose(heights, np.tile(shares[g].mean(axis=0), 2))
    explore(fig, update, alt="Shares.", gain=gains)
