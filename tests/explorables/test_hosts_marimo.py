"""A picture in marimo: in an app that runs, and in its export. Needs a marimo, which weighs too much for every gate.

MARIMO=/path/to/marimo names the program of an environment that has marimo, anywidget and what explorables needs.
"""

import mimetypes
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = os.environ.get("MARIMO") or shutil.which("marimo")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="NO MARIMO: pictures in marimo were not tried; set MARIMO to its path")
NOTEBOOK = """\
import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    import matplotlib.pyplot as plt
    from explorables import explore, show
    fig, ax = plt.subplots()
    (line,) = ax.plot([0, 1])
    ax.set_ylim(0, 3)
    w = mo.ui.anywidget(explore(fig, lambda slope: line.set_ydata([0, slope]), alt="A line.", slope=[1, 2, 3]))
    w
    return mo, plt, show, w


@app.cell
def _(plt, show):
    show(plt.figure(), alt="An empty figure.")
    return


@app.cell
def _(mo, w):
    mo.md(f"chosen: {w.value['value']}")
    return
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("marimo")
    (folder / "notebook.py").write_text(NOTEBOOK, encoding="utf-8")
    return folder


def marimo(folder, *arguments):
    where = {**os.environ, "PYTHONPATH": str(ROOT / "code"), "MPLBACKEND": "agg"}
    return subprocess.Popen([PROGRAM, *arguments], cwd=folder, env=where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def app(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = marimo(folder, "run", "notebook.py", "--headless", "--no-token", "--host=127.0.0.1", f"--port={port}")
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(address)
            break
        except OSError:
            time.sleep(0.2)
    yield address
    server.terminate()
    server.wait(30)


def slide(page):
    """Move the slider, and see the picture change."""
    page.set_default_timeout(120_000)
    slider = page.locator("figure.explorable input")
    slider.wait_for()
    picture = page.locator("figure.explorable svg[role=img]")
    first = picture.inner_html()
    slider.press("ArrowRight")
    assert picture.inner_html() != first
    still = page.frame_locator("iframe").get_by_role("img", name="An empty figure.")
    still.wait_for()
    assert page.locator("img[alt]").filter(visible=True).count() == 0


def test_what_the_reader_moves_other_cells_see(app, open_page):
    page = open_page(app)
    slide(page)
    page.get_by_text("chosen: {'slope': 2}").wait_for()
    assert page.refused == []


def test_an_export_is_alive(folder, browser):
    """Its own front end comes from a CDN: here, from what is installed."""
    assert marimo(folder, "export", "html", "notebook.py", "-o", "export.html", "-f").wait(120) == 0
    python = Path(PROGRAM).with_name("python")
    static = (
        Path(subprocess.check_output([python, "-c", "import marimo; print(marimo.__file__)"], encoding="utf-8")).parent
        / "_static"
    )

    def from_disk(route):
        name = re.search(r"/@marimo-team/frontend@[^/]+/dist/(.*)$", route.request.url)
        if not name or not (static / name[1]).is_file():
            return route.abort()
        kind = mimetypes.guess_type(name[1])[0] or "application/octet-stream"
        return route.fulfill(path=static / name[1], headers={"access-control-allow-origin": "*", "content-type": kind})

    with browser.new_context() as context:
        context.route(re.compile("^https?:"), from_disk)
        page = context.new_page()
        page.goto((folder / "export.html").as_uri())
        slide(page)
