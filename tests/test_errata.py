"""Each error of coverage.yml is stated at one anchor of a chapter, and the page of errata leads there.

Where the error is one of substance, a claim cell of the same section shows what is true.
"""

import re
from functools import cache

import nbformat
import pytest
import yaml
from test_coverage import CHAPTERS, covered, sections

ERRATA = yaml.safe_load((CHAPTERS / "coverage.yml").read_text("utf-8"))["errata"]
OF_SUBSTANCE = [*ERRATA["wrong"], *ERRATA["simplified"]]
ALL = [name for kind in ERRATA.values() for name in kind]


@cache
def pages():
    """{chapter: [(section, cell), ...]} of the English edition."""
    return {path.stem: list(sections(nbformat.read(path, as_version=4))) for path in sorted(CHAPTERS.glob("en/*.ipynb"))}


def anchors(name):
    """(chapter, number of the cell) wherever the target of an error stands."""
    target = f"({name.lower()})=\n"
    for chapter, cells in pages().items():
        for number, (_, cell) in enumerate(cells):
            if cell.cell_type == "markdown" and target in cell.source:
                yield chapter, number


@pytest.mark.parametrize("name", ALL)
def test_an_error_has_one_anchor_in_a_cell_that_covers_it(name):
    ((chapter, number),) = anchors(name)
    cell = pages()[chapter][number][1]
    assert {"chapter": chapter, "cell": cell.id} in [{k: p[k] for k in ("chapter", "cell")} for p in covered()[name]]


@pytest.mark.parametrize("name", ALL)
def test_the_page_of_errata_leads_to_the_anchor(name):
    text = "\n".join(cell.source for _, cell in pages()["errata"])
    assert re.search(rf"<{name.lower()}>`|\({name.lower()}\)=", text)


def levels(cell):
    """The levels of the headings of a cell, in order."""
    lines = cell.source.splitlines() if cell.cell_type == "markdown" else []
    return [len(found[1]) for line in lines if (found := re.match("(#+) ", line))]


@pytest.mark.parametrize("name", OF_SUBSTANCE)
def test_a_claim_of_the_same_section_shows_what_is_true(name):
    ((chapter, number),) = anchors(name)
    cells = [cell for _, cell in pages()[chapter]]
    above = [level for cell in cells[:number] for level in levels(cell)]
    (level,) = levels(cells[number])[:1] or above[-1:]
    rest = cells[number + 1 :]
    end = next((k for k, cell in enumerate(rest) if min(levels(cell), default=9) <= level), len(rest))
    assert any("claim" in cell.metadata.get("tags", []) for cell in rest[:end]), f"{chapter}: no claim follows in the section"
