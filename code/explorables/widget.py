"""What `explore` and `show` return: HTML that needs nobody, and a still picture for where HTML may not move."""

import base64
import errno
import os
import re
from pathlib import Path

from explorables.arguments import chosen
from explorables.page import BOOT, document


class Page:
    """A picture that can be put on a page, into a file and into a notebook.

    `_figure(**host)` gives its HTML, `_photo()` a PNG of the same state, `_alt` says what it shows.
    """

    def to_html(self):
        """The HTML of the picture as it is now, whole: style, states and script are in it, nothing is fetched."""
        return self._figure() + BOOT

    def save(self, path, lang="en"):
        """Write a page of its own that needs no other file. `lang` is the language of the page, and of its controls.

        Raises TypeError or ValueError for arguments that do not fit, and OSError where no file can be written.
        """
        if not isinstance(path, str | os.PathLike):
            raise TypeError(f'path must be the name of a file, such as "wave.html"; got {path!r}')
        if not isinstance(lang, str) or not re.fullmatch(r"[A-Za-z]{2,3}([-_]\w+)*", lang):
            raise ValueError(f'lang must be the tag of a language, such as "en" or "zh-CN"; got {lang!r}')
        path = Path(path)
        try:
            if not path.parent.is_dir():
                raise FileNotFoundError(errno.ENOENT, f"there is no folder {str(path.parent)!r}")
            path.write_text(document(self.to_html(), self._alt, lang), encoding="utf-8")
        except OSError as error:
            raise type(error)(f"path must be a file that can be written; got {str(path)!r}: {error.strerror}") from error

    _repr_html_ = to_html  # for hosts that know no bundles

    def _repr_mimebundle_(self, **_):
        return self._bundle()

    def _bundle(self, **host):
        photo = base64.b64encode(self._photo()).decode()
        return {"text/plain": str(self), "text/html": self._figure(photo=photo, **host) + BOOT, "image/png": photo}


class Still(Page):
    """What `show` returns: a picture that stands still."""

    def __init__(self, figure, photo, alt):
        self._figure, self._photo, self._alt = figure, lambda: photo, alt

    def __str__(self):
        return f"show: {self._alt}"


class Explorable(Page):
    """What `explore` returns: a picture with controls.

    `value` is a dict, the chosen value of every choice. It can be read, and set as a whole; ValueError if it names a choice
    or a value that is none. Where anywidget is installed this is a widget, too: `value` is what the reader of the notebook
    chooses, and can be observed.
    """

    def __init__(self, figure, photo, choices, start, alt):
        self._figure_of, self._photo_of, self._choices, self._alt = figure, photo, choices, alt
        self.value = start

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, value):
        self._value = chosen("value", self._choices, value)

    def _figure(self, **host):
        return self._figure_of(self.value, **host)

    def _photo(self):
        return self._photo_of(self.value)

    def __str__(self):
        return f"explore({', '.join(self._choices)}): {self._alt}"


def explorable(*parts):
    """An `Explorable` of these parts, the richest that can be had here."""
    try:
        from explorables.live import Live
    except ModuleNotFoundError as missing:
        if missing.name not in ("anywidget", "traitlets", "ipywidgets"):
            raise
        return Explorable(*parts)
    return Live(*parts)
