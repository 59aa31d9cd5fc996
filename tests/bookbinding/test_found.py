"""What search engines, messengers and libraries read: with the address of the site, and without it."""

import json
from xml.etree import ElementTree

import pytest
from bookbinding import found
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
