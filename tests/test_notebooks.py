"""The laws of the notebooks: what a chapter stores, how long a cell may be, and that no claim goes unchecked.

nbval (part of `make test`) runs the cells and compares what they print; a cell without stored output would pass there, so
it must not pass here. `make notebooks` stores the outputs.
"""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("chapters/*/*.ipynb"))
LINES = 12
SHOWS = re.compile(r"^(explore|show)\(", re.MULTILINE)  # the two calls that put a picture under a cell


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def asserts(cell):
    return any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(cell.source)))


def ends_in_value(cell):
    return isinstance(ast.parse(cell.source).body[-1], ast.Expr)


def stored(cell):
    return "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout").strip()


# ---- the laws: each returns the cells that break it


def outputs_are_printed_text(notebook):
    """No picture, no widget, no HTML, no warning: standard output alone."""
    return [c for c in code_cells(notebook) if any(o.output_type != "stream" or o.name != "stdout" for o in c.outputs)]


def cells_are_numbered_as_run(notebook):
    """All from 1 on, in order: the outputs come from one run."""
    cells = code_cells(notebook)
    return [c for number, c in enumerate(cells, 1) if c.execution_count != number]


def claims_have_an_output(notebook):
    """nbval passes a cell that has nothing stored."""
    return [c for c in code_cells(notebook) if "claim" in tags(c) and not stored(c)]


def assertions_are_claims(notebook):
    return [c for c in code_cells(notebook) if asserts(c) and "claim" not in tags(c)]


def claims_assert(notebook):
    """A claim whose cell cannot fail is none."""
    return [c for c in code_cells(notebook) if "claim" in tags(c) and not asserts(c)]


def claims_are_compared(notebook):
    """No tag takes a claim out of nbval's sight."""
    return [
        c for c in code_cells(notebook) if "claim" in tags(c) and any(t.startswith(("nbval-", "skip", "raises")) for t in tags(c))
    ]


def pictures_are_not_compared(notebook):
    """nbval would compare their HTML, which is not stored."""
    return [c for c in code_cells(notebook) if SHOWS.search(c.source) and "nbval-ignore-output" not in tags(c)]


def pictures_stand_alone(notebook):
    """What is not compared ends in a picture, and prints nothing: numbers stand in cells that are compared."""
    ignored = [c for c in code_cells(notebook) if "nbval-ignore-output" in tags(c)]
    return [c for c in ignored if c.outputs or asserts(c) or "print(" in c.source or not ends_in_value(c)]


def cells_are_short(notebook):
    return [c for c in code_cells(notebook) if len(c.source.splitlines()) > LINES]


def first_cell_imports(notebook):
    first = code_cells(notebook)[:1]
    return [c for c in first if not any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.parse(c.source).body)]


def metadata_is_lean(notebook):
    """Nothing that another machine, or another day, would write otherwise; the kernel is every machine's own `python3`."""
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3" or {"language_info", "widgets"} & set(notebook.metadata):
        return [notebook.metadata]
    return [c for c in notebook.cells if {"execution", "collapsed", "scrolled", "trusted"} & set(c.metadata)]


LAWS = [
    outputs_are_printed_text,
    cells_are_numbered_as_run,
    claims_have_an_output,
    assertions_are_claims,
    claims_assert,
    claims_are_compared,
    pictures_are_not_compared,
    pictures_stand_alone,
    cells_are_short,
    first_cell_imports,
    metadata_is_lean,
]


# ---- the notebooks obey


def test_there_are_notebooks():
    assert "chapters/en/index.ipynb" in NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_notebook_is_valid(path):
    notebook = nbformat.read(ROOT / path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) >= (4, 5), "cells need ids"


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS)
def test_notebook_obeys(path, law):
    broken = law(nbformat.read(ROOT / path, as_version=4))
    assert not broken, f"{law.__name__}: {broken[0].get('source', broken[0])}"


# ---- no law is asleep


def notebook(*cells, **metadata):
    return new_notebook(cells=list(cells), metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}} | metadata)


def cell(source, *outputs, number=1, tag=()):
    return new_code_cell(source, outputs=list(outputs), execution_count=number, metadata={"tags": list(tag)})


PRINTED = new_output("stream", name="stdout", text="1.0\n")
PICTURE = new_output("display_data", data={"image/svg+xml": "<svg/>"})
WARNED = new_output("stream", name="stderr", text="careful\n")
IMPORT = cell("import numpy as np")
CLAIM = "assert np.eye(1).sum() == 1\nprint(1.0)"

LAWFUL = notebook(
    IMPORT,
    cell(CLAIM, PRINTED, number=2, tag=["claim"]),
    cell("explore(fig, update, t=range(9))", number=3, tag=["nbval-ignore-output"]),
)
UNLAWFUL = {
    outputs_are_printed_text: [notebook(cell("x", PICTURE)), notebook(cell("x", WARNED))],
    cells_are_numbered_as_run: [notebook(cell("x", number=None)), notebook(cell("x", number=2))],
    claims_have_an_output: [notebook(cell(CLAIM, tag=["claim"])), notebook(cell(CLAIM, WARNED, tag=["claim"]))],
    assertions_are_claims: [notebook(cell(CLAIM, PRINTED))],
    claims_assert: [notebook(cell("print(1.0)", PRINTED, tag=["claim"]))],
    claims_are_compared: [notebook(cell(CLAIM, PRINTED, tag=["claim", "nbval-skip"]))],
    pictures_are_not_compared: [notebook(cell("x = 1\nshow(fig)"))],
    pictures_stand_alone: [
        notebook(cell("show(fig)", PRINTED, tag=["nbval-ignore-output"])),
        notebook(cell("print(1.0)\nfig", tag=["nbval-ignore-output"])),
        notebook(cell("x = 1", tag=["nbval-ignore-output"])),
    ],
    cells_are_short: [notebook(cell("\n".join(["x"] * (LINES + 1))))],
    first_cell_imports: [notebook(cell("x = 1"))],
    metadata_is_lean: [
        notebook(IMPORT, language_info={"name": "python", "version": "3.11"}),
        notebook(IMPORT, kernelspec={"name": "mine", "display_name": "Mine"}),
        notebook(new_code_cell("x", metadata={"execution": {}})),
    ],
}


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law_is_awake(law):
    assert not law(LAWFUL)
    assert UNLAWFUL[law]
    for bad in UNLAWFUL[law]:
        assert law(bad)
