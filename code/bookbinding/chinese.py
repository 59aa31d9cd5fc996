"""What Chinese pages need besides translated words: a search inside sentences, titles and names without spaces.

A Sphinx extension that all editions load; it speaks up in a Chinese one.
"""

import re
from dataclasses import dataclass, field

from docutils import nodes
from sphinx.search import SearchLanguage
from sphinx_exercise.nodes import is_exercise_node, is_solution_node
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import PersonStyle
from sphinxcontrib.bibtex.style.referencing.label import LabelReferenceStyle

# ---- search

HAN = "[\u3400-\u9fff]"
WORDS = re.compile(f"{HAN}+|(?:(?!{HAN})\\w)+")

# JavaScript calls a query's whole run of characters a term, so that it is marked as a whole on the page that is found;
# what is looked up instead is its first pair.
SPLITTER = """
const HAN = /[\\u3400-\\u9fff]/, WORDS = /[\\u3400-\\u9fff]+|(?:(?![\\u3400-\\u9fff])[\\p{L}\\p{N}_])+/gu;
function splitQuery(query) {
  const pairs = (word) => [...word].slice(1).map((_, k) => word.slice(k, k + 2));
  return (query.match(WORDS) ?? []).flatMap((word) => (HAN.test(word) ? [word, ...pairs(word)] : [word]));
}
"""
STEMMER = """
function Stemmer() {
  this.stemWord = (word) => (/^[\\u3400-\\u9fff]/.test(word) ? word.slice(0, 2) : word);
}
"""


class Pairs(SearchLanguage):
    """Each Chinese character and each pair of neighbours is a word of the index; a query is all its pairs.

    So any piece of a sentence is found, and no dictionary decides where a word ends.
    """

    lang = "zh"
    language_name = "Chinese"
    js_splitter_code = SPLITTER
    js_stemmer_code = STEMMER

    def split(self, input):
        """The words of a text.

        >>> Pairs({}).split("打开遗忘门, LSTM")
        ['打', '开', '遗', '忘', '门', '打开', '开遗', '遗忘', '忘门', 'LSTM']
        """
        return [part for word in WORDS.findall(input) for part in self.parts(word)]

    def parts(self, word):
        if not re.match(HAN, word):
            return [word]
        return [*word, *(word[k : k + 2] for k in range(len(word) - 1))]


# ---- words


@dataclass
class Names(LabelReferenceStyle):
    """甲和乙[1], 甲等[2]"""

    person: PersonStyle = field(default_factory=lambda: PersonStyle(sep="、", sep2="和", last_sep="和", other="等"))
    text_reference_sep: str = ""


def chosen(app, config):
    if config.language.startswith("zh"):
        config.bibtex_reference_style = "chinese"
        config.numfig_format = {"exercise": "练习%s"}


def close_up(app, doctree, docname):
    """练习2.1（…） and 练习2.1（…）的解答, where the extension writes 练习 2.1 (…) and 解答 练习 2.1 (…)."""
    if not app.config.language.startswith("zh"):
        return
    for node in doctree.findall(lambda n: is_exercise_node(n) or is_solution_node(n)):
        title = node[0]
        for text in list(title.findall(nodes.Text)):
            text.parent.replace(text, nodes.Text({" (": "（", ")": "）"}.get(text, re.sub("^ 练习 ", "练习", text))))
        if is_solution_node(node):
            title.append(nodes.Text("的" + title.pop(0)))


def setup(app):
    register_plugin("sphinxcontrib.bibtex.style.referencing", "chinese", Names)
    app.add_search_language(Pairs)
    app.connect("config-inited", chosen, priority=400)  # before sphinx-exercise, which leaves alone what it finds
    app.connect("doctree-resolved", close_up)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
