"""A Sphinx extension: a page in two layers. What a reader meets is in view; the code that computed it is one click below.

A cell with the tag `read` stands as it is. Of all others the code is folded, together with that of the cells before it that
show nothing; what they show stays in view. A claim is a row, its mark and its sentence, that opens on its code. What
`unrolled.table` prints becomes a table. What follows a prediction belongs to its answer, and waits for a guess as that does.
"""

import itertools
import re

from docutils import nodes
from docutils.parsers.rst import Directive
from unrolled.claims import MARK


class fold(nodes.Element):
    """`<details>`: folds by keyboard, by touch and without a script. Its first child is its `summary`."""


class summary(nodes.TextElement):
    """What is in view of a fold."""


def visit_fold(self, node):
    self.body.append(self.starttag(node, "details"))


def depart_fold(self, node):
    self.body.append("</details>\n")


def visit_summary(self, node):
    self.body.append("<summary>")


def depart_summary(self, node):
    self.body.append("</summary>\n")


# ---- what a cell printed


def minus(text):
    """A text with a minus before a number as one, after a Chinese character too."""
    return re.sub(r"(?<![\w.)])-(?=\d)", "−", text, flags=re.ASCII)


LINK = re.compile(r"\[([^\]]+)\]\(#([\w-]+)\)")


def inline(text):
    """A text with formulas between dollars, as nodes."""
    parts = re.split(r"\$([^$]+)\$", text)
    return [nodes.math("", part) if k % 2 else nodes.Text(minus(part)) for k, part in enumerate(parts) if part]


def linked(text):
    """The same, where a whole entry may be a link, [text](#label), to a place of its page."""
    link = LINK.fullmatch(text)
    return [nodes.reference("", "", *inline(link[1]), refuri=f"#{link[2]}", internal=True)] if link else inline(text)


def entries(line):
    return [entry.strip().replace(r"\|", "|") for entry in re.split(r"(?<!\\)\|", line)[1:-1]]


def table(lines):
    """The lines of a table in Markdown, as a table whose first column names the rows."""
    head, rule, *rows = [entries(line) for line in lines]
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1, stub=0 if k else 1) for k in range(len(head))), cols=len(head))
    sides = ["right" if side.endswith(":") else "left" for side in rule]

    def row(texts):
        cells = [
            nodes.entry("", nodes.paragraph("", "", *linked(text)), classes=[side])
            for text, side in zip(texts, sides, strict=True)
        ]
        return nodes.row("", *cells)

    group += nodes.thead("", row(head))
    group += nodes.tbody("", *map(row, rows))
    return nodes.table("", group, classes=["results"])


def typeset(output):
    """Take the printed claims out of what a cell printed, and set its tables; returns the sentences."""
    sentences = []
    for printed in [node for node in output.findall(nodes.literal_block) if "stream" in node["classes"]]:
        blocks, plain = [], []
        lines = printed.astext().splitlines()
        while lines:
            if lines[0].startswith(MARK):
                sentences.append(lines.pop(0).removeprefix(MARK))
            elif len(lines) > 1 and lines[0].startswith("|") and re.fullmatch(r"\|[-:|]+\|", lines[1]):
                size = next((k for k, line in enumerate(lines) if not line.startswith("|")), len(lines))
                blocks += [*verbatim(printed, plain), table(lines[:size])]
                plain, lines = [], lines[size:]
            else:
                plain.append(lines.pop(0))
        printed.parent.replace(printed, [*blocks, *verbatim(printed, plain)])
    return sentences


def verbatim(printed, lines):
    """What is left of a printed text: a block like it, or none."""
    text = "\n".join(lines).strip("\n")
    if not text:
        return []
    block = printed.copy()
    block.append(nodes.Text(text))
    block.rawsource = text
    return [block]


# ---- the layers


def is_cell(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def runs(parent):
    """The cells among the children of a node, those that follow each other together."""
    run = []
    for child in [*parent.children, None]:
        if is_cell(child):
            run.append(child)
        elif run:
            yield run
            run = []


def block(*content, **attributes):
    return nodes.container("", *content, **attributes)


def folded(title, content, **attributes):
    return fold("", summary("", "", *title), block(*content, classes=["cell"]), **attributes)


# b_f, h_{t-1}, C_(t-1), s₃; a letter alone, but for A, B, a, which are words or names, and for I where it equals nothing
SYMBOL = re.compile(
    r"(?<![A-Za-z0-9\\_])([A-Za-zα-ω])_(?:\{([^}]*)\}|\(([^)]*)\)|([A-Za-z0-9]+))"
    r"|(?<![A-Za-zÀ-ɏ0-9\\_’'“.-])"
    r"([C-HJ-Zb-zα-ωŷ]|(?<=[=\d][ \u00a0])I|[Aa](?=[₀-₉\u00a0])|(?<=\()a(?=\)))([₀-₉]*)"
    r"(?![A-Za-zÀ-ɏ0-9_’'”-])"
)
HOLD = "\u00a0"  # a space where no line breaks
FITS = 24  # characters of a formula that stay on one line
# what stands between the spaces of a sentence, or between its Chinese characters, with the marks that touch it
PIECE = re.compile(r"[（《“‘]*[^ \n‘’“”…—\u3000-\u9fff\uff00-\uffef]+[，。、；：？！）》”’…]*")


def symbol(found):
    """TeX between dollars for a letter with what stands below it."""
    letter = (found[1] or found[5]).replace("ŷ", r"\hat y")
    below = found[2] or found[3] or found[4] or "".join(str("₀₁₂₃₄₅₆₇₈₉".index(digit)) for digit in found[6] or "")
    return f"${letter}_{{{below}}}$" if below else f"${letter}$"


def held(text):
    """A text whose formulas have no space where a line may break, but for those that are too long for a line of a phone."""
    text = re.sub(r"(?<=\S) ([=<>≤≥≈≠+−×·∝*]|(?<=\d ):(?= \d)) (?=\S)", rf"{HOLD}\1{HOLD}", text)
    text = re.sub(r"(?<=\d) ?(?=[IQ](?![A-Za-z]))|(?<=\d) (?=(?:%|‰|[kKMG]B|ms)(?![A-Za-z]))", HOLD, text)
    text = re.sub(r"(?<![A-Za-z])((?:log|ln|det)(?= \S)|(?:[b-zC-HJ-Z]|[A-Zs][₀-₉])(?= [(|]| [A-Zs][₀-₉])) ", rf"\1{HOLD}", text)
    text = re.sub(r"\([^() ]{1,4}(?:, [^() ]{1,4})+\)", lambda found: found[0].replace(" ", HOLD), text)
    return PIECE.sub(lambda found: parted(found[0]), text)


def parted(piece):
    """A formula that is too long for one line breaks before what it equals, or where it may."""
    if len(piece) <= FITS:
        return piece
    sides = re.split(f"{HOLD}(?=[=<>≤≥≈])", piece)
    return " ".join(side if len(side) <= FITS else side.replace(HOLD, " ") for side in sides)


def said(text):
    """The nodes of a claimed sentence: its symbols as formulas, a minus before a number as one; no formula is broken."""
    found, text = [], held(text.replace("$", ""))
    for piece in re.split(f"({PIECE.pattern})", text):
        marked = SYMBOL.sub(symbol, piece)
        content = inline(marked)
        alone = re.fullmatch(r"\$[^$]*\$[.,;:?!]*", marked) or len(piece) > FITS
        if alone or not re.search(r"\$|[\d∞]/\W", marked):
            found += content
            continue
        if found and isinstance(found[-1], nodes.inline):
            found.append(nodes.Text("\u200b"))  # between two formulas Firefox breaks only where it is told
        found.append(nodes.inline("", "", *content, classes=["together"]))
    return found


def sentence(text):
    """A claimed sentence behind its mark."""
    mark = nodes.inline("", MARK.strip(), classes=["mark"])
    return nodes.inline("", "", mark, nodes.Text(" "), *said(text), classes=["sentence"])


def titled(node):
    """Whether a node is a section of the book: those within exercises have no title."""
    return isinstance(node, nodes.section) and isinstance(node[0], nodes.title)


def heading(node):
    """A copy of the title of the section that a node stands in; the title itself would keep its whole page in memory."""
    while not titled(node):
        node = node.parent
    return node[0].deepcopy()


def layered(run, word, claims):
    """The two layers of cells that follow each other. The sentences that they claim are added to `claims`, with their places."""
    layers, silent = [], []
    here = layers  # where the next layer goes: onto the page, or into the answer of the last prediction

    def put_below():
        """Fold the code so far, with what is folded right above it."""
        if silent and len(here) and "code" in here[-1]["classes"]:
            here[-1][1].extend(silent)
        elif silent:
            here.append(folded([nodes.Text(word)], silent, classes=["fold", "code"]))
        silent.clear()

    for cell in run:
        source, *outputs = cell.children
        sentences = [text for output in outputs for text in typeset(output)]
        shown = [output for output in outputs if output.children]
        place = f"claim-{len(claims) + 1}"
        claims += [(heading(cell), place, text) for text in sentences]
        rows = [sentence(text) for text in sentences]
        if "tag_read" in cell["classes"]:
            put_below()
            here.append(cell)
            if rows:
                here.append(nodes.paragraph("", "", *rows, classes=["claim"], ids=[place]))
            continue
        if any('class="prediction"' in raw.astext() for raw in cell.findall(nodes.raw)):
            put_below()
            here = block(classes=["revealed"])
            layers.append(block(block(*shown, classes=["cell"]), here, classes=["asks"]))
            shown = []
        silent.append(source)
        if rows:
            here.append(folded(rows, [*silent, *shown], classes=["fold", "claim"], ids=[place]))
            silent.clear()
        elif shown:
            source["classes"].append("shows")  # what stands before the fold
            here.append(block(*shown, classes=["cell"]))
            put_below()
    put_below()
    return layers


def fold_code(app, doctree):
    """Give every run of cells its two layers, and keep what they claim for the list of all claims."""
    word, claims = app.config.html_context["words"]["code"], []
    for parent in {id(cell.parent): cell.parent for cell in doctree.findall(is_cell)}.values():
        for run in list(runs(parent)):
            at = parent.index(run[0])
            layers = layered(run, word, claims)
            parent.children[at : at + len(run)] = []
            parent.insert(at, layers)
    app.env.metadata[app.env.docname]["claims"] = claims


# ---- every claim of the book


class every_claim(nodes.Element):
    """Stands for the list of all claims until all pages are read."""


class claim_count(nodes.Element):
    """Stands for their number."""


def count_every_claim(name, raw, text, *_):
    return [claim_count()], []


def pages_in_order(env, page):
    """The names of a page and all below it, as the contents list them."""
    yield page
    for below in env.toctree_includes.get(page, ()):
        yield from pages_in_order(env, below)


def list_of_claims(address, claims):
    """The claims of one section, each a link, below its title."""
    links = [nodes.reference("", "", *said(text), refuri=f"{address}#{place}", internal=True) for _, place, text in claims]
    items = [nodes.list_item("", nodes.paragraph("", "", link)) for link in links]
    title = nodes.paragraph("", "", *(child.deepcopy() for child in claims[0][0].children), classes=["section"])
    return [title, nodes.bullet_list("", *items, classes=["claims"])]


def put_claims(app, doctree, docname):
    """The list of all claims, by chapter, each a link to its row; and how many there are."""
    lists, counts = list(doctree.findall(every_claim)), list(doctree.findall(claim_count))
    if not lists and not counts:
        return
    claims = {page: app.env.metadata[page].get("claims") for page in pages_in_order(app.env, app.config.root_doc)}
    claims = {page: found for page, found in claims.items() if found}
    for node in counts:
        node.parent.replace(node, nodes.Text(str(sum(map(len, claims.values())))))
    for node in lists:
        sections = []
        for page, found in claims.items():
            address = app.builder.get_relative_uri(docname, page)
            title = nodes.title("", "", *(child.deepcopy() for child in app.env.titles[page].children))
            parts = [
                list_of_claims(address, list(group)) for _, group in itertools.groupby(found, key=lambda claim: claim[0].astext())
            ]
            sections.append(nodes.section("", title, *itertools.chain(*parts), ids=[f"claims-{page}"]))
        node.parent.replace(node, sections)


class EveryClaim(Directive):
    """`{every-claim}`: all claims of the book. `{claim-count}` is their number."""

    def run(self):
        return [every_claim()]


def setup(app):
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_node(summary, html=(visit_summary, depart_summary))
    app.add_directive("every-claim", EveryClaim)
    app.add_role("claim-count", count_every_claim)
    app.connect("doctree-read", fold_code)
    app.connect("doctree-resolved", put_claims)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
