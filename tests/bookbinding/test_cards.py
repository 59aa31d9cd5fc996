"""Cards: a picture of the right size for each page, named by its whole address, once; and none where the site has no address."""

import io

import pytest
from bookbinding import cards
from bs4 import BeautifulSoup
from PIL import Image
from small_site import WORDS, write

ADDRESS = "https://owner.github.io/book/"
HEAVY = 100_000  # bytes


@pytest.fixture
def site(tmp_path, browser):
    edition = write(tmp_path)
    assert cards.put(browser, tmp_path, ADDRESS, {"en": WORDS}) == 3
    return edition


def head(path):
    return BeautifulSoup(path.read_text("utf-8"), "html.parser").head


def test_each_page_names_its_card(site):
    page = head(site / "01_one.html")
    assert page.select_one("meta[property='og:image']")["content"] == f"{ADDRESS}en/_static/cards/01_one.png"
    assert page.select_one("meta[property='og:image:alt']")["content"] == "1. One & all"
    assert page.select_one("meta[name='twitter:card']")["content"] == "summary_large_image"


def test_a_card_has_the_size_that_messengers_ask_for(site):
    for path in (site / "_static/cards").glob("*.png"):
        assert Image.open(path).size == cards.SIZE
        assert path.stat().st_size < HEAVY


def test_a_card_shows_the_title_and_the_first_picture(browser):
    blank = Image.open(io.BytesIO(cards.draw(browser, cards.card("", "", WORDS)))).convert("L")
    svg = '<svg role="img" viewBox="0 0 10 10" width="10" height="10"><rect width="10" height="10" fill="#000"/></svg>'
    full = Image.open(io.BytesIO(cards.draw(browser, cards.card("One", svg, WORDS)))).convert("L")
    assert blank.getpixel((600, 400)) > 250
    assert full.getpixel((600, 400)) < 5
    assert full.crop((0, 80, 600, 170)).getextrema()[0] < 100


def test_cards_that_are_drawn_again_are_named_once(site, browser):
    cards.put(browser, site.parent, ADDRESS, {"en": WORDS})
    assert len(head(site / "01_one.html").select("meta[property='og:image']")) == 1


def test_without_an_address_there_is_none(monkeypatch, capsys):
    monkeypatch.setattr(cards, "site_address", lambda: "")
    cards.main()
    assert capsys.readouterr().out.startswith("No cards")
