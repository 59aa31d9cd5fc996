"""The Sphinx extension on a book of one page: formulas, solutions, and warnings that stop the build."""

import io
import re
import subprocess
import sys

import nbformat
import pytest
from bookbinding import __main__ as command
from bookbinding import build as site
from bookbinding import editions, execution, formulas
from bookbinding.pages import contents
from jupyter_book import sphinx
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

OURS = ["bookbinding.cells", "bookbinding.chinese", "bookbinding.formulas", "bookbinding.numbers", "bookbinding.pages"]
PAGE = """
Title
=====

.. margin::

   Beside *it*.

Inline :math:`h_t`, ``W_f``.

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
            "extensions": ["sphinx_exercise", "sphinxcontrib.bibtex", *OURS],
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


def test_symbols_are_marked_and_those_who_listen_hear_the_formula(build):
    _, page, _ = build(r"C_t \le \tilde C_t")
    assert page.count('data-symbol="C"') == page.count('data-symbol="C_tilde"') == page.count('data-symbol="W_f"') == 1
    assert re.search(r'"application/x-tex">C_t \\le \\tilde C_t\s*</annotation>', page)
    assert "htmlData" not in page
    assert "enclosing" not in page


def test_what_is_not_ours_comes_with_its_licence(build, tmp_path):
    build("x")
    assert "MIT" in (tmp_path / "html/_static/katex/LICENSE").read_text("utf-8")
    assert 'href="_static/katex/symbols.css' in (tmp_path / "html/index.html").read_text("utf-8")


def test_a_note_stands_before_what_it_stands_beside(build):
    _, page, _ = build("x")
    assert re.search(r'<div class="margin" role="note">\s*<p>Beside <em>it</em>.</p>\s*</div>\s*<p>Inline', page)


def test_a_note_that_says_nothing_stops_the_build(build, monkeypatch):
    monkeypatch.setitem(globals(), "PAGE", PAGE.replace("   Beside *it*.\n", ""))
    status, _, said = build("x")
    assert status == 1
    assert "margin" in said


def test_all_pages_and_the_sections_of_one_are_its_contents():
    link = '<li class="current"><a class="current reference internal" href="#">One</a>'
    pages = f'<ul>{link}</li><li><a href="two.html">Two</a></li></ul>'
    sections = '<ul>\n<li><a href="#">One</a><ul>\n<li><a href="#first">First</a></li>\n</ul>\n</li>\n</ul>'
    assert contents(pages, sections) == pages.replace(link, link + '<ul>\n<li><a href="#first">First</a></li>\n</ul>\n')
    assert contents(pages, '<ul>\n<li><a href="#">One</a></li>\n</ul>') == pages


def test_solutions_fold_without_a_script(build):
    _, page, _ = build("x")
    assert "<details" in page
    assert "<summary>Solution to Exercise 1 (Warm-up)</summary>" in page


def test_chinese_titles_have_no_spaces(build):
    _, page, said = build("x", language="zh_CN")
    assert not said
    assert re.search("练习1 ?</span>（Warm-up）", page)
    assert "<summary>练习1（Warm-up）的解答</summary>" in page


def test_sections_count_in_every_language(build):
    assert '<span id="section-0"></span>' in build("x")[1]


def test_hints_are_in_the_words_of_the_edition(build):
    _, page, _ = build("x")
    assert 'title="here"' in page
    assert "Link to this" not in page


def test_an_edition_counts_when_it_has_a_first_page(tmp_path, monkeypatch):
    monkeypatch.setattr(editions, "ROOT", tmp_path)
    for name in ("en", "zh"):
        (tmp_path / "chapters" / name).mkdir(parents=True)
        (tmp_path / "chapters" / name / "edition.yml").write_text("language: x", "utf-8")
    (tmp_path / "chapters/en/index.ipynb").touch()
    assert list(editions.editions()) == ["en"]
    (tmp_path / "chapters/zh/index.ipynb").touch()
    assert list(editions.editions()) == ["en", "zh"]


@pytest.mark.parametrize("house", ["unrolled", "explorables"])
def test_fingerprint_follows_the_code(house, tmp_path, monkeypatch):
    (tmp_path / "code" / house).mkdir(parents=True)
    (tmp_path / "requirements.lock").write_text("numpy==2", "utf-8")
    module = tmp_path / "code" / house / "cell.py"
    module.write_text("a = 1", "utf-8")
    monkeypatch.setattr(execution, "ROOT", tmp_path)
    before = execution.fingerprint()
    assert execution.fingerprint() == before
    module.write_text("a = 2", "utf-8")
    after = execution.fingerprint()
    assert after != before
    for left in ("build/lib/cell.py", "__pycache__/cell.pyc"):  # what pip and Python leave is not the house
        (module.parent / left).parent.mkdir(parents=True)
        (module.parent / left).write_text("a = 1", "utf-8")
    assert execution.fingerprint() == after
    (tmp_path / "requirements.lock").write_text("numpy==3", "utf-8")
    assert execution.fingerprint() != after


# ---- a build that is killed, and memory that ends ----


@pytest.fixture
def notebook(tmp_path):
    """notebook(code) -> the path of a notebook with this one cell."""

    def notebook_(code):
        path = tmp_path / "one.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]), path)
        return path

    return notebook_


def spoil_text(cache):
    (text,) = cache.glob("executed/*/base.ipynb")
    text.write_bytes(text.read_bytes()[:50])


def spoil_folder(cache):
    (text,) = cache.glob("executed/*/base.ipynb")
    text.unlink()


def spoil_database(cache):
    (cache / "global.db").write_bytes(b"")


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [spoil_text, spoil_folder, spoil_database])
def test_a_cache_that_is_half_written_is_begun_anew(spoil, notebook, tmp_path):
    path, folder = notebook("print(6 * 7)"), tmp_path / "new/cache"
    execution.execute([path], folder)
    kept = execution.whole(folder).list_cache_records()
    assert len(kept) == 1, "what is whole stays"
    spoil(folder)
    folder.with_name("running").touch()  # a build that is killed leaves it
    execution.execute([path], folder)
    assert len(execution.whole(folder).list_cache_records()) == 1
    assert not folder.with_name("running").exists()


@pytest.mark.slow
def test_a_build_that_is_stopped_while_notebooks_run_is_known_to_the_next(notebook, tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(execution, "run", stopped)
    with pytest.raises(KeyboardInterrupt):
        execution.execute([notebook("print(6 * 7)")], tmp_path / "cache")
    assert (tmp_path / "running").exists()


@pytest.mark.slow
def test_a_kernel_that_dies_stops_the_build_with_its_notebook(notebook, tmp_path):
    path = notebook("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(ChildProcessError, match=r"the kernel of .*one\.ipynb was ended"):
        execution.execute([path], tmp_path / "cache")


@pytest.mark.slow
def test_a_cell_that_raises_is_left_to_sphinx(notebook, tmp_path):
    execution.execute([notebook("1 / 0")], tmp_path / "cache")
    assert execution.whole(tmp_path / "cache").list_cache_records() == []


@pytest.mark.slow
def test_what_is_false_fails_where_python_optimizes_too(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    execution.execute([notebook("assert False")], tmp_path / "cache")
    assert execution.whole(tmp_path / "cache").list_cache_records() == []


def test_sources_are_read_anew_after_a_warning_or_when_what_reads_them_has_changed(tmp_path, monkeypatch):
    settings, statuses, asked = iter("aaaabb"), iter([0, 0, 1, 0, 0, 0]), []
    monkeypatch.setattr(site, "ROOT", tmp_path)
    monkeypatch.setattr(site, "reader", lambda name: next(settings))

    def build_sphinx(*_, freshenv, **__):
        (tmp_path / "work/en").mkdir(parents=True, exist_ok=True)
        asked.append(freshenv)
        return next(statuses)

    monkeypatch.setattr(sphinx, "build_sphinx", build_sphinx)
    for _ in range(6):
        site.pages("en", {"en": {"language": "en", "title": "One"}}, tmp_path / "work")
    assert asked == [True, False, False, True, True, False]


@pytest.mark.parametrize("path", ["_config.yml", "_toc.yml", "chapters/references.bib", "chapters/zh/edition.yml"])
def test_settings_are_part_of_what_reads_the_sources(path, tmp_path, monkeypatch):
    for name in ("_config.yml", "_toc.yml", "chapters/references.bib", "chapters/en/edition.yml", "chapters/zh/edition.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for house in (site, execution):
        monkeypatch.setattr(house, "ROOT", tmp_path)
    before = site.reader("zh")
    assert site.reader("zh") == before != site.reader("en")
    (tmp_path / path).write_text("another", "utf-8")
    assert site.reader("zh") != before


@pytest.mark.slow
def test_the_old_site_stays_until_the_new_one_is_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "BUILD", tmp_path)
    chapters = tmp_path / "book/chapters"
    (chapters / "_static").mkdir(parents=True)
    for page in ("start.html", "404.html"):
        (chapters / page).write_text("{{ editions.en.title }}", "utf-8")
    (chapters / "_static/mark.svg").touch()
    (tmp_path / "book/_config.yml").write_text('sphinx: {config: {site: ""}}', "utf-8")
    monkeypatch.setattr(site, "ROOT", tmp_path / "book")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("old", "utf-8")
    with pytest.raises(FileNotFoundError):
        site.assemble(tmp_path / "work", {"en": {}})  # there are no pages of the edition
    assert (tmp_path / "site/index.html").read_text("utf-8") == "old"
    (tmp_path / "work/en/html").mkdir(parents=True)
    site.assemble(tmp_path / "work", {"en": {"language": "en", "title": "Unrolled", "name": "English", "subtitle": ""}})
    assert (tmp_path / "site/index.html").read_text("utf-8") != "old"
    assert (tmp_path / "site/robots.txt").is_file()
    assert {path.name for path in tmp_path.iterdir()} == {"book", "site", "work"}


def test_a_folder_that_may_not_be_written_is_said_in_a_sentence(monkeypatch):
    def build():
        raise PermissionError(13, "Permission denied", "/book/_build")

    monkeypatch.setattr(command, "build", build)
    with pytest.raises(SystemExit, match=r"^The book is not built: .*Permission denied: '/book/_build'$"):
        command.main()


def test_a_node_that_has_ended_is_said_in_a_sentence(monkeypatch):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8", "bufsize": 1}
    ended = subprocess.Popen([sys.executable, "-c", ""], **pipes)
    ended.wait()
    monkeypatch.setattr(formulas, "katex", lambda: ended)
    for _ in range(2):
        with pytest.raises(ChildProcessError, match="node, which renders the formulas, was ended"):
            formulas.formula("h_{t - 17}", display=False)  # one that has not been rendered before


def test_an_interrupted_build_ends_at_once_with_a_sentence(monkeypatch, capsys):
    def build():
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "build", build)
    monkeypatch.setattr(command.os, "_exit", sys.exit)
    with pytest.raises(SystemExit, match="130"):
        command.main()
    assert capsys.readouterr().err.startswith("\nInterrupted. ")
