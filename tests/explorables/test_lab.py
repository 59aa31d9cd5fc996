"""`explore` in a real JupyterLab, driven by keyboard in a real browser."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.sign import NotebookNotary

FIGURE = """\
import matplotlib.pyplot as plt
from explorables import explore
fig, ax = plt.subplots()
(line,) = ax.plot([0, 1])
w = explore(fig, lambda slope: line.set_ydata([0, slope]), alt="A line.", slope=[1, 2, 3])
w"""

LISTENER = """\
def hear(change):
    with open("heard.txt", "a") as heard:
        print(change["new"]["slope"], file=heard)
    if change["new"]["slope"] == 3:
        w.value = {"slope": 1}
w.observe(hear, "value")"""


TEXT = "It [rises at 2](#explorable:slope=2), and faster [at 3](#explorable:slope=3)."
GUESS = """\
from explorables import predict
predict("Which way?", ["up", "down"], "up", because="It is up.", sets="explorable:slope=3")"""
HEARD = 'w.observe(lambda change: open("text.txt", "a").write(str(change["new"]["slope"])), "value")'


INSIDE = """\
import ipywidgets
ipywidgets.VBox([ipywidgets.Label("above"), w])"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with three notebooks: one to run, and one that was run elsewhere, once trusted and once not."""
    home = tmp_path_factory.mktemp("lab")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}  # else Lab asks for one

    def notebook(*sources):
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources], metadata=kernel)

    nbformat.write(notebook(FIGURE, LISTENER, INSIDE), home / "to_run.ipynb")
    text = notebook(FIGURE, HEARD, GUESS)
    text.cells.insert(1, nbformat.v4.new_markdown_cell(TEXT))
    nbformat.write(text, home / "text.ipynb")
    ran = notebook(FIGURE)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("EXPLORABLES_STATIC", raising=False)
        NotebookClient(ran, timeout=60).execute()
    nbformat.write(ran, home / "untrusted.ipynb")
    ran.cells[0].metadata["anything"] = "else"  # a signature is that of the cells
    (home / "data").mkdir()
    NotebookNotary(data_dir=str(home / "data")).sign(ran)
    nbformat.write(ran, home / "trusted.ipynb")
    return home


def stop(server):
    """Ask the server to stop its kernels and itself; now and then it waits for a kernel that is gone, then kill them all."""
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@pytest.fixture(scope="module")
def lab(home):
    """The address of a JupyterLab on loopback, without a token, that knows nothing of this user's settings."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    tracker = home / "config/lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    tracker.parent.mkdir(parents=True)
    tracker.write_text('{"windowingMode": "none"}', "utf-8")  # else Lab draws the cells that it takes to be in sight
    settings = {"ServerApp.root_dir": home, "IdentityProvider.token": "", "LabApp.expose_app_in_browser": True}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    environment = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    alive = {name: value for name, value in os.environ.items() if name != "EXPLORABLES_STATIC"}  # which a book that is built sets
    with open(home / "log.txt", "w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [*command, *(f"--{name}={value}" for name, value in settings.items())],
            env={**alive, **environment, "HOME": str(home)},
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=home,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(f"{address}/api"), server)
        yield address
    finally:
        stop(server)


def answers(url):
    try:
        return urllib.request.urlopen(url).status == 200
    except urllib.error.URLError:
        return False


def wait_for(condition, server=None, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert server is None or server.poll() is None, "JupyterLab did not start"
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def opened(open_page, url):
    page = open_page(url, viewport={"width": 1200, "height": 2000})
    page.set_default_timeout(120_000)
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady")
    return page


def test_what_the_reader_moves_python_sees(lab, home, open_page):
    page = opened(open_page, f"{lab}/lab/tree/to_run.ipynb?reset")
    page.wait_for_function("window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'")
    outputs = page.locator(".jp-OutputArea-output")
    inside = outputs.filter(has_text="above").locator("figure.explorable")
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    slider = page.locator("figure.explorable input").first
    slider.wait_for()
    inside.locator("input").wait_for()
    assert outputs.locator("svg[role=img]").filter(visible=True).count() == 2, "each once: the picture, and it within a widget"
    assert outputs.locator("img").filter(visible=True).count() == 0
    picture = page.locator("figure.explorable svg[role=img]").first
    first = picture.inner_html()

    slider.press("ArrowRight")
    assert picture.inner_html() != first
    wait_for((home / "heard.txt").exists)
    wait_for(lambda: (home / "heard.txt").read_text("utf-8") == "2\n")
    page.wait_for_function("[...document.querySelectorAll('figure.explorable')].every(figure => figure.dataset.frame === '1')")

    inside.locator("input").press("ArrowRight")  # at 3, Python sets it to 1
    page.wait_for_function("[...document.querySelectorAll('figure.explorable')].every(figure => figure.dataset.frame === '0')")
    assert picture.inner_html() == first
    assert slider.get_attribute("aria-valuetext") == "1"
    assert (home / "heard.txt").read_text("utf-8") == "2\n3\n1\n"
    assert page.refused == []


def test_the_text_sets_the_picture_and_python_hears_what_was_kept(lab, home, open_page):
    page = opened(open_page, f"{lab}/lab/tree/text.ipynb?reset")
    page.wait_for_function("window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'")
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.locator(".prediction-form button").first.wait_for()
    figure, link = page.locator("figure.explorable"), page.locator(".jp-MarkdownCell a", has_text="rises at 2")
    address = page.url
    link.hover()
    assert figure.get_attribute("data-frame") == "1"
    page.mouse.move(1, 1)
    assert figure.get_attribute("data-frame") == "0"
    link.click()
    wait_for((home / "text.txt").exists)
    wait_for(lambda: (home / "text.txt").read_text("utf-8") == "2")
    assert (figure.get_attribute("data-frame"), page.url) == ("1", address)
    assert not page.locator(".prediction-reason").is_visible()
    page.locator(".prediction-form").get_by_role("button", name="down").click()
    assert page.locator(".prediction-reason").is_visible()
    wait_for(lambda: (home / "text.txt").read_text("utf-8") == "23")
    assert page.refused == []


def test_a_trusted_notebook_moves_without_being_run(lab, open_page):
    page = opened(open_page, f"{lab}/lab/tree/trusted.ipynb?reset")
    slider = page.locator("figure.explorable input")
    slider.wait_for()
    picture = page.locator("figure.explorable svg[role=img]")
    first = picture.inner_html()
    slider.press("ArrowRight")
    assert picture.inner_html() != first
    assert page.locator("output").inner_text() == "2"
    assert page.locator(".jp-OutputArea-output img").filter(visible=True).count() == 0
    assert page.refused == []


def test_an_untrusted_notebook_shows_a_still_and_nothing_else(lab, open_page):
    page = opened(open_page, f"{lab}/lab/tree/untrusted.ipynb?reset")
    output = page.locator(".jp-OutputArea-output")
    output.locator("img").wait_for()
    assert output.locator("img").get_attribute("alt") == "A line."
    assert output.locator("img").evaluate("img => img.complete && img.naturalWidth > 800")
    assert output.locator("svg, input").filter(visible=True).count() == 0
    assert output.inner_text().strip() == "", "no loose labels"
    assert page.refused == []
