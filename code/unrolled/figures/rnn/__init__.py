"""What chapter 1 shows, and what it computes for its pictures."""

from unrolled.figures.rnn.moment import moment_explorer
from unrolled.figures.shared.film import film_explorer, film_frames, film_labels, film_script, film_unit, film_window
