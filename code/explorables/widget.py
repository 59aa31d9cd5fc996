"""What `explore` and `show` return: a widget where there is a kernel, and HTML that needs none."""

import os
from typing import NamedTuple

import anywidget
import traitlets

from explorables.arguments import chosen
from explorables.page import BOOT, SCRIPT


class Explorable(anywidget.AnyWidget):
    """What `explore` returns: a widget where there is a kernel, and HTML that needs none.

    `value` is a dict, the chosen value of every choice. It can be read, observed, and set as a whole;
    ValueError if it names a choice or a value that is none.
    With UNROLLED_STATIC in the environment no comm is opened: an executed notebook then holds the HTML alone.
    """

    _esm = SCRIPT
    _figure = traitlets.Unicode().tag(sync=True)
    value = traitlets.Dict().tag(sync=True)

    def __init__(self, page, choices, start, alt):
        self._page, self._choices, self._alt = page, choices, alt
        super().__init__(_figure=page(start), value=start)

    @traitlets.validate("value")
    def _is_chosen(self, proposal):
        return chosen("value", self._choices, proposal["value"])

    def open(self):
        if not os.environ.get("UNROLLED_STATIC"):
            super().open()

    def _repr_mimebundle_(self, **kwargs):
        ours = {
            "text/plain": f"explore({', '.join(self._choices)}): {self._alt}",
            "text/html": self._page(self.value) + BOOT,
        }
        if self.comm is None:
            return ours
        view, metadata = super()._repr_mimebundle_(**kwargs)
        return {**view, **ours}, metadata


class Still(NamedTuple):
    """What `show` returns: the HTML of a figure. On a page the script adds what saves it and shows it alone."""

    html: str
    alt: str

    def _repr_mimebundle_(self, **_):
        return {"text/plain": f"show: {self.alt}", "text/html": self.html + BOOT}
