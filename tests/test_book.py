"""The Sphinx extension on a book of one page: formulas, solutions, and warnings that stop the build."""

import io

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace
from unrolled import book

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
    """build(formula) -> exit status, HTML of the page, warnings."""

    def build_(formula):
        source = tmp_path / "source"
        source.mkdir()
        (source / "index.rst").write_text(PAGE % formula, "utf-8")
        settings = {
            "extensions": ["sphinx_exercise", "unrolled.book"],
            "html_math_renderer": "prerendered",
            "html_theme": "basic",
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
