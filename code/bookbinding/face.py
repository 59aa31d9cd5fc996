"""A Sphinx extension: the text face, cut to the letters that the pages of an edition use, with its licence beside it."""

import html
import re
import shutil
from pathlib import Path

from bookbinding.editions import ROOT

SOURCE = ROOT / "node_modules/@fontsource/source-serif-4"
STYLES = {"regular": "400-normal", "italic": "400-italic", "bold": "600-normal"}  # as book.css names them
FEATURES = ["kern", "liga", "mark", "ccmp"]
ELSEWHERE = re.compile(r'<(script|style|svg|pre|math)\b.*?</\1>|<span class="katex-html".*?(?=</span></span>)|<[^>]*>', re.DOTALL)


def letters(pages):
    """All characters of the text of some HTML pages."""
    return set().union(*(html.unescape(ELSEWHERE.sub("", page)) for page in pages))


def cut(source, used, target):
    """Write to `target` the font file `source` with the characters `used` alone.

    It gets another name: that of the original is reserved by its licence for what nobody changed (OFL 1.1, condition 3).
    """
    from fontTools import subset

    options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False, name_IDs=[0], notdef_outline=True)
    with subset.load_font(source, options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(used))
        cutter.subset(font)
        for number, text in {1: "UnrolledText", 4: "UnrolledText", 6: "UnrolledText", 13: "SIL Open Font License 1.1"}.items():
            font["name"].setName(text, number, 3, 1, 0x409)
        font["head"].modified = font["head"].created  # the same letters give the same bytes
        font.recalcTimestamp = False
        subset.save_font(font, target, options)


def cut_all(app, exception):
    """After the last page: which letters they use is known then. Chinese pages are set in the system's face."""
    if exception or app.builder.format != "html" or app.config.language.startswith("zh"):
        return
    used = letters(page.read_text("utf-8") for page in Path(app.outdir).glob("*.html"))
    target = Path(app.outdir, "_static", "text")
    target.mkdir(parents=True, exist_ok=True)
    for name, style in STYLES.items():
        cut(SOURCE / f"files/source-serif-4-latin-{style}.woff2", used, target / f"{name}.woff2")
    shutil.copy(SOURCE / "LICENSE", target)


def setup(app):
    app.connect("build-finished", cut_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
