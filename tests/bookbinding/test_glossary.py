"""The table of names, read from a page."""

import doctest

from bookbinding import glossary
from docutils import nodes


def section(*rows, label=glossary.LABEL):
    body = nodes.tbody("", *(nodes.row("", *(nodes.entry("", nodes.paragraph("", text)) for text in row)) for row in rows))
    table = nodes.table("", nodes.tgroup("", nodes.thead("", nodes.row("", nodes.entry("", nodes.paragraph("", "head")))), body))
    return nodes.section("", nodes.title("", "Names"), table, ids=["names", label])


def test_the_rows_of_the_table_are_found_where_the_label_stands():
    page = nodes.section("", section(["门", "门控", "gate"]), section(["x", "y", "z"], label="other"), ids=["page"])
    assert list(glossary.rows(page)) == [["门", "门控", "gate"]]


def test_the_example_of_the_docstring():
    assert doctest.testmod(glossary).failed == 0
