"""Colour for colour: which letters of a formula are symbols of the book, and the shade of each, light and dark."""

import colorsys
import re
from collections import defaultdict

from explorables import ink
from matplotlib.colors import to_rgb as rgb
from unrolled.style import HUES, SYMBOLS

from bookbinding.editions import ROOT

BASE = r"\\(?:tilde|hat)\s*\{?\s*[A-Za-z](?![A-Za-z])\s*\}?|\\delta(?![A-Za-z])|[A-Za-z]"
TIME = r"(?:-?\d+|t|T|k|\\tau)(?:\s*[+-]\s*(?:\d+|k|l|\\tau))?(?:\s*,\s*\w+)?"  # a step, and perhaps a component
GATES = "fiozrCh"  # what a parameter may be of
UPPER = r"\^(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|.)"
PIECE = re.compile(
    r"\\(?:text|operatorname\*?|mathrm|mathbf|texttt|begin|end|tag)\s*\{[^{}]*\}"  # words
    r"|\\(?:bar|dot|vec|check|underline|overline)\s*(?:\{[^{}]*\}|\\?[A-Za-z]+)(?:_(?:\{[^{}]*\}|.))?"  # another symbol
    r"|\\(?:[dt]?frac|sqrt)\s*[A-Za-z0-9]|[_^]\s*(?:\\[A-Za-z]+|[A-Za-z0-9])"  # the argument of a command, without braces
    rf"|(?P<symbol>(?P<base>{BASE})(?:_(?P<index>\{{[^{{}}]*\}}|\\[A-Za-z]+|\w))?(?:{UPPER})?)"
    r"|\\[A-Za-z]+"
)
SENSES = {"z": r"\\tilde\s*\{?\s*h", "y": r"\\hat\s*\{?\s*y"}  # a page without these means something else
WEIGHTS = r"(?<![\\A-Za-z])[UW]"
LOGITS = r"(?<![\\A-Za-z])V(?![A-Za-z])|softmax"


def _bases(form):
    """{TeX without braces: key} of the symbols whose label has this form."""
    found = {key: re.fullmatch(form, symbol.label) for key, symbol in SYMBOLS.items()}
    return {re.sub(r"[{}]|(?<=[dt]) ", "", match[1]): key for key, match in found.items() if match}


VECTORS = {base: key for base, key in _bases(rf"\$({BASE})_t\$").items() if base not in "uv"}  # chapter 8 has other u, v
PARAMETERS = _bases(r"\$([A-Za-z])\$")


def name(base, index=None, formula="", page=""):
    """Which symbol `base` with its `index` is: its key in `SYMBOLS`, or a parameter and its gate, `W_f`; None if it is none.

    A letter that is only alike must not be coloured, so a symbol counts

    - with an index that is a time: a number, t, T, k, τ, or one of them more or less a few; f and J, of which the text
      takes products, with j too. So h_t, C_{t-1} and s_{3,j} count, and not f(x), the step size h or a component y_i;
    - as a parameter of a gate: W_f, p_o. U, V and W count alone; b beside U or W, or all by itself where its page has that;
    - as z where its page has h̃ and its formula neither V nor softmax: elsewhere it is the logits; y where the page has ŷ.
    """
    base = re.sub(r"[{}\s]", "", base)
    index = index and index.strip("{} ")
    if base in PARAMETERS:
        if index:
            return f"{base}_{index}" if index in GATES else None
        beside = re.search(WEIGHTS + r".*\+\s*b", page) if formula.strip() == "b" else re.search(WEIGHTS, formula)
        return base if base in "UVW" or (base == "b" and beside) else None
    timed = index and (re.fullmatch(TIME, index) or (index == "j" and base in "fJ"))
    if base not in VECTORS or not timed:
        return None
    other = re.search(LOGITS, formula) if base == "z" else None
    return VECTORS[base] if not other and re.search(SENSES.get(base, ""), page) else None


def marked(tex, page=""):
    r"""The formula with its symbols marked for KaTeX, scripts and all; `page` is the TeX of all formulas of its page.

    >>> marked(r"C_t = f_t * f(x)")
    '\\htmlData{symbol=C}{C_t} = \\htmlData{symbol=f}{f_t} * f(x)'
    """

    def mark(piece):
        symbol = piece["symbol"] and name(piece["base"], piece["index"], tex, page)
        return rf"\htmlData{{symbol={symbol}}}{{{piece[0]}}}" if symbol else piece[0]

    return PIECE.sub(mark, tex)


CODE = re.compile(r'<code class="docutils literal notranslate">(<span class="pre">(?:p\.)?(\w+)</span></code>)')


def mark_code(app, pagename, templatename, context, doctree):
    """Inline code that is the name of a symbol and can be nothing else: C_tilde, f_t, h_prev, W_f, p.W_f."""

    def mark(code):
        base, _, index = code[2].partition("_")
        known = len(code[2]) > 1 and code[2] in VECTORS.values()
        symbol = code[2] if known else name(base, "t-1" if index == "prev" else index) if index else None
        return f'<code class="docutils literal notranslate" data-symbol="{symbol}">{code[1]}' if symbol else code[0]

    if "body" in context:
        context["body"] = CODE.sub(mark, context["body"])


# ---- colours ----

LEAST = 4.8  # WCAG asks 4.5 of small text, and some of it stands on a tint


def contrast(one, other):
    """Contrast of two colours "#rrggbb", 1 ... 21 (WCAG 2.2)."""
    return ink.contrast(rgb(one), rgb(other))


def shade(colour, ground, least):
    """The colour nearest in lightness, of the same tone, that has a contrast of `least` or more on `ground`."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*rgb(colour))
    step = -0.005 if contrast(ground, "#000000") > contrast(ground, "#ffffff") else 0.005
    while contrast(colour, ground) < least:
        lightness += step
        colour = "#" + "".join(f"{round(255 * c):02x}" for c in colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


def shades(ground):
    """{hue: its shade for text on `ground`}: the faintest gets `LEAST`, and the others keep half of their lead over it."""
    own = {hue: contrast(colour, ground) for hue, colour in HUES.items()}
    faintest = min(own.values())
    return {hue: shade(HUES[hue], ground, LEAST * (own[hue] / faintest) ** 0.5) for hue in HUES}


def grounds():
    """The two colours, by day and by night, that text of the book stands on at the worst: those of code."""
    css = (ROOT / "chapters/_static/book.css").read_text("utf-8")
    return re.search(r"--shade: var\(--day, (#\w{6})\) var\(--night, (#\w{6})\)", css).groups()


def style_sheet():
    """A rule for each hue: all symbols that have it, and its two shades."""
    day, night = map(shades, grounds())
    holders = defaultdict(list)
    for key in VECTORS.values():
        holders[SYMBOLS[key].colour].append(f'[data-symbol="{key}"]')
    for key in PARAMETERS.values():
        holders[SYMBOLS[key].colour] += [f'[data-symbol="{key}"]', f'[data-symbol^="{key}_"]']
    colour_of = {hue: f"color:var(--day,{day[hue]}) var(--night,{night[hue]})" for hue in HUES}
    return "".join(f"{','.join(holders[colour])}{{{colour_of[hue]}}}\n" for hue, colour in HUES.items())
