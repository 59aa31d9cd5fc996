"""What chapter 5.4 shows, and what it computes for its pictures."""

from unrolled.figures.backward.arrival import arrival_explorer
from unrolled.figures.backward.blocks import blocks_explorer
from unrolled.figures.backward.way_back import backward_stepper, belt_picture, way_parts
from unrolled.figures.shared.jacobian import path_explorer, path_norms
from unrolled.figures.shared.memory import chrono_bias
from unrolled.figures.shared.sentence import completed, hand_set
