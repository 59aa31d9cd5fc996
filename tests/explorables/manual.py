"""The README of the package: its code, and the picture at its top; `manual.py` draws the picture."""

import re
from pathlib import Path

from explorables import svg_text

HOUSE = Path(__file__).parents[2] / "code/explorables"
README = (HOUSE / "README.md").read_text("utf-8")


def blocks():
    """Its blocks of Python, in their order."""
    return re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def picture():
    """The text of picture.svg: the figure of the first block, as it is shown first."""
    names = {}
    exec(blocks()[0], names)
    names["swing"](**names["w"].value)
    return svg_text(names["fig"], re.search(r"!\[(.*)\]\(picture.svg\)", README)[1])


if __name__ == "__main__":
    (HOUSE / "picture.svg").write_text(picture(), encoding="utf-8")
