"""The pictures of networks: five glyphs, all cells in one geometry, sequences.

>>> from unrolled import diagrams
>>> drawing = diagrams.draw_lstm(equation={"f"})
>>> diagrams.focus(drawing, {"f"})  # in place: everything fades but the forget gate
>>> diagrams.write(drawing, {"t": 3, "x": [1, 0], "f": [0.9, 0.1]})  # in place: numbers at the wires
>>> sorted(drawing.parts)
['C', 'C_tilde', 'direct', 'f', 'h', 'i', 'o']
"""

from unrolled.diagrams.basics import draw_gate, draw_legend, draw_slopes
from unrolled.diagrams.cells import (
    draw_coupled,
    draw_gru,
    draw_gru_reset_after,
    draw_lstm,
    draw_lstm_1997,
    draw_min_gru,
    draw_peephole,
    draw_residual,
    draw_rnn,
)
from unrolled.diagrams.equations import equations, timed
from unrolled.diagrams.kit import Drawing, focus, two_decimals, values_at, write
from unrolled.diagrams.later import draw_attention, draw_delta, draw_layer
from unrolled.diagrams.sequences import (
    draw_bptt,
    draw_long_gap,
    draw_losses,
    draw_rolled,
    draw_short_gap,
    draw_unrolled,
    draw_weights,
    widen,
)

__all__ = [
    "Drawing",
    "draw_attention",
    "draw_bptt",
    "draw_coupled",
    "draw_delta",
    "draw_gate",
    "draw_gru",
    "draw_gru_reset_after",
    "draw_layer",
    "draw_legend",
    "draw_long_gap",
    "draw_losses",
    "draw_lstm",
    "draw_lstm_1997",
    "draw_min_gru",
    "draw_peephole",
    "draw_residual",
    "draw_rnn",
    "draw_rolled",
    "draw_short_gap",
    "draw_slopes",
    "draw_unrolled",
    "draw_weights",
    "equations",
    "focus",
    "timed",
    "two_decimals",
    "values_at",
    "widen",
    "write",
]
