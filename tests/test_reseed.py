"""Other seeds: what holds by luck is found, what holds is left alone, and no random number escapes."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
import reseed
from nbformat.v4 import new_code_cell, new_notebook
from unrolled.figures.compared.interference import recall

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
OFFSETS = [1000, 2000]


def first(seed):
    return np.random.default_rng(seed).normal()


# ---- seeds

SEEDS = [0, 3, np.int64(7), [2, 0], (2, 1), np.array([5, 6]), 2**70, np.random.SeedSequence(4), np.random.SeedSequence([4, 1])]


@pytest.mark.parametrize("seed", SEEDS, ids=str)
def test_a_seed_is_moved(seed, monkeypatch):
    monkeypatch.setattr(np.random, "default_rng", np.random.default_rng)
    before = first(seed)
    reseed.reseed(1000)
    assert first(seed) != before
    assert first(seed) == first(seed)


def test_seeds_stay_apart_and_an_offset_of_nothing_changes_nothing(monkeypatch):
    before = [first(seed) for seed in SEEDS]
    moved = [np.random.default_rng(reseed.moved(seed, 1000)).normal() for seed in SEEDS]
    assert len({*before, *moved}) == 2 * len(SEEDS)
    assert [np.random.default_rng(reseed.moved(seed, 0)).normal() for seed in SEEDS] == before


def test_children_of_a_sequence_stay_apart():
    one, two = np.random.SeedSequence(1).spawn(2)
    draws = {np.random.default_rng(reseed.moved(seed, 1000)).normal() for seed in (one, two, np.random.SeedSequence(1), 1)}
    assert len(draws) == 3, "a sequence without a parent is the number it is made from"


def test_a_generator_is_handed_on():
    rng = np.random.default_rng(0)
    assert reseed.moved(rng, 1000) is rng


@pytest.mark.parametrize("seed", [None, np.random.PCG64(0)])
def test_what_cannot_be_moved_is_refused(seed):
    with pytest.raises(TypeError, match="seed must be an integer"):
        reseed.moved(seed, 1000)


# ---- a notebook


def claim(condition, id, **metadata):
    metadata = {"tags": ["claim"]} | metadata
    return new_code_cell(f"drawn = rng.normal()\nclaim('so', {condition})", id=id, metadata=metadata)


ROBUST = [
    new_code_cell(
        "import numpy as np\nfrom unrolled import claim\nfrom unrolled.figures.compared.interference import recall", id="a"
    ),
    new_code_cell("assert not [name for name in dir() if 'seed' in name]\nrng = np.random.default_rng(0)", id="b"),
    claim("-9 < drawn < 9", "robust"),
    claim("np.random.default_rng.__name__ == 'default_rng'", "unseen"),
]


def run(cells, tmp_path):
    """(status, what is said) of the tool for a notebook of these cells."""
    path = tmp_path / "tiny.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), path)
    command = [sys.executable, reseed.__file__, str(path), "--offsets", *map(str, OFFSETS)]
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    return done.returncode, done.stdout


def test_what_holds_passes(tmp_path):
    frozen = claim(f"drawn == {np.random.default_rng(0).normal(size=3)[2]!r}", "stored", frozen="stored on another day")
    status, text = run([*ROBUST, frozen], tmp_path)
    assert status == 0
    assert "cell stored, fails 2 of 2 times; frozen: stored on another day\n" in text
    assert text.endswith("every claim holds\n")


def test_what_holds_by_luck_is_found(tmp_path):
    lucky = next(seed for seed in range(100) if first(seed) < min(first(seed + offset) for offset in OFFSETS))
    line = (first(lucky) + min(first(lucky + offset) for offset in OFFSETS)) / 2
    once = (first(lucky + OFFSETS[0]) + first(lucky + OFFSETS[1])) / 2
    cells = [
        claim(f"np.random.default_rng({lucky}).normal() < {line}", "lucky"),
        claim(f"np.random.default_rng({lucky}).normal() < {once}", "once"),
        claim(f"recall(4)[0] == {recall(4)[0]!r}", "inside"),
        new_code_cell(f"assert np.random.default_rng({lucky}).normal() < {line}", id="bare"),
        claim("drawn < 9", "after"),
    ]
    status, text = run([*ROBUST, *cells], tmp_path)
    told = re.findall(r"^\S+tiny.ipynb, cell (\w+), fails (\d) of 2 times$", text, re.MULTILINE)
    assert told == [("lucky", "2"), ("once", "1"), ("inside", "2"), ("bare", "2")]
    assert f'    + 1000: AssertionError: `claim` "so" does not hold: `np.random.default_rng({lucky})' in text
    assert f"    + 1000: AssertionError: assert np.random.default_rng({lucky})" in text
    assert text.endswith("4 cells fail\n")
    assert status == 1


# ---- no random number escapes


def test_all_random_numbers_come_from_default_rng():
    """Of the package and of the notebooks: what else makes a generator is not reseeded."""
    texts = {path: path.read_text("utf-8") for path in ROOT.glob("code/**/*.py")}
    for path in ROOT.glob("chapters/en/*.ipynb"):
        texts[path] = "\n".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code")
    other = r"random\.(?!default_rng\b|Generator\b)[a-zA-Z]\w*\(|^\s*(?:import random\b|from (?:numpy\.)?random\b).*|manual_seed"
    assert {str(path): found for path, text in texts.items() if (found := re.findall(other, text, re.MULTILINE))} == {}
