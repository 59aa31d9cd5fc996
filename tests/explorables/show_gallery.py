"""One page with every kind of figure of the gallery, alive, beside its source; `show_gallery.py FILE` writes it."""

import functools
import html
import inspect
import sys
from pathlib import Path

from explorables import explore
from explorables.lighten import once
from explorables.page import document
from gallery import KINDS, STATES

STYLE = """<style>
  body { max-width: 76rem !important }
  section { display: grid; grid-template-columns: minmax(0, 26rem) minmax(0, 1fr); gap: 0 2rem; border-top: 1px solid #8888 }
  section h2 { grid-column: 1 / -1; font-size: 1.1rem }
  pre { overflow: auto; align-self: start; margin: 0; font-size: 0.85rem }
  @media (max-width: 48rem) { section { grid-template-columns: minmax(0, 1fr) } }
</style>"""


@functools.cache
def gallery():
    """The text of the page."""
    parts = []
    for kind, make in KINDS.items():
        fig, update = make()
        name = kind.replace("_", " ")
        picture = explore(fig, update, alt=f"A figure with {name}.", name=kind, max_kb=1000, k=STATES).to_html()
        source = inspect.getsource(inspect.unwrap(make)).removeprefix("@kind\n")
        code = f'<pre tabindex="0"><code>{html.escape(source.strip())}</code></pre>'
        parts.append(f"<section><h2>{name.capitalize()}</h2><div>{picture}</div>{code}</section>")
    intro = (
        f"<h1>Kinds of figure</h1><p>{len(KINDS)} kinds, each in {len(STATES)} states, drawn by matplotlib and swapped here.</p>"
    )
    return document(STYLE + intro + once("\n".join(parts)), "Kinds of figure", "en")


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(gallery(), encoding="utf-8")
    print(path)
