"""The Sphinx extension on a book of one page: formulas, solutions, and warnings that stop the build."""

import io
import re

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace
from unrolled import book
from unrolled.chinese import Pairs

PAGE = """
Title
=====

Inline :math:`h_t`.

.. math:: %s
   :label: bound

.. exercise:: Warm-up
   :label: warm

   What is it?

.. solution:: warm

   It is this.
"""


@pytest.fixture
def build(tmp_path):
    """build(formula, **more settings) -> exit status, HTML of the page, warnings."""

    def build_(formula, **more):
        source = tmp_path / "source"
        source.mkdir()
        (source / "index.rst").write_text(PAGE % formula, "utf-8")
        settings = {
            "extensions": ["sphinx_exercise", "sphinxcontrib.bibtex", "unrolled.chinese", "unrolled.book"],
            "bibtex_bibfiles": [],
            "html_math_renderer": "prerendered",
            "html_theme": "basic",
            "html_context": {"words": {"link": "here", "code": "code"}},
            **more,
        }
        said = io.StringIO()
        with docutils_namespace():
            app = Sphinx(
                source,
                None,
                tmp_path / "html",
                tmp_path / "trees",
                "html",
                settings,
                None,
                said,
                warningiserror=True,
                keep_going=True,
            )
            app.build()
        return app.statuscode, (tmp_path / "html/index.html").read_text("utf-8"), said.getvalue()

    return build_


def test_formulas_are_rendered_and_numbered(build):
    status, page, said = build(r"\lVert J \rVert \le \gamma")
    assert (status, said) == (0, "")
    assert page.count('class="katex"') == 2
    assert "<math" in page, "MathML for those who listen"
    assert "(1)" in page


@pytest.mark.parametrize("formula", [r"\oops", r"\frac{a}{b", r"x \text{a" + "}}"])
def test_a_formula_in_error_stops_the_build(build, formula):
    status, _, said = build(formula)
    assert status == 1
    assert "KaTeX parse error" in said
    assert "index.rst" in said


def test_solutions_fold_without_a_script(build):
    _, page, _ = build("x")
    assert "<details" in page
    assert "<summary>Solution to Exercise 1 (Warm-up)</summary>" in page


def test_chinese_titles_have_no_spaces(build):
    _, page, said = build("x", language="zh_CN")
    assert not said
    assert re.search("练习1 ?</span>（Warm-up）", page)
    assert "<summary>练习1（Warm-up）的解答</summary>" in page


def test_a_chinese_index_has_every_pair():
    assert Pairs({}).split("打开遗忘门，LSTM σ1") == [*"打开遗忘门", "打开", "开遗", "遗忘", "忘门", "LSTM", "σ1"]


def test_sections_count_in_every_language(build):
    assert '<span id="section-0"></span>' in build("x")[1]


def test_hints_are_in_the_words_of_the_edition(build):
    _, page, _ = build("x")
    assert 'title="here"' in page
    assert "Link to this" not in page


def test_an_edition_counts_when_it_has_a_first_page(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "ROOT", tmp_path)
    for name in ("en", "zh"):
        (tmp_path / "chapters" / name).mkdir(parents=True)
        (tmp_path / "chapters" / name / "edition.yml").write_text("language: x")
    (tmp_path / "chapters/en/index.ipynb").touch()
    assert list(book.editions()) == ["en"]
    (tmp_path / "chapters/zh/index.ipynb").touch()
    assert list(book.editions()) == ["en", "zh"]


def test_fingerprint_follows_the_code(tmp_path, monkeypatch):
    (tmp_path / "code/unrolled").mkdir(parents=True)
    (tmp_path / "requirements.lock").write_text("numpy==2")
    module = tmp_path / "code/unrolled/cell.py"
    module.write_text("a = 1")
    monkeypatch.setattr(book, "ROOT", tmp_path)
    before = book.fingerprint()
    assert book.fingerprint() == before
    module.write_text("a = 2")
    after = book.fingerprint()
    assert after != before
    (tmp_path / "requirements.lock").write_text("numpy==3")
    assert book.fingerprint() != after
