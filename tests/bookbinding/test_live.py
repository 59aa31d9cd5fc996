"""What runs in the reader's browser, run here: which cells a cell needs, what a cell shows, and what the folder holds."""

import json
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from bookbinding.editions import ROOT
from bookbinding.live import shelf, sources, wheels

sys.path.insert(0, str(ROOT / "code/bookbinding/live"))  # as in the browser, where both lie side by side
import kernel
import names


def needed(*cells):
    return names.needed(list(cells), len(cells) - 1)


# ---- which cells a cell needs


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["x = 1", "y = 2", "x"], [0]),
        (["x = 1", "x = 2", "x"], [1]),
        (["x = 1", "y = x", "z = 3", "y"], [0, 1]),
        (["x = [1]", "x[0] = 2", "x"], [0, 1]),
        (["x = [1]", "x.append(2)", "x"], [0, 1]),
        (["x = [1]", "y = x", "y.append(2)", "print(x)"], [0, 1, 2]),
        (["x = 1", "x += 1", "y = x.mean()", "x"], [0, 1]),
        (["rng = default_rng(0)", "a = rng.normal()", "b = 1", "rng.normal()"], [0, 1]),
        (["rng = default_rng(0)", "draw = partial(task, rng)", "a = draw()", "rng.normal()"], [0, 1, 2]),
        (["rng = default_rng(0)", "rng = default_rng(1)", "rng.normal()"], [1]),
        (["def f():\n    return g()", "def g():\n    return 1", "f()"], [0, 1]),
        (["def f():\n    rng = default_rng(0)\n    return rng", "rng = default_rng(1)", "rng.normal()"], [1]),
        (["a = 1", "x = [a for a in range(3)]", "a"], [0]),
        (["if y:\n    x = 1\nelse:\n    x = 2", "x"], [0]),
        (["x = 1", "if y:\n    x = 2", "x"], [0, 1]),
        (["x = 1", "for x in range(3):\n    y = x", "y"], [1]),
        (["import numpy as np", "speak('zh')", "x = 1", "np"], [0, 1]),
        (["explore(fig)", "print(1)", "claim('s', True)", "x"], []),
        (["x = np.zeros(3)", "np.add(x, 1, out=x)", "x"], [0, 1]),
        (["it = iter('ab')", "a = next(it)", "next(it)"], [0, 1]),
        (["x = 1", "y = (", "x"], [0]),
        (["x = 1", "x = ("], []),
        (["x = 1", "f = lambda: x", "x = 2", "f()"], [0, 1, 2]),
        (["x = 1", "f = lambda y=x: y"], [0]),
        (["class A: pass", "class B(A): pass"], [0]),
        (["def d(c): return c", "@d\nclass B: pass"], [0]),
        (["T = int", "def f(x: T) -> list: pass"], [0]),
        (["T = int", "def f(x) -> T: pass"], [0]),
        (["try:\n    f()\nexcept OSError as e:\n    kept = e", "kept"], [0]),
        (["match 1:\n    case y:\n        pass", "y"], [0]),
        (["match m:\n    case [a, *b]:\n        pass\n    case {'k': 1, **c}:\n        pass", "a, b, c"], [0]),
        (["from numpy import *", "zeros(3)"], [0]),
        (["x = [1]", "y = x.pop()", "x"], [0, 1]),
    ],
)
def test_a_cell_needs_what_its_names_tell(cells, wanted):
    assert needed(*cells) == wanted


# ---- what a cell shows


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(kernel, "given", {})
    monkeypatch.setenv("EXPLORABLES_STATIC", "1")


def shown(*cells, **more):
    return kernel.run(list(cells), len(cells) - 1, **more)


def test_a_cell_shows_what_it_prints_and_its_last_value():
    found = shown("x = 2", "print('<b>')\nx + 1")
    assert found == {
        "number": 1,
        "above": 1,
        "html": '<div class="output stream"><pre>&lt;b&gt;</pre></div><div class="output text_plain"><pre>3</pre></div>',
    }


def test_a_cell_above_runs_once_and_quietly():
    cells = ["import time\nprint('loud')\nstamp = time.perf_counter_ns()", "print(stamp)"]
    heard = []
    one = shown(*cells, tell=lambda kind, value: heard.append((kind, value)))
    two = shown(*cells)
    assert one["html"] == two["html"]
    assert (one["above"], two["above"]) == (1, 0)
    assert "loud" not in str(heard)
    assert [value for kind, value in heard if kind == "above"] == [[0, 1], [1, 1]]
    assert shown(cells[0] + "  # edited", cells[1])["above"] == 1


def test_a_second_run_finds_the_same_random_numbers():
    cells = ["import numpy as np\nrng = np.random.default_rng(0)", "print(rng.random())", "print(rng.random())"]
    first, second = shown(*cells[:2])["html"], shown(*cells)["html"]
    assert shown(*cells[:2])["html"] == first != second == shown(*cells)["html"]


def test_what_two_names_share_stays_one():
    cells = ["x = [1]", "y = x", "y.append(2)", "print(x, x is y)"]
    assert "[1, 2] True" in shown(*cells)["html"]
    assert "[1, 2] True" in shown(*cells)["html"]


def test_a_cell_that_shows_nothing_runs_the_one_below_that_uses_it():
    cells = ["def mine(x):\n    return x", "def check(f):\n    return f(2) == 4", "print('right' if check(mine) else 'not yet')"]
    assert kernel.run(cells, 0, [2]) == {"number": 2, "above": 1, "html": '<div class="output stream"><pre>not yet</pre></div>'}
    mended = [cells[0].replace("return x", "return 2 * x"), *cells[1:]]
    assert "right" in kernel.run(mended, 0, [2])["html"]
    assert kernel.run(["x = 1", "print(2)"], 0, [1])["number"] == 0


def test_a_figure_stays_the_one_that_its_function_draws_into():
    made = "def made():\n    fig, ax = plt.subplots()\n    (line,) = ax.plot([0, 1])\n"
    made += "    return fig, lambda a: line.set_ydata([0, a])"
    cells = [f"import matplotlib.pyplot as plt\nfrom explorables import explore\n{made}", "fig, update = made()"]
    for _ in range(2):
        assert 'class="explorable"' in shown(*cells, "explore(fig, update, alt='A line.', a=[1, 2])")["html"]


def test_an_error_is_told_with_its_line():
    told = {"number": 1, "places": [(2, 2, "z = y / 0")], "message": "ZeroDivisionError: division by zero"}
    assert shown("x = 1", "y = x\nz = y / 0") == {"error": told | {"memory": False, "module": None}}
    above = shown("def f():\n    return 1 / 0", "y = f()", "print(y)")["error"]
    assert (above["number"], above["places"]) == (1, [(2, 1, "y = f()"), (1, 2, "return 1 / 0")])
    assert shown("x = (")["error"]["places"] == [(1, 1, "x = (")]
    assert shown("x = (")["error"]["message"] == "SyntaxError: '(' was never closed"
    assert shown("raise MemoryError")["error"]["memory"]
    assert shown("import nowhere.at_all")["error"]["module"] == "nowhere"
    assert len(shown("def f():\n    return f()", "f()")["error"]["places"]) == kernel.MOST_PLACES


BAD = "class Bad:\n    def __repr__(self):\n        return 1 / 0\n    __str__ = __repr__\n"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        (f"{BAD}Bad()", (1, 3, "return 1 / 0")),
        (f"{BAD}raise ValueError(Bad())", (1, 5, "raise ValueError(Bad())")),
        (f"{BAD.replace('__repr__', '_repr_html_')}Bad()", (1, 3, "return 1 / 0")),
    ],
)
def test_what_cannot_be_shown_is_an_error_like_others(source, place):
    assert shown(source)["error"]["places"][-1] == place


def test_of_each_cell_only_what_it_gave_last_is_kept():
    for k in range(3):
        assert f"<pre>{k}</pre>" in shown(f"x = {k}", "print(x)")["html"]
    assert len(kernel.given) == 2


def test_an_error_leaves_no_traces():
    assert "error" in shown("x = [1]", "x.append(2)\nraise ValueError")
    assert "[1]" in shown("x = [1]", "print(x)")["html"]


def test_endless_printing_ends():
    told = shown("while True:\n    print('again')")["error"]
    assert told["message"] == "RuntimeError: a cell may print 100000 characters on a page"
    above = shown("x = 1\nwhile True:\n    print('again')", "print(x)")["error"]
    assert (above["number"], above["message"]) == (0, told["message"])


@pytest.mark.parametrize("source", ["print('x' * 10**7)", "'x' * 10**7", "raise ValueError('x' * 10**7)"])
def test_no_more_comes_than_a_page_can_show(source):
    printed = []
    found = shown(source, tell=lambda kind, value: kind == "text" and printed.append(value))
    assert sum(map(len, [*printed, str(found)])) < 200_000


def test_tables_are_tables_and_progress_is_its_last_state():
    html = shown("print('| a | $b_f$ |\\n|:--|--:|\\n| x | 1 |\\nrest\\n10%\\r20%')")["html"]
    assert '<th scope="col" class="right"><p><math' in html
    assert '<th scope="row" class="left"><p>x</p></th><td class="right"><p>1</p></td>' in html
    assert html.endswith('<div class="output stream"><pre>rest\n20%</pre></div>')
    assert "<table" not in shown("print('| a $ |\\n|--|\\n| 1 |')")["html"]


def test_of_what_raised_in_a_cell_below_the_line_of_ones_own_is_told():
    cells = ["def mine(x):\n    return x / 0", "print(mine(2))"]
    assert kernel.run(cells, 0, [1])["error"]["places"] == [(2, 1, "print(mine(2))"), (1, 2, "return x / 0")]


def test_a_figure_that_was_left_open_is_shown():
    assert "<svg" in shown("import matplotlib.pyplot as plt\nplt.plot([1, 2]);")["html"]


def test_a_figure_that_is_to_be_shown_is_shown_and_no_more_is_said():
    out = kernel.run(["import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"], 0)["html"]
    assert "<svg" in out
    assert "non-interactive" not in out


def test_nobody_is_asked():
    error = kernel.run(["x = input('your name? ')"], 0)["error"]
    assert "write the value into the cell" in error["message"]


def test_a_picture_is_drawn_anew_each_time():
    cells = [
        "import matplotlib.pyplot as plt",
        "fig, ax = plt.subplots()\nax.plot([3, 4])",
        "ax.plot([1, 2])\nprint(len(ax.lines))",
    ]
    assert [shown(*cells)["html"].count("<pre>2</pre>") for _ in range(3)] == [1, 1, 1]
    assert shown(*cells[:2], "fig")["html"].count("<figure") == 1
    assert shown(*cells[:2], "ax.plot([1, 2])\nplt.plot([0, 1])\nplt.gca() is ax")["html"].count("<figure") == 1
    assert "None" not in shown(*cells[:2], "fig")["html"]


def test_neither_widgets_nor_their_host_are_needed(monkeypatch):
    for name in ("anywidget", "traitlets", "ipywidgets", "IPython"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "explorables.live", raising=False)
    cells = [
        "import matplotlib.pyplot as plt\nfrom explorables import explore\nfig, ax = plt.subplots()\n(line,) = ax.plot([0, 1])",
        "explore(fig, lambda a: line.set_ydata([0, a]), alt='A line.', a=[1, 2])",
    ]
    assert 'class="explorable"' in shown(*cells)["html"]


def stored(cell):
    return "".join(output["text"] for output in cell.outputs if output.get("name") == "stdout")


@pytest.mark.slow
@pytest.mark.parametrize("page", ["en/errata", "en/05_2_gates", "zh/notation"])
def test_each_cell_of_a_page_prints_what_is_stored_from_those_that_it_needs_alone(page):
    cells = [cell for cell in nbformat.read(ROOT / f"chapters/{page}.ipynb", 4).cells if cell.cell_type == "code"]
    listed = [cell.source for cell in cells]
    for number in reversed(range(len(cells))):  # from below: nothing that was kept can help
        if "nbval-ignore-output" in cells[number].metadata.get("tags", []):
            continue
        kernel.given.clear()
        printed = []
        found = kernel.run(listed, number, tell=lambda kind, value, printed=printed: kind == "text" and printed.append(value))
        assert "error" not in found, found
        assert "".join(printed) == stored(cells[number]), f"cell {number}"


# ---- the folder


def wheel(**files):
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made.getvalue()


def test_our_wheels_are_the_same_to_the_byte_and_hold_what_the_houses_hold():
    name, data = wheels.house("unrolled")
    assert data == wheels.house("unrolled")[1]
    assert name == "unrolled-0.1.0-py3-none-any.whl"
    inside = zipfile.ZipFile(BytesIO(data)).namelist()
    assert {"unrolled/__init__.py", "unrolled/typed/page.js", "unrolled-0.1.0.dist-info/METADATA"} <= set(inside)
    assert not [path for path in inside if path.endswith(".pyc")]


def test_a_wheel_is_left_without_what_nobody_imports():
    names = ["numpy/core.py", "numpy/core.pyi", "numpy/f2py/a.py", "matplotlib/mpl-data/sample_data/a.csv", "numpy/LICENSE"]
    names += [
        "encodings/cp437.py",
        "encodings/cp850.py",
        "matplotlib/backends/backend_svg.py",
        "matplotlib/backends/backend_qtagg.py",
    ]
    data = wheels.lean(wheel(**dict.fromkeys(names, "")))
    left = ["encodings/cp437.py", "matplotlib/backends/backend_svg.py", "numpy/LICENSE", "numpy/core.py"]
    assert zipfile.ZipFile(BytesIO(data)).namelist() == left


def test_what_was_compiled_is_beside_our_sources_and_in_the_place_of_others(monkeypatch, tmp_path):
    def compiled(data, core, folder):
        ours = {"ours/unrolled/a.py": "ours/unrolled/__pycache__/a.cpython-314.pyc"}
        return wheels.zipped({ours.get(name, f"{name}c"): b"code" for name in wheels.unzipped(data)})

    monkeypatch.setattr(wheels, "compiled", compiled)
    packed = {"unrolled-0.1.0-py3-none-any.whl": wheel(**{"unrolled/a.py": "x = 1", "unrolled/a.js": ""})}
    ours = wheels.unzipped(wheels.ready(packed, {}, tmp_path, ours=True)["unrolled-0.1.0-py3-none-any.whl"])
    assert sorted(ours) == ["unrolled/__pycache__/a.cpython-314.pyc", "unrolled/a.js", "unrolled/a.py"]
    others = wheels.ready({"a.whl": wheel(**{"a.py": "1", "a.txt": ""}), "b.whl": wheel(**{"b.py": "2"})}, {}, tmp_path)
    assert {name: sorted(wheels.unzipped(data)) for name, data in others.items()} == {
        "a.whl": ["a.pyc", "a.txt"],
        "b.whl": ["b.pyc"],
    }


def test_a_file_with_another_hash_is_not_taken(tmp_path):
    entry = {"file_name": "a.whl", "sha256": sources.sha256(b"right")}
    sources.keep(entry, b"wrong", tmp_path)
    assert not (tmp_path / "a.whl").exists()
    (tmp_path / "a.whl").write_bytes(b"wrong")
    assert sources.kept([entry], tmp_path) == {}
    sources.keep(entry, b"right", tmp_path)
    assert sources.kept([entry], tmp_path) == {"a.whl": b"right"}


def test_the_next_place_is_asked_where_one_is_closed(tmp_path, monkeypatch):
    entries = [{"file_name": "a.whl", "sha256": sources.sha256(b"a")}, {"file_name": "b.whl", "sha256": sources.sha256(b"b")}]

    def closed(*_):
        raise OSError("no route")

    def carried(asked, folder):
        sources.keep(entries[1], b"b", folder)
        return sources.kept(asked, folder)

    sources.keep(entries[0], b"a", tmp_path)
    monkeypatch.setattr(sources, "published", closed)
    monkeypatch.setattr(sources, "carried", carried)
    assert sources.compiled(entries, tmp_path) == {"a.whl": b"a", "b.whl": b"b"}
    monkeypatch.setattr(sources, "carried", closed)
    (tmp_path / "b.whl").unlink()
    with pytest.raises(sources.Unreachable, match=r"^neither .* nor PyPI has b\.whl$"):
        sources.compiled(entries, tmp_path)


def test_where_it_cannot_be_had_one_line_says_so(monkeypatch, tmp_path):
    from bookbinding.live import __main__ as command

    def closed():
        raise sources.Unreachable("nobody answers")

    monkeypatch.setattr(command, "gather", closed)
    with pytest.raises(SystemExit, match=r"^Run here: the pages stay as they are, .* cannot be fetched: nobody answers$"):
        command.main()


def test_the_script_is_on_the_pages_that_have_cells_once(monkeypatch, tmp_path):
    site = tmp_path / "site/en"
    site.mkdir(parents=True)
    pages = {"a.html": f"<head></head>{shelf.CELL}", "b.html": "<head></head>no cells"}
    for name, text in pages.items():
        (site / name).write_text(text, "utf-8")
    monkeypatch.setattr(shelf, "SHELF", tmp_path / "live")
    shelf.join(tmp_path / "site")
    assert {name: (site / name).read_text("utf-8") for name in pages} == pages  # nothing there: as it was
    shelf.SHELF.mkdir()
    (shelf.SHELF / "page.js").write_text("", "utf-8")
    for text in ("one", "two"):
        (shelf.SHELF / "python_stdlib.zip").write_text(text, "utf-8")
        shelf.join(tmp_path / "site")
        assert (site / "a.html").read_text("utf-8").count("<script") == 1
    assert 'data-bytes="3"' in (site / "a.html").read_text("utf-8")
    assert (site / "b.html").read_text("utf-8") == pages["b.html"]
    assert (tmp_path / "site/live/python_stdlib.zip").read_text("utf-8") == "two"


def test_the_versions_that_we_carry_are_named_in_the_notices():
    assert f"Pyodide {sources.VERSION}," in (Path(shelf.__file__).parent / "NOTICES.txt").read_text("utf-8")


@pytest.mark.skipif(not shelf.SHELF.exists(), reason="no _build/live: run `make live`")
def test_the_lock_file_names_what_lies_beside_it():
    packages = json.loads((shelf.SHELF / "pyodide-lock.json").read_text("utf-8"))["packages"]
    for entry in packages.values():
        assert sources.sha256((shelf.SHELF / entry["file_name"]).read_bytes()) == entry["sha256"]
        assert set(entry["depends"]) <= set(packages)
    notices = (shelf.SHELF / "NOTICES.txt").read_text("utf-8")
    assert all(entry["file_name"] in notices for entry in packages.values())
