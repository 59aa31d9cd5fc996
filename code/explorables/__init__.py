"""`explore` makes a matplotlib figure move, in JupyterLab and on a page without a kernel; `show` lets it stand still.

Every state of the grid of choices is drawn when the cell runs, in four steps, each a file of this package:

1. `draw`: one renderer draws all states, one after the other.
2. `cut`: the groups that matplotlib writes, one an artist, give the pieces of a state: a dict {place: SVG text}.
3. `align`: places are put into one painting order for all states. A piece whose text never changes is static.
4. `fold`: each text is stored once; a state is a row of indices into them.

The browser (explore.js) swaps texts and knows no mathematics; explore_page.js adds the link to a state, the full window and
the SVG file, flow.js sets the `panels` of a figure one below the other where a page is narrow, links.js lets the text around
a picture set it, and predict.js asks before it tells. The HTML (`page`) holds everything it needs: picture, texts, style,
script. `widget` carries it into JupyterLab, `prediction` makes the questions, and `sphinx` keeps one copy of style and script
on a page of a book and checks its `states`.
"""

from explorables.api import explore, show, svg_text
from explorables.ink import INK, PAPER
from explorables.prediction import predict

__all__ = ["INK", "PAPER", "explore", "predict", "show", "svg_text"]
