"""The field in the pages of the built site: its networks come when the reader comes near, and a question comes before it."""

import pytest
from test_site import EDITIONS, SITE
from test_site import site as site  # the fixture

PAGES = ("index", "04_vanishing", "06_compared", "07_trained", "reader")
each = pytest.mark.parametrize(("edition", "name"), [(edition, name) for edition in EDITIONS for name in PAGES])


def files(page):
    """What was asked for of the networks."""
    return [r.url.rsplit("/", 1)[1].partition("?")[0] for r in page.received if "/_static/typed/" in r.url]


def come_near(field):
    """Bring a field of the page into view, and wait for its networks."""
    field.scroll_into_view_if_needed()
    field.locator(".reader-row.chrono kbd").first.wait_for()


def write(field, text):
    """Write a text into the field, and wait until it has been read."""
    field.locator("textarea").fill(text)
    shown = f"document.querySelector('.reader-row.rnn .reader-letters').textContent === '{text} '"
    field.page.wait_for_function(shown)


@each
@pytest.mark.parametrize("kept", ["server", "disk"])
def test_the_networks_come_when_the_reader_comes_near(edition, name, kept, site, open_page):
    page = open_page(f"{site if kept == 'server' else SITE.as_uri()}/{edition}/{name}.html")
    field = page.locator(".reader")
    if name != "reader":  # where it is in view, and alive, at once
        assert field.locator(".reader-still .explorable-frame svg").is_visible()
        assert files(page) == []
    come_near(field)
    assert files(page) == [f"reader.{edition}.js"]
    write(field, "Ada")
    assert (page.said, page.refused, page.failed) == ([], [], [])


@pytest.mark.parametrize(("edition", "name"), [(edition, name) for edition in EDITIONS for name in PAGES if name != "reader"])
def test_a_question_comes_before_the_field_and_hides_it_not(edition, name, site, open_page):
    """In the same section; on its own page the field comes first."""
    page = open_page(f"{site}/{edition}/{name}.html")
    assert page.locator(".reader").is_visible()
    assert page.locator(".reader").evaluate(
        """field => {
            const within = field.closest("section");
            const asked = [...within.querySelectorAll(".prediction")];
            return asked.some(one => one.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING);
        }"""
    )
