"""A Sphinx extension: the text face, the fonts of formulas and the signs of pictures, cut to what an edition uses."""

import hashlib
import html
import re
import shutil
from pathlib import Path

import matplotlib

from bookbinding.editions import ROOT

TEXT = ROOT / "node_modules/@fontsource/source-serif-4"
SIGNS = Path(matplotlib.get_data_path(), "fonts/ttf/STIXGeneral.ttf")  # by which matplotlib laid out the formulas of pictures
SIGN = re.compile("[\u0302\u0303\u2016\u2032\u2190-\u22ff]")  # as book.css names them; every serif face has the letters
RAISED = set("¹²³")  # the text face has no other raised digits; an exponent is set in one face, hence in another one
CHINESE = re.compile("[\u2e80-\ud7ff\uf900-\U0010ffff]")  # none of these fonts has it; in between KaTeX has signs of its own
STYLES = {"regular": "400-normal", "italic": "400-italic", "bold": "600-normal"}  # as book.css names them
ELSEWHERE = re.compile(r"<(script|style|svg|pre|math)\b.*?</\1>|<[^>]*>", re.DOTALL)  # set in other fonts, or not at all


def letters(pages):
    """All characters of the text and the formulas of some HTML pages."""
    return set().union(*(html.unescape(ELSEWHERE.sub("", page)) for page in pages))


def cut(source, used, target, name=""):
    """Write to `target` the font file `source` with no other characters than `used`; all of them need not be in it.

    A `name` replaces its own, where the licence reserves that for what nobody changed (OFL 1.1, condition 3).
    """
    from fontTools import subset

    features = ["kern", "liga", "mark", "ccmp"]
    options = subset.Options(flavor="woff2", layout_features=features, hinting=False, name_IDs=[0] if name else ["*"])
    options.drop_tables += ["FFTM"]  # when an editor made the file
    with subset.load_font(source, options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(used))
        cutter.subset(font)
        if name:
            for number, text in {1: name, 4: name, 6: name, 13: "SIL Open Font License 1.1"}.items():
                font["name"].setName(text, number, 3, 1, 0x409)
        font.recalcTimestamp = False  # the same letters give the same bytes
        subset.save_font(font, target, options)


def put(source, used, target, kept, name=""):
    """As `cut`, but what the folder `kept` has from the same file and the same characters is taken from there."""
    mark = hashlib.sha256(source.read_bytes() + "".join(sorted(used)).encode() + name.encode()).hexdigest()[:16]
    if not (kept / mark).exists():
        kept.mkdir(parents=True, exist_ok=True)
        cut(source, used, kept / f"{mark}.new", name)
        (kept / f"{mark}.new").replace(kept / mark)
    shutil.copy(kept / mark, target)


def signs(folder):
    """What stands in the pages, their pictures, and the states that these fetch, and is no letter."""
    texts = [*folder.glob("*.html"), *folder.glob("_static/explorables/*.js")]
    return set().union(*(SIGN.findall(path.read_text("utf-8")) for path in texts))


def cut_all(app, exception):
    """After the last page, for then it is known which letters they use. Chinese pages are set in the system's own face."""
    if exception or app.builder.format != "html":
        return
    all_letters = letters(page.read_text("utf-8") for page in Path(app.outdir).glob("*.html"))
    used = {letter for letter in all_letters if not CHINESE.match(letter)}
    kept = Path(app.doctreedir).with_name("fonts")  # most builds change a page, and no letter
    for font in Path(app.outdir, "_static/katex/fonts").glob("*.woff2"):
        put(font, used, font, kept)
    target = Path(app.outdir, "_static/text")
    target.mkdir(parents=True, exist_ok=True)
    put(SIGNS, signs(Path(app.outdir)), target / "signs.woff2", kept, name="UnrolledSigns")
    shutil.copy(SIGNS.with_name("LICENSE_STIX"), target)
    if app.config.language.startswith("zh"):
        return
    for name, style in STYLES.items():
        source = TEXT / f"files/source-serif-4-latin-{style}.woff2"
        put(source, used - RAISED, target / f"{name}.woff2", kept, name="UnrolledText")
    shutil.copy(TEXT / "LICENSE", target)


def setup(app):
    app.connect("build-finished", cut_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
