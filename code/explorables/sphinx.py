"""A Sphinx extension: what a page of a book needs of its pictures, and no more.

Notebooks that Sphinx executes store no state of widgets, MyST-NB takes HTML before all else, and a page keeps one copy of the
style and the script that every picture brings along. A link to a state of a picture of its own page,
`[at gain 4](#stepper:gain=4)`, sets the picture; one whose picture, choice or value does not exist is a warning. What a page
shows when it opens is in it; all other states of a picture are a file of their own, which comes when the reader comes near.
"""

import html
import os
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from explorables.lighten import apart, once, still
from explorables.states import complaint, pictures

STATE = re.compile(r"#[^:/]+:[^=]+=.*")
SETS = re.compile(r'<div class="prediction"[^>]* data-sets="([^"]+)"')
NAMED = re.compile(r"_static/explorables/([0-9a-f]{16}\.js)")
LOG = logging.getLogger(__name__)


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
