"""What a search engine, a messenger and a library read of a page: a Sphinx extension, and the files that stand beside the pages.

`site: https://owner.github.io/name/` is its one setting, the address that the site will have. Without it there is no absolute
address anywhere: a copy on a disk, or on another host, names nobody else's.
"""

import json
import re
from html import escape, unescape

from docutils import nodes
from sphinx.errors import ConfigError

LONGEST = 200  # characters of a description


def check(app, config):
    """The setting is the address of a folder, or empty."""
    if config.site and not re.fullmatch(r"https://[^\s?#]+/", config.site):
        raise ConfigError(f"site must be an address as https://owner.github.io/name/, or empty; it is {config.site!r}")


def text_of(node):
    """A node as a sentence: formulas as they are written, without dollars."""
    return re.sub(r"\s+", " ", node.astext()).strip()


def describe(app, doctree):
    """Keep what a page is about: its question, else its first paragraph."""
    paragraphs = [node for node in doctree.findall(nodes.paragraph) if text_of(node)]
    asked = [node for node in paragraphs if "question" in node["classes"]]
    text = text_of((asked or paragraphs)[0]) if paragraphs else ""
    app.env.metadata[app.env.docname]["about"] = text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"


def metadata(about, title, page, context, site):
    """[(tag, {attribute: value})] for the head of a page."""
    words, edition = context["words"], context["edition"]
    tags = [("meta", {"name": "description", "content": about})] if about else []
    card = {"title": title, "type": "article", "site_name": words["title"], "locale": words["language"], "description": about}
    tags += [("meta", {"property": f"og:{name}", "content": value}) for name, value in card.items() if value]
    tags.append(("meta", {"name": "twitter:card", "content": "summary"}))
    if site:
        here = {name: f"{site}{name}/{page}.html" for name in context["editions"]}
        tags += [
            ("link", {"rel": "canonical", "href": here[edition]}),
            ("meta", {"property": "og:url", "content": here[edition]}),
        ]
        tags += [
            ("link", {"rel": "alternate", "hreflang": other["language"].replace("_", "-"), "href": here[name]})
            for name, other in context["editions"].items()
        ]
    return tags


def lesson(about, title, context):
    """A page as schema.org describes it, for those who catalogue what can be learned from."""
    words = context["words"]
    book = {"@type": "Book", "name": words["title"], "inLanguage": words["language"].replace("_", "-")}
    return {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "name": title,
        "description": about,
        "inLanguage": book["inLanguage"],
        "isPartOf": book,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "isAccessibleForFree": True,
    }


def attribute(item):
    """A name and its value as an element's tag holds them."""
    name, value = item
    return f'{name}="{escape(value)}"'


def put_metadata(app, pagename, templatename, context, doctree):
    """Hand the head of the page to the template, in place of a second viewport, which docutils writes."""
    about = app.env.metadata.get(pagename, {}).get("about", "")
    title = unescape(re.sub(r"<[^>]+>", "", context.get("title") or context["words"]["title"])).strip()
    tags = metadata(about, title, pagename, context, app.config.site if doctree else "")
    lines = [f"<{tag} {' '.join(map(attribute, told.items()))}>" for tag, told in tags]
    if doctree:
        data = json.dumps(lesson(about, title, context), ensure_ascii=False).replace("</", "<\\/")
        lines.append(f'<script type="application/ld+json">{data}</script>')
    context["metatags"] = "\n    ".join(lines)


# ---- files beside the pages


def write_files(site, address, editions):
    """Into the folder `site`: robots.txt, llms.txt, and where there is an `address` the map of the site."""
    pages = {name: sorted(path.name for path in (site / name).glob("*.html") if path.stem != "search") for name in editions}
    robots = "User-agent: *\nAllow: /\n" + (f"Sitemap: {address}sitemap.xml\n" if address else "")
    (site / "robots.txt").write_text(robots, "utf-8")
    lines = [
        "# Unrolled",
        "",
        "> An interactive book on recurrent networks: RNN, LSTM, GRU, and gradients that vanish or explode.",
        "",
    ]
    for name, words in editions.items():
        lines += [f"## {words['name']}: {words['title']}, {words['subtitle']}", ""]
        lines += [f"- [{title_of(site / name / page)}]({address}{name}/{page})" for page in pages[name]] + [""]
    (site / "llms.txt").write_text("\n".join(lines), "utf-8")
    if address:
        urls = "".join(f"<url><loc>{address}{name}/{page}</loc></url>" for name in editions for page in pages[name])
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        (site / "sitemap.xml").write_text(f"{head}{urls}</urlset>\n", "utf-8")


def title_of(path):
    """The title of a built page, without the name of the book."""
    found = re.search(r"<title>(.*?)</title>", path.read_text("utf-8"), re.DOTALL)
    return found[1].split(" – ")[0].strip()


def setup(app):
    app.add_config_value("site", "", "html", str)
    app.connect("config-inited", check)
    app.connect("doctree-read", describe, priority=600)  # after the question is marked
    app.connect("html-page-context", put_metadata)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
