"""The HTML of a figure: picture, texts, style and script, with nothing to fetch."""

import itertools
import json
import re
from pathlib import Path

import numpy as np

from explorables.arguments import escaped

HERE = Path(__file__).parent


def lean(path):
    """The text of a script or style as a reader's browser needs it: without comments that fill lines, and without indentation."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"(?m)^[ ]*(/\*\*?(?s:.*?)\*/\n|//.*\n|\n)|^[ ]+", "", text)


SCRIPT = "".join(
    lean(HERE / name) for name in ("explore.js", "explore_page.js", "flow.js", "links.js", "predict.js")
)  # one ES module
BOOT = f'<script type="module">{SCRIPT}boot();\n</script>'
STYLE = f"<style>{lean(HERE / 'explore.css')}</style>"
# in an <img> there is no page to take colours from
FILE_STYLE = (
    "svg{color:#1a1a1a;--paper:#fff}@media (prefers-color-scheme:dark){svg{color:#e6e6e6;--paper:#121212}}"
    "@media print{svg{color:#000;--paper:#fff}}"
)
LEGIBLE = 11  # pixels: smaller letters are for nobody; a picture that is wider than its page scrolls within its frame


def picture(drawing, frame, alt, extra="", style="", flows=False):
    """The SVG of one frame; what changes from frame to frame stands in groups of its own, and panels that may move, too."""
    width, height = drawing.size
    body = parts(drawing, frame)
    if flows and drawing.panels:
        style += f' data-panels="{lean_json(drawing.panels)}"'
        body = in_panels(body, drawing.owners)
    body = "".join(body)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width / 0.75:g}"'
        f' height="{height / 0.75:g}" role="img" aria-label="{escaped(alt)}"{style} stroke-linejoin="round"'
        f' stroke-linecap="butt">{extra}<defs>{drawing.definitions}</defs>{body}</svg>'
    )


def parts(drawing, frame):
    """The SVG of all that is painted in a frame, in order."""
    for number, live in zip(drawing.frames[frame], drawing.live, strict=True):
        text = drawing.texts[number]
        yield f'<g data-unit="">{text}</g>' if live else text


def in_panels(parts, owners):
    """The same, what follows each other in one panel as a group."""
    for number, run in itertools.groupby(zip(owners, parts, strict=True), key=lambda pair: pair[0]):
        yield f'<g data-panel="{number}">{"".join(part for _, part in run)}</g>'


def least_width(drawing):
    """Pixels that the picture must be wide for its smallest letters to be `LEGIBLE`; 0 without letters."""
    sizes = [float(size) for text in drawing.texts for size in re.findall(r"font(?:-size)?: [^;\"]*?([\d.]+)px", text)]
    return round(drawing.size[0] * LEGIBLE / min(sizes)) if sizes else 0


def figure(attributes, drawing, frame, alt, below, photo="", key=""):
    """A `<figure>` with its inline SVG, and `below` it what else belongs to it.

    In a notebook, `photo` (a PNG in base64) is what is seen where a host takes style, script and SVG away: `hidden` is lifted
    by our style sheet alone. `key` ties the picture to its widget.
    """
    width = drawing.size[0] / 0.75
    hidden = ' hidden="hidden" style="display:none"' if photo else ""  # an attribute without a value is not let through
    if photo:
        photo = (
            f'<img class="explorable-photo" src="data:image/png;base64,{photo}" alt="{escaped(alt)}" width="{width:.0f}"'
            ' style="max-width:100%">'
        )
    key = f' data-key="{key}"' if key else ""
    style = f' style="--least:{least_width(drawing)}px;--size:{width:.0f}px"'
    svg = picture(drawing, frame, alt, style=style, flows=True)
    return f'<figure {attributes}{key}>{STYLE}{photo}<div class="explorable-frame"{hidden}>{svg}</div>{below}</figure>'


def lean_json(content):
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def data_in_html(content):
    """JSON as the text of a script element, which nothing in it ends."""
    return lean_json(content).replace("</", "<\\/").replace("<!--", "<\\u0021--")


def explorable(drawing, controls, at, alt, figcaption, name, **host):
    """The figure with all its states, alive when explore.js finds it."""
    frame = int(np.ravel_multi_index(at, [len(control["values"]) for control in controls]))
    rows = drawing.frames[:, drawing.live]
    numbers = list(dict.fromkeys(rows.flat))  # the texts that come and go, in the order of their first use
    index = {number: place for place, number in enumerate(numbers)}
    there = set(rows[frame])  # these stand in the picture already
    spec = {
        "choices": controls,
        "at": at,
        "table": [None if number in there else drawing.texts[number] for number in numbers],
        "units": [[index[number] for number in unit] for unit in rows.T],
    }
    data = data_in_html(spec)
    attributes = f'class="explorable" data-name="{name}" data-scope="{drawing.scope}" style="--rows:{len(controls)}"'
    return figure(attributes, drawing, frame, alt, f'{figcaption}<script type="application/json">{data}</script>', **host)


def still(drawing, alt, figcaption, **host):
    """The figure of a picture that stands still."""
    return figure('class="still"', drawing, 0, alt, figcaption, **host)


def document(html, title, lang):
    """A whole page that holds `html` alone, light or dark as the reader's system is."""
    return (
        f'<!doctype html>\n<html lang="{escaped(lang)}">\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escaped(title)}</title>\n'
        '<link rel="icon" href="data:,">\n'
        "<style>:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }"
        " body { max-width: 60rem; margin: 1rem auto; padding: 0 1rem }</style>\n"
        f"<main>{html}</main>\n</html>\n"
    )
