"""The editions say the same: each has the cells, headings, labels, equations, exercises, references and code of the English one.

What may differ is what a reader reads: the prose, and in code the texts that are printed, captions, the names of controls,
comments. The sentence with gaps is told in each language's own words, which must stand for the same English ones. Each
comparison returns what one edition has and the other lacks, so that poisoned pairs can show that it sees.
"""

import ast
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
import yaml
from bookbinding import editions
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from myst_parser.parsers.mdit import create_md_parser
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from unrolled.figures.shared.sentence import VOCABULARIES

ROOT = Path(__file__).parent.parent
CHAPTERS = ROOT / "chapters"
OTHERS = [name for name in editions.editions() if name != "en"]
FILES = sorted(p.name for p in CHAPTERS.glob("en/*") if p.suffix in {".ipynb", ".md"})
SYNTAX = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["parse"]["myst_enable_extensions"]
MARKDOWN = create_md_parser(MdParserConfig(enable_extensions=set(SYNTAX)), DocutilsRenderer)

each_edition = pytest.mark.parametrize("edition", OTHERS)
WIDTH = re.compile(r"^[<>^]?[1-9]\d*(?=[.a-z%]|$)")

# ---- the words of the sentence with gaps


def words_of(vocabulary):
    """What the sentence is told with in a language, its verbs with a gap and with each thing that fills it."""
    verbs = [verb.replace("_", number) for verb in vocabulary.verbs for number in ("_", "", *vocabulary.numbers)]
    return [*vocabulary.subjects, *vocabulary.pronouns, *verbs, *vocabulary.others, vocabulary.will]


ENGLISH = {
    word: english
    for edition in OTHERS
    for word, english in zip(words_of(VOCABULARIES[edition]), words_of(VOCABULARIES["en"]), strict=True)
}
TOLD = re.compile("|".join(map(re.escape, sorted(ENGLISH, key=len, reverse=True))))


def in_english(text):
    """A text with the English words of the sentence for those of other languages."""
    return TOLD.sub(lambda found: ENGLISH[found[0]], text)


# ---- what a text is made of, without its words

# what follows the name is for the reader
TITLED = {"admonition", "dropdown", "dropdown-start", "exercise", "exercise-start", "note", "tip", "warning"}
WORDS = {"alt", "caption"}  # options of directives that are for the reader
UNSEEN = re.compile(
    r"\\text\{[^{}]*\}|\\[,;!]|(?<!\\)\\ |\s|[.,;]\s*$"
)  # in a formula: words, space, the mark that ends a sentence


def blocks(text):
    """What stands below one another: headings, labels, equations, directives and what they hold, code, rows of tables."""
    for token in MARKDOWN.parse(text):
        if token.type == "heading_open":
            yield "heading", token.tag
        elif token.type == "myst_target":
            yield "label", token.content
        elif token.type in {"math_block", "math_block_label"}:
            yield "equation", token.info, UNSEEN.sub("", token.content)
        elif token.type == "tr_open":
            yield ("row of a table",)
        elif token.type in {"th_open", "td_open"}:
            yield ("entry of a table",)
        elif token.type == "footnote_reference_open":
            yield "footnote", token.meta["label"]
        elif token.type in {"html_block", "myst_line_comment"}:
            yield token.type, token.content
        elif token.type in {"fence", "colon_fence"}:
            yield from fence(token)


def fence(token):
    directive = re.fullmatch(r"\{([\w:-]+)\}\s*(.*)", token.info.strip())
    if not directive:
        yield "code", token.info, *(line.partition("#")[0].rstrip() for line in token.content.splitlines())
        return
    name, title = directive.groups()
    yield "directive", name, bool(title) if name in TITLED or name.startswith("prf:") else title
    options = re.match(r"(:[\w-]+:.*\n|\n)*", token.content).group()
    for key, value in re.findall(r"^:([\w-]+): *(.*)$", options, re.MULTILINE):
        yield "option", key, None if key in WORDS else value
    yield from blocks(token.content[len(options) :])


def mentions(text):
    """What stands inside sentences, in whatever order a language puts it: references, citations, links, pictures."""
    for token in MARKDOWN.parse(text):
        if token.type in {"fence", "colon_fence"} and token.info.startswith("{"):
            yield from mentions(token.content)
        for part in token.children or []:
            if part.type == "myst_role":
                target = re.fullmatch(r".*<(.*)>", part.content, re.DOTALL)
                yield part.meta["name"], target[1] if target else part.content
            elif part.type == "link_open":
                yield "link", in_english(unquote(part.attrs["href"]))
            elif part.type == "image":
                yield "picture", part.attrs["src"]
            elif part.type == "footnote_ref":
                yield "footnote", part.meta["label"]


# ---- what code does, without the words that it shows


class Silent(ast.NodeTransformer):
    """Blanks the texts for the reader: printed, claimed, of tables, of predictions, `alt`, `caption`, values of `labels` and
    `texts`, messages, docstrings, and the language that pictures speak.

    Of a text with expressions in it the expressions stay, in any order; an argument of a call, a key and what is compared
    are no texts. `shown` names the variables whose texts are for the reader, too; `read` counts how often each is read out.
    """

    def __init__(self, shown=()):
        self.reading, self.shown, self.read = False, shown, Counter()

    def aloud(self, node, reading=True):
        was, self.reading = self.reading, self.reading or reading
        node = self.visit(node)
        self.reading = was
        return node

    def visit_Call(self, node):
        name = getattr(node.func, "id", None)
        node.func = self.visit(node.func)
        read_out = node.args[:1] if name == "claim" else node.args if name in {"print", "table", "speak", "predict"} else []
        node.args = [self.argument(a, a in read_out) for a in node.args]
        for keyword in node.keywords:
            words = name == "print" or (name in {"explore", "show"} and keyword.arg in {"alt", "caption", "labels", "texts"})
            words = words or (name == "predict" and keyword.arg == "because")
            words = words or (name == "typed" and keyword.arg in {"alt", "caption"})
            keyword.value = self.argument(keyword.value, words)
        return node

    def argument(self, node, words):
        return node if isinstance(node, ast.Constant | ast.Name) and not words else self.aloud(node, words)

    def visit_Dict(self, node):
        node.values = [self.visit(value) for value in node.values]
        return node

    def visit_Subscript(self, node):
        node.value = self.visit(node.value)
        return node

    def visit_Compare(self, node):
        return node

    def visit_Assert(self, node):
        node.msg = node.msg and self.aloud(node.msg)
        return node

    def visit_Expr(self, node):
        """A bare expression is shown, or is a docstring; a call may do something else."""
        node.value = self.aloud(node.value, not isinstance(node.value, ast.Call))
        return node

    def visit_Assign(self, node):
        node.value = self.bound(node.targets[0], node.value)
        return node

    def visit_For(self, node):
        """Also of a comprehension: `for way, label in (("added", "sum"), ...)`, where the label alone is for the reader."""
        if isinstance(node.iter, ast.Tuple | ast.List):
            node.iter.elts = [self.bound(node.target, value) for value in node.iter.elts]
        return self.generic_visit(node)

    visit_comprehension = visit_For

    def bound(self, target, value):
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            value.elts = [self.bound(*pair) for pair in zip(target.elts, value.elts, strict=True)]
            return value
        return self.aloud(value, getattr(target, "id", None) in self.shown)

    def visit_Name(self, node):
        self.read[node.id] += self.reading
        return node

    def visit_JoinedStr(self, node):
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                value.value = self.visit(value.value)
                if self.reading:  # a Chinese character is two columns wide
                    spec = WIDTH.sub("", ast.unparse(value.format_spec)[2:-1]) if value.format_spec else ""
                    value.format_spec = ast.Constant(spec)
        if not self.reading:
            return node
        return self.text(*sorted(ast.dump(value) for value in node.values if isinstance(value, ast.FormattedValue)))

    def visit_Constant(self, node):
        if not self.reading or not isinstance(node.value, str):
            return node
        return self.text(*re.findall(r"\{[^{}]*\}", node.value))

    def text(self, *parts):
        return ast.Constant(("a text", *parts))


def told_in_english(tree):
    """The code with the English words of the sentence in its texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = in_english(node.value)
    return tree


def deeds(source):
    """The code as it would be without words. A variable is for the reader when all that is done with it is reading it out."""
    source = ast.unparse(told_in_english(ast.parse(source)))
    names = Counter(n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    trial = Silent()
    trial.visit(ast.parse(source))
    shown = {name for name, times in names.items() if trial.read[name] == times}
    return ast.unparse(ast.fix_missing_locations(Silent(shown).visit(ast.parse(source))))


# ---- the comparison


def apart(ours, theirs, where):
    """What of two lists stands in one only, and a word on the order if that is all."""
    ours, theirs = list(ours), list(theirs)
    missing, added = Counter(ours) - Counter(theirs), Counter(theirs) - Counter(ours)
    found = [f"{where} lacks {item}" for item in missing] + [f"{where} adds {item}" for item in added]
    return found or ([f"{where} has another order"] if ours != theirs else [])


def texts_apart(ours, theirs, where):
    return [
        *apart(blocks(ours), blocks(theirs), where),
        *apart(sorted(mentions(ours)), sorted(mentions(theirs)), where),
    ]


def codes_apart(ours, theirs, where):
    return apart(deeds(ours).splitlines(), deeds(theirs).splitlines(), where)


def notebooks_apart(ours, theirs):
    """What the second notebook lacks or adds, cell by cell."""
    kind = lambda cell: (cell.id, cell.cell_type, cell.metadata)  # noqa: E731
    found = apart(map(str, map(kind, ours.cells)), map(str, map(kind, theirs.cells)), "the notebook")
    for a, b in zip(ours.cells, theirs.cells, strict=False):
        if a.id == b.id and a.cell_type == b.cell_type:
            compare = codes_apart if a.cell_type == "code" else texts_apart
            found += compare(a.source, b.source, f"cell {b.id}")
    return found


def test_there_is_something_to_compare():
    assert "index.ipynb" in FILES
    assert "references.md" in FILES


@each_edition
def test_an_edition_has_the_same_files(edition):
    assert sorted(p.name for p in (CHAPTERS / edition).glob("*") if p.suffix in {".ipynb", ".md"}) == FILES


@each_edition
def test_an_edition_has_words_for_the_same_places(edition):
    words = [yaml.safe_load((CHAPTERS / e / "edition.yml").read_text("utf-8")) for e in ("en", edition)]
    assert set(words[0]) == set(words[1])
    assert [name for one in words for name, word in one.items() if not isinstance(word, str)] == [], "On without quotes is true"


@pytest.mark.parametrize("file", FILES)
@each_edition
def test_an_edition_says_the_same(edition, file):
    ours, theirs = CHAPTERS / "en" / file, CHAPTERS / edition / file
    if file.endswith(".md"):
        found = texts_apart(ours.read_text("utf-8"), theirs.read_text("utf-8"), file)
    else:
        found = notebooks_apart(*(nbformat.read(path, as_version=4) for path in (ours, theirs)))
    assert not found, "\n".join(found)


# ---- the comparison is awake

TEXT = """(vanishing)=
# Vanishing

By {eq}`eq-a` and {cite:t}`bengio1994`, see [chapter 1](01_rnn.ipynb) and {ref}`there <vanishing>`. ![curve](../img/a.svg)
With [girls](#told:first=girls).

$$ a = b \\text{ if so} $$ (eq-a)

:::{exercise} Warm-up
:label: ex-warm

Try {eq}`eq-a`.
:::

:::{solution-start} ex-warm
:::

| a | b |
|---|---|
| 1 | 2 |

```
make book  # build
```
"""
SAME_TEXT = """(vanishing)=
# 消失

见[第1章](01_rnn.ipynb)和{ref}`那里<vanishing>`，由{cite:t}`bengio1994`和{eq}`eq-a`。![曲线](../img/a.svg)
若是[女孩们](#told:first=女孩们)。

$$ a = b \\text{若如此} $$ (eq-a)

:::{exercise} 热身
:label: ex-warm

试试{eq}`eq-a`。
:::

:::{solution-start} ex-warm
:::

| 甲 | 乙 |
|---|---|
| 1 | 2 |

```
make book  # 构建
```
"""
POISONED_TEXTS = [
    ("(vanishing)=\n", ""),
    ("# 消失", "## 消失"),
    ("# 消失", "消失"),
    ("{eq}`eq-a`。!", "。!"),
    ("试试{eq}`eq-a`", "试试"),
    ("bengio1994", "bengio1995"),
    ("01_rnn", "02_rnn"),
    ("那里<vanishing>", "那里<chap>"),
    ("a.svg", "b.svg"),
    ("first=女孩们", "first=男孩们"),
    ("(eq-a)", "(eq-b)"),
    ("a = b", "a = c"),
    ("exercise} 热身", "exercise}"),
    (":label: ex-warm", ":label: ex-cold"),
    ("start} ex-warm", "start} ex-cold"),
    ("{exercise}", "{admonition}"),
    ("| 1 | 2 |\n", ""),
    ("make book", "make test"),
]

CODE = '''
speak("en")
def half(a):
    """Half of it."""
    return a / 2
left = {"rnn": 1.0}  # what is left
print("left", f"{left['rnn']:.2f} of {half(2):.0f}", sep="; ")
print("all right" if left["rnn"] == "x" else "not yet", "{:.1f} each".format(2), WIG.index("wig"))
explore(fig, update, k=["start", "end"], alt="A curve.", caption=f"At {left}.", labels={"k": "place"},
    texts={"k": {"end": "the end"}})
assert left, "nothing is left"
best = "much" if left else "little"
for key, label in (("rnn", "plain"), ("lstm", "gated")):
    print(best, label, left[key])
way = "up"
print(way, turn(way))
claim(f"Half of it, {half(2):.0f}, is left", left["rnn"] < half(2), way == turn("down"))
rows = [["the plain one", f"{left['rnn']:.1f}"]]
table(["network", "left"], rows)
tokens.index("Boris") == "he hums".split()
f"so {left}"
'''
SAME_CODE = '''
speak("zh")
def half(a):
    """一半。"""
    return a / 2
left = {"rnn": 1.0}  # 剩下的
print("剩下", f"{half(2):.0f}中的{left['rnn']:5.2f}", sep="；")
print("全对" if left["rnn"] == "x" else "还不对", "各{:.1f}".format(2), WIG.index("wig"))
explore(fig, update, k=["start", "end"], alt="一条曲线。", caption=f"在{left}处。", labels={"k": "位置"},
    texts={"k": {"end": "末尾"}})
assert left, "什么也没剩下"
best = "多" if left else "少"
for key, label in (("rnn", "普通"), ("lstm", "门控")):
    print(best, label, left[key])
way = "up"
print(way, turn(way))
claim(f"剩下一半，即{half(2):.0f}", left["rnn"] < half(2), way == turn("down"))
rows = [["普通的", f"{left['rnn']:.1f}"]]
table(["网络", "剩下"], rows)
tokens.index("小刚") == "他 独自回家".split()
f"即{left}"
'''
POISONED_CODES = [
    ('speak("zh")', ""),
    ("a / 2", "a / 3"),
    ('"rnn": 1.0', '"lstm": 1.0'),
    ("['rnn']", "['lstm']"),
    ("half(2):.0f", "half(2):.1f"),
    ("half(2):.0f", "half(3):.0f"),
    ("{half(2):.0f}中的", ""),
    ('== "x"', '== "y"'),
    ("{:.1f}", "{:.2f}"),
    ('index("wig")', 'index("went")'),
    ('"start", "end"', '"end", "start"'),
    ("{left}处", "此处"),
    ('{"k": "位置"}', '{"t": "位置"}'),
    (', labels={"k": "位置"}', ""),
    ('{"end": "末尾"}', '{"start": "末尾"}'),
    ("assert left", "assert right"),
    ('"剩下", ', ""),
    ("def half", "def third"),
    ("if left", "if right"),
    ('("rnn", "普通")', '("gru", "普通")'),
    ('way = "up"', 'way = "上"'),
    ("即{left}", "即此"),
    ("，即{half(2):.0f}", ""),
    ("即{half(2):.0f}", "即{half(2):.1f}"),
    ('claim(f"剩下一半，即{half(2):.0f}", left["rnn"] < half(2)', 'claim(f"剩下一半，即{half(2):.0f}", left["rnn"] < half(3)'),
    (', way == turn("down")', ""),
    ('turn("down")', 'turn("下")'),
    ("{left['rnn']:.1f}", "{left['rnn']:.2f}"),
    (', "剩下"], rows', "], rows"),
    ('index("小刚")', 'index("小丽")'),
    ("他 独自", "她 独自"),
    ("独自回家", "一起回家"),
    ("独自回家", "独自做饭"),
    ('剩下"], rows', '剩下"], rows[:1]'),
]


@pytest.mark.parametrize("path", sorted(CHAPTERS.glob("*/*.ipynb")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_pictures_speak_the_language_of_their_edition(path):
    codes = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    if any(re.search(r"^(explore|show)\(", code, re.MULTILINE) for code in codes):
        assert codes[0].rstrip().endswith(f'\nspeak("{path.parent.name}")')


def test_only_the_words_may_differ():
    assert not texts_apart(TEXT, SAME_TEXT, "it")
    assert not codes_apart(CODE, SAME_CODE, "it")


@pytest.mark.parametrize(("good", "bad"), POISONED_TEXTS)
def test_the_comparison_of_texts_sees(good, bad):
    assert good in SAME_TEXT
    assert texts_apart(TEXT, SAME_TEXT.replace(good, bad, 1), "it")


@pytest.mark.parametrize(("good", "bad"), POISONED_CODES)
def test_the_comparison_of_codes_sees(good, bad):
    assert good in SAME_CODE
    assert codes_apart(CODE, SAME_CODE.replace(good, bad, 1), "it")


def test_the_comparison_of_notebooks_sees():
    def notebook(*changes):
        cells = [
            new_markdown_cell(TEXT, id="a"),
            new_code_cell("print(1)", id="b", metadata={"tags": ["claim"]}),
            new_code_cell("print(2)", id="c"),
        ]
        for change in changes:
            change(cells)
        return new_notebook(cells=cells)

    assert not notebooks_apart(notebook(), notebook())
    for change in [
        lambda cells: cells.pop(0),
        lambda cells: cells.pop(),
        lambda cells: cells.append(new_code_cell("", id="d")),
        lambda cells: cells.reverse(),
        lambda cells: cells[1].update(id="x"),
        lambda cells: cells[1].metadata.update(tags=[]),
        lambda cells: cells[1].metadata.update(covers=["X1"]),
        lambda cells: cells[1].update(source="print(1 + 0)"),
        lambda cells: cells[0].update(source="# Vanishing"),
    ]:
        assert notebooks_apart(notebook(), notebook(change))
