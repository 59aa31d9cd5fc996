"""The experiments: their plans, single runs, the command, and the results that are committed."""

import contextlib
import json
import os
import signal
from types import SimpleNamespace

import joblib
import numpy as np
import pytest
from unrolled import cells
from unrolled.experiments import RESULTS, __main__, one, plans, recorded

TINY = plans.grid(plans.RECALL | {"T": 5, "n": 3, "B": 4, "updates": 6, "every": 3}, plans.FIVE[:2])
SETTINGS = [pytest.param(s, id=f"{name}-{k}") for name, e in plans.EXPERIMENTS.items() for k, s in enumerate(e.settings)]


# ---- the plans


@pytest.mark.parametrize("name", plans.EXPERIMENTS)
def test_the_settings_of_an_experiment_differ_and_json_holds_them(name):
    settings = plans.EXPERIMENTS[name].settings
    assert len({json.dumps(s, sort_keys=True) for s in settings}) == len(settings) > 1
    assert json.loads(json.dumps(settings)) == settings


@pytest.mark.parametrize("settings", SETTINGS)
def test_every_setting_can_be_trained(settings):
    outcome = one.run(settings | {"updates": 1, "every": 1, "B": 2, "T": min(settings["T"], 20)}, 0)
    assert len(outcome["start"]) == len(outcome["scores"]) == 1
    assert np.isfinite(outcome["loss"])


def test_a_grid_is_every_combination():
    assert plans.grid({"a": 1}, plans.each("b", 2, 3), [{"c": 4, "a": 0}, {}]) == [
        {"a": 0, "b": 2, "c": 4},
        {"a": 1, "b": 2},
        {"a": 0, "b": 3, "c": 4},
        {"a": 1, "b": 3},
    ]


# ---- one run


def test_a_run_is_the_same_every_time_and_its_seed_matters():
    first, again, other = (one.run(TINY[0], seed) for seed in (0, 0, 1))
    assert first == again
    assert first["start"] != other["start"]
    assert json.loads(json.dumps(first)) == first


def test_chrono_biases_give_memories_between_1_and_T():
    rng, T = np.random.default_rng(0), 50
    of_lstm, of_gru, of_coupled = (one.bias("chrono", cell, 1000, T, rng) for cell in (cells.lstm, cells.gru, cells.coupled))
    assert (set(of_lstm), set(of_gru), set(of_coupled)) == ({"b_f", "b_i"}, {"b_z"}, {"b_f"})
    np.testing.assert_array_equal(of_lstm["b_f"], -of_lstm["b_i"])
    for lengths in (np.exp(of_lstm["b_f"]), np.exp(-of_gru["b_z"])):
        assert lengths.min() >= 1
        assert lengths.max() <= T - 1
        assert abs(lengths.mean() - T / 2) < 2
    assert one.bias("log", cells.lstm, 3, T, rng) == {"b_f": np.log(49)}


def test_a_run_that_diverges_says_so_and_keeps_what_it_had():
    outcome = one.run(TINY[0] | {"optimiser": "sgd", "rate": 1e308, "clip": None, "updates": 50}, 0)
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
    assert list(files) == ["about.json", "seed-0.json", "seed-1.json"]
    assert json.loads(files["about.json"])["settings"] == TINY
    assert json.loads(files["seed-1.json"]) == [one.run(settings, 1) for settings in TINY]


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
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(settings, seed)

    monkeypatch.setattr(__main__, "run", counted)
    with pytest.raises(SystemExit, match="What is done is kept: the same command goes on from here"):
        command(tmp_path, "--seeds", "0", "1")
    assert not (tmp_path / "results").exists()
    command(tmp_path, "--seeds", "0", "1")
    assert calls == [0, 0, 1, 1, 1]
    command(tmp_path, "--seeds", "0", "1")
    assert len(calls) == 5


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
    assert "NAME must be among memory, latch" in capsys.readouterr().err


# ---- what is committed


@pytest.mark.parametrize("name", plans.EXPERIMENTS)
def test_the_committed_results_are_those_of_the_plan(name):
    records = recorded(name)
    assert [record.settings for record in records] == plans.EXPERIMENTS[name].settings, f"run: make experiments NAMES={name}"
    for record in records:
        assert len(record.outcomes) >= 8
        assert all((outcome["solved_at"] is None) == (outcome["ended"] != "enough") for outcome in record.outcomes)


@pytest.mark.parametrize("name", plans.EXPERIMENTS)
def test_a_committed_run_begins_again_as_it_began(name):
    """The first losses of one run; the whole of it would take too long here, and another BLAS would part from it in the end."""
    record = recorded(name)[0]
    again = one.run(record.settings | {"updates": 5}, 0)
    np.testing.assert_allclose(again["start"], record.outcomes[0]["start"], rtol=1e-3)


def test_recorded_names_what_there_is():
    with pytest.raises(ValueError, match=r"name must be an experiment that was run: .*memory.*; got 'memroy'"):
        recorded("memroy")
    assert RESULTS.is_dir()
