"""`explore` makes a matplotlib figure move, in JupyterLab and on a page without a kernel; `show` lets it stand still.

Every state of the grid of choices is drawn when the cell runs, in four steps:

1. *Draw.* One renderer draws all states, one after the other, into one SVG document (`Recorder`).
2. *Cut.* The groups that matplotlib writes, one an artist, give the pieces of a state: a dict {place: SVG text}.
3. *Align.* Places are put into one painting order for all states (`align`). A piece whose text never changes is static.
4. *Fold.* Each text is stored once; a state is a row of indices into them (`Drawing`).

The browser (explore.js) swaps texts and knows no mathematics; explore_page.js adds the link to a state, the full window and
the SVG file. The HTML holds everything it needs: picture, texts, style, script. A page of the book keeps one copy of the last
two (`setup`).
"""

import base64
import contextlib
import functools
import gzip
import hashlib
import html
import io
import itertools
import json
import math
import os
import re
import time
from collections import Counter
from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from numbers import Real
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import anywidget
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import traitlets
from latex2mathml.converter import convert as mathml
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure
from PIL import Image

from unrolled import checks
from unrolled.style import INK, PAPER, RC

HERE = Path(__file__).parent
SCRIPT = "\n".join((HERE / name).read_text(encoding="utf-8") for name in ("explore.js", "explore_page.js"))  # one ES module
BOOT = f'<script type="module">{SCRIPT}boot();\n</script>'
STYLE = f"<style>{(HERE / 'explore.css').read_text(encoding='utf-8')}</style>"
PNG = "data:image/png;base64,"
XLINK = "http://www.w3.org/1999/xlink"
# in an <img> there is no page to take colours from
FILE_STYLE = (
    "svg{color:#1a1a1a;--paper:#fff}@media (prefers-color-scheme:dark){svg{color:#e6e6e6;--paper:#121212}}"
    "@media print{svg{color:#000;--paper:#fff}}"
)
FALLBACKS = {"'STIXGeneral'": "STIXGeneral, 'Times New Roman', serif", "'DejaVu Sans'": "'DejaVu Sans', Verdana, sans-serif"}
SCOPE = "\ue000"  # stands before every id, until the scope of the whole drawing is known; no text of a picture holds it


# ---- what a reader calls ----


def explore(fig, update, *, alt, caption="", labels=None, play=(), start=None, name=None, max_states=1000, max_kb=150, **choices):
    """A picture with controls: a range for each choice of numbers, a select for each choice of names.

    `fig` is a matplotlib figure, drawn once; it is closed. `update(**values)` changes its artists for one value of each
    choice. `choices` names each choice and lists its values: finite numbers, or strings; at least two, all different.

    `alt` says what the picture shows to those who do not see it, `caption` what to try and what to see. `labels` maps
    names of choices to the texts of their controls. Formulas may stand in caption and labels between dollars. Choices
    named in `play` get buttons that step and play, and a range even where their values are names. `start` maps names to
    the values of the first picture (else the first of each list): it stands without JavaScript, and in print. `name` is what
    links to a state call it, as in `page.html#stepper:t=5`: else the outermost function that `update` is defined in.

    Returns an `Explorable`. Raises ValueError or TypeError for arguments that do not fit, for an `update` that raises,
    changes nothing, or draws something else when it is called in another order, for more than `max_states` states, and
    for more than `max_kb` kilobytes of HTML as a server sends it (gzip).

    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> (line,) = ax.plot([0, 1], [0, 1])
    >>> w = explore(fig, lambda slope: line.set_ydata([0, slope]), alt="A line through the origin.", slope=[1, 0.5, 0])
    >>> w.value
    {'slope': 1}
    """
    with borrowed(fig):
        if not callable(update):
            raise TypeError(f"update must be a function; got {update!r}")
        if not choices:
            raise ValueError("explore needs at least one choice, such as gain=[0.5, 1, 2]; got none")
        choices = {name: _values(name, values) for name, values in choices.items()}
        start = chosen("start", choices, {**{name: values[0] for name, values in choices.items()}, **(start or {})})
        controls = _controls(choices, labels or {}, play)
        alt, caption, name = _alt(alt), _figcaption(caption), _name(name, update)
        grid = [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]
        drawing = film(fig, update, grid, start, max_states)
    _refuse_idle(drawing, choices)

    def page(value):
        at = [values.index(value[name]) for name, values in choices.items()]
        return _explorable(drawing, controls, at, alt, caption, name)

    kb = len(gzip.compress(page(start).encode())) / 1000
    if kb > max_kb:
        raise ValueError(
            f"{len(grid)} states must weigh at most max_kb={max_kb} KB compressed, but weigh {kb:.0f} KB:"
            " draw fewer points, fewer states, or fewer artists that change"
        )
    return Explorable(page, choices, start, alt)


def show(fig, *, alt, caption=""):
    """A picture that stands still: a `<figure>` with inline SVG in the page's own colours. Closes the figure.

    `alt` says what the picture shows, `caption` stands below it; formulas may stand in it between dollars.
    Raises ValueError or TypeError for arguments that do not fit.
    """
    with borrowed(fig):
        alt, caption = _alt(alt), _figcaption(caption)
        return Still(f'<figure class="still">{STYLE}{picture(still(fig), 0, alt)}{caption}</figure>', alt)


def svg_text(fig, alt):
    """The figure as the text of an SVG file, the same bytes every time. Closes the figure.

    In an `<img>` it cannot take the page's colours: it is dark where the reader's system is. Raises as `show` does.
    """
    with borrowed(fig):
        return picture(still(fig), 0, _alt(alt), f"<style>{FILE_STYLE}</style>") + "\n"


class Explorable(anywidget.AnyWidget):
    """What `explore` returns: a widget where there is a kernel, and HTML that needs none.

    `value` is a dict, the chosen value of every choice. It can be read, observed, and set as a whole;
    ValueError if it names a choice or a value that is none.
    With UNROLLED_STATIC in the environment no comm is opened: an executed notebook then holds the HTML alone.
    """

    _esm = SCRIPT
    _figure = traitlets.Unicode().tag(sync=True)
    value = traitlets.Dict().tag(sync=True)

    def __init__(self, page, choices, start, alt):
        self._page, self._choices, self._alt = page, choices, alt
        super().__init__(_figure=page(start), value=start)

    @traitlets.validate("value")
    def _is_chosen(self, proposal):
        return chosen("value", self._choices, proposal["value"])

    def open(self):
        if not os.environ.get("UNROLLED_STATIC"):
            super().open()

    def _repr_mimebundle_(self, **kwargs):
        ours = {
            "text/plain": f"explore({', '.join(self._choices)}): {self._alt}",
            "text/html": self._page(self.value) + BOOT,
        }
        if self.comm is None:
            return ours
        view, metadata = super()._repr_mimebundle_(**kwargs)
        return {**view, **ours}, metadata


class Still(NamedTuple):
    """What `show` returns: the HTML of a figure. On a page the script adds what saves it and shows it alone."""

    html: str
    alt: str

    def _repr_mimebundle_(self, **_):
        return {"text/plain": f"show: {self.alt}", "text/html": self.html + BOOT}


# ---- what they may say ----


def _values(name, values):
    """The values of a choice as Python's own numbers or strings."""
    if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray):
        raise TypeError(f"{name} must be a list or an array of values; got {values!r}")
    values = [value.item() if isinstance(value, np.generic) else value for value in values]
    numbers = [isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value) for value in values]
    if not all(numbers) and not all(isinstance(value, str) for value in values):
        raise TypeError(f"{name} must hold finite numbers alone, or strings alone; got {values!r}")
    if len(values) < 2:
        raise ValueError(f"{name} must list at least two values; got {values!r}")
    twice = [value for value, times in Counter(values).items() if times > 1]
    if twice:
        raise ValueError(f"{name} must list every value once; got {twice[0]!r} more than once")
    return values


def chosen(argument, choices, value):
    """`value`, a dict {choice: value}, in the order of the choices and with their own numbers; ValueError if it is none."""
    if set(value) != set(choices):
        raise ValueError(f"{argument} must name the choices {', '.join(choices)}; got {', '.join(map(str, value))}")
    for name, values in choices.items():
        if value[name] not in values:
            raise ValueError(f"{argument} must give {name} as one of {', '.join(map(repr, values))}; got {value[name]!r}")
    return {name: values[values.index(value[name])] for name, values in choices.items()}


def _controls(choices, labels, play):
    if not isinstance(labels, dict):
        raise TypeError(f"labels must map names of choices to texts; got {labels!r}")
    for argument, names in {"labels": labels, "play": play}.items():
        if isinstance(names, str):
            raise TypeError(f"{argument} must list names of choices; got the string {names!r}")
        for name in names:
            checks.choice(argument, name, list(choices))
    texts = {name: _prose(f"labels[{name!r}]", labels.get(name, name)) for name in choices}
    return [
        {"name": name, "label": texts[name], "said": _said(texts[name]), "values": values, "play": name in play}
        for name, values in choices.items()
    ]


def _said(label):
    """The label as text alone: browsers leave formulas out when they name a control."""
    return "".join(ElementTree.fromstring(f"<p>{label}</p>").itertext())


def _alt(alt):
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"alt must say in words what the picture shows; got {alt!r}")
    return alt


def _name(name, update):
    """A readable name that stays when the picture changes: links lead to it."""
    if name is None:
        name = getattr(update, "__qualname__", "").partition(".")[0]
        return name if name.isidentifier() else "explorable"
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"name must be letters, digits and underscores, such as 'stepper'; got {name!r}")
    return name


def _figcaption(caption):
    return f"<figcaption>{_prose('caption', caption)}</figcaption>" if caption else ""


def _prose(argument, text):
    """The HTML of a text: formulas between dollars as MathML, all else escaped."""
    if not isinstance(text, str) or text.count("$") % 2:
        raise ValueError(f"{argument} must be a string with a pair of dollars around each formula; got {text!r}")
    parts = text.split("$")
    return "".join(_formula(argument, part) if number % 2 else escaped(part) for number, part in enumerate(parts))


def _formula(argument, tex):
    try:
        formula = mathml(tex)
    except Exception as error:
        raise ValueError(f"{argument} must hold formulas that latex2mathml can read; got ${tex}$: {error!r}") from error
    if "\\" in formula:
        raise ValueError(f"{argument} must hold formulas that latex2mathml knows; got ${tex}$")
    return formula


def _refuse_idle(drawing, choices):
    frames = drawing.frames.reshape(*map(len, choices.values()), -1)
    for axis, name in enumerate(choices):
        if (frames == frames.take([0], axis)).all():
            raise ValueError(f"update must change the picture for every choice; {name} changes nothing")


def _refuse_count(recorder, draw, grid, max_states):
    """Say how much a grid that is too large would weigh and take, judged by four of its states."""
    begun = time.perf_counter()
    sample = [draw(values) for values in grid[:: -(-len(grid) // 4)]]
    times = len(grid) / len(sample)
    seconds = (time.perf_counter() - begun) * times
    kb = len(gzip.compress("".join(fold(recorder, sample).texts).encode())) / 1000 * times
    raise ValueError(
        f"the choices must make at most max_states={max_states} states; they make {len(grid)},"
        f" about {kb:.0f} KB compressed and {seconds:.0f} s to draw"
    )


# ---- 1. draw and 2. cut ----


class Canvas(FigureCanvasSVG):
    """A canvas that is always saving: animated artists are drawn, too."""

    def is_saving(self):
        return True


class Recorder:
    """Draws one figure again and again, and returns the pieces of what it drew.

    The renderer stays, because matplotlib keeps the measures of texts with it: three times as fast as a new one. It also
    writes each marker once, and with `finalize` all clips and hatches so far: they are collected in `definitions`.

    Leans on the SVG writer of the pinned matplotlib, held by the pixel tests: each artist is a `<g id>`, named by its gid
    or its class and a number; ids are never used twice; `finalize` may be called again.
    """

    def __init__(self, fig):
        # an artist with a gid is known again when others come and go
        for number, artist in enumerate(fig.findobj()):
            if artist.get_gid() is None:
                artist.set_gid(f"artist{number}")
        width, height = fig.get_size_inches()
        self.fig, self.size = fig, (72 * width, 72 * height)
        self.definitions, self.names = {}, {}  # our name -> SVG text; matplotlib's id -> our name
        self.stream = io.StringIO()
        dpi, fig.dpi = fig.dpi, 72
        Canvas(fig)
        svg = RendererSVG(*self.size, self.stream, image_dpi=dpi)
        svg.finalize()  # closes the outer <svg>: what is drawn from now on stands alone
        self.renderer = MixedModeRenderer(fig, width, height, dpi, svg)

    def draw(self):
        """The figure as it is now: {place: SVG text}, in painting order."""
        self.stream.seek(0)
        self.stream.truncate()
        self.fig.draw(self.renderer)
        self.renderer.finalize()
        document = ElementTree.fromstring(f'<svg xmlns:xlink="{XLINK}">{self.stream.getvalue()}</svg>')
        for element in list(document.iter()):
            self._take_definitions(element)
        return {place: text for place, element in pieces(document) if (text := markup(element, self.names))}

    def _take_definitions(self, parent):
        """Move definitions out of the document; the same content gets the same name, whatever its id was."""
        for child in parent.findall("defs") + parent.findall("filter"):
            parent.remove(child)
            for definition in child if child.tag == "defs" else [child]:
                ident = definition.attrib.pop("id")
                if ident in self.names:
                    continue
                text = markup(definition, self.names)
                self.names[ident] = name = SCOPE + hashlib.sha256(text.encode()).hexdigest()[:8]
                self.definitions[name] = text.replace(f"<{definition.tag}", f'<{definition.tag} id="{name}"', 1)


def pieces(group, path=()):
    """(place, element) of everything that is painted, in painting order; a place is a path of names such as "axes 0".

    A group that holds groups of artists (figure, axes, axis, legend ...) is opened, all else is one piece.
    """
    seen = Counter()
    for child in group:
        name = child.get("id", child.tag).rsplit("_", 1)[0]
        place = (*path, f"{name} {seen[name]}")
        seen[name] += 1
        if any(inner.tag == "g" and "id" in inner.attrib for inner in child):
            yield from pieces(child, place)
        else:
            yield place, child


def markup(element, names):
    """The SVG text of an element: short numbers, the page's colours, references by our names, no other ids."""
    attributes = "".join(
        f' {key.removeprefix(f"{{{XLINK}}}")}="{escaped(_attribute(element.tag, key, value, names))}"'
        for key, value in element.items()
        if key != "id"
    )
    inner = "".join(markup(child, names) for child in element)
    if element.tag in ("text", "tspan") and not inner:
        inner = escaped(element.text or "")  # elsewhere text is indentation
    if element.tag == "g" and not attributes:
        return inner
    return f"<{element.tag}{attributes}>{inner}</{element.tag}>" if inner else f"<{element.tag}{attributes}/>"


def escaped(text):
    return html.escape(text, quote=False).replace('"', "&quot;")


def _attribute(tag, key, value, names):
    if key == "d":
        return _path(value)
    if tag == "image" and value.startswith(PNG):
        return _indexed(value)
    if tag == "tspan" and key == "style":
        return _span(value)
    if tag == "use" and key in ("x", "y"):
        return f"{round(float(value), 2) + 0:g}"
    if "#" in value:
        value = value.replace(INK, "currentColor").replace(PAPER, "var(--paper,#fff)")
        return re.sub(r"(?<=#)\w+", lambda ident: names.get(ident[0], ident[0]), value)
    return value


@functools.lru_cache(4096)
def _span(style):
    """The style of a part of a formula. Colour and opacity are left to the whole, where matplotlib states them a first time
    (twice 0.3 is 0.09); a family that only matplotlib brings along gets others that readers have."""
    items = [item for item in style.split("; ") if not item.startswith(("fill:", "opacity:"))]
    return functools.reduce(lambda text, names: text.replace(*names), FALLBACKS.items(), "; ".join(items))


@functools.lru_cache(64)
def _indexed(url):
    """The PNG with a palette where it has at most 256 colours, as heat maps do: half the bytes."""
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(url.removeprefix(PNG)))).convert("RGBA"))
    colours, index = np.unique(np.ascontiguousarray(pixels).view(np.uint32), return_inverse=True)
    if len(colours) > 256:
        return url
    palette = colours.view(np.uint8).reshape(-1, 4)
    image = Image.fromarray(index.reshape(pixels.shape[:2]).astype(np.uint8), "P")
    image.putpalette(palette[:, :3].tobytes())
    png = io.BytesIO()
    image.save(png, "PNG", optimize=True, transparency=palette[:, 3].tobytes())
    return PNG + base64.b64encode(png.getvalue()).decode()


@functools.lru_cache(4096)
def _path(data):
    """Path data in steps of 1/100 point from point to point, half the size of absolute coordinates when compressed.

    The points are rounded, not the steps, so that errors do not add up.
    """
    if "," in data:  # a Gouraud triangle
        return data
    steps, x, y, first = [], 0, 0, (0, 0)
    for command, numbers in re.findall("([A-Za-z])([^A-Za-z]*)", data):
        if command == "z":
            steps.append("z")
            x, y = first
            continue
        points = [round(100 * float(number)) for number in numbers.split()]
        steps.append(command.lower() + " ".join(f"{(p - (y, x)[n % 2 == 0]) / 100:.12g}" for n, p in enumerate(points)))
        x, y = points[-2:]
        if command == "M":
            first = (x, y)
    return "".join(steps)


# ---- 3. align and 4. fold ----


class Drawing(NamedTuple):
    """All states of a figure, each text once."""

    size: tuple  # width and height in points
    scope: str  # stands before every id
    definitions: str  # clips, markers, hatches: SVG that all states may refer to
    texts: list  # SVG texts
    frames: np.ndarray  # (states, places): indices into `texts`, places in painting order

    @property
    def live(self):
        """(places,) True where the text changes."""
        return (self.frames != self.frames[0]).any(axis=0)


def align(states):
    """The states over one list of places, in an order that agrees with the painting order of each state.

    Where artists change their order (a 3-D plot that turns), the group that holds them becomes one piece.
    """
    while True:
        sorter = TopologicalSorter()
        for row in dict.fromkeys(tuple(state) for state in states):
            for under, over in itertools.pairwise((None, *row)):  # None is the paper
                sorter.add(over, under)
        try:
            return states, [place for place in sorter.static_order() if place is not None]
        except CycleError as error:
            group = _common(error.args[1])
            states = [_joined(state, group) for state in states]


def _common(places):
    """The innermost group that holds all these places."""
    levels = itertools.takewhile(lambda names: len(set(names)) == 1, zip(*places, strict=False))
    return tuple(names[0] for names in levels)


def _joined(state, group):
    joined = {}
    for place, text in state.items():
        place = place if place[: len(group)] != group else group
        joined[place] = joined.get(place, "") + text
    return joined


def fold(recorder, states):
    """The `Drawing` of these states ({place: text} each) of a recorder."""
    states, places = align(states)
    index = {}
    frames = np.array([[index.setdefault(state.get(place, ""), len(index)) for place in places] for state in states])
    definitions = "".join(recorder.definitions.values())
    scope = "x" + hashlib.sha256("".join([definitions, *index, *map(str, frames.flat)]).encode()).hexdigest()[:8]
    own = [text.replace(SCOPE, f"{scope}-") for text in [definitions, *index]]
    return Drawing(recorder.size, scope, own[0], own[1:], frames)


# ---- the whole way from a figure to a drawing ----


@contextlib.contextmanager
def borrowed(fig):
    """Take a figure to draw it in the book's style, and close it afterwards: else Jupyter shows it a second time."""
    if not isinstance(fig, Figure):
        raise TypeError(f"fig must be a matplotlib Figure; got {fig!r}")
    dpi, canvas = fig.dpi, fig.canvas
    try:
        with mpl.rc_context(RC):
            yield
    finally:
        fig.dpi = dpi
        fig.set_canvas(canvas)
        plt.close(fig)


def still(fig):
    """The `Drawing` of a figure as it is."""
    recorder = Recorder(fig)
    return fold(recorder, [recorder.draw()])


def film(fig, update, grid, start, max_states):
    """The `Drawing` of all states of the grid, a list of dicts of values; the layout is that of the state `start`."""
    recorder = Recorder(fig)

    def draw(values):
        try:
            update(**values)
        except Exception as error:
            arguments = ", ".join(f"{name}={value!r}" for name, value in values.items())
            raise ValueError(f"update must draw every state; update({arguments}) raised {error!r}") from error
        return recorder.draw()

    draw(start)
    fig.set_layout_engine("none")  # axes must not jump from state to state
    if len(grid) > max_states:
        _refuse_count(recorder, draw, grid, max_states)
    states = [draw(values) for values in grid]
    for number in sorted({*range(0, len(grid), -(-len(grid) // 4)), len(grid) - 1}, reverse=True):  # some, backwards
        if draw(grid[number]) != states[number]:
            raise ValueError(
                f"update must draw the same picture for the same values in any order, without chance;"
                f" it draws {grid[number]} differently when called again"
            )
    return fold(recorder, states)


# ---- HTML ----


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


def _explorable(drawing, controls, at, alt, figcaption, name):
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


# ---- a page of the book ----


def once(page):
    """The HTML of a page with one copy of our style and script: every output brings its own, to stand alone."""
    for part in (STYLE, BOOT):
        head, first, tail = page.partition(part)
        page = head + first + tail.replace(part, "")
    return page


def setup(app):
    def lighten(app, pagename, templatename, context, doctree):
        if "body" in context:
            context["body"] = once(context["body"])

    app.connect("html-page-context", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
