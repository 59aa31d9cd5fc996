"""What chapter 6 shows, and what it computes for its pictures."""

from unrolled.figures.compared.additive import (
    kept_directions,
    kept_explorer,
    residual_stretches,
    terms_explorer,
)
from unrolled.figures.compared.interference import recall, recall_errors, recall_explorer
from unrolled.figures.shared.heard import heard_picture
from unrolled.figures.shared.jacobian import phase_map, phase_picture
from unrolled.figures.shared.telescope import telescopes
