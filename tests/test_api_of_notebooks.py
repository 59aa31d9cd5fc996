"""Every notebook fits the library that lies beside it, read without being run: a changed name or argument is found here."""

import ast
import importlib
import inspect
import types
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(ROOT.glob("chapters/*/*.ipynb"))
UNKNOWN = object()  # what only a run would tell


def top(name):
    return name.split(".")[0]


def library(name):
    """Whether an import is of our packages; torch and the like answer for themselves."""
    return top(name) in ("unrolled", "explorables")


def imports(node):
    """{name in the notebook: what it stands for} for one import of ours. AttributeError or ImportError when it is gone."""
    if isinstance(node, ast.Import):
        ours = [alias for alias in node.names if library(alias.name)]
        return {
            alias.asname or alias.name.split(".")[0]: importlib.import_module(
                alias.name if alias.asname else alias.name.split(".")[0]
            )
            for alias in ours
        }
    if not library(node.module):
        return {}
    found = {}
    for alias in node.names:
        module = importlib.import_module(node.module)
        if not hasattr(module, alias.name):
            importlib.import_module(f"{node.module}.{alias.name}")
        found[alias.asname or alias.name] = getattr(module, alias.name)
    return found


def bound(tree):
    """The names that a cell gives a meaning of its own: assigned, defined, or the argument of a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


def value(node, known):
    """What a name, or an attribute of a module of ours, stands for; UNKNOWN else. AttributeError when it is gone."""
    if isinstance(node, ast.Name):
        return known.get(node.id, UNKNOWN)
    if isinstance(node, ast.Attribute):
        owner = value(node.value, known)
        return getattr(owner, node.attr) if isinstance(owner, types.ModuleType | type) else UNKNOWN
    return UNKNOWN


def fit(call, function):
    """TypeError when the function does not take such arguments; what stands behind a star may be anything."""
    starred = any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords)
    signature = inspect.signature(function)
    args = [a for a in call.args if not isinstance(a, ast.Starred)]
    (signature.bind_partial if starred else signature.bind)(*args, **{k.arg: k.value for k in call.keywords if k.arg})


def misfits(cells):
    """One line for each place where the code of a notebook does not fit the library."""
    trees = [ast.parse(source) for source in cells]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    known, wrong = {}, []

    def attempt(node, task, *args):
        try:
            return task(*args)
        except (AttributeError, ImportError, TypeError) as error:
            wrong.append(f"{ast.unparse(node)}: {error}")
            return None

    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            known |= attempt(node, imports, node) or {}
    own = {name for tree in trees for name in bound(tree)}
    known = {name: what for name, what in known.items() if name not in own}
    for node in nodes:
        if isinstance(node, ast.Attribute):
            attempt(node, value, node, known)
        elif isinstance(node, ast.Call) and callable(function := attempt(node.func, value, node.func, known)):
            attempt(node, fit, node, function)
    return list(dict.fromkeys(wrong))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_notebook_fits_the_library(path):
    assert misfits([cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("from unrolled import unrol", "unrolled.unrol"),
        ("from unrolled.meassure import norm_bound", "unrolled.meassure"),
        ("from unrolled import cells\ncells.lstn", "lstn"),
        ("from unrolled import claim\nclaim(sentence='It is so', condition=True)", "sentence"),
        ("import unrolled.cells as c\nc.lstm.stepp(1, 2, 3)", "stepp"),
        ("from unrolled import cells\ncells.lstm.step(1)", "missing"),
        ("from unrolled import cells\nf = lambda z: cells.gru.step(z, 2, 3, 4, 5)", "too many"),
        ("from explorables import show\nshow(fig, alt='a', captoin='b')", "captoin"),
        ("from explorables import show\nshow(*figs, captoin='b')", "captoin"),
        ("from unrolled import cells\ncells.lstm.State(C=1, H=2)", "H"),
    ],
)
def test_the_reader_is_awake(source, said):
    (wrong,) = misfits(source.split("\n"))
    assert said in wrong


@pytest.mark.parametrize(
    "source",
    [
        "from unrolled import cells\ncells.lstm.State(*two)\ncells.lstm.State(**two)",
        "from unrolled.maths import tanh\ntanh = lambda a, b: a\ntanh(1, 2)",
        "import numpy as np\nnp.nothing",
    ],
)
def test_what_only_a_run_would_tell_is_left_alone(source):
    assert misfits(source.split("\n")) == []
