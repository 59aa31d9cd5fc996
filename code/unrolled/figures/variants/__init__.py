"""What chapter 5.3 shows, and what it computes for its pictures."""

from unrolled.figures.shared.memory import half_life
from unrolled.figures.shared.sentence import completed, hand_set
from unrolled.figures.shared.stepper import stepper
from unrolled.figures.variants.properties import (
    blind_gate,
    blind_gate_picture,
    counter,
    counter_explorer,
    firing_times,
    gru_forms,
    programs_explorer,
    reach,
    reach_explorer,
    reset_explorer,
    sizes_picture,
    step_times,
)
