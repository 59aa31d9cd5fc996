"""Wheels for the browser: those of others without what nobody imports there, and those of our houses; always the same bytes."""

import io
import re
from importlib.metadata import distribution
from zipfile import ZipFile

from bookbinding.archive import write
from bookbinding.editions import ROOT
from bookbinding.execution import files as files_of

UNUSED = re.compile(
    r"matplotlib/mpl-data/(sample_data|images|fonts/(afm|pdfcorefonts)|fonts/ttf/DejaVuSerif)|mpl_toolkits/|matplotlib/backends/"
    r"(web_backend|_tkagg|_macosx)|(numpy/(f2py|distutils|_core/include)|[^/]+/tests)/|.*\.(pyi|pxd|a|c|h)$"
)
ABOUT = re.compile(r"(Name|Version|License|License-Expression|Author|Home-page|Project-URL):")
LICENCE = re.compile(r"(?i)/(licen[cs]es?/.*|(licen[cs]e|copying|notice)[^/]*)$")


def lean(data):
    """A wheel without what no cell of the book imports."""
    with ZipFile(io.BytesIO(data)) as wheel:
        return zipped({name: wheel.read(name) for name in wheel.namelist() if not name.endswith("/") and not UNUSED.match(name)})


def house(name):
    """(file name, bytes) of the wheel of a house of ours: all its files, and what pip says of the distribution."""
    info = distribution(name)
    about = f"{name}-{info.version}.dist-info"
    files = {str(path.relative_to(ROOT / "code")): path.read_bytes() for path in files_of(name)}
    files[f"{about}/METADATA"] = info.read_text("METADATA").encode()
    files[f"{about}/licenses/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    files[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: bookbinding\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{about}/RECORD"] = "".join(f"{file},,\n" for file in (*files, f"{about}/RECORD")).encode()
    return f"{name}-{info.version}-py3-none-any.whl", zipped(files)


def zipped(files):
    """{name: bytes} as the bytes of a zip."""
    target = io.BytesIO()
    write(sorted(files.items()), target)
    return target.getvalue()


def licence(data):
    """What a wheel says of its authors, its home and its licence, and the texts of its licences."""
    with ZipFile(io.BytesIO(data)) as wheel:
        about = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        head = wheel.read(about).decode().partition("\n\n")[0]
        lines = [line for line in head.splitlines() if ABOUT.match(line)]
        texts = [name for name in wheel.namelist() if LICENCE.search(name)]
        return "\n".join([*lines, *(f"\n--- {name}\n\n{wheel.read(name).decode('utf-8', 'replace')}" for name in texts)])
