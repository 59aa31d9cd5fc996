"""The PDF of a small book: page numbers, bookmarks, links, and what those who listen get."""

import pytest
from bookbinding import pdf
from pypdf import PdfReader
from small_site import WORDS, write


@pytest.fixture
def printed(tmp_path, monkeypatch, browser):
    """What Chromium made of it."""
    write(tmp_path / "site")
    monkeypatch.setattr(pdf, "BUILD", tmp_path)
    pdf.write(browser, "en", WORDS, "", tmp_path / "small.pdf")
    assert {path.name for path in tmp_path.iterdir()} == {"site", "small.pdf"}
    return PdfReader(tmp_path / "small.pdf")


def test_the_contents_say_on_which_page_a_chapter_begins(printed):
    contents = " ".join(printed.pages[1].extract_text().split())
    for number, page in enumerate(printed.pages, start=1):
        text = page.extract_text()
        if number > 2 and "1.1. Sub" in text and "Below." in text:
            assert f"1.1. Sub {number}" in contents
            return
    pytest.fail("no page of chapter 1.1")


def test_an_exercise_says_where_its_solution_is(printed):
    texts = [page.extract_text() for page in printed.pages]
    (end,) = [k for k, text in enumerate(texts, start=1) if "It swings back" in text]
    (exercise,) = [text for text in texts if "Exercise 1.1" in text and "It swings back" not in text]
    assert f"Solution → {end}" in exercise


def test_bookmarks_and_links_lead_to_pages(printed):
    titles = [mark.title for mark in printed.outline if not isinstance(mark, list)]
    assert "1. One" in titles
    assert "Solutions" in titles
    assert {"01_one", "solutions", "01_one--solution-1"} <= {name.lstrip("/") for name in printed.named_destinations}


def test_pictures_and_formulas_have_their_text(printed):
    said, todo = [], [printed.trailer["/Root"]["/StructTreeRoot"]]
    while todo:
        node = todo.pop().get_object()
        if isinstance(node, list):
            todo += node
        elif hasattr(node, "get"):
            said += [str(node["/Alt"])] if "/Alt" in node else []
            todo += [node["/K"]] if "/K" in node else []
    assert 'A "swing"' in said
    assert "g < 1" in said
    assert printed.trailer["/Root"]["/Lang"] == "en"


def test_without_a_browser_it_ends_in_a_sentence(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(SystemExit, match="CHROMIUM must be the path of a browser"):
        pdf.main()
