"""What chapter 7 shows, and what it computes for its pictures."""

from unrolled.figures.shared.heard import NAMES, heard_picture
from unrolled.figures.trained.readers import curves_picture
from unrolled.figures.trained.runs import (
    gate_frame,
    gates_explorer,
    loss_picture,
    outcome_picture,
    race_explorer,
    seeds_explorer,
)
from unrolled.figures.trained.starts import (
    arm_of,
    moved_by_one_update,
    reach_explorer,
    readable,
    start_name,
    weights_name,
)
