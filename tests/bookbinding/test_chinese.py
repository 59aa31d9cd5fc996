"""What Chinese pages do otherwise: a formula and the marks beside it stay together."""

from types import SimpleNamespace

import pytest
from bookbinding import chinese
from docutils import nodes
from pybtex.database import parse_string
from pybtex.plugin import find_plugin


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


def parted(*parts, language="zh_CN", inside=nodes.section):
    """A heading of these texts, codes (`) and formulas ($), a stroke wherever a line may end."""
    kinds = {"$": nodes.math, "`": nodes.literal}
    parts = [kinds[part[0]]("", part[1:]) if part[0] in kinds else nodes.Text(part) for part in parts]
    page = inside("", nodes.title("", "", *parts))
    app = SimpleNamespace(config=SimpleNamespace(language=language), builder=SimpleNamespace(format="html"))
    chinese.part_words(app, page, "page")
    return "".join("|" if isinstance(child, chinese.seam) else child.astext() for child in page[0])


def test_a_heading_breaks_between_its_words():
    assert parted("梯度为什么消失") == "梯度|为什么|消失"


def test_a_heading_breaks_before_a_preposition_and_behind_a_particle():
    assert parted("网络在记什么") == "网络|在记什么"
    assert parted("状态的导数") == "状态的|导数"


def test_a_heading_does_not_break_beside_letters_behind_what_opens_or_in_code():
    assert parted("LSTM网络") == "LSTM网络"
    assert parted("记住（网络）") == "记住（网络）"
    assert parted("`梯度消失", "和", "$梯度消失") == "梯度消失和梯度消失"


def test_what_is_no_heading_or_not_chinese_has_no_place_to_break():
    assert parted("梯度为什么消失", inside=nodes.admonition) == parted("梯度为什么消失", language="ja") == "梯度为什么消失"


def test_a_chinese_book_among_the_sources_is_set_the_chinese_way():
    book = "@book{x, author = {%s}, title = {%s}, publisher = {P}, year = {2020}, url = {https://a.org/}}"
    plain = find_plugin("pybtex.backends", "plaintext")()

    def listed(author, title):
        (entry,) = chinese.Sources().format_bibliography(parse_string(book % (author, title), "bibtex"), ["x"])
        return entry.text.render(plain)

    assert listed("{李沐} and {张三}", "深度学习（第2版）") == "李沐、张三。《深度学习（第2版）》，P，2020。https://a.org/"
    assert listed("Ann Lee and Bo Chi", "Deep") == "Ann Lee and Bo Chi. Deep. P, 2020. URL: https://a.org/."
