"""Print the paths of a Chromium and a Firefox (or of those that are named) for the browser tests; install Debian's where that
is possible.

Looked for in this order: $CHROMIUM and $FIREFOX, the usual names on the PATH, Debian's packages (as root), for Chromium
Playwright's own. Exit status 1 and a loud notice when one is missing: an error where CI is set.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = {
    "chromium": ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
    "firefox": ["firefox-esr", "firefox"],
}
PACKAGES = {"chromium": "chromium", "firefox": "firefox-esr"}  # Debian's


def installed(kind: str = "chromium") -> str | None:
    """The path of a browser of this kind that is there already, or None."""
    asked = os.environ.get(kind.upper())
    if asked and not Path(asked).exists():
        raise SystemExit(f"{kind.upper()} must be the path of a browser; there is no file {asked!r}")
    return asked or next(filter(None, map(shutil.which, NAMES[kind])), None) or playwright_own(kind)


def playwright_own(kind: str) -> str | None:
    """What Playwright has downloaded. Its Firefox is a patched one, driven in another way: ours is the one that people have."""
    from playwright.sync_api import sync_playwright

    if kind != "chromium":
        return None
    with sync_playwright() as p:
        path = p.chromium.executable_path
    return path if Path(path).exists() else None


def install(kind: str) -> None:
    """Try the package manager, then for Chromium Playwright's download; either may fail, `installed` tells."""
    log = {"stdout": sys.stderr, "stderr": sys.stderr}
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], **log, check=False)
        subprocess.run(["apt-get", "install", "-q", "-y", PACKAGES[kind]], **log, check=False)
    if kind == "chromium" and installed(kind) is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], **log, check=False)


def found(kind: str) -> bool:
    """Print the path of a browser, installed if need be; or say that there is none."""
    if installed(kind) is None:
        install(kind)
    path = installed(kind)
    if path:
        print(path)
    else:
        print(
            f"*** NO {kind.upper()}: the pages and widgets of the book cannot be tested in it.\n"
            f"*** Install it (Debian: apt-get install {PACKAGES[kind]}), or set {kind.upper()} to its path.",
            file=sys.stderr,
        )
    return path is not None


if __name__ == "__main__":
    missing = [kind for kind in sys.argv[1:] or NAMES if not found(kind)]
    if missing:
        raise SystemExit(1)
