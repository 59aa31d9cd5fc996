"""Writes img/<name>.svg, the pictures of the gallery and that of each README: `python -m unrolled.figures`, at the root."""

from pathlib import Path

from explorables import svg_text

from unrolled.diagrams.gallery import FIGURES
from unrolled.figures.cover import ALTS, cover
from unrolled.words import speak


def write(name, fig, alt):
    Path("img", f"{name}.svg").write_text(svg_text(fig, alt), encoding="utf-8")


for name, picture in FIGURES.items():
    write(name, picture.draw().fig, picture.alt)
for language, alt in ALTS.items():
    speak(language)
    write(f"explorable.{language}", cover(), alt)
