"""The texts and tasks: what y asks is worked out again from x; a perfect answer scores 1, the trivial one costs the baseline."""

import re
from collections import Counter
from functools import lru_cache, partial
from itertools import product

import numpy as np
import pytest
from unrolled import readout, regression
from unrolled.tasks import (
    LETTERS,
    TASKS,
    WIG,
    adding_problem,
    continual_reber,
    copy_memory,
    delayed_recall,
    embedded_reber,
    latch,
    one_hot,
    sentences,
    temporal_order,
)
from unrolled.tasks.order import SYMBOLS as ORDER_SYMBOLS
from unrolled.tasks.prose import ALPHABET, FILLER, LANGUAGES, sentence, written
from unrolled.tasks.reber import SYMBOLS as REBER_SYMBOLS

# ---- texts ----


@pytest.mark.parametrize("symbols", [WIG, LETTERS, "abba"])
def test_one_hot_tells_symbols_apart_and_nothing_else(symbols):
    x = one_hot(symbols)
    assert x.shape == (len(symbols), len(set(symbols)))
    same = [[a == b for a in symbols] for b in symbols]
    np.testing.assert_array_equal(x @ x.T, same)


def test_went_is_eight_words_after_man():
    assert WIG.index("went") - WIG.index("man") == 8


def test_there_must_be_something_to_read():
    with pytest.raises(ValueError, match="symbols must hold at least one symbol"):
        one_hot("")


# ---- every task ----

SHAPES = {  # of x and y at T = 40, B = 6
    "adding_problem": ((40, 2, 6), (40, 1, 6)),
    "adding_problem_1997": ((44, 2, 6), (44, 1, 6)),
    "delayed_recall": ((40, 8, 6), (40, 4, 6)),
    "latch": ((40, 1, 6), (40, 2, 6)),
    "temporal_order": ((44, 8, 6), (44, 4, 6)),
    "copy_memory": ((60, 10, 6), (60, 9, 6)),
    "embedded_reber": ((40, 7, 6), (40, 7, 6)),
    "continual_reber": ((40, 7, 6), (40, 7, 6)),
    "sentences": ((280, len(ALPHABET), 6), (280, len(ALPHABET), 6)),
}


def asked(task, y):
    """At which steps (T, B) something is asked."""
    return ~np.isnan(y[:, 0]) if task.loss is regression else y.any(axis=1)


def answer(task, h, y):
    """The score and the mean loss per asked step if the network answers h (T, C, B)."""
    q = readout.Params(np.eye(y.shape[1]), np.zeros((y.shape[1], 1)))
    return task.score(q, h, y), task.loss.read(q, h, y).E[asked(task, y)].mean()


@pytest.mark.parametrize("name", TASKS)
def test_shapes_are_those_of_T_and_B_alone(name):
    for seed in range(3):
        x, y = TASKS[name].draw(np.random.default_rng(seed), 40, 6)
        assert (x.shape, y.shape) == SHAPES[name]
        assert x.dtype == y.dtype == np.float64
        assert x.flags.c_contiguous
        assert y.flags.c_contiguous
        assert asked(TASKS[name], y).any(axis=0).all(), "every sequence asks for something"


@pytest.mark.parametrize("name", TASKS)
def test_a_draw_is_the_seeds_alone(name):
    np.random.seed(0)  # noqa: NPY002 - the global state must not matter
    one = TASKS[name].draw(np.random.default_rng(3), 30, 4)
    np.random.seed(1)  # noqa: NPY002
    same, other = (TASKS[name].draw(np.random.default_rng(seed), 30, 4) for seed in (3, 4))
    for a, b, c in zip(one, same, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c, equal_nan=True)


@pytest.mark.parametrize("name", [name for name in TASKS if TASKS[name].loss is readout])
def test_classes_are_one_hot_where_asked(name):
    x, y = TASKS[name].draw(np.random.default_rng(0), 40, 50)
    assert set(np.unique(y.sum(axis=1))) <= {0, 1}
    assert set(np.unique(y)) == {0, 1}
    over = ~x.any(axis=1)
    assert not y.any(axis=1)[over].any(), "nothing is asked after the end"
    assert (np.diff(over.astype(int), axis=0) >= 0).all(), "zeros at the end alone"


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ((0, 40, 2), TypeError, "rng must be a numpy.random.Generator"),
        (("rng", 40.0, 2), TypeError, "(T|distance) must be a whole number; got 40.0"),
        (("rng", -1, 2), ValueError, "(T|distance) must be at least [0-9]+; got -1"),
        (("rng", 40, 0), ValueError, "B must be at least 1; got 0"),
        (("rng", 40, True), TypeError, "B must be a whole number; got True"),
    ],
    ids=str,
)
def test_bad_input_is_named(name, change, error, message):
    rng, T, B = change
    with pytest.raises(error, match=message):
        TASKS[name].draw(np.random.default_rng(0) if rng == "rng" else rng, T, B)


@pytest.mark.parametrize(
    ("draw", "settings", "error", "message"),
    [
        (adding_problem, {"T": 1}, ValueError, "T must be at least 2; got 1"),
        (adding_problem, {"T": 19, "scaling": "1997"}, ValueError, "T must be at least 20; got 19"),
        (adding_problem, {"scaling": 1997}, ValueError, "scaling must be one of '1997', '2015'; got 1997"),
        (delayed_recall, {"classes": 1}, ValueError, "classes must be at least 2; got 1"),
        (delayed_recall, {"noise": 0}, ValueError, "noise must be at least 1; got 0"),
        (latch, {"shown": 0}, ValueError, "shown must be at least 1; got 0"),
        (latch, {"shown": 41}, ValueError, "T must be at least 41; got 40"),
        (latch, {"variance": -1}, ValueError, "variance must be finite and at least 0"),
        (temporal_order, {"T": 19}, ValueError, "T must be at least 20; got 19"),
        (temporal_order, {"relevant": 1}, ValueError, "relevant must be at least 2; got 1"),
        (temporal_order, {"relevant": 4}, ValueError, "relevant must be 2 or 3; got 4"),
        (copy_memory, {"length": 0}, ValueError, "length must be at least 1; got 0"),
        (copy_memory, {"symbols": 1}, ValueError, "symbols must be at least 2; got 1"),
        (embedded_reber, {"T": 8}, ValueError, "T must be at least 9; got 8"),
        (continual_reber, {"T": 8}, ValueError, "T must be at least 9; got 8"),
    ],
)
def test_bad_settings_are_named(draw, settings, error, message):
    with pytest.raises(error, match=re.escape(message)):
        draw(**{"rng": np.random.default_rng(0), "T": 40, "B": 2} | settings)


def test_what_is_asked_of_a_sentence_is_one_of_two():
    with pytest.raises(ValueError, match="asked must be one of 'all', 'language'; got 'country'"):
        sentences(np.random.default_rng(0), 3, 2, asked="country")


# ---- baselines and scores ----


REBER = "B(?:TS*X(?:XT*VP)*(?:S|XT*VV)|PT*V(?:PXT*V)*(?:V|PS))E"
STRING = re.compile(f"BT{REBER}TE|BP{REBER}PE")
INNER = ("BTSXSE", "BPTVPSE", "BTXXTVVE", "BPVPXVVE")
WHOLE = [f"B{outer}{inner}{outer}E" for inner, outer in product(INNER, "TP")]
TAILS = {string[k:] for string in WHOLE for k in range(len(string) + 1)}


def spelt(x):
    """The symbols of each sequence of a Reber task."""
    return ["".join(REBER_SYMBOLS[k] for k in column.argmax(axis=0)[column.any(axis=0)]) for column in np.moveaxis(x, 2, 0).mT]


@lru_cache(None)
def followers(begun):
    """The symbols that may follow the beginning of a string, by trial: can it still be finished?"""
    return [s for s in REBER_SYMBOLS if any(STRING.fullmatch(begun + s + tail) for tail in TAILS)]


def grammar(x, y, forgets=False):
    """Each legal successor alike; to who forgets the second symbol both are legal at the last but one."""
    h = np.full_like(y, -1e3)
    for b, stream in enumerate(spelt(x)):
        for t in range(len(stream)):
            legal = followers(re.sub(f"^(?:{STRING.pattern})+", "", stream[: t + 1]))
            critical = len(legal) == 1 and legal[0] in "TP"
            for symbol in "TP" if critical and forgets else legal:
                h[t, REBER_SYMBOLS.index(symbol), b] = 0
    return h


def copied(x, y):
    """Blanks, then all symbols alike."""
    h = np.full_like(y, -1e3)
    h[:-10, -1] = h[-10:, :-1] = 0
    return h


def forgetful_writer(x, y):
    """The next letter over all sentences with one filler word and any language, each alike."""
    texts = [
        sentence(country, [word]).replace(LANGUAGES[country], language)
        for country, word, language in product(LANGUAGES, FILLER[0], LANGUAGES.values())
    ]
    begun = Counter(text[:k] for text in texts for k in range(len(text) + 1))
    h = np.full_like(y, -1e3)
    for b, text in enumerate(written(x)):
        for t, (k, letter) in product(range(len(text)), enumerate(ALPHABET)):
            if (count := begun[text[: t + 1] + letter]) > 0:
                h[t, k, b] = np.log(count / begun[text[: t + 1]])
    return h


TRIVIAL = {
    "adding_problem": lambda x, y: np.ones_like(y),
    "adding_problem_1997": lambda x, y: np.full_like(y, 0.5),
    "copy_memory": copied,
    "embedded_reber": partial(grammar, forgets=True),
    "continual_reber": partial(grammar, forgets=True),
    "sentences": forgetful_writer,
}
PERFECT = {"embedded_reber": grammar, "continual_reber": grammar}


@pytest.mark.parametrize("name", TASKS)
def test_the_trivial_answer_costs_the_baseline_and_solves_nothing(name):
    T, B = {"sentences": (1, 500), "embedded_reber": (40, 500), "continual_reber": (40, 500)}.get(name, (40, 5000))
    x, y = TASKS[name].draw(np.random.default_rng(0), T, B)
    score, loss = answer(TASKS[name], TRIVIAL.get(name, lambda x, y: np.zeros_like(y))(x, y), y)
    assert score < 0.6
    assert loss == pytest.approx(TASKS[name].baseline(T), rel=0.04)


@pytest.mark.parametrize("name", TASKS)
def test_the_perfect_answer_scores_one(name):
    x, y = TASKS[name].draw(np.random.default_rng(0), 40, 100)
    score, loss = answer(TASKS[name], PERFECT.get(name, lambda x, y: 100 * y if y.shape[1] > 1 else np.nan_to_num(y))(x, y), y)
    assert score == 1 >= TASKS[name].solved
    assert loss < TASKS[name].baseline(40)


@pytest.mark.parametrize(
    ("name", "settings", "want"),
    [
        ("adding_problem", {"scaling": "1997"}, 1 / 24),
        ("delayed_recall", {"classes": 3}, np.log(3)),
        ("latch", {"shown": 1, "variance": 1.0}, np.log(2)),
        ("temporal_order", {"relevant": 3}, np.log(8)),
        ("copy_memory", {"length": 4, "symbols": 5}, 4 * np.log(5) / 48),
        ("sentences", {"asked": "language"}, np.log(8)),
    ],
)
def test_a_baseline_knows_the_settings(name, settings, want):
    assert TASKS[name].baseline(40, **settings) == pytest.approx(want, rel=1e-12)
    TASKS[name].draw(np.random.default_rng(0), 40, 2, **settings)


@pytest.mark.parametrize("T", [12, 40])
def test_the_baseline_of_the_embedded_grammar_is_that_of_its_lengths(T):
    x, _ = embedded_reber(np.random.default_rng(0), T, 50000)
    L = x.sum(axis=(0, 1)).mean()
    assert TASKS["embedded_reber"].baseline(T) == pytest.approx(np.log(2) * (L - 4) / (L - 1), rel=3e-3)


@pytest.mark.parametrize("name", ["adding_problem", "adding_problem_1997"])
def test_a_sum_is_right_up_to_four_per_cent_of_the_range(name):
    _, y = TASKS[name].draw(np.random.default_rng(0), 20, 50)
    error = 0.08 if name == "adding_problem" else 0.04
    assert answer(TASKS[name], np.nan_to_num(y) + 0.99 * error, y)[0] == 1
    assert answer(TASKS[name], np.nan_to_num(y) - 1.01 * error, y)[0] == 0


@pytest.mark.parametrize("name", TASKS)
def test_a_score_needs_a_question(name):
    _, y = TASKS[name].draw(np.random.default_rng(0), 20, 5)
    nothing = np.full_like(y, np.nan) if TASKS[name].loss is regression else np.zeros_like(y)
    with pytest.raises(ValueError, match="y must ask for something"):
        answer(TASKS[name], np.zeros_like(y), nothing)


# ---- what each one means ----


def test_the_sum_is_that_of_the_marked_numbers():
    x, y = adding_problem(np.random.default_rng(0), 31, 500)
    assert x[:, 0].min() >= 0
    assert 0.99 < x[:, 0].max() < 1
    assert set(np.unique(x[:, 1])) == {0, 1}
    np.testing.assert_array_equal(x[:15, 1].sum(axis=0), 1)
    np.testing.assert_array_equal(x[15:, 1].sum(axis=0), 1)
    assert x[:, 1].any(axis=1).all(), "each step is marked in some sequence"
    np.testing.assert_allclose(y[-1, 0], (x[:, 0] * x[:, 1]).sum(axis=0), rtol=1e-15)
    assert np.isnan(y[:-1]).all()


def test_the_sum_of_1997():
    x, y = adding_problem(np.random.default_rng(0), 100, 2000, scaling="1997")
    lengths = (x[:, 1] == -1).cumsum(axis=0).argmax(axis=0) + 1
    assert set(lengths) == set(range(100, 111))
    numbers, marked = x[:, 0], x[:, 1] == 1
    assert -1 <= numbers.min() < -0.99
    assert 0.99 < numbers.max() <= 1
    np.testing.assert_array_equal((x[:, 1] == -1).sum(axis=0), 2)
    assert (x[0, 1] == -1).all()
    np.testing.assert_array_equal(marked.sum(axis=0), 2)
    assert marked[:10].any(axis=0).all()
    np.testing.assert_array_equal(np.flatnonzero(marked.any(axis=1)), np.arange(1, 50))
    target = y[lengths - 1, 0, np.arange(2000)]
    np.testing.assert_allclose(target, 0.5 + (numbers * marked).sum(axis=0) / 4, rtol=1e-14)
    assert np.isnan(y).sum() == y.size - 2000
    assert not x[:, :, lengths == 100][100:].any()


def test_recall_asks_at_the_end_for_the_first_symbol():
    x, y = delayed_recall(np.random.default_rng(0), 7, 200, classes=3, noise=2)
    assert x.shape == (7, 5, 200)
    np.testing.assert_array_equal(x.sum(axis=1), 1)
    np.testing.assert_array_equal(y[-1], x[0, :3])
    assert not y[:-1].any()
    assert not x[1:, :3].any(), "what comes between says nothing of the answer"
    assert x[0, :3].any(axis=1).all()
    assert x[1:, 3:].any(axis=(0, 2)).all()


def test_latch_shows_the_class_and_then_noise():
    x, y = latch(np.random.default_rng(0), 50, 1000, shown=4, variance=0.2)
    np.testing.assert_array_equal(x[:4, 0], np.tile(y[-1, 1] - y[-1, 0], (4, 1)))
    assert not y[:-1].any()
    assert x[4:].var() == pytest.approx(0.2, rel=0.03)
    assert abs(np.corrcoef(x[4:, 0].sum(axis=0), x[0, 0])[0, 1]) < 0.1


@pytest.mark.parametrize(("relevant", "starts"), [(2, (10, 50)), (3, (10, 33, 66))])
def test_order_is_that_of_the_paper_at_one_hundred_steps(relevant, starts):
    x, y = temporal_order(np.random.default_rng(0), 100, 2000, relevant=relevant)
    places, lengths = [set() for _ in starts], set()
    for b in range(2000):
        text = "".join(ORDER_SYMBOLS[k] for k in x[..., b].argmax(axis=1)[x[..., b].any(axis=1)])
        assert re.fullmatch("E[abcdXY]+B", text)
        found = [(t, symbol) for t, symbol in enumerate(text, start=1) if symbol in "XY"]
        assert len(found) == relevant
        for k, (t, _) in enumerate(found):
            places[k].add(t)
        lengths.add(len(text))
        number = int("".join("01"["XY".index(symbol)] for _, symbol in found), 2)
        assert np.argwhere(y[..., b]).tolist() == [[len(text) - 1, number]]
    assert places == [set(range(start, start + 11)) for start in starts]
    assert lengths == set(range(100, 111))


def test_copy_is_what_was_shown():
    x, y = copy_memory(np.random.default_rng(0), 30, 400)
    shown, asked = x.argmax(axis=1), y.argmax(axis=1)
    np.testing.assert_array_equal(x.sum(axis=1), 1)
    np.testing.assert_array_equal(y.sum(axis=1), 1)
    np.testing.assert_array_equal(asked[40:], shown[:10])
    assert set(np.unique(shown[:10])) == set(range(8))
    assert (asked[:40] == 8).all()
    assert (np.delete(shown[10:], 29, axis=0) == 8).all()
    assert (shown[39] == 9).all(), "the delimiter stands before the first symbol asked for"


def test_strings_are_of_the_grammar():
    x, y = embedded_reber(np.random.default_rng(0), 30, 2000)
    strings = spelt(x)
    assert all(STRING.fullmatch(string) for string in strings)
    assert [string[1:] for string in strings] == spelt(y)
    assert {min(map(len, strings)), max(map(len, strings)) > 20} == {9, True}
    assert np.mean([string[1] == "T" for string in strings]) == pytest.approx(0.5, abs=0.04)


def test_short_strings_are_left_whole():
    assert {len(string) for string in spelt(embedded_reber(np.random.default_rng(0), 9, 50)[0])} == {9}


def test_the_stream_is_strings_one_after_another():
    x, y = continual_reber(np.random.default_rng(0), 200, 20)
    for stream, following in zip(spelt(x), spelt(y), strict=True):
        assert len(stream) == len(following) == 200
        assert stream[1:] == following[:-1]
        rest = re.sub(f"^(?:{STRING.pattern})+", "", stream + following[-1])
        assert len(rest) < 60
        assert rest == "" or any(STRING.fullmatch(rest + tail) for tail in TAILS)


def test_one_wrong_step_spoils_one_string():
    x, y = continual_reber(np.random.default_rng(0), 100, 1)
    h = grammar(x, y)
    ends = [match.end() for match in STRING.finditer(spelt(x)[0] + spelt(y)[0][-1])]
    h[ends[0] + 3, :, 0] *= -1  # within the second string
    assert answer(TASKS["continual_reber"], h, y)[0] == pytest.approx(1 - 1 / len(ends))
    h[ends[-1] :] *= -1  # what was cut does not count
    assert answer(TASKS["continual_reber"], h, y)[0] == pytest.approx(1 - 1 / len(ends))


def test_who_always_says_T_is_right_where_it_was_T():
    x, y = embedded_reber(np.random.default_rng(0), 40, 200)
    h = grammar(x, y, forgets=True)
    h[:, REBER_SYMBOLS.index("T")] += 1e-3 * (h[:, REBER_SYMBOLS.index("T")] == 0)
    assert answer(TASKS["embedded_reber"], h, y)[0] == np.mean([string[1] == "T" for string in spelt(x)])


def test_what_is_not_of_the_grammar_is_refused():
    _, y = embedded_reber(np.random.default_rng(0), 40, 5)
    with pytest.raises(ValueError, match="y must be strings of the embedded Reber grammar"):
        answer(TASKS["embedded_reber"], np.zeros_like(y), np.roll(y, 1, axis=1))


@pytest.mark.parametrize("distance", [0, 1, 7])
def test_sentences_tell_of_a_country_and_its_language(distance):
    x, y = sentences(np.random.default_rng(0), distance, 300)
    seen = set()
    for text in written(x):
        country, filler, language = re.fullmatch(r"I grew up in (\w+)((?: \w{5})*), I speak (\w+)\.", text).groups()
        assert LANGUAGES[country] == language
        assert all(word in FILLER[k % 3] for k, word in enumerate(filler.split()))
        assert len(filler.split()) == distance
        assert text.index(f"k {language}") + 1 - (13 + len(country) - 1) == 6 * distance + 10
        seen.add(country)
    assert seen == set(LANGUAGES)
    assert [text[1:] for text in written(x)] == written(y)


def test_a_language_is_told_by_its_first_letter():
    assert len({language[0] for language in LANGUAGES.values()}) == len(LANGUAGES)
    x, y = sentences(np.random.default_rng(0), 2, 100)
    same, once = sentences(np.random.default_rng(0), 2, 100, asked="language")
    np.testing.assert_array_equal(x, same)
    for b, text in enumerate(written(x)):
        language = re.search(r"(\w+)\.$", text)
        assert np.argwhere(once[..., b]).tolist() == [[language.start() - 1, ALPHABET.index(language[0][0])]]
        assert y[language.start() - 1, ALPHABET.index(language[0][0]), b] == 1


def test_the_score_of_a_sentence_is_its_language_alone():
    _, y = sentences(np.random.default_rng(0), 2, 50)
    once = TASKS["sentences"].draw(np.random.default_rng(0), 2, 50, asked="language")[1]
    assert answer(TASKS["sentences"], 10 * once, y)[0] == 1
    assert answer(TASKS["sentences"], y - 2 * once, y)[0] == 0
