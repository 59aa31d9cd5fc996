"""Sentences whose end is decided near their start, with any number of words between: a country and its language in English.

In Chinese a measure word and its noun, 那匹……马: between the two stands all that is said of the noun.
"""

from unrolled.words import spoken

CLUE = 4  # the place in each sentence of the word that decides
TEXTS = {
    "en": (
        "she grew up in",
        {
            "France": "French",
            "Norway": "Norwegian",
            "Poland": "Polish",
            "Greece": "Greek",
            "Japan": "Japanese",
            "Brazil": "Portuguese",
        },
        "where the winters were long and the bakers rose before the sun and so to this day she speaks fluent",
    ),
    "zh": (
        "他 一直 忘不了 那",
        {"匹": "马", "辆": "车", "棵": "树", "条": "鱼", "本": "书", "把": "伞"},
        "小时候 翻 山 越 岭 去 外婆 家 时 见过 但 后来 再 也 没 遇上 的 很 漂亮 的",
    ),
}


def sentences(gap):
    """Six sentences as lists of words, in the language that is spoken: what decides, `gap` = 1..20 words, what is decided."""
    start, pairs, text = TEXTS[spoken()]
    return [[*start.split(), clue, *text.split()[-gap:], end] for clue, end in pairs.items()]
