"""What chapter 1 shows, and what it computes for its pictures."""

from unrolled.figures.rnn.composition import both_forms, composition_explorer
from unrolled.figures.rnn.film import film_explorer, film_frames, film_labels, film_script, film_unit, film_window
