"""The pictures of the chapters, one theme a file. A function draws one picture: `fig`, or `(fig, update)` for `explore`."""

from unrolled.figures.sentence import completed, hand_set
from unrolled.figures.stepper import stepper, substituted
from unrolled.figures.traces import cell_line, gate_traces

__all__ = [
    "cell_line",
    "completed",
    "gate_traces",
    "hand_set",
    "stepper",
    "substituted",
]
