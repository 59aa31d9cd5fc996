"""A Sphinx extension: what a page of a book needs of its pictures, and no more.

Notebooks that Sphinx executes store no state of widgets, MyST-NB takes HTML before all else, and a page keeps one copy of the
style and the script that every picture brings along. A link to a state of a picture of its own page,
`[at gain 4](#stepper:gain=4)`, sets the picture; one whose picture, choice or value does not exist is a warning. What a page
shows when it opens is in it; all other states of a picture are a file of their own, which comes when the reader comes near.
"""

import hashlib
import html
import json
import os
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from explorables.page import BOOT, STYLE, data_in_html, lean_json
from explorables.states import complaint, pictures

PHOTO = re.compile(r'<img class="explorable-photo"[^>]*><div class="explorable-frame" hidden[^>]*>')
STATE = re.compile(r"#[^:/]+:[^=]+=.*")
SETS = re.compile(r'<div class="prediction"[^>]* data-sets="([^"]+)"')
SPEC = re.compile(r'(<script type="application/json">)(\{"choices".*?)(</script>)', re.DOTALL)
FIGURE = re.compile(r'<figure class="(?:explorable|still)".*?</figure>', re.DOTALL)
SEEN = re.compile(r'<img class="explorable-photo"[^>]*>|<figcaption.*?</figcaption>', re.DOTALL)
NAMED = re.compile(r"_static/explorables/([0-9a-f]{16}\.js)")
INLINE = 6000  # characters: states that are shorter than this stay on their page
LOG = logging.getLogger(__name__)


def once(page):
    """The HTML of a page with one copy of our style and script, and without the photos that stand in for pictures."""
    page = PHOTO.sub('<div class="explorable-frame">', page)
    for part in (STYLE, BOOT):
        head, first, tail = page.partition(part)
        page = head + first + tail.replace(part, "")
    return page


def still(page):
    """The HTML of a page for readers of books, who know no script: photos and captions. It is well-formed, as XHTML must be."""
    lean = lambda found: f"<figure>{''.join(SEEN.findall(found[0]))}</figure>"  # noqa: E731
    page = FIGURE.sub(lean, page.replace(STYLE, "").replace(BOOT, ""))
    return re.sub(r'(<img class="explorable-photo"[^>]*)>', r"\1/>", page)


def apart(page, folder, address):
    """The HTML of a page whose pictures have their states in files in `folder`, which pages know by its `address`."""

    def move(found):
        spec = json.loads(found[2])
        states = {name: spec.pop(name) for name in ("table", "units") if name in spec}
        text = lean_json(states)
        if len(states) < 2 or len(text) < INLINE:
            return found[0]
        name = f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.js"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"explorableStates({text})\n", encoding="utf-8")
        return found[1] + data_in_html({**spec, "states": address + name}) + found[3]

    return SPEC.sub(move, page)


def sweep(app, error):
    """Remove the files of states that no page names any more."""
    files = {path.name: path for path in Path(app.outdir, "_static", "explorables").glob("*.js")}
    if error or not files:
        return
    for page in Path(app.outdir).rglob(f"*{getattr(app.builder, 'out_suffix', '.html')}"):
        for name in NAMED.findall(page.read_text(encoding="utf-8", errors="replace")):
            files.pop(name, None)
    for path in files.values():
        path.unlink()


class Links(SphinxTransform):
    """Links to states leave the links to headings, which MyST resolves at 879."""

    default_priority = 870

    def apply(self):
        for link in self.document.findall(nodes.reference):
            if STATE.fullmatch(link.get("refuri", "")):
                link.attributes.pop("id_link", None)
                link["internal"] = True
                link["classes"].append("explorable-link")


class Words(SphinxPostTransform):
    """Where no picture moves, a link to its state is no link: on paper, in an EPUB, in a terminal."""

    default_priority = 200

    def apply(self, **_):
        if self.app.builder.format == "html" and self.app.builder.name != "epub":
            return
        for link in list(self.document.findall(nodes.reference)):
            if "explorable-link" in link["classes"]:
                link.parent.replace(link, link.children)


def check_states(app, doctree):
    """A warning for each link, and each prediction, that sets a picture of its page to a state which does not exist."""
    raws = list(doctree.findall(nodes.raw))
    wanted = [(link, link["refuri"][1:]) for link in doctree.findall(nodes.reference) if "explorable-link" in link["classes"]]
    wanted += [(raw, html.unescape(sets)) for raw in raws for sets in SETS.findall(raw.astext())]
    if not wanted:
        return
    there = pictures("".join(raw.astext() for raw in raws))
    for node, address in wanted:
        wrong = complaint(address, there)
        if wrong:
            LOG.warning("the link #%s leads to no state: %s", address, wrong, location=node, type="explorables")


def setup(app):
    def lighten(app, pagename, templatename, context, doctree):
        if "body" not in context:
            return
        if app.builder.name == "epub":
            context["body"] = still(context["body"])
        else:
            folder = Path(app.outdir, "_static", "explorables")
            address = context["pathto"]("_static/explorables/", 1)
            context["body"] = apart(once(context["body"]), folder, address)

    os.environ.setdefault("EXPLORABLES_STATIC", "1")
    app.add_transform(Links)
    app.add_post_transform(Words)
    app.connect("doctree-read", check_states, priority=400)
    app.connect("html-page-context", lighten)
    app.connect("build-finished", sweep)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
