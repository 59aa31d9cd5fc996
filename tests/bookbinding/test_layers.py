"""The two layers of a page: what is in view, what is folded below it, and every claim on a page of its own."""

import re

import pytest
from bookbinding import cells
from bookbinding.pages import breakable, coloured, hold_together, punctuated
from bs4 import BeautifulSoup
from docutils import nodes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, writes
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

TABLE = """\
| network   |   $b_f$ |   left |
|:----------|--------:|-------:|
| LSTM      |       4 |    0.8 |
| $\\|J\\|$ |       0 |  10⁻¹¹ |
"""
CLAIMS = """\
:orphan:
# Every claim

There are {claim-count}`all`.

```{every-claim}
```
"""


def printed(text):
    return new_output("stream", name="stdout", text=text)


def cell(source, *outputs, tags=()):
    return new_code_cell(source, outputs=list(outputs), execution_count=1, metadata={"tags": list(tags)})


BOX = """:::{admonition} Before you start
You need a pen.
:::"""
KERNEL = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
PICTURE = new_output("display_data", data={"text/html": "<figure>picture</figure>"})
PAGES = {
    "index": [
        new_markdown_cell("# First\n\nIt is **not** this.\n\n**What is it?**\n\n" + BOX),
        cell("import this"),
        cell("show(fig)", PICTURE),
        new_markdown_cell("In between."),
        cell("helper = 1"),
        cell("claim(...)", printed("0.5\n✓ Half is left.\n✓ No more.\n"), tags=["claim"]),
        cell("table(...)", printed("before\n" + TABLE + "after\n")),
        cell("step = 1", tags=["read"]),
        cell("last = 1"),
        new_markdown_cell("```{toctree}\nsecond\nfolds\nclaims\n```"),
    ],
    "second": [new_markdown_cell("# Second"), cell("claim(...)", printed("✓ It holds.\n"), tags=["claim", "read"])],
    "folds": [
        new_markdown_cell("# Folds\n\n:::{dropdown} A *word* aside\nOnly text.\n:::"),
        new_markdown_cell("In view.\n\n:::{dropdown-start} With a picture, $x$\n:::\n\nInside."),
        cell("helper = 1"),
        cell("show(fig)", PICTURE),
        cell("after = 1"),
        new_markdown_cell(":::{dropdown-end}\n:::\n\nIn view again."),
    ],
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """{name: the tree of the page} of a small book with stored outputs."""
    folder = tmp_path_factory.mktemp("book")
    for name, content in PAGES.items():
        (folder / f"{name}.ipynb").write_text(writes(new_notebook(cells=content, metadata=KERNEL)), "utf-8")
    (folder / "claims.md").write_text(CLAIMS, "utf-8")
    settings = {
        "extensions": ["myst_nb", "sphinx_exercise", "bookbinding.cells", "bookbinding.pages"],
        "nb_execution_mode": "off",
        "nb_mime_priority_overrides": [["html", "text/html", 0]],
        "myst_enable_extensions": ["colon_fence", "dollarmath"],
        "html_theme": "basic",
        "html_context": {"words": {"link": "here", "code": "the code"}},
    }
    with docutils_namespace():
        app = Sphinx(folder, None, folder / "html", folder / "trees", "html", settings, None, warningiserror=True)
        app.build()
    assert app.statuscode == 0
    return {name: BeautifulSoup((folder / f"html/{name}.html").read_text("utf-8"), "html.parser") for name in (*PAGES, "claims")}


def text(node):
    return re.sub(r"\s+", " ", node.get_text()).strip()


def test_code_is_folded_below_what_it_shows_with_that_of_silent_cells_before_it(pages):
    first = pages["index"].select_one("details.code")
    assert text(first) == "the code import this show(fig)"
    assert text(first.find_previous_sibling()) == "picture"


def test_code_that_follows_code_is_in_the_same_fold(pages):
    (fold,) = pages["folds"].select("details.code")
    assert text(fold) == "the code helper = 1 show(fig) after = 1"
    assert [text(source) for source in fold.select(".shows")] == ["show(fig)"], "whose picture stands before the fold"


def test_a_claim_is_a_row_that_opens_on_its_code(pages):
    (row,) = pages["index"].select("details.claim")
    assert text(row.summary) == "✓ Half is left.✓ No more."
    assert text(row) == "✓ Half is left.✓ No more. helper = 1 claim(...) 0.5"


def test_code_to_be_read_is_in_view_and_nothing_else(pages):
    visible = [text(box) for box in pages["index"].select(".cell_input:not(details *)")]
    assert visible == ["step = 1"]


def test_what_is_read_may_claim_in_view(pages):
    (row,) = pages["second"].select("p.claim")
    assert text(row) == "✓ It holds."
    assert pages["second"].select("details") == []


def test_all_code_is_there(pages):
    page = text(pages["index"])
    assert all(content.source in page for content in PAGES["index"] if content.cell_type == "code")


def test_a_printed_table_is_a_table(pages):
    (table,) = pages["index"].select("table")
    assert [text(head) for head in table.select("thead th[scope=col]")] == ["network", r"\(b_f\)", "left"]
    assert [text(head) for head in table.select("tbody th[scope=row]")] == ["LSTM", r"\(|J|\)"]
    assert [text(entry) for entry in table.select("tbody td")] == ["4", "0.8", "0", "10⁻¹¹"]
    assert [text(printed) for printed in pages["index"].select(".stream")] == ["0.5", "before", "after"]


def test_every_claim_is_listed_by_chapter_and_counted(pages):
    page = pages["claims"]
    assert "There are 3." in text(page)
    assert [text(head).rstrip("¶") for head in page.select("h2")] == ["First", "Second"]
    links = {text(link): link.get("href") for link in page.select("li a[href*='#claim']")}
    assert links == {
        "Half is left.": "index.html#claim-1",
        "No more.": "index.html#claim-1",
        "It holds.": "second.html#claim-1",
    }
    for name, address in (link.split(".html#") for link in links.values()):
        assert pages[name].find(id=address)


def test_the_question_of_a_chapter_is_known(pages):
    assert [text(question) for question in pages["index"].select("p.question")] == ["What is it?"]


def test_what_to_bring_along_folds_into_a_line(pages):
    (box,) = pages["index"].select("details.before")
    assert text(box.summary) == "Before you start"
    assert "You need a pen." in text(box)
    assert not pages["index"].select(".admonition")


def spelt(sentence):
    """A claimed sentence as it is set: $formulas$, [what stays on one line], ~ for a space where no line breaks."""

    def read(node):
        if isinstance(node, nodes.math):
            return f"${node.astext()}$"
        if isinstance(node, nodes.inline):
            assert node["classes"] == ["together"]
            return f"[{''.join(map(read, node))}]"
        return node.astext().replace("\u00a0", "~")

    return "".join(map(read, cells.said(sentence)))


def test_symbols_of_a_sentence_are_formulas_and_its_minus_is_one():
    assert (
        spelt("所有b_f取4, h_(t-1) of softmax_x, β_t: -0.5, 3-4, 是-2, $x$")
        == "所有$b_{f}$取4, $h_{t-1}$ of softmax_x, $β_{t}$: −0.5, 3-4, 是−2, $x$"
    )


def test_a_letter_alone_is_a_symbol_unless_it_is_a_word():
    assert (
        spelt("A unit after B, a w, W and s₃; the n-gram, 往háng, “f”")
        == "A unit after B, a $w$, $W$ and $s_{3}$; the n-gram, 往háng, “f”"
    )
    assert spelt("I draw W = 2 I") == "I draw [$W$~=~2~$I$]"


@pytest.mark.parametrize(
    ("sentence", "set_as"),
    [
        ("Where ‖J_t‖ = 2, it grows.", "Where [‖$J_{t}$‖~=~2,] it grows."),
        ("取w = 0.5，则1 − b_f为", "取[$w$~=~0.5，]则[1~−~$b_{f}$]为"),
        ("∂h_t/∂h_{t-1}, 1/√n and log(T − 1)", "[∂$h_{t}$/∂$h_{t-1}$,] [1/√$n$] and [log($T$~−~1)]"),
        ("(NaN, 0) as 4 : 3 : 1, 1 % of 25 MB", "(NaN,~0) as 4~:~3~:~1, 1~% of 25~MB"),
        ("C = 0.02 × 0.94 + 0.98 × (−0.91) = −0.87", "$C$ = 0.02 × 0.94 + 0.98 × (−0.91) =~−0.87"),  # too long for a phone
        ("f = 1、i = 0", "[$f$~=~1、]\u200b[$i$~=~0]"),
    ],
)
def test_a_formula_of_a_sentence_is_not_broken(sentence, set_as):
    assert spelt(sentence) == set_as


def test_a_number_stays_with_what_it_counts():
    link = lambda text: nodes.reference("", text, refuri="#x")  # noqa: E731
    parts = [
        "见第6章，由式",
        link("(4.4)"),
        "得第",
        link("5"),
        "章; Chapter 7, 1 % by Cho et al., 157–166; in equation ",
        link("(1.2)"),
    ]
    parts = [nodes.Text(part) if isinstance(part, str) else part for part in parts]
    paragraph = nodes.paragraph("", "", *parts, nodes.literal("", "chapter 7"))
    hold_together(None, paragraph, "page")
    assert [node.astext() for node in paragraph.findall(nodes.inline)] == ["第6章", "式(4.4)", "第5", "157–166"]
    assert [text.replace("\u00a0", "~") for text in paragraph.astext().split("; ")[1:]] == [
        "Chapter~7, 1~% by Cho et~al., 157–166",
        "in equation~(1.2)chapter 7",
    ]


def test_code_without_a_space_breaks_behind_a_mark():
    name = '<span class="n">figures</span><span class="o">.</span><span class="n">lstm_stepper</span>(&quot;a&quot;)'
    assert breakable(f"x = {name}\n") == f"x = {name}\n".replace(".</span>", ".<wbr></span>").replace("_", "_<wbr>").replace(
        "(&", "(<wbr>&"
    )
    assert breakable("a.b(c, d) + e.f(g)") == "a.b(c, d) + e.f(g)"


def test_elements_of_code_are_for_colours_and_neighbours_of_one_colour_share_one():
    code = '<span class="k">if</span><span class="w"> </span><span class="n">a</span><span class="o">:</span>\n'
    assert coloured(code) == '<span class="k">if</span> a:\n'
    text = '<span class="sa">f</span><span class="s2">&quot;</span><span class="si">{</span><span class="n">a</span>'
    assert coloured(text) == '<span class="s">f&quot;{</span>a'


def test_apostrophes_are_curly_in_text_alone():
    code = "<code>f'x'</code><svg><text>book's</text></svg><a title=\"book's\">"
    assert (
        punctuated(f"<p>The book's, networks' end {code}it's</a></p>", "en") == f"<p>The book’s, networks’ end {code}it’s</a></p>"
    )
    assert punctuated("<p><strong>问？</strong> 答。A's</p>", "zh_CN") == "<p><strong>问？</strong>答。A's</p>"


def test_a_line_that_only_looks_like_a_table_stays_as_it_is():
    output = nodes.container("", nodes.literal_block("", "|x| is small\nand more", classes=["output", "stream"]))
    assert cells.typeset(output) == []
    assert output.astext() == "|x| is small\nand more"


def test_what_leads_aside_folds_with_its_cells_in_it(pages):
    plain, gated = pages["folds"].select("details.more")
    assert text(plain) == "A word aside Only text."
    assert text(gated.summary).startswith("With a picture,")
    assert [text(p) for p in gated.select("p")] == ["Inside."]
    assert text(gated.select_one("figure")) == "picture"
    assert text(gated.select_one("details.code")) == "the code helper = 1 show(fig) after = 1"
    assert [text(p) for p in pages["folds"].select("section p") if not p.find_parent("details")] == ["In view.", "In view again."]


def test_an_entry_of_a_table_may_lead_to_a_place_of_its_page():
    (link,) = cells.linked("[half, $x$](#said-01)")
    assert isinstance(link, nodes.reference)
    assert (link["refuri"], link.astext()) == ("#said-01", "half, x")
    assert isinstance(link[1], nodes.math)
    assert not any(isinstance(node, nodes.reference) for node in cells.linked("[a](https://there) and [b](#c)"))
