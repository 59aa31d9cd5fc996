"""What is run: for each experiment a question, and the settings that answer it.

A setting names all that a run depends on but its seed: task and length T, cell and size n, the start (gain, recurrent, bias),
the batch B, and the optimiser with its rate, clip, horizon and number of updates.
"""

from itertools import product
from typing import NamedTuple


class Experiment(NamedTuple):
    question: str
    settings: list


def grid(base, *axes):
    """Every combination of one entry from each axis, laid over `base`; an entry is a dictionary of settings."""
    return [base | {k: v for part in parts for k, v in part.items()} for parts in product(*axes)]


def each(name, *values):
    """An axis that changes one setting."""
    return [{name: value} for value in values]


ADAM = {"B": 32, "optimiser": "adam", "rate": 0.01, "clip": 1.0, "every": 50}
LSTM_BIASES = [{"cell": "lstm", "bias": rule} for rule in ({"b_f": 0.0}, {"b_f": 1.0}, {"b_f": 4.0}, "log", "chrono")]
GRU_BIASES = [{"cell": "gru", "bias": rule} for rule in ({}, "chrono")]
GAUSSIAN = [{"cell": "rnn", "gain": gain, "recurrent": "gaussian"} for gain in (0.5, 1.0)]
ORTHOGONAL = [{"cell": "rnn", "gain": 1.0, "recurrent": "orthogonal"}]
FIVE = [*ORTHOGONAL, LSTM_BIASES[1], LSTM_BIASES[4], *GRU_BIASES]  # the plain network, and each gated one by two starts

RECALL = ADAM | {"task": "delayed_recall", "n": 24, "updates": 400}
SMALL = {"gain": 0.5, "recurrent": "gaussian"}  # the weights of a gated cell at its start

EXPERIMENTS = {
    "memory": Experiment(
        "Is long memory the default of an LSTM? A symbol is kept over noise.",
        grid(RECALL, each("T", 20, 40, 80), [*[SMALL | b for b in (*LSTM_BIASES, *GRU_BIASES)], *GAUSSIAN, *ORTHOGONAL]),
    ),
    "latch": Experiment(
        "Can a plain network learn to latch? A class is shown for three steps, then comes noise.",
        grid(ADAM | {"task": "latch", "n": 24, "updates": 600}, each("T", 50, 200), FIVE),
    ),
    "adding": Experiment(
        "Which cells learn the adding problem, and up to which length?",
        grid(ADAM | {"task": "adding_problem", "n": 32, "rate": 0.005, "updates": 1500}, each("T", 50, 100), FIVE),
    ),
    "order": Experiment(
        "Which cells learn the order of two far symbols?",
        grid(ADAM | {"task": "temporal_order", "n": 24, "rate": 0.005, "updates": 800}, each("T", 50, 100), FIVE),
    ),
    "copy": Experiment(
        "Which cells copy ten symbols over a blank?",
        grid(ADAM | {"task": "copy_memory", "n": 32, "rate": 0.005, "updates": 1000}, each("T", 5, 20), FIVE),
    ),
    "reber": Experiment(
        "Which cells learn the embedded Reber grammar?",
        grid(ADAM | {"task": "embedded_reber", "n": 16, "T": 24, "updates": 1500}, FIVE),
    ),
    "continual": Experiment(
        "Does an endless stream need a forget gate?",
        grid(
            ADAM | {"task": "continual_reber", "n": 16, "T": 100, "updates": 1000},
            [*ORTHOGONAL, {"cell": "lstm_1997"}, LSTM_BIASES[1], {"cell": "gru"}],
        ),
    ),
    "sentences": Experiment(
        "I grew up in France ... I speak ...: at which distance is the language still known?",
        grid(ADAM | {"task": "sentences", "n": 32, "updates": 1000}, each("T", 0, 1, 2), FIVE),
    ),
    "gain": Experiment(
        "How much does the start of a plain network decide?",
        grid(
            RECALL | {"cell": "rnn"},
            each("T", 20, 40),
            each("recurrent", "gaussian", "orthogonal"),
            each("gain", 0.5, 0.8, 1.0, 1.2, 1.5),
        ),
    ),
    "clipping": Experiment(
        "What does clipping mend, and what does it not?",
        grid(
            RECALL | {"T": 20, "rate": 0.1, "optimiser": "sgd", "updates": 500, "recurrent": "gaussian"},
            [
                *[{"cell": "rnn", "gain": g} for g in (0.5, 1.0, 2.0, 4.0)],
                *[{"cell": "lstm", "bias": {"b_f": 4.0}, "gain": g} for g in (0.5, 8.0)],
            ],
            [{"clip": None}, {"clip": 1.0}, {"clip": 0.1, "clip_by": "value"}],
        ),
    ),
    "horizon": Experiment(
        "Can a network learn a link that is longer than the horizon of its gradient? The gap is 15 steps.",
        grid(
            RECALL | {"T": 16},
            [*ORTHOGONAL, SMALL | LSTM_BIASES[1], SMALL | LSTM_BIASES[2]],
            each("horizon", 1, 5, 10, 15, 16),
        ),
    ),
    "optimiser": Experiment(
        "Adam or SGD?",
        grid(
            RECALL | {"T": 20},
            [GAUSSIAN[0], *ORTHOGONAL],
            [
                {"optimiser": name, "rate": rate}
                for name, rates in {
                    "sgd": (0.03, 0.1, 0.3, 1.0),
                    "momentum": (0.01, 0.03, 0.1, 0.3),
                    "rmsprop": (0.001, 0.003, 0.01, 0.03),
                    "adam": (0.001, 0.003, 0.01, 0.03),
                }.items()
                for rate in rates
            ],
        ),
    ),
}
