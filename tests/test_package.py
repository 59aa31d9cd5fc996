"""The packages alone: what `pip install` brings is enough for every chapter, wherever its notebook lies."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import nbformat
import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(ROOT.glob("chapters/*/*.ipynb"))
NOT_OURS = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with our packages from their wheels, as `pip install` lays them out; built without network."""
    tmp = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT / "code", tmp / "source/code", ignore=NOT_OURS)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp / "source")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", tmp, tmp / "source/code/explorables", tmp / "source"], check=True)
    wheels = list(tmp.glob("*.whl"))
    assert len(wheels) == 2
    for wheel in wheels:
        ZipFile(wheel).extractall(tmp / "installed")
    return tmp / "installed"


def files(folder, pattern="*"):
    return {p.relative_to(folder).as_posix() for p in folder.rglob(pattern) if p.is_file() and p.suffix != ".pyc"}


def test_the_wheels_hold_every_file_of_their_packages(installed):
    assert files(installed / "unrolled") == files(ROOT / "code/unrolled")
    assert files(installed / "explorables") == {
        name for kind in ("py", "js", "css") for name in files(ROOT / "code/explorables", f"*.{kind}")
    }
    assert {path.name for path in installed.iterdir() if "-" not in path.name} == {"unrolled", "explorables"}


def test_a_notebook_runs_in_an_empty_folder(installed, tmp_path):
    notebook = nbformat.read(ROOT / "chapters/en/index.ipynb", 4)
    where = nbformat.v4.new_code_cell("import unrolled; print(unrolled.__file__)")
    notebook.cells = [where, *notebook.cells]
    nbformat.write(notebook, tmp_path / "index.ipynb")
    run = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", "index.ipynb"]
    subprocess.run(run, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(installed)}, check=True)
    ran = nbformat.read(tmp_path / "index.ipynb", 4)
    assert ran.cells[0].outputs[0].text.startswith(str(installed)), "not the checkout"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_notebook_imports_only_what_comes_with_the_package(path):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    there = {"unrolled", "explorables", *sys.stdlib_module_names, *(re.match(r"[\w-]+", d)[0] for d in project["dependencies"])}
    code = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    for node in (node for source in code for node in ast.parse(source).body):  # what is tried may be missing
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) else []
        assert {name.split(".")[0] for name in names} <= there
