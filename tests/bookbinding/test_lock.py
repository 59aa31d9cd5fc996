"""One build at a time, where nothing can be written, and where the system has no language."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bookbinding.lock import alone

ROOT = Path(__file__).parents[2]
HOLD = "import sys, time; from pathlib import Path; from bookbinding.lock import alone\nwith alone(Path(sys.argv[1])):\n    "


def start(folder, then):
    """A process that holds a folder, and then does something."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.PIPE, "encoding": "utf-8"}
    return subprocess.Popen([sys.executable, "-c", HOLD + then, folder], **pipes)


def test_who_comes_second_says_so_and_waits(tmp_path):
    first = start(tmp_path, "print('in', flush=True); sys.stdin.readline()")
    assert first.stdout.readline() == "in\n"
    second = start(tmp_path, "print('in', flush=True)")
    assert second.stderr.readline() == f"Another build is at work in {tmp_path}; this one waits for it.\n"
    assert second.poll() is None
    first.communicate("go\n")
    assert second.communicate()[0] == "in\n"
    assert second.returncode == 0


def test_who_dies_lets_go(tmp_path):
    first = start(tmp_path, "print('in', flush=True); time.sleep(60)")
    first.stdout.readline()
    first.kill()
    first.wait()
    assert start(tmp_path, "print('in')").communicate() == ("in\n", "")


def test_two_folders_do_not_wait_for_each_other_and_a_folder_is_made(tmp_path):
    with alone(tmp_path / "one"), alone(tmp_path / "two"):
        assert (tmp_path / "two").is_dir()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"), alone(tmp_path / "file"):
        pass


# ---- home and language


def told(what, **environment):
    """What make says of a variable, in an environment with or (None) without some others."""
    known = {name: value for name, value in {**os.environ, **environment}.items() if value is not None}
    command = ["make", "-s", "-f", "Makefile", "-f", "-", "say"]
    text = f'say:\n\t@printf %s "$${what}"\n'
    return subprocess.run(command, cwd=ROOT, env=known, input=text, capture_output=True, encoding="utf-8", check=True).stdout


@pytest.mark.parametrize("home", [None, "", "/dev/null/nobody"])
def test_who_has_no_home_gets_one(home):
    assert told("HOME", HOME=home) == str(ROOT / "_build/home")
    assert (ROOT / "_build/home").is_dir()


def test_a_home_that_can_be_written_is_left_alone(tmp_path):
    assert told("HOME", HOME=str(tmp_path)) == str(tmp_path)


def test_texts_are_utf_8_whatever_the_system_speaks():
    assert told("PYTHONUTF8", LC_ALL="C", LANG=None, PYTHONUTF8=None) == "1"


@pytest.mark.slow
def test_a_notebook_runs_without_a_language_in_a_folder_with_an_accent(tmp_path):
    """And where there is no home: what a kernel keeps, it keeps for a while."""
    folder = tmp_path / "été 课程"
    folder.mkdir()
    code = """import sys, nbformat; from pathlib import Path; from bookbinding.execution import execute, executed
path = Path(sys.argv[1], "é.ipynb")
nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('é', 6 * 7)")]), path)
execute([path], Path(sys.argv[1], "cache"))
print(executed(path, Path(sys.argv[1], "cache")).cells[0].outputs[0].text)"""
    environment = {**os.environ, "LC_ALL": "C", "HOME": told("HOME", HOME="/dev/null/nobody"), "PYTHONUTF8": "1"}
    run = subprocess.run(
        [sys.executable, "-c", code, folder], env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert (run.stdout.strip(), run.returncode) == ("é 42", 0), run.stderr
