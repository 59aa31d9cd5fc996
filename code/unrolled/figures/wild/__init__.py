"""What chapter 9 shows: four networks in use, as they were recorded."""

from unrolled.figures.wild.reach import (
    MEANINGS,
    guesses_explorer,
    layers_of,
    neighbours_explorer,
    reach_explorer,
    shortened,
)
