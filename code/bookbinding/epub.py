"""The book as an EPUB: `python -m bookbinding.epub` makes it from the built site, an edition a file, `_build/unrolled.en.epub`.

A chapter is a file of XHTML, a picture a file of SVG, a formula MathML: programs for reading know them, and none needs a script.
"""

import html
import os
import re
import uuid
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from bookbinding import paper
from bookbinding.archive import entry
from bookbinding.editions import BUILD, ROOT, built, editions, site_address

CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
XLINK, EPUB = "http://www.w3.org/1999/xlink", "http://www.idpf.org/2007/ops"
KINDS = {"xhtml": "application/xhtml+xml", "svg": "image/svg+xml", "css": "text/css"}


def formulas(soup):
    """KaTeX draws a formula with its own fonts, and says it in MathML: that stays, with its TeX for programs without MathML."""
    for drawn in soup.select(".katex-html"):
        drawn.decompose()
    for formula in soup.select(".katex"):
        math = formula.math.extract()
        math["alttext"] = math.annotation.get_text()
        if formula.find_parent("div", class_="math"):
            math["display"] = "block"
        formula.replace_with(math)


def drawing(svg):
    """An inline picture as a file: ink on white, for it cannot take the colours of a page.

    Older programs know `xlink:href` alone.
    """
    opening, rest = re.fullmatch(r"(<svg\b[^>]*>)(.*)", svg, re.DOTALL).groups()
    opening = re.sub(r' style="[^"]*"| role="img"', "", opening).replace("<svg ", f'<svg xmlns:xlink="{XLINK}" ', 1)
    rest = re.sub(r"(<(?:use|image)\b[^>]*?) href=", r"\1 xlink:href=", rest)
    rest = re.sub(r' data-[\w-]+="[^"]*"', "", rest).replace("currentColor", "#1a1a1a").replace("var(--paper,#fff)", "#fff")
    ground = '<rect width="100%" height="100%" style="fill: #fff"/>'
    return f'<?xml version="1.0" encoding="utf-8"?>\n{opening}{ground}{rest}'


def chapter_files(chapters):
    """{name of a file: its text} of all chapters and their pictures; links know the file that they lead into."""
    from bs4 import BeautifulSoup

    home = {name: chapter.name for chapter in chapters for name in [chapter.name, *re.findall(r' id="([^"]+)"', chapter.body)]}
    files = {}
    for chapter in chapters:
        pictures = paper.Pictures(chapter.body)
        soup = BeautifulSoup(pictures.page, "html.parser")
        formulas(soup)
        for k, held in enumerate(soup.select("svg[data-held]")):
            svg = pictures.held[int(held["data-held"])]
            name = f"{chapter.name}-{k}.svg"
            alt, width = re.search(r'aria-label="([^"]*)"', svg)[1], re.search(r'width="([\d.]+)"', svg)[1]
            held.replace_with(soup.new_tag("img", attrs={"src": name, "alt": html.unescape(alt), "style": f"width: {width}px"}))
            files[name] = drawing(svg)
        for link in soup.select("a[href^='#']"):
            file, anchor = home[link["href"][1:]], link["href"][1:]
            link["href"] = f"{file}.xhtml" + (f"#{anchor}" if anchor != file else "")
        for tag in soup.find_all(role=True):  # of pages that scroll; some are no longer known
            del tag["role"]
        files[f"{chapter.name}.xhtml"] = str(soup.decode(formatter="minimal"))
    return files


def page(title, body, language, head=""):
    """A file of XHTML."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="{EPUB}" lang="{language}" xml:lang="{language}">\n'
        f'<head><meta charset="utf-8"/><title>{html.escape(title)}</title>'
        f'<link rel="stylesheet" href="book.css"/>{head}</head>\n<body>\n{body}\n</body>\n</html>\n'
    )


def nav(chapters, heading):
    """The contents, as EPUB wants them: a list in a list."""
    items, level = [], 1
    for chapter in chapters:
        while level > chapter.level:
            items.append("</ol></li>")
            level -= 1
        if level < chapter.level:
            items[-1] = items[-1].removesuffix("</li>") + "<ol>"
            level += 1
        items.append(f'<li><a href="{chapter.name}.xhtml">{html.escape(chapter.title)}</a></li>')
    items.append("</ol></li>" * (level - 1))
    return f'<nav epub:type="toc"><h1>{html.escape(heading)}</h1><ol>{"".join(items)}</ol></nav>'


def package(files, chapters, words, site, name):
    """The list of all files, what they are, and their order."""
    language = words["language"].replace("_", "-")
    key = uuid.uuid5(uuid.NAMESPACE_URL, f"{site or 'urn:unrolled:'}{name}")
    then = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", datetime.now(UTC).timestamp())), UTC)
    items = []
    for file, text in files.items():
        found = {"nav": file == "nav.xhtml", "mathml": "<math" in text, "cover-image": file == "cover.svg"}
        told = " ".join(kind for kind, there in found.items() if there and (kind != "mathml" or file.endswith("xhtml")))
        properties = f' properties="{told}"' if told else ""
        items.append(f'<item id="{ident(file)}" href="{file}" media-type="{KINDS[file.split(".")[-1]]}"{properties}/>')
    spine = "".join(f'<itemref idref="{ident(f"{n}.xhtml")}"/>' for n in ["title", "nav", *(c.name for c in chapters)])
    return f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="key" xml:lang="{language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="key">urn:uuid:{key}</dc:identifier>
<dc:title>{html.escape(words["title"])}</dc:title>
<dc:language>{language}</dc:language>
<dc:creator>{html.escape(words["authors"])}</dc:creator>
<dc:description>{html.escape(words["subtitle"])}</dc:description>
<dc:rights>{html.escape(words["licence"])}</dc:rights>
<meta property="dcterms:modified">{then:%Y-%m-%dT%H:%M:%SZ}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest>{"".join(items)}</manifest>
<spine>{spine}</spine>
</package>
"""


def ident(file):
    return "f-" + re.sub(r"\W", "-", file)


def cover(words):
    """The mark of the book and its title, tall as a book."""
    mark = re.sub(r"<\?xml.*?\?>|<svg\b", "", (ROOT / "chapters/_static/mark.svg").read_text("utf-8"), count=1).strip()
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 800">'
        f'<rect width="600" height="800" fill="#fff"/><svg x="60" y="140" width="150" height="150" {mark}'
        f'<text x="60" y="370" font-size="68" font-weight="600" font-family="serif">{html.escape(words["title"])}</text>'
        "</svg>\n"
    )


def files_of(chapters, words, site, name):
    """{file name: text} of everything in the folder of the book."""
    language = words["language"].replace("_", "-")
    titles = {f"{chapter.name}.xhtml": chapter.title for chapter in chapters}
    made = chapter_files(chapters)
    files = {file: page(titles[file], text, language) if file in titles else text for file, text in made.items()}
    front = [f'<p class="title">{html.escape(words["title"])}</p>', f"<p>{html.escape(words['subtitle'])}</p>"]
    files["title.xhtml"] = page(words["title"], "\n".join([*front, paper.colophon(words, site)]), language)
    files["nav.xhtml"] = page(words["contents"], nav(chapters, words["contents"]), language)
    files["cover.svg"] = cover(words)
    files["book.css"] = (ROOT / "chapters/epub.css").read_text("utf-8")
    files["book.opf"] = package(files, chapters, words, site, name)
    return files


def write(name, words, site, target):
    """The edition `name` as the file `target`, replaced in one piece."""
    files = files_of(paper.book(BUILD / "site" / name, words, site), words, site, name)
    beside = target.with_suffix(".new")
    with ZipFile(beside, "w") as archive:
        archive.writestr(entry("mimetype"), "application/epub+zip", ZIP_STORED)  # first, and as it is
        archive.writestr(entry("META-INF/container.xml"), CONTAINER, ZIP_DEFLATED, 9)
        for file, text in files.items():
            archive.writestr(entry(f"book/{file}"), text, ZIP_DEFLATED, 9)
    os.replace(beside, target)


def main():
    """An EPUB of every edition; or say in a sentence why not."""
    built(BUILD / "site", "is packed")
    for name, words in editions().items():
        target = BUILD / f"unrolled.{name}.epub"
        write(name, words, site_address(), target)
        print(f"Packed: {target}")


if __name__ == "__main__":
    main()
