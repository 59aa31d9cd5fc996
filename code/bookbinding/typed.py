"""A Sphinx extension: the networks that a reader types for, in a file of their own, which a page asks for when it is wanted."""

import hashlib
import re

from unrolled.typed import reader

INLINE = re.compile(r'<script type="application/json" class="reader-weights">.*?</script>', re.DOTALL)
FIELD = re.compile(r'<div class="reader" data-language="(\w+)"')


def apart(page, address):
    """The HTML of a page without its networks, and the languages of those in it; `address` says where those of a language are."""
    languages = set(FIELD.findall(page))
    if not languages:
        return page, languages
    for part in (reader.STYLE, reader.BOOT):
        page = page.replace(part, "")
    page = FIELD.sub(lambda found: f'{found[0]} data-from="{address(found[1])}"', INLINE.sub("", page))
    return page + reader.NEAR, languages


def name(language):
    """The file of a language; what stands behind it tells one book's networks from the next one's in a browser that kept them."""
    return f"_static/typed/reader.{language}.js?{hashlib.sha256(reader.script(language).encode()).hexdigest()[:8]}"


def setup(app):
    wanted = set()

    def take_out(app, pagename, templatename, context, doctree):
        if "body" in context:
            context["body"], languages = apart(context["body"], lambda language: context["pathto"](name(language), 1))
            wanted.update(languages)

    def put_beside(app, exception):
        for language in wanted if exception is None else ():
            target = app.outdir / name(language).split("?")[0]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(reader.script(language), "utf-8")

    app.connect("html-page-context", take_out)
    app.connect("build-finished", put_beside)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
