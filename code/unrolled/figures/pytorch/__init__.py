"""What the page on frameworks shows, and what it computes for its pictures."""

from unrolled.figures.pytorch.defaults import start_explorer, start_norms
from unrolled.figures.pytorch.recorded import LIBRARIES, fresh
from unrolled.figures.shared.starts import keras_start, pytorch_start
