"""What came after the LSTM, one cell or layer a file; the cells have the six names that `unrolled.cells` describes."""

from unrolled.cells import Cell
from unrolled.since import (
    attention,
    delta_rule,
    diagonal_ssm,
    gated_delta,
    hybrid,
    layer_norm,
    min_gru,
    orthogonal,
    pre_norm,
    selective_ssm,
    slstm,
)

__all__ = [
    "attention",
    "delta_rule",
    "diagonal_ssm",
    "gated_delta",
    "hybrid",
    "layer_norm",
    "min_gru",
    "orthogonal",
    "pre_norm",
    "selective_ssm",
    "slstm",
]

for cell in (delta_rule, diagonal_ssm, gated_delta, layer_norm, min_gru, orthogonal, pre_norm, selective_ssm, slstm):
    cell.__class__ = Cell
