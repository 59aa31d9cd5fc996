"""Sentences whose last word is decided by their first ones: *I grew up in France while birds dance, I speak French.*"""

import numpy as np

from unrolled.checks import choice, generator, whole
from unrolled.tasks.task import accuracy, columns

# The first letter of a language is its own, so that it alone decides; and it is not always that of the country.
LANGUAGES = {
    "France": "French",
    "Austria": "German",
    "Mexico": "Spanish",
    "Brazil": "Portuguese",
    "Egypt": "Arabic",
    "Japan": "Japanese",
    "Turkey": "Turkish",
    "Denmark": "Danish",
}
COUNTRIES = tuple(LANGUAGES)
# Words of five letters, so that a distance in words is one in letters: when, who, what they do, and again.
FILLER = (
    ("while", "until", "since", "after", "where"),
    ("birds", "cooks", "girls", "goats", "kings", "monks", "poets", "twins"),
    ("argue", "dance", "dream", "laugh", "march", "sleep", "smile", "study"),
)
ASKED = ("all", "language")


def sentence(country, filler):
    """The sentence of a country with these filler words."""
    return f"I grew up in {country}{''.join(' ' + word for word in filler)}, I speak {LANGUAGES[country]}."


def kinds(distance):
    """The words to choose from at each of the `distance` places of the filler."""
    return [FILLER[k % len(FILLER)] for k in range(distance)]


ALPHABET = "".join(sorted(set("".join(sentence(country, words) for country in COUNTRIES for words in FILLER))))
NUMBER = np.full(128, -1)  # of each ASCII character, -1 for those not in the alphabet
NUMBER[[ord(letter) for letter in ALPHABET]] = np.arange(len(ALPHABET))
CAPITALS = [k for k, letter in enumerate(ALPHABET) if letter.isupper()]


def sentences(rng, distance, B, asked="all"):
    """Sentences letter by letter, x (steps, m, B) one-hot over `ALPHABET`; the target y (steps, m, B) is the next letter.

    Between the country and the comma stand `distance` filler words of five letters and a space, three of which make a clause:
    6 distance + 10 letters lie between the last of the country and the first of its language. steps is that of the longest
    sentence. With asked="language" that first letter alone is asked for, which costs log 8 to guess.
    """
    rng, distance, B = generator("rng", rng), whole("distance", distance, least=0), whole("B", B)
    choice("asked", asked, ASKED)
    countries = np.array(COUNTRIES)[rng.integers(len(COUNTRIES), size=B)]
    filler = [np.array(words)[rng.integers(len(words), size=B)] for words in kinds(distance)]
    told = [sentence(country, words) for country, *words in zip(countries, *filler, strict=True)]
    steps = max(len(sentence(country, ())) for country in COUNTRIES) + 6 * distance
    codes = np.frombuffer("".join(text.ljust(steps, "\0") for text in told).encode("ascii"), np.uint8)
    numbers = np.ascontiguousarray(NUMBER[codes].reshape(B, steps).T)
    y = columns(np.vstack([numbers[1:], np.full(B, -1)]), len(ALPHABET))
    return columns(numbers, len(ALPHABET)), deciding(y) if asked == "language" else y


def written(x):
    """What is written in x (steps, m, B): a list of B strings."""
    return ["".join(ALPHABET[k] for k in one.argmax(axis=0)[: int(one.sum())]) for one in np.transpose(x, (2, 1, 0))]


def deciding(y):
    """y with nothing asked but the last capital letter: the first of the language."""
    capital = y[:, CAPITALS].any(axis=1)
    last = len(y) - 1 - capital[::-1].argmax(axis=0)
    return y * (np.arange(len(y))[:, None] == last)[:, None]


def languages(q, h, y):
    """The share of sentences whose language is told by the most probable letter where its first is asked for."""
    return accuracy(q, h, deciding(y))


def baseline(distance, asked="all"):
    """The loss of a writer who knows all sentences but forgets the country: log 8, spread over all letters where all are asked.

    A sentence costs the logarithms of the numbers of countries, of words at each place of the filler, and of languages.
    """
    if choice("asked", asked, ASKED) == "language":
        return float(np.log(len(LANGUAGES)))
    chosen = [len(COUNTRIES), *map(len, kinds(distance)), len(LANGUAGES)]
    letters = np.mean([len(sentence(country, ())) for country in COUNTRIES]) + 6 * distance - 1
    return float(np.sum(np.log(chosen)) / letters)
