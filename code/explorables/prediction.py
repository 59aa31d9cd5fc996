"""`predict`: a question that the reader answers before the page does."""

import base64
import hashlib
import json
import numbers
import re
import sys

from explorables.arguments import escaped, prose
from explorables.page import BOOT, STYLE

GUESS = re.compile(r"\w+(-\d+)?:[^#\s]+")  # the address of a state, as links.js reads it


class Prediction:
    """What `predict` returns: shows itself in a notebook and on a page."""

    def __init__(self, html, text):
        self._html, self._text = html, text

    def __str__(self):
        return self._text

    __repr__ = __str__

    def to_html(self):
        """The HTML of the question with its answer, whole: style and script are in it."""
        return STYLE + self._html + BOOT

    _repr_html_ = to_html


def predict(question, options, answer, because="", *, sets=None):
    """Ask the reader, who chooses or skips, and then sees the answer, the reason and the picture in that state.

    Without a script, and on paper, all of it is in view. What was guessed stays in the reader's own browser.

    Parameters
    ----------
    question : str
        Formulas stand between dollars, here as below.
    options : sequence of str, or a range of numbers (low, high) or (low, high, "log")
        At least two, all different. Of a range the reader drags a guess on an axis from low to high.
    answer : str or number
        One of the options, or a number of the range: what the cell has computed, so that a quiz that went wrong fails.
    because : str, optional
        The reason, in a sentence or two.
    sets : str, optional
        The state of a picture of the same page that shows it, such as "stepper:t=5".

    Returns
    -------
    Prediction
        Shows itself in a notebook.

    Raises
    ------
    ValueError, TypeError
        For arguments that do not fit; above all for an answer that is none of the options.

    Examples
    --------
    >>> predict("How much is $2^{10}$?", ["about 100", "about 1000"], f"about {round(2**10, -3)}")
    predict: How much is $2^{10}$? about 1000
    """
    asked = prose("question", question)
    if not question.strip():
        raise ValueError(f"question must ask something; got {question!r}")
    reason = prose("because", because)
    if sets is not None and not (isinstance(sets, str) and GUESS.fullmatch(sets)):
        raise ValueError(f'sets must be the address of a state, such as "stepper:t=5"; got {sets!r}')
    if hasattr(options, "__iter__") and not isinstance(options, str | tuple):
        options = list(options)  # once, whatever it is
    if isinstance(options, tuple) and options and not isinstance(options[0], str):
        shown, spec = _range(options, answer)
    else:
        shown, spec = _choice(options, answer)
    key = hashlib.sha256(json.dumps([question, list(map(str, options))]).encode()).hexdigest()[:10]
    link = f' data-sets="{escaped(sets)}"' if sets else ""
    data = base64.b64encode(json.dumps(spec).encode()).decode()  # not to be read by a reader who looks at the source, at once
    html = (
        f'<div class="prediction" data-key="{key}" data-answer="{data}"{link}><p class="prediction-question">{asked}</p>'
        f'{shown}<div class="prediction-reason"><p>{reason}</p></div></div>'
    )
    return Prediction(html, f"predict: {question} {answer}")


def _choice(options, answer):
    if isinstance(options, str) or not hasattr(options, "__iter__"):
        raise TypeError(f"options must list texts, as ['it rises', 'it falls'], or be a range (low, high); got {options!r}")
    if not all(isinstance(option, str) for option in options):
        raise TypeError(f"options must all be texts, or a range of numbers in brackets: (low, high); got {options!r}")
    options = [str(option) for option in options]
    texts = [prose(f"options[{k}]", option) for k, option in enumerate(options)]
    if len(options) < 2 or len(set(options)) < len(options) or not all(text.strip() for text in options):
        raise ValueError(f"options must be at least two texts, all different; got {options!r}")
    if not isinstance(answer, str):
        raise TypeError(f"answer must be one of the options {options!r}; got {answer!r}")
    if answer not in options:
        raise ValueError(f"answer must be one of the options {options!r}; got {answer!r}: what was computed is not among them")
    right = options.index(answer)
    items = [f"<li><strong>{text}</strong> ✓</li>" if k == right else f"<li>{text}</li>" for k, text in enumerate(texts)]
    return f'<ul class="prediction-options">{"".join(items)}</ul>', {"right": right}


def _range(options, answer):
    low, high, *scale = options if len(options) > 1 else (None, None, None)
    if scale not in ([], ["log"]):
        raise ValueError(f'options must be a range (low, high) or (low, high, "log"); got {options!r}')
    low, high, answer = (_real(*one) for one in (("options", low), ("options", high), ("answer", answer)))
    if not low < high or (scale and low <= 0):
        raise ValueError(f"options must run upward{', from above 0' * bool(scale)}; got {options!r}")
    if not low <= answer <= high:
        raise ValueError(f"answer must lie from {low} to {high}; got {answer}: what was computed is not on the axis")
    spec = {"low": low, "high": high, "log": bool(scale), "answer": answer}
    return f'<ul class="prediction-options"><li><strong>{escaped(_number(answer))}</strong> ✓</li></ul>', spec


def _real(argument, value):
    """A number as JavaScript knows it; an array, or a tensor, of one number is that number."""
    number = value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else value
    if isinstance(number, bool) or not isinstance(number, numbers.Real) or not abs(number) <= sys.float_info.max:
        raise TypeError(f"{argument} must be finite numbers where a range is given; got {value!r}")
    return number if isinstance(number, int) else float(number) + 0.0  # no -0


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _number(value):
    """A number in at most three figures; far from 1 as a power of ten."""
    if value and not 1e-3 <= abs(value) < 1e5:
        figures, power = f"{value:.0e}".split("e")
        power = "10" + str(int(power)).translate(RAISED)
        return power if figures == "1" else f"{figures} · {power}".replace("-", "−")
    if abs(value) >= 100:
        return f"{value:.0f}".replace("-", "−")
    return f"{value:.3g}".replace("-", "−")
