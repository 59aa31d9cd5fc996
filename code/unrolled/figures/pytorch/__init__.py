"""What the page on PyTorch shows, and what it computes for its pictures."""

from unrolled.figures.pytorch.defaults import pytorch_start, start_explorer, start_norms
