"""The book as a PDF: `python -m bookbinding.pdf` prints the built site with Chromium, an edition a file, _build/unrolled.en.pdf.

The browser is that of the tests, $CHROMIUM. It sets page numbers, bookmarks and the tags of those who listen; numbers of
pages in the contents it cannot set, so it prints twice: the first print says where everything is.
"""

import html
import logging
import os
import re

from bookbinding import paper
from bookbinding.chromium import opened
from bookbinding.editions import BUILD, ROOT, built, editions, site_address

SPOKEN = re.compile(
    r'<span class="katex"><span class="katex-mathml">.*?<annotation[^>]*>(.*?)</annotation></semantics></math></span>'
    r'<span (?:aria-hidden="true" class="katex-html"|class="katex-html" aria-hidden="true")>',
    re.DOTALL,
)
PAGED = re.compile(r'(<a class="paged" href="#([^"]+)")')


def heard(body):
    """Formulas for those who listen: KaTeX says them in MathML, which a print has no place for; a picture's alt text it has."""

    def say(found):
        tex = " ".join(found[1].split())
        return f'<span class="katex" role="img" aria-label="{tex}"><span class="katex-html">'

    return SPOKEN.sub(say, body)


def document(chapters, words, site, folder):
    """All chapters as one page of HTML, which finds its styles in the `folder` of the edition."""
    listed = "".join(
        f'<li class="level-{chapter.level}"><a class="paged" href="#{chapter.name}">{html.escape(chapter.title)}</a></li>'
        for chapter in chapters
    )
    heads = "".join(f"@page {name_of(c)} {{ @top-center {{ content: {quoted(c.title)} }} }}\n" for c in chapters)
    articles = "\n".join(f'<article id="{c.name}" style="page: {name_of(c)}">\n{heard(c.body)}\n</article>' for c in chapters)
    return f"""<!DOCTYPE html>
<html lang="{words["language"].replace("_", "-")}">
<head>
<meta charset="utf-8">
<title>{html.escape(words["title"])}</title>
<link rel="stylesheet" href="{folder}/_static/katex/katex.min.css">
<link rel="stylesheet" href="{folder}/_static/katex/symbols.css">
<link rel="stylesheet" href="{folder}/_static/book.css">
<style>
{(ROOT / "chapters/paper.css").read_text("utf-8")}
{heads}</style>
</head>
<body>
<main>
<header class="cover"><img src="{folder}/_static/mark.svg" alt=""><p class="title">{html.escape(words["title"])}</p>
<p>{html.escape(words["subtitle"])}</p>
<div>{paper.colophon(words, site)}</div></header>
<nav class="contents"><p class="title">{html.escape(words["contents"])}</p><ul>{listed}</ul></nav>
{articles}
</main>
</body>
</html>
"""


def name_of(chapter):
    """The name of a chapter's kind of page: one of CSS."""
    return f"of-{chapter.name}"


def quoted(text):
    """A text as CSS has it in quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def numbered(page, numbers):
    """The page with the number of its page beside each link that wants it."""
    return PAGED.sub(lambda found: f'{found[1]} data-page="{numbers.get(html.unescape(found[2]), "")}"', page)


def places(path):
    """{id: number of the page where it is} of a PDF."""
    from pypdf import PdfReader

    reader = PdfReader(path)
    return {name.lstrip("/"): reader.get_destination_page_number(to) + 1 for name, to in reader.named_destinations.items()}


def titled(path, page, words, target):
    """Write to `target` the PDF at `path` with its bookmarks as the headings of its page are: Chromium says the start of those
    twice that stand on top of a sheet.
    """
    from bs4 import BeautifulSoup
    from pypdf import PdfWriter
    from pypdf.generic import NameObject, TextStringObject

    headings = [" ".join(tag.get_text().split()) for tag in BeautifulSoup(page, "html.parser").select("h1, h2, h3, h4, h5, h6")]
    writer = PdfWriter(clone_from=path)
    marks = list(below(writer.root_object["/Outlines"].get_object()))
    for mark, heading in zip(marks, headings, strict=True):
        mark[NameObject("/Title")] = TextStringObject(heading)
    writer.add_metadata({"/Title": words["title"], "/Author": words["authors"], "/Subject": words["subtitle"]})
    writer.write(target)


def below(mark):
    """All bookmarks below one, in order."""
    mark = mark.get("/First")
    while mark:
        mark = mark.get_object()
        yield mark
        yield from below(mark)
        mark = mark.get("/Next")


def print_page(browser, source, target):
    """Print one page of HTML as it stands, without its scripts."""
    page = browser.new_page(java_script_enabled=False)
    page.goto(source.as_uri(), wait_until="load")
    page.pdf(path=target, prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
    page.close()


def write(browser, name, words, site, target):
    """Print the edition `name` into the file `target`, twice."""
    page = document(paper.book(BUILD / "site" / name, words, site), words, site, f"site/{name}")
    source, draft = BUILD / f"print.{name}.html", target.with_suffix(".draft")
    try:
        for numbers in (lambda: {}, lambda: places(draft)):
            source.write_text(numbered(page, numbers()), "utf-8")
            print_page(browser, source, draft)
        titled(draft, page, words, draft)
        os.replace(draft, target)
    finally:
        source.unlink(missing_ok=True)
        draft.unlink(missing_ok=True)


def main():
    """Print every edition; or say in a sentence why not."""
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # Chromium writes a few objects more than it says
    with opened("prints the book (run: make pdf)") as browser:
        built(BUILD / "site", "is printed")
        for name, words in editions().items():
            target = BUILD / f"unrolled.{name}.pdf"
            write(browser, name, words, site_address(), target)
            print(f"Printed: {target}")


if __name__ == "__main__":
    main()
