"""The site as a zip, unpacked into a folder with a difficult name and read from the disk: no server, no network.

`make book` builds what is packed here.
"""

import json
from zipfile import ZipFile

import pytest
from bookbinding import archive
from bookbinding.archive import pack
from playwright.sync_api import expect
from test_site import EDITIONS, FOUND, PAGES, SITE, clean, dead_controls, flaws, network

each_edition = pytest.mark.parametrize("edition", EDITIONS)


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    target = tmp_path_factory.mktemp("packed") / "unrolled.zip"
    pack(SITE, target)
    return target


@pytest.fixture(scope="module")
def disk(packed):
    """The address of the unpacked site."""
    folder = packed.parent / "my courses, 课程 #1"
    ZipFile(packed).extractall(folder)
    return (folder / "unrolled").as_uri()


def test_the_same_files_make_the_same_zip(tmp_path):
    for site in ("one", "two"):
        names = ["en/index.html", "index.html", "en/_static/book.js"]
        for name in names if site == "one" else reversed(names):
            path = tmp_path / site / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"<p>{name}", "utf-8")
        pack(tmp_path / site, tmp_path / f"{site}.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    one = ZipFile(tmp_path / "one.zip")
    assert one.namelist() == ["unrolled/en/_static/book.js", "unrolled/en/index.html", "unrolled/index.html"]
    assert one.read("unrolled/index.html") == b"<p>index.html"


def test_a_zip_that_cannot_be_written_is_said_in_a_sentence_and_the_old_one_stays(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("<p>new", "utf-8")
    (tmp_path / "unrolled.zip").write_bytes(b"old")
    monkeypatch.setattr(archive, "BUILD", tmp_path)
    monkeypatch.setattr(ZipFile, "writestr", full)
    with pytest.raises(SystemExit, match=r"^The site is not packed: .*No space left on device$"):
        archive.main()
    assert (tmp_path / "unrolled.zip").read_bytes() == b"old"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_from_a_disk(path, disk, open_page):
    page = open_page(f"{disk}/{path}")
    clean(flaws(page), network(page))


@each_edition
def test_a_reader_from_the_start_page_to_a_figure(edition, disk, open_page):
    page = open_page(f"{disk}/index.html")
    page.locator(f"a[data-edition={edition}]").click()
    page.locator("#contents a[href^='04_vanishing.html']").first.evaluate("el => el.click()")
    page.wait_for_url("**/04_vanishing.html*")
    clean(dead_controls(page), network(page))


@each_edition
def test_a_link_to_a_state_opens_it(edition, disk, open_page):
    page = open_page(f"{disk}/{edition}/04_vanishing.html", permissions=["clipboard-read", "clipboard-write"])
    page.locator(".explorable :is([type=range], [type=radio]:checked, select)").first.press("ArrowRight")
    shown = page.locator(".explorable").first.get_attribute("data-frame")
    page.locator(".explorable-tools button").first.click()
    expect(page.locator(".explorable-tools [role=status]").first).not_to_be_empty()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{disk}/{edition}/04_vanishing.html#")
    other = open_page(link)
    assert other.locator(".explorable").first.get_attribute("data-frame") == shown
    clean(network(page), network(other))


@each_edition
def test_files_of_a_page(edition, disk, open_page):
    page = open_page(f"{disk}/{edition}/04_vanishing.html")
    with page.expect_download() as picture:
        page.locator(".explorable-tools button").nth(1).click()
    assert picture.value.suggested_filename.endswith(".svg")
    page.locator("footer a[href$='.ipynb']").click()  # from a disk a browser shows it: there is nothing to fetch
    page.wait_for_url("**/04_vanishing.ipynb")
    assert json.loads(page.inner_text("body"))["nbformat"] == 4


@each_edition
def test_the_switch_leads_to_the_other_edition(edition, disk, open_page):
    for other in set(EDITIONS) - {edition}:
        page = open_page(f"{disk}/{edition}/04_vanishing.html")
        page.locator(f"a.edition[data-edition={other}]").click()
        page.wait_for_url(f"{disk}/{other}/04_vanishing.html*")
        clean(network(page))


@each_edition
def test_search_from_a_disk(edition, disk, open_page):
    word, chapter = next(iter(FOUND[edition].items()))
    page = open_page(f"{disk}/{edition}/index.html")
    page.get_by_role("searchbox").fill(word)
    page.get_by_role("searchbox").press("Enter")
    page.locator(f"#search-results li a[href^='{chapter}.html']").first.click()
    page.wait_for_url(f"**/{chapter}.html*")
    clean(network(page))
