"""Print the path of a Chromium for the browser tests; install Debian's where that is possible.

Looked for in this order: $CHROMIUM, the usual names on the PATH, Debian's package (as root), Playwright's own.
Exit status 1 and a loud notice when there is none: an error where CI is set.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]


def installed() -> str | None:
    """The path of a browser that is there already, or None."""
    asked = os.environ.get("CHROMIUM")
    if asked and not Path(asked).exists():
        raise SystemExit(f"CHROMIUM must be the path of a browser; there is no file {asked!r}")
    return asked or next(filter(None, map(shutil.which, NAMES)), None) or playwright_own()


def playwright_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        path = p.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Try the package manager, then Playwright's download; either may fail, `installed` tells."""
    log = {"stdout": sys.stderr, "stderr": sys.stderr}
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], **log, check=False)
        subprocess.run(["apt-get", "install", "-q", "-y", "chromium"], **log, check=False)
    if installed() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], **log, check=False)


if __name__ == "__main__":
    if installed() is None:
        install()
    path = installed()
    if path is None:
        print(
            "*** NO BROWSER: the pages and widgets of the book cannot be tested.\n"
            "*** Install Chromium (Debian: apt-get install chromium), or set CHROMIUM to its path.",
            file=sys.stderr,
        )
        raise SystemExit(1)
    print(path)
