"""What the page of errata shows, and what it computes for its pictures."""

from unrolled.figures.shared.latch import memory_and_gradient
from unrolled.figures.shared.telescope import telescopes
