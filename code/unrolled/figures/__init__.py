"""The pictures of the chapters, one theme a file. A function draws one picture: `fig`, or `(fig, update)` for `explore`."""

from unrolled.figures.bptt import backward_explorer, gradient_flow, temporal_terms
from unrolled.figures.cliff import cliff_explorer, cliff_loss, clip_both, clip_explorer, descend, grid_of_starts
from unrolled.figures.jacobian import (
    bound_explorer,
    cell_norms,
    path_explorer,
    path_norms,
    phase_map,
    phase_picture,
    plain_norms,
    product_explorer,
)
from unrolled.figures.memory import chrono_bias, half_life, kept_pulse, memory_explorer
from unrolled.figures.saturation import first_zero, saturated_from, saturation_explorer, steepness
from unrolled.figures.sentence import completed, hand_set
from unrolled.figures.spectrum import (
    one_step_explorer,
    one_step_norms,
    power_explorer,
    power_norms,
    relu_norms,
    relu_picture,
    shared_or_fresh,
    shared_or_fresh_picture,
)
from unrolled.figures.stepper import stepper, substituted
from unrolled.figures.traces import cell_line, gate_traces

__all__ = [
    "backward_explorer",
    "bound_explorer",
    "cell_line",
    "cell_norms",
    "chrono_bias",
    "cliff_explorer",
    "cliff_loss",
    "clip_both",
    "clip_explorer",
    "completed",
    "descend",
    "first_zero",
    "gate_traces",
    "gradient_flow",
    "grid_of_starts",
    "half_life",
    "hand_set",
    "kept_pulse",
    "memory_explorer",
    "one_step_explorer",
    "one_step_norms",
    "path_explorer",
    "path_norms",
    "phase_map",
    "phase_picture",
    "plain_norms",
    "power_explorer",
    "power_norms",
    "product_explorer",
    "relu_norms",
    "relu_picture",
    "saturated_from",
    "saturation_explorer",
    "shared_or_fresh",
    "shared_or_fresh_picture",
    "steepness",
    "stepper",
    "substituted",
    "temporal_terms",
]
