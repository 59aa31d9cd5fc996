"""What chapter 2 shows, and what it computes for its pictures."""

from unrolled.figures.long_term.cobweb import cobweb_explorer, states
from unrolled.figures.long_term.corpus import CLUE, sentences
from unrolled.figures.long_term.gap import gap_explorer, gap_norms, influence
from unrolled.figures.long_term.hill import hill_explorer
from unrolled.figures.long_term.window import window_explorer
from unrolled.figures.shared.latch import kept_value, latch, latch_explorer, memory_and_gradient
from unrolled.figures.shared.learning import recall_run
