"""What the README of the package says is so."""

import inspect
import re
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import version
from zipfile import ZipFile

import matplotlib.pyplot as plt
import pytest
from explorables import explore
from explorables.page import LEGIBLE
from manual import HOUSE, README, blocks, picture

pytestmark = pytest.mark.slow


def test_its_code_runs_from_the_top_to_the_bottom(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in blocks():
        exec(block, names)
    assert (tmp_path / "swing.html").stat().st_size > 10_000
    assert names["w"].value == {"damping": 0.3, "frequency": 2}
    assert 'data-name="swing"' in names["page"]
    assert not plt.get_fignums()


def test_its_picture_is_what_its_code_draws():
    assert (HOUSE / "picture.svg").read_text("utf-8") == picture(), "run `make figures`"


def test_its_numbers_are_those_of_the_code():
    defaults = {name: parameter.default for name, parameter in inspect.signature(explore).parameters.items()}
    for name in ("max_states", "max_kb"):
        assert f"{name}={defaults[name]}" in README
    assert f"smaller than {LEGIBLE} pixels" in README


@pytest.mark.parametrize(
    ("row", "packages"),
    [
        ("JupyterLab, running", ["jupyterlab"]),
        ("nbconvert `--to latex`", ["nbconvert"]),
        ("MyST-NB on Sphinx, theme alabaster", ["myst-nb", "sphinx", "alabaster"]),
    ],
)
def test_its_versions_are_those_that_are_tried(row, packages):
    assert f"| {row} | {', '.join(map(version, packages))} |" in README


def test_the_wheel_and_the_source_hold_what_they_need(tmp_path):
    shutil.copytree(HOUSE, tmp_path / "source", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__", "build"))
    for kind in ("wheel", "sdist"):
        pack = f"import sys; from setuptools import build_meta; build_meta.build_{kind}(sys.argv[1])"
        subprocess.run([sys.executable, "-c", pack, str(tmp_path)], cwd=tmp_path / "source", check=True, capture_output=True)
    (wheel,), (source,) = tmp_path.glob("*.whl"), tmp_path.glob("*.tar.gz")
    inside = {name.partition("/")[2] for name in ZipFile(wheel).namelist() if name.startswith("explorables/")}
    assert inside == {path.name for kind in ("py", "js", "css") for path in HOUSE.glob(f"*.{kind}")}
    with tarfile.open(source) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    assert {*inside, "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "picture.svg"} <= names
    metadata = ZipFile(wheel).read(f"explorables-{re.search('explorables-(.*?)-', wheel.name)[1]}.dist-info/METADATA").decode()
    assert "Provides-Extra: lab" in metadata
    assert not re.search(r"^(Home-page|Project-URL)", metadata, re.MULTILINE)
