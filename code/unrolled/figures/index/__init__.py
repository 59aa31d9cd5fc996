"""What the first page shows, and what it computes for its pictures."""

from unrolled.figures.shared.heard import heard_picture
from unrolled.figures.shared.pair import pair_explorer, pair_norms
from unrolled.figures.shared.reading import AT, moments, reading, reading_explorer
