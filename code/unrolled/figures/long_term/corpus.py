"""Sentences about people from six countries: at the end stands their language, and any number of words lie between."""

from unrolled.words import spoken

COUNTRY = 4  # its place in each sentence
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
        "她 从小 生活 在",
        {"法国": "法语", "挪威": "挪威语", "波兰": "波兰语", "希腊": "希腊语", "日本": "日语", "巴西": "葡萄牙语"},
        "那里 的 冬天 很 长 那里 的 面包师 天 不亮 就 起床 所以 直到 今天 她 仍然 只 会 说",
    ),
}


def sentences(gap):
    """Six sentences as lists of words, in the language that is spoken: the country, `gap` = 1..20 words, and the language."""
    start, languages, text = TEXTS[spoken()]
    return [[*start.split(), country, *text.split()[-gap:], language] for country, language in languages.items()]
