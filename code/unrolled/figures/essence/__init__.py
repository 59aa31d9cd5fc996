"""What "LSTM in 15 minutes" shows, and what it computes for its pictures."""

from unrolled.figures.essence.belt import belt_explorer
from unrolled.figures.essence.bit import BELOW, bit_explorer, bit_runs
from unrolled.figures.shared.film import film_explorer, film_frames, film_labels, film_script, film_unit
from unrolled.figures.shared.memory import chrono_bias, half_life
from unrolled.figures.shared.pair import pair_explorer, pair_norms
from unrolled.figures.shared.reading import AT, moments, reading, reading_explorer
from unrolled.figures.shared.starts import keras_start, pytorch_start
