"""What chapter 8 shows, and what it computes for its pictures."""

from unrolled.figures.since.after import (
    after_explorer,
    after_norms,
    distance_explorer,
    random_run,
    reach_norms,
    steps_explorer,
    three_explorer,
)
from unrolled.figures.since.newest import delta_explorer, delta_stretches, selective_explorer, selective_states
from unrolled.figures.since.stream import STREAM_STEPS, stream_explorer, stream_stretches
