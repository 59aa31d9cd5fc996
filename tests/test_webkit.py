"""The built site in WebKit as Debian ships it, WebKitGTK: every page, every control, every link that sets a picture.

WEBKIT=/usr/bin/WebKitWebDriver names its driver; it needs selenium, and a screen (xvfb-run makes one): `make webkit`.
"""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_firefox import LAPTOP, MOVE_ALL, PHONE
from test_site import EDITIONS, PAGES, SITE, clean, flaws, links_that_do_not_set, sideways
from test_site import site as site  # the fixture

DRIVER = os.environ.get("WEBKIT")
pytestmark = pytest.mark.skipif(not DRIVER, reason="NO WEBKIT: the site was not tried in it; set WEBKIT to its driver")
each_page = pytest.mark.parametrize("path", PAGES)

ALIVE = """async () => {
    const still = () => [...document.querySelectorAll(".explorable")].some(one => !one.querySelector("input, select, button"));
    for (let k = 0; k < 500 && still(); k++) await new Promise(go => setTimeout(go, 20));
}"""


@pytest.fixture(scope="module")
def driver():
    from selenium import webdriver

    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")))
    options.add_argument("--automation")
    running = webdriver.WebKitGTK(options=options, service=webdriver.WebKitGTKService(DRIVER))
    running.set_script_timeout(300)
    yield running
    running.quit()


@pytest.fixture
def open_in_webkit(driver):
    """open_in_webkit(address, viewport) -> what the looks of `test_site` ask of a page."""

    def evaluate(script, given=None):
        call = f"({script})(arguments[0])" if "=>" in script.partition("\n")[0] else script
        ended, found = driver.execute_async_script(
            f"(async () => {call})().then(found => arguments[1]([true, found]), error => arguments[1]([false, String(error)]));",
            given,
        )
        assert ended, found
        return found

    def all_of(selector):
        found = f"[...document.querySelectorAll({json.dumps(selector)})]"
        return SimpleNamespace(evaluate_all=lambda script, given=None: evaluate(f"given => ({script})({found}, given)", given))

    def open_in_webkit_(address, viewport):
        driver.set_window_size(viewport["width"], viewport["height"])
        driver.get(address)
        evaluate(ALIVE)
        return SimpleNamespace(evaluate=evaluate, locator=all_of)

    return open_in_webkit_


@each_page
def test_a_page_from_a_server(path, site, open_in_webkit):
    page = open_in_webkit(f"{site}/{path}", LAPTOP)
    clean(flaws(page), page.evaluate(MOVE_ALL), links_that_do_not_set(page, path))


@each_page
def test_a_page_from_a_disk(path, open_in_webkit):
    page = open_in_webkit((SITE / path).as_uri(), PHONE)
    clean(sideways(page), page.evaluate(MOVE_ALL))


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_sentence_of_one_s_own(edition, site, open_in_webkit):
    page = open_in_webkit(f"{site}/{edition}/reader.html", LAPTOP)
    said = page.evaluate("""async () => {
        const field = document.querySelector(".reader"), until = async look => {
            for (let k = 0; k < 500 && !look(); k++) await new Promise(go => setTimeout(go, 20));
            return look();
        };
        field.scrollIntoView();
        if (!await until(() => field.querySelector(".reader-row.chrono kbd"))) return "no network came";
        const typed = field.querySelector("textarea");
        typed.value = "Ada";
        typed.dispatchEvent(new Event("input", { bubbles: true }));
        const letters = () => field.querySelector(".reader-row.rnn .reader-letters").textContent;
        await until(() => letters() === "Ada ");
        return letters();
    }""")
    assert said == "Ada "
