"""A sentence with gaps, and two units set by hand to fill them: unit 1 keeps the subject's gender, unit 2 its number.

Nothing here is learned. The weights are written down to show what the gates of a cell *can* do; the units of a trained net
are rarely so clean. One table serves all cells, because a parameter of one name has one meaning in all of them. No W but
those of the RNN and of the GRU's candidate is used: which gate opens is decided by the present word alone.
"""

import numpy as np

# A verb comes without its ending, a pronoun as a blank: the state is to fill them. The rest tells nothing.
SUBJECTS = {"Anna": (1, 1), "Boris": (-1, 1), "girls": (1, -1), "boys": (-1, -1)}  # she +1, he -1; one +1, many -1
VERBS, PRONOUN, OTHERS = ("sing_", "hum_", "cook_"), "___", ("still", "just", "while", ".")
WORDS = (*SUBJECTS, *VERBS, PRONOUN, *OTHERS)

SENTENCE = ("girls", "still", "sing_", ".", "Boris", "just", "hum_", "while", "___", "cook_")


def one_hot(tokens):
    """x (T, m, 1): a one in the row of each word, m = len(WORDS). Raises ValueError for a word that is not in `WORDS`."""
    if unknown := [word for word in tokens if word not in WORDS]:
        raise ValueError(f"tokens must be among {', '.join(map(repr, WORDS))}; got {', '.join(map(repr, unknown))}")
    return np.eye(len(WORDS))[[WORDS.index(word) for word in tokens]][:, :, None]


def parameters(cell):
    """Parameters for two units, a `cell.Params`, written by hand: a subject is stored, other words are kept out.

    A gate's pre-activation is -4 or +4: it is open or shut to 2 %. Every word proposes 0.5 for both units, a subject 2 more
    or less: only the gates tell what is worth storing. The plain RNN has none, so every word writes.
    """
    subject = np.array([word in SUBJECTS for word in WORDS], float)
    asked = np.array([[word == PRONOUN for word in WORDS], [word == PRONOUN or word in VERBS for word in WORDS]], float)
    meaning = np.array([SUBJECTS.get(word, (0, 0)) for word in WORDS], float).T
    by_hand = {
        "U_f": -8 * subject, "b_f": 4,  # forget at a new subject ...
        "U_i": 8 * subject, "b_i": -4,  # ... and write
        "U_C": 2 * meaning, "b_C": 0.5,
        "U_o": 8 * asked, "b_o": -4,  # gender comes out at the pronoun, number at the pronoun and at verbs
        "p_f": 1, "p_i": 1, "p_o": 1,
        "U_z": 8 * subject, "b_z": -4,
        "U_r": -8 * subject, "b_r": 4,  # a new subject's candidate ignores the old one
        "U_h": 2 * meaning, "W_h": np.eye(2), "b_h": 0.5,
        "U": 2 * meaning, "W": np.eye(2), "b": 0.5, "ε": 0.5,
    }  # fmt: skip
    shapes = cell.shapes(2, len(WORDS))
    return cell.Params(*(np.full(shape, by_hand.get(name, 0.0), float) for name, shape in shapes._asdict().items()))


def hand_set(cell, tokens=SENTENCE):
    """The sentence as `(tokens, x, p)`: its words, x (T, m, 1) and the parameters of `cell` set by hand, for two units."""
    return tuple(tokens), one_hot(tokens), parameters(cell)


def completed(tokens, state):
    """The words with their gaps filled from `state` (T+1, 2, 1), the history of h or s: what unit 1 and unit 2 say there.

    Returns a list of T words. Raises ValueError for a state that does not belong to the words.
    """
    if np.shape(state) != (len(tokens) + 1, 2, 1):
        raise ValueError(f"state must have the shape ({len(tokens) + 1}, 2, 1), from t = 0 on; got {np.shape(state)}")
    words = []
    for word, (gender, number) in zip(tokens, state[1:, :, 0], strict=True):
        if word in VERBS:
            word = word.replace("_", "s" if number > 0 else "")
        elif word == PRONOUN:
            word = "they" if number < 0 else "she" if gender > 0 else "he"
        words.append(word)
    return words
