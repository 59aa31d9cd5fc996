"""The address of a state, `stepper:t=5&part=C`: what it names, on a page of HTML."""

import json
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from urllib.parse import parse_qsl, unquote

PICTURE = re.compile(r'<figure class="explorable" data-name="(\w+)".*?<script type="application/json">(.*?)</script>', re.DOTALL)


def pictures(page):
    """[(name, {choice: values})] of the explorables in some HTML, in order."""
    found = [(name, json.loads(spec)["choices"]) for name, spec in PICTURE.findall(page)]
    return [(name, {choice["name"]: choice["values"] for choice in choices}) for name, choices in found]


def plain_texts(values):
    """The values of a choice as an address says them: 0.1 + 0.2 is 0.3, unless that would say the same of two (explore.js)."""
    for digits in (6, 15, 17):
        texts = [value if isinstance(value, str) else _plain(value, digits) for value in values]
        if len(set(texts)) == len(values):
            return texts
    raise ValueError(f"values must all be different; got {values!r}")


def _plain(value, digits):
    """A number as JavaScript writes it, rounded to some digits unless it is whole."""
    value = float(value) + 0.0  # no -0
    if not value.is_integer():
        value = float(Context(digits, ROUND_HALF_UP).create_decimal(value))
    shortest = Decimal(repr(value)).normalize()
    if -6 <= shortest.adjusted() <= 20:
        return f"{shortest:f}"
    mantissa, power = f"{shortest:e}".split("e")
    return f"{mantissa}e{int(power):+d}"


def complaint(address, pictures):
    """What is wrong with the address of a state, given the `pictures` of its page: a sentence, or None where it names one."""
    name, colon, asked = address.partition(":")
    name, _, number = unquote(name).partition("-")
    choices = [choices for other, choices in pictures if other == name]
    if not choices:
        among = ", ".join(dict.fromkeys(name for name, _ in pictures)) or "none"
        return f"no picture of the page is called {name!r}; there are: {among}"
    if not re.fullmatch(r"[1-9]\d*|", number) or int(number or 1) > len(choices):
        return f"there are {len(choices)} pictures called {name!r}; got number {number!r}"
    choices = choices[int(number or 1) - 1]
    values = parse_qsl(asked, keep_blank_values=True)
    if not values:
        return f"no choice is named after {name!r}; it has {', '.join(choices)}"
    for choice, value in values:
        if choice not in choices:
            return f"{name!r} has no choice {choice!r}; it has {', '.join(choices)}"
        if value not in (texts := plain_texts(choices[choice])):
            return f"{choice!r} of {name!r} is never {value!r}; it is one of {', '.join(texts)}"
    return None
