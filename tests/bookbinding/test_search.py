"""What the search knows of a page: sections with their titles, their text without code, formulas once."""

import doctest
from types import SimpleNamespace

import pytest
from bookbinding import cells, glossary, search
from docutils import nodes


def page():
    inner = nodes.section("", nodes.title("", "Inner"), nodes.paragraph("", "Below."), ids=["inner"])
    code = nodes.container("", nodes.literal_block("", "import numpy"), classes=["cell_input"])
    text = nodes.paragraph("", "", nodes.Text("The gate "), nodes.math("", r"\tilde{C}_t \le 1"), nodes.Text(" is open."))
    picture = nodes.raw("", "<figure><svg>0.5</svg><figcaption>A <em>gate</em>.</figcaption></figure>", format="html")
    outer = nodes.section(
        "", nodes.title("", "", nodes.Text("Gates "), nodes.math("", "f_t")), text, code, picture, inner, ids=["outer"]
    )
    return nodes.section("", nodes.title("", "Page"), outer, ids=["page"])


def test_a_section_is_a_document():
    whole, outer, inner = search.documents("chapter", page())
    assert (whole["page"], whole["at"], whole["title"], whole["text"]) == ("chapter", "", "Page", "")
    assert (outer["at"], outer["title"], outer["code"]) == ("outer", "Gates f_t", "import numpy")
    assert outer["text"] == "The gate C_t ≤ 1 is open. A gate."
    assert (inner["at"], inner["text"]) == ("inner", "Below.")


def test_code_below_a_fold_is_code_and_an_exercise_belongs_to_its_section():
    code = nodes.container("", nodes.literal_block("", "x = 1"))
    below = cells.fold("", cells.summary("", "Code"), code, classes=["fold", "code"])
    exercise = nodes.section("", nodes.paragraph("", "Find it."), ids=["exercise-content"])
    (document,) = search.documents("chapter", nodes.section("", nodes.title("", "Page"), below, exercise, ids=["page"]))
    assert (document["text"], document["code"]) == ("Find it.", "x = 1")


def glossary_page(folded):
    row = nodes.row("", *(nodes.entry("", nodes.paragraph("", text)) for text in ("门", "门控", "gate, gating")))
    table = nodes.table("", nodes.tgroup("", nodes.tbody("", row)))
    if folded:
        table = cells.fold("", cells.summary("", "All names"), table)
    names = nodes.section("", nodes.title("", "Names"), nodes.paragraph("", "All of them."), table, ids=[glossary.LABEL])
    return nodes.section("", nodes.title("", "Notation"), names, ids=["page"])


@pytest.mark.parametrize("folded", [False, True])
def test_the_names_of_a_thing_are_known_and_no_hits_themselves(folded):
    app = SimpleNamespace(env=SimpleNamespace(metadata={"notation": {}, "chapter": {}}))
    search.index(app, glossary_page(folded), "notation")
    search.index(app, page(), "chapter")
    assert app.env.metadata["notation"]["names"] == [["门", "门控", "gate", "gating"]]
    assert app.env.metadata["notation"]["search"][1]["text"] == "All of them."
    assert app.env.metadata["chapter"]["names"] == []


def test_the_example_of_the_docstring():
    assert doctest.testmod(search).failed == 0


def test_the_index_does_not_tell_which_page_was_read_last(tmp_path):
    def index(*pages):
        env = SimpleNamespace(metadata={page: {"search": [{"at": page}]} for page in pages})
        search.write(SimpleNamespace(builder=SimpleNamespace(format="html"), env=env, outdir=tmp_path), None)
        return (tmp_path / "_static/sections.js").read_text("utf-8")

    assert index("01", "02", "03") == index("01", "03", "02")
