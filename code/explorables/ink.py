"""The page's own colours, and what of a figure takes them.

Two colours stand for those of the page, and the browser puts in what the page has, light or dark. A figure in matplotlib's plain
style is dressed in them: text and axes in black become ink, faces in white become paper. What was chosen stays: data of any
colour, black too; text on a face or on data of its own; and a figure with a face of its own altogether.
"""

import warnings

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import Collection, QuadMesh
from matplotlib.colors import to_hex, to_rgba
from matplotlib.contour import ContourSet
from matplotlib.figure import FigureBase
from matplotlib.image import AxesImage
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnchoredOffsetbox
from matplotlib.patches import Patch
from matplotlib.quiver import QuiverKey
from matplotlib.spines import Spine
from matplotlib.table import Cell
from matplotlib.text import Text

from explorables.arguments import refuse_controls

INK = "#010102"  # text, axes, ticks: `currentColor` on the page; data that is really black stays black
PAPER = "#fefefd"  # the page behind the picture
BLACK, WHITE, OURS = (0, 0, 0), (1, 1, 1), {to_rgba(colour)[:3] for colour in (INK, PAPER)}
PAGES = {"a light page": WHITE, "a dark page": to_rgba("#121212")[:3]}
LEGIBLE = 3  # the least contrast, that of WCAG for large text
SEEN = 1.5  # the least contrast of data, which are no letters


class Wardrobe:
    """Dresses a figure in ink and paper before each drawing, since `update` may make artists anew.

    The ground of an artist is the colour of the face behind it, None for the page.
    """

    def __init__(self, renderer):
        self.renderer = renderer
        self.faint = {}  # (colour, where it is hard to read) -> the first such text

    def dress(self, artist, ground=None):
        """Put ink and paper into an artist and all that it holds."""
        if not artist.get_visible():
            return
        if isinstance(artist, Axes):
            self._dress_axes(artist, ground)
        elif isinstance(artist, Axis):
            for part in (artist.label, artist.offsetText, *artist.majorTicks, *artist.minorTicks, getattr(artist, "line", None)):
                if part is not None:
                    self._dress_part(part, ground)
        elif isinstance(artist, Text):
            self._dress_text(artist, ground)
        elif isinstance(artist, Spine):
            _take_ink(artist, ground, "edgecolor")
        elif isinstance(artist, Cell):
            face = _face(artist, ground)
            _take_ink(artist, face, "edgecolor")
            self._dress_text(artist.get_text(), face)
        else:
            if isinstance(artist, FigureBase):
                ground = _face(artist.patch, ground, "none")
            elif isinstance(artist, AnchoredOffsetbox):
                ground = _face(artist.patch, ground)
            elif isinstance(artist, Legend):
                ground = _face(artist.get_frame(), ground)
            for child in [artist.text] if isinstance(artist, QuiverKey) else artist.get_children():
                self.dress(child, ground)

    def _dress_axes(self, ax, ground):
        face = _face(ax.patch, ground) if ax.axison and ax.get_frame_on() else ground
        around = face if ax.name == "3d" else ground
        for side in {"left", "right", "top", "bottom"}.intersection(ax.spines):
            ax.spines[side].get_position()  # after `clear` it is set when it is asked for, and throws away all ticks
        data = set(ax.texts)
        for child in ax.get_children():
            if child in data:
                self._dress_text(child, face, ax)
            elif isinstance(child, Axis | Spine):
                if ax.axison:
                    self.dress(child, around)
            elif isinstance(child, Text):
                self._dress_text(child, around)  # a title
            else:
                self.dress(child, face)

    def _dress_part(self, part, ground):
        """A tick, a label or a line of an axis."""
        if isinstance(part, Text):
            self._dress_text(part, ground)
        elif isinstance(part, Line2D):
            _take_ink(part, ground, "color", "markeredgecolor")
        else:
            for child in (part.tick1line, part.tick2line, part.label1, part.label2):
                self._dress_part(child, ground)

    def _dress_text(self, text, ground, ax=None):
        if not text.get_visible():
            return
        refuse_controls("a text of the figure", text.get_text(), lines=True)
        box, arrow = text.get_bbox_patch(), getattr(text, "arrow_patch", None)
        if arrow:
            _take_ink(arrow, ground, "edgecolor", "facecolor")
        if box:
            _take_ink(box, ground, "edgecolor")
            if box.get_facecolor()[3]:
                ground = box.get_facecolor()[:3]
        colour = to_rgba(text.get_color())[:3]
        if colour in OURS:
            return
        grounds = PAGES if ground is None else {"its own ground": ground}
        faint = [name for name, behind in grounds.items() if contrast(colour, behind) < LEGIBLE]
        if not faint or (ax and self._stands_on_data(text, ax)):
            return
        if ground is None and colour == BLACK:
            _take_ink(text, ground, "color")
        elif text.get_text():
            for name in faint:
                self.faint.setdefault((to_hex(colour), name), text.get_text())

    def _stands_on_data(self, text, ax):
        """Is an image or a filled patch behind the middle of this text?"""
        faces = [a for a in ax.get_children() if a is not ax.patch and a.get_visible() and _fills(a)]
        if not faces:
            return False
        box = text.get_window_extent(self.renderer)
        middle = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        return any(
            a.contains_point(middle) if isinstance(a, Patch) else a.get_window_extent(self.renderer).contains(*middle)
            for a in faces
        )

    def warn(self, fig):
        """Say which texts will be hard to read and which data of `fig` hard to see, and what to do."""
        for (colour, where), text in self.faint.items():
            cure = (
                "call explore in the style that the figure was made in, or choose the colour of what update makes"
                if where == "its own ground"
                else f"leave it black, which follows the page, or {OWN_FACE}"
            )
            warnings.warn(f"the text {text!r} in {colour} is hard to read on {where}: {cure}", UserWarning, stacklevel=4)
        for colour, kind in _unseen(fig).items():
            cure = f"choose a colour that is seen on both pages, such as 'tab:blue' or '0.5', or {OWN_FACE}"
            warnings.warn(f"data in {colour} (a {kind}) are hard to see on a dark page: {cure}", UserWarning, stacklevel=4)


OWN_FACE = "give the figure a face that is not white, as in fig.set_facecolor('whitesmoke')"


def _unseen(fig):
    """{colour: class of an artist} of the data that a dark page swallows: on the page itself, with no data of a face behind."""
    unseen = {}
    for ax in fig.axes:
        data = [artist for artist in (*ax.lines, *ax.patches, *ax.collections, *ax.images) if artist.get_visible()]
        dark = {artist: colour for artist in data if (colour := _dark(artist))}
        on_page = _face(ax.patch, _face(fig.patch, None, "none")) is None
        if ax.get_visible() and on_page and not any(_fills(artist) for artist in data if artist not in dark):
            unseen |= {colour: type(artist).__name__ for artist, colour in dark.items()}
    return unseen


def _dark(artist):
    """The colour of an artist of data that has no other than such as a dark page swallows; None of all else."""
    if isinstance(artist, Line2D):
        drawn = [artist.get_color()] * (artist.get_linestyle() != "None") or [artist.get_markerfacecolor()]
    elif isinstance(artist, Patch):
        drawn = [artist.get_facecolor(), artist.get_edgecolor()]
    elif isinstance(artist, Collection) and artist.get_array() is None:
        drawn = [*artist.get_facecolor(), *artist.get_edgecolor()]
    else:
        return None
    colours = {tuple(colour[:3]) for colour in map(to_rgba, drawn) if colour[3]}
    if colours and colours.isdisjoint(OURS) and all(contrast(c, PAGES["a dark page"]) < SEEN for c in colours):
        return to_hex(min(colours))
    return None


def _face(patch, ground, paper=PAPER):
    """The ground that a face makes, white turned into paper."""
    *colour, alpha = patch.get_facecolor()
    if not patch.get_visible() or not alpha:
        return ground
    if ground is None and tuple(colour) == WHITE:
        patch.set_facecolor("none" if paper == "none" else (*to_rgba(paper)[:3], alpha))
        return None
    return ground if tuple(colour) in OURS else tuple(colour)


def _take_ink(artist, ground, *kinds):
    """Black becomes ink where the page is the ground."""
    if ground is None:
        for kind in kinds:
            *colour, alpha = to_rgba(getattr(artist, f"get_{kind}")())
            if tuple(colour) == BLACK and alpha:
                getattr(artist, f"set_{kind}")((*to_rgba(INK)[:3], alpha))


def _fills(artist):
    """Does this artist cover what is behind it?"""
    if isinstance(artist, Patch):
        return artist.get_fill() and artist.get_facecolor()[3] > 0.5 and not isinstance(artist, Spine)
    return isinstance(artist, AxesImage | QuadMesh) or (isinstance(artist, ContourSet) and artist.filled)


def contrast(one, other):
    """The contrast of two colours (r, g, b), from 1 to 21, as WCAG 2 computes it."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
