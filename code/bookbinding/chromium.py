"""The browser that prints the book and draws its cards: that of the tests, $CHROMIUM."""

import contextlib
import os
import sys


@contextlib.contextmanager
def opened(what):
    """A browser for the time of a `with`; without one the command ends in a sentence that says what it is for, in `what`."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM")
    if not chromium:
        sys.exit(f"CHROMIUM must be the path of a browser, which {what}")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()
