"""The experiments: their plans, the choice of rates, single runs, the command, and the results that are committed."""

import contextlib
import json
import os
import signal
from functools import partial
from types import SimpleNamespace

import joblib
import numpy as np
import pytest
from unrolled import bptt, cells, readout, unroll
from unrolled.experiments import RESULTS, __main__, choice, one, plans, recorded
from unrolled.experiments.lasting import lasting
from unrolled.tasks import TASKS, delayed_recall
from unrolled.training import Model, train

TINY = plans.grid(plans.RECALL | {"T": 5, "n": 3, "B": 4, "updates": 6, "every": 3, "rates": [0.01, 0.1]}, plans.FIVE[:2])
ONE = choice.at_each_rate(TINY[0])[0]
SETTINGS = [pytest.param(s, id=f"{name}-{k}") for name, e in plans.EXPERIMENTS.items() for k, s in enumerate(e.settings)]


# ---- the plans


@pytest.mark.parametrize("name", plans.EXPERIMENTS)
def test_the_settings_of_an_experiment_differ_and_json_holds_them(name):
    settings = plans.EXPERIMENTS[name].settings
    assert len({json.dumps(s, sort_keys=True) for s in settings}) == len(settings) > 1
    assert json.loads(json.dumps(settings)) == settings


@pytest.mark.parametrize("settings", SETTINGS)
def test_every_setting_can_be_trained(settings):
    at_last_rate = choice.at_each_rate(settings)[-1]
    outcome = one.run(at_last_rate | {"updates": 1, "every": 1, "B": 2, "T": min(settings["T"], 20)}, 0)
    assert len(outcome["start"]) == len(outcome["scores"]) == 1
    assert np.isfinite(outcome["loss"])


def test_a_grid_is_every_combination():
    assert plans.grid({"a": 1}, plans.each("b", 2, 3), [{"c": 4, "a": 0}, {}]) == [
        {"a": 0, "b": 2, "c": 4},
        {"a": 1, "b": 2},
        {"a": 0, "b": 3, "c": 4},
        {"a": 1, "b": 3},
    ]


# ---- the choice of a rate


CANDIDATES = choice.at_each_rate({"updates": 400, "rates": [0.1, 0.2, 0.3]})


def trial(*solved_at, loss=1.0):
    return [{"solved_at": k, "score": 0.5, "loss": loss} for k in solved_at]


def test_a_grid_of_rates_gives_one_setting_for_each():
    assert [{"updates": 400, "rate": rate} for rate in (0.1, 0.2, 0.3)] == CANDIDATES


@pytest.mark.parametrize(
    ("trials", "rate"),
    [
        ([trial(None, 50), trial(300, 350), trial(None, None)], 0.2),  # most solved, however slowly
        ([trial(None, 50), trial(200, 100), trial(50, 50)], 0.2),  # then most solved beside it: 1 + 2 against 2
        ([trial(50, 50), trial(350, 400), trial(50, 50)], 0.2),  # on both sides
        ([trial(200, 100), trial(None, 50), trial(150, 100)], 0.3),  # then the fewest updates
        ([trial(None, loss=1.2), trial(None, loss=1.1), trial(None, loss=None)], 0.2),  # then the loss; a diverged run has none
        ([trial(100), trial(None), trial(100)], 0.1),  # then the first
    ],
)
def test_the_best_rate_is_that_of_the_rule(trials, rate):
    assert choice.best(CANDIDATES, trials) == {"updates": 400, "rate": rate}


def test_a_single_rate_needs_no_trial():
    assert choice.best(CANDIDATES[:1], [[]]) == CANDIDATES[0]


# ---- one run


def test_a_run_is_the_same_every_time_and_its_seed_matters():
    first, again, other = (one.run(ONE, seed) for seed in (0, 0, 1))
    assert first == again
    assert first["start"] != other["start"]
    assert json.loads(json.dumps(first)) == first


@pytest.mark.parametrize("settings", [choice.at_each_rate(s)[0] | {"T": 6} for s in TINY], ids=["rnn", "lstm"])
def test_the_reach_is_the_norm_of_the_derivative_by_the_first_state(settings):
    model = one.network(settings, np.random.default_rng([3, 0]))
    x, _ = delayed_recall(np.random.default_rng([3, 1]), 6, 1)
    trace = unroll(model.cell, model.p, x)
    rows = []
    for name in model.cell.State._fields:  # one row of the Jacobian for each component of the last state
        for unit in range(settings["n"]):
            d = model.cell.State(*(np.zeros((7, settings["n"], 1)) for _ in model.cell.State._fields))
            getattr(d, name)[-1, unit] = 1
            rows.append(np.concatenate([a[1, :, 0] for a in bptt(model.cell, model.p, x, trace, d).state]))
    assert np.isclose(one.reach(model, x), np.log10(np.linalg.norm(rows, 2)))
    assert one.run(settings, 3)["reach"] == round(one.reach(model, x), 2)


def test_shuffled_answers_are_those_of_other_sequences():
    x, y = one.shuffled(ONE, np.random.default_rng(0), 1000)
    assert abs((x[0, :4] * y[-1]).sum() / 1000 - 0.25) < 0.05  # the first symbol is the answer, one time in four
    assert y[-1].sum() == 1000
    with_answers, _ = one.draw(ONE, np.random.default_rng(0), 1000)
    np.testing.assert_array_equal(x, with_answers)


def test_a_network_that_wanders_first_begins_elsewhere():
    at_once, after = (one.run(ONE | wander, 0) for wander in ({}, {"wander": [5, 0.1]}))
    assert after["updates"] == at_once["updates"]
    assert after["start"] != at_once["start"]
    assert after["reach"] != at_once["reach"]
    assert one.run(ONE | {"wander": [5, 1e-12]}, 0)["reach"] == at_once["reach"]


def test_a_run_is_followed_from_its_start_through_its_examinations():
    plain, outcome = (one.run(ONE | follow, 3) for follow in ({}, {"follow": True}))
    rng = np.random.default_rng([3, 0])
    model = train(one.network(ONE, rng), partial(one.draw, ONE, B=4), rng, updates=6, rate=0.01, clip=1.0, progress=False).model
    probe, _ = one.draw(ONE, np.random.default_rng([3, 1]), 1)
    assert outcome["reaches"][0] == outcome["reach"]
    assert outcome["reaches"][-1] == round(one.reach(model, probe), 2)
    assert len(outcome.pop("reaches")) == 1 + 6 // 3
    assert outcome == plain, "to be followed changes nothing"


def test_a_network_with_shuffled_answers_sees_the_same_sequences_and_learns_something_else():
    right, shuffled = (one.run(ONE | {"shuffled": answers, "B": 32}, 3) for answers in (False, True))
    assert right["reach"] == shuffled["reach"]
    assert right["start"] != shuffled["start"]


def latch_by_hand(W):
    """One unit that sees the input, and a readout that asks for its sign: it keeps the sign if W > 1."""
    p = cells.rnn.Params(U=np.ones((1, 1)), W=np.full((1, 1), W), b=np.zeros((1, 1)))
    return Model(cells.rnn, readout, p, readout.Params(np.array([[-5.0], [5.0]]), np.zeros((2, 1))))


@pytest.mark.parametrize(("W", "keeps"), [(4.0, True), (0.5, False)])
def test_what_lasts(W, keeps):
    """With W > 1 the unit is pulled back after a push, and knows its sign; with W < 1 it forgets both."""
    found = lasting(latch_by_hand(W), TASKS["latch"], 60, [60, 120])
    assert [score > 0.9 for score in found["knows"]] == [keeps, keeps]
    assert found["push"] < 1e-6
    assert found["decaying"] < 0.75


def test_a_push_that_nothing_wears_down_stays():
    """A linear unit of weight 1 keeps a push as it is: here a tanh so near its middle that it is one."""
    model = latch_by_hand(1.0)
    quiet = model._replace(p=model.p._replace(U=np.full((1, 1), 1e-9)))
    assert 0.05 < lasting(quiet, TASKS["latch"], 20, [20])["push"] <= 0.1


def test_noise_of_one_kind_is_no_noise():
    x, _ = one.draw(ONE | {"noise": 1, "T": 9}, np.random.default_rng(0), 50)
    assert x.shape == (9, 5, 50)
    assert np.all(x[1:, 4] == 1)


def test_the_words_for_biases():
    rng, n, T = np.random.default_rng(0), 1000, 50
    both, gru, forget = (one.biases(given, n, T, rng) for given in (plans.CHRONO, {"b_z": "-spread"}, {"b_f": "spread"}))
    np.testing.assert_array_equal(both["b_f"], -both["b_i"])
    assert set(forget) == {"b_f"}
    for lengths in (np.exp(both["b_f"]), np.exp(-gru["b_z"]), np.exp(forget["b_f"])):
        assert lengths.shape == (n, 1)
        assert lengths.min() >= 1
        assert lengths.max() <= T - 1
        assert abs(lengths.mean() - T / 2) < 2
    assert one.biases({"b_f": "log", "b_i": "-log"}, 3, T, rng) == {"b_f": np.log(49), "b_i": -np.log(49)}
    assert one.biases({"b_f": 1.0}, 3, T, rng) == {"b_f": 1.0}


def test_a_run_that_diverges_says_so_and_keeps_what_it_had():
    outcome = one.run(ONE | {"optimiser": "sgd", "rate": 1e308, "clip": None, "updates": 50}, 0)
    assert outcome["ended"] in ("diverged", "updates")  # a tanh network may come out of it without a NaN
    assert outcome["solved_at"] is None


# ---- the command


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setitem(plans.EXPERIMENTS, "tiny", plans.Experiment("Tiny?", TINY))


def alone(monkeypatch):
    """Run in this process, so that a test sees what is called."""
    monkeypatch.setattr(__main__, "processors", lambda scheduler: joblib.parallel_config(backend="sequential"))


def command(folder, *more):
    __main__.main(["tiny", "--folder", str(folder / "results"), "--cache", str(folder / "cache"), *more])


def contents(folder):
    return {p.name: p.read_text("utf-8") for p in sorted((folder / "results/tiny").iterdir())}


@pytest.mark.usefixtures("tiny")
def test_the_command_writes_outcomes_and_settings(tmp_path, monkeypatch):
    alone(monkeypatch)
    command(tmp_path, "--seeds", "0", "1")
    files = contents(tmp_path)
    assert list(files) == ["about.json", *[f"choice-{seed}.json" for seed in choice.SEEDS], "seed-0.json", "seed-1.json"]
    assert json.loads(files["about.json"])["settings"] == TINY
    tried = json.loads(files["choice-101.json"])
    assert tried == [[__main__.brief(one.run(c, 101)) for c in choice.at_each_rate(settings)] for settings in TINY]
    monkeypatch.setattr("unrolled.experiments.RESULTS", tmp_path / "results")
    for k, record in enumerate(recorded("tiny")):
        assert record.settings == choice.best(choice.at_each_rate(TINY[k]), list(record.trials.values()))
        assert record.trials[0.1][1] == tried[k][1]
        assert record.outcomes == [one.run(record.settings, seed) for seed in (0, 1)]


@pytest.mark.usefixtures("tiny")
def test_one_seed_alone_reproduces_its_file(tmp_path, monkeypatch):
    alone(monkeypatch)
    command(tmp_path / "a", "--seeds", "0", "1")
    command(tmp_path / "b", "--seeds", "1")
    assert contents(tmp_path / "b")["seed-1.json"] == contents(tmp_path / "a")["seed-1.json"]


@pytest.mark.usefixtures("tiny")
def test_what_was_interrupted_is_taken_up_and_what_is_done_is_not_done_again(tmp_path, monkeypatch):
    alone(monkeypatch)
    whole, calls = one.run, []

    def counted(settings, seed):
        calls.append(seed)
        if len(calls) == 15:  # 12 trials, two settings at two rates from three seeds, come first
            raise KeyboardInterrupt
        return whole(settings, seed)

    monkeypatch.setattr(__main__, "run", counted)
    with pytest.raises(SystemExit, match="What is done is kept: the same command goes on from here"):
        command(tmp_path, "--seeds", "0", "1")
    assert not (tmp_path / "results").exists()
    command(tmp_path, "--seeds", "0", "1")
    assert calls == [*np.repeat(choice.SEEDS, 4), 0, 0, 1, 1, 1]
    command(tmp_path, "--seeds", "0", "1")
    assert len(calls) == 17


@pytest.mark.usefixtures("tiny")
def test_a_folder_that_may_not_be_written_is_said_in_a_sentence(tmp_path, monkeypatch):
    alone(monkeypatch)
    (tmp_path / "results").write_text("a file, no folder", "utf-8")
    with pytest.raises(SystemExit, match=r"^The experiments are not run to their end: .*results"):
        command(tmp_path, "--seeds", "0")


def die(settings, seed):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.usefixtures("tiny")
def test_a_run_that_is_killed_is_said_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(__main__, "timed", die)
    monkeypatch.setattr(__main__.joblib, "Memory", lambda *_, **__: SimpleNamespace(cache=lambda function: function))
    with pytest.raises(SystemExit, match=r"A run was ended from outside; .* What is done is kept"):
        command(tmp_path, "--seeds", "0")
    assert not (tmp_path / "results").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_a_dask_cluster_gives_the_same_file(tmp_path, monkeypatch):
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster:
        command(tmp_path / "dask", "--seeds", "0", "--scheduler", cluster.scheduler_address)
    alone(monkeypatch)
    command(tmp_path / "here", "--seeds", "0")
    assert contents(tmp_path / "dask")["seed-0.json"] == contents(tmp_path / "here")["seed-0.json"]


def test_an_unknown_experiment_is_named(capsys):
    with contextlib.suppress(SystemExit):
        __main__.main(["memroy"])
    assert "NAME must be among memory, biases" in capsys.readouterr().err


def test_a_seed_of_the_choice_is_not_reported(capsys):
    with contextlib.suppress(SystemExit):
        __main__.main(["memory", "--seeds", "0", "101"])
    assert "SEED must not be among those of the choice, 100, 101, 102; got 101" in capsys.readouterr().err


# ---- what is committed


@pytest.mark.parametrize("name", plans.EXPERIMENTS)
def test_the_committed_results_are_those_of_the_plan(name):
    records, planned = recorded(name), plans.EXPERIMENTS[name].settings
    about = json.loads((RESULTS / name / "about.json").read_text("utf-8"))
    assert about["settings"] == planned, f"run: make experiments NAMES={name}"
    for record, settings in zip(records, planned, strict=True):
        assert list(record.trials) == settings["rates"]
        assert {len(trials) for trials in record.trials.values()} == {len(choice.SEEDS) if len(record.trials) > 1 else 0}
        assert len(record.outcomes) >= 8
        assert all((outcome["solved_at"] is None) == (outcome["ended"] != "enough") for outcome in record.outcomes)


@pytest.mark.slow
@pytest.mark.parametrize("name", plans.EXPERIMENTS)
def test_the_committed_runs_begin_again_as_they_began(name):
    """The first losses of a run of each setting, at the rate that was chosen; another BLAS would part from it in the end."""
    for k, record in enumerate(recorded(name)):
        seed = k % len(record.outcomes)
        again = one.run(record.settings | {"updates": 5}, seed)
        np.testing.assert_allclose(again["start"], record.outcomes[seed]["start"], rtol=1e-3)


def test_recorded_names_what_there_is():
    with pytest.raises(ValueError, match=r"name must be an experiment that was run: .*memory.*; got 'memroy'"):
        recorded("memroy")
    assert RESULTS.is_dir()
