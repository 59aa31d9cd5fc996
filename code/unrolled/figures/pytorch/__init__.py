"""What the page on PyTorch shows, and what it computes for its pictures."""

from unrolled.figures.pytorch.defaults import start_explorer, start_norms
from unrolled.figures.shared.starts import keras_start, pytorch_start
