"""The links to run a page elsewhere and to edit it, on books of two pages with the real template: on, off, and set wrongly."""

import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
import yaml
from nbformat.v4 import new_markdown_cell, new_notebook
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.util.docutils import docutils_namespace

ROOT = Path(__file__).parents[2]
EDITIONS = {p.parent.name: yaml.safe_load(p.read_text("utf-8")) for p in sorted(ROOT.glob("chapters/*/edition.yml"))}
SETTING = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]["repository"]
URL = "https://github.com/ada/unrolled"
ON = {**SETTING, "url": URL, "branch": "spring/2030", "jupyterhub": "https://hub.example.org/"}

each_edition = pytest.mark.parametrize("edition", EDITIONS)


@pytest.fixture
def build(tmp_path):
    """build(edition, setting) -> the HTML of a notebook and of a page of text."""

    def build_(edition, repository):
        source = tmp_path / "source"
        source.mkdir()
        text = "# Gates\n\n```{toctree}\nreferences\n```"
        nbformat.write(new_notebook(cells=[new_markdown_cell(text)]), source / "gates.ipynb")
        (source / "references.md").write_text("# References\n", "utf-8")
        settings = {
            "extensions": ["myst_nb", "bookbinding.launch"],
            "root_doc": "gates",
            "nb_execution_mode": "off",
            "html_theme": "basic",
            "templates_path": [str(ROOT / "chapters/_templates")],
            "html_context": {"words": EDITIONS[edition], "edition": edition, "editions": EDITIONS},
            "repository": repository,
        }
        said = io.StringIO()
        with docutils_namespace():
            app = Sphinx(source, None, tmp_path / "html", tmp_path / "trees", "html", settings, None, said)
            app.build()
        assert not said.getvalue()
        return [(tmp_path / "html" / page).read_text("utf-8") for page in ("gates.html", "references.html")]

    return build_


def outside(page):
    """{text: address} of the links that leave the book."""
    return {
        text: address.replace("&amp;", "&") for address, text in re.findall(r'<a\b[^>]* href="(https:[^"]+)"[^>]*>([^<]+)<', page)
    }


def test_the_book_as_it_is_handed_out_has_no_link(build):
    for page in build("en", SETTING):
        assert not outside(page)
        assert "%pip" not in page


@each_edition
def test_a_repository_turns_on_every_link(edition, build):
    gates, references = build(edition, ON)
    path = f"chapters/{edition}/gates.ipynb"
    found = outside(gates)
    edit = EDITIONS[edition]["edit"]
    assert set(found) == {"Binder", "Colab", "JupyterHub", edit}
    assert found[edit] == f"{URL}/edit/spring/2030/{path}"
    assert found["Colab"] == f"https://colab.research.google.com/github/ada/unrolled/blob/spring/2030/{path}"
    binder = urlsplit(found["Binder"])
    assert binder.path == "/v2/gh/ada/unrolled/spring%2F2030"
    assert parse_qs(binder.query) == {"urlpath": [f"lab/tree/{path}"]}
    hub = urlsplit(found["JupyterHub"])
    assert (hub.netloc, hub.path) == ("hub.example.org", "/hub/user-redirect/git-pull")
    assert parse_qs(hub.query) == {"repo": [URL], "branch": ["spring/2030"], "urlpath": [f"lab/tree/unrolled/{path}"]}
    for words in (EDITIONS[edition]["run"], EDITIONS[edition]["colab"], f"%pip install -q git+{URL}@spring/2030"):
        assert words in gates
    assert outside(references) == {edit: f"{URL}/edit/spring/2030/chapters/{edition}/references.md"}, "nothing to run there"


def test_without_a_hub_there_is_no_link_to_one(build):
    gates, _ = build("en", {"url": URL})
    assert set(outside(gates)) == {"Binder", "Colab", "Edit this page"}
    assert f"{URL}/edit/main/" in gates


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"url": "github.com/ada/unrolled"}, "url must be https://github.com/<owner>/<name>"),
        ({"url": URL + "/"}, "url must be https://github.com/<owner>/<name>"),
        ({"address": URL}, "must have the keys url, branch and jupyterhub"),
    ],
)
def test_a_wrong_setting_stops_the_build(wrong, why, build):
    with pytest.raises(ConfigError, match=why):
        build("en", wrong)
