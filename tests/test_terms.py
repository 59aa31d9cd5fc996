"""The words of the Chinese edition are those of its glossary: names that it stars stand nowhere else.

The list of the names is the table on the page of notation, and only that. The errata may quote them.
"""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from bookbinding import glossary
from unrolled import words

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(ROOT.glob("chapters/zh/*.ipynb"))
QUOTING = {"errata"}  # what other texts say


def table(edition):
    """The rows of the glossary of an edition, each a list of texts."""
    cells = nbformat.read(ROOT / "chapters" / edition / "notation.ipynb", as_version=4).cells
    (cell,) = (c.source for c in cells if c.source.startswith(f"({glossary.LABEL})="))
    rows = [line.strip("|").split("|") for line in cell.splitlines() if line.startswith("|")]
    return [[entry.strip() for entry in row] for row in rows[2:]]


def avoided(rows):
    """{name that the book does not use: the one that it uses}."""
    return {name: row[0] for row in rows for name, starred in glossary.names(row) if starred}


def misnamed(text, rows):
    """A sentence for each name in the text that the glossary stars."""
    return [f"{name!r} stands in {text!r:.60}: the book says {word!r}" for name, word in avoided(rows).items() if name in text]


@cache
def texts():
    """[(where, text)] of all that a Chinese reader reads: cells and what they print, words in pictures, words of the pages."""
    return [*read()]


def read():
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if path.stem not in QUOTING and not cell.source.startswith(f"({glossary.LABEL})="):
                printed = "".join(output.get("text", "") for output in cell.get("outputs", ()))
                yield f"{path.stem}, cell {cell.id}", cell.source + printed
    for path in [*ROOT.glob("chapters/zh/*.md"), ROOT / "chapters/zh/edition.yml", ROOT / "README.zh.md"]:
        yield path.name, path.read_text("utf-8")
    yield "unrolled.words", "\n".join(words.CHINESE.values())


def test_the_editions_have_one_table():
    assert table("zh") == [[chinese, also, english] for english, chinese, also in table("en")], "each has its own language first"


def test_each_name_means_one_thing():
    every = [name.lower() for row in table("zh") for name in {name for name, _ in glossary.names(row)}]
    assert sorted(set(every)) == sorted(every)


def test_the_words_of_the_book_are_those_of_the_glossary():
    rows = table("zh")
    assert len(avoided(rows)) > 10
    found = [f"{where}: {what}" for where, text in texts() for what in misnamed(text, rows)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("row", table("zh"), ids=lambda row: row[0])
def test_the_word_of_the_glossary_is_in_use(row):
    assert any(row[0] in text for _, text in texts())


def test_a_starred_name_is_seen():
    rows = [["不动点", "驻点，*静止点", "fixed point"]]
    assert misnamed("状态停在静止点上。", rows) == ["'静止点' stands in '状态停在静止点上。': the book says '不动点'"]
    assert not misnamed("状态停在不动点，即驻点上。", rows)


def test_names_come_without_marks():
    found = [name for row in table("zh") for name, _ in glossary.names(row)]
    assert all(not re.search(r"[*|()（），]|^ | $", name) for name in found)
