"""The field in a real JupyterLab: Python has the sentence, and sets it."""

import nbformat
import pytest
from test_lab import lab, opened, wait_for  # noqa: F401

TYPED = """\
import matplotlib.pyplot as plt
from unrolled.typed import typed
fig, ax = plt.subplots()
ax.plot([0, 1])
w = typed(fig, alt="A line.", caption="")
w"""

LISTENER = """\
def hear(change):
    open("heard.txt", "w").write(f"{change['new']} {len(w.read()['lstm'].norms)}")
    if change["new"] == "ab":
        w.value = "from Python"
w.observe(hear, "value")"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a notebook to run."""
    home = tmp_path_factory.mktemp("lab")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [nbformat.v4.new_code_cell(source) for source in (TYPED, LISTENER)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), home / "to_run.ipynb")
    return home


def test_what_is_typed_python_reads_and_what_python_says_is_shown(lab, home, open_page):  # noqa: F811
    page = opened(open_page, f"{lab}/lab/tree/to_run.ipynb?reset")
    page.wait_for_function("window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'")
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    field = page.locator(".reader textarea")
    field.wait_for()
    page.locator(".reader-row.lstm kbd").first.wait_for()
    field.fill("a")
    field.press("b")
    wait_for((home / "heard.txt").exists)
    wait_for(lambda: (home / "heard.txt").read_text("utf-8") == "from Python 11")
    wait_for(lambda: field.input_value() == "from Python")
    slider = page.get_by_role("slider", name="letter asked about")
    wait_for(lambda: slider.get_attribute("aria-valuetext") == "what comes next, 12 of 12")  # what is read stands at its end
    slider.press("ArrowLeft")
    wait_for(lambda: slider.get_attribute("aria-valuetext") == "“n”, 11 of 12")  # once a frame
    assert page.refused == []
