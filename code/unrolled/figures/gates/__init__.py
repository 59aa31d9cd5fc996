"""What chapter 5.2 shows, and what it computes for its pictures."""

from unrolled.figures.gates.hands import be_the_gates, in_hand, played
from unrolled.figures.gates.subjects import retold, subjects_explorer
from unrolled.figures.gates.weights import listening, network_names, said, weights_explorer
from unrolled.figures.shared.memory import chrono_bias, memory_explorer
from unrolled.figures.shared.sentence import completed, hand_set, written
from unrolled.figures.shared.stepper import stepper, substituted
from unrolled.figures.shared.traces import cell_line, gate_traces
