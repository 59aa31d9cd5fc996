"""A number asked for: answers, squared errors, and their pull-back against the complex step."""

import re

import numpy as np
import pytest
from problems import error, gradient
from unrolled import readout, regression


@pytest.fixture
def reading(rng):
    """p, h, y: two numbers, four units, T = 5, B = 2; nothing is asked at step 3, and the second number not at step 5."""
    p = regression.Params(rng.normal(size=(2, 4)), rng.normal(size=(2, 1)))
    y = rng.normal(size=(5, 2, 2))
    y[2] = y[4, 1] = np.nan
    return p, rng.normal(size=(5, 4, 2)), y


def E(p, h, y):
    return np.sum(regression.read(p, h, y).E)


def test_answers_and_squared_errors(reading):
    p, h, y = reading
    r = regression.read(*reading)
    np.testing.assert_allclose(r.ŷ[1], p.V @ h[1] + p.c, rtol=1e-15)
    np.testing.assert_allclose(r.E, np.nansum((r.ŷ - y) ** 2, axis=1), rtol=1e-14)
    assert (r.ŷ.shape, r.E.shape) == ((5, 2, 2), (5, 2))
    assert not r.E[2].any(), "no target, no loss"
    np.testing.assert_allclose(r.E[4], (r.ŷ[4, 0] - y[4, 0]) ** 2, rtol=1e-14)


def test_pullback_is_the_complex_step(reading):
    p, h, y = reading
    dh, dp = regression.pullback(p, h, y)
    assert error(dh, gradient(lambda h: E(p, h, y), h)) < 1e-12
    assert error(dp.V, gradient(lambda V: E(p._replace(V=V), h, y), p.V)) < 1e-12
    assert error(dp.c, gradient(lambda c: E(p._replace(c=c), h, y), p.c)) < 1e-12
    assert not dh[2].any()


def test_parameters_are_those_of_the_readout(rng):
    assert regression.Params is readout.Params
    assert regression.init is readout.init


def test_float32_stays(reading):
    p, h, y = reading
    p, h, y = p._make(a.astype(np.float32) for a in p), h.astype(np.float32), y.astype(np.float32)
    assert regression.read(p, h, y).E.dtype == np.float32
    dh, dp = regression.pullback(p, h, y)
    assert {dh.dtype, dp.V.dtype, dp.c.dtype} == {np.dtype(np.float32)}


BAD = [
    ("p", lambda p, h, y: (tuple(p), h, y), TypeError, "p must be a Params(V, c)"),
    ("V", lambda p, h, y: (p._replace(V=p.V.T), h, y), ValueError, "p.V must have the shape (2, 4)"),
    ("c", lambda p, h, y: (p._replace(c=p.c[:, 0]), h, y), ValueError, "p.c must have the shape (2, 1)"),
    ("float32", lambda p, h, y: (p, h.astype(np.float32), y), TypeError, "h and y and V and c must have one dtype"),
    ("h list", lambda p, h, y: (p, h.tolist(), y), TypeError, "h must be a numpy array of float64 or float32; got list"),
    ("h nan", lambda p, h, y: (p, h * np.nan, y), ValueError, "h must be finite; got NaN"),
    ("T = 0", lambda p, h, y: (p, h[:0], y[:0]), ValueError, "every size at least 1; got (0, 4, 2)"),
    ("y list", lambda p, h, y: (p, h, y.tolist()), TypeError, "y must be a numpy array of float64 or float32; got list"),
    ("y shape", lambda p, h, y: (p, h, y[:-1]), ValueError, "y must have the shape (5, any, 2)"),
    ("y infinite", lambda p, h, y: (p, h, y * np.inf), ValueError, "y must be finite"),
]


@pytest.mark.parametrize("f", [regression.read, regression.pullback])
@pytest.mark.parametrize(("change", "kind", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_input(reading, f, change, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        f(*change(*reading))
