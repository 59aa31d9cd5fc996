"""The pictures of the chapters, one theme a file. A function draws one picture: `fig`, or `(fig, update)` for `explore`."""

from unrolled.figures.bptt import backward_explorer, gradient_flow, temporal_terms
from unrolled.figures.cliff import cliff_explorer, cliff_loss, clip_both, clip_explorer, descend, grid_of_starts
from unrolled.figures.film import film_explorer, film_frames, film_labels, film_script, film_unit, film_window
from unrolled.figures.gap import gap_explorer, gap_norms, influence
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
from unrolled.figures.latch import kept_value, latch, latch_explorer, memory_and_gradient
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
from unrolled.figures.symbols import SHAPES, symbol_chart
from unrolled.figures.traces import cell_line, gate_traces

__all__ = [
    "SHAPES",
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
    "film_explorer",
    "film_frames",
    "film_labels",
    "film_script",
    "film_unit",
    "film_window",
    "first_zero",
    "gap_explorer",
    "gap_norms",
    "gate_traces",
    "gradient_flow",
    "grid_of_starts",
    "half_life",
    "hand_set",
    "influence",
    "kept_pulse",
    "kept_value",
    "latch",
    "latch_explorer",
    "memory_and_gradient",
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
    "symbol_chart",
    "temporal_terms",
]
