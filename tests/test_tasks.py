"""The texts and tasks: one-hot rows, and a recall whose answer is in the first symbol alone."""

import numpy as np
import pytest
from unrolled.tasks import LETTERS, WIG, delayed_recall, one_hot


@pytest.mark.parametrize("symbols", [WIG, LETTERS, "abba"])
def test_one_hot_tells_symbols_apart_and_nothing_else(symbols):
    x = one_hot(symbols)
    assert x.shape == (len(symbols), len(set(symbols)))
    same = [[a == b for a in symbols] for b in symbols]
    np.testing.assert_array_equal(x @ x.T, same)


def test_went_is_eight_words_after_man():
    assert WIG.index("went") - WIG.index("man") == 8


def test_recall_asks_at_the_end_for_the_first_symbol():
    x, y = delayed_recall(np.random.default_rng(0), 7, 200, classes=3, noise=2)
    assert x.shape == (7, 5, 200)
    np.testing.assert_array_equal(x.sum(axis=1), 1)
    np.testing.assert_array_equal(y[-1], x[0, :3])
    assert not y[:-1].any()
    assert not x[1:, :3].any(), "what comes between says nothing of the answer"
    assert x[0, :3].any(axis=1).all()
    assert x[1:, 3:].any(axis=(0, 2)).all()


def test_recall_is_the_seeds_alone():
    (x, y), (x2, y2) = (delayed_recall(np.random.default_rng(3), 5, 4) for _ in range(2))
    np.testing.assert_array_equal(x, x2)
    np.testing.assert_array_equal(y, y2)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"rng": 0}, TypeError, "rng must be a numpy.random.Generator"),
        ({"T": 1}, ValueError, "T must be at least 2; got 1"),
        ({"B": 2.0}, TypeError, "B must be a whole number"),
        ({"classes": 1}, ValueError, "classes must be at least 2"),
        ({"noise": 0}, ValueError, "noise must be at least 1"),
    ],
)
def test_bad_input_is_named(change, error, message):
    with pytest.raises(error, match=message):
        delayed_recall(**{"rng": np.random.default_rng(0), "T": 5, "B": 2} | change)


def test_there_must_be_something_to_read():
    with pytest.raises(ValueError, match="symbols must hold at least one symbol"):
        one_hot("")
