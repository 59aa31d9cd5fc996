"""A sentence with gaps, and two units set by hand to fill them: unit 1 keeps the subject's gender, unit 2 its number.

Each language has a sentence of its own: English says the number in a verb's ending, Chinese in a word before the verb, 独自
(alone) or 一起 (together). Words of the same use stand at the same place, so that x and the parameters are the same in all.

Nothing here is learned. The weights are written down to show what the gates of a cell *can* do; the units of a trained net
are rarely so clean. One table serves all cells, because a parameter of one name has one meaning in all of them. No W but
those of the RNN and of the GRU's candidate is used: which gate opens is decided by the present word alone.
"""

from typing import NamedTuple

import numpy as np

from unrolled.words import spoken


class Vocabulary(NamedTuple):
    """The words of a language. A verb has a gap "_" for its number, a pronoun is all gap: the state is to fill them."""

    subjects: tuple  # of the meanings `MEANINGS`
    pronouns: tuple  # of the same
    verbs: tuple
    numbers: tuple  # what a verb's gap is filled with: one, many
    others: tuple  # these tell nothing
    will: str  # after it a verb says no number
    between: str  # what stands between two words


MEANINGS = ((1, 1), (-1, 1), (1, -1), (-1, -1))  # she +1, he -1; one +1, many -1
PRONOUN = "___"
VOCABULARIES = {
    "en": Vocabulary(
        subjects=("Anna", "Boris", "girls", "boys"),
        pronouns=("she", "he", "they", "they"),
        verbs=("sing_", "hum_", "cook_"),
        numbers=("s", ""),
        others=("still", "just", "while", "."),
        will="will",
        between=" ",
    ),
    "zh": Vocabulary(
        subjects=("小丽", "小刚", "女孩们", "男孩们"),
        pronouns=("她", "他", "她们", "他们"),
        verbs=("_唱歌", "_回家", "_做饭"),
        numbers=("独自", "一起"),
        others=("还在", "已经", "，", "。"),
        will="自己",
        between="",
    ),
}
SECOND, GAP = 5, 9  # the steps of the second subject and of the missing pronoun
LOUD = 0.25  # what a unit says more softly is not heard


def vocabulary():
    """The `Vocabulary` of the language that is spoken."""
    return VOCABULARIES[spoken()]


def known():
    """The words of the language that is spoken, in the order of the rows of x."""
    words = vocabulary()
    return (*words.subjects, *words.verbs, PRONOUN, *words.others)


def sentence():
    """The ten words of the sentence in the language that is spoken."""
    words = vocabulary()
    (_, he, girls, _), (sing, hum, cook), (still, just, meanwhile, stop) = words.subjects, words.verbs, words.others
    return girls, still, sing, stop, he, just, hum, meanwhile, PRONOUN, cook


def written(words):
    """The words as a line of text, in the manner of the language that is spoken.

    >>> written(["girls", "sing", ".", "they", "cook"])
    'girls sing. they cook'
    """
    return vocabulary().between.join(words).replace(" .", ".")


def one_hot(tokens):
    """x (T, m, 1): a one in the row of each word, m = len(known()). Raises ValueError for a word that is not among them."""
    words = known()
    if unknown := [word for word in tokens if word not in words]:
        raise ValueError(f"tokens must be among {', '.join(map(repr, words))}; got {', '.join(map(repr, unknown))}")
    return np.eye(len(words))[[words.index(word) for word in tokens]][:, :, None]


def parameters(cell):
    """Parameters for two units, a `cell.Params`, written by hand: a subject is stored, other words are kept out.

    A gate's pre-activation is -4 or +4: it is open or shut to 2 %. Every word proposes 0.5 for both units, a subject 2 more
    or less: only the gates tell what is worth storing. The plain RNN has none, so every word writes.
    """
    words, (subjects, _, verbs, *_) = known(), vocabulary()
    meanings = dict(zip(subjects, MEANINGS, strict=True))
    subject = np.array([word in subjects for word in words], float)
    asked = np.array([[word == PRONOUN for word in words], [word == PRONOUN or word in verbs for word in words]], float)
    meaning = np.array([meanings.get(word, (0, 0)) for word in words], float).T
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
    shapes = cell.shapes(2, len(words))
    return cell.Params(*(np.full(shape, by_hand.get(name, 0.0), float) for name, shape in shapes._asdict().items()))


def hand_set(cell, tokens=None):
    """A sentence as `(tokens, x, p)`: its words, x (T, m, 1) and the parameters of `cell` set by hand, for two units.

    `tokens` are words of the language that is spoken, those of `sentence` by default. Raises ValueError for any other word.
    """
    tokens = sentence() if tokens is None else tuple(tokens)
    return tokens, one_hot(tokens), parameters(cell)


def filled(word, gender, number):
    """A word with its gap filled: she for a gender above 0, he below; one for a number above 0, many below.

    What is 0 is not known: a verb then says no number, and a pronoun stays a gap, unless they are many.
    """
    words = vocabulary()
    if word in words.verbs:
        return word.replace("_", ("", *words.numbers)[int(np.sign(number))])
    if word == PRONOUN and (gender or number < 0):
        return words.pronouns[MEANINGS.index((1 if gender > 0 else -1, -1 if number < 0 else 1))]
    return word


def heard(word, h, loud=LOUD):
    """A word, its gap filled with what `h` (2,) says louder than `loud`: gender in unit 1, number in unit 2."""
    return filled(word, *np.where(np.abs(h) > loud, h, 0))


def unasked(word, h):
    """The pronoun that unit 1 of `h` (2,) says at a word that has no room for one; "" where it is silent, or was asked."""
    return "" if word == PRONOUN or abs(h[0]) <= LOUD else heard(PRONOUN, h)


def completed(tokens, state, loud=0):
    """The words with their gaps filled from `state` (T+1, 2, 1), the history of h or s: what unit 1 and unit 2 say there.

    Softer than `loud` is silence. Returns a list of T words. Raises ValueError for a state that does not belong to the words.
    """
    if np.shape(state) != (len(tokens) + 1, 2, 1):
        raise ValueError(f"state must have the shape ({len(tokens) + 1}, 2, 1), from t = 0 on; got {np.shape(state)}")
    return [heard(word, said, loud) for word, said in zip(tokens, state[1:, :, 0], strict=True)]


def listened(tokens, state):
    """All that is heard, word by word: the gaps filled, and after a word the pronoun that is said there unasked.

    `state` is (T+1, n, 1), n at least 2.
    """
    heard_at = ((word, h[:2, 0]) for word, h in zip(tokens, state[1:], strict=True))
    return [word for token, h in heard_at for word in (heard(token, h), unasked(token, h)) if word]
