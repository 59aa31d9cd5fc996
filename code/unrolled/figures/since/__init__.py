"""What chapter 8 shows, and what it computes for its pictures."""

from unrolled.figures.since.after import after_explorer, after_norms, distance_explorer, random_run, reach_norms, steps_explorer
