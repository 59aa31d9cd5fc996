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
WRONG = ["01", "02", "09", "10", "11", "12", "13", "14", "15", "21", "30"]  # the others lack a condition, or a date


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


LINES = {"en": ("It says", "Wrong|Missing|Dated", "Say", "See"), "zh": ("原文", "不对|不足|过时", "改为", "详见")}


@pytest.mark.parametrize("edition", LINES)
def test_an_entry_is_numbered_and_says_what_is_said_what_is_the_matter_what_to_say_and_where(edition):
    """Each alone: no entry needs another. The slips go on counting."""
    text = "\n".join(cell.source for cell in nbformat.read(CHAPTERS / edition / "errata.ipynb", as_version=4).cells)
    entries = re.findall(r"^\(said-(\d\d)\)=\n### (\d+)\. .+\n\n((?:- .+\n?)+)", text, re.MULTILINE)
    slips = re.findall(r"^(\d+)\. \(said-(\d\d)\)=\n    .*<err-(\d\d)>", text, re.MULTILINE)
    assert [int(number) for _, number, _ in entries] + [int(number) for number, *_ in slips] == [*range(1, 53)]
    assert {f"ERR-{name}" for name, *_ in entries} | {f"ERR-{name}" for _, name, _ in slips} == {*ALL} - {"ERR-51"}
    assert all(name == place for _, name, place in slips)
    for name, _, lines in entries:
        says, matter, say, see = lines.strip().split("\n")
        for line, label in zip((says, matter, say, see), LINES[edition], strict=True):
            assert re.match(rf"- \*\*(?:{label})\b", line), line
        assert f"<err-{name}>" in see
    assert sorted(name for name, _, lines in entries if re.search(r"\*\*(Wrong|不对)", lines)) == sorted(WRONG)


@pytest.mark.parametrize("edition", LINES)
def test_the_entries_to_be_taken_back_are_named_at_the_opening_and_are_marked_in_the_table(edition):
    cells = nbformat.read(CHAPTERS / edition / "errata.ipynb", as_version=4).cells
    text = "\n".join(cell.source for cell in cells)
    numbers = dict(re.findall(r"^\(said-(\d\d)\)=\n### (\d+)\.", text, re.MULTILINE))
    named = re.findall(r"\[(\d+)\]\(#said-(\d\d)\)", cells[0].source)
    assert named == sorted(((numbers[name], name) for name in WRONG), key=lambda entry: int(entry[0]))
    rows = re.findall(r"^\[(\d+)\. [^]]+\]\(#said-(\d\d)\)\|(\w+)\|", text, re.MULTILINE)
    assert rows
    for number, name, kind in rows:
        assert number == numbers[name]
        assert (kind in ("wrong", "不对")) == (name in WRONG)
        assert kind in LINES[edition][1].lower().split("|")
