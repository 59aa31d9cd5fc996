"""The laws of the notebooks: what a chapter stores, how long a cell may be, and that no claim goes unchecked.

nbval (part of `make test`) runs the cells and compares what they print; a cell without stored output would pass there, so
it must not pass here. `make notebooks` stores the outputs.
"""

import ast
import itertools
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("chapters/*/*.ipynb"))
LINES = 12  # of at most 88 columns, says chapters/ruff.toml
READ_LINES, READ_COLUMNS = 8, 76  # of code that is in view
SHOWS = re.compile(r"^(explore|show|predict|typed)\(", re.MULTILINE)  # the calls that put a picture, or a question, under a cell


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def calls(node, name):
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name


def claims(node):
    """Whether a node is a call of `claim`."""
    return calls(node, "claim")


def predictions(cell):
    """The calls of `predict` in a cell."""
    return [node for node in ast.walk(ast.parse(cell.source)) if calls(node, "predict")]


def asserts(cell):
    """Whether a cell fails when something is false: by `claim`, or by an `assert`."""
    return any(isinstance(node, ast.Assert) or claims(node) for node in ast.walk(ast.parse(cell.source)))


def ends_in_value(cell):
    return isinstance(ast.parse(cell.source).body[-1], ast.Expr)


def stored(cell):
    return "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout").strip()


# a per cent, a power of ten, 10 000, a decimal fraction or a float, three digits or more
NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.])(?:\d+(?:\.\d+)?\s?(?:\\?%|per ?cent)|10\^\{?[-−]?\d+\}?|\d{1,3}(?:(?:\\,|[,\u00a0\u202f])\d{3})+"
    r"|\d+\.\d+(?:e[-+]?\d+)?|\d+e[-+]?\d+|\d{3,})(?![\d.]*\d)"
)
# what a reader does not read, or reads as a name: directives, labels, roles, targets of links, code
PLUMBING = re.compile(r"^(?:\(.*\)=|:\w+:.*|:{3,}.*)$|\]\([^)]*\)|\{[\w:]+\}`[^`]*`|`[^`]*`", re.MULTILINE)
YEAR = re.compile(r"(?:19|20)\d\d")
PRINTED_NUMBER = re.compile(r"10\^ *[-−]?\d+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[-+]?\d+|%)?")


def value(number):
    """A number as it is compared: without sign, to twelve digits, a per cent as a hundredth, a power of ten as a whole one."""
    number = re.sub(r"\\,|[, \\\u00a0\u202f{}]", "", number).replace("−", "-")
    base, power, exponent = number.partition("^")
    if power:
        exponent = round(float(exponent))
        return f"{10.0**exponent:.12g}" if abs(exponent) < 308 else f"1e{exponent}"  # a float does not hold it
    digits = re.match(r"[-+.\de]*[\d]", base)[0]
    return f"{float(digits) * (1 if digits == base else 0.01):.12g}"


RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def lowered(text):
    """10⁻¹¹, which `unrolled.power` writes, as 10^-11."""
    return re.sub("10([⁻⁰¹²³⁴-⁹]+)", lambda found: "10^" + found[1].translate(RAISED), text)


def values(text):
    """The numbers of a text."""
    return {value(n) for n in PRINTED_NUMBER.findall(lowered(text))}


def words(cell):
    """The strings of a code cell that a reader reads: those in `alt`, `caption` and `because`; and what it prints or claims."""
    said, printed = [], []
    for node in ast.walk(ast.parse(cell.source)):
        if isinstance(node, ast.keyword) and node.arg in ("alt", "caption", "because"):
            said += [n for n in ast.walk(node) if isinstance(n, ast.Constant)]
        elif claims(node) or (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"):
            texts = node.args[:1] if claims(node) else [node]
            printed += [n for text in texts for n in ast.walk(text) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return said, printed


def written(notebook):
    """(cell, text) for all that a reader reads and no cell prints."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield cell, cell.source
        elif cell.cell_type == "code":
            yield cell, " ".join(str(node.value) for node in words(cell)[0])


def computed(notebook):
    """The numbers that cells print, and those of the code: its constants and those in its strings, captions and prints apart."""
    known = set()
    for cell in code_cells(notebook):
        tree = ast.parse(cell.source)
        apart = {(n.lineno, n.col_offset) for kind in words(cell) for n in kind}
        constants = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and (n.lineno, n.col_offset) not in apart]
        known |= values(" ".join([stored(cell), *map(str, constants)]))
    return known


# ---- the laws: each returns the cells that break it


def outputs_are_printed_text(notebook):
    """No picture, no widget, no HTML, no warning: standard output alone, and in one piece, wherever the kernel cut it."""
    kinds = [(c, [o.get("name", o.output_type) for o in c.outputs]) for c in code_cells(notebook)]
    return [c for c, kind in kinds if kind not in ([], ["stdout"])]


def cells_are_numbered_as_run(notebook):
    """All from 1 on, in order: the outputs come from one run."""
    cells = code_cells(notebook)
    return [c for number, c in enumerate(cells, 1) if c.execution_count != number]


def claims_have_an_output(notebook):
    """nbval passes a cell that has nothing stored."""
    return [c for c in code_cells(notebook) if "claim" in tags(c) and not stored(c)]


def assertions_are_claims(notebook):
    """What can fail carries the tag, which the page and nbval know."""
    return [c for c in code_cells(notebook) if asserts(c) and "claim" not in tags(c)]


def claims_assert(notebook):
    """A claim whose cell cannot fail is none."""
    return [c for c in code_cells(notebook) if "claim" in tags(c) and not asserts(c)]


def claims_are_compared(notebook):
    """No tag takes a claim out of nbval's sight."""
    return [
        c for c in code_cells(notebook) if "claim" in tags(c) and any(t.startswith(("nbval-", "skip", "raises")) for t in tags(c))
    ]


def answers_are_computed(notebook):
    """The answer of a prediction is told by numbers of the notebook: an expression with a name in it."""
    wrong = []
    for cell in code_cells(notebook):
        for call in predictions(cell):
            answer = call.args[2] if len(call.args) > 2 else next((k.value for k in call.keywords if k.arg == "answer"), None)
            if answer is None or not any(isinstance(node, ast.Name) for node in ast.walk(answer)):
                wrong.append(cell)
    return wrong


def predictions_can_fail(notebook):
    """Behind each prediction, with no text between, a claim says what its answer says."""
    cells = notebook.cells
    wrong = []
    for k, cell in enumerate(cells):
        if cell.cell_type == "code" and predictions(cell):
            behind = list(itertools.takewhile(lambda c: c.cell_type == "code" and not predictions(c), cells[k + 1 :]))
            if not any("claim" in tags(c) for c in behind) or len(predictions(cell)) > 1:
                wrong.append(cell)
    return wrong


def frozen_claims_say_why(notebook):
    """A claim that other seeds may break, since it compares with stored numbers (`tests/reseed.py`), says with which."""
    frozen = [c for c in notebook.cells if "frozen" in c.metadata]
    return [
        c for c in frozen if "claim" not in tags(c) or not isinstance(c.metadata.frozen, str) or not c.metadata.frozen.strip()
    ]


def pictures_are_not_compared(notebook):
    """nbval would compare their HTML, which is not stored."""
    return [c for c in code_cells(notebook) if SHOWS.search(c.source) and "nbval-ignore-output" not in tags(c)]


def pictures_stand_alone(notebook):
    """What is not compared ends in a picture, and prints nothing: numbers stand in cells that are compared."""
    ignored = [c for c in code_cells(notebook) if "nbval-ignore-output" in tags(c)]
    return [c for c in ignored if c.outputs or asserts(c) or "print(" in c.source or not ends_in_value(c)]


def linked(line, folder):
    """The numbers that a row of a table may take from the chapters of its edition that it links to."""
    chapters = re.findall(r"\]\(([\w.]+\.ipynb)", line) if folder and line.startswith("|") else []
    return set().union(*(computed(nbformat.read(folder / chapter, as_version=4)) for chapter in chapters))


def numbers_are_computed(notebook, folder=None):
    """No figure is typed: a number of the text, an `alt` or a `caption` stands in what a cell prints, or in the code.

    Of this notebook; or, where a `folder` is given, for a row of a table, of a chapter in it that the row links to.

    It is looked for by its value: 0.50 is 0.5, 3 % is 0.03, 10^{-34} is what is printed as 10^-34.1. Seen are decimal
    fractions, per cents, powers of ten and whole numbers from 100 on; smaller ones are counts and indices, 1900 to 2099 are
    years. A number in code is a setting, so the law misses a result that equals a setting of the same notebook.
    """
    known, typed = computed(notebook), []
    for cell, line in ((cell, line) for cell, text in written(notebook) for line in text.split("\n")):
        numbers = [n for n in NUMBER.findall(lowered(PLUMBING.sub("", line))) if value(n) not in known and not YEAR.fullmatch(n)]
        elsewhere = linked(line, folder) if numbers else ()
        typed += [(n, cell) for n in numbers if value(n) not in elsewhere]
    return typed


def cells_are_short(notebook):
    """But for imports, which are a list."""

    def lines(source):
        imports = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
        return len(source.splitlines()) - sum(node.end_lineno - node.lineno + 1 for node in imports)

    return [c for c in code_cells(notebook) if lines(c.source) > LINES]


def code_to_be_read_is_short(notebook):
    shown = [c for c in code_cells(notebook) if "read" in tags(c)]
    return [c for c in shown if len(c.source.splitlines()) > READ_LINES or max(map(len, c.source.splitlines())) > READ_COLUMNS]


def nothing_is_asserted_without_a_sentence(notebook):
    """What must hold is a `claim`."""
    return [c for c in code_cells(notebook) if any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(c.source)))]


def tags_are_known(notebook):
    """A tag that nothing knows does nothing; folding is the rule, and needs none."""
    known = {"claim", "read", "nbval-ignore-output"}
    return [c for c in notebook.cells if tags(c) - known]


def first_cell_imports(notebook):
    first = code_cells(notebook)[:1]
    return [c for c in first if not any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.parse(c.source).body)]


def metadata_is_lean(notebook):
    """Nothing that another machine, or another day, would write otherwise; the kernel is every machine's own `python3`."""
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3" or {"language_info", "widgets"} & set(notebook.metadata):
        return [notebook.metadata]
    return [c for c in notebook.cells if {"execution", "collapsed", "scrolled", "trusted"} & set(c.metadata)]


LAWS = [
    outputs_are_printed_text,
    cells_are_numbered_as_run,
    claims_have_an_output,
    assertions_are_claims,
    claims_assert,
    claims_are_compared,
    answers_are_computed,
    predictions_can_fail,
    frozen_claims_say_why,
    pictures_are_not_compared,
    pictures_stand_alone,
    cells_are_short,
    code_to_be_read_is_short,
    nothing_is_asserted_without_a_sentence,
    tags_are_known,
    first_cell_imports,
    metadata_is_lean,
]


def may_quote(path):
    """The folder of the chapters whose numbers a notebook quotes; only the errata do, with what fell in which chapter."""
    return path.parent if path.stem == "errata" else None


# {chapter: {number: why it may be typed}}: what no cell of the chapter could print
TOLD = {
    "02_long_term": {"5000": "the longest sequence of Pascanu et al., cited"},
    "04_vanishing": {"0.05": "the limit of `measure.saturated`", "5000": "the longest sequence of Pascanu et al., cited"},
    "05_1_cell_state": {"10^{-16}": "the last digit of float64"},
    "05_lstm": {"5400": "the experiments of Greff et al., cited", "1000": "steps, in the abstract of 1997, cited"},
    "06_compared": {"200": "the draws of `figures.recall_errors`"},
    "errata": {
        "0.25": "a factor",
        "5.1": "a section of the source text",
        "5.2": "a section of the source text",
        "5.3": "a section of the source text",
    },
    "index": {"3.11": "Python's version", "5.1": "a chapter", "5.2": "a chapter", "5.3": "a chapter", "5.4": "a chapter"},
    "notation": {"5.1": "a chapter", "5.3": "a chapter", "5.4": "a chapter"},
    "pytorch": {"384": "3 times 128", "511": "4 times 128, less 1"},
}


# ---- the notebooks obey


def test_there_are_notebooks():
    assert "chapters/en/index.ipynb" in NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_notebook_is_valid(path):
    notebook = nbformat.read(ROOT / path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) >= (4, 5), "cells need ids"


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS)
def test_notebook_obeys(path, law):
    broken = law(nbformat.read(ROOT / path, as_version=4))
    assert not broken, f"{law.__name__}: {broken[0].get('source', broken[0])}"


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_numbers_are_computed(path):
    told = {value(n) for n in TOLD.get(Path(path).stem, ())}
    found = numbers_are_computed(nbformat.read(ROOT / path, as_version=4), may_quote(ROOT / path))
    typed = [(n, c) for n, c in found if value(n) not in told]
    assert not typed, f"typed, not computed: {', '.join(n for n, _ in typed)}; the first one in: {typed[0][1].source}"


@pytest.mark.parametrize("chapter", TOLD)
def test_what_may_be_typed_is_typed(chapter):
    path = ROOT / f"chapters/en/{chapter}.ipynb"
    typed = numbers_are_computed(nbformat.read(path, as_version=4), may_quote(path))
    assert {value(n) for n, _ in typed} == {value(n) for n in TOLD[chapter]}


# ---- no law is asleep


def notebook(*cells, **metadata):
    return new_notebook(cells=list(cells), metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}} | metadata)


def cell(source, *outputs, number=1, tag=(), **metadata):
    return new_code_cell(source, outputs=list(outputs), execution_count=number, metadata={"tags": list(tag), **metadata})


PRINTED = new_output("stream", name="stdout", text="1.0\n")
RAISED_POWER = new_output("stream", name="stdout", text="10⁻⁷\n")
PICTURE = new_output("display_data", data={"image/svg+xml": "<svg/>"})
WARNED = new_output("stream", name="stderr", text="careful\n")
IMPORT = cell("import numpy as np")
CLAIM = "claim(f'It is {np.eye(1).sum()}.', np.eye(1).sum() == 1)"
ASSERTION = "assert np.eye(1).sum() == 1\nprint(1.0)"

GUESS = "predict('Does it rise?', ['yes', 'no'], 'yes' if left > 1 else 'no', because='It is 0.25.')"
UNCOMPARED = ["nbval-ignore-output"]

LAWFUL = notebook(
    IMPORT,
    cell(CLAIM, PRINTED, number=2, tag=["claim"]),
    cell(CLAIM, PRINTED, number=3, tag=["claim"], frozen="weights of another day"),
    cell('explore(fig, update, t=[0.25, 300], alt="0.25, 1e0")', number=4, tag=["nbval-ignore-output"]),
    cell(GUESS, number=5, tag=UNCOMPARED),
    cell(CLAIM, PRINTED, number=6, tag=["claim"]),
    new_markdown_cell(
        "(a-0.31)=\nIn 1997 it was 1.00, that is 100 %, and at $t = 0.25$ or 300 `0.31` {eq}`eq-0.31`, [as](0.31.ipynb) 12 times."
    ),
)
UNLAWFUL = {
    numbers_are_computed: [
        notebook(IMPORT, cell("print('about 0.31')", PRINTED, number=2), new_markdown_cell("It is 0.31.")),  # it prints 1.0
        notebook(IMPORT, cell("claim('It is 0.31', 1 < 2)", PRINTED, number=2), new_markdown_cell("It is 0.31.")),
        notebook(IMPORT, new_markdown_cell("At gain 2 it is 1.5, or $10^{-7}$.")),
        notebook(IMPORT, new_markdown_cell("What is left is 10⁻⁷.")),
        notebook(IMPORT, new_markdown_cell("It has grown to $10^{340}$.")),  # no float holds that
        notebook(IMPORT, new_markdown_cell("Some 40 % are right, 137 of them.")),
        notebook(IMPORT, new_markdown_cell("约0.31，见`0.31`")),
        notebook(cell('show(fig, alt="It falls to 1e-34.")', tag=["nbval-ignore-output"])),
        notebook(cell('show(fig, caption=f"At {g} it is " "0.31.")', tag=["nbval-ignore-output"])),
        notebook(cell("predict('Up?', ['yes', 'no'], x, because='It is 0.31.')", tag=UNCOMPARED)),
    ],
    outputs_are_printed_text: [notebook(cell("x", out)) for out in (PICTURE, WARNED)] + [notebook(cell("x", PRINTED, PRINTED))],
    cells_are_numbered_as_run: [notebook(cell("x", number=None)), notebook(cell("x", number=2))],
    claims_have_an_output: [notebook(cell(CLAIM, tag=["claim"])), notebook(cell(CLAIM, WARNED, tag=["claim"]))],
    assertions_are_claims: [notebook(cell(source, PRINTED)) for source in (CLAIM, ASSERTION, f"if 1:\n    unrolled.{CLAIM}")],
    claims_assert: [notebook(cell("print('claim(1, 1)')", PRINTED, tag=["claim"]))],
    claims_are_compared: [notebook(cell(CLAIM, PRINTED, tag=["claim", "nbval-skip"]))],
    answers_are_computed: [
        notebook(cell(f"predict('Up?', {rest})", tag=UNCOMPARED), cell(CLAIM, PRINTED, number=2, tag=["claim"]))
        for rest in ("['yes', 'no'], 'yes'", "['yes', 'no']", "(1, 9), answer=3 + 1")
    ],
    predictions_can_fail: [
        notebook(cell(GUESS, tag=UNCOMPARED)),
        notebook(cell(GUESS, tag=UNCOMPARED), new_markdown_cell("So."), cell(CLAIM, PRINTED, number=2, tag=["claim"])),
        notebook(*(cell(GUESS, number=k, tag=UNCOMPARED) for k in (1, 2)), cell(CLAIM, PRINTED, number=3, tag=["claim"])),
        notebook(cell(f"{GUESS}\n{GUESS}", tag=UNCOMPARED), cell(CLAIM, PRINTED, number=2, tag=["claim"])),
    ],
    frozen_claims_say_why: [
        notebook(cell(CLAIM, PRINTED, tag=["claim"], frozen=" ")),
        notebook(cell(CLAIM, PRINTED, tag=["claim"], frozen=True)),
        notebook(cell("print(1.0)", PRINTED, frozen="weights of another day")),
    ],
    pictures_are_not_compared: [notebook(cell("x = 1\nshow(fig)"))],
    pictures_stand_alone: [
        notebook(cell("show(fig)", PRINTED, tag=["nbval-ignore-output"])),
        notebook(cell("print(1.0)\nfig", tag=["nbval-ignore-output"])),
        notebook(cell("x = 1", tag=["nbval-ignore-output"])),
        *(notebook(cell(f"{source}\nfig", tag=["nbval-ignore-output"])) for source in (CLAIM, "assert x")),
    ],
    cells_are_short: [notebook(cell("\n".join(["x"] * (LINES + 1))))],
    code_to_be_read_is_short: [
        notebook(cell("\n".join(["x"] * (READ_LINES + 1)), tag=["read"])),
        notebook(cell("x" * (READ_COLUMNS + 1), tag=["read"])),
    ],
    nothing_is_asserted_without_a_sentence: [notebook(cell("def check(x):\n    assert x"))],
    tags_are_known: [notebook(cell("x", tag=["hide-input"]))],
    first_cell_imports: [notebook(cell("x = 1"))],
    metadata_is_lean: [
        notebook(IMPORT, language_info={"name": "python", "version": "3.11"}),
        notebook(IMPORT, kernelspec={"name": "mine", "display_name": "Mine"}),
        notebook(new_code_cell("x", metadata={"execution": {}})),
    ],
}


def test_a_row_may_take_a_number_from_the_chapter_that_it_links_to_and_from_no_other(tmp_path):
    nbformat.write(
        notebook(IMPORT, cell("print(0.31)", new_output("stream", name="stdout", text="0.31"))), tmp_path / "01_a.ipynb"
    )
    nbformat.write(notebook(IMPORT), tmp_path / "02_b.ipynb")
    for line, typed in (
        ("| [1](01_a.ipynb) | It is 0.31. |", []),
        ("| [2](02_b.ipynb) | It is 0.31. |", ["0.31"]),
        ("| [1](01_a.ipynb) | It is 0.32. |", ["0.32"]),
        ("By [chapter 1](01_a.ipynb) it is 0.31.", ["0.31"]),
        ("| [1](01_a.ipynb) |\n\nIt is 0.31.", ["0.31"]),
    ):
        assert [n for n, _ in numbers_are_computed(notebook(IMPORT, new_markdown_cell(line)), tmp_path)] == typed


@pytest.mark.parametrize("law", [*LAWS, numbers_are_computed], ids=lambda law: law.__name__)
def test_law_is_awake(law):
    assert not law(LAWFUL)
    assert UNLAWFUL[law]
    for bad in UNLAWFUL[law]:
        assert law(bad)
