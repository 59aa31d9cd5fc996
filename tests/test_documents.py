"""What strangers read says what is so: the guide, the architecture, versions, licences, checks before a commit, lessons."""

import json
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from mutations import load
from problems import bptt_error, jacobian_error, problem
from test_laws import HOUSES, ORDER
from test_readme import recipe
from unrolled import claim

ROOT = Path(__file__).parent.parent


def text(name):
    return (ROOT / name).read_text("utf-8")


def code(heading):
    """The blocks of Python in a section of the guide, as they would stand in their files."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## )", text("CONTRIBUTING.md"), re.DOTALL | re.MULTILINE)[1]
    blocks = re.findall(r"^( *)```python\n(.*?)^ *```", section, re.DOTALL | re.MULTILINE)
    return [re.sub(f"^{indent}", "", block, flags=re.MULTILINE) for indent, block in blocks]


# ---- the guide


def test_the_claim_of_the_guide_holds(rng, capsys):
    exec(code("A claim")[0], {"np": np, "rng": rng, "claim": claim})
    assert capsys.readouterr().out.startswith("✓ ")


def test_the_cell_of_the_guide_is_right(tmp_path):
    cell = load(code("A cell")[0], tmp_path / "leaky.py")
    assert bptt_error(cell, problem(cell)) < 1e-12
    assert jacobian_error(cell, problem(cell, B=1)) < 1e-12


def test_the_figure_of_the_guide_moves(tmp_path):
    from explorables import explore

    theme, call = code("A figure")
    figures = load(theme, tmp_path / "decay.py")
    shown = eval(call, {"explore": explore, "figures": SimpleNamespace(decay_explorer=figures.decay_explorer)})
    assert shown.value == {"f": 0.9}
    fig, update = figures.decay_explorer()
    update(f=0.5)
    assert np.allclose(fig.axes[0].lines[0].get_ydata(), 0.5 ** np.arange(21))


def test_files_and_names_of_the_guide_exist():
    for path in re.findall(r"`((?:code|tests|chapters)/[\w./]+)`", text("CONTRIBUTING.md")):
        assert (ROOT / path).exists(), path
    for target in re.findall(r"`make (\w+)", text("CONTRIBUTING.md")):
        assert recipe(target)


# ---- the architecture


def table(heading):
    """The first column of the first table in a section of the architecture."""
    section = text("ARCHITECTURE.md").partition(f"## {heading}\n")[2].partition("## ")[0]
    return re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)


def test_the_architecture_lists_the_modules_in_their_order():
    assert table("The rooms of `unrolled`, in order") == ORDER


@pytest.mark.parametrize("house", ["explorables", "bookbinding"])
def test_the_architecture_lists_every_file_of_a_house(house):
    files = {
        path.stem for path in (ROOT / "code" / house).glob("[!_]*") if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    listed = table(f"The rooms of `{house}`")
    assert (set(listed), len(listed)) == (files, len(files))


def test_the_architecture_says_who_imports_whom():
    rows = re.findall(r"^\| `code/(\w+)` \| .* \| (.*) \|$", text("ARCHITECTURE.md"), re.MULTILINE)
    assert {house: set(re.findall(r"`(\w+)`", whom)) for house, whom in rows} == HOUSES


# ---- versions, licences


def test_all_say_the_same_version():
    version = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    cited = yaml.safe_load(text("CITATION.cff"))
    latest, date = re.search(r"^## \[(.+)\] - (.+)$", text("CHANGELOG.md"), re.MULTILINE).groups()
    deposited = json.loads(text(".zenodo.json"))["version"]
    pictures = tomllib.loads(text("code/explorables/pyproject.toml"))["project"]["version"]
    assert version == cited["version"] == deposited == latest
    assert f'"explorables[lab]=={pictures}"' in text("pyproject.toml")
    assert re.search(rf"^## \[{re.escape(pictures)}\] - ", text("code/explorables/CHANGELOG.md"), re.MULTILINE)
    assert date == str(cited.get("date-released", "Unreleased"))


def test_the_citation_has_what_the_format_wants():
    cited = yaml.safe_load(text("CITATION.cff"))
    assert cited["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(cited)
    assert all(author["name"] for author in cited["authors"])


def test_what_zenodo_is_told_is_what_the_citation_says():
    cited, told = yaml.safe_load(text("CITATION.cff")), json.loads(text(".zenodo.json"))
    assert told["title"] == cited["title"]
    assert told["description"] == f"<p>{cited['abstract']}</p>"
    assert told["keywords"] == cited["keywords"]
    assert [author["name"] for author in told["creators"]] == [author["name"] for author in cited["authors"]]
    assert told["license"].upper() in cited["license"]


def test_the_list_for_a_release_names_what_there_is():
    told = text("RELEASING.md")
    for path in re.findall(r"`((?:[\w.]+/)*[\w-]*\.(?:toml|cff|json|md|yml))`", told):
        assert (ROOT / path).exists(), path
    for command in re.findall(r"`make ([\w ]+)`", told):
        assert all(recipe(target) for target in command.split())


def test_the_licences_are_those_of_the_licence():
    licence, cited = text("LICENSE"), yaml.safe_load(text("CITATION.cff"))["license"]
    assert cited == ["CC-BY-4.0", "MIT"]
    assert "CC BY 4.0" in licence
    assert "MIT License" in licence
    assert "the authors of Unrolled" in licence


# ---- before a commit

HOOKS = [hook for repo in yaml.safe_load(text(".pre-commit-config.yaml"))["repos"] for hook in repo["hooks"]]


def test_the_checks_before_a_commit_are_those_of_the_gate():
    gate = [command.strip() for line in recipe("test") for command in line.split("&&")]
    entries = [hook["entry"] for hook in HOOKS]
    assert [entry for entry in entries if "ruff" in entry] == [command for command in gate if "ruff" in command]
    for entry in entries:
        if "pytest" in entry:
            assert (ROOT / entry.split()[-1]).exists()


def test_the_checks_bring_no_versions_of_their_own():
    repos = yaml.safe_load(text(".pre-commit-config.yaml"))["repos"]
    assert {repo["repo"] for repo in repos} == {"local"}
    assert all(hook["entry"].startswith(".venv/bin/") for hook in HOOKS)


def test_every_chapter_is_on_the_page_for_teachers():
    chapters = {path.name for path in (ROOT / "chapters/en").glob("0*.ipynb")}
    goals = text("chapters/en/teaching.md").partition("## What students can do afterwards")[2].partition("\n## ")[0]
    assert chapters <= set(re.findall(r"\]\((.*?)\)", goals))


def test_every_exercise_that_checks_itself_is_named_as_such():
    labels = set()
    for path in (ROOT / "chapters/en").glob("*.ipynb"):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            labels |= set(re.findall(r":label: (\S+)\n\n\*[^*]*checks itself", "".join(cell["source"])))
    row = re.search(r"^\| check themselves \|.*$", text("chapters/en/teaching.md"), re.MULTILINE)[0]
    assert set(re.findall(r"<(ex-[\w-]+)>", row)) == labels
