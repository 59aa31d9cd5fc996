"""What search engines, messengers and libraries read: with the address of the site, and without it."""

import json
from xml.etree import ElementTree

import pytest
from bookbinding import found
from bookbinding.build import write_start
from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.util.docutils import docutils_namespace

ENGLISH = {"language": "en", "title": "Unrolled", "name": "English", "subtitle": "networks", "link": "here", "code": "code"}
EDITIONS = {"en": ENGLISH, "zh": {"language": "zh_CN", "title": "逐步展开", "name": "中文", "subtitle": "网络"}}
SITE = "https://owner.github.io/book/"
PAGE = '# A & B\n\nFirst words.\n\n**Where is $b_f$ kept, and "why"?**\n'


def head(folder, address, page=PAGE):
    """The head of a page of a small book."""
    folder.mkdir(exist_ok=True)
    (folder / "index.md").write_text(page, "utf-8")
    settings = {
        "extensions": ["myst_nb", "sphinx_exercise", "bookbinding.cells", "bookbinding.pages", "bookbinding.found"],
        "myst_enable_extensions": ["dollarmath"],
        "html_theme": "basic",
        "html_context": {"words": ENGLISH, "edition": "en", "editions": EDITIONS},
        "site": address,
    }
    with docutils_namespace():
        Sphinx(folder, None, folder / "html", folder / "trees", "html", settings, None, None).build()
    return BeautifulSoup((folder / "html/index.html").read_text("utf-8"), "html.parser").head


def test_a_page_says_what_it_is_about(tmp_path):
    page = head(tmp_path, "")
    assert len(page.select("meta[name=viewport]")) == 1
    (about,) = page.select("meta[name=description]")
    assert about["content"] == "Where is b_f kept, and “why”?"
    assert page.select_one("meta[property='og:title']")["content"] == "A & B"
    lesson = json.loads(page.select_one("script[type='application/ld+json']").string)
    assert (lesson["@type"], lesson["name"], lesson["inLanguage"]) == ("LearningResource", "A & B", "en")
    assert not page.select("link[rel=canonical], link[rel=alternate], meta[property='og:url']")


def test_where_the_site_is_known_each_page_has_one_address_and_one_in_each_language(tmp_path):
    page = head(tmp_path, SITE)
    assert [link["href"] for link in page.select("link[rel=canonical]")] == [f"{SITE}en/index.html"]
    other = {link["hreflang"]: link["href"] for link in page.select("link[rel=alternate]")}
    assert other == {"en": f"{SITE}en/index.html", "zh-CN": f"{SITE}zh/index.html"}


def test_a_long_question_is_cut_between_words(tmp_path):
    (about,) = head(tmp_path, "", f"# A\n\n{'word ' * 90}").select("meta[name=description]")
    assert about["content"].endswith("word …")
    assert len(about["content"]) <= found.LONGEST + 2


@pytest.mark.parametrize("address", ["owner.github.io", "http://owner.github.io/", "https://owner.github.io/book"])
def test_an_address_that_is_none_stops_the_build(tmp_path, address):
    with pytest.raises(ConfigError, match="site must be an address"):
        head(tmp_path, address)


@pytest.mark.parametrize("address", ["", SITE])
def test_files_beside_the_pages(tmp_path, address):
    for name in EDITIONS:
        (tmp_path / name).mkdir()
        for page in ("index", "01_a", "search"):
            (tmp_path / name / f"{page}.html").write_text("<title>One – Unrolled</title>", "utf-8")
    found.write_files(tmp_path, address, EDITIONS)
    assert ("Sitemap:" in (tmp_path / "robots.txt").read_text("utf-8")) == bool(address)
    told = (tmp_path / "llms.txt").read_text("utf-8")
    assert f"[One]({address}zh/01_a.html)" in told
    assert "search" not in told
    assert (tmp_path / "sitemap.xml").exists() == bool(address)
    if address:
        urls = [url.text for url in ElementTree.parse(tmp_path / "sitemap.xml").iter() if url.tag.endswith("loc")]
        assert sorted(urls) == sorted(f"{SITE}{name}/{page}.html" for name in EDITIONS for page in ("index", "01_a"))


def test_a_formula_is_told_as_it_is_written():
    sentence = nodes.paragraph("", "", nodes.Text("At "), nodes.math("", "b_f"), nodes.Text("\n it is."))
    assert found.text_of(sentence) == "At b_f it is."


# ---- the pages outside of the editions


@pytest.fixture
def start(tmp_path):
    """start(address) -> the start page and the page for what is not there, for a site of this address."""

    def write(address):
        write_start(tmp_path, address, EDITIONS)
        return [BeautifulSoup((tmp_path / name).read_text("utf-8"), "html.parser") for name in ("index.html", "404.html")]

    return write


def test_the_start_page_says_what_the_book_is(start):
    page, _ = start("")
    assert "recurrent networks" in page.title.string
    assert "逐步展开: 网络" in page.select_one("meta[name=description]")["content"]
    assert len(page.select("meta[name=viewport]")) == 1
    assert not page.select("link[rel=canonical], link[rel=alternate], meta[property='og:url'], meta[property='og:image']")
    assert [link["href"] for link in page.select("a[data-edition]")] == ["en/index.html", "zh/index.html"]


def test_where_the_site_is_known_the_start_page_leads_to_each_language(start):
    page, _ = start(SITE)
    assert page.select_one("link[rel=canonical]")["href"] == SITE
    assert page.select_one("meta[property='og:image']")["content"] == f"{SITE}en/_static/cards/index.png"
    other = {link["hreflang"]: link["href"] for link in page.select("link[rel=alternate]")}
    assert other == {"x-default": SITE, "en": f"{SITE}en/index.html", "zh-CN": f"{SITE}zh/index.html"}


def test_where_there_is_no_page_both_languages_say_so(start):
    _, page = start(SITE)
    assert page.h1.get_text().split() == ["There", "is", "no", "such", "page", "没有这一页"]
    assert [link["href"] for link in page.select("a[data-edition]")] == [f"{SITE}{name}/index.html" for name in EDITIONS]
    assert page.select_one("meta[name=robots]")["content"] == "noindex"
    assert not page.select("img, link[rel=stylesheet], script[src]"), "it loads nothing: its address may be any"


def test_where_the_site_is_not_known_links_hold_from_a_folder_of_the_book(start, tmp_path, serve, open_page):
    start("")
    (tmp_path / "class/en").mkdir(parents=True)
    (tmp_path / "class/en/gone.html").write_text((tmp_path / "404.html").read_text("utf-8"), "utf-8")
    address = serve(tmp_path)
    page = open_page(f"{address}/class/en/gone.html")
    links = page.locator("a[data-edition]").evaluate_all("all => all.map(link => link.href)")
    assert links == [f"{address}/class/{name}/index.html" for name in EDITIONS]
