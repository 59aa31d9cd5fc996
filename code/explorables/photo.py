"""A PNG of a figure, for where neither SVG nor script is let in: ink on white, as on paper."""

import io

import matplotlib as mpl
from PIL import Image

from explorables.draw import borrowed

DPI = 144  # half as fine again as a screen


def photograph(fig, update=lambda: None):
    """The bytes of a PNG of the figure, after `update()`."""
    png, small = io.BytesIO(), io.BytesIO()
    with borrowed(fig), mpl.rc_context({"savefig.bbox": "standard", "savefig.transparent": False}):
        update()
        paper = "auto" if fig.get_facecolor()[3] == 1 else "white"
        fig.savefig(png, format="png", dpi=DPI, facecolor=paper)
    # a third of the bytes, and no colour far from its own
    few = Image.open(png).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(small, "PNG", dpi=(DPI, DPI))
    return small.getvalue()
