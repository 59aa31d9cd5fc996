"""What chapter 9 shows: four networks in use, as they were recorded."""

from unrolled.figures.wild.reach import gates_explorer, layers_of, reach_explorer
