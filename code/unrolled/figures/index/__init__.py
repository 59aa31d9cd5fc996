"""What the first page shows, and what it computes for its pictures."""

from unrolled.figures.shared.jacobian import cell_norms, product_explorer
