"""A Sphinx extension: what a page of a book needs of its pictures, and no more.

Notebooks that Sphinx executes store no state of widgets, MyST-NB takes HTML before all else, and a page keeps one copy of the
style and the script that every picture brings along. A link to a state of a picture of its own page,
`[at gain 4](#stepper:gain=4)`, sets the picture; one whose picture, choice or value does not exist is a warning. What a page
shows when it opens is in it; all other states of a picture are a file of their own, which comes when the reader comes near.
"""

import hashlib
import json
import os
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from explorables.page import BOOT, STYLE, data_in_html, lean_json
from explorables.states import complaint, pictures

PHOTO = re.compile(r'<img class="explorable-photo"[^>]*><div class="explorable-frame" hidden[^>]*>')
STATE = re.compile(r"#[^:/]+:[^=]+=.*")
SETS = re.compile(r'<div class="prediction"[^>]* data-sets="([^"]+)"')
SPEC = re.compile(r'(<script type="application/json">)(\{"choices".*?)(</script>)', re.DOTALL)
INLINE = 6000  # characters: states that are shorter than this stay on their page
LOG = logging.getLogger(__name__)


def once(page):
    """The HTML of a page with one copy of our style and script, and without the photos that stand in for pictures."""
    page = PHOTO.sub('<div class="explorable-frame">', page)
    for part in (STYLE, BOOT):
        head, first, tail = page.partition(part)
        page = head + first + tail.replace(part, "")
    return page


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


class Links(SphinxTransform):
    """Links to states leave the links to headings, which MyST resolves at 879."""

    default_priority = 870

    def apply(self):
        for link in self.document.findall(nodes.reference):
            if STATE.fullmatch(link.get("refuri", "")):
                link.attributes.pop("id_link", None)
                link["internal"] = True
                link["classes"].append("explorable-link")


def check_states(app, doctree):
    """A warning for each link, and each prediction, that sets a picture of its page to a state which does not exist."""
    raws = list(doctree.findall(nodes.raw))
    wanted = [(link, link["refuri"][1:]) for link in doctree.findall(nodes.reference) if "explorable-link" in link["classes"]]
    wanted += [(raw, sets.replace("&amp;", "&")) for raw in raws for sets in SETS.findall(raw.astext())]
    if not wanted:
        return
    there = pictures("".join(raw.astext() for raw in raws))
    for node, address in wanted:
        wrong = complaint(address, there)
        if wrong:
            LOG.warning("the link #%s leads to no state: %s", address, wrong, location=node, type="explorables")


def setup(app):
    def lighten(app, pagename, templatename, context, doctree):
        if "body" in context:
            folder = Path(app.outdir, "_static", "explorables")
            address = context["pathto"]("_static/explorables/", 1)
            context["body"] = apart(once(context["body"]), folder, address)

    os.environ.setdefault("EXPLORABLES_STATIC", "1")
    app.add_transform(Links)
    app.connect("doctree-read", check_states, priority=400)
    app.connect("html-page-context", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
