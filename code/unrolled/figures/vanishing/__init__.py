"""What chapter 4 shows, and what it computes for its pictures."""

from unrolled.figures.shared.backward import gradient_flow, temporal_terms
from unrolled.figures.shared.heard import heard_picture
from unrolled.figures.shared.jacobian import bound_explorer, phase_map, phase_picture, plain_norms, product_explorer
from unrolled.figures.shared.latch import kept_value, memory_and_gradient
from unrolled.figures.shared.learning import recall_run
from unrolled.figures.vanishing.chaos import edge, edge_explorer, mean_field_edge, nudge_explorer, nudged
from unrolled.figures.vanishing.cliff import cliff_explorer, cliff_loss, clip_both, clip_explorer, descend, grid_of_starts
from unrolled.figures.vanishing.explosion import runs_picture
from unrolled.figures.vanishing.saturation import saturation_explorer, steepness
from unrolled.figures.vanishing.singular import spectra, spectrum_explorer
from unrolled.figures.vanishing.spectrum import (
    never_off,
    one_step_explorer,
    one_step_norms,
    power_norms,
    relu_norms,
    shared_or_fresh,
    shared_or_fresh_picture,
)
from unrolled.figures.vanishing.stretch import circle_explorer
from unrolled.figures.vanishing.text import text_norms, word_explorer, word_norms
