"""The workflows and the image for Binder: they run what the README and the Makefile name, and may do no more than they must."""

import os
import re
from pathlib import Path

import pytest
import yaml
from matplotlibs import NUMPY

ROOT = Path(__file__).parent.parent
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.search(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE)[1].split())
PYTHON = re.search(r"--python-version (\S+)", MAKEFILE)[1]  # the oldest that the lock file serves
PUBLISHED = "github.event_name == 'push' && github.ref == 'refs/heads/main'"
WORKFLOWS = {path.name: path.read_text("utf-8") for path in sorted((ROOT / ".github/workflows").glob("*.yml"))}

each_workflow = pytest.mark.parametrize("name", WORKFLOWS)


def jobs(name):
    return yaml.safe_load(WORKFLOWS[name])["jobs"]


def steps(name):
    return [step for job in jobs(name).values() for step in job["steps"]]


def commands(name):
    """Every shell command of a workflow, those of a matrix too."""
    told = [step["run"] for step in steps(name) if "run" in step]
    told += [case["run"] for job in jobs(name).values() for case in job.get("strategy", {}).get("matrix", {}).get("include", [])]
    return [command.strip() for text in told if "matrix" not in text for command in re.split(r"&&|\n", text) if command.strip()]


@each_workflow
def test_commands_exist(name):
    for command in commands(name):
        first, *rest = command.split()
        if first == "make":
            assert {word for word in rest if "=" not in word} <= TARGETS, command
        elif first not in ("mv", "sudo"):  # the runner's own
            assert os.access(ROOT / first, os.X_OK), command


def test_the_gate_is_that_of_the_readme():
    assert re.search(r"^make test +# the one gate", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert "make test" in (ROOT / ".ci/run").read_text("utf-8")
    files = [f"_build/unrolled.{kind}" for kind in ("zip", "en.pdf", "zh.pdf", "en.epub", "zh.epub")]
    made = ["make cards", "make pdf epub", "make zip", f"mv {' '.join(files)} _build/site/"]
    assert commands("book.yml") == [".ci/run", *made]
    matplotlibs = [f"make matplotlibs VERSIONS={version}" for version in NUMPY]
    weekly = ["make lock", ".ci/run", *matplotlibs, "make audit", "make links", "make reseed", "make cells", "make compiled"]
    weekly += ["make marimo", "make old-chrome"]
    weekly += ["sudo apt-get update", "sudo apt-get install --yes webkit2gtk-driver xvfb", "make webkit"]
    weekly += ["sudo apt-get update", "sudo apt-get install --yes espeak-ng", "make frameworks"]
    assert commands("weekly.yml") == weekly


def test_only_what_passed_the_gate_on_main_is_published():
    gate, pages = jobs("book.yml")["gate"], jobs("book.yml")["pages"]
    assert (pages["needs"], pages["if"]) == ("gate", PUBLISHED)
    upload = gate["steps"][-1]
    assert upload["uses"].startswith("actions/upload-pages-artifact@")
    assert (upload["if"], upload["with"]["path"]) == (PUBLISHED, "_build/site")


@each_workflow
def test_a_workflow_may_only_read(name):
    assert yaml.safe_load(WORKFLOWS[name])["permissions"] == {"contents": "read"}
    for job in jobs(name).values():
        if "permissions" in job:
            assert job["permissions"] == {"pages": "write", "id-token": "write"}
            assert not any("run" in step for step in job["steps"]), "what may write runs nothing of this repository"


@each_workflow
def test_a_workflow_has_no_secret(name):
    assert not re.search(r"secrets|token(?!: write)|pull_request_target", WORKFLOWS[name], re.IGNORECASE)
    for step in steps(name):
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


@each_workflow
def test_actions_are_pinned_by_commit(name):
    used = re.findall(r"uses: (.*)", WORKFLOWS[name])
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)


@each_workflow
def test_python_is_that_of_the_lock(name):
    chosen = [step["with"]["python-version"] for step in steps(name) if "setup-python" in step.get("uses", "")]
    assert chosen == [PYTHON]


def test_binder_builds_from_the_lock():
    binder = ROOT / ".binder"
    (included,) = re.findall(r"^-r (.*)", (binder / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert (binder / included).resolve() == ROOT / "requirements.lock"
    assert (binder / "runtime.txt").read_text("utf-8").strip() == f"python-{PYTHON}"
    assert os.access(binder / "postBuild", os.X_OK)
