"""`table` and `power`: what is printed, and what is refused."""

import doctest

import numpy as np
import pytest
from unrolled import power, table, tables
from wcwidth import wcswidth


def test_the_examples_of_the_docstrings():
    assert doctest.testmod(tables).failed == 0


def test_texts_stand_left_and_numbers_right(capsys):
    table(["cell", "after 20", "solved"], [["RNN", power(-7.6), 0], ["LSTM", "0.5", np.int64(8)]])
    rule = capsys.readouterr().out.splitlines()[1]
    assert [(column.startswith(":"), column.endswith(":")) for column in rule.strip("|").split("|")] == [
        (True, False),
        (False, True),
        (False, True),
    ]


def test_chinese_columns_are_as_wide_as_they_look(capsys):
    table(["网络", "还剩"], [["普通网络", "10⁻⁷"], ["LSTM", "一半"]])
    assert len({wcswidth(line) for line in capsys.readouterr().out.splitlines()}) == 1


def test_a_bar_within_an_entry_does_not_end_it(capsys):
    table(["$|x|$"], [["1"]])
    assert r"$\|x\|$" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("head", "rows", "error", "said"),
    [
        (["a", "b"], [["1", 2.5]], TypeError, r"entry of rows\[0\] must be a text or an int; got 2.5: format it as you"),
        (["a", None], [["1", "2"]], TypeError, "entry of head must be a text or an int; got None"),
        (["a", "b"], [["1", "2"], ["3"]], ValueError, r"rows\[1\] must have 2 entries, as head has; got \['3'\]"),
        (["a", "b"], ["12"], ValueError, r"rows\[0\] must have 2 entries, as head has; got '12'"),
        (["a", "b"], [], ValueError, "rows must hold a row at least; got none"),
    ],
)
def test_what_is_refused(head, rows, error, said):
    with pytest.raises(error, match=said):
        table(head, rows)


@pytest.mark.parametrize("log10", [np.nan, np.inf])
def test_a_power_is_that_of_a_number(log10):
    with pytest.raises(ValueError, match="log10 must be a number below infinity; got"):
        power(log10)


def test_a_power_near_one_is_ten_to_the_zero():
    assert [power(x) for x in (-0.4, -0.0, 0.4)] == ["10⁰"] * 3
