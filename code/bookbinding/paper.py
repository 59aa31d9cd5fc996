"""What of the built pages is printed: stills with the address where they move, claims as sentences, solutions at the end.

Read from the site, so that a print and a page cannot differ. In the result each id of the book is there once, `page--id`, and
each link within the book is `#page--id`: `bookbinding.pdf` makes one file of the chapters, `bookbinding.epub` one of each.
"""

import html
import json
import re
from typing import NamedTuple
from urllib.parse import quote, urldefrag, urlencode

from bs4 import BeautifulSoup
from explorables.states import plain_texts

SVG = re.compile(r"<script\b.*?</script>|(<svg\b[^>]*?(?:/>|>.*?</svg>))", re.DOTALL)  # a script may speak of an <svg>
HELD = re.compile(r'<svg data-held="(\d+)"></svg>')
ID = re.compile(r' id="([^"]*--[^"]*)"')  # as this module makes them: those of pictures are their own
NOT_PRINTED = "script, style, template, form, footer.page, a.headerlink, details.fold.code"


class Chapter(NamedTuple):
    """A page of the book: its file name without suffix, its title, how deep it stands in the contents, and its HTML."""

    name: str
    title: str
    level: int
    body: str


class Pictures:
    """Keeps the pictures of a page out of its way: a parser is slow on them, and forgets that SVG has capitals."""

    def __init__(self, page):
        self.held = []
        self.page = SVG.sub(self.hold, page)

    def hold(self, found):
        if not found[1]:
            return found[0]
        self.held.append(found[1])
        return f'<svg data-held="{len(self.held) - 1}"></svg>'

    def put_back(self, page):
        return HELD.sub(lambda found: self.held[int(found[1])], page)


def contents(index):
    """[(file name without suffix, title, level)] of the pages that the contents of the first page list, after itself."""
    nav = BeautifulSoup(index, "html.parser").select_one("nav#contents")
    links = [link for link in nav.find_all("a") if not link["href"].startswith("#")]
    return [(link["href"].removesuffix(".html"), link.get_text(), len(link.find_parents("ul"))) for link in links]


def state(figure):
    """The address of the state that a picture shows, `word_explorer:gain=1`."""
    spec = json.loads(figure.find("script", type="application/json").string)
    shown = zip(spec["choices"], spec["at"], strict=True)
    told = urlencode({choice["name"]: plain_texts(choice["values"])[k] for choice, k in shown}, quote_via=quote)
    return f"{figure['data-name']}:{told}"


def set_stills(soup, place, words):
    """Each picture that moves gets an id, and says below itself where it does so; `place` is the address of its page."""
    for figure in soup.select("figure.explorable"):
        if not soup.find(id=figure["data-name"]):  # the first of its name
            figure["id"] = figure["data-name"]
        where = f"{place}#{state(figure)}"
        line = soup.new_tag("p", attrs={"class": "moves"})
        line.append(f"{words['moves']} ")
        line.append(soup.new_tag("a", href=where) if place.startswith("https:") else soup.new_tag("code"))
        line.contents[-1].string = where
        caption = figure.figcaption or figure.append(soup.new_tag("figcaption")) or figure.figcaption
        caption.append(line)
    for link in soup.select("a.explorable-link"):
        link.unwrap()
    for box in soup.select(".reader"):  # where a reader types: its still, and no more
        box.replace_with(box.select_one(".reader-still").extract())


def open_folds(soup):
    """Claims become sentences, with the tables that they fold; what a reader should bring along a box."""
    for claim in soup.select("details.fold.claim"):
        claim.name, claim["class"] = "div", ["claim"]
        sentences = [sentence.extract() for sentence in claim.select("summary > .sentence")]
        tables = [table.extract() for table in claim.select("table")]
        claim.clear()
        for sentence in sentences:
            sentence.name = "p"
        claim.extend([*sentences, *tables])
    for fold in soup.select("details:not(.solution)"):
        fold.name, title = "div", fold.summary
        title.name, title["class"] = "p", ["fold-title"]


def take_solutions(soup, words):
    """Take the solutions out of a page; each exercise leads to its own, and each solution back."""
    taken = []
    for solution in soup.select("details.solution"):
        exercise = solution.find_previous(class_="exercise")
        link = soup.new_tag("a", attrs={"class": "paged", "href": f"#{solution['id']}"})
        link.string = words["solution"]
        there = soup.new_tag("p", attrs={"class": "to-solution"})
        there.append(link)
        exercise.append(there)
        solution.name, solution["class"] = "section", ["solution"]
        solution.summary.name = "h3"
        back = soup.new_tag("a", href=f"#{exercise['id']}")
        back.extend(list(solution.h3.contents))
        solution.h3.append(back)
        taken.append(solution.extract())
    return taken


def lead(node, page, pages, site):
    """Ids and links below a node, as the whole book has them; what leads out of it, to a file of the site, needs its address."""
    for marked in (each for each in [node, *node.find_all(True)] if each.get("id")):
        marked["id"] = f"{page}--{marked['id']}"
    for link in node.find_all("a", href=True):
        file, anchor = urldefrag(link["href"])
        name = re.sub(r"^(\./)?(.*?)(\.html)?$", r"\2", file) or page
        if re.match(r"\w+:", link["href"]):
            continue
        if name in pages:
            picture = anchor.split(":")[0]
            link["href"] = f"#{name}--{picture}" if anchor and anchor != "slides" else f"#{name}"
        elif site:
            link["href"] = f"{site}/{file}"
        else:
            link.unwrap()


def printed(source, page, pages, place, words):
    """The HTML of a page as it is printed, and that of its solutions; `place` is the address of the folder of its edition."""
    pictures = Pictures(source[source.index("<main") : source.index("</main>")] + "</main>")
    soup = BeautifulSoup(pictures.page, "html.parser")
    set_stills(soup, f"{place}/{page}.html", words)
    for node in soup.select(NOT_PRINTED):
        node.decompose()
    solutions = take_solutions(soup, words)
    site = place if place.startswith("https:") else ""
    for node in [soup, *solutions]:
        open_folds(node)
        lead(node, page, pages, site)
    body = pictures.put_back("".join(str(child) for child in soup.main.children).strip())
    return body, pictures.put_back("".join(map(str, solutions)))


def once(chapters):
    """Each id once, and only where a link names it; a link to what is not printed leads to its page."""
    bodies = "".join(chapter.body for chapter in chapters)
    there = {chapter.name for chapter in chapters} | set(ID.findall(bodies))
    wanted = set(re.findall(r'href="#([^"]+)"', bodies))

    def keep(found):
        if found[1] not in wanted:
            return ""
        wanted.discard(found[1])
        return found[0]

    def lead_on(found):
        return found[0] if found[1] in there else f'href="#{found[1].split("--")[0]}"'

    bodies = [re.sub(r'href="#([^"]+)"', lead_on, ID.sub(keep, chapter.body)) for chapter in chapters]
    return [chapter._replace(body=body) for chapter, body in zip(chapters, bodies, strict=True)]


def book(folder, words, site=""):
    """The chapters of an edition, built in `folder`: [Chapter], the first page first, the solutions last.

    `words` are those of its edition.yml, `site` is the address of the whole site, or empty. Raises FileNotFoundError where
    the folder holds no site.
    """
    index = (folder / "index.html").read_text("utf-8")
    listed = [("index", words["title"], 1), *contents(index)]
    pages = {name for name, *_ in listed}
    place = f"{site}{folder.name}"
    chapters, solved = [], []
    for name, title, level in listed:
        body, solutions = printed((folder / f"{name}.html").read_text("utf-8"), name, pages, place, words)
        chapters.append(Chapter(name, title, level, body))
        if solutions:
            solved.append(f"<h2>{html.escape(title)}</h2>\n{solutions}")
    end = f"<h1>{words['solutions']}</h1>\n" + "\n".join(solved)
    return once([*chapters, Chapter("solutions", words["solutions"], 1, end)])


def colophon(words, site):
    """What a print says of itself, below its title."""
    where = f'\n<p><a href="{html.escape(site)}">{html.escape(site)}</a></p>' if site else ""
    return f"<p>{html.escape(words['paper'])}</p>{where}\n<p>{html.escape(words['licence'])}</p>"
