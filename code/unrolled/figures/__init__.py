"""The pictures of the chapters, one theme a file. A function draws one picture: `fig`, or `(fig, update)` for `explore`."""

from unrolled.figures.additive import (
    kept_directions,
    kept_explorer,
    residual_explorer,
    residual_stretches,
    telescope,
    telescope_explorer,
    telescopes,
)
from unrolled.figures.after import (
    after_explorer,
    after_norms,
    distance_explorer,
    random_run,
    reach_norms,
    steps_explorer,
)
from unrolled.figures.blocks import blocks_explorer
from unrolled.figures.bptt import backward_explorer, gradient_flow, temporal_terms
from unrolled.figures.cliff import cliff_explorer, cliff_loss, clip_both, clip_explorer, descend, grid_of_starts
from unrolled.figures.composition import both_forms, composition_explorer, difference
from unrolled.figures.defaults import keras_start, pytorch_start, start_explorer, start_norms
from unrolled.figures.derivatives import (
    complex_step,
    order_picture,
    relative_error,
    softmax_explorer,
    softmax_slopes,
    step_errors,
    step_picture,
)
from unrolled.figures.drift import constant_input, drift_explorer
from unrolled.figures.explosion import recall_run, runs_picture
from unrolled.figures.film import film_explorer, film_frames, film_labels, film_script, film_unit, film_window
from unrolled.figures.gap import gap_explorer, gap_norms, influence
from unrolled.figures.interference import recall, recall_errors, recall_explorer
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
from unrolled.figures.pasts import apart, fresh_pasts, pasts_explorer, two_pasts
from unrolled.figures.saturation import first_zero, saturated_from, saturation_explorer, steepness
from unrolled.figures.sentence import completed, hand_set
from unrolled.figures.sharing import multiplications, sharing_counts, sharing_picture, term_explorer, term_norms
from unrolled.figures.spectrum import (
    one_step_explorer,
    one_step_norms,
    power_norms,
    relu_norms,
    relu_picture,
    shared_or_fresh,
    shared_or_fresh_picture,
)
from unrolled.figures.stepper import stepper, substituted
from unrolled.figures.stretch import circle_explorer
from unrolled.figures.subjects import retold, subjects_explorer
from unrolled.figures.symbols import SHAPES, symbol_chart
from unrolled.figures.text import text_norms, word_explorer, word_norms
from unrolled.figures.traces import cell_line, gate_traces
from unrolled.figures.truncation import bias_and_noise, cut_gradient, recall_cut, truncation_explorer
from unrolled.figures.valve import held, valve_explorer, valves
from unrolled.figures.variants import (
    blind_gate,
    blind_gate_picture,
    counter,
    counter_explorer,
    firing_times,
    gru_forms,
    reach,
    reach_explorer,
    reset_explorer,
    sizes_picture,
    step_times,
)
from unrolled.figures.writes import write_weights, writes_explorer

__all__ = [
    "SHAPES",
    "after_explorer",
    "after_norms",
    "apart",
    "backward_explorer",
    "bias_and_noise",
    "blind_gate",
    "blind_gate_picture",
    "blocks_explorer",
    "both_forms",
    "bound_explorer",
    "cell_line",
    "cell_norms",
    "chrono_bias",
    "circle_explorer",
    "cliff_explorer",
    "cliff_loss",
    "clip_both",
    "clip_explorer",
    "completed",
    "complex_step",
    "composition_explorer",
    "constant_input",
    "counter",
    "counter_explorer",
    "cut_gradient",
    "descend",
    "difference",
    "distance_explorer",
    "drift_explorer",
    "film_explorer",
    "film_frames",
    "film_labels",
    "film_script",
    "film_unit",
    "film_window",
    "firing_times",
    "first_zero",
    "fresh_pasts",
    "gap_explorer",
    "gap_norms",
    "gate_traces",
    "gradient_flow",
    "grid_of_starts",
    "gru_forms",
    "half_life",
    "hand_set",
    "held",
    "influence",
    "kept_directions",
    "kept_explorer",
    "kept_pulse",
    "kept_value",
    "keras_start",
    "latch",
    "latch_explorer",
    "memory_and_gradient",
    "memory_explorer",
    "multiplications",
    "one_step_explorer",
    "one_step_norms",
    "order_picture",
    "pasts_explorer",
    "path_explorer",
    "path_norms",
    "phase_map",
    "phase_picture",
    "plain_norms",
    "power_norms",
    "product_explorer",
    "pytorch_start",
    "random_run",
    "reach",
    "reach_explorer",
    "reach_norms",
    "recall",
    "recall_cut",
    "recall_errors",
    "recall_explorer",
    "recall_run",
    "relative_error",
    "relu_norms",
    "relu_picture",
    "reset_explorer",
    "residual_explorer",
    "residual_stretches",
    "retold",
    "runs_picture",
    "saturated_from",
    "saturation_explorer",
    "shared_or_fresh",
    "shared_or_fresh_picture",
    "sharing_counts",
    "sharing_picture",
    "sizes_picture",
    "softmax_explorer",
    "softmax_slopes",
    "start_explorer",
    "start_norms",
    "steepness",
    "step_errors",
    "step_picture",
    "step_times",
    "stepper",
    "steps_explorer",
    "subjects_explorer",
    "substituted",
    "symbol_chart",
    "telescope",
    "telescope_explorer",
    "telescopes",
    "temporal_terms",
    "term_explorer",
    "term_norms",
    "text_norms",
    "truncation_explorer",
    "two_pasts",
    "valve_explorer",
    "valves",
    "word_explorer",
    "word_norms",
    "write_weights",
    "writes_explorer",
]
