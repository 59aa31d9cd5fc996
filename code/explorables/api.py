"""What a reader calls: `explore`, `show`, `svg_text`."""

import functools
import gzip
import itertools

from explorables import page
from explorables.arguments import checked_alt, checked_choices, checked_name, chosen, figcaption, prepared_controls
from explorables.draw import borrowed, check_figure, film, still
from explorables.photo import photograph
from explorables.widget import Still, explorable


def explore(
    fig,
    update=...,
    *,
    alt,
    caption="",
    labels=None,
    texts=None,
    play=(),
    start=None,
    name=None,
    choices=None,
    max_states=1000,
    max_kb=150,
    **more_choices,
):
    """Draw a figure for every value of its choices, and show it with a control for each.

    A choice of numbers gets a slider, a choice of names a menu, and a choice of two values, which both stand in view, a pair of
    buttons. The figure keeps its own style. Where that is matplotlib's plain one, text and axes in black and faces in white take
    the colours of the page, light or dark; a text that will be hard to read on one of the two gets a UserWarning, and so do data
    that a dark page swallows.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Drawn once, by you; it is closed.
    update : callable, optional
        `update(**values)` changes the artists of `fig` for one value of each choice. Without it `explore` is a decorator: it
        puts the picture in the place of the function below it.
    alt : str
        What the picture shows, for those who do not see it.
    caption : str, optional
        What to try and what to see. Formulas stand between dollars, as in `labels`.
    labels : dict, optional
        {choice: text of its control}, else its name.
    texts : dict, optional
        {choice: {value: its text}}: what a control shows and says for a value. Links, `start` and `value` keep the value itself.
    play : sequence of str, optional
        Choices with buttons that step and play; they have a slider even where their values are names.
    start : dict, optional
        {choice: value} of the first picture, which stands without JavaScript and in print; else the first of each list.
    name : str, optional
        What links to a state call it, as in `page.html#stepper:t=5`; else the outermost function that `update` stands in.
    choices : dict, optional
        {choice: values}, beside the keywords: for names that are no keywords, or that `explore` itself uses.
    max_states, max_kb : int, optional
        The most states, and the most kilobytes of HTML as a server sends it (gzip).
    **more_choices : list, array, range or tuple
        The values of each choice: finite numbers, or strings; at least two, all different. A tuple of numbers is a range,
        (first, last) or (first, last, step), both ends among its values.

    Returns
    -------
    Explorable
        Shows itself in a notebook. Its `value` is a dict, one value of each choice.

    Raises
    ------
    ValueError, TypeError
        For arguments that do not fit; for an `update` that raises, changes nothing, draws into another figure, or draws
        something else when it is called in another order; for too many states, and for too many kilobytes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> fig, ax = plt.subplots()
    >>> x = np.linspace(0, 6, 100)
    >>> (line,) = ax.plot(x, np.sin(x))
    >>> def update(gain, wave):
    ...     line.set_ydata(gain * {"sine": np.sin, "cosine": np.cos}[wave](x))
    >>> w = explore(fig, update, alt="A wave that grows.", gain=(0.2, 1, 0.2), wave=["sine", "cosine"])
    >>> w.value
    {'gain': 0.2, 'wave': 'sine'}

    The same as a decorator, with a choice that no keyword can name:

    >>> fig, ax = plt.subplots()
    >>> (line,) = ax.plot([0, 1], [0, 1])
    >>> @explore(fig, alt="A line through the origin.", choices={"start": (1, 3)})
    ... def slope(start):
    ...     line.set_ydata([0, start])
    >>> slope.value
    {'start': 1}
    """
    if update is ...:  # not None, which is what a function that forgot its return gives
        check_figure(fig)
        given = {"alt": alt, "caption": caption, "labels": labels, "texts": texts}
        given |= {"play": play, "start": start, "name": name, "choices": choices}
        return _Decorator(explore, fig, max_states=max_states, max_kb=max_kb, **given, **more_choices)
    with borrowed(fig):
        if not callable(update):
            raise TypeError(f"update must be a function; got {update!r}")
        choices = checked_choices(choices, more_choices)
        start = chosen("start", choices, {name: values[0] for name, values in choices.items()}, start)
        controls = prepared_controls(choices, labels or {}, texts or {}, play)
        alt, caption, name = checked_alt(alt), figcaption(caption), checked_name(name, update)
        grid = [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]
        drawing = film(fig, update, grid, start, max_states, max_kb)
    _refuse_idle(drawing, choices)

    def figure(value, **host):
        at = [values.index(value[name]) for name, values in choices.items()]
        return page.explorable(drawing, controls, at, alt, caption, name, **host)

    kb = len(gzip.compress(figure(start).encode())) / 1000
    if kb > max_kb:
        raise ValueError(
            f"{len(grid)} states must weigh at most max_kb={max_kb} KB compressed, but weigh {kb:.0f} KB:"
            " draw what has many points with rasterized=True, fewer points, fewer states, or fewer artists that change"
        )
    return explorable(figure, lambda value: photograph(fig, lambda: update(**value)), choices, start, alt)


class _Decorator(functools.partial):
    """`explore` without its `update`: where it stands alone, a notebook shows what is missing."""

    def __repr__(self):
        return (
            "explore was called without update, so there is no picture yet: call explore(fig, update, ...) with the function"
            " that changes fig, or write @explore(fig, ...) above that function"
        )


def show(fig, *, alt, caption=""):
    """A picture that stands still: a `<figure>` with inline SVG in the page's own colours. Closes the figure.

    `alt` says what the picture shows, `caption` stands below it; formulas may stand in it between dollars.
    Raises ValueError or TypeError for arguments that do not fit.
    """
    with borrowed(fig):
        alt, caption = checked_alt(alt), figcaption(caption)
        return Still(functools.partial(page.still, still(fig), alt, caption), photograph(fig), alt)


def svg_text(fig, alt):
    """The figure as the text of an SVG file, the same bytes every time. Closes the figure.

    In an `<img>` it cannot take the page's colours: it is dark where the reader's system is. Raises as `show` does.
    """
    with borrowed(fig):
        return page.picture(still(fig), 0, checked_alt(alt), f"<style>{page.FILE_STYLE}</style>") + "\n"


def _refuse_idle(drawing, choices):
    pictures = drawing.pictures.reshape(*map(len, choices.values()))
    for axis, name in enumerate(choices):
        if (pictures == pictures.take([0], axis)).all():
            raise ValueError(
                f"update must change the picture for every choice; {name} changes nothing: use it in update, draw into fig,"
                " and within the limits of the axes, which stay unless you set them"
            )
