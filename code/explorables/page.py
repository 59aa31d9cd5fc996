"""The HTML of a figure: picture, texts, style and script, with nothing to fetch."""

import json
from pathlib import Path

import numpy as np

from explorables.arguments import escaped

HERE = Path(__file__).parent
SCRIPT = "\n".join((HERE / name).read_text(encoding="utf-8") for name in ("explore.js", "explore_page.js"))  # one ES module
BOOT = f'<script type="module">{SCRIPT}boot();\n</script>'
STYLE = f"<style>{(HERE / 'explore.css').read_text(encoding='utf-8')}</style>"
# in an <img> there is no page to take colours from
FILE_STYLE = (
    "svg{color:#1a1a1a;--paper:#fff}@media (prefers-color-scheme:dark){svg{color:#e6e6e6;--paper:#121212}}"
    "@media print{svg{color:#000;--paper:#fff}}"
)


def picture(drawing, frame, alt, extra=""):
    """The inline SVG of one frame; what changes from frame to frame stands in groups of its own."""
    width, height = drawing.size
    parts = [drawing.texts[number] for number in drawing.frames[frame]]
    body = "".join(f'<g data-unit="">{part}</g>' if live else part for part, live in zip(parts, drawing.live, strict=True))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width / 0.75:g}"'
        f' height="{height / 0.75:g}" role="img" aria-label="{escaped(alt)}" stroke-linejoin="round" stroke-linecap="butt">'
        f"{extra}<defs>{drawing.definitions}</defs>{body}</svg>"
    )


def explorable(drawing, controls, at, alt, figcaption, name):
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
    data = json.dumps(spec, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/").replace("<!--", "<\\u0021--")
    return (
        f'<figure class="explorable" data-name="{name}" data-scope="{drawing.scope}">{STYLE}{picture(drawing, frame, alt)}'
        f'{figcaption}<script type="application/json">{data}</script></figure>'
    )
