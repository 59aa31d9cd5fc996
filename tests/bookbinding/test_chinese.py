"""What Chinese pages do otherwise: a formula and the marks beside it stay together."""

from types import SimpleNamespace

import pytest
from bookbinding import chinese
from docutils import nodes


def kept(*parts, language="zh_CN"):
    """What a paragraph is made of, when its formulas have been kept with their marks: texts, and lists of what stays together."""
    parts = [nodes.math("", part[1:]) if part.startswith("$") else nodes.Text(part) for part in parts]
    paragraph = nodes.paragraph("", "", *parts)
    chinese.keep_marks(SimpleNamespace(config=SimpleNamespace(language=language)), paragraph, "page")
    read = lambda node: [*map(read, node)] if isinstance(node, nodes.inline) else node.astext()  # noqa: E731
    return [read(node) for node in paragraph]


def test_a_mark_after_a_formula_stays_with_it():
    assert kept("取", "$x", "；取4") == ["取", ["x", "；"], "取4"]


def test_a_bracket_before_a_formula_stays_with_it():
    assert kept("状态（", "$s", "）和", "$h", "。") == ["状态", ["（", "s", "）"], "和", ["h", "。"], ""]


def test_a_line_may_end_between_two_formulas():
    assert kept("$x", "，", "$y", "。") == [["x", "，"], "\u200b", ["y", "。"], ""]


def test_a_mark_moves_from_its_own_place():
    assert kept("。", "$x", "。", "$y") == ["。", ["x", "。"], "\u200b", "y"], "and not from the first that looks like it"


def test_two_formulas_and_no_mark_are_left_alone():
    assert kept("$x", "和", "$y") == ["x", "和", "y"]


@pytest.mark.parametrize("language", ["en", "de"])
def test_other_languages_are_left_alone(language):
    assert kept("$x", "；取4", language=language) == ["x", "；取4"]
