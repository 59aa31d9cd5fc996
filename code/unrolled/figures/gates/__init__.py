"""What chapter 5.2 shows, and what it computes for its pictures."""

from unrolled.figures.gates.hands import be_the_gates, in_hand, played
from unrolled.figures.gates.stills import still
from unrolled.figures.gates.subjects import retold, subjects_explorer
from unrolled.figures.gates.weights import listening, network_names, weights_explorer
from unrolled.figures.shared.memory import chrono_bias
from unrolled.figures.shared.sentence import LOUD, completed, hand_set, listened, written
from unrolled.figures.shared.stepper import stepper, substituted
