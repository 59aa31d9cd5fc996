"""What chapter 7 shows, and what it computes for its pictures."""

from unrolled.figures.trained.runs import (
    first_to_last,
    gate_frame,
    gates_explorer,
    loss_picture,
    outcome_picture,
    race_explorer,
    score_explorer,
    seeds_explorer,
    signal_to_noise,
    speed_explorer,
    start_name,
)
