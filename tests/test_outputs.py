"""What the build's own run of the notebooks printed, compared with what they store, by nbval's comparison.

So no edition needs to be run again for that; nbval itself runs one, with live widgets (`make test`).
"""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.plugin import IPyNbFile, coalesce_streams

ROOT = Path(__file__).parent.parent
SITE = ROOT / "_build/site"
NOTEBOOKS = sorted(str(p.relative_to(ROOT / "chapters")) for p in ROOT.glob("chapters/*/*.ipynb"))


def compared(stored, run, session):
    """How many cells were compared, and a complaint for each whose outputs differ: paths of the notebook and of its run."""
    cells = list(IPyNbFile.from_parent(session, path=stored).collect())
    again = [cell for cell in nbformat.read(run, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.cell.source for cell in cells] == [cell.source for cell in again], "another notebook was run: `make book`"
    checked = [(cell, now) for cell, now in zip(cells, again, strict=True) if cell.options["check"]]
    differ = [
        f"{stored.name}, {cell.name}: " + "\n".join(cell.comparison_traceback)
        for cell, now in checked
        if not cell.compare_outputs(coalesce_streams(now.outputs), coalesce_streams(cell.cell.outputs))
    ]
    return len(checked), differ


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_the_build_printed_what_is_stored(path, request):
    checked, differ = compared(ROOT / "chapters" / path, SITE / path, request.session)
    assert differ == []
    assert checked or "errata" in path


@pytest.mark.parametrize(
    ("printed", "same"),
    [([], False), (["1\n"], False), (["2\n"], True), (["2", "\n"], True), (["2\n", "3\n"], False)],
)
def test_a_difference_is_seen(printed, same, tmp_path, request):
    for name, texts in (("stored", ["2\n"]), ("run", printed)):
        outputs = [new_output("stream", text=text) for text in texts]
        cells = [new_code_cell("print(2)", id="one", execution_count=1, outputs=outputs)]
        nbformat.write(new_notebook(cells=cells), tmp_path / f"{name}.ipynb")
    checked, differ = compared(tmp_path / "stored.ipynb", tmp_path / "run.ipynb", request.session)
    assert checked == 1
    assert (differ == []) is same
