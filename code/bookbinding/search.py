"""A Sphinx extension: what the search of the book knows. A section is found by its title first, then its text, then its code;
a thing is found by each of its names.

`_static/search.js` looks the words up in the reader's browser, from a disk too.
"""

import json
import re
import shutil
import unicodedata
from pathlib import Path

from docutils import nodes

from bookbinding import glossary
from bookbinding.cells import every_claim, fold, titled
from bookbinding.editions import ROOT

MINISEARCH = ROOT / "node_modules/minisearch"
SIGNS = {unicodedata.name(letter).split()[-1].lower(): letter for letter in "αβγδεηθλμρστφψω"}
SIGNS |= {"lambda": "λ", "varphi": "φ", "varepsilon": "ε", "partial": "∂", "prod": "∏", "sum": "∑", "Vert": "‖", "lVert": "‖"}
SIGNS |= {"rVert": "‖", "le": "≤", "ge": "≥", "approx": "≈", "cdot": "·", "times": "×", "to": "→", "tanh": "tanh", "log": "log"}


def read(tex):
    r"""A formula as one line of text, once.

    >>> read(r"\frac{\partial C_t}{\partial h_{t-1}} \le \gamma")
    '∂ C_t ∂ h_t-1 ≤ γ'
    """
    plain = re.sub(r"\\(?:begin|end)\{\w+\}|\\([A-Za-z]+)", lambda command: f" {SIGNS.get(command[1], '')} ", tex)
    return " ".join(re.sub(r"[{}&\\]", "", plain.replace("}{", "} {")).split())


def gather(node, text, code):
    """Add what a reader reads of a node, without the sections in it, to the lists `text` and `code`."""
    if isinstance(node, nodes.comment | nodes.image) or titled(node):
        return
    if isinstance(node, fold) and "code" in node["classes"]:
        code.extend(block.astext() for block in node.findall(nodes.literal_block))
    elif isinstance(node, nodes.literal_block):
        code.append(node.astext())
    elif isinstance(node, nodes.math | nodes.math_block):
        text.append(read(node.astext()))
    elif isinstance(node, nodes.raw):
        text.extend(
            re.sub("<[^>]*>", "", caption) for caption in re.findall("<figcaption>(.*?)</figcaption>", node.astext(), re.DOTALL)
        )
    elif isinstance(node, nodes.Text):
        text.append(node.astext())
    else:
        for child in node.children:
            gather(child, text, code)
        if isinstance(node, nodes.TextElement | nodes.Part | nodes.Body | fold) and not isinstance(node, nodes.Inline):
            text.append("\n")


def documents(page, doctree):
    """A dict for each section of a page: where it is, its title, its text, its code."""
    for section in doctree.findall(titled):
        head, *rest = section.children
        title, text, code = [], [], []
        gather(head, title, [])
        for node in rest:
            if not (glossary.LABEL in section["ids"] and any(node.findall(nodes.table))):  # each name is found where it is used
                gather(node, text, code)
        lines = [" ".join(line.split()) for line in "".join(text).split("\n")]
        yield {
            "page": page,
            "at": section["ids"][0] if isinstance(section.parent, nodes.section) else "",
            "title": "".join(title).strip(),
            "text": " ".join(line for line in lines if line),
            "code": "\n".join(code),
        }


def index(app, doctree, page):
    """Runs before the list of all claims is put in: what a claim says is found where it stands."""
    if not any(doctree.findall(every_claim)):
        app.env.metadata[page]["search"] = list(documents(page, doctree))
        app.env.metadata[page]["names"] = [[name for name, _ in glossary.names(row)] for row in glossary.rows(doctree)]


def write(app, exception):
    """The sections of all pages in one file, with the names of the glossary, and MiniSearch, which finds in them."""
    if exception or app.builder.format != "html":
        return
    pages = [about for _, about in sorted(app.env.metadata.items())]  # whichever was read last
    found, names = ([one for page in pages for one in page.get(key, ())] for key in ("search", "names"))
    static = Path(app.outdir, "_static")
    static.mkdir(exist_ok=True)
    data = {"SECTIONS": found, "NAMES": [row for row in names if len(row) > 1]}
    script = "".join(f"const {name} = {json.dumps(value, ensure_ascii=False)};\n" for name, value in data.items())
    (static / "sections.js").write_text(script, "utf-8")
    shutil.copy(MINISEARCH / "dist/umd/index.js", static / "minisearch.js")
    shutil.copy(MINISEARCH / "LICENSE.txt", static / "minisearch.LICENSE.txt")


def put_page(app):
    return [("search", {}, "search.html")]


def silence(app):
    """Sphinx's own search, which lists pages by the words of their code, makes room."""
    app.builder.search = False


def setup(app):
    app.connect("builder-inited", silence)
    app.connect("doctree-resolved", index, priority=400)
    app.connect("html-collect-pages", put_page)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
