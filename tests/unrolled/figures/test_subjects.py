"""The sentence told of other subjects: the right words come out, and the gates open at the same words."""

import numpy as np
import pytest
from unrolled import cells
from unrolled.figures import gates as figures

RUNS = figures.retold(cells.lstm)


def texts(fig):
    return [text.get_text() for text in fig.axes[0].texts]


def test_every_pair_is_told_once():
    subjects = ["Anna", "Boris", "girls", "boys"]
    assert list(RUNS) == [(a, b) for a in subjects for b in subjects]
    for (first, second), (tokens, _, _) in RUNS.items():
        assert (tokens[0], tokens[4]) == (first, second)


@pytest.mark.parametrize(("second", "said"), [("Anna", "she cooks"), ("Boris", "he cooks"), ("boys", "they cook")])
def test_the_second_subject_decides(second, said):
    assert " ".join(RUNS["girls", second][2]).endswith(said)
    assert RUNS["girls", second][2][2] == "sing"


def test_gates_do_not_ask_who():
    _, reference, _ = RUNS["girls", "Boris"]
    for _, trace, _ in RUNS.values():
        for gate in "fio":
            np.testing.assert_array_equal(getattr(trace, gate), getattr(reference, gate))


def test_in_chinese_the_subjects_are_chinese(chinese):
    told = figures.retold(cells.lstm, ["男孩们"], ["小丽", "女孩们"])
    assert list(told) == [("男孩们", "小丽"), ("男孩们", "女孩们")]
    assert figures.written(told["男孩们", "小丽"][2]) == "男孩们还在一起唱歌。小丽已经独自回家，她独自做饭"
    assert figures.written(told["男孩们", "女孩们"][2]).endswith("女孩们已经一起回家，她们一起做饭")


def test_a_gru_tells_it_too():
    assert " ".join(figures.retold(cells.gru, ["Anna"], ["boys"])["Anna", "boys"][2]).endswith("they cook")


def test_picture_shows_the_words_of_its_state():
    fig, update = figures.subjects_explorer(RUNS)
    for pair in [("girls", "Boris"), ("Anna", "boys"), ("girls", "Boris")]:
        update(*pair)
        tokens, _, words = RUNS[pair]
        shown = texts(fig)
        assert set(tokens) <= set(shown)
        assert {words[t] for t in (2, 6, 8, 9)} <= set(shown)


def test_unknown_subjects_are_refused():
    with pytest.raises(ValueError, match="subjects must be among Anna, Boris, girls, boys; got cat"):
        figures.retold(cells.lstm, ["cat"])
