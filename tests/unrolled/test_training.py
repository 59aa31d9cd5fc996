import re
from functools import partial

import numpy as np
import pytest
from unrolled import cells, init, readout, unroll
from unrolled.tasks import delayed_recall
from unrolled.training import OPTIMISERS, Diverged, Model, global_norm, gradient, train

DRAW = partial(delayed_recall, T=6, B=4, classes=3, noise=2)


def model(cell=cells.rnn, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return Model(cell, readout, init(cell, 5, 5, rng, dtype=dtype), readout.init(3, 5, rng))


def trained(draw=DRAW, of=None, **settings):
    return train(of or model(), draw, np.random.default_rng(1), **{"updates": 20, "rate": 0.1, "progress": False} | settings)


def same(a, b):
    return (
        all(np.array_equal(x, y) for part in "pq" for x, y in zip(getattr(a.model, part), getattr(b.model, part), strict=True))
        and all(np.array_equal(getattr(a, name), getattr(b, name)) for name in ("loss", "norm", "scores"))
        and a.rng == b.rng
    )


# ---- the gradient


@pytest.mark.parametrize("cell", [cells.rnn, cells.lstm, cells.gru, cells.coupled, cells.lstm_1997], ids=lambda c: c.__name__)
def test_the_gradient_is_that_of_the_mean_over_what_is_asked(cell):
    rng = np.random.default_rng(0)
    x, y = DRAW(rng)
    y[2] = np.eye(3)[:, [0, 1, 2, 0]]  # asked at two of the six steps, and not in every sequence
    y[2, :, 1] = 0
    net = model(cell)
    E, grads = gradient(net, x, y)

    def loss(p, q):
        h = getattr(unroll(cell, p, x.astype(complex)), cell.State._fields[-1])[1:]
        return readout.read(q, h, y.astype(complex)).E.sum() / 7

    both = [*net.p, *net.q]
    np.testing.assert_allclose(E, loss(net.p, net.q).real, rtol=1e-14)
    for k, (a, g) in enumerate(zip(both, grads, strict=True)):
        place = tuple(rng.integers(size) for size in a.shape)
        nudged = [b.astype(complex) for b in both]
        nudged[k][place] += 1e-30j
        slope = loss(net.p._make(nudged[: len(net.p)]), net.q._make(nudged[len(net.p) :])).imag / 1e-30
        assert g[place] == pytest.approx(slope, rel=1e-10, abs=1e-14)


def test_a_horizon_cuts_the_gradient():
    x, y = DRAW(np.random.default_rng(0))
    whole, cut, all_steps = (gradient(model(), x, y, horizon)[1] for horizon in (None, 1, 6))
    assert global_norm([a - b for a, b in zip(whole, all_steps, strict=True)]) < 1e-14
    assert global_norm([a - b for a, b in zip(whole, cut, strict=True)]) > 1e-2


# ---- the optimisers: against the formulas, written out once more with a loop over the parameters


def by_hand(name, gs):
    """The directions for one parameter whose gradients were gs."""
    v = m = 0.0
    for k, g in enumerate(gs, 1):
        if name == "sgd":
            direction = g
        elif name == "momentum":
            direction = m = 0.9 * m + g
        elif name == "rmsprop":
            v = 0.9 * v + 0.1 * g * g
            direction = g / (v**0.5 + 1e-8)
        else:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            direction = m / (1 - 0.9**k) / ((v / (1 - 0.999**k)) ** 0.5 + 1e-8)
    return direction


@pytest.mark.parametrize("name", OPTIMISERS)
def test_an_optimiser_is_its_formula(name):
    gs, memory = np.random.default_rng(0).normal(size=(7, 3)), None
    for k, g in enumerate(gs, 1):
        before = None if memory is None else [a.copy() for a in memory]
        direction, after = OPTIMISERS[name](g, memory, k)
        if memory is not None:
            assert all(np.array_equal(a, b) for a, b in zip(memory, before, strict=True)), "nothing is changed in place"
        memory = after
    np.testing.assert_allclose(direction, [by_hand(name, column) for column in gs.T], rtol=1e-13)


@pytest.mark.parametrize(("name", "rate"), [("sgd", 0.5), ("momentum", 0.1), ("rmsprop", 0.01), ("adam", 0.01)])
def test_every_optimiser_learns(name, rate):
    loss = trained(optimiser=name, rate=rate, updates=300, clip=1.0).loss
    assert np.mean(loss[-20:]) < 0.3 * np.log(3)


# ---- the loop


def test_one_update_of_sgd_moves_by_rate_times_gradient():
    x, y = DRAW(np.random.default_rng(1))
    E, grads = gradient(model(), x, y)
    run = trained(optimiser="sgd", rate=0.5, updates=1)
    assert (run.loss[0], run.norm[0]) == (E, global_norm(grads))
    for old, new, g in zip((*model().p, *model().q), (*run.model.p, *run.model.q), grads, strict=True):
        np.testing.assert_allclose(new, old - 0.5 * g, rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize(("by", "most"), [("norm", 0.01), ("value", 0.01 * np.sqrt(73))])
def test_a_clipped_step_is_no_longer_than_the_threshold_allows(by, most):
    old, run = model(), trained(optimiser="sgd", rate=1.0, updates=1, clip=0.01, clip_by=by)
    step = global_norm([a - b for a, b in zip((*old.p, *old.q), (*run.model.p, *run.model.q), strict=True)])
    assert sum(a.size for a in (*old.p, *old.q)) == 73
    assert run.norm[0] > 0.1
    assert step <= most * (1 + 1e-12)
    if by == "norm":
        assert step == pytest.approx(most)


def test_the_rate_may_change_with_the_update():
    seen = []
    trained(rate=lambda k: seen.append(k) or 0.1, updates=3)
    assert seen == [1, 2, 3]
    still = trained(rate=lambda k: 1e-300, updates=3)
    np.testing.assert_allclose(still.model.p.W, model().p.W, rtol=0, atol=1e-200)


def test_training_is_the_same_every_time_and_leaves_the_start_alone():
    start = model()
    copies = [a.copy() for a in start.p]
    assert same(trained(of=start), trained())
    assert all(np.array_equal(a, b) for a, b in zip(start.p, copies, strict=True))


def test_float32_stays_float32():
    net = model(dtype=np.float32)
    net = net._replace(q=net.q._make(a.astype(np.float32) for a in net.q))
    run = trained(lambda rng: tuple(a.astype(np.float32) for a in DRAW(rng)), net)
    assert {a.dtype.name for a in (*run.model.p, *run.model.q)} == {"float32"}
    assert abs(run.loss[-1] - trained().loss[-1]) < 1e-3


def test_it_ends_when_the_score_is_good_enough():
    scores = iter([0.1, 0.9, 0.2])
    run = trained(score=lambda net: next(scores), every=5, enough=0.9)
    assert (run.ended, len(run.loss), run.scores.tolist()) == ("enough", 10, [[5, 0.1], [10, 0.9]])


def test_it_ends_when_patience_does():
    scores = iter([0.1, 0.5, 0.4, 0.5, 0.6])
    run = trained(score=lambda net: next(scores), every=3, patience=2)
    assert (run.ended, len(run.loss)) == ("patience", 12)


def interrupting(at):
    """Batches that press Ctrl-C instead of giving the batch number `at`."""
    given = iter(range(1, 1000))

    def draw(rng):
        if next(given) == at:
            raise KeyboardInterrupt
        return DRAW(rng)

    return draw


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("at", [1, 8, 12])
def test_interrupted_and_taken_up_again_is_as_never_interrupted(tmp_path, optimiser, at):
    settings = {"optimiser": optimiser, "rate": 0.01, "every": 4, "score": lambda net: float(net.p.W.sum())}
    first = trained(interrupting(at), file=tmp_path / "run", **settings)
    assert (first.ended, len(first.loss)) == ("interrupted", at - 1)
    assert same(trained(file=tmp_path / "run", **settings), trained(**settings))
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_run_that_is_over_is_not_run_again(tmp_path):
    run = trained(file=tmp_path / "run")
    again = trained(interrupting(1), file=tmp_path / "run")
    assert again.ended == "updates"
    assert same(run, again)
    longer = trained(file=tmp_path / "run", updates=25)
    assert same(longer, trained(updates=25))


def test_the_file_of_another_run_is_refused(tmp_path):
    trained(file=tmp_path / "run")
    with pytest.raises(ValueError, match="file must hold a run with the settings"):
        trained(file=tmp_path / "run", rate=0.2)
    with pytest.raises(ValueError, match="file must hold a model of the shapes"):
        trained(file=tmp_path / "run", of=model(cells.gru))


def test_what_is_not_finite_ends_the_run_with_a_sentence(tmp_path):
    sizes = iter([1, 1, 1e308])

    def growing(rng):
        x, y = DRAW(rng)
        return x, y * next(sizes)

    with pytest.raises(
        Diverged, match=r"training stopped at update 3: loss inf, norm of its gradient .*; lower the rate or clip"
    ) as caught:
        trained(growing, file=tmp_path / "run")
    assert len(caught.value.run.loss) == 2
    assert all(np.isfinite(a).all() for a in (*caught.value.run.model.p, *caught.value.run.model.q))
    assert (tmp_path / "run").exists()


def test_the_bar_tells_loss_and_norm(capsys):
    trained(progress=True)
    said = capsys.readouterr().err
    assert "loss=" in said
    assert "norm=" in said
    trained()
    assert capsys.readouterr().err == ""


BAD = [
    ({"updates": 0}, ValueError, "updates must be at least 1; got 0"),
    ({"every": 0.5}, TypeError, "every must be a whole number; got 0.5"),
    ({"rate": -1}, ValueError, "rate must be finite and above 0; got -1"),
    ({"optimiser": "sdg"}, ValueError, "optimiser must be one of 'sgd', 'momentum', 'rmsprop', 'adam'; got 'sdg'"),
    ({"clip": 0}, ValueError, "clip must be finite and above 0; got 0"),
    ({"clip_by": "norms"}, ValueError, "clip_by must be one of 'norm', 'value'; got 'norms'"),
    ({"horizon": 0}, ValueError, "horizon must be at least 1; got 0"),
]


@pytest.mark.parametrize(("given", "kind", "words"), BAD, ids=[str(row[0]) for row in BAD])
def test_bad_input(given, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        trained(**given)


def test_rng_must_be_a_generator():
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator"):
        train(model(), DRAW, 1, updates=1, rate=1)
