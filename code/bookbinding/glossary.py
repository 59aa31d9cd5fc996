"""What one thing is called: the table of names on the page of notation, for the search and for a test of the words."""

import re

from docutils import nodes

LABEL = "sec-glossary"  # of the section that the table stands in


def names(row):
    """All names in the cells of a row, as pairs of the name and whether a star says that the book does not use it.

    >>> names(["循环神经网络", "*递归神经网络", "recurrent network (RNN)"])
    [('循环神经网络', False), ('递归神经网络', True), ('recurrent network', False), ('RNN', False)]
    """
    found = [name for cell in row for name in re.split(r" *[，,()]+ *", cell.strip()) if name]
    return [(name.removeprefix("*"), name.startswith("*")) for name in found]


def rows(doctree):
    """The rows of the table of names, each a list of texts; none on a page without it."""
    for section in doctree.findall(nodes.section):
        if LABEL in section["ids"]:
            for row in (row for body in section.findall(nodes.tbody) for row in body.findall(nodes.row)):
                yield [entry.astext() for entry in row]
