"""What a picture is to its hosts: pages, files, notebooks that run or ran, their exports, books, sanitizers."""

import base64
import io
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import bleach
import gallery
import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
import yaml
from explorables import explore, page, show, sphinx
from nbclient import NotebookClient
from nbconvert import HTMLExporter, LatexExporter
from nbconvert.preprocessors import ExecutePreprocessor
from PIL import Image

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
CELL = """\
import matplotlib.pyplot as plt
from explorables import explore

fig, ax = plt.subplots()
(line,) = ax.plot([0, 1])
ax.set_ylim(0, 3)
explore(fig, lambda slope: line.set_ydata([0, slope]), alt="A line.", slope=[1, 2, 3])"""
STILL = 'from explorables import show\nfig, ax = plt.subplots()\nshow(fig, alt="Empty axes.")'


def wave(**options):
    fig, ax = plt.subplots()
    (line,) = ax.plot([0, 1], color="#d10023")
    ax.set_ylim(0, 3)
    return explore(fig, lambda slope: line.set_ydata([0, slope]), alt='A <line> of "one" slope.', slope=[1, 2, 3], **options)


def empty():
    fig, _ = plt.subplots()
    return show(fig, alt="Empty axes.")


def moves(page, figure="figure.explorable"):
    """Move the slider by keyboard; did the picture change, and was one picture seen before and after?"""
    picture = page.locator(f"{figure} svg[role=img]")
    assert picture.filter(visible=True).count() == 1
    assert page.locator(f"{figure} img").filter(visible=True).count() == 0
    first = picture.inner_html()
    page.locator(f"{figure} input[type=range]").press("ArrowRight")
    assert page.locator(f"{figure} output").inner_text() == "2"
    return picture.inner_html() != first


# ---- the bundle of a notebook ----


def test_the_bundle_is_html_and_a_still_and_no_view_of_a_widget():
    for output, text in [(wave(), 'explore(slope): A <line> of "one" slope.'), (empty(), "show: Empty axes.")]:
        bundle = output._repr_mimebundle_()
        assert set(bundle) == {"text/plain", "text/html", "image/png"}
        assert bundle["text/plain"] == str(output) == text


def red(png):
    """Where a PNG is red."""
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"), int)
    return (np.abs(pixels - [0xD1, 0, 0x23]).max(axis=2) < 60).nonzero()


def test_the_still_is_the_picture_of_the_current_state():
    w = wave()
    tops = []
    for slope in (1, 2, 3, 1):
        w.value = {"slope": slope}
        tops.append(red(w._repr_mimebundle_()["image/png"])[0].min())
    assert tops[0] > tops[1] > tops[2]
    assert tops[3] == tops[0]


def test_the_still_is_ink_on_white_and_as_large_as_the_picture():
    with mpl.rc_context(gallery.RC):
        fig, ax = plt.subplots(figsize=(4, 3))
        ax.plot([0, 1])
    image = Image.open(io.BytesIO(base64.b64decode(show(fig, alt="A line.")._repr_mimebundle_()["image/png"])))
    pixels = np.asarray(image.convert("RGB"), int)
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels.min() < 8
    assert np.array(image.size) / image.info["dpi"] == pytest.approx([4, 3], abs=0.01)


def test_a_figure_with_paper_of_its_own_keeps_it_in_the_still():
    with plt.style.context("dark_background"):
        fig, ax = plt.subplots()
        ax.plot([0, 1])
    image = Image.open(io.BytesIO(base64.b64decode(show(fig, alt="A line.")._repr_mimebundle_()["image/png"])))
    assert image.convert("RGB").getpixel((0, 0)) == (0, 0, 0)


# ---- the picture and its widget ----

WIDGET = """value => {
    let now = value;
    const told = (event) => {
        if (event.detail.key !== document.querySelector('figure').dataset.key) return;
        event.preventDefault();
        if (event.type === 'explorable-chosen') now = event.detail.value;
        document.dispatchEvent(new CustomEvent('explorable-value', { detail: { key: event.detail.key, value: now } }));
    };
    ['explorable-chosen', 'explorable-alive'].forEach((kind) => document.addEventListener(kind, told));
    told({ detail: { key: document.querySelector('figure').dataset.key }, preventDefault() {} });
    window.now = () => now;
}"""


def test_what_is_chosen_before_the_widget_is_there_is_told_when_it_comes(open_page):
    html = wave()._repr_mimebundle_()["text/html"]
    page = open_page(html)
    page.locator("input").press("End")
    page.wait_for_function("document.querySelector('output').textContent === '3'")
    page.evaluate(WIDGET, {"slope": 1})
    assert page.evaluate("now()") == {"slope": 3}
    assert page.locator("output").inner_text() == "3"
    page.locator("input").press("ArrowLeft")
    assert page.evaluate("now()") == {"slope": 2}

    page = open_page(html)
    page.evaluate(WIDGET, {"slope": 3})
    assert page.locator("output").inner_text() == "3", "where the reader chose nothing the widget is followed"
    assert page.said == []


# ---- sanitizers ----


def by_lab(html):
    """What an untrusted JupyterLab leaves: neither script, style nor SVG; but the texts."""
    html = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    html = html.replace(" hidden>", ">")  # nor an attribute without a value
    tags = ["figure", "figcaption", "div", "img", "p"]
    return bleach.clean(html, tags, {"*": ["class", "hidden", "title"], "img": ["src", "alt", "width"]}, ["data"], strip=True)


def without_scripts(html):
    """What GitHub and nbviewer are said to take: script, style, and what listens to events."""
    html = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    return re.sub(r' (on\w+|style)="[^"]*"', "", html)


@pytest.mark.parametrize("sanitize", [by_lab, without_scripts])
@pytest.mark.parametrize("make", [wave, empty])
def test_where_a_host_takes_style_and_script_one_still_is_seen(make, sanitize, open_page):
    page = open_page(f"<!doctype html><p>before</p>{sanitize(make()._repr_mimebundle_()['text/html'])}")
    assert page.locator("img").filter(visible=True).count() == 1
    assert page.locator("img").evaluate("img => img.complete && img.naturalWidth > 800 && img.clientWidth < 700")
    assert page.locator("img").get_attribute("alt") in {'A <line> of "one" slope.', "Empty axes."}
    assert page.locator("svg").filter(visible=True).count() == 0
    assert page.inner_text("body").strip() == "before", "no loose labels"


@pytest.mark.parametrize("make", [wave, empty])
def test_where_there_is_a_style_the_picture_is_seen_and_no_still(make, open_page):
    html = make()._repr_mimebundle_()["text/html"]
    for options in ({}, {"java_script_enabled": False}):
        page = open_page(f"<!doctype html><style>[hidden] {{ display: none !important }}</style>{html}", **options)
        assert page.locator("svg[role=img]").filter(visible=True).count() == 1
        assert page.locator("img").filter(visible=True).count() == 0


# ---- a file of one's own ----


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_a_saved_page_moves_from_the_disk(lang, open_page, tmp_path):
    wave().save(tmp_path / "wave.html", lang=lang)
    text = (tmp_path / "wave.html").read_text("utf-8")
    assert text.startswith(f'<!doctype html>\n<html lang="{lang}">')
    assert "<img" not in text
    for scheme in ("light", "dark"):
        page = open_page((tmp_path / "wave.html").as_uri(), color_scheme=scheme, viewport={"width": 800, "height": 900})
        assert page.title() == 'A <line> of "one" slope.'
        assert moves(page)
        ink, paper = page.evaluate(
            "[getComputedStyle(document.querySelector('figure')).color, getComputedStyle(document.body).color]"
        )
        assert ink == paper == {"light": "rgb(0, 0, 0)", "dark": "rgb(255, 255, 255)"}[scheme]
        assert page.get_by_role("button", name={"en": "Reset", "zh-CN": "重置"}[lang]).count() == 1
        assert page.said == page.refused == page.failed == []


def test_a_still_is_saved_too(open_page, tmp_path):
    empty().save(str(tmp_path / "still.html"))
    page = open_page((tmp_path / "still.html").as_uri())
    assert page.get_by_role("img", name="Empty axes.").is_visible()
    assert page.said == []


@pytest.mark.parametrize(
    ("path", "options", "error", "sentence"),
    [
        ("gone/wave.html", {}, FileNotFoundError, "wave.html': there is no folder '"),
        ("", {}, IsADirectoryError, "': Is a directory"),
        ("a" * 300, {}, OSError, "aaa': File name too long"),
        (Path("/dev/full"), {}, OSError, "'/dev/full': No space left on device"),
        (3, {}, TypeError, 'path must be the name of a file, such as "wave.html"; got 3'),
        ("wave.html", {"lang": "<b>"}, ValueError, 'lang must be the tag of a language, such as "en" or "zh-CN"; got'),
    ],
)
def test_where_nothing_can_be_saved_a_sentence_says_why(path, options, error, sentence, tmp_path):
    with pytest.raises(error) as raised:
        wave().save(tmp_path / path if isinstance(path, str) else path, **options)
    assert sentence in str(raised.value)
    assert str(raised.value).startswith("path must be a file that can be written; got '") or error in (TypeError, ValueError)


# ---- without the widget ----


def test_without_anywidget_all_but_the_comm_is_there(tmp_path):
    program = f"""
import sys
for name in ("anywidget", "traitlets", "ipywidgets", "IPython"):
    sys.modules[name] = None
import matplotlib
matplotlib.use("agg")
{CELL.replace("explore(fig", "w = explore(fig")}
assert w.value == {{"slope": 1}}
w.value = {{"slope": 3.0}}
assert type(w.value["slope"]) is int
for wrong in ({{"slope": 7}}, {{"gain": 1}}):
    try:
        w.value = wrong
    except ValueError as error:
        print(error)
w.save("wave.html")
assert set(w._repr_mimebundle_()) == {{"text/plain", "text/html", "image/png"}}
assert '"at":[2]' in w.to_html()
"""
    where = {"PYTHONPATH": str(ROOT / "code"), "MPLCONFIGDIR": mpl.get_configdir()}
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=where, capture_output=True, encoding="utf-8", check=False
    )
    assert said.stderr == ""
    assert said.stdout.splitlines() == [
        "value must give slope as one of 1, 2, 3; got 7",
        "value must name the choices slope; got gain",
    ]
    assert (tmp_path / "wave.html").stat().st_size > 10_000


# ---- notebooks, and what is made of them ----


def notebook():
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (CELL, STILL)], metadata=KERNEL)


@pytest.fixture(scope="module")
def ran():
    """A notebook that nbclient ran, with no setting whatever: as papermill, Quarto and MyST-NB run theirs."""
    ran = notebook()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("EXPLORABLES_STATIC", raising=False)
        NotebookClient(ran, timeout=120, store_widget_state=True).execute()
    return ran


def test_a_run_notebook_stores_no_view_and_shows_a_figure_once(ran):
    for cell in ran.cells:
        (output,) = cell.outputs
        assert set(output.data) == {"text/plain", "text/html", "image/png"}
    (state,) = (
        w["state"]
        for w in ran.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
        if "_key" in w["state"]
    )
    assert state["_page"] == "", "the picture is stored once"


def test_a_static_run_stores_no_state_of_widgets(monkeypatch):
    monkeypatch.setenv("EXPLORABLES_STATIC", "1")
    ran = notebook()
    NotebookClient(ran, timeout=120, store_widget_state=True).execute()
    assert "widgets" not in ran.metadata
    assert "data-key" not in ran.cells[0].outputs[0].data["text/html"]


@pytest.mark.parametrize("execute", [False, True], ids=["a run notebook", "--execute"])
def test_html_that_nbconvert_makes_is_alive_offline(execute, ran, open_page, tmp_path):
    exporter = HTMLExporter()
    if execute:
        exporter.register_preprocessor(ExecutePreprocessor(timeout=120), enabled=True)
    html, _ = exporter.from_notebook_node(notebook() if execute else ran)
    (tmp_path / "notebook.html").write_text(html, encoding="utf-8")
    page = open_page((tmp_path / "notebook.html").as_uri())
    assert moves(page)
    assert page.locator("figure.still svg[role=img]").filter(visible=True).count() == 1
    assert page.locator("figure.still img").filter(visible=True).count() == 0


def test_latex_that_nbconvert_makes_has_the_still(ran):
    text, resources = LatexExporter().from_notebook_node(ran)
    pictures = [name for name in resources["outputs"] if name.endswith(".png")]
    assert len(pictures) == len(re.findall(r"\\adjustimage{.*?}{output_\d_0.png}", text)) == 2
    for name, cell in zip(sorted(pictures), ran.cells, strict=True):
        assert resources["outputs"][name] == base64.b64decode(cell.outputs[0].data["image/png"])


# ---- books ----

CONF = """\
extensions = ["myst_nb", "explorables.sphinx"]
html_theme = "alabaster"
nb_execution_mode = "force"
nb_execution_excludepatterns = ["ran.ipynb"]
nb_execution_timeout = 120
"""


def test_a_page_of_myst_nb_with_a_theme_of_others(ran, open_page, serve, tmp_path):
    """Two pages: a notebook that Sphinx executes, and one that was run before."""
    (tmp_path / "conf.py").write_text(CONF, encoding="utf-8")
    pages = {"index": notebook(), "ran": ran}
    pages["index"].cells.insert(0, nbformat.v4.new_markdown_cell("# Waves\n\n```{toctree}\nran\n```"))
    pages["ran"] = nbformat.from_dict({**ran, "cells": [nbformat.v4.new_markdown_cell("# More"), *ran.cells]})
    for name, cells in pages.items():
        nbformat.write(cells, tmp_path / f"{name}.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("EXPLORABLES_STATIC", raising=False)
        run = subprocess.run(
            [sys.executable, "-m", "sphinx", "-W", "-q", tmp_path, tmp_path / "html"],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    assert run.returncode == 0, run.stderr
    address = serve(tmp_path / "html")
    for name in pages:
        text = (tmp_path / f"html/{name}.html").read_text("utf-8")
        assert text.count(page.BOOT) == text.count(page.STYLE) == 1
        assert "explorable-photo" not in text.replace(page.STYLE, "")
        shown = open_page(f"{address}/{name}.html", viewport={"width": 1280, "height": 800})
        assert moves(shown)
        assert shown.locator("figure.still svg[role=img]").is_visible()
        assert shown.said == [word for word in shown.said if "ERR_FAILED" in word]
    assert open_page(f"{address}/index.html").refused == [], "executed by Sphinx: no state of widgets, hence no script for them"


def test_an_epub_is_well_formed_and_paper_has_no_dead_links(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    asked = "from explorables import predict\n" + r'predict(r"\$5 < $x$ & 6?", ["a", "b"], "a", "So it is.", sets="line:slope=2")'
    cells = [CELL.replace("slope=[", 'name="line", caption="It & grows.", slope=['), asked]
    cells = [nbformat.v4.new_markdown_cell("# At [two](#line:slope=2)"), *map(nbformat.v4.new_code_cell, cells)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), source / "index.ipynb")
    (source / "conf.py").write_text(CONF + "copyright = version = '1'\n", encoding="utf-8")
    for builder in ("epub", "latex"):
        run = [sys.executable, "-m", "sphinx", "-W", "-q", "-b", builder, "-d", tmp_path / "trees", source, tmp_path / builder]
        done = subprocess.run(run, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
    epub = ElementTree.parse(tmp_path / "epub/index.xhtml").getroot()
    tags = [element.tag.rpartition("}")[2] for element in epub.iter()]
    assert tags.count("img") == tags.count("figure") == tags.count("figcaption") == 1
    assert not {"script", "style", "svg"} & set(tags)
    text = "".join(epub.itertext())
    assert "At two" in text
    assert "So it is." in text
    assert not [one for one in epub.iter() if one.get("href", "").startswith("#line")]
    assert all(r"\detokenize{index:line:" not in path.read_text("utf-8") for path in (tmp_path / "latex").glob("*.tex"))


def test_states_that_no_page_names_are_removed(tmp_path):
    class App:
        outdir, builder = tmp_path, None

    folder = tmp_path / "_static/explorables"
    folder.mkdir(parents=True)
    for name in ("0" * 16, "1" * 16):
        (folder / f"{name}.js").write_text("", encoding="utf-8")
    (tmp_path / "a").mkdir()
    (tmp_path / "a/page.html").write_text(f'"states":"../_static/explorables/{"1" * 16}.js"', encoding="utf-8")
    sphinx.sweep(App, ValueError("a build that broke off"))
    assert len(list(folder.iterdir())) == 2
    sphinx.sweep(App, None)
    assert [path.stem for path in folder.iterdir()] == ["1" * 16]


def test_a_page_keeps_one_copy_of_style_and_script():
    made = [wave(), wave(), empty()]
    light = sphinx.once("<p>before</p>".join(one._repr_mimebundle_()["text/html"] for one in made))
    assert light.count(page.BOOT) == light.count(page.STYLE) == 1
    bare = lambda html: re.sub(' data-key="[^"]*"', "", html).replace(page.BOOT, "").replace(page.STYLE, "")  # noqa: E731
    assert bare(light) == bare("<p>before</p>".join(one.to_html() for one in made)), "and no still, which is for other hosts"
    assert sphinx.once("<p>no figure</p>") == "<p>no figure</p>"


def test_sphinx_lightens_every_page_that_has_a_body(monkeypatch, tmp_path):
    monkeypatch.delenv("EXPLORABLES_STATIC", raising=False)
    hooks = {}

    class App:
        outdir = tmp_path

        def connect(self, event, hook, priority=500):
            hooks[event] = hook

        add_transform = add_post_transform = lambda self, transform: None
        builder = type("Builder", (), {"name": "html"})

    sphinx.setup(App())
    context = {"body": page.STYLE + page.BOOT + page.STYLE + page.BOOT, "pathto": lambda file, _: file}
    hooks["html-page-context"](App, "page", "page.html", context, None)
    assert context["body"] == page.STYLE + page.BOOT
    hooks["html-page-context"](App, "search", "search.html", {}, None)
    config = (ROOT / "_config.yml").read_text("utf-8")
    assert sphinx.__name__ in yaml.safe_load(config)["sphinx"]["config"]["extensions"]
