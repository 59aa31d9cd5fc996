"""Every id of chapters/coverage.yml has its cell, and coverage.json says where: id -> chapter, section, cell.

A cell of the English edition names what it covers in its metadata, "covers": [...]. `make coverage`, which runs this file,
writes the map and prints it.
"""

import json
from functools import cache
from pathlib import Path

import nbformat
import pytest
import yaml

CHAPTERS = Path(__file__).parent.parent / "chapters"
MAP = CHAPTERS / "coverage.json"


@cache
def ids():
    """{id: what it is} of coverage.yml."""
    groups = yaml.safe_load((CHAPTERS / "coverage.yml").read_text("utf-8"))
    return groups["points"] | {k: v for kind in groups["errata"].values() for k, v in kind.items()} | groups["experiments"]


def sections(notebook):
    """(heading, cell) for each cell: the last heading up to the first line of its text, "" before the first."""
    heading = ""
    for cell in notebook.cells:
        lines = cell.source.splitlines() if cell.cell_type == "markdown" else []
        headings = [line.lstrip("# ") for line in lines if line.startswith(("# ", "## ", "### "))]
        yield (headings or [heading])[0], cell
        heading = (headings or [heading])[-1]


@cache
def covered():
    """{id: [{chapter, section, cell}, ...]} as the notebooks say, in the order of coverage.yml; unknown ids come last."""
    places = {known: [] for known in ids()}
    for path in sorted(CHAPTERS.glob("en/*.ipynb")):
        for section, cell in sections(nbformat.read(path, as_version=4)):
            for name in cell.metadata.get("covers", []):
                places.setdefault(name, []).append({"chapter": path.stem, "section": section, "cell": cell.id})
    return places


def lines(places):
    """coverage.json: a line for each id."""
    return "{\n" + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in places.items()) + "\n}\n"


@pytest.mark.parametrize("name", ids())
def test_every_id_has_its_cell(name):
    assert covered()[name], f"no cell covers {name}: {ids()[name]}"


def test_no_cell_names_an_unknown_id():
    assert set(covered()) == set(ids())


def test_the_map_is_up_to_date():
    assert MAP.read_text("utf-8") == lines(covered()), "run `make coverage`"


if __name__ == "__main__":
    MAP.write_text(lines(covered()), "utf-8")
    for name, places in covered().items():
        print(f"{name:9}", "; ".join(f"{p['chapter']} > {p['section']} [{p['cell']}]" for p in places) or "MISSING")
