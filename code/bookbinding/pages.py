"""A Sphinx extension: what a page of the book does otherwise than Sphinx would: notes in the margin, solutions that fold,
the contents at its side, addresses, style sheets.
"""

import html
import re
from pathlib import Path

from docutils import nodes
from explorables.page import lean
from sphinx.util.docutils import SphinxDirective

from bookbinding.cells import block, fold, summary
from bookbinding.editions import ROOT


class margin(nodes.General, nodes.Element):
    """A note beside the text."""


class Margin(SphinxDirective):
    """`:::{margin}` before the paragraph that it stands beside: a note, a small still. On a narrow page it stands in the text."""

    has_content = True

    def run(self):
        self.assert_has_content()
        return [margin("", *self.parse_content_to_nodes())]


def visit_margin(self, node):
    self.body.append(self.starttag(node, "div", CLASS="margin", role="note"))


def depart_margin(self, node):
    self.body.append("</div>\n")


class mark(nodes.Element):
    """Where a fold with cells in it begins, with its title, or ends."""


class Dropdown(SphinxDirective):
    """`:::{dropdown} Title`: text that folds. With cells in it: `:::{dropdown-start} Title`, the cells, `:::{dropdown-end}`."""

    has_content = True
    optional_arguments, final_argument_whitespace = 1, True

    def run(self):
        title = self.parse_inline(self.arguments[0])[0] if self.arguments else []
        if self.name != "dropdown":
            return [mark("", summary("", "", *title)) if title else mark()]
        return [fold("", summary("", "", *title), *self.parse_content_to_nodes(), classes=["more"])]


def gather_folds(app, doctree):
    """What stands between the two marks of a fold goes into it, before the cells get their layers."""
    for parent in {id(found.parent): found.parent for found in doctree.findall(mark)}.values():
        while marks := [child for child in parent.children if isinstance(child, mark)]:
            if len(marks) < 2 or not marks[0].children or marks[1].children:
                raise ValueError(f"dropdown-start and dropdown-end must alternate within a section: {parent.astext()[:200]!r}")
            start, end = map(parent.index, marks[:2])
            inside = parent.children[start + 1 : end]
            parent.children[start : end + 1] = []
            parent.insert(start, fold("", *marks[0].children, block(*inside, classes=["inside"]), classes=["more"]))


def visit_solution(self, node):
    """`<details>` folds by keyboard, by touch and without a script; the first child, the title, is its summary."""
    title = node.pop(0)
    self.body.append(self.starttag(node, "details", CLASS="solution"))
    self.body.append("<summary>")
    self.body.append(title.astext())
    self.body.append("</summary>\n")


def depart_solution(self, node):
    self.body.append("</details>\n")


def unescape_addresses(app, doctree):
    """MyST escapes the & of an outside address, and Sphinx does so again: the link to a state of a picture would break."""
    for link in doctree.findall(nodes.reference):
        if "refuri" in link:
            link["refuri"] = html.unescape(link["refuri"])


def contents(pages, sections):
    """The list of all pages, `sections` below that which is read: Sphinx knows all sections of all pages, or hides some pages."""
    inner = sections[sections.find("<ul", 1) : sections.rfind("</li>")] if sections.count("<ul") > 1 else ""
    return re.sub(r'<a class="current reference internal" href="#">.*?</a>', lambda link: link[0] + inner, pages)


def open_chapter(app, doctree):
    """The question of a chapter is the first paragraph below the title that is bold from end to end. What a reader should bring
    along, the box before the first section, folds into a line: the picture comes first.
    """
    for page in (node for node in doctree.children if isinstance(node, nodes.section)):
        paragraphs = [node for node in page.children[:4] if isinstance(node, nodes.paragraph)]
        whole = [node for node in paragraphs if [bold.astext() for bold in node.findall(nodes.strong)] == [node.astext()]]
        for node in whole[:1]:
            node["classes"].append("question")
        for box in [node for node in page.children if isinstance(node, nodes.admonition)][: bool(whole)]:
            title, *content = box.children
            page.replace(box, fold("", summary("", "", *title.children), *content, classes=["before"]))


HELD = re.compile(r"第\d+[章节步]|\d+–\d+")  # what stays on one line
NAMED = r"\b(?i:chapter|section|equation)s?"
SPACE = re.compile(NAMED + r" (?=\d)|\bet (?=al\.)|\d (?=(?:%|[kKMG]B|ms)(?!\w))")
BEFORE = re.compile(NAMED + " $|[式第]$")  # a link to a number


def parts_of(text):
    """A text as nodes, with what stays on one line."""
    text = SPACE.sub(lambda found: f"{found[0][:-1]}\u00a0", text)
    parts, at = [], 0
    for found in HELD.finditer(text):
        parts += [nodes.Text(text[at : found.start()]), nodes.inline("", found[0], classes=["together"])]
        at = found.end()
    return [part for part in (*parts, nodes.Text(text[at:])) if len(part)]


def hold_together(app, doctree, docname):
    """A chapter and its number, linked or not, a number and its unit, the pages of a source stay on one line."""
    for parent in {id(text.parent): text.parent for text in doctree.findall(nodes.Text)}.values():
        if isinstance(parent, nodes.literal | nodes.math | nodes.FixedTextElement):
            continue
        old, new = [*parent.children], []
        while old:
            child = old.pop(0)
            if not isinstance(child, nodes.Text):
                new.append(child)
                continue
            tied = old and isinstance(old[0], nodes.reference) and re.match(r"[\d(]", old[0].astext()) and BEFORE.search(child)
            if tied and tied[0].endswith(" "):
                child = nodes.Text(child[:-1] + "\u00a0")
            elif tied:
                new += [*parts_of(child[:-1]), nodes.inline("", nodes.Text(tied[0]), old.pop(0), classes=["together"])]
                continue
            new += parts_of(child)
        parent.children = []
        parent.extend(new)


COLUMNS = 38  # of code on a phone
WORD = 20  # characters without a space that a line of code takes to its next line whole


# what pygments calls the pieces of code, and the piece by whose name all of one colour go
COLOURS = re.findall(r"(?m)^\.highlight :is\((.*)\) \{", (ROOT / "chapters/_static/book.css").read_text("utf-8"))
COLOUR = {piece: first for first, *others in (re.findall(r"\w+", pieces) for pieces in COLOURS) for piece in (first, *others)}
PIECE = re.compile(r'<span class="(\w+)">([^<]*)</span>')
SAME = re.compile(r'<span class="(\w+)">[^<]*</span>(?:<span class="\1">[^<]*</span>)+')


def coloured(code):
    """Highlighted code with elements for colours alone, neighbours of one colour in one: chapters lay out a quarter fewer."""
    code = PIECE.sub(lambda one: f'<span class="{COLOUR[one[1]]}">{one[2]}</span>' if one[1] in COLOUR else one[2], code)
    return SAME.sub(lambda same: f'<span class="{same[1]}">{plain(same[0])}</span>', code)


def plain(code):
    return re.sub(r"<[^>]*>", "", code)


def hang(code):
    """Highlighted code, its lines that are too long for a phone each in an element: what is wrapped hangs below its beginning."""
    lines = code.splitlines(keepends=True)
    for k, line in enumerate(lines):
        text = html.unescape(plain(line)).rstrip("\n")
        if len(text) > COLUMNS:
            lines[k] = f'<span class="long" style="--in:{len(text) - len(text.lstrip())}">{breakable(line)}</span>'
    return "".join(lines)


def breakable(line):
    """A line of highlighted code that may break behind a dot, a comma, a bracket where it has no space for long."""
    units, word = re.findall(r"<[^>]*>|&[^;]+;|(?s:.)", line), []
    for k, unit in enumerate([*units, " "]):
        if unit.isspace():
            if len(word) > WORD:
                for at in word[2:-2]:
                    units[at] += "<wbr>" * (units[at] in "([{.,=_/")
            word = []
        elif not unit.startswith("<"):
            word.append(k)
    return "".join(units)


# what is no text, or an apostrophe: those of claims and captions are straight, as they were typed
APOSTROPHE = re.compile(r"<(script|style|pre|code|svg|math)\b.*?</\1>|(?<=\w)'(?=[\w\s.,;:)])(?![^<>]*>)", re.DOTALL)


def punctuated(body, language):
    """A page with curly apostrophes, as the text between has them; a Chinese one without a space behind a mark of its own."""
    if language.startswith("zh"):
        return re.sub(r"([。？！：；，]</(?:strong|em|a)>) +", r"\1", body)
    return APOSTROPHE.sub(lambda found: found[0] if found[1] else "’", body)


SHEETS = {"katex.min.css", "symbols.css", "book.css"}  # others are made for other themes; book.css has what we need of them
# Sphinx's scripts mark the words that were searched for, and no more: book.js asks for them then
LATER = {"documentation_options.js", "doctools.js", "sphinx_highlight.js", "translations.js"}


def base(file):
    """The name of a style sheet or of a script, "" for one that stands in the page."""
    return (file.filename or "").split("/")[-1]


def mend(app, pagename, templatename, context, doctree):
    """Leave out the style sheets and the scripts that a page does without, and a role that promises list items; the sources
    are in English, and the hint at a permalink is not translated; who listens to a table is told what a head heads.
    """
    context["css_files"] = [css for css in context["css_files"] if base(css) in SHEETS]
    context["script_files"] = [script for script in context["script_files"] if base(script) not in LATER]
    pages = context["toctree"](maxdepth=2, collapse=False, includehidden=True, titles_only=True)
    context["contents"] = contents(pages, context.get("toc", ""))
    if "body" in context:
        body = context["body"].replace('<div role="list" class="citation-list">', '<div class="citation-list" lang="en">')
        body = re.sub(r'title="Link to this \w+"', f'title="{context["words"]["link"]}"', body)
        body = re.sub(r"(?s)(?<=<div class=\"highlight\"><pre>).*?(?=</pre>)", lambda code: hang(coloured(code[0])), body)
        body = re.sub(r'<th(?= class="[^"]*\bhead\b)', '<th scope="col"', body)
        body = punctuated(body, app.config.language)
        body = re.sub(r"(?<=</span></span>\n<p)(?=>[\u4e00-\u9fff])", ' lang="zh-CN"', body)  # a Chinese source
        context["body"] = re.sub(r'<th(?= class="[^"]*\bstub\b)', '<th scope="row"', body)


def lighten(app, exception):
    """Styles and scripts of our own without their comments: every reader is sent them."""
    if exception or app.builder.format != "html":
        return
    for path in [*Path(app.outdir, "_static").glob("*.js"), *Path(app.outdir, "_static").glob("book.css")]:
        if (ROOT / "chapters/_static" / path.name).exists():
            text = lean(path) if path.suffix == ".js" else re.sub(r"(?sm)/\*.*?\*/|^\s+", "", path.read_text("utf-8"))
            path.write_text(text, "utf-8")


def setup(app):
    from sphinx_exercise.nodes import solution_node

    app.add_node(solution_node, override=True, html=(visit_solution, depart_solution))
    app.add_node(margin, html=(visit_margin, depart_margin))
    app.add_directive("margin", Margin)
    for name in ("dropdown", "dropdown-start", "dropdown-end"):
        app.add_directive(name, Dropdown)
    app.connect("doctree-read", gather_folds, priority=400)
    app.add_config_value("comments_config", {}, "env")  # jupyter-book sets it for an extension that we leave out
    app.connect("doctree-read", unescape_addresses)
    app.connect("doctree-read", open_chapter)
    app.connect("doctree-resolved", hold_together, priority=901)  # after those who read the text, and after `keep_marks`
    app.connect("html-page-context", mend)
    app.connect("build-finished", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
