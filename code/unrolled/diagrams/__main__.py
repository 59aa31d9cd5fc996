"""Writes img/<name>.svg for every picture of the gallery: `python -m unrolled.diagrams`, at the root of the book."""

from pathlib import Path

from unrolled.diagrams.gallery import FIGURES
from unrolled.explore import svg_text

for name, picture in FIGURES.items():
    Path("img", f"{name}.svg").write_text(svg_text(picture.draw().fig, picture.alt), encoding="utf-8")
