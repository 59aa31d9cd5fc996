"""The widget: in a notebook that runs, Python sees what the reader chooses, and sets it. Needs anywidget."""

import os
import secrets
import sys

import anywidget
import traitlets

from explorables.arguments import chosen
from explorables.page import SCRIPT
from explorables.widget import Explorable


class Tied(anywidget.AnyWidget):
    """A model without a view: it speaks to what carries its `_key` on the page (explore_page.js), of which it has the `value`.

    What is shown is the HTML of every other host, `_bundle(key=...)`, so that a stored notebook stands without its kernel: no
    view of a widget is put into the bundle. With EXPLORABLES_STATIC in the environment no comm is opened: the notebook then
    stores no state of a widget.
    """

    _esm = SCRIPT
    _key = traitlets.Unicode().tag(sync=True)

    def __init__(self, **traits):
        super().__init__(_key=secrets.token_hex(4), **traits)

    def open(self):
        if not os.environ.get("EXPLORABLES_STATIC"):
            super().open()

    def _repr_mimebundle_(self, **_):
        return self._bundle() if self.comm is None else self._bundle(key=self._key)


class Live(Explorable, Tied):
    """An `Explorable` whose `value` is synchronized with the pictures of it in the notebook.

    A widget inside another one, and one in marimo, is a view as usual: for these `_figure` is sent, when it is asked for.
    """

    _page = traitlets.Unicode().tag(sync=True)
    value = traitlets.Dict().tag(sync=True)

    def __init__(self, *parts):
        Explorable.__init__(self, *parts)
        page = self._figure() if _in_marimo() else ""  # its export is made without asking
        Tied.__init__(self, _page=page)
        self.on_msg(lambda *_: self.set_trait("_page", self._figure()))

    @traitlets.validate("value")
    def _is_chosen(self, proposal):
        return chosen("value", self._choices, proposal["value"])

    _repr_mimebundle_ = Tied._repr_mimebundle_
    __str__ = Explorable.__str__


def _in_marimo():
    marimo = sys.modules.get("marimo")
    return marimo is not None and marimo.running_in_notebook()
