"""The widget: Python sees what the reader types, and sets it. Needs anywidget."""

import traitlets
from explorables.live import Tied

from unrolled.typed.reader import Typed, readable


class Live(Typed, Tied):
    """A `Typed` whose `value` is synchronized with the field in the notebook, and can be observed."""

    value = traitlets.Unicode().tag(sync=True)

    def __init__(self, *parts):
        Tied.__init__(self)
        Typed.__init__(self, *parts)

    @traitlets.validate("value")
    def _is_readable(self, proposal):
        return readable(proposal["value"])

    _repr_mimebundle_ = Tied._repr_mimebundle_
    __str__ = Typed.__str__
