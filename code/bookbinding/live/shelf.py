"""One folder for all editions, `live/` of the site: Python, its libraries, ours, the scripts; and its place on the pages."""

import json
import re
import shutil
from contextlib import suppress
from pathlib import Path

from bookbinding.editions import BUILD
from bookbinding.execution import HOUSES
from bookbinding.live import sources, wheels

HERE = Path(__file__).parent
SHELF = BUILD / "live"
FETCHED = BUILD / "live-sources"
IMPORTED = ["matplotlib"]  # what our houses import of Pyodide's packages, with what these depend on
UNUSED = {"fonttools", "pytz"}  # of these: writing PDF, time zones
PLAIN = ["latex2mathml", "tabulate", "tqdm", "wcwidth"]  # of plain Python: formulas, tables and their widths, progress
OURS = ("page.css", "worker.mjs", "kernel.py", "names.py")
PARTS = ("words", "kept", "python", "field", "output", "bar", "notebook", "cells")  # of page.js, in their order
COUNTED = {".wasm", ".zip", ".whl", ".json", ".py"}  # what worker.mjs fetches, and counts
TAG = re.compile(r'<script defer src="../live/page.js[^>]*></script>')
STDLIB = "python_stdlib.zip"
CELL = '<div class="cell_input docutils container">'


def gather():
    """Fill `_build/live`, from `_build/live-sources` where the bytes are there. Raises Unreachable where they cannot be had."""
    FETCHED.mkdir(parents=True, exist_ok=True)
    core, lock = sources.core(FETCHED)
    entries = closure(lock["packages"], IMPORTED)
    others = sources.compiled(entries.values(), FETCHED) | sources.plain(PLAIN, FETCHED)
    others = {name: wheels.lean(data) for name, data in {**others, STDLIB: core[STDLIB]}.items()}
    files = core | wheels.ready(others, core, FETCHED)
    files |= wheels.ready(dict(map(wheels.house, HOUSES)), core, FETCHED, ours=True)
    named = {entry["file_name"]: entry for entry in entries.values()}
    for name in sorted(name for name in files if name.endswith(".whl")):
        entry = named.get(name) or new_entry(entries, name)
        entry["sha256"] = sources.sha256(files[name])
    files["pyodide-lock.json"] = json.dumps({"info": lock["info"], "packages": dict(sorted(entries.items()))}).encode()
    files["NOTICES.txt"] = notices(files).encode()
    for name in OURS:
        files[name] = (HERE / name).read_bytes()
    files["page.js"] = script().encode()
    lay(files)


def script():
    """The script of a page, from its parts. From a disk a browser starts no worker: there it does nothing."""
    parts = "\n".join((HERE / f"page/{name}.js").read_text("utf-8") for name in PARTS)
    return f'(() => {{\nif (location.protocol === "file:") return;\n{parts}}})();\n'


def closure(packages, wanted):
    """The entries of a lock file that these packages need, without `UNUSED`; each lists what it needs."""
    found, todo = {}, list(wanted)
    while todo:
        name = todo.pop()
        if name not in found:
            entry = packages[name]
            found[name] = entry | {"depends": [other for other in entry["depends"] if other not in UNUSED]}
            todo += found[name]["depends"]
    return found


def new_entry(entries, file_name):
    """An entry of the lock file for a wheel of plain Python that Pyodide does not have."""
    name, version = file_name.split("-")[:2]
    like = {"install_dir": "site", "package_type": "package", "unvendored_tests": False, "depends": [], "imports": [name]}
    entries[name] = like | {"name": name, "version": version, "file_name": file_name}
    return entries[name]


def notices(files):
    """Whose work the folder holds: for each wheel what it says of itself, then the texts of its licences."""
    parts = [(HERE / "NOTICES.txt").read_text("utf-8")]
    for name in sorted(name for name in files if name.endswith(".whl")):
        parts.append(f"\n{'=' * 80}\n{name}\n\n{wheels.licence(files[name])}")
    return "".join(parts)


def lay(files):
    """Replace `_build/live` in one piece."""
    new, old = SHELF.with_suffix(".new"), SHELF.with_suffix(".old")
    for folder in (new, old):
        shutil.rmtree(folder, ignore_errors=True)
    new.mkdir(parents=True)
    for name, data in files.items():
        (new / name).write_bytes(data)
    if SHELF.exists():
        SHELF.rename(old)
    new.rename(SHELF)
    shutil.rmtree(old, ignore_errors=True)


def renew():
    """Fill `_build/live` anew, with the houses as they are now, if it has ever been filled: nothing need be fetched."""
    if SHELF.exists():
        with suppress(sources.Unreachable):
            gather()


def join(site):
    """Put the folder into a site, and its script onto the pages that have cells; nothing where there is no folder."""
    if not SHELF.exists():
        return
    shutil.rmtree(site / "live", ignore_errors=True)
    shutil.copytree(SHELF, site / "live")
    files = {path.name: path.read_bytes() for path in sorted(SHELF.iterdir())}
    version = sources.sha256(b"".join(files.values()))[:12]
    weight = sum(len(data) for name, data in files.items() if Path(name).suffix in COUNTED)
    tag = f'<script defer src="../live/page.js?{version}" data-bytes="{weight}"></script>'
    for path in site.glob("*/*.html"):
        page = TAG.sub("", path.read_text("utf-8"))
        path.write_text(page.replace("</head>", tag + "</head>", 1) if CELL in page else page, "utf-8")
