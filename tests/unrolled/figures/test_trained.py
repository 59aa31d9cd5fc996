"""The pictures of what was learned: each shows the outcomes that it is given, and no other."""

import numpy as np
import pytest
from matplotlib.text import Text
from signs import foreign
from unrolled import cells, init, readout, unroll
from unrolled.experiments import Record
from unrolled.experiments.one import draw, network
from unrolled.experiments.plans import CHRONO
from unrolled.figures import trained
from unrolled.figures.trained.starts import in_words
from unrolled.style import SYMBOLS
from unrolled.tasks import delayed_recall
from unrolled.training import Model, gradient


def outcome(solved_at, scores):
    return {"solved_at": solved_at, "scores": scores, "score": scores[-1]}


TASK = {"task": "delayed_recall", "updates": 400, "every": 50, "n": 4, "B": 8}
LSTM = TASK | {"cell": "lstm", "bias": {"b_f": 1.0}}
RNN = TASK | {"cell": "rnn", "gain": 1.0, "recurrent": "orthogonal"}
RECORDS = [
    Record(LSTM | {"T": 20}, [outcome(100, [0.5, 1.0]), outcome(None, [0.25, 0.75])], {}),
    Record(RNN | {"T": 20}, [outcome(50, [1.0]), outcome(150, [0.5, 0.5, 1.0])], {}),
    Record(LSTM | {"T": 40}, [outcome(None, [0.2, 0.3]), outcome(None, [0.2, 0.2])], {}),
    Record(RNN | {"T": 40}, [outcome(200, [0.1, 0.1, 0.1, 1.0]), outcome(None, [0.3, 0.4])], {}),
]
NAMES = ["LSTM, bias 1", "plain network"]


def points(line):
    return np.transpose(line.get_data())


# ---- names


@pytest.mark.parametrize(
    ("settings", "key", "name"),
    [
        (LSTM, "LSTM b_f=1", "LSTM, $b_f=1$"),
        (LSTM | {"bias": CHRONO}, "LSTM chrono", "LSTM, chrono biases"),
        (LSTM | {"bias": {"b_f": "spread"}}, "LSTM b_f=log u", r"LSTM, $b_f=\log\,u$"),
        (
            LSTM | {"bias": {"b_f": "log", "b_i": "-log"}},
            "LSTM b_f=log(T-1) b_i=-log(T-1)",
            r"LSTM, $b_f=\log(T-1)$, $b_i=-\log(T-1)$",
        ),
        ({"cell": "gru", "bias": {}}, "GRU", "GRU"),
        ({"cell": "gru", "bias": {"b_z": "-spread"}}, "GRU chrono", "GRU, chrono biases"),
        ({"cell": "lstm_1997"}, "LSTM 1997", "LSTM of 1997"),
        (RNN, "RNN tanh", "plain network"),
    ],
)
def test_a_start_has_a_key_and_a_name(settings, key, name):
    assert trained.arm_of(settings) == key
    assert trained.start_name(settings) == name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("LSTM, $b_f=1$", "LSTM, bias 1"),
        ("LSTM, $b_f=-2$, $g=0.5$", "LSTM, bias −2, g = 0.5"),
        (r"GRU, $b_z=-\log(T-1)$", "GRU, bias −log(T−1)"),
        ("plain network", "plain network"),
    ],
)
def test_a_picture_calls_a_start_in_words(name, words):
    assert in_words(name) == words


@pytest.mark.usefixtures("chinese")
def test_a_chinese_picture_has_chinese_commas():
    assert in_words("LSTM, $b_f=1$, $g=2$") == "LSTM，偏置1，g = 2"


@pytest.mark.parametrize(
    ("start", "name"),
    [
        ({}, "orthogonal matrix, g = 1"),
        ({"gain": 0.5, "recurrent": "gaussian"}, "Gaussian matrix, g = 0.5"),
        ({"gain": 1.5, "recurrent": "orthogonal"}, "orthogonal matrix, g = 1.5"),
        ({"recurrent": "identity"}, "unit matrix"),
    ],
)
def test_a_start_of_W_has_a_name(start, name):
    assert trained.weights_name(TASK | start) == name


# ---- outcomes


def test_the_race_has_a_dot_for_each_seed_and_infinity_for_the_unsolved():
    fig, update = trained.race_explorer({"recall": RECORDS, "short": RECORDS[:2]})
    update(task="recall")
    dots = {line.get_label(): points(line) for line in fig.axes[0].lines if line.get_label() in NAMES}
    never = fig.axes[0].get_yticks()[-1]
    assert fig.axes[0].get_yticklabels()[-1].get_text() == "∞"
    assert never > 400
    np.testing.assert_array_equal(dots[NAMES[0]][:, 1], [100, never, never, never])
    np.testing.assert_array_equal(dots[NAMES[1]][:, 1], [50, 150, 200, never])
    assert set(np.round(dots[NAMES[0]][:, 0])) == {0, 1}
    update(task="short")
    assert [len(points(line)) for line in fig.axes[0].lines if line.get_label() in NAMES] == [2, 2]


def test_the_seeds_stand_at_their_values_and_the_bar_at_their_median():
    groups = {20: {"a": [0.2, 0.4, 0.9], "b": [0.5, 7.0, -3.0]}, 40: {"a": [1, 1, 1], "b": [0, 0, 0]}}
    fig, update = trained.seeds_explorer(groups, "$A$", chance=0.25)
    update(of=20)
    first, second, bar, other, chance = fig.axes[0].lines
    np.testing.assert_array_equal(first.get_xdata(), [0.2, 0.4, 0.9])
    np.testing.assert_array_equal(second.get_xdata(), [0.5, 1, 0])  # what lies outside is shown at the edge
    assert bar.get_xdata() == [0.4]
    assert other.get_xdata() == [0.5]
    assert set(chance.get_xdata()) == {0.25}
    assert [text.get_text() for text in fig.axes[0].get_yticklabels()] == ["a", "b"]
    assert bar.get_zorder() < first.get_zorder()
    assert np.ptp(first.get_ydata()) < 1 / 3
    assert not [text for text in fig.axes[0].texts if "/" in text.get_text()]


def test_behind_each_row_stands_how_many_seeds_solved_the_task():
    groups = {20: {"a": [0.2, 1.0], "b": [1.0, 1.0]}, 40: {"a": [0, 0], "b": [1, 0]}}
    solved = {20: {"a": 1, "b": 2}, 40: {"a": 0, "b": 1}}
    fig, update = trained.seeds_explorer(groups, "$A$", solved=solved)
    for of in (20, 40):
        update(of=of)
        counts = [text.get_text() for text in fig.axes[0].texts if "/" in text.get_text()]
        assert counts == [f"{solved[of][name]}/2" for name in "ab"]


def test_the_seeds_of_two_choices():
    groups = {(T, W): {"a": [T / 100, 1.0]} for T in (20, 40) for W in ("one", "other")}
    fig, update = trained.seeds_explorer(groups, "$A$")
    update(of=40, W="other")
    np.testing.assert_array_equal(fig.axes[0].lines[0].get_xdata(), [0.4, 1.0])


def test_the_outcome_lies_over_the_reach():
    reach = [[-1.0, -2.0], [0.0, 0.5], [-8.0, -9.0], [-3.0, -4.0]]
    records = [
        r._replace(outcomes=[o | {"reach": norm} for o, norm in zip(r.outcomes, norms, strict=True)])
        for r, norms in zip(RECORDS, reach, strict=True)
    ]
    fig = trained.outcome_picture(records)
    lstm, rnn = fig.axes[0].lines[:2]
    np.testing.assert_array_equal(lstm.get_xdata(), [-1.5, -8.5])
    np.testing.assert_array_equal(rnn.get_xdata(), [0.25, -3.5])
    np.testing.assert_array_equal(np.round(lstm.get_ydata()), [1, 0])
    np.testing.assert_array_equal(np.round(rnn.get_ydata()), [2, 1])
    assert rnn.get_color() == SYMBOLS["rnn"].colour


def test_what_can_be_read_fades_with_the_distance_and_grows_with_the_forget_bias():
    keeping, forgetting = ({**LSTM, "n": 12, "bias": {"b_f": b_f}} for b_f in (5.0, 0.0))
    near, far = (trained.readable(keeping | {"T": T}, 0) for T in (3, 30))
    assert near > 0.95
    assert near > far > 0.4
    assert abs(trained.readable(forgetting | {"T": 30}, 0) - 0.25) < 0.06  # nothing is left but chance


LEARNING = RNN | {"T": 8, "rate": 0.01, "optimiser": "adam", "clip": 1.0}


@pytest.mark.parametrize("settings", [LEARNING, LEARNING | LSTM], ids=["rnn", "lstm"])
def test_one_update_moves_what_is_kept_by_as_much_as_its_weights_say(settings):
    """Sgd without a clip moves the parameters along a known gradient; with a rate of nearly nothing nothing moves."""
    settings = settings | {"optimiser": "sgd", "clip": None}
    rng = np.random.default_rng([3, 0])
    old = network(settings, rng)
    _, grads = gradient(old, *draw(settings, rng, 8))
    p = old.p._make(w - 0.01 * g for w, g in zip(old.p, grads, strict=False))
    x, _ = draw(settings, np.random.default_rng([3, 1]), 5)
    (kept, *_), (before, *_) = ([getattr(unroll(old.cell, q, x), old.cell.State._fields[0])[-1]] for q in (p, old.p))
    assert np.isclose(trained.moved_by_one_update(settings, 3, 5), np.linalg.norm(kept - before, axis=0).mean())


def test_the_reach_is_named_in_the_language_of_the_edition(chinese):
    fig, _ = trained.reach_explorer({"a": {"y": np.zeros((2, 3))}})
    assert not list(foreign([text.get_text() for text in fig.findobj(Text)]))


def test_the_reach_is_drawn_a_line_a_seed_and_their_median():
    one = np.array([[-9.0, -3.0, 0.0], [-8.0, -1.0, 1.0], [-7.0, -2.0, 2.0]])
    fig, update = trained.reach_explorer({"a": {"x": one - 5, "y": one}, "b": {"x": one, "y": one + 1}})
    update(arm="b")
    *seeds, median = fig.axes[0].lines[:4]
    np.testing.assert_array_equal(points(seeds[1]), [[0, -8], [10, -1], [20, 1]])
    np.testing.assert_array_equal(points(median), [[0, -8], [10, -2], [20, 1]])
    np.testing.assert_array_equal(fig.axes[0].lines[7].get_ydata(), [-7, -1, 2])
    update(arm="a")
    np.testing.assert_array_equal(median.get_ydata(), [-13, -7, -4])


# ---- one network while it learns


def model(seed):
    rng = np.random.default_rng(seed)
    return Model(cells.lstm, readout, init(cells.lstm, 5, 8, rng), readout.init(4, 5, rng))


def test_a_frame_holds_gates_and_the_answer_with_the_right_class_first():
    net, (x, y) = model(0), delayed_recall(np.random.default_rng(1), 7, 1)
    step, p = trained.gate_frame(net, x, y)
    trace = unroll(net.cell, net.p, x)
    np.testing.assert_array_equal(step.f, trace.f[1:, :, 0])
    answer = readout.read(net.q, trace.h[1:], y).p[-1, :, 0]
    assert p[0] == answer[y[-1, :, 0].argmax()]
    np.testing.assert_array_equal(np.sort(p), np.sort(answer))


def test_gates_are_shown_as_they_are():
    x, y = delayed_recall(np.random.default_rng(1), 7, 1)
    films = {k: trained.gate_frame(model(k), x, y) for k in (0, 10)}
    fig, update = trained.gates_explorer(films, ["f", "o"])
    update(k=10)
    step, p = films[10]
    for ax, gate in zip(fig.axes, "fo", strict=False):
        np.testing.assert_array_equal(ax.images[0].get_array(), getattr(step, gate).T)
    np.testing.assert_array_equal([bar.get_height() for bar in fig.axes[-1].patches], p)


def test_losses_are_drawn_over_their_updates():
    fig = trained.loss_picture({"a": np.array([3.0, 2.0, 1.0]), "b": np.array([2.0, 2.5])}, 1.4)
    one, two, chance = fig.axes[0].lines
    np.testing.assert_array_equal(points(one), [[1, 3], [2, 2], [3, 1]])
    np.testing.assert_array_equal(points(two), [[1, 2], [2, 2.5]])
    assert set(chance.get_ydata()) == {1.4}
