"""What the page on notation shows, and what it computes for its pictures."""

from unrolled.figures.notation.symbols import SHAPES, symbol_chart
