"""What the reader types, and what three networks make of it: HTML that needs nobody, and a widget where there is Python.

A page holds a picture of one sentence, which is all there is without a script. In its place come a field and the networks: those
that the page carries, or, in a site, those of a file of its own, which comes when the reader comes near (`bookbinding.typed`).
"""

import html
import json
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
from explorables import show
from explorables.page import BOOT as STILL
from explorables.page import STYLE as LOOK
from explorables.page import document, lean

from unrolled import words
from unrolled.typed import network, weights

HERE = Path(__file__).parent
LONGEST = 400  # letters
SENTENCES = {
    "en": {
        "gradient": "The gradient vanishes because it is multip",
        "bracket": "The cell state (what the forget gate has let through, and what was written since",
        "norm": "If the norm of every Jacobian is below 1, then the product",
        "France": 'I grew up in France, and so I speak fluent French: the word "France" is far away, but',
        "Boris": "Boris hides the necklace. Many frames later the detective asks Bo",
        "forget": "What is kept, and what is for",
        "quote": 'The source says "vanishes',
    },
    "zh": {
        "gradient": "LSTM有三个门：遗忘门、输入",
        "bracket": "细胞状态（遗忘门放过去的旧内容，再加上后来写入的",
        "norm": "如果每一步雅可比矩阵的范数都小于1，那么乘积",
        "France": "我从小就读中文书，所以写得一手好中文。“中文书”这几个字离得很远，但是",
        "Boris": "小偷藏起了项链。过了许多帧，侦探问小",
        "forget": "记住容易，学会记",
        "quote": "他说“永远不会消失",
    },
}


def example(name="gradient"):
    """One of the sentences for those who have none, in the language that pictures speak."""
    return SENTENCES[words.spoken()][name]


SCRIPT = lean(HERE / "networks.js") + lean(HERE / "page.js")  # one ES module
BOOT = f'<script type="module">{SCRIPT}boot();\n</script>'
NEAR = f"<script>{lean(HERE / 'near.js')}</script>"
CSS = lean(HERE / "reader.css")
STYLE = f"<style>{CSS}</style>"


def script(language):
    """What a site keeps in a file of its own: networks, field and style, as a classic script that brings the page to life."""
    style = f'document.head.append(Object.assign(document.createElement("style"), {{ textContent: {json.dumps(CSS)} }}));'
    body = re.sub(r"(?m)^export ", "", SCRIPT)
    return f"(() => {{\n{style}\n{body}boot({weights.text(language).rstrip()});\n}})();\n"


class Reading(NamedTuple):
    """What one network makes of a sentence of T letters.

    expects  the four letters that it finds likeliest next, [(letter, probability), ...]
    asked    the letter that it was asked about, and its probability: the likeliest next letter, where none was named
    norms    (T,) ‖∂z/∂e_k‖ for each letter: how fast the logit z of the letter asked about changes with it
    bits     (T,) -log₂ of the probability that each letter was given before it came
    trace    the `Step` of the cell, arrays (T + 2, n, 1): time 0 is the start, time 1 the new line before each sentence
    """

    expects: list
    asked: tuple
    norms: np.ndarray
    bits: np.ndarray
    trace: tuple


def readable(text):
    """The letters that are read: lines become spaces, and the first `LONGEST` count. Raises TypeError if it is no text."""
    if not isinstance(text, str):
        raise TypeError(f"text must be a string; got {type(text).__name__}")
    return re.sub(r"\s*\n\s*", " ", text)[:LONGEST]


def understood(text, language, letter=None):
    """{name: `Reading`} of a text by the networks of a language, with the weights that the page has.

    Each is asked about the letter that it finds likeliest next, or all about `letter`. Raises TypeError if `text` is no string,
    and ValueError for a language that there is no book in.
    """
    if language not in words.LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(words.LANGUAGES)}; got {language!r}")
    letters, networks, _ = weights.read(language)
    known = {known: k for k, known in enumerate(letters)}
    row = np.array([known.get(read, 0) for read in "\n" + readable(text)])
    about = None if letter is None else known.get(letter, 0)
    return {name: one_reading(net, row, letters, about) for name, net in networks.items()}


def likeliest_to_all(text, language):
    """The letter that the networks of a language together find likeliest after a text: by the sum of its probabilities."""
    letters, networks, _ = weights.read(language)
    known = {letter: k for k, letter in enumerate(letters)}
    row = np.array([known.get(letter, 0) for letter in "\n" + readable(text)])
    log_p = [network.log_softmax(network.logits(net, network.unroll(net, row[:, None])))[-1, :, 0] for net in networks.values()]
    return letters[int(np.argmax(np.exp(log_p).sum(axis=0)))]


def one_reading(net, row, letters, about=None):
    """The `Reading` of the letters with these numbers, of which the first is the new line before them."""
    trace = network.unroll(net, row[:, None])
    log_p = network.log_softmax(network.logits(net, trace))[:, :, 0]
    best = np.argsort(-log_p[-1], kind="stable")[:4]
    about = best[0] if about is None else about
    *expects, asked = [(letters[k], float(np.exp(log_p[-1, k]))) for k in (*best, about)]
    return Reading(
        expects,
        asked,
        network.listening(net, row, about)[1:],
        -log_p[np.arange(len(row) - 1), row[1:]] / np.log(2),
        trace,
    )


class Typed:
    """What `typed` returns. `value` is the sentence, which can be set; `read()` says what the networks make of it."""

    def __init__(self, language, still, sentences, start, letter=None):
        self._language, self._still, self._sentences = language, still, sentences
        self._start, self._letter = start, letter
        self.value = start

    def read(self):
        """{"rnn", "lstm", "chrono": `Reading`} of the sentence that stands there now, asked as the page asks."""
        letter = self._letter
        if letter is not None and self.value != self._start:
            letter = likeliest_to_all(self.value, self._language)
        return understood(self.value, self._language, letter)

    def to_html(self):
        """The HTML, whole: nothing is fetched."""
        return self._html()

    def _html(self, key="", **host):
        """`key` ties the field to its widget; `host` is what the still is told, a photo where the host lets no SVG in."""
        data = {"start": self.value, "sentences": self._sentences}
        if self._letter is not None:
            data |= {"letter": self._letter, "about": self._start}
        data = json.dumps(data, ensure_ascii=False)
        key = f' data-key="{key}"' if key else ""
        figure = self._still._figure(**host)
        look = LOOK if LOOK in figure else ""  # beside the still, in whose place others will stand
        return (
            f'<div class="reader" data-language="{self._language}"{key}>{STYLE}{look}'
            f'<div class="reader-still">{figure.replace(LOOK, "")}</div>'
            f'<script type="application/json" class="reader-spec">{inline(data)}</script>'
            f'<script type="application/json" class="reader-weights">{inline(weights.text(self._language).rstrip())}</script>'
            f"</div>{STILL}{BOOT}"
        )

    def save(self, path, lang=None):
        """Write a page of its own that needs no other file."""
        Path(path).write_text(document(self.to_html(), self._still._alt, lang or self._language), "utf-8")

    _repr_html_ = to_html

    def _repr_mimebundle_(self, **_):
        return self._bundle()

    def _bundle(self, **host):
        photo = self._still._bundle()["image/png"]
        return {"text/plain": str(self), "text/html": self._html(photo=photo, **host), "image/png": photo}

    def __str__(self):
        return f"typed: {html.unescape(self._still._alt)}"


def inline(data):
    """JSON that may stand in a page."""
    return data.replace("</", "<\\/").replace("<!--", "<\\u0021--")


def typed(fig, *, alt, caption, start=None, sentences=None, letter=None):
    """A field for a sentence, and what three networks that have read this book expect after it.

    They speak the language that `unrolled.words` speaks. `fig` is a picture of one sentence, for where no script runs, `alt` says
    what it shows and `caption` stands below it. `start` is the sentence that stands there first, `sentences` are for those who
    have none, seven of ours unless others are given. With `letter` all networks are asked about one letter after a sentence:
    this one after `start`, and after another the one that they together find likeliest. Returns a widget where anywidget is
    installed, and else its HTML.
    """
    language = words.spoken()
    sentences = list(SENTENCES[language].values() if sentences is None else sentences)
    parts = language, show(fig, alt=alt, caption=caption), sentences, sentences[0] if start is None else readable(start), letter
    try:
        from unrolled.typed.live import Live
    except ModuleNotFoundError as missing:
        if missing.name not in ("anywidget", "traitlets", "ipywidgets"):
            raise
        return Typed(*parts)
    return Live(*parts)
