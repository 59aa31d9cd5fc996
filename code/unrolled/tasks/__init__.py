"""What the networks of the book read: two texts of letters and words, and seeded tasks with long lags.

A task is drawn by a function name(rng, T, B, ...settings) -> (x, y): x (T, m, B) the inputs, y (T, C, B) the targets, as the
module `readout` takes them (one-hot, all zero where nothing is asked) or `regression` (NaN where nothing is asked).
T is the length in the paper's sense; where x has more steps than T, the task says so. Sequences of different lengths stand
side by side in a batch: x is all zero after the end of the shorter, and nothing is asked there. The shape of a batch depends
on T, B and the settings alone. Every draw raises TypeError or ValueError on bad input.

`TASKS` holds them by name, each with its loss, its baseline and its score: a `Task`.
"""

from functools import partial

from unrolled import readout, regression
from unrolled.tasks import adding, copying, latching, order, prose, reber, recall
from unrolled.tasks.adding import adding_problem
from unrolled.tasks.copying import copy_memory
from unrolled.tasks.latching import latch
from unrolled.tasks.order import temporal_order
from unrolled.tasks.prose import sentences
from unrolled.tasks.reber import continual_reber, embedded_reber
from unrolled.tasks.recall import delayed_recall
from unrolled.tasks.task import Task, accuracy, within
from unrolled.tasks.texts import LETTERS, WIG, one_hot

__all__ = ["LETTERS", "TASKS", "WIG", "Task", "adding_problem", "continual_reber", "copy_memory", "delayed_recall"]
__all__ += ["embedded_reber", "latch", "one_hot", "sentences", "temporal_order"]

# A sum is right, as in 1997, if its error is below 4 % of the range of targets: 0..2, in the older scaling 0..1.
TASKS = {
    "adding_problem": Task(adding_problem, regression, adding.baseline, partial(within, 0.08), 0.95),
    "adding_problem_1997": Task(
        partial(adding_problem, scaling="1997"), regression, partial(adding.baseline, scaling="1997"), partial(within, 0.04), 0.95
    ),
    "delayed_recall": Task(delayed_recall, readout, recall.baseline, accuracy, 0.99),
    "latch": Task(latch, readout, latching.baseline, accuracy, 0.99),
    "temporal_order": Task(temporal_order, readout, order.baseline, accuracy, 0.99),
    "copy_memory": Task(copy_memory, readout, copying.baseline, copying.recalled, 0.99),
    "embedded_reber": Task(embedded_reber, readout, reber.baseline, reber.whole_strings, 0.99),
    "continual_reber": Task(continual_reber, readout, reber.continual_baseline, reber.whole_strings, 0.99),
    "sentences": Task(sentences, readout, prose.baseline, prose.languages, 0.99),
}
