import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unrolled import cells, clip_by_global_norm
from unrolled.training import clip_by_value, global_norm

few = settings(max_examples=30, derandomize=True, deadline=None, database=None)
CLIPS = [clip_by_global_norm, clip_by_value]


def flat(grads):
    return np.concatenate([g.ravel() for g in grads])


@few
@given(seed=st.integers(0, 2**16), size=st.sampled_from([1e-8, 1.0, 1e8]), threshold=st.sampled_from([0.1, 1.0, 1e4]))
def test_the_norm_shrinks_to_the_threshold_and_the_direction_stays(seed, size, threshold):
    rng = np.random.default_rng(seed)
    grads = [size * rng.normal(size=shape) for shape in ((3, 2), (3, 3), (3, 1))]
    clipped, norm = clip_by_global_norm(grads, threshold)
    g, c = flat(grads), flat(clipped)
    assert norm == pytest.approx(np.linalg.norm(g), rel=1e-14)
    assert np.linalg.norm(c) == pytest.approx(min(norm, threshold), rel=1e-14)
    assert g @ c / np.linalg.norm(g) / np.linalg.norm(c) == pytest.approx(1, rel=1e-14)
    if norm <= threshold:
        assert np.array_equal(g, c)


def test_the_answer_is_of_the_same_kind_and_a_copy():
    p = cells.rnn.Params(np.ones((1, 1)), 2 * np.ones((1, 1)), 2 * np.ones((1, 1)))
    for threshold in (1.0, 100.0):
        clipped, norm = clip_by_global_norm(p, threshold)
        assert (type(clipped), norm) == (cells.rnn.Params, 3.0)
        clipped.U[:] = 7
        assert p.U == 1
    assert type(clip_by_global_norm([*p], 1.0)[0]) is list
    assert type(clip_by_value(tuple(p), 1.0)) is tuple


@pytest.mark.parametrize("size", [1e-320, 1e-200, 1e200, 1e307])
def test_no_overflow_and_no_underflow_on_the_way(size):
    grads = [np.full((2, 2), size)]
    assert global_norm(grads) == pytest.approx(2 * size, rel=1e-12)
    clipped, _ = clip_by_global_norm(grads, 1.0)
    np.testing.assert_allclose(clipped[0], min(size, 0.5), rtol=1e-12)


def test_float32_stays_float32_and_its_norm_is_taken_in_float64():
    grads = [np.full((2, 2), 3e38, np.float32)]
    clipped, norm = clip_by_global_norm(grads, 1.0)
    assert norm == pytest.approx(6e38, rel=1e-6)
    assert clipped[0].dtype == np.float32
    np.testing.assert_allclose(clipped[0], 0.5, rtol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("others", [0.0, 1.0])
@pytest.mark.parametrize("first", [True, False])
def test_a_norm_that_is_not_finite_raises_unless_told_otherwise(bad, others, first):
    grads = [np.array([bad]), np.array([others])][:: 1 if first else -1]
    with pytest.raises(ValueError, match=r"grads must have a finite global norm to be clipped; got (nan|inf)"):
        clip_by_global_norm(grads, 1.0)
    same, norm = clip_by_global_norm(grads, 1.0, error_if_nonfinite=False)
    assert same is grads
    assert not np.isfinite(norm)
    with pytest.raises(ValueError, match=re.escape(f"grads[{0 if first else 1}] must be finite; got NaN or infinity")):
        clip_by_value(grads, 1.0)


def test_zero_gradients_stay_zero():
    clipped, norm = clip_by_global_norm([np.zeros(3)], 1.0)
    assert (norm, clipped[0].tolist()) == (0.0, [0, 0, 0])


def test_clipping_by_value_turns_the_gradient():
    grads = [np.array([3.0, 0.1]), np.array([-5.0])]
    clipped = clip_by_value(grads, 1.0)
    assert [c.tolist() for c in clipped] == [[1, 0.1], [-1]]
    g, c = flat(grads), flat(clipped)
    assert g @ c / np.linalg.norm(g) / np.linalg.norm(c) < 0.99


BAD = [
    ({"grads": np.ones(3)}, TypeError, "grads must be a NamedTuple, tuple or list of arrays; got ndarray"),
    ({"grads": {"W": np.ones(3)}}, TypeError, "grads must be a NamedTuple, tuple or list of arrays; got dict"),
    ({"grads": []}, TypeError, "grads must be a NamedTuple, tuple or list of arrays; got an empty list"),
    (
        {"grads": [np.ones(3), 1.0]},
        TypeError,
        "grads[1] must be a numpy array of float64 or float32 that is not",
    ),
    ({"grads": [np.ones(3, int)]}, TypeError, "that is not empty; got int64 of the shape (3,)"),
    ({"grads": [np.ones(3, complex)]}, TypeError, "that is not empty; got complex128 of the shape (3,)"),
    ({"grads": [np.ones((3, 0))]}, TypeError, "that is not empty; got float64 of the shape (3, 0)"),
    ({"threshold": 0}, ValueError, "threshold must be finite and above 0; got 0"),
    ({"threshold": -1.0}, ValueError, "threshold must be finite and above 0; got -1.0"),
    ({"threshold": np.nan}, ValueError, "threshold must be finite and above 0; got nan"),
    ({"threshold": np.inf}, ValueError, "threshold must be finite and above 0; got inf"),
    ({"threshold": "1"}, TypeError, "threshold must be a number; got '1'"),
    ({"threshold": None}, TypeError, "threshold must be a number; got None"),
    ({"threshold": True}, TypeError, "threshold must be a number; got True"),
]


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize(("given", "kind", "words"), BAD, ids=[str(row[0]) for row in BAD])
def test_bad_input(clip, given, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        clip(**{"grads": [np.ones(3)], "threshold": 1.0} | given)
