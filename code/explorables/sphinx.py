"""A Sphinx extension: a page keeps one copy of the style and the script that every picture brings along."""

from explorables.page import BOOT, STYLE


def once(page):
    """The HTML of a page with one copy of our style and script: every output brings its own, to stand alone."""
    for part in (STYLE, BOOT):
        head, first, tail = page.partition(part)
        page = head + first + tail.replace(part, "")
    return page


def setup(app):
    def lighten(app, pagename, templatename, context, doctree):
        if "body" in context:
            context["body"] = once(context["body"])

    app.connect("html-page-context", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
