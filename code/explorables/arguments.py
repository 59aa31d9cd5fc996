"""What the arguments of `explore` and `show` may be, and the sentence that says so."""

import html
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import numpy as np
from latex2mathml.converter import convert as mathml

NAMES = "for anything else list names, as ['off', 'on'], and look up in update what they stand for"
DOLLAR = re.compile(r"(?<!\\)\$")  # one of a formula; money has a backslash before it, as in matplotlib
CONTROLS = re.compile("[\\x00-\\x1f\\x7f-\\x9f]")


def checked_choices(choices, more):
    """{name: values} of a mapping and of keywords, each name once."""
    if not isinstance(choices or {}, Mapping):
        raise TypeError(f"choices must map names to values, as {{'start': [0, 1]}}; got {choices!r}")
    for name in choices or {}:
        if not isinstance(name, str) or not name:
            raise TypeError(f"choices must have names that are strings; got {name!r}")
        if name in more:
            raise ValueError(f"choices must name every choice once; {name!r} is a keyword, too")
        refuse_controls("the name of a choice", name)
    if not choices and not more:
        raise ValueError(
            "explore needs at least one choice, such as gain=[0.5, 1, 2]; got none (one that is called start, name, play ..."
            " is given as choices={'start': [0, 1]})"
        )
    return {name: checked_values(name, values) for name, values in {**(choices or {}), **more}.items()}


def checked_values(name, values):
    """The values of a choice as Python's own numbers or strings."""
    if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray):
        raise TypeError(
            f"{name} must be a list or an array of values; got {values!r}"
            " (a keyword that is no argument of explore names a choice)"
        )
    listed = [value.item() if isinstance(value, np.generic) else value for value in values]
    if not all(map(_is_number, listed)) and not all(isinstance(value, str) for value in listed):
        exact = any(isinstance(value, Fraction | Decimal) or (isinstance(value, int) and abs(value) > 2**53) for value in listed)
        hint = "a browser holds floats, and ints up to 2**53: give float(value)" if exact else NAMES
        raise TypeError(f"{name} must hold finite numbers alone, or strings alone; got {_short(listed)}; {hint}")
    if isinstance(values, tuple) and listed and _is_number(listed[0]):
        listed = _stepped(name, listed)
    for value in listed:
        if isinstance(value, str):
            refuse_controls(f"a value of {name}", value)
    if len(listed) < 2:
        raise ValueError(f"{name} must list at least two values; got {listed!r}")
    twice = [value for value, times in Counter(listed).items() if times > 1]
    if twice:
        raise ValueError(f"{name} must list every value once; got {twice[0]!r} more than once")
    return listed


def _is_number(value):
    """Is this an int or a float that Python and JavaScript both hold exactly?"""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) <= 2**53


def _stepped(name, numbers):
    """The values of a range (first, last) or (first, last, step), both ends among them; 0.1 is a tenth here, as one writes it."""
    said = tuple(numbers)
    if len(numbers) not in (2, 3):
        raise TypeError(f"{name} must be a range (first, last, step); for a list of values use brackets: {numbers}; got {said}")
    if len(numbers) == 2 and not all(isinstance(number, int) for number in numbers):
        raise ValueError(f"{name} must have a step where its ends are no whole numbers, as (0.0, 1.0, 0.1); got {said}")
    first, last, step = (Fraction(repr(number)) for number in (*numbers, 1)[:3])
    steps = (last - first) / step if step else Fraction(0)
    if steps <= 0 or steps.denominator != 1:
        raise ValueError(
            f"{name} must reach its last value from the first in whole steps; got {said}; a list of values has brackets"
        )
    if steps > 100_000:
        raise ValueError(f"{name} must not have more than 100000 values; got {said}, which has {steps + 1}")
    whole = all(isinstance(number, int) for number in numbers)
    return [(int if whole else float)(first + k * step) for k in range(int(steps) + 1)]


def _short(value):
    """What came, without thousands of digits, which Python refuses to write."""
    if isinstance(value, list):
        return f"[{', '.join(map(_short, value))}]"
    return f"an int of {value.bit_length()} bits" if isinstance(value, int) and value.bit_length() > 64 else repr(value)


def refuse_controls(argument, text, lines=False):
    """ValueError for control characters, such as "$\\tau$" without an r leaves. With `lines` a line may end between formulas."""
    parts = DOLLAR.split(text)
    for number, part in enumerate(parts if lines and len(parts) % 2 else [text]):
        for character in CONTROLS.findall(part):
            if not (character == "\n" and lines and number % 2 == 0):
                raise ValueError(
                    f"{argument} must not hold the control character {character!r}: write a string with a backslash"
                    f' as r"...", with an r before it; got {text!r}'
                )


def chosen(argument, choices, value, changes=None):
    """`value` and its `changes`, dicts {choice: value}, in the order of the choices and with their own numbers.

    ValueError or TypeError if they are none.
    """
    for one in (value, changes or {}):
        if not isinstance(one, Mapping):
            example = {name: values[0] for name, values in choices.items()}
            raise TypeError(f"{argument} must be a dict of values, as {example}; got {one!r}")
    value = {**value, **(changes or {})}
    if set(value) != set(choices):
        raise ValueError(f"{argument} must name the choices {', '.join(choices)}; got {', '.join(map(str, value))}")
    for name, values in choices.items():
        if value[name] not in values:
            raise ValueError(f"{argument} must give {name} as one of {', '.join(map(repr, values))}; got {value[name]!r}")
    return {name: values[values.index(value[name])] for name, values in choices.items()}


def prepared_controls(choices, labels, texts, play):
    """What the browser is told of each choice: its name, label, values, the texts of values, and whether it can be played."""
    for argument, given in {"labels": labels, "texts": texts}.items():
        if not isinstance(given, dict):
            what = "to texts" if argument == "labels" else "to dicts, {value: text}"
            raise TypeError(f"{argument} must map names of choices {what}; got {given!r}")
    for argument, names in {"labels": labels, "texts": texts, "play": play}.items():
        if isinstance(names, str) or not isinstance(names, Iterable):
            raise TypeError(f"{argument} must list names of choices; got {'the string ' * isinstance(names, str)}{names!r}")
        for name in names:
            if name not in choices:
                among = ", ".join(map(repr, choices))
                raise ValueError(f"{argument} must be one of {among}; got {name!r}")
    controls = []
    for name, values in choices.items():
        label = prose(f"labels[{name!r}]", labels.get(name, name))
        control = {"name": name, "label": label, "said": _said(label), "values": values, "play": name in play}
        if name in texts:
            control["texts"] = _value_texts(f"texts[{name!r}]", values, texts[name])
        controls.append(control)
    return controls


def _value_texts(argument, values, texts):
    """The text of each value, `None` for one that shows itself."""
    if not isinstance(texts, Mapping):
        raise TypeError(f"{argument} must map values to texts, as {{{values[0]!r}: 'a text'}}; got {texts!r}")
    for value, text in texts.items():
        if value not in values:
            raise ValueError(f"{argument} must be of the values {', '.join(map(repr, values))}; got {value!r}")
        if not isinstance(text, str) or not text.strip() or "$" in text:
            raise ValueError(f"{argument} must give {value!r} a plain text, without formulas; got {text!r}")
        refuse_controls(argument, text)
    shown = [texts.get(value, str(value)) for value in values]
    twice = [text for text, times in Counter(shown).items() if times > 1]
    if twice:
        raise ValueError(f"{argument} must tell the values apart; got {twice[0]!r} more than once")
    return [texts.get(value) for value in values]


def _said(label):
    """The label as text alone: browsers leave formulas out when they name a control."""
    return "".join(ElementTree.fromstring(f"<p>{label}</p>").itertext())


def checked_alt(alt):
    """`alt` if it says anything."""
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"alt must say in words what the picture shows; got {alt!r}")
    refuse_controls("alt", alt, lines=True)
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
    return f"<figcaption>{prose('caption', caption)}</figcaption>" if caption else ""


def prose(argument, text):
    """The HTML of a text: formulas between dollars as MathML that says its TeX, all else escaped."""
    if not isinstance(text, str) or len(parts := DOLLAR.split(text)) % 2 == 0:
        raise ValueError(
            rf"{argument} must be a string with a pair of dollars around each formula, and \$ for one of money; got {text!r}"
        )
    refuse_controls(argument, text, lines=True)
    return "".join(
        _formula(argument, part) if number % 2 else escaped(part.replace(r"\$", "$")) for number, part in enumerate(parts)
    )


def _formula(argument, tex):
    try:
        formula = mathml(tex)
    except Exception as error:
        raise ValueError(f"{argument} must hold formulas that latex2mathml can read; got ${tex}$: {error!r}") from error
    if "\\" in formula:
        raise ValueError(f"{argument} must hold formulas that latex2mathml knows; got ${tex}$")
    return formula.replace("<math ", f'<math alttext="{escaped(tex)}" ', 1)


def escaped(text):
    return html.escape(text, quote=False).replace('"', "&quot;")
