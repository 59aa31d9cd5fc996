"""A Sphinx extension: the weights of the networks that a reader types for, in a file of their own.

A page asks for it when it is wanted. It is a script, since a page that was opened from a disk may load nothing else.
"""

import re

from unrolled.typed import weights

INLINE = re.compile(
    r'(<div class="reader" data-language="(\w+)")(.*?)<script type="application/json" class="reader-weights">.*?</script>',
    re.DOTALL,
)


def apart(page, address):
    """The HTML of a page without weights, and the languages of those that were in it; `address` says where those of one are."""
    languages = set()

    def without(found):
        head, language, between = found.groups()
        languages.add(language)
        return f'{head} data-weights="{address(language)}"{between}'

    return INLINE.sub(without, page), languages


def name(language):
    return f"_static/typed/weights.{language}.js"


def setup(app):
    wanted = set()

    def take_out(app, pagename, templatename, context, doctree):
        if "body" in context:
            context["body"], languages = apart(context["body"], lambda language: context["pathto"](name(language), 1))
            wanted.update(languages)

    def put_beside(app, exception):
        for language in wanted if exception is None else ():
            target = app.outdir / name(language)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(weights.script(language), "utf-8")

    app.connect("html-page-context", take_out)
    app.connect("build-finished", put_beside)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
