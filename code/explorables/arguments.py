"""What the arguments of `explore` and `show` may be, and the sentence that says so."""

import html
import math
from collections import Counter
from collections.abc import Sequence
from numbers import Real
from xml.etree import ElementTree

import numpy as np
from latex2mathml.converter import convert as mathml


def checked_values(name, values):
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


def prepared_controls(choices, labels, play):
    """What the browser is told of each choice: its name, label, values, and whether it can be played."""
    if not isinstance(labels, dict):
        raise TypeError(f"labels must map names of choices to texts; got {labels!r}")
    for argument, names in {"labels": labels, "play": play}.items():
        if isinstance(names, str):
            raise TypeError(f"{argument} must list names of choices; got the string {names!r}")
        for name in names:
            if name not in choices:
                among = ", ".join(map(repr, choices))
                raise ValueError(f"{argument} must be one of {among}; got {name!r}")
    texts = {name: _prose(f"labels[{name!r}]", labels.get(name, name)) for name in choices}
    return [
        {"name": name, "label": texts[name], "said": _said(texts[name]), "values": values, "play": name in play}
        for name, values in choices.items()
    ]


def _said(label):
    """The label as text alone: browsers leave formulas out when they name a control."""
    return "".join(ElementTree.fromstring(f"<p>{label}</p>").itertext())


def checked_alt(alt):
    """`alt` if it says anything."""
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"alt must say in words what the picture shows; got {alt!r}")
    return alt


def checked_name(name, update):
    """A readable name that stays when the picture changes: links lead to it."""
    if name is None:
        name = getattr(update, "__qualname__", "").partition(".")[0]
        return name if name.isidentifier() else "explorable"
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"name must be letters, digits and underscores, such as 'stepper'; got {name!r}")
    return name


def figcaption(caption):
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


def escaped(text):
    return html.escape(text, quote=False).replace('"', "&quot;")
