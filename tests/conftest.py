"""Fixtures that more than one test file needs: random numbers, and a real browser that sees this machine only."""

import functools
import http.server
import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from find_browser import installed

ROOT = Path(__file__).parent.parent
PICTURES = Path(__file__).parent / "unrolled" / "figures"
# What Firefox says of a font when its page is left (one that fails is in page.failed), and of a formula not yet read to its end.
# Of popover Chrome 109 knows that it will come.
HARMLESS = ("download failed (font-family", "Incorrect number of children for <", "Found a 'popover' attribute")
# In a page, until what was asked for is laid out and drawn.
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


def pytest_collection_modifyitems(items):
    """Slow by itself is what opens a browser, looks at the built site or draws the book's pictures; others say so themselves."""
    for item in items:
        opens = "playwright" in getattr(item, "fixturenames", ()) or hasattr(getattr(item, "module", None), "SITE")
        if opens or PICTURES in item.path.parents:
            item.add_marker("slow")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(autouse=True)
def _closed():
    """No figure of one test is still open in the next."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(autouse=True)
def english_first():
    """A test that speaks Chinese leaves no Chinese to the next one, whichever that is."""
    yield
    if "unrolled.words" in sys.modules:
        sys.modules["unrolled.words"].speak("en")


@pytest.fixture(scope="session")
def playwright():
    """Playwright's sync API: one for the session, and it starts each browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


def launched(kind, **options):
    """A headless browser, by the name that Playwright and `find_browser` know it by."""
    path = installed(kind.name)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"no {kind.name}: in CI the browser tests must run")
        pytest.skip(f"NO {kind.name.upper()}: its tests did not run")
    running = kind.launch(executable_path=path, **options)
    yield running
    running.close()


@pytest.fixture(scope="session")
def browser(playwright):
    """Chromium, one for the session."""
    yield from launched(playwright.chromium, args=FLAGS)


@pytest.fixture(scope="session")
def firefox(playwright):
    """Firefox as Mozilla and Debian ship it, one for the session; with little motion, which cannot be asked for page by page."""
    yield from launched(playwright.firefox, channel="moz-firefox", firefox_user_prefs={"ui.prefersReducedMotion": 1})


@pytest.fixture
def chinese():
    """Pictures that are drawn in this test are Chinese."""
    from unrolled import words

    words.speak("zh")
    yield
    words.speak("en")


def opener(browser):
    """open_page(url or html, **context options) -> a page that reaches loopback and nothing else.

    page.refused lists what it asked of other hosts, page.failed the requests that came to nothing, page.said the console,
    page.received the responses that it got. A context may be told to run a `script` before those of its pages.
    """
    contexts = []

    def open_(what, script=None, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.refused, page.failed, page.said, page.received = [], [], [], []
        local = ("http://127.0.0.1", "http://localhost", "file:", "data:", "blob:", "about:")
        ours = lambda url: url.startswith(local)  # noqa: E731
        context.route(lambda url: not ours(url), lambda route: (page.refused.append(route.request.url), route.abort()))
        # who leaves a page breaks off what it still asks for: that is the reader's doing, and no fault of the page
        page.on("requestfailed", lambda r: None if "ABORTED" in r.failure else page.failed.append(r.url))
        page.on("response", lambda r: page.failed.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.on("response", lambda r: page.received.append(r))
        say = lambda text: None if text.startswith(HARMLESS) else page.said.append(text)  # noqa: E731
        page.on("console", lambda m: say(m.text))
        page.on("pageerror", lambda e: say(str(e)))
        if what.startswith(("http:", "file:")):
            page.goto(what, wait_until="load")
        else:
            page.set_content(what, wait_until="load")
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(browser):
    yield from opener(browser)


@pytest.fixture
def open_in_firefox(firefox):
    yield from opener(firefox)


@pytest.fixture(scope="session")
def serve():
    """serve(folder) -> address of a server on loopback for the rest of the session."""
    servers = []

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    def serve_(folder):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve_
    for server in servers:
        server.shutdown()
