"""What Chinese pages need besides translated words: titles and names without spaces, no line that begins with a comma.

A Sphinx extension that all editions load; it speaks up in a Chinese one, and of Chinese books in each.
"""

import itertools
import json
import re
import subprocess
from dataclasses import dataclass, field

from docutils import nodes
from pybtex.plugin import register_plugin as register_style
from pybtex.style import template
from pybtex.style.formatting.plain import Style
from sphinx_exercise.nodes import is_exercise_node, is_solution_node
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import PersonStyle
from sphinxcontrib.bibtex.style.referencing.label import LabelReferenceStyle

from bookbinding import formulas


@dataclass
class Names(LabelReferenceStyle):
    """甲和乙[1], 甲等[2]"""

    person: PersonStyle = field(default_factory=lambda: PersonStyle(sep="、", sep2="和", last_sep="和", other="等"))
    text_reference_sep: str = ""


class Sources(Style):
    """The list of sources: what is Chinese is set the Chinese way, 甲、乙。《书名》，出版社，2020。"""

    def get_book_template(self, entry):
        """What pybtex fills with a book."""
        if not re.search(r"[\u4e00-\u9fff]", entry.fields["title"]):
            return super().get_book_template(entry)
        said = template.field
        address = template.href(said("url", raw=True))[said("url", raw=True)]
        authors = template.names("author", sep="、", sep2="、", last_sep="、")
        return template.join[authors, "。《", said("title"), "》，", said("publisher"), "，", said("year"), "。", address]


def chosen(app, config):
    """Our list of sources in every edition; in a Chinese one names and exercises as Chinese has them."""
    config.bibtex_default_style = "sources"
    if config.language.startswith("zh"):
        config.bibtex_reference_style = "chinese"
        config.numfig_format = {"exercise": "练习%s"}


def close_up(app, doctree, docname):
    """练习2.1（…） and 练习2.1（…）的解答, where the extension writes 练习 2.1 (…) and 解答 练习 2.1 (…)."""
    if not app.config.language.startswith("zh"):
        return
    for node in doctree.findall(lambda n: is_exercise_node(n) or is_solution_node(n)):
        title = node[0]
        for text in list(title.findall(nodes.Text)):
            text.parent.replace(text, nodes.Text({" (": "（", ")": "）"}.get(text, re.sub("^ 练习 ", "练习", text))))
        if is_solution_node(node):
            title.append(nodes.Text("的" + title.pop(0)))


LONG = 40  # characters of TeX: a longer formula may not fit a line of a phone, and breaks where it can


def keep_marks(app, doctree, docname):
    """A formula and the marks that touch it, （$x$；, on one line: browsers take a formula for a picture and break beside it."""
    if not app.config.language.startswith("zh"):
        return
    for formula in list(doctree.findall(nodes.math)):
        parent = formula.parent
        at = parent.index(formula)
        before, after = (
            "" if not 0 <= k < len(parent) or not isinstance(parent[k], nodes.Text) else str(parent[k]) for k in (at - 1, at + 1)
        )
        opening, closing = re.search("[（《“‘]*$", before)[0], re.match("[，。、；：？！）》”’…]*", after)[0]
        if not opening + closing or len(formula.astext()) > LONG:
            continue
        # by its place: `replace` looks for a text that says the same, and may find an earlier one
        parent[at] = nodes.inline("", opening, formula, nodes.Text(closing), classes=["together"])
        if closing:
            between = "\u200b" if at + 2 < len(parent) else ""  # between two formulas Firefox breaks only where it is told
            parent[at + 1] = nodes.Text(after.removeprefix(closing) or between)
        if opening:
            parent[at - 1] = nodes.Text(before.removesuffix(opening))


class seam(nodes.Element):
    """Where a line may end."""


def visit_seam(self, node):
    self.body.append("<wbr>")
    raise nodes.SkipNode


WORDS = """
const words = new Intl.Segmenter("zh", { granularity: "word" });
const cut = (text) => [...words.segment(text)].map(({ segment, isWordLike }) => [segment, isWordLike]);
console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0, "utf8")).map(cut)));
"""


def words_of(texts):
    """Each text in pieces, (piece, whether it is a word). A browser has the dictionary, too, but every reader waits for it."""
    command = [formulas.node(), "-e", WORDS]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, encoding="utf-8", check=True)
    return json.loads(done.stdout)


def may_begin(last, piece):
    """Whether a line of a heading may begin between two pieces: before a word, but not beside letters, nor behind what opens, nor
    beside a word of one character, unless that is a preposition here, or a particle there."""
    alone = lambda text, word, but: word and len(text) == 1 and text not in but  # noqa: E731
    return bool(
        piece[1]
        and not alone(*piece, but="在把被与和从对向")
        and not alone(*last, but="的了着过地得")
        and not re.search(r"[“‘（《「\w]$", last[0], re.ASCII)
        and not re.match(r"\w", piece[0], re.ASCII)
    )


def part_words(app, doctree, docname):
    """Headings break between their words."""
    if not app.config.language.startswith("zh") or app.builder.format != "html":
        return
    titles = [title for title in doctree.findall(nodes.title) if isinstance(title.parent, nodes.section)]
    whole = nodes.literal | nodes.math
    texts = [text for title in titles for text in title.findall(nodes.Text) if not isinstance(text.parent, whole)]
    for text, pieces in zip(texts, words_of(texts), strict=True):
        parts = [nodes.Text(pieces[0][0])]
        for last, piece in itertools.pairwise(pieces):
            parts += [*[seam()] * may_begin(last, piece), nodes.Text(piece[0])]
        at = next(k for k, child in enumerate(text.parent) if child is text)
        text.parent[at : at + 1] = parts


def setup(app):
    app.add_node(seam, html=(visit_seam, None))
    register_style("pybtex.style.formatting", "sources", Sources)
    register_plugin("sphinxcontrib.bibtex.style.referencing", "chinese", Names)
    app.connect("config-inited", chosen, priority=400)  # before sphinx-exercise, which leaves alone what it finds
    app.connect("doctree-resolved", close_up)
    app.connect("doctree-resolved", keep_marks, priority=900)  # after those who read the text
    app.connect("doctree-resolved", part_words, priority=950)  # and after those who hold together
    return {"parallel_read_safe": True, "parallel_write_safe": True}
