"""The pictures that open chapters 1 and 2: a frame of a film, and a sentence behind a window."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from unrolled import words
from unrolled.figures.long_term import corpus, window
from unrolled.figures.rnn import moment
from unrolled.figures.shared import film

# ---- a frame of a film ----

EVENTS = np.array([film.EVENTS.index(letter) for letter in moment.STRIP])


def test_with_the_past_the_answer_is_the_label_and_without_it_a_quiet_frame_tells_nothing():
    labels = film.film_labels(EVENTS)
    for t, event in enumerate(EVENTS, 1):
        assert moment.known(EVENTS, t, past=1) == labels[t - 1]
        assert moment.known(EVENTS, t, past=0) == (0 if event == 2 else labels[t - 1])


@pytest.mark.parametrize("t", [1, 8, 11, 16])
@pytest.mark.parametrize("past", [0, 1])
def test_no_frame_shows_more_than_may_be_seen(t, past):
    fig, update = moment.moment_explorer()
    update(t=t, past=past)
    *letters, answer = [text.get_text() for text in fig.axes[0].texts]
    for k, (letter, event) in enumerate(zip(letters, moment.STRIP, strict=True), 1):
        seen = k == t or (past and k < t)
        assert letter == (event.strip("·") if seen else "")
    assert answer == {1: "found", -1: "not found", 0: "?"}[moment.known(EVENTS, t, past)]


# ---- a sentence behind a window ----

SENTENCES = {gap: corpus.sentences(gap)[1] for gap in (3, 20)}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sentence_has_its_gap_between_what_decides_and_what_is_decided(chinese, language):
    words.speak(language)
    for gap in range(1, 21):
        told = corpus.sentences(gap)
        assert {len(sentence) for sentence in told} == {corpus.CLUE + 1 + gap + 1}
        assert len({sentence[corpus.CLUE] for sentence in told}) == len({sentence[-1] for sentence in told}) == 6
        assert len({tuple(sentence[corpus.CLUE + 1 : -1]) for sentence in told}) == 1, "nothing else decides"


@pytest.mark.parametrize("gap", SENTENCES)
@pytest.mark.parametrize("n", [2, 4, 16, 32])
def test_the_answer_stands_in_the_blank_when_the_word_that_decides_is_in_the_window(gap, n):
    fig, update = window.window_explorer(SENTENCES, corpus.CLUE)
    update(gap=gap, n=n)
    *told, answer = SENTENCES[gap]
    *shown, blank = [text.get_text() for text in fig.axes[0].texts]
    assert [word for word in shown if word] == told[-n:]
    assert blank == (answer if gap < n else "?")
    covers = [patch for patch in fig.axes[0].patches[: len(SENTENCES[20]) - 1] if patch.get_visible()]
    assert len(covers) == max(len(told) - n, 0)


def test_words_stand_apart_and_inside_in_their_order():
    fig, update = window.window_explorer(SENTENCES, corpus.CLUE)
    found = window.places([*SENTENCES[20][:-1], ""], fig.axes[0].texts[0].get_fontproperties())
    assert all(left + wide <= window.WIDE for left, _, wide in found)
    for (left, line, wide), (after, below, _) in pairwise(found):
        assert (below, after) == (line + 1, 0) or (below == line and after == pytest.approx(left + wide + window.SPACE))
    update(gap=20, n=32)
    extents = [text.get_window_extent() for text in fig.axes[0].texts if text.get_text()]
    assert not any(a.overlaps(b) for a, b in combinations(extents, 2))
