"""The pictures of chapter 4 alone: errors over a text, the circle under a matrix, and training while gradients explode."""

import re

import numpy as np
import pytest
from explorables import explore, show
from unrolled import cells, jacobians, unroll
from unrolled.figures import vanishing as figures
from unrolled.figures.vanishing.text import read, told
from unrolled.tasks import WIG, one_hot
from unrolled.through_time import init

MATRICES = {"grow": np.full((2, 2), 0.6), "die": np.array([[0.0, 10], [0, 0]]), "hump": np.array([[0.9, 5], [0, 0.9]])}
POWERS = [0, 1, 2, 3, 9, 30]


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    monkeypatch.setenv("EXPLORABLES_STATIC", "1")


def svg(shown):
    return re.search(r"<svg.*</svg>", shown._repr_mimebundle_()["text/html"], re.DOTALL)[0]


def line(fig, label):
    return next(a for ax in fig.axes for a in ax.lines if a.get_label() == label)


# ---- over a text ----


@pytest.mark.parametrize(("name", "N"), [("rnn", 8), ("lstm", 16)])
def test_word_norms_are_those_of_the_products_from_each_word_on(name, N):
    x = one_hot(WIG)
    norms = figures.word_norms(x, 10, gain=[0.7], b_f=[1], names=(name,), n=8, seeds=[4])[name, 0.7, 1]
    J = read(name, x[:10], np.random.default_rng(4), gain=0.7, n=8)
    P, expected = np.eye(N), [0.0]
    for factor in J[:0:-1]:  # J_10 ... J_2: back to the state of the first word
        P = P @ factor
        expected.append(np.log10(np.linalg.norm(P, 2)))
    np.testing.assert_allclose(norms[0], expected[::-1], atol=1e-9)


def test_an_input_scale_is_the_deviation_with_which_a_symbol_enters():
    x = np.eye(40)
    p = init(cells.rnn, 50, 40, np.random.default_rng(2), gain=0.5, input_gain=0.3 * np.sqrt((50 + 40) / 2))
    assert np.std(p.U @ x.T) == pytest.approx(0.3, rel=0.05)
    J = read("rnn", x, np.random.default_rng(2), gain=0.5, input_scale=0.3, n=50)
    np.testing.assert_allclose(J, jacobians(cells.rnn, p, x, unroll(cells.rnn, p, x)))


def test_the_forget_bias_moves_the_gated_cells_alone():
    norms = figures.text_norms(one_hot("abcab"), gain=[1.0], b_f=[0, 3], input_scale=[0.3], n=4, seeds=range(2))
    for name in ("rnn", "rnn_relu", "rnn_sigmoid"):
        np.testing.assert_array_equal(norms[name, 1.0, 0, 0.3], norms[name, 1.0, 3, 0.3])
    for name in ("lstm", "gru"):
        assert np.all(norms[name, 1.0, 0, 0.3][:, -1] < norms[name, 1.0, 3, 0.3][:, -1])


def test_a_chinese_picture_has_a_chinese_sentence_with_subject_nouns_and_verb_at_the_same_places(chinese):
    norms = figures.word_norms(one_hot(WIG), 10, gain=[1], b_f=[1], names=("rnn",), n=4, seeds=range(1))
    fig, _ = figures.word_explorer(WIG, norms, "man")
    shown = [tick.get_text().strip() for tick in fig.axes[0].get_xticklabels()]
    assert len(set(shown)) == len(WIG), "each is a symbol of its own, as in English"
    places = {"man": "老张", "wig": "假发", "head": "秃顶", "went": "进了"}
    assert [shown.index(word) for word in places.values()] == [WIG.index(word) for word in places]


def test_a_line_holds_the_median_shares_from_the_marked_word_on():
    choices = {"gain": [0.5, 2], "b_f": [0, 1]}
    norms = figures.word_norms(one_hot(WIG), 10, n=4, seeds=range(3), **choices)
    fig, update = figures.word_explorer(WIG, norms, "man")
    (ax,) = fig.axes
    assert [tick.get_text().strip() for tick in ax.get_xticklabels()] == list(WIG)
    at = WIG.index("man")
    for g in choices["gain"]:
        for b in choices["b_f"]:
            update(gain=g, b_f=b)
            lines = [line for line in ax.lines if line.get_marker() == "o"]
            for name, line in zip(("rnn", "lstm", "gru"), lines, strict=True):
                shares = 10 ** np.median(norms[name, g, b], axis=0)[at:]
                np.testing.assert_allclose(line.get_ydata(), shares)
                assert any(text.get_text().endswith("\n" + told(shares[0])) for text in ax.texts)
    widget = explore(fig, update, alt="Words.", **choices)
    first = svg(widget)
    widget.value = {"gain": 2, "b_f": 1}
    assert svg(widget) != first


@pytest.mark.parametrize(("share", "text"), [(0.000431, "0.043%"), (0.41, "41%"), (0.999, "100%"), (1.04, "100%"), (22.2, "22×")])
def test_a_share_is_told_in_per_cent_up_to_all_of_it(share, text):
    assert told(share) == text


# ---- the circle ----


@pytest.mark.parametrize("n", POWERS)
@pytest.mark.parametrize("A", MATRICES)
def test_the_circle_is_stretched_by_the_norm_of_the_power(A, n):
    fig, update = figures.circle_explorer(MATRICES, POWERS)
    update(A=A, n=n)
    image, axis = fig.axes[0].lines[1:3]
    stretch = np.linalg.norm(np.linalg.matrix_power(MATRICES[A], n), 2)
    assert np.hypot(*image.get_data()).max() == pytest.approx(stretch, rel=2e-3, abs=1e-12)
    assert np.hypot(*axis.get_xydata()[1]) == pytest.approx(stretch, rel=2e-3, abs=1e-12)
    above, norm, below = (line(fig, label).get_ydata() for label in (r"$\Vert A\Vert^n$", r"$\Vert A^n\Vert$", r"$\rho(A)^n$"))
    assert np.all(below <= norm + 1e-9)
    assert np.all(norm <= above + 1e-9)


def test_each_matrix_and_each_power_has_its_picture():
    widget = explore(*figures.circle_explorer(MATRICES, POWERS), alt="A circle.", A=list(MATRICES), n=POWERS)
    seen = set()
    for A in MATRICES:
        for n in POWERS:
            widget.value = {"A": A, "n": n}
            seen.add(svg(widget))
    assert len(seen) == len(MATRICES) * len(POWERS)


# ---- training ----


def test_a_run_learns_a_short_gap_and_the_threshold_holds_the_step():
    run = figures.recall_run(0, T=3, gain=1, rate=0.5, threshold=1.0, updates=80)
    assert run.accuracy > 0.9
    assert run.loss[-10:].mean() < 0.5 < run.loss[0]
    assert 0 <= run.flat <= 1
    tight = figures.recall_run(0, T=3, gain=1, rate=0.5, threshold=1e-9, updates=80)
    assert tight.loss[-10:].mean() == pytest.approx(tight.loss[:10].mean(), rel=0.2), "with next to no step nothing is learned"
    assert tight.norm[0] == run.norm[0], "the norm is that before clipping"


def test_a_run_is_the_seeds_alone_and_its_picture_the_same_every_time():
    runs = [figures.recall_run(1, T=3, gain=2, rate=0.1, updates=5) for _ in range(2)]
    np.testing.assert_array_equal(runs[0].norm, runs[1].norm)
    assert svg(show(figures.runs_picture(runs, 1.0), alt="A.")) == svg(show(figures.runs_picture(runs, 1.0), alt="A."))
