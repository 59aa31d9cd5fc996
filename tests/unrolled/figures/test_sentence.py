"""Two units set by hand: the present subject's gender and number are kept, those of the one before are gone."""

from itertools import permutations

import numpy as np
import pytest
from unrolled import cells, unroll
from unrolled.figures.shared import sentence

GATED = [cells.lstm, cells.peephole, cells.coupled, cells.gru, cells.gru_reset_after]
PAIRS = list(permutations(["Anna", "Boris", "girls", "boys"], 2))
SECOND = 5  # the time step of the second subject


def told(first, second):
    return (first, "still", "sing_", ".", second, "just", "hum_", "while", "___", "cook_")


def run(cell, tokens):
    tokens, x, p = sentence.hand_set(cell, tokens)
    return unroll(cell, p, x)


def name(cell):
    return cell.__name__.rpartition(".")[2]


@pytest.mark.parametrize("cell", GATED, ids=name)
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_pronoun_and_verbs_agree_with_the_present_subject(cell, first, second):
    s = {"Anna": "s", "Boris": "s", "girls": "", "boys": ""}
    pronoun = {"Anna": "she", "Boris": "he", "girls": "they", "boys": "they"}[second]
    expected = f"{first} still sing{s[first]} . {second} just hum{s[second]} while {pronoun} cook{s[second]}"
    assert " ".join(sentence.completed(told(first, second), run(cell, told(first, second)).h)) == expected


@pytest.mark.parametrize("cell", GATED, ids=name)
def test_old_gender_is_gone_after_the_second_subject(cell):
    memory = cell.State._fields[0]
    she, he = (getattr(run(cell, told(first, "Boris")), memory)[:, 0, 0] for first in ("Anna", "Boris"))
    assert np.all(she[1:SECOND] > 0.7)
    assert np.all(he[1:SECOND] < -0.7)
    np.testing.assert_allclose(she[SECOND:], he[SECOND:], atol=0.1)


def test_gates_of_the_lstm_do_what_the_text_says():
    tokens = told("girls", "Boris")
    trace = run(cells.lstm, tokens)
    subject = np.array([word in sentence.SUBJECTS for word in tokens])
    pronoun = np.array([word == "___" for word in tokens])
    verb = np.array([word in sentence.VERBS for word in tokens])
    for unit, asked in enumerate([pronoun, pronoun | verb]):
        np.testing.assert_allclose(trace.f[1:, unit, 0], ~subject, atol=0.02)
        np.testing.assert_allclose(trace.i[1:, unit, 0], subject, atol=0.02)
        np.testing.assert_allclose(trace.o[1:, unit, 0], asked, atol=0.02)


def test_without_gates_every_word_writes():
    tokens = sentence.SENTENCE
    gender = run(cells.rnn, tokens).s[:, 0, 0]
    assert gender[SECOND] < 0 < gender[tokens.index("___") + 1]  # Boris is a "he" for as long as nothing follows
    assert sentence.completed(tokens, run(cells.rnn, tokens).s)[8] == "she"


def test_without_a_forget_gate_the_old_subject_stays():
    trace = run(cells.lstm_1997, told("girls", "Boris"))
    assert abs(trace.C[SECOND, 0, 0]) < 0.25  # she and he cancel


@pytest.mark.parametrize("key", cells.__all__)
def test_parameters_fit_every_cell(key):
    cell = getattr(cells, key)
    shapes = cell.shapes(2, len(sentence.WORDS))
    assert [a.shape for a in sentence.parameters(cell)] == list(shapes)


def test_refuses_unknown_words_and_foreign_states():
    with pytest.raises(ValueError, match=r"tokens must be among 'Anna'.*got 'cat'"):
        sentence.hand_set(cells.lstm, ["Anna", "cat"])
    with pytest.raises(ValueError, match=r"state must have the shape \(11, 2, 1\).*got \(4, 2, 1\)"):
        sentence.completed(sentence.SENTENCE, np.zeros((4, 2, 1)))
