"""The networks that read this book: the text, what counting gives, runs that are taken up again, and what is committed."""

import json

import numpy as np
import pytest
from unrolled.experiments import prose, reading
from unrolled.experiments.ngrams import Ngrams
from unrolled.typed import network, weights

TINY = reading.SETTINGS[1] | {"n": 4, "d": 3, "T": 10, "B": 2, "updates": 40}

# ---- the text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("The state $h_{t-1}$ is **kept**, says {cite:t}`a2000`.", "The state h_t-1 is kept, says."),
        ("See [chapter 4](04.ipynb) and {ref}`the errata <said-1>`.", "See chapter 4 and the errata."),
        ("One. A formula $\\begin{pmatrix} 1 \\end{pmatrix}$ goes. Three.", "One. Three."),
        ("$\\tilde C_t$ and $\\|W\\| \\le \\tfrac14$", "C\u0303_t and ‖W‖ ≤ 1/4"),
        ("两行\n连着。公式$\\begin{x}$不要。留下。", "两行连着。留下。"),
    ],
)
def test_markdown_as_prose(markdown, text):
    assert prose.plain(markdown) == text


def test_what_is_prose_in_a_cell():
    markdown = "(label)=\n# Title\n\ntext\n\n$$\nx = 1\n$$ (eq)\n\n:::{admonition} Try\n- a point\n:::\n\n"
    markdown += "| a | b |\n|---|---|\n\n```\ncode\n```"
    assert [block.strip() for block in prose.paragraphs(markdown)] == ["Title", "text", "a point"]
    assert prose.described('show(fig, alt="A line.", caption="It " "falls.")') == ["A line.", "It falls."]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_text_is_that_which_was_trained_on(language):
    outcomes, about = reading.recorded(language)
    assert about["text"][language] == reading.fingerprint(language)
    assert weights.read(language)[2]["text"] == reading.fingerprint(language)
    letters, text = reading.corpus(language)
    assert weights.read(language)[0] == letters
    assert about["letters"][language] == [len(letters), *map(len, text.values())]
    assert set(outcomes) == set(reading.ARMS)


def test_the_first_page_is_kept_from_the_networks():
    opening = reading.opening("en")
    chapters = json.loads((reading.FOLDER / "en.json").read_text("utf-8"))
    assert len(opening) > 200
    assert not any(opening[:100] in chapters[name] for name in chapters if name not in reading.HELD_OUT)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_stands_in_the_text_of_training_is_not_reported_on(language):
    _, text = reading.corpus(language)
    train, held_out = ("".join(map(chr, text[part])) for part in ("train", "held out"))
    kept = "".join(letter if new else "\n" for letter, new in zip(held_out[1:], reading.unseen(language), strict=True))
    assert 0.8 < np.mean(reading.unseen(language)) < 1
    length = reading.REPEATED[language]
    parts = [kept[k : k + length] for k in range(len(kept) - length + 1)]
    assert not any(part in train for part in parts if "\n" not in part)


def test_names_that_are_asked_for_are_written_in_letters_that_are_known():
    for language, (_, names) in reading.TOLD.items():
        known = set(reading.corpus(language)[0])
        assert all(set(name) <= known for name in names.split())
        assert len({name[0] for name in names.split()}) == 10


# ---- counting


def test_ngrams_are_what_counting_by_hand_gives():
    """abab: after a comes b, twice; of four letters a and b are two each."""
    model = Ngrams([0, 1, 0, 1], 2, K=4, D=0.5)
    one = (2 - 0.5) / 4 + 0.5 * 2 / 4 / 4
    assert np.isclose(model.probability([], 1), one)
    assert np.isclose(model.probability([0], 1), (2 - 0.5) / 2 + 0.5 * 1 / 2 * one)
    assert np.isclose(model.probability([3], 1), one), "a context that never came leaves it to the shorter one"
    assert np.allclose(model.bits([0, 1]), -np.log2(model.probability([0], 1)))


@pytest.mark.parametrize("n", [1, 3, 5])
def test_probabilities_sum_to_one(n, rng):
    text = rng.integers(0, 5, 300).tolist()
    model = Ngrams(text, n, K=6, D=0.75)
    for before in ([], text[:2], text[7:20], [5, 5, 5, 5]):
        assert np.isclose(sum(model.probability(before, letter) for letter in range(6)), 1)


# ---- a run


def test_a_run_that_was_interrupted_goes_on_as_if_it_had_not_been(tmp_path):
    whole, record = reading.trained(TINY, 3)
    reading.trained(TINY, 3, tmp_path / "run.npz", updates=21)
    resumed, again = reading.trained(TINY, 3, tmp_path / "run.npz")
    assert again == record
    for a, b in zip(network.flat(whole.p), network.flat(resumed.p), strict=True):
        np.testing.assert_array_equal(a, b)


def test_settings_that_are_changed_begin_anew(tmp_path):
    names = {reading.file_of(s, 0, tmp_path) for s in (TINY, TINY | {"drop": 0.5}, TINY | {"language": "zh"})}
    assert len(names) == 3


def test_the_best_network_is_that_of_the_best_examination():
    net, record = reading.trained(TINY, 0)
    _, text = reading.corpus("en")
    assert len(record["curve"]) == reading.EXAMINATIONS
    best = min(bits for *_, bits in record["curve"])
    assert np.isclose(network.bits(net, text["stop"]).mean(), best, atol=1e-3)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_something_opens_at_the_beginning_of_a_word_far_enough_back(language):
    for line, back in reading.places(language):
        assert not set("".join(reading.PAIRS[language])) & set(line)
        for distance, at in back.items():
            assert distance <= len(line) - at < distance + 12
            assert language == "zh" or line[at - 1] == " "


# ---- what is committed


@pytest.mark.slow
def test_the_committed_results_are_those_of_the_plan():
    _, about = reading.recorded("en")
    assert about["settings"] == reading.SETTINGS, "run: python -m unrolled.experiments.reading"
    assert about["counted"]["en"]["5"]["held out"] == reading.counted("en")[5]["held out"]


@pytest.mark.parametrize("s", reading.SETTINGS, ids=lambda s: f"{s['language']}-{s['arm']}")
def test_each_rate_is_the_best_of_those_tried_to_a_hundredth_of_a_bit(s):
    tried = reading.trials(s["language"])[s["arm"]]
    assert tuple(tried) == reading.RATES[s["cell"]]
    assert tried[s["rate"]] <= min(tried.values()) + 0.01


@pytest.mark.slow
@pytest.mark.parametrize("k", range(len(reading.SETTINGS)), ids=lambda k: "-".join(list(reading.SETTINGS[k].values())[:2]))
def test_the_committed_runs_begin_again_as_they_began(k):
    s = reading.SETTINGS[k]
    _, record = reading.trained(s, 0, updates=5)
    (outcome, *_) = reading.recorded(s["language"])[0][s["arm"]]
    np.testing.assert_allclose(record["start"], outcome["start"], rtol=1e-3)
    assert record["parameters"] == outcome["parameters"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_arms_have_the_same_number_of_parameters_and_the_page_has_the_networks_that_were_recorded(language):
    outcomes, _ = reading.recorded(language)
    sizes = [outcome["parameters"] for outcome, *_ in outcomes.values()]
    assert max(sizes) < 1.01 * min(sizes)
    _, networks, _ = weights.read(language)
    for arm, net in networks.items():
        cost = reading.unread(net, language) - outcomes[arm][reading.PAGE]["bits"]["held out"]
        assert abs(cost) < 0.05
