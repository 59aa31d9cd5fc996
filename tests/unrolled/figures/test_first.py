"""The narrow pictures of the first pages show what was computed, a phone can read them, and every state is another picture."""

import re

import numpy as np
import pytest
from explorables import explore
from signs import foreign
from unrolled import cells, product_norms, words
from unrolled.figures.essence import belt, bit
from unrolled.figures.shared import jacobian, pair, reading
from unrolled.figures.shared.sentence import GAP, SECOND, completed, hand_set, sentence

PHONE, LEAST = 350, 11  # pixels: the width of a picture on a phone, and the smallest letters that can be read
NORMS = {"b_f": [0, 4], "gain": [1, 8], "T": 12, "n": 4}
PICTURES = {
    "reading": (reading.reading_explorer, {"at": list(reading.AT)}),
    "bit": (lambda: bit.bit_explorer(bit.bit_runs([0.5, 2])), {"w": [0.5, 2], "below": list(bit.BELOW)}),
    "belt": (belt.belt_explorer, {"f": [0, 0.5, 1]}),
    "pair": (lambda: pair.pair_explorer(pair.pair_norms(**NORMS)), {"b_f": [0, 4], "gain": [1, 8]}),
}


@pytest.fixture(params=["en", "zh"])
def language(request):
    words.speak(request.param)
    yield request.param
    words.speak("en")


@pytest.mark.parametrize("name", PICTURES)
def test_a_phone_can_read_it(name, language):
    make, choices = PICTURES[name]
    fig, update = make()
    width = fig.get_size_inches()[0] * 72
    html = explore(fig, update, alt="A picture.", name=name, **choices).to_html()
    least = int(re.search(r"--least:(\d+)px", html)[1])
    assert least <= PHONE + 1, f"letters of {LEAST} px need {least} px of width, for a picture of {width:.0f} points"


@pytest.mark.parametrize("name", PICTURES)
def test_a_chinese_picture_has_no_english_word(name, chinese):
    make, choices = PICTURES[name]
    fig, update = make()
    html = explore(fig, update, alt="图。", name=name, **choices).to_html()
    assert list(foreign(re.findall(r">([^<>]*[^\s<>][^<>]*)</text>", html))) == []


# ---- the sentence


def test_the_sentence_is_that_of_the_chapter_on_gates(language):
    said, x, p, trace = reading.reading()
    assert said == sentence()
    tokens, x_there, p_there = hand_set(cells.lstm)
    assert np.array_equal(x, x_there)
    assert all(np.array_equal(a, b) for a, b in zip(p, p_there, strict=True))
    assert completed(tokens, trace.h)[GAP - 1] == {"en": "he", "zh": "他"}[language]


def test_states_are_a_step_and_a_part():
    assert reading.split("5C_tilde") == (5, "C_tilde")
    assert reading.split("10C") == (10, "C")
    steps = [reading.split(at)[0] for at in reading.AT]
    assert steps == sorted(steps)
    assert set(steps) == set(range(1, len(sentence()) + 1))
    parts = [part for t, part in map(reading.split, reading.AT) if t == SECOND]
    assert parts == [part for part in cells.lstm.Step._fields if part in parts]


def test_every_state_has_words_for_the_slider(language):
    moments = reading.moments()
    assert list(moments) == list(reading.AT)
    assert len(set(moments.values())) == len(moments)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("1C", "in the cell state: she, many"),
        ("5f", "dropped: what was known"),
        ("5i", "let in: what is new"),
        ("5C_tilde", "proposed: he, one"),
        ("6C", "in the cell state: he, one"),
        ("5h", "nothing is said"),
        ("9o", "asked: the answer may come out"),
        ("9h", "said: he"),
    ],
)
def test_what_is_said_is_what_was_computed(at, said):
    trace = reading.reading()[-1]
    assert reading.remark(trace, *reading.split(at)) == said
    fig, update = reading.reading_explorer()
    update(at)
    assert said in [text.get_text() for text in fig.axes[1].texts]


def test_gates_that_do_the_other_thing_are_told_otherwise():
    trace = reading.reading()[-1]
    assert reading.remark(trace, 6, "f") == "kept: what was known"
    assert reading.remark(trace, 6, "i") == "kept out: what is new"
    assert reading.remark(trace, 6, "o") == "not asked: nothing comes out"


# ---- the bit, the belt, two networks


def test_the_bit_and_its_gradient():
    runs = bit.bit_runs([2.0], T=20)
    state, slope = runs[2.0, -1]
    s, slopes = np.tanh(-3.0), [0.0]
    for _ in range(19):
        s = np.tanh(2 * s)
        slopes.append(slopes[-1] + np.log10(2 * (1 - s * s)))
    assert state[-1] == pytest.approx(s)
    np.testing.assert_allclose(slope, slopes)
    fig, update = bit.bit_explorer(runs)
    update(2.0, "nothing")
    line = fig.axes[1].lines[0]
    assert not line.get_visible()
    update(2.0, "gradient")
    assert line.get_visible()
    assert line.get_ydata()[-1] == pytest.approx(runs[2.0, 1][1][-1])


def test_the_belt_holds_what_is_left_of_what_was_written():
    fig, update = belt.belt_explorer(T=36)
    for f in (0.0, 0.5, 1.0):
        update(f)
        _, line, left = fig.axes[0].lines
        want = [sum(v * f ** (t - at) for at, v in belt.WRITES.items() if at <= t) for t in range(37)]
        np.testing.assert_allclose(line.get_ydata(), want, atol=1e-6)
        np.testing.assert_allclose(left.get_ydata(), f ** np.arange(34))


def test_two_networks_are_those_of_all_cells():
    norms = pair.pair_norms(**NORMS)
    every = jacobian.cell_norms(gain=[8], b_f=[4], input_scale=[1.0], T=12, n=4, seeds=range(3))
    np.testing.assert_array_equal(norms["lstm", 8, 4], every["lstm", 8, 4, 1.0])
    assert norms["rnn", 1, 0] is norms["rnn", 1, 4], "a plain network has no forget gate"
    c = jacobian.chain(cells.rnn, np.random.default_rng(1), gain=1, input_scale=1.0, T=12, n=4)
    np.testing.assert_array_equal(norms["rnn", 1, 0][1], product_norms(c.J))


def test_lines_are_medians_of_what_was_computed():
    norms = pair.pair_norms(**NORMS)
    fig, update = pair.pair_explorer(norms)
    update(4, 8)
    lines = {line.get_color(): line for line in fig.axes[0].lines}
    for name in pair.PAIR:
        line = lines[pair.style.SYMBOLS[name].colour]
        t = line.get_xdata().astype(int)
        np.testing.assert_allclose(line.get_ydata(), np.median(norms[name, 8, 4], axis=0)[t - 1])
