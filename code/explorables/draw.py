"""Step 1: one renderer draws a figure in all its states, one after the other."""

import contextlib
import gzip
import hashlib
import io
import time
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib._pylab_helpers import Gcf
from matplotlib.axis import Axis
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure

from explorables import panels, versions
from explorables.cut import XLINK, cut, markup, pieces
from explorables.fold import SCOPE, fold
from explorables.ink import Wardrobe
from explorables.replay import Replay

# text stays text; images stay apart, as artists do; the same bytes every time
WRITER = {"svg.fonttype": "none", "image.composite_image": False, "svg.hashsalt": "explorables"}


def check_figure(fig):
    """TypeError for what is no figure."""
    if not isinstance(fig, Figure):
        raise TypeError(f"fig must be a matplotlib Figure; got {fig!r}")


@contextlib.contextmanager
def borrowed(fig):
    """Take a figure to draw it, and close it afterwards: else Jupyter shows it a second time."""
    check_figure(fig)
    dpi, canvas, face = fig.dpi, fig.canvas, fig.get_facecolor()
    try:
        with mpl.rc_context(WRITER), versions.formulas_kept():
            yield
    finally:
        fig.dpi = dpi
        fig.set_facecolor(face)
        fig.set_canvas(canvas)
        plt.close(fig)


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
        for axis in fig.findobj(Axis):
            axis.get_ticklabels()  # else they have no text before the first drawing
        # an artist with a gid is known again when others come and go
        for number, artist in enumerate(fig.findobj()):
            if artist.get_gid() is None:
                artist.set_gid(f"artist{number}")
        width, height = fig.get_size_inches()
        self.fig, self.size = fig, (72 * width, 72 * height)
        self.panels = panels.WHOLE
        self.definitions, self.names = {}, {}  # our name -> SVG text; matplotlib's id -> our name
        self.stream = io.StringIO()
        dpi, fig.dpi = fig.dpi, 72
        Canvas(fig)
        svg = RendererSVG(*self.size, self.stream, image_dpi=dpi)
        svg.finalize()  # closes the outer <svg>: what is drawn from now on stands alone
        self.renderer = MixedModeRenderer(fig, width, height, dpi, svg)
        self.wardrobe, self.replay = Wardrobe(self.renderer), Replay(self.renderer, self.stream, self._read)

    def draw(self, anew=False):
        """The figure as it is now: {place: SVG text}, in painting order. `anew`: nothing is taken from earlier drawings."""
        self.stream.seek(0)
        self.stream.truncate()
        self.wardrobe.dress(self.fig)
        with contextlib.nullcontext() if anew else self.replay(self.fig):
            self.fig.draw(self.renderer)
        self.renderer.finalize()
        document = self._read(self.stream.getvalue())
        return {place: text for place, element in pieces(document) if (text := cut(element, self.names))}

    def find_panels(self):
        """Look where the figure, as it was drawn last, can be cut into panels."""
        self.panels = panels.find(self.fig, self.renderer)

    def _read(self, svg):
        """The element that holds what was written: definitions are taken out of it, what the replay has kept is put in."""
        document = ElementTree.fromstring(f'<svg xmlns:xlink="{XLINK}">{svg}</svg>')
        for element in list(document.iter()):
            self._take_definitions(element)
            self.replay.put_back(element)
        return document

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


def _open():
    return {manager.canvas.figure for manager in Gcf.get_all_fig_managers()}


@contextlib.contextmanager
def _alone(fig, call):
    """What `update` draws must be in this figure: others that it opens are closed, and it is told so."""
    before = _open()
    stale = {other: other.stale for other in before - {fig}}
    for other in stale:
        other.stale = False
    try:
        yield
    finally:
        touched = [other.number for other in stale if other.stale]
        for other, was in stale.items():
            other.stale = was or other.stale
        opened = _open() - before
        for other in opened:
            plt.close(other)
    if opened:
        raise ValueError(f"update must change the artists of fig; {call} opened another figure, which is closed")
    if fig in before and fig not in _open():
        raise ValueError(f"update must change the artists of fig, and no more; {call} closed it, as plt.show and plt.close do")
    if touched:
        raise ValueError(
            f"update must change the artists of fig; {call} drew into figure {touched[0]}: plt.plot and the like draw into the"
            " figure that was made last, ax.plot into that of ax"
        )


def still(fig):
    """The `Drawing` of a figure as it is."""
    recorder = Recorder(fig)
    states = [recorder.draw()]
    recorder.find_panels()
    recorder.wardrobe.warn(fig)
    return fold(recorder, states)


def film(fig, update, grid, start, max_states, max_kb):
    """The `Drawing` of all states of the grid, a list of dicts of values; the layout is that of the state `start`."""
    recorder = Recorder(fig)

    def draw(values, anew=False):
        call = f"update({', '.join(f'{name}={value!r}' for name, value in values.items())})"
        with _alone(fig, call):
            try:
                update(**values)
            except Exception as error:
                raise ValueError(f"update must draw every state; {call} raised {error!r}") from error
        try:
            return recorder.draw(anew)
        except Exception as error:
            error.add_note(f"while the figure was drawn after {call}")
            raise

    first = draw(start)
    fig.set_layout_engine("none")  # axes must not jump from state to state
    recorder.find_panels()
    if len(grid) > max_states:
        _refuse_count(recorder, draw, grid, max_states)
    _refuse_weight(first, draw, grid, start, max_kb)
    states = [draw(values) for values in grid]
    if _differs(draw, grid, states):
        states = [draw(values, anew=True) for values in grid]
        if number := _differs(draw, grid, states):
            raise ValueError(
                f"update must draw the same picture for the same values in any order, without chance;"
                f" it draws {grid[number - 1]} differently when called again: set the data of artists that are there,"
                " or remove what the call before drew, as ax.clear() does; give what is random a seed"
            )
    recorder.wardrobe.warn(fig)
    return fold(recorder, states)


def _differs(draw, grid, states):
    """Draw some states again, backwards, with nothing taken from earlier drawings: which one looks different, counted from 1?"""
    for number in sorted({*range(0, len(grid), -(-len(grid) // 3)), len(grid) - 1}, reverse=True):
        if list(draw(grid[number], anew=True).values()) != list(states[number].values()):  # whatever artists show it
            return number + 1
    return 0


def _refuse_weight(first, draw, grid, start, max_kb):
    """Refuse at once what will be far too heavy, judged by one step in each choice that could be: all its values cost as much."""
    if (kb := _kb(first.values())) > max_kb:
        raise ValueError(
            f"{len(grid)} states must weigh at most max_kb={max_kb} KB compressed, but weigh {kb:.0f} KB before anything moves:"
            " draw what has many points with rasterized=True, or fewer points"
        )
    for name, value in start.items():
        values = list(dict.fromkeys(state[name] for state in grid))
        if _kb(first.values()) * len(values) < 2 * max_kb:
            continue
        new = draw({**start, name: next(other for other in values if other != value)})
        changed = [place for place, text in new.items() if first.get(place) != text]
        before, after = [first.get(place, "") for place in changed], [new[place] for place in changed]
        kb = (_kb(before + after) - _kb(before)) * len(values)
        if kb > 2 * max_kb:
            raise ValueError(
                f"{len(grid)} states must weigh at most max_kb={max_kb} KB compressed; those of {name} alone would weigh about"
                f" {kb:.0f} KB: draw what has many points with rasterized=True, draw fewer points, or fewer states"
            )


def _kb(texts):
    return len(gzip.compress("".join(texts).encode())) / 1000


def _refuse_count(recorder, draw, grid, max_states):
    """Say how much a grid that is too large would weigh and take, judged by four of its states."""
    begun = time.perf_counter()
    sample = [draw(values) for values in grid[:: -(-len(grid) // 4)]]
    times = len(grid) / len(sample)
    seconds = (time.perf_counter() - begun) * times
    kb = _kb(fold(recorder, sample).texts) * times
    raise ValueError(
        f"the choices must make at most max_states={max_states} states; they make {len(grid)},"
        f" about {kb:.0f} KB compressed and {seconds:.0f} s to draw"
    )
