"""What a reader calls: `explore`, `show`, `svg_text`."""

import gzip
import itertools

from explorables.arguments import checked_alt, checked_name, checked_values, chosen, figcaption, prepared_controls
from explorables.draw import borrowed, film, still
from explorables.page import FILE_STYLE, STYLE, explorable, picture
from explorables.widget import Explorable, Still


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
        choices = {name: checked_values(name, values) for name, values in choices.items()}
        start = chosen("start", choices, {**{name: values[0] for name, values in choices.items()}, **(start or {})})
        controls = prepared_controls(choices, labels or {}, play)
        alt, caption, name = checked_alt(alt), figcaption(caption), checked_name(name, update)
        grid = [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]
        drawing = film(fig, update, grid, start, max_states)
    _refuse_idle(drawing, choices)

    def page(value):
        at = [values.index(value[name]) for name, values in choices.items()]
        return explorable(drawing, controls, at, alt, caption, name)

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
        alt, caption = checked_alt(alt), figcaption(caption)
        return Still(f'<figure class="still">{STYLE}{picture(still(fig), 0, alt)}{caption}</figure>', alt)


def svg_text(fig, alt):
    """The figure as the text of an SVG file, the same bytes every time. Closes the figure.

    In an `<img>` it cannot take the page's colours: it is dark where the reader's system is. Raises as `show` does.
    """
    with borrowed(fig):
        return picture(still(fig), 0, checked_alt(alt), f"<style>{FILE_STYLE}</style>") + "\n"


def _refuse_idle(drawing, choices):
    pictures = drawing.pictures.reshape(*map(len, choices.values()))
    for axis, name in enumerate(choices):
        if (pictures == pictures.take([0], axis)).all():
            raise ValueError(f"update must change the picture for every choice; {name} changes nothing")
