"""What the README promises: each command in it is run here or by the gate, and both languages give the same ones."""

import ast
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from explorables import svg_text
from unrolled.diagrams.gallery import FIGURES
from unrolled.figures.cover import ALTS, cover
from unrolled.words import speak

ROOT = Path(__file__).parent.parent
TWINS = ["README.md", "README.zh.md"]
PAGES = [*sorted(p.name for p in ROOT.glob("*.md")), "chapters/README.md"]


def blocks(page, language):
    found = re.findall(r"^```(\w*)\n(.*?)^```$", (ROOT / page).read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [block for name, block in found if name == language]


def commands(page):
    """The lines of the blocks without a language, their comments left out."""
    return [line.partition(" #")[0].strip() for block in blocks(page, "") for line in block.splitlines()]


def recipe(target):
    """The lines that `make target` runs, when all is installed."""
    text = (ROOT / "Makefile").read_text("utf-8")
    lines = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", text, re.MULTILINE)[1].splitlines()
    return [line.strip().replace("$(BIN)", ".venv/bin") for line in lines]


@contextmanager
def running(command, **environment):
    """A server started at the root of the book, for as long as the block lasts."""
    server = subprocess.Popen(shlex.split(command), cwd=ROOT, env={**os.environ, **environment}, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        server.terminate()
        server.wait(30)


def answer(address):
    """What a server says, as soon as it says something."""
    for _ in range(300):
        try:
            return urllib.request.urlopen(address, timeout=5).read().decode()
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"nothing answers at {address}")


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


# ---- the commands


def is_run_by_ci(tmp_path, port):
    assert "make test" in (ROOT / ".ci/run").read_text("utf-8")


def is_part_of_the_gate(tmp_path, port):
    assert set(recipe("book")) <= set(recipe("test"))


def is_part_of_the_gate_where_it_can_be_had(tmp_path, port):
    (command,) = recipe("live")
    assert any(line.startswith(f"{command} || true") for line in recipe("test"))  # without the network the gate goes on


def serves_the_site(tmp_path, port):
    (command,) = recipe("serve")
    assert " 8000" in command
    with running(command.replace(" 8000", f" {port}")):
        assert 'data-edition="en"' in answer(f"http://127.0.0.1:{port}/")


def opens_the_chapters(tmp_path, port):
    (command,) = recipe("lab")
    folders = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    with running(f"{command} --no-browser --allow-root --port={port} --IdentityProvider.token=''", **folders):
        names = [entry["name"] for entry in json.loads(answer(f"http://127.0.0.1:{port}/api/contents/en"))["content"]]
    assert "01_rnn.ipynb" in names


def packs_the_site(tmp_path, port):
    (command,) = recipe("zip")
    subprocess.run(shlex.split(command), cwd=ROOT, check=True)
    assert "unrolled/index.html" in ZipFile(ROOT / "_build/unrolled.zip").namelist()


def runs_a_downloaded_notebook(tmp_path, port):
    """`pip install` without an index, into a folder; then a chapter, where nothing else of the book is."""
    source, there, elsewhere = tmp_path / "source", tmp_path / "there", tmp_path / "elsewhere"
    shutil.copytree(ROOT / "code", source / "code", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    elsewhere.mkdir()
    shutil.copy(ROOT / "chapters/en/01_rnn.ipynb", elsewhere)
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_TARGET": str(there)}
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "./code/explorables", "."], cwd=source, env={**os.environ, **offline}, check=True
    )
    where = {**os.environ, "PYTHONPATH": str(there)}
    found = subprocess.check_output([sys.executable, "-c", "import unrolled; print(unrolled.__file__)"], cwd=elsewhere, env=where)
    assert str(there) in found.decode()
    run = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", "01_rnn.ipynb"]
    subprocess.run(run, cwd=elsewhere, env=where, check=True)


def measures_a_network(tmp_path, port):
    """A checkpoint of PyTorch, and data with the sequences first."""
    shutil.copy(ROOT / "tests/unrolled/oracles/checkpoint.pt", tmp_path / "network.pt")
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=(2, 12, 3)))
    command = shlex.split(MEASURE)
    said = subprocess.check_output(
        [sys.executable, *command[1:]], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT / "code")}
    )
    assert "going back" in said.decode()
    assert "</html>" in (tmp_path / "report.html").read_text("utf-8")


MEASURE = "python -m unrolled.inspect network.pt --data x.npy --layout BTM -o report.html"
TRIED = {
    "make book": is_part_of_the_gate,
    "make test": is_run_by_ci,
    "make live": is_part_of_the_gate_where_it_can_be_had,
    "make serve": serves_the_site,
    "make zip": packs_the_site,
    "make lab": opens_the_chapters,
    "python -m pip install ./code/explorables .": runs_a_downloaded_notebook,
    MEASURE: measures_a_network,
}


@pytest.mark.slow
@pytest.mark.parametrize("command", commands("README.md"))
def test_a_command_of_the_readme_works(command, tmp_path, port):
    TRIED[command](tmp_path, port)


def test_every_trial_is_of_a_command():
    assert set(commands("README.md")) == set(TRIED)


def test_the_six_lines_run(capsys):
    (code,) = blocks("README.md", "python")
    exec(compile(code, "README.md", "exec"), {})
    assert np.isfinite(float(capsys.readouterr().out))


def test_both_languages_give_the_same_commands_code_and_sections():
    def bare(page):
        headings = re.findall("^#+ ", (ROOT / page).read_text("utf-8"), re.MULTILINE)
        return commands(page), [ast.dump(ast.parse(code)) for code in blocks(page, "python")], headings

    assert bare(TWINS[0]) == bare(TWINS[1])


# ---- links and pictures


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_lead_to_files(page):
    text = re.sub(r"^(`{3,}).*?^\1$", "", (ROOT / page).read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    targets = re.findall(r"\]\(([^)]+)\)|src=\"([^\"]+)\"", text)
    for target in ("".join(pair).partition("#")[0] for pair in targets):
        assert target.startswith("https:") or (ROOT / page).parent.joinpath(target).exists(), f"{page} links to {target}"


def test_each_language_leads_to_the_other():
    assert f"]({TWINS[1]})" in (ROOT / TWINS[0]).read_text("utf-8")
    assert f"]({TWINS[0]})" in (ROOT / TWINS[1]).read_text("utf-8")


@pytest.mark.parametrize(("language", "page"), [*zip(ALTS, TWINS, strict=True)])
def test_the_picture_is_what_is_drawn(language, page):
    speak(language)
    picture, alt = f"img/explorable.{language}.svg", ALTS[language]
    assert (ROOT / picture).read_text("utf-8") == svg_text(cover(), alt), "run `make figures`"
    text = (ROOT / page).read_text("utf-8")
    assert f'src="{picture}"' in text
    assert f'alt="{alt}"' in text


def test_every_picture_of_the_folder_is_drawn():
    assert {p.stem for p in (ROOT / "img").iterdir()} == {*FIGURES, *(f"explorable.{language}" for language in ALTS)}
