"""A table of results: text in a notebook, a table on the page; and powers of ten as one writes them."""

from numbers import Integral

from tabulate import tabulate

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def table(head, rows):
    """Print a table in Markdown, which the page of the book turns into a real one.

    `head` and each of `rows` is a list of texts, or of ints; the first entry of a row names it. Formulas stand between
    dollars; a whole entry may be a link, `[text](#label)`, to a place of its page. Columns of numbers are set to the right.
    Raises TypeError for an entry that is neither (a float is formatted by who knows how exact it is), ValueError for a row
    that is not as long as `head`, and where there is none.

    >>> table(["bias", "what is left"], [["0", power(-11.2)], ["4", "0.8"]])
    |   bias |   what is left |
    |-------:|---------------:|
    |      0 |          10⁻¹¹ |
    |      4 |            0.8 |
    """
    lines = [head, *rows]
    if len(lines) < 2:
        raise ValueError("rows must hold a row at least; got none")
    for number, line in enumerate(lines):
        name = f"rows[{number - 1}]" if number else "head"
        if isinstance(line, str) or len(line) != len(head):
            raise ValueError(f"{name} must have {len(head)} entries, as head has; got {line!r}")
        for entry in line:
            if not isinstance(entry, str | Integral):
                raise TypeError(f"an entry of {name} must be a text or an int; got {entry!r}: format it as you wish it read")
    texts = [[str(entry).replace("|", r"\|") for entry in line] for line in lines]
    columns = zip(*texts[1:], strict=True)
    sides = ["left" if any(character.isalpha() for entry in column for character in entry) else "right" for column in columns]
    print(tabulate(texts[1:], texts[0], tablefmt="pipe", disable_numparse=True, colalign=sides))


def power(log10):
    """A power of ten with a whole exponent, the nearest one: what is left of a number when its size alone matters.

    `log10` is the logarithm of the number; that of 0 is -inf. Raises ValueError for NaN and +inf.

    >>> power(-11.2), power(3), power(float("-inf"))
    ('10⁻¹¹', '10³', '0')
    """
    if not log10 < float("inf"):
        raise ValueError(f"log10 must be a number below infinity; got {log10!r}")
    return "0" if log10 == -float("inf") else "10" + f"{round(float(log10)) + 0:d}".translate(RAISED)


def rough(log10, least=-2, most=2):
    """A number of two digits from its logarithm where that is short, between 10^least and 10^most; else its power of ten.

    >>> rough(-0.3), rough(1.2), rough(1.999), rough(-7.6)
    ('0.5', '16', '10²', '10⁻⁸')
    """
    digits = f"{10.0**log10:.2g}" if least < log10 < most else "e"
    return power(log10) if "e" in digits else digits  # 1e+02 is no way to write a number
