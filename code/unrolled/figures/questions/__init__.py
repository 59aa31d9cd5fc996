"""What the page of ten questions shows, and what it computes for its answers."""

from unrolled.figures.questions.stills import left_picture
from unrolled.figures.shared.latch import memory_and_gradient
from unrolled.figures.shared.pair import pair_explorer, pair_norms
