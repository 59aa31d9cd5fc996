"""What of a page is printed, on a small book; and that nothing of the whole one is lost on the way."""

import re

import pytest
from bookbinding import paper
from bookbinding.editions import editions
from bs4 import BeautifulSoup
from small_site import PICTURE, WORDS, write
from test_site import EDITIONS, SITE

ADDRESS = "https://owner.github.io/book/"


@pytest.fixture
def book(tmp_path):
    folder = write(tmp_path)
    return lambda site="": paper.book(folder, WORDS, site)


def test_the_pages_come_in_the_order_of_the_contents(book):
    assert [(c.name, c.title, c.level) for c in book()] == [
        ("index", "Small & good", 1),
        ("01_one", "1. One", 1),
        ("01_1_sub", "1.1. Sub", 2),
        ("solutions", "Solutions", 1),
    ]


def test_a_picture_stands_still_and_says_where_it_moves(book):
    body = book()[1].body
    assert PICTURE in body
    assert "<code>en/01_one.html#swing:gain=1&amp;part=f%2C%20i</code>" in body
    assert not re.search(r"<(script|style|form)\b", body)
    assert 'href="#swing' not in body
    assert "at 0.5" in body


def test_where_the_site_is_known_a_picture_leads_there(book):
    body = book(ADDRESS)[1].body
    assert f'<a href="{ADDRESS}en/01_one.html#swing:gain=1&amp;part=f%2C%20i">' in body
    assert f'<a href="{ADDRESS}en/one.ipynb">' in body


def test_without_a_site_no_address_is_made_up(book):
    found = re.findall(r'href="(?!#)([^"]+)"', "".join(c.body for c in book()))
    assert found == ["https://example.org"]


def test_claims_are_sentences_and_their_code_is_not_printed(book):
    body = book()[1].body
    assert re.search(r'<div class="claim"[^>]*><p class="sentence"><span class="mark">✓</span> It holds.</p></div>', body)
    assert "import numpy" not in body
    assert "assert" not in body
    assert "details" not in body
    assert '<p class="fold-title">Before</p>' in body


def test_solutions_stand_at_the_end_and_lead_back(book):
    _, chapter, _, end = book()
    assert "It swings back" not in chapter.body
    assert "It swings back" in end.body
    assert "<h2>1. One</h2>" in end.body
    assert '<a class="paged" href="#01_one--solution-1">Solution</a>' in chapter.body
    assert 'id="01_one--solution-1"' in end.body
    assert '<h3><a href="#01_one--ex-one">Solution to Exercise 1.1 (Swing)</a></h3>' in end.body


def test_a_table_that_a_claim_folds_is_printed_and_its_code_is_not():
    row = '<summary><span class="sentence">It holds.</span></summary>'
    fold = (
        f'<details class="fold claim">{row}<div class="cell"><pre>code</pre><table><tr><td>0.5</td></tr></table></div></details>'
    )
    soup = BeautifulSoup(fold, "html.parser")
    paper.open_folds(soup)
    assert [node.name for node in soup.select_one("div.claim").find_all(recursive=False)] == ["p", "table"]
    assert soup.get_text() == "It holds.0.5"


def test_a_link_to_what_is_not_printed_leads_to_its_page(book):
    body = book()[0].body
    assert '<a href="#01_one">gone</a>' in body
    assert '<a href="#01_one--ex-one">Do it</a>' in body


# ---- the whole book


@pytest.fixture(scope="module", params=EDITIONS)
def printed(request):
    """The name of an edition, and its chapters."""
    return request.param, paper.book(SITE / request.param, editions()[request.param])


def test_nothing_is_lost(printed):
    name, chapters = printed
    pages = [(SITE / name / f"{c.name}.html").read_text("utf-8") for c in chapters[:-1]]
    site = "".join(page[page.index("<main") : page.index("</main>")] for page in pages)
    site = re.sub(r"<(script|style)\b.*?</\1>", "", site, flags=re.DOTALL)
    body = "".join(c.body for c in chapters)
    for kind in ("<figure", 'class="sentence"', 'class="katex"', 'class="prediction-question"', 'class="solution'):
        was = len(re.findall(kind, site))
        assert was > 40
        assert len(re.findall(kind, body)) == was, kind


def test_links_within_the_book_hold(printed):
    _, chapters = printed
    body = "".join(c.body for c in chapters)
    ids = re.findall(r' id="([^"]*--[^"]*)"', body)
    assert len(ids) == len(set(ids))
    wanted = set(re.findall(r'<a\b[^>]*href="#([^"]+)"', body))
    assert wanted - set(ids) <= {c.name for c in chapters}
    assert len(re.findall('class="to-solution"', body)) == len(re.findall('class="solution"', body))
