"""The HTML of a page with several pictures: style and script once, and apart from it what may come later, or not at all."""

import hashlib
import json
import re

from explorables.page import BOOT, STYLE, data_in_html, lean_json

PHOTO = re.compile(r'<img class="explorable-photo"[^>]*><div class="explorable-frame" hidden[^>]*>')
SPEC = re.compile(r'(<script type="application/json">)(\{"choices".*?)(</script>)', re.DOTALL)
FIGURE = re.compile(r'<figure class="(?:explorable|still)".*?</figure>', re.DOTALL)
SEEN = re.compile(r'<img class="explorable-photo"[^>]*>|<figcaption.*?</figcaption>', re.DOTALL)
INLINE = 6000  # characters: states that are shorter than this stay on their page


def once(page):
    """The HTML of a page with one copy of our style and script, and without the photos that stand in for pictures."""
    page = PHOTO.sub('<div class="explorable-frame">', page)
    for part in (STYLE, BOOT):
        head, first, tail = page.partition(part)
        page = head + first + tail.replace(part, "")
    return page


def still(page):
    """The HTML of a page for readers of books, who know no script: photos and captions. It is well-formed, as XHTML must be."""
    lean = lambda found: f"<figure>{''.join(SEEN.findall(found[0]))}</figure>"  # noqa: E731
    page = FIGURE.sub(lean, page.replace(STYLE, "").replace(BOOT, ""))
    return re.sub(r'(<img class="explorable-photo"[^>]*)>', r"\1/>", page)


def apart(page, folder, address):
    """The HTML of a page whose pictures have their states in files in `folder`, which pages know by its `address`."""

    def move(found):
        spec = json.loads(found[2])
        states = {name: spec.pop(name) for name in ("table", "units") if name in spec}
        text = lean_json(states)
        if len(states) < 2 or len(text) < INLINE:
            return found[0]
        name = f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.js"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"explorableStates({text})\n", encoding="utf-8")
        return found[1] + data_in_html({**spec, "states": address + name}) + found[3]

    return SPEC.sub(move, page)
