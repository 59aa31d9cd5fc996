import re

import numpy as np
import pytest
from problems import CELLS, error, gradient, problem
from unrolled import bptt, cells, readout, unroll


@pytest.fixture
def reading(rng):
    """p, h, y: three classes, four units, T = 5, B = 2, and no loss at step 3."""
    p = readout.Params(rng.normal(size=(3, 4)), rng.normal(size=(3, 1)))
    y = np.moveaxis(np.eye(3)[rng.integers(3, size=(5, 2))], 2, 1)
    y[2] = 0
    return p, rng.normal(size=(5, 4, 2)), y


def E(p, h, y):
    return np.sum(readout.read(p, h, y).E)


def test_probabilities_and_losses(reading):
    p, h, y = reading
    r = readout.read(*reading)
    np.testing.assert_allclose(r.z[1], p.V @ h[1] + p.c, rtol=1e-15)
    np.testing.assert_allclose(r.p.sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(r.E, -np.sum(y * np.log(r.p), axis=1), rtol=1e-12)
    assert (r.z.shape, r.p.shape, r.E.shape) == ((5, 3, 2), (5, 3, 2), (5, 2))
    assert not r.E[2].any(), "no target, no loss"


def test_the_loss_is_a_number_where_the_probability_is_not():
    p = readout.Params(np.array([[1e4], [0.0]]), np.zeros((2, 1)))
    r = readout.read(p, np.ones((1, 1, 1)), np.array([[[0.0], [1.0]]]))
    assert r.p[0, 1, 0] == 0
    assert r.E[0, 0] == 1e4


@pytest.mark.parametrize("scale", [1, 2], ids=["one-hot", "targets that sum to 2"])
def test_pullback_is_the_complex_step(reading, scale):
    p, h, y = reading
    y = scale * y
    dh, dp = readout.pullback(p, h, y)
    assert error(dh, gradient(lambda h: E(p, h, y), h)) < 1e-12
    assert error(dp.V, gradient(lambda V: E(p._replace(V=V), h, y), p.V)) < 1e-12
    assert error(dp.c, gradient(lambda c: E(p._replace(c=c), h, y), p.c)) < 1e-12
    assert not dh[2].any()


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_cell_and_readout_together_are_the_complex_step(name, rng):
    """The whole network: what `pullback` says of the states is the `d` that `bptt` takes."""
    cell = CELLS[name]
    q = problem(cell, n=3, B=2)
    p = readout.init(4, 3, rng)
    y = np.moveaxis(np.eye(4)[rng.integers(4, size=(5, 2))], 2, 1)
    last = cell.State._fields[-1]  # what the readout reads

    def whole(params):
        return E(p, getattr(unroll(cell, params, q.x, q.start), last)[1:], y)

    dh, _ = readout.pullback(p, getattr(q.trace, last)[1:], y)
    d = cell.State(*(np.zeros((6, 3, 2)) for _ in cell.State._fields))
    getattr(d, last)[1:] = dh
    g = bptt(cell, q.p, q.x, q.trace, d).params
    for field in cell.Params._fields:
        want = gradient(lambda a, field=field: whole(q.p._replace(**{field: a})), getattr(q.p, field))
        assert error(getattr(g, field), want) < 1e-12


def test_init(rng):
    p = readout.init(50, 100, rng, gain=2.0)
    assert [a.shape for a in p] == list(readout.shapes(50, 100)) == [(50, 100), (50, 1)]
    assert not p.c.any()
    assert abs(p.V.std() - 0.2) < 0.01


BAD = [
    ("p", lambda p, h, y: (tuple(p), h, y), TypeError, "p must be a Params(V, c)"),
    ("p of a cell", lambda p, h, y: (cells.rnn.Params(p.V, p.V, p.c), h, y), TypeError, "p must be a Params(V, c)"),
    ("V", lambda p, h, y: (p._replace(V=p.V.T), h, y), ValueError, "p.V must have the shape (3, 4)"),
    ("c", lambda p, h, y: (p._replace(c=p.c[:, 0]), h, y), ValueError, "p.c must have the shape (3, 1)"),
    ("c broadcast", lambda p, h, y: (p._replace(c=p.c[:1]), h, y), ValueError, "p.c must have the shape (3, 1)"),
    (
        "float32",
        lambda p, h, y: (p, h.astype(np.float32), y),
        TypeError,
        "h and y and V and c must have one dtype",
    ),
    ("V float32", lambda p, h, y: (p._replace(V=p.V.astype(np.float32)), h, y), TypeError, "must have one dtype"),
    ("c float32", lambda p, h, y: (p._replace(c=p.c.astype(np.float32)), h, y), TypeError, "must have one dtype"),
    ("h list", lambda p, h, y: (p, h.tolist(), y), TypeError, "h must be a numpy array of float64 or float32; got list"),
    ("h shape", lambda p, h, y: (p, h[0], y), ValueError, "h must have the shape (any, any, any)"),
    ("h nan", lambda p, h, y: (p, h * np.nan, y), ValueError, "h must be finite; got NaN"),
    ("T = 0", lambda p, h, y: (p, h[:0], y[:0]), ValueError, "every size at least 1; got (0, 4, 2)"),
    (
        "y ints",
        lambda p, h, y: (p, h, y.astype(int)),
        TypeError,
        "y must be a numpy array of float64 or float32; got an array of int64",
    ),
    ("y shape", lambda p, h, y: (p, h, y[:-1]), ValueError, "y must have the shape (5, any, 2)"),
    ("y nan", lambda p, h, y: (p, h, y * np.inf), ValueError, "y must be finite"),
]


@pytest.mark.parametrize("f", [readout.read, readout.pullback])
@pytest.mark.parametrize(("change", "kind", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
@pytest.mark.filterwarnings("ignore:invalid value")
def test_bad_input(reading, f, change, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        f(*change(*reading))


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"classes": 0}, ValueError, "classes must be at least 1; got 0"),
        ({"classes": 2.0}, TypeError, "classes must be a whole number; got 2.0"),
        ({"n": True}, TypeError, "n must be a whole number; got True"),
        ({"n": -1}, ValueError, "n must be at least 1; got -1"),
        ({"rng": 0}, TypeError, "rng must be a numpy.random.Generator"),
        ({"gain": -1.0}, ValueError, "gain must be finite and at least 0; got -1.0"),
        ({"gain": "1"}, TypeError, "gain must be a number; got '1'"),
    ],
    ids=str,
)
def test_bad_init(rng, given, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        readout.init(**{"classes": 3, "n": 4, "rng": rng} | given)
