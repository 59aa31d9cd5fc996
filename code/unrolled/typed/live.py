"""The widget: Python sees what the reader types, and sets it. Needs anywidget."""

import os
import secrets

import anywidget
import traitlets

from unrolled.typed.reader import SCRIPT, Typed, readable


class Live(Typed, anywidget.AnyWidget):
    """A `Typed` whose `value` is synchronized with the field in the notebook, and can be observed.

    As in `explorables.live`, what is shown is the HTML of every other host, and the model alone is opened; it speaks to the page
    that carries its `_key`. With EXPLORABLES_STATIC in the environment no comm is opened.
    """

    _esm = SCRIPT
    _key = traitlets.Unicode().tag(sync=True)
    value = traitlets.Unicode().tag(sync=True)

    def __init__(self, *parts):
        anywidget.AnyWidget.__init__(self, _key=secrets.token_hex(4))
        Typed.__init__(self, *parts)

    @traitlets.validate("value")
    def _is_readable(self, proposal):
        return readable(proposal["value"])

    def open(self):
        if not os.environ.get("EXPLORABLES_STATIC"):
            super().open()

    def _repr_mimebundle_(self, **_):
        return self._bundle() if self.comm is None else self._bundle(key=self._key)

    __str__ = Typed.__str__
