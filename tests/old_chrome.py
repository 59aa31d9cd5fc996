"""Unpack the Chrome of 2023 that npm's @sparticuz/chromium carries, and print its path: python tests/old_chrome.py FOLDER.

FOLDER is where the package was installed. `make old-chrome` looks at every page with it.
"""

import io
import sys
import tarfile
from pathlib import Path

import brotli


def unpack(folder: Path) -> Path:
    """The path of the browser."""
    packed, target = folder / "node_modules/@sparticuz/chromium/bin", folder / "chrome"
    target.mkdir(exist_ok=True)
    chrome = target / "chromium"
    chrome.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
    chrome.chmod(0o755)
    drawing = brotli.decompress((packed / "swiftshader.tar.br").read_bytes())  # where there is no graphics card
    with tarfile.open(fileobj=io.BytesIO(drawing)) as files:
        files.extractall(target, filter="data")
    return chrome.resolve()


if __name__ == "__main__":
    print(unpack(Path(sys.argv[1])))
