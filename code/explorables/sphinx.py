"""A Sphinx extension: what a page of a book needs of its pictures, and no more.

Notebooks that Sphinx executes store no state of widgets, MyST-NB takes HTML before all else, and a page keeps one copy of the
style and the script that every picture brings along.
"""

import os
import re

from explorables.page import BOOT, STYLE

PHOTO = re.compile(r'<img class="explorable-photo"[^>]*><div class="explorable-frame" hidden[^>]*>')


def once(page):
    """The HTML of a page with one copy of our style and script, and without the photos that stand in for pictures."""
    page = PHOTO.sub('<div class="explorable-frame">', page)
    for part in (STYLE, BOOT):
        head, first, tail = page.partition(part)
        page = head + first + tail.replace(part, "")
    return page


def setup(app):
    def lighten(app, pagename, templatename, context, doctree):
        if "body" in context:
            context["body"] = once(context["body"])

    os.environ.setdefault("EXPLORABLES_STATIC", "1")
    app.connect("html-page-context", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
