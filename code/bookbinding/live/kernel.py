"""Runs the cells of one page, as if all above had run before; in the browser `worker.mjs` calls it, in the tests anybody.

Of the cells above those run that `names` finds needed, quietly. What a cell has given is kept together with what it was made of,
so that it runs again only when one of these was changed; each run works on copies, and finds the same random numbers.
"""

import ast
import contextlib
import copy
import copyreg
import hashlib
import html
import importlib
import io
import linecache
import re
import sys
import time
import traceback
import types
import warnings

import names
import tqdm
from matplotlib.artist import Artist

MOST = 100_000  # characters that a cell may print, or its value be written with: more than that no page shows
MOST_PLACES = 50  # of what raised: a function that calls itself for ever passes through thousands
PAUSE = 0.1  # seconds between two pieces of what is printed
NUMBERED = re.compile(r"<cell (\d+)>")

tqdm.tqdm.monitor_interval = 0  # there are no threads in the browser
warnings.filterwarnings("ignore", "FigureCanvas.* is non-interactive")  # plt.show(): what is left open is shown
copyreg.pickle(types.ModuleType, lambda module: (importlib.import_module, (module.__name__,)))  # there is one of each

page = {}  # the names of the page: functions that it defines look them up here, whichever run made them
given = {}  # {number of a cell: (what made it, what it has given)}: of each the last only, for memory is small
drawn = []  # what of pictures was met where values were copied


def uncopied(artist, memo):
    """The functions that draw know this one, not a copy."""
    drawn.append(artist)
    return artist


Artist.__deepcopy__ = uncopied


def nobody(prompt=""):
    """Stands for `input`."""
    raise RuntimeError("input() has nobody to ask on a page: write the value into the cell")


class Failed(Exception):
    """A cell raised; `told` says what, as JSON can hold it."""

    def __init__(self, number, error):
        trace = traceback.TracebackException(type(error), error, error.__traceback__, capture_locals=False)
        places = [(int(found[1]), frame.lineno, frame.line) for frame in trace.stack if (found := NUMBERED.match(frame.filename))]
        if isinstance(error, SyntaxError) and NUMBERED.match(error.filename or ""):
            places = [(number + 1, error.lineno, (error.text or "").strip("\n"))]
        said = list(trace.format_exception_only())
        message = said[-1] if isinstance(error, SyntaxError) else "".join(said)
        self.told = {
            "number": number,
            "places": places[-MOST_PLACES:],
            "message": cut(message.strip()),
            "memory": isinstance(error, MemoryError),
            "module": error.name if isinstance(error, ModuleNotFoundError) else None,
        }


class Printed(io.StringIO):
    """Goes out as it comes, ten times a second."""

    def __init__(self, send):
        super().__init__()
        self.send, self.sent, self.last = send, 0, 0.0

    def write(self, text):
        left = MOST - self.tell()
        super().write(text[:left])
        if len(text) > left:
            raise RuntimeError(f"a cell may print {MOST} characters on a page")
        if time.monotonic() > self.last + PAUSE:
            self.flush()
        return len(text)

    def flush(self):
        if text := self.getvalue()[self.sent :]:
            self.send(text)
        self.sent, self.last = self.tell(), time.monotonic()


def run(sources, last, shown=(), tell=lambda *_: None):
    """Run the cell `last` of a page, and what it needs; a dict of what it shows.

    tell(kind, value) hears what happens meanwhile: ("above", [how many of the needed cells have run, how many there are]) and
    ("text", what was printed). Where the cell shows nothing, the first of the cells `shown` below that needs it is run, too.
    The dict has "number", the cell that shows something, "html", "above", how many cells ran for it; or "error".
    """
    sources = list(sources)
    try:
        above, html_ = one(sources, last, tell)
        for number in shown if not html_ else ():
            if number > last and last in names.needed(sources, number):
                more, html_ = one(sources, number, tell)
                return {"number": number, "html": html_, "above": above + more}
    except Failed as failed:
        return {"error": failed.told}
    return {"number": last, "html": html_, "above": above}


def one(sources, last, tell):
    """How many cells were run for the cell `last`, and the HTML of what it shows. Raises Failed."""
    needed = names.needed(sources, last)
    keys, ran = {}, 0
    page.clear()
    page.update(__name__="__main__", input=nobody)
    for done, number in enumerate(needed):
        keys[number] = key(sources, number, keys)
        made_of, values = given.get(number, (None, None))
        if made_of != keys[number]:
            tell("above", [done, len(needed)])
            execute(sources, number, Printed(lambda _: None))
            values = keep(sources, number, keys[number])
            ran += 1
        page.update(copied(values))
    tell("above", [len(needed), len(needed)])
    printed = Printed(lambda text: tell("text", text))
    value = execute(sources, last, printed)
    keep(sources, last, key(sources, last, keys))
    with heard(last, printed):
        pictures = display(value) + figures(sources[last])
    return ran, typeset(printed.getvalue()) + pictures


def key(sources, number, keys):
    """What a cell is made of: its source, and what made the cells that it needs."""
    parts = [sources[number], *(keys[k] for k in names.needed(sources, number))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def keep(sources, number, made_of):
    """Keep copies of what a cell has bound or changed, with all that these hold on to; they are returned, too.

    A picture cannot be copied: a cell that has given one runs anew each time.
    """
    drawn.clear()
    cells = [names.parsed(source) for source in sources[: number + 1]]
    touched = names.closed(cells[number].binds | names.altered(cells, number), cells)
    values = copied({name: page[name] for name in touched if name in page})
    given[number] = (None if drawn else made_of), values
    return values


def copied(values):
    """Copies, alike where the values are one; what cannot be copied, as an open file, is shared."""
    memo, copies = {}, {}
    for name, value in values.items():
        try:
            copies[name] = copy.deepcopy(value, memo)
        except Exception:
            copies[name] = value
    return copies


def execute(sources, number, printed):
    """Run a source among the names of the page; the value of its last line, if that is an expression without a semicolon.

    Raises Failed.
    """
    source, file = sources[number], f"<cell {number + 1}>"
    if plt := sys.modules.get("matplotlib.pyplot"):
        plt.close("all")  # what an earlier cell has left open is not shown below this one
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    with heard(number, printed):
        body = ast.parse(source, file).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), file, "exec"), page)
        value = eval(compile(ast.Expression(last.value), file, "eval"), page) if last else None
        return None if source.rstrip().endswith(";") else value


@contextlib.contextmanager
def heard(number, printed):
    """What is printed meanwhile goes to `printed`; what is raised becomes a Failed of this cell."""
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            yield
    except BaseException as error:
        raise Failed(number, error) from None
    finally:
        printed.flush()


# ---- what is shown


def display(value):
    """The HTML of a value, as a notebook shows it."""
    if value is None:
        return ""
    if isinstance(value, Artist) and hasattr(value, "savefig"):
        from explorables import show

        return display(show(value, alt="Figure"))
    for method in ("to_html", "_repr_html_"):
        if hasattr(value, method) and not isinstance(value, type) and (shown := getattr(value, method)()) is not None:
            return f'<div class="output text_html">{shown}</div>'
    return f'<div class="output text_plain"><pre>{html.escape(cut(repr(value)))}</pre></div>'


def cut(text):
    """A text, or the beginning of one that no page shows whole."""
    return text if len(text) <= MOST else f"{text[:MOST]}…"


def figures(source):
    """The HTML of the figures that a cell has left open which draws by itself."""
    plt = sys.modules.get("matplotlib.pyplot")
    if not plt or "plt" not in names.parsed(source).reads | names.parsed(source).binds:
        return ""
    from explorables import show

    return "".join(display(show(plt.figure(number), alt=f"Figure {number}")) for number in plt.get_fignums())


def typeset(text):
    """The HTML of what was printed: tables as tables, claims as sentences, all else as it is."""
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]  # of a progress bar its last state
    parts, plain = [], []
    while lines:
        size = next((k for k, line in enumerate(lines) if not line.startswith("|")), len(lines))
        if size > 1 and re.fullmatch(r"\|[-:|]+\|", lines[1]):
            parts += [*verbatim(plain), *table(lines[:size])]
            plain, lines = [], lines[size:]
        else:
            plain.append(lines.pop(0))
    return "".join([*parts, *verbatim(plain)])


def verbatim(lines):
    """A list of the HTML of printed lines as they are; empty where there are none."""
    text = "\n".join(lines).strip("\n")
    return [f'<div class="output stream"><pre>{html.escape(text)}</pre></div>'] if text else []


def table(lines):
    """The lines of a table in Markdown as one of HTML, like those of the book's pages; as they are where that is not one."""
    from explorables.arguments import prose

    rows = [[entry.strip().replace(r"\|", "|") for entry in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    sides = ["right" if side.endswith(":") else "left" for side in rows.pop(1)]

    def row(texts, tag):
        tags = [tag if tag == "th" or k else "th" for k in range(len(texts))]
        scope = {"th": ' scope="col"' if tag == "th" else ' scope="row"', "td": ""}
        cells = zip(tags, sides, texts, strict=False)
        return "".join(f'<{t}{scope[t]} class="{side}"><p>{prose("text", text)}</p></{t}>' for t, side, text in cells)

    try:
        head, *body = row(rows[0], "th"), *(f"<tr>{row(texts, 'td')}</tr>" for texts in rows[1:])
    except ValueError:  # a dollar that begins no formula
        return verbatim(lines)
    return [f'<table class="results docutils"><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table>']
