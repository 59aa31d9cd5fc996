"""What is run: for each experiment a question, and the settings that answer it.

A setting names all that a run depends on but its seed and its rate: task and length T, cell and size n, the start (gain,
recurrent, bias), the batch B, and the optimiser with its clip, horizon and number of updates; or that more is to be recorded,
as `unrolled.experiments.one.run` says. `rates` is the grid from which the rate is chosen, by `unrolled.experiments.choice`, for
each setting by itself.
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


def arms(cell, *starts):
    """A cell with each of these biases."""
    return [{"cell": cell, "bias": bias} for bias in starts]


ADAM = {"B": 32, "optimiser": "adam", "rates": [0.001, 0.003, 0.01, 0.03, 0.1], "clip": 1.0, "every": 50}
RECALL = ADAM | {"task": "delayed_recall", "n": 24, "updates": 400}

# How W starts: the same for all arms of a table, unless it is what the table compares
SMALL = {"gain": 0.5, "recurrent": "gaussian"}
ORTHOGONAL = {"gain": 1.0, "recurrent": "orthogonal"}

CHRONO = {"b_f": "spread", "b_i": "-spread"}
LSTMS = [
    *arms("lstm", {"b_f": 0.0}, {"b_f": 1.0}, {"b_f": 4.0}, {"b_f": "log"}, {"b_f": "spread"}),
    *arms("lstm", {"b_f": 1.0, "b_i": "-log"}, {"b_f": "log", "b_i": "-log"}, CHRONO),
]
GRUS = arms("gru", {}, {"b_z": "-log"}, {"b_z": "-spread"})
FIVE = [{"cell": "rnn"}, *arms("lstm", {"b_f": 1.0}, CHRONO), *arms("gru", {}, {"b_z": "-spread"})]

FOLLOWED = {"updates": 30, "every": 10, "follow": True}
RULES = ("sgd", "momentum", "rmsprop", "adam")

# For each cell a start whose last state tells little of the first symbol, and one that tells it well
FADING = [ORTHOGONAL | arm for arm in ({"cell": "rnn"}, *arms("lstm", {"b_f": 0.0}), *arms("gru", {}))]
KEEPING = [
    {"cell": "rnn", "gain": 1.0, "recurrent": "identity", "input_gain": 0.5},
    *[ORTHOGONAL | arm for arm in (*arms("lstm", {"b_f": 4.0}), *arms("gru", {"b_z": "-log"}))],
]

EXPERIMENTS = {
    "memory": Experiment(
        "Is long memory the default of a gated cell, and which bias gives it? A symbol is kept over noise.",
        grid(RECALL, [SMALL, ORTHOGONAL], each("T", 20, 40, 80), [{"cell": "rnn"}, {"cell": "lstm_1997"}, *LSTMS, *GRUS]),
    ),
    "biases": Experiment(
        "At which rates does each pair of biases learn 80 steps, and is it the noise that the input gate keeps out?",
        grid(
            RECALL | SMALL | {"T": 80, "cell": "lstm"},
            [
                *[{"bias": bias} for bias in ({"b_f": "log"}, {"b_f": "log", "b_i": "-log"}, {"b_f": "spread"}, CHRONO)],
                {"bias": {"b_f": "log"}, "noise": 1},
            ],
            each("rates", *[[rate] for rate in ADAM["rates"]]),
        ),
    ),
    "wander": Experiment(
        "Does the task make a network learnable, or do steps of any kind? Forty updates on shuffled answers come first.",
        [
            settings | wander
            for arm, rate, far in (({"cell": "rnn"}, 0.003, 0.03), ({"cell": "gru"}, 0.01, 0.1))
            for settings in grid(RECALL | SMALL | arm | {"rates": [rate]}, each("T", 40, 80))
            for wander in ({}, {"wander": [40, far]})
        ],
    ),
    "newborn": Experiment(
        "How long does a network stay what it was at its start? Its reach is followed while it learns, or has nothing to learn.",
        [
            *grid(
                RECALL | SMALL | FOLLOWED | {"T": 40},
                [
                    {"cell": "rnn", "rates": [0.03]},
                    {"cell": "gru", "rates": [0.1]},
                    {"cell": "lstm", "bias": {"b_f": 1.0}, "rates": [0.003]},
                ],
                [{}, {"shuffled": True}],
            ),
            *grid(
                RECALL | SMALL | FOLLOWED | {"T": 40, "cell": "rnn"},
                [{"rates": [0.001]}, {"optimiser": "sgd", "rates": [0.1]}],
            ),
            *grid(
                RECALL | SMALL | FOLLOWED | {"T": 20, "cell": "rnn"},
                [{"optimiser": rule, "rates": [r]} for rule, r in zip(RULES, (0.03, 0.3, 0.03, 0.03), strict=True)],
            ),
        ],
    ),
    "gain": Experiment(
        "How much does the start of a plain network decide?",
        grid(
            RECALL | {"cell": "rnn"},
            each("T", 20, 40, 60),
            each("recurrent", "gaussian", "orthogonal"),
            each("gain", 0.5, 0.8, 1.0, 1.2, 1.5),
        ),
    ),
    "latch": Experiment(
        "Can a plain network learn to latch? A class is shown for three steps, then comes noise.",
        grid(
            ADAM | ORTHOGONAL | {"task": "latch", "n": 24, "updates": 600},
            each("T", 50, 200),
            [*FIVE, *arms("lstm", {"b_f": "log"})],
        ),
    ),
    "lasting": Experiment(
        "What keeps a bit in a plain network that has learned to latch, and how long? Asked after up to 2000 steps.",
        grid(
            ADAM | ORTHOGONAL | {"task": "latch", "n": 24, "updates": 600, "cell": "rnn", "lasts": [200, 1000, 2000]},
            [{"T": 50, "rates": [0.003]}, {"T": 200, "rates": [0.01]}],
        ),
    ),
    "adding": Experiment(
        "Which cells learn the adding problem?",
        grid(ADAM | ORTHOGONAL | {"task": "adding_problem", "n": 32, "updates": 1000, "T": 50}, FIVE),
    ),
    "order": Experiment(
        "Which cells learn the order of two far symbols?",
        grid(ADAM | ORTHOGONAL | {"task": "temporal_order", "n": 24, "updates": 800, "T": 100}, FIVE),
    ),
    "reber": Experiment(
        "Which cells learn the embedded Reber grammar?",
        grid(ADAM | ORTHOGONAL | {"task": "embedded_reber", "n": 16, "T": 24, "rates": [0.01], "updates": 1500}, FIVE),
    ),
    "sentences": Experiment(
        "I grew up in France ... I speak ...: at which distance is the language still known?",
        grid(ADAM | ORTHOGONAL | {"task": "sentences", "n": 32, "rates": [0.01], "updates": 1000}, each("T", 0, 1, 2), FIVE),
    ),
    "continual": Experiment(
        "Does an endless stream need a forget gate?",
        grid(
            ADAM | ORTHOGONAL | {"task": "continual_reber", "n": 16, "T": 100, "updates": 1000},
            [{"cell": "rnn"}, {"cell": "lstm_1997"}, *arms("lstm", {"b_f": 1.0}), *arms("gru", {})],
        ),
    ),
    "clipping": Experiment(
        "What does clipping mend, and what does it not?",
        grid(
            RECALL | {"T": 20, "rates": [0.03, 0.1, 0.3, 1.0], "optimiser": "sgd", "updates": 500, "recurrent": "gaussian"},
            [
                *[{"cell": "rnn", "gain": g} for g in (0.5, 1.0, 2.0, 4.0)],
                *[{"cell": "lstm", "bias": {"b_f": 4.0}, "gain": g} for g in (0.5, 8.0)],
            ],
            [{"clip": None}, {"clip": 1.0}, {"clip": 0.1, "clip_by": "value"}],
        ),
    ),
    "horizon": Experiment(
        "Can a network learn a link that is longer than the horizon of its gradient? The gap is 15 steps.",
        grid(RECALL | {"T": 16}, [*FADING, *KEEPING], each("horizon", 1, 5, 10, 16)),
    ),
    "optimiser": Experiment(
        "Adam or SGD?",
        grid(
            RECALL | {"T": 20, "cell": "rnn"},
            [SMALL, ORTHOGONAL],
            [
                {"optimiser": "sgd", "rates": [0.03, 0.1, 0.3, 1.0, 3.0]},
                {"optimiser": "momentum", "rates": [0.01, 0.03, 0.1, 0.3, 1.0]},
                {"optimiser": "rmsprop"},
                {"optimiser": "adam"},
            ],
        ),
    ),
}
