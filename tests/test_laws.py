"""The laws of the code: the contract's names to the letter, `step` in the letters of `Step`, imports that go one way."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import unrolled
from bookbinding.execution import files
from unrolled import cells, since

ROOT = Path(__file__).parent.parent
CODE = ROOT / "code"
PACKAGE = CODE / "unrolled"
SOURCES = [path for folder in sorted(CODE.iterdir()) for path in files(folder.name) if path.suffix == ".py"]
OURS = [path for path in SOURCES if path.is_relative_to(PACKAGE)]
CELLS = sorted(path for folder in ("cells", "since") for path in (PACKAGE / folder).glob("*.py"))
CELLS = [path for path in CELLS if path.stem not in ("__init__", "attention", "hybrid")]  # no state, and no step

# ---- the contract ----

LSTM = "U_f W_f b_f U_i W_i b_i U_C W_C b_C U_o W_o b_o"
GRU = "U_z W_z b_z U_r W_r b_r U_h W_h b_h"
CONTRACT = {  # Params, State, Step
    "rnn": ("U W b", "s", "s"),
    "rnn_relu": ("U W b", "s", "s"),
    "rnn_sigmoid": ("U W b", "s", "s"),
    "residual": ("U W b ε", "s", "s_tilde s"),
    "lstm": (LSTM, "C h", "f i C_tilde C o h"),
    "lstm_1997": ("U_i W_i b_i U_C W_C b_C U_o W_o b_o", "C h", "i C_tilde C o h"),
    "peephole": (f"{LSTM} p_f p_i p_o", "C h", "f i C_tilde C o h"),
    "coupled": ("U_f W_f b_f U_C W_C b_C U_o W_o b_o", "C h", "f C_tilde C o h"),
    "gru": (GRU, "h", "z r h_tilde h"),
    "gru_reset_after": (f"{GRU} c_h", "h", "z r h_tilde h"),
}


def test_the_package_offers_what_the_contract_names():
    names = "bptt cells clip_by_global_norm init inspect jacobians lyapunov_spectrum product_norms singular_values unroll"
    assert set(unrolled.__all__) == {*names.split(), "claim", "power", "rough", "table"}
    assert set(cells.__all__) == set(CONTRACT)
    assert all(hasattr(unrolled, name) for name in unrolled.__all__)


@pytest.mark.parametrize("name", CONTRACT)
def test_a_cell_has_six_names_and_the_letters_of_the_contract(name):
    cell = getattr(cells, name)
    params, state, step = (tuple(fields.split()) for fields in CONTRACT[name])
    assert (cell.Params._fields, cell.State._fields, cell.Step._fields) == (params, state, step)
    assert callable(cell.step)
    assert callable(cell.pullback)
    assert callable(cell.jacobian), "the seventh, which other cells may lack"
    of_letter = {"U": (5, 3), "W": (5, 5), "b": (5, 1), "p": (5, 1), "c": (5, 1), "ε": (1, 1)}
    assert cell.shapes(5, 3) == cell.Params(*(of_letter[field[0]] for field in params))


# ---- the letters ----


def functions(path, name):
    return [f for f in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(f, ast.FunctionDef) and f.name == name]


def assigned(function):
    """The names that a function assigns, in order."""
    targets = [target for line in function.body if isinstance(line, ast.Assign) for target in line.targets]
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]


@pytest.mark.parametrize("path", CELLS, ids=lambda path: path.stem)
def test_step_assigns_the_letters_of_its_step_in_order(path):
    cell = getattr(cells if path.parent.name == "cells" else since, path.stem)
    (step,) = functions(path, "step")
    names = [name for name in assigned(step) if not name.endswith("_prev")]
    want = [f"{field}_t" for field in cell.Step._fields]
    assert names == want
    assert ast.unparse(step.body[-1]) == f"return Step({', '.join(want)})"
    for way in [*functions(path, "pullback"), *functions(path, "jacobian")]:
        lines = [line for line in way.body if isinstance(line, ast.Assign) and ast.unparse(line.value).startswith("now")]
        read = [name.id for line in lines for name in ast.walk(line.targets[0]) if isinstance(name, ast.Name)]
        assert read == want or (len(want) == 1 and not read), f"`{way.name}` reads the same letters, a single one if it needs it"


# ---- the houses and their rooms ----

# whom a house may import
HOUSES = {"explorables": set(), "unrolled": {"explorables"}, "bookbinding": {"explorables", "unrolled"}}
ORDER = [  # in `unrolled` a module imports only from those before it
    "checks",
    "claims",
    "tables",
    "maths",
    "cells",
    "readout",
    "regression",
    "through_time",
    "since",
    "measure",
    "fused",
    "tasks",
    "training",
    "words",
    "typed",
    "experiments",
    "interop",
    "style",
    "diagrams",
    "figures",
    "inspect",
    "wild",
]


def dotted(path):
    """The name under which a file is imported."""
    return ".".join(path.relative_to(CODE).with_suffix("").parts).removesuffix(".__init__")


def house(path):
    return path.relative_to(CODE).parts[0]


def room(path):
    """The module or folder of its house that a file belongs to."""
    return path.relative_to(CODE).with_suffix("").parts[1]


def imported(path):
    """The dotted names of our houses that a file imports, wherever it does so."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module.split(".")[0] in HOUSES)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in HOUSES)


def test_every_house_and_every_module_has_its_place():
    assert {house(path) for path in SOURCES} == set(HOUSES)
    assert {room(path) for path in OURS} == {*ORDER, "__init__"}, "a new module is given its place in ORDER"


@pytest.mark.parametrize("path", SOURCES, ids=dotted)
def test_imports_between_houses_go_one_way(path):
    assert {other.split(".")[0] for other in imported(path)} <= {house(path), *HOUSES[house(path)]}


@pytest.mark.parametrize("path", [path for path in OURS if path != PACKAGE / "__init__.py"], ids=dotted)
def test_imports_go_only_upward(path):
    allowed = set(ORDER[: ORDER.index(room(path))])
    for other in (name for name in imported(path) if name.startswith("unrolled.")):
        whose = other.split(".")[1]
        if whose != room(path):
            assert whose in allowed, f"{dotted(path)} imports {other}, which comes after it"
        elif path.parent.name == "cells" and path.stem != "__init__":
            assert path.stem.startswith(f"{other.split('.')[2]}_"), "only a variant leans on a cell, and only on its own"


# ---- a folder of pictures for each chapter ----

FIGURES = PACKAGE / "figures"
CHAPTERS = {re.sub(r"^\d+(_\d)?_", "", path.stem): path for path in (ROOT / "chapters/en").glob("*.ipynb")}
FOLDERS = sorted(path.parent for path in FIGURES.glob("*/__init__.py") if path.parent.name != "shared")


def test_each_folder_of_pictures_is_that_of_a_chapter():
    assert {folder.name for folder in FOLDERS} <= set(CHAPTERS)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_folder_lists_what_its_chapter_shows_and_nothing_else(folder):
    listed = {name.rsplit(".", 1)[1] for name in imported(folder / "__init__.py")}
    called = set(re.findall(r"\bfigures\.(\w+)", CHAPTERS[folder.name].read_text("utf-8"))) - {folder.name}
    assert listed == called


@pytest.mark.parametrize("path", [*FIGURES.glob("*/*.py")], ids=dotted)
def test_pictures_lean_on_their_own_folder_and_on_what_is_shared(path):
    theirs = {name.split(".")[2] for name in imported(path) if name.startswith("unrolled.figures.")}
    assert theirs <= {path.parent.name, "shared"}


def test_what_is_shared_serves_more_than_one_chapter():
    """Or carries what is shared."""
    users = {path.stem: set() for path in FIGURES.glob("shared/[!_]*.py")}
    for path in FIGURES.rglob("*.py"):
        for name in imported(path):
            if name.startswith("unrolled.figures.shared."):
                users[name.split(".")[3]].add(path.parent.name)
    assert {stem for stem, folders in users.items() if len(folders) < 2 and "shared" not in folders} == set()


def test_torch_is_imported_by_interop_alone_and_inside_a_function():
    def torch(tree):
        imports = (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))
        return [node for node in imports if re.search(r"\btorch\b", ast.unparse(node))]

    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        assert bool(torch(tree)) == (dotted(path) == "unrolled.interop.pytorch"), f"{path} imports torch"
        assert not any(torch(part) for part in tree.body if not isinstance(part, ast.FunctionDef))


def test_code_is_no_package_so_that_the_module_code_of_python_is_found():
    assert not (ROOT / "code" / "__init__.py").exists()
    subprocess.run([sys.executable, "-c", "import pdb, code; code.InteractiveConsole"], cwd=ROOT, check=True)


def prescribed(path, name):
    """Names that the contract (described once for all cells, in `unrolled.cells`) or Sphinx gives to a function."""
    if path.parent.name in ("cells", "since") or path.stem == "projected":
        return name in ("step", "pullback", "jacobian")
    return re.match("setup$|visit_|depart_", name)


@pytest.mark.parametrize("path", SOURCES, ids=dotted)
def test_modules_and_public_functions_have_docstrings(path):
    """But for a function of one line, which says itself what it does."""
    tree = ast.parse(path.read_text("utf-8"))
    public = [f for f in tree.body if isinstance(f, ast.FunctionDef) and f.name[0] != "_" and not prescribed(path, f.name)]
    assert [f.name for f in public if len(f.body) > 1 and not ast.get_docstring(f)] == []
    assert ast.get_docstring(tree)


# ---- the same on every system ----


def unencoded(tree):
    """The calls that read or write text in whatever encoding the system prefers."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name, places = ast.unparse(call.func).split(".")[-1], len(call.args)
        given = {keyword.arg for keyword in call.keywords}
        if (
            (name == "read_text" and places < 1)
            or (name == "write_text" and places < 2)
            or (ast.unparse(call.func) == "open" and not (places > 1 and "b" in ast.unparse(call.args[1])))
            or (name in ("run", "Popen", "check_output") and given & {"text", "universal_newlines"})
        ) and "encoding" not in given:
            yield ast.unparse(call)


@pytest.mark.parametrize("folder", ["code", "tests"])
def test_every_text_names_its_encoding(folder):
    found = {str(path): [*unencoded(ast.parse(path.read_text("utf-8")))] for path in (ROOT / folder).rglob("*.py")}
    assert {path: calls for path, calls in found.items() if calls} == {}


@pytest.mark.parametrize("call", ["p.read_text()", "p.write_text(t)", "open(p)", "open(p, 'w')", "run(p, text=True)"])
def test_the_reader_of_encodings_is_awake(call):
    assert [*unencoded(ast.parse(call))] == [call]


def tracked():
    """What git knows; from an archive without git there is nothing to ask."""
    asked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    return asked.stdout.decode("utf-8").split("\0")[:-1] or pytest.skip("no git here")


def test_file_names_are_names_on_every_system():
    names = tracked()
    assert [name for name in names if re.search(r'[<>:"\\|?*\x00-\x1f]|[. ](/|$)', name)] == []
    assert [name for name in names if re.search(r"(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.|/|$)", name, re.IGNORECASE)] == []
    assert len({name.lower() for name in names}) == len(names), "two that differ by case alone are one on some systems"


def test_texts_end_their_lines_in_one_way_on_every_system():
    asked = ["git", "check-attr", "--stdin", "-z", "eol"]
    said = subprocess.run(asked, cwd=ROOT, input="\0".join(tracked()).encode(), capture_output=True, check=True)
    assert set(said.stdout.decode("utf-8").split("\0")[2::3]) == {"lf"}
    assert [name for name in tracked() if name.endswith((".ipynb", ".svg", ".py")) and b"\r" in (ROOT / name).read_bytes()] == []
