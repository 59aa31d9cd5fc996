"""Step 2: the pieces of what matplotlib wrote, each a short SVG text in the page's own colours."""

import base64
import functools
import io
import re
from collections import Counter

import numpy as np
from PIL import Image

from explorables.arguments import escaped
from explorables.ink import INK, PAPER

PNG = "data:image/png;base64,"
XLINK = "http://www.w3.org/1999/xlink"
# text is drawn with the reader's fonts: Verdana has the widths of DejaVu Sans, Times those of STIX
FALLBACKS = {"'STIXGeneral'": "STIXGeneral, 'Times New Roman', serif", "'DejaVu Sans'": "'DejaVu Sans', Verdana, sans-serif"}


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


def cut(piece, names):
    """The SVG text of a piece, made once: in the place of all that it held the element has it as `cut`."""
    if "cut" not in piece.attrib:
        name, text = piece.get("id", piece.tag), markup(piece, names)
        piece.clear()
        piece.attrib.update(id=name, cut=text)
    return piece.get("cut")


def markup(element, names):
    """The SVG text of an element: short numbers, the page's colours, references by our names, no other ids."""
    if "cut" in element.attrib:
        return element.get("cut")
    attributes = "".join(
        f' {key.removeprefix(f"{{{XLINK}}}")}="{escaped(_attribute(element.tag, key, value, names))}"'
        for key, value in element.items()
        if key != "id"
    )
    inner = "".join(markup(child, names) for child in element)
    if element.tag in ("text", "tspan") and not inner:
        inner = escaped(element.text or "")  # elsewhere text is indentation
        if re.search("^ |  | $", inner):  # padding is meant
            attributes += ' xml:space="preserve"'
    if element.tag == "g" and not attributes:
        return inner
    return f"<{element.tag}{attributes}>{inner}</{element.tag}>" if inner else f"<{element.tag}{attributes}/>"


def _attribute(tag, key, value, names):
    if key == "d":
        return _path(value)
    if tag == "image" and value.startswith(PNG):
        return _indexed(value)
    if tag in ("text", "tspan") and key == "style":
        value = _text_style(tag, value)
    if tag == "use" and key in ("x", "y"):
        return f"{round(float(value), 2) + 0:g}"
    if "#" in value:
        value = value.replace(INK, "currentColor").replace(PAPER, "var(--paper,#fff)")
        return re.sub(r"(?<=#)\w+", lambda ident: names.get(ident[0], ident[0]), value)
    return value


@functools.lru_cache(4096)
def _text_style(tag, style):
    """A family that only matplotlib brings along gets others that readers have. Colour and opacity of a part of a formula are
    left to the whole, where matplotlib states them a first time (twice 0.3 is 0.09)."""
    items = [item for item in style.split("; ") if tag == "text" or not item.startswith(("fill:", "opacity:"))]
    style = "; ".join(items)
    return style if "serif" in style else functools.reduce(lambda text, names: text.replace(*names), FALLBACKS.items(), style)


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
