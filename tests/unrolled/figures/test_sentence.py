"""Two units set by hand: the present subject's gender and number are kept, those of the one before are gone."""

from itertools import permutations

import numpy as np
import pytest
from unrolled import cells, unroll, words
from unrolled.figures.shared import sentence

GATED = [cells.lstm, cells.peephole, cells.coupled, cells.gru, cells.gru_reset_after]
SAID = {  # of each subject: the three verbs and the pronoun
    "en": {
        "Anna": ("sings", "hums", "she", "cooks"),
        "Boris": ("sings", "hums", "he", "cooks"),
        "girls": ("sing", "hum", "they", "cook"),
        "boys": ("sing", "hum", "they", "cook"),
    },
    "zh": {
        "小丽": ("独自唱歌", "独自回家", "她", "独自做饭"),
        "小刚": ("独自唱歌", "独自回家", "他", "独自做饭"),
        "女孩们": ("一起唱歌", "一起回家", "她们", "一起做饭"),
        "男孩们": ("一起唱歌", "一起回家", "他们", "一起做饭"),
    },
}


def told(first, second):
    return (first, "still", "sing_", ".", second, "just", "hum_", "while", "___", "cook_")


def run(cell, tokens):
    tokens, x, p = sentence.hand_set(cell, tokens)
    return unroll(cell, p, x)


def name(cell):
    return cell.__name__.rpartition(".")[2]


@pytest.mark.parametrize("cell", GATED, ids=name)
@pytest.mark.parametrize("language", SAID)
def test_pronoun_and_verbs_agree_with_the_present_subject(cell, language):
    words.speak(language)
    for first, second in permutations(SAID[language], 2):
        tokens = list(sentence.sentence())
        tokens[0], tokens[4] = first, second
        filled = sentence.completed(tokens, run(cell, tokens).h)
        assert [filled[k] for k in (2, 6, 8, 9)] == [SAID[language][first][0], *SAID[language][second][1:]]
        kept = (0, 1, 3, 4, 5, 7)
        assert [filled[k] for k in kept] == [tokens[k] for k in kept]


def test_the_sentence_of_each_language():
    for language, line in [
        ("en", "girls still sing. Boris just hums while he cooks"),
        ("zh", "女孩们还在一起唱歌。小刚已经独自回家，他独自做饭"),
    ]:
        words.speak(language)
        tokens = sentence.sentence()
        assert sentence.written(sentence.completed(tokens, run(cells.lstm, tokens).h)) == line
        assert (tokens[sentence.SECOND - 1], tokens[sentence.GAP - 1]) == (sentence.vocabulary().subjects[1], "___")


def test_languages_differ_in_words_alone():
    found = {}
    for language in words.LANGUAGES:
        words.speak(language)
        _, x, p = sentence.hand_set(cells.lstm)
        found[language] = [x, *p]
    assert len(found) == len(sentence.VOCABULARIES) == 2
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(*found.values(), strict=True))


@pytest.mark.parametrize(
    ("language", "word", "unknown", "pronouns"),
    [
        ("en", "sing_", "sing", ["she", "he", "they", "they", "they"]),
        ("zh", "_唱歌", "唱歌", ["她", "他", "她们", "他们", "他们"]),
    ],
)
def test_what_is_not_known_is_not_said(language, word, unknown, pronouns):
    words.speak(language)
    assert sentence.filled(word, 1, 0) == unknown
    assert sentence.filled("___", 0, 1) == "___"
    assert [sentence.filled("___", *m) for m in ((1, 0), (-1, 0), (1, -1), (-1, -1), (0, -1))] == pronouns


@pytest.mark.parametrize("cell", GATED, ids=name)
def test_old_gender_is_gone_after_the_second_subject(cell):
    memory = cell.State._fields[0]
    she, he = (getattr(run(cell, told(first, "Boris")), memory)[:, 0, 0] for first in ("Anna", "Boris"))
    assert np.all(she[1 : sentence.SECOND] > 0.7)
    assert np.all(he[1 : sentence.SECOND] < -0.7)
    np.testing.assert_allclose(she[sentence.SECOND :], he[sentence.SECOND :], atol=0.1)


def test_gates_of_the_lstm_do_what_the_text_says():
    tokens = told("girls", "Boris")
    trace = run(cells.lstm, tokens)
    subject = np.array([word in ("girls", "Boris") for word in tokens])
    pronoun = np.array([word == "___" for word in tokens])
    verb = np.array([word in ("sing_", "hum_", "cook_") for word in tokens])
    for unit, asked in enumerate([pronoun, pronoun | verb]):
        np.testing.assert_allclose(trace.f[1:, unit, 0], ~subject, atol=0.02)
        np.testing.assert_allclose(trace.i[1:, unit, 0], subject, atol=0.02)
        np.testing.assert_allclose(trace.o[1:, unit, 0], asked, atol=0.02)


def test_without_gates_every_word_writes():
    tokens = sentence.sentence()
    gender = run(cells.rnn, tokens).s[:, 0, 0]
    assert gender[sentence.SECOND] < 0 < gender[tokens.index("___") + 1]  # Boris is a "he" for as long as nothing follows
    assert sentence.completed(tokens, run(cells.rnn, tokens).s)[8] == "she"


def test_without_a_forget_gate_the_old_subject_stays():
    trace = run(cells.lstm_1997, told("girls", "Boris"))
    assert abs(trace.C[sentence.SECOND, 0, 0]) < 0.25  # she and he cancel


@pytest.mark.parametrize("key", cells.__all__)
def test_parameters_fit_every_cell(key):
    cell = getattr(cells, key)
    shapes = cell.shapes(2, len(sentence.known()))
    assert [a.shape for a in sentence.parameters(cell)] == list(shapes)


def test_refuses_unknown_words_and_foreign_states():
    with pytest.raises(ValueError, match=r"tokens must be among 'Anna'.*got 'cat'"):
        sentence.hand_set(cells.lstm, ["Anna", "cat"])
    words.speak("zh")
    with pytest.raises(ValueError, match=r"tokens must be among '小丽'.*got 'Boris'"):
        sentence.hand_set(cells.lstm, ["小丽", "Boris"])
    with pytest.raises(ValueError, match=r"state must have the shape \(11, 2, 1\).*got \(4, 2, 1\)"):
        sentence.completed(sentence.sentence(), np.zeros((4, 2, 1)))


def test_what_is_loud_is_heard_asked_or_not_and_the_output_gate_alone_makes_it_soft():
    tokens, x, p = sentence.hand_set(cells.lstm)
    quiet = sentence.listened(tokens, unroll(cells.lstm, p, x).h)
    assert sentence.written(quiet) == "girls still sing. Boris just hums while he cooks"
    opened = unroll(cells.lstm, p._replace(U_o=0 * p.U_o, b_o=-p.b_o), x).h
    assert sentence.completed(tokens, opened, sentence.LOUD) == quiet
    assert sentence.written(sentence.listened(tokens, opened)).startswith("girls they still they sing they. they Boris he")
    shut = unroll(cells.lstm, p._replace(U_o=0 * p.U_o), x).h
    assert sentence.written(sentence.listened(tokens, shut)) == "girls still sing. Boris just hum while ___ cook"


def test_a_reader_who_listens_for_signs_alone_hears_what_is_no_louder_than_a_leak():
    tokens, x, p = sentence.hand_set(cells.lstm)
    shut = unroll(cells.lstm, p._replace(U_o=0 * p.U_o), x).h
    assert sentence.completed(tokens, shut) == sentence.completed(tokens, unroll(cells.lstm, p, x).h)
    assert sentence.completed(tokens, shut, sentence.LOUD)[sentence.GAP - 1] == sentence.PRONOUN
