"""The EPUB: what the format wants, on a small book; the whole one is well-formed, and its links hold.

`epubcheck`, which knows all the rules, needs Java: the release checklist names it.
"""

import re
from urllib.parse import unquote, urldefrag
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import pytest
from bookbinding import epub, paper
from bookbinding.editions import editions
from small_site import WORDS, write
from test_site import EDITIONS, SITE

OPF = "{http://www.idpf.org/2007/opf}"
XHTML = "{http://www.w3.org/1999/xhtml}"
WEIGHT = 15e6  # bytes, an edition at most


@pytest.fixture
def made(tmp_path, monkeypatch):
    """The EPUB of the small book, as a zip."""
    write(tmp_path / "site")
    monkeypatch.setattr(epub, "BUILD", tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    epub.write("en", WORDS, "", tmp_path / "small.epub")
    return ZipFile(tmp_path / "small.epub")


def test_the_container_is_that_of_the_format(made):
    first = made.infolist()[0]
    assert (first.filename, first.compress_type, made.read(first)) == ("mimetype", ZIP_STORED, b"application/epub+zip")
    assert b'full-path="book/book.opf"' in made.read("META-INF/container.xml")


def test_every_file_is_listed_with_what_it_is(made):
    package = ElementTree.fromstring(made.read("book/book.opf"))
    items = {item.get("href"): item for item in package.iter(f"{OPF}item")}
    there = {name.removeprefix("book/") for name in made.namelist() if name.startswith("book/")}
    assert set(items) == there - {"book.opf"}
    assert items["nav.xhtml"].get("properties") == "nav"
    assert items["01_one.xhtml"].get("properties") == "mathml"
    assert items["cover.svg"].get("properties") == "cover-image"
    ids = {item.get("id"): name for name, item in items.items()}
    order = [ids[ref.get("idref")] for ref in package.iter(f"{OPF}itemref")]
    assert order == ["title.xhtml", "nav.xhtml", "index.xhtml", "01_one.xhtml", "01_1_sub.xhtml", "solutions.xhtml"]
    assert package.find(f"{OPF}metadata/{OPF}meta[@property='dcterms:modified']").text == "2026-09-21T14:13:20Z"


def test_a_picture_is_a_file_with_its_text(made):
    page = ElementTree.fromstring(made.read("book/01_one.xhtml"))
    (image,) = page.iter(f"{XHTML}img")
    assert image.get("alt") == 'A "swing"'
    svg = made.read(f"book/{image.get('src')}").decode()
    ElementTree.fromstring(svg)
    assert 'xlink:href="#c"' in svg
    assert "<clipPath" in svg
    assert not re.search("currentColor|--size", svg)


def test_a_formula_is_mathml_with_its_tex(made):
    page = ElementTree.fromstring(made.read("book/01_one.xhtml"))
    (math,) = page.iter("{http://www.w3.org/1998/Math/MathML}math")
    assert math.get("alttext") == "g < 1"
    assert b"katex" not in made.read("book/01_one.xhtml")


def test_links_lead_into_the_file_of_their_place(made):
    assert b'href="solutions.xhtml#01_one--solution-1"' in made.read("book/01_one.xhtml")
    assert b'href="01_one.xhtml#01_one--ex-one"' in made.read("book/solutions.xhtml")
    assert b'<ol><li><a href="01_1_sub.xhtml">1.1. Sub</a></li></ol></li>' in made.read("book/nav.xhtml")


def test_the_same_site_makes_the_same_file(made, tmp_path, monkeypatch):
    before = (tmp_path / "small.epub").read_bytes()
    epub.write("en", WORDS, "", tmp_path / "small.epub")
    assert (tmp_path / "small.epub").read_bytes() == before


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_whole_book_is_well_formed_and_its_links_hold(edition):
    words = editions()[edition]
    files = epub.files_of(paper.book(SITE / edition, words), words, "", edition)
    trees = {name: ElementTree.fromstring(text) for name, text in files.items() if not name.endswith(".css")}
    pages = {name: tree for name, tree in trees.items() if name.endswith(".xhtml")}
    ids = {name: [tag.get("id") for tag in tree.iter() if tag.get("id")] for name, tree in pages.items()}
    assert all(len(found) == len(set(found)) for found in ids.values())
    count = 0
    for name, tree in pages.items():
        for link in tree.iter(f"{XHTML}a"):
            file, anchor = urldefrag(unquote(link.get("href")))
            if not re.match(r"\w+:", file):
                assert not anchor or anchor in ids[file], f"{name} links to {link.get('href')}"
                count += 1
        for image in tree.iter(f"{XHTML}img"):
            assert image.get("src") in files
            assert image.get("alt").strip()
    assert count > 500
    assert sum(len(text.encode()) for text in files.values()) < WEIGHT, "unpacked, hence packed too"
