"""The gates in the reader's hands: what comes out is computed by the cell, and what went wrong is named."""

from collections import Counter
from itertools import product

import numpy as np
import pytest
from explorables import explore
from letters import LEAST, PHONE, VIEWPORT, smallest
from signs import foreign
from unrolled import cells, unroll
from unrolled.figures.gates import hands as gates
from unrolled.figures.shared.sentence import GAP, SECOND, completed, hand_set, sentence
from unrolled.maths import σ

ALL = [dict(zip(gates.HANDS, values, strict=True)) for values in product(["open", "shut"], repeat=len(gates.HANDS))]
WISE = {"f_second": "shut", "i_second": "open", "f_after": "open", "i_after": "shut", "o_early": "shut", "o_gap": "open"}
HELD = {SECOND: "second", SECOND + 1: "after"}  # at which step a reader holds forget and input gate, and what it is called
PLAYED = [gates.played(**hands) for hands in ALL]


def test_who_does_as_the_network_does_gets_what_it_gets():
    tokens, x, p = hand_set(cells.lstm)
    trace, play = unroll(cells.lstm, p, x), gates.played(**WISE)
    np.testing.assert_allclose(play.C, trace.C[:, :, 0], atol=1e-12)
    for key in "fi":
        np.testing.assert_allclose(play.gates[key], getattr(trace, key)[1:, :, 0], atol=1e-12)
    assert play.words == completed(tokens, trace.h)
    assert play.right
    assert play.verdict == "The sentence comes out right."


@pytest.mark.parametrize("hands", ALL[::7])
def test_the_belt_is_that_of_the_equations_with_these_gates(hands):
    play = gates.played(**hands)
    _, x, p = hand_set(cells.lstm)
    candidate = unroll(cells.lstm, p, x).C_tilde[1:, :, 0]  # no W is used: it does not depend on the gates
    C = np.zeros(2)
    for t in range(len(sentence())):
        for gate in "fi":
            held = hands.get(f"{gate}_{HELD.get(t + 1)}")
            if held:
                np.testing.assert_allclose(play.gates[gate][t], σ(4.0 if held == "open" else -4.0))
        C = play.gates["f"][t] * C + play.gates["i"][t] * candidate[t]
        np.testing.assert_allclose(play.C[t + 1], C, atol=1e-12)


def test_right_is_what_comes_out_right_and_says_nothing_early():
    for hands, play in zip(ALL, PLAYED, strict=True):
        filled = " ".join(play.words) == "girls still sing . Boris just hums while he cooks"
        assert play.right == (filled and not play.early)
        assert play.right == (
            play.verdict in ("The sentence comes out right.", "Right, but only just: more than half of “he” is gone.")
        )
        assert bool(play.early) <= (hands["o_early"] == "open")


def test_two_settings_win_and_every_mistake_has_its_name():
    counted = Counter(play.verdict for play in PLAYED)
    assert len(counted) == 9
    assert sum(play.right for play in PLAYED) == 2


@pytest.mark.parametrize(
    ("changes", "said", "verdict"),
    [
        ({"f_second": "open", "i_second": "shut"}, "they", "The girls are still on the belt: nothing was forgotten."),
        ({"f_second": "open"}, "___", "Girls and Boris cancel: the belt says nothing."),
        ({"f_after": "shut", "i_after": "open"}, "she", "Boris is gone; “just” put its own “she” on the belt."),
        ({"i_second": "shut"}, "___", "The old was forgotten, the new not kept: the belt is empty."),
        ({"o_gap": "shut"}, "___", "The belt knows, and the output gate keeps it to itself."),
        ({"o_early": "open"}, "he", "Right, but “he” is said at “while” already, where nobody asks."),
        ({"i_after": "open"}, "he", "Right, but only just: more than half of “he” is gone."),
    ],
)
def test_mistakes(changes, said, verdict):
    play = gates.played(**WISE | changes)
    assert play.words[GAP - 1] == said
    assert play.verdict == verdict


def test_only_just_is_less_than_half_of_what_it_could_be():
    wise, rash = (gates.played(**WISE | {"i_after": value}).C[GAP, 0] for value in ("shut", "open"))
    assert wise < rash < 0
    assert abs(rash) < 0.5 * abs(wise)


def test_picture_shows_what_was_played():
    fig, update = gates.be_the_gates()
    for hands, play in list(zip(ALL, PLAYED, strict=True))[::5]:
        update(**hands)
        texts = [text.get_text() for text in fig.axes[0].texts]
        assert play.verdict in " ".join(texts[0].split()), "in as many lines as it needs"
        assert {play.words[k] for k in (2, 6, 8, 9)} <= set(texts)
        for unit, ax in enumerate(fig.axes[1:3]):
            np.testing.assert_allclose(ax.lines[-1].get_ydata(), play.C[1:, unit])


def test_in_chinese_the_same_settings_win_and_make_the_same_mistakes(chinese):
    for hands, play in zip(ALL, PLAYED, strict=True):
        said = gates.played(**hands)
        assert (said.right, said.verdict) == (play.right, play.verdict)
        assert said.right <= ("".join(said.words) == "女孩们还在一起唱歌。小刚已经独自回家，他独自做饭")
    assert gates.played(**WISE | {"f_second": "open", "i_second": "shut"}).words[GAP - 1] == "她们"


def test_in_chinese_every_word_is_chinese(chinese):
    fig, update = gates.be_the_gates()
    held = gates.in_hand()
    for hands in ALL:
        update(**hands)
        assert not list(foreign(text.get_text() for ax in fig.axes for text in ax.texts))
    assert not list(foreign([*held["labels"].values(), *held["texts"]["o_gap"].values()]))


def test_moves_in_explore_and_can_be_read_on_a_phone(open_page):
    html = explore(*gates.be_the_gates(), **gates.in_hand(), alt="The sentence.", max_kb=30).to_html()
    page = open_page(f"<!doctype html>{VIEWPORT}{html}", viewport=PHONE)
    assert smallest(page.locator("figure")) > LEAST - 0.05


def test_with_three_gates_in_hand_the_network_keeps_the_others():
    names = ("f_second", "i_second", "o_early")
    _, update = gates.be_the_gates(names)
    update(f_second="shut", i_second="open", o_early="shut")
    assert set(gates.in_hand(names)) == {*names, "labels", "texts"}
    plays = {hands: gates.played(**dict(zip(names, hands, strict=True))) for hands in product(["open", "shut"], repeat=3)}
    assert [hands for hands, play in plays.items() if play.right] == [("shut", "open", "shut")]
