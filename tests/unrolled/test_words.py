"""Pictures speak the language of the edition."""

import ast
import re
from pathlib import Path

import pytest
import unrolled
from signs import ALLOWED, IDENTIFIERS, foreign, identifiers
from unrolled import words
from unrolled.style import SYMBOLS
from unrolled.words import CHINESE, say


def test_english_is_spoken_until_another_language_is_chosen(chinese):
    assert say("step") == CHINESE["step"] == "时间步"
    words.speak("en")
    assert say("step") == "step"


@pytest.mark.parametrize("text", ["LSTM", "RNN $\\sigma$", "$1/T$", "0.5", r"$\max\,|s_t|$", "LSTM 1997"])
def test_signs_stay(chinese, text):
    assert say(text) == text


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_words_that_have_no_chinese_are_refused_in_either_language(chinese, language):
    words.speak(language)
    with pytest.raises(ValueError, match=r"text must be one that unrolled\.words knows in both languages; got 'no such words'"):
        say("no such words")


def test_a_language_that_nobody_speaks_is_refused(chinese):
    with pytest.raises(ValueError, match="language must be one of en, zh; got 'fr'"):
        words.speak("fr")
    assert say("step") == "时间步", "nothing has changed"


@pytest.mark.parametrize("text", CHINESE)
def test_the_table_gives_chinese_without_formulas(text):
    assert not list(foreign([CHINESE[text]]))
    assert "$" not in CHINESE[text]
    assert words.ems(CHINESE[text]) or text == "RNN tanh"


def test_the_table_holds_what_pictures_say_and_nothing_else():
    sources = Path(unrolled.__file__).parent.rglob("*.py")
    trees = [ast.parse(path.read_text("utf-8")) for path in sources if path.name != "words.py"]
    literals = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert set(CHINESE) - literals == set()


@pytest.mark.parametrize("key", SYMBOLS)
def test_every_symbol_can_be_said(chinese, key):
    assert not list(foreign([say(SYMBOLS[key].label)]))


def test_the_reader_of_foreign_words_is_awake():
    assert list(foreign(["遗忘门", "LSTM", "$\\mathrm{max}$", "tanh(0.5)"])) == []
    assert list(foreign(["forget gate", "门$f_t$", "cell"])) == ["forget gate", "门$f_t$", "cell"]
    assert identifiers(["LSTM b_f=4", "diagonal SSM", "gru", "diagonal_ssm", "rnn_relu", "GRU", "b_f = 0"]) == [
        *("gru", "diagonal_ssm", "rnn_relu")
    ]
    assert not ALLOWED & IDENTIFIERS
    assert all(re.fullmatch("[A-Za-z0-9]+", word) for word in ALLOWED)
