"""Run here, in a real browser: cells that run, and all that can go wrong, each with its sentence. `make live` makes what is run.

What is fetched is that of the built site; a page that spoils it is spoiled on its way to the browser.
"""

import functools
import gzip
import html
import http.server
import json
import os
import re
import threading
from pathlib import Path

import nbformat
import pytest
from bookbinding.editions import ROOT
from bookbinding.live.shelf import COUNTED, SHELF
from conftest import FLAGS
from find_browser import installed
from playwright.sync_api import expect
from test_site import EDITIONS, PAGES, SITE, barriers, clean, network, sideways

pytestmark = pytest.mark.skipif(
    not (SITE / "live").exists(),
    reason="Run here was not tried: there is no _build/site/live (run `make live`; it needs the network)",
)
START = 240_000  # ms that Python may take on a busy machine
PAGE = "en/05_2_gates.html"
WORDS = {"en": ("Edit and run", "Run", "Done"), "zh": ("编辑并运行", "运行", "完成")}


@pytest.fixture
def site(serve):
    return serve(SITE)


@pytest.fixture
def open_in(request):
    """open_in(browser) -> its open_page."""
    return lambda name: request.getfixturevalue({"chromium": "open_page", "firefox": "open_in_firefox"}[name])


each_browser = pytest.mark.parametrize("browser_name", ["chromium", "firefox"])


def bar_of(page, number):
    """The bar below a cell, with the folds open that it is in."""
    bar = page.locator("div.cell_input ~ .live").nth(number)
    bar.evaluate("el => { for (let fold = el; (fold = fold.parentElement?.closest('details')); ) fold.open = true; }")
    return bar


def area_of(bar):
    """The field above a bar."""
    return bar.locator("xpath=preceding-sibling::*[1]").locator("textarea")


def field(page, number=None):
    """Open a cell: the one with this number, or the first that has a button in view; its field."""
    if number is None:
        page.locator(".live-door button").first.click()
        return page.locator("textarea.live-code").first
    bar = bar_of(page, number)
    bar.locator("button").first.click()
    return area_of(bar)


def ran(page, word="Done", timeout=START):
    """Wait until a run has ended with a sentence that has this word in it; what was said."""
    said = page.locator(".live-said", has_text=word).first
    expect(said).to_be_visible(timeout=timeout)
    return said.text_content()


def write(page, code, number=None):
    """Write a cell of one's own in place of one, and run it."""
    area = field(page, number)
    area.fill(code)
    area.press("Control+Enter")
    return area


# ---- before anybody asks


def test_nothing_of_python_is_asked_for_before_a_click(site, open_page):
    page = open_page(f"{site}/{PAGE}")
    page.wait_for_timeout(500)
    assert {Path(r.url.partition("?")[0]).name for r in page.received if "/live/" in r.url} == {"page.js", "page.css"}
    assert sum(len(gzip.compress((SITE / "live" / name).read_bytes())) for name in ("page.js", "page.css")) < 30_000
    clean(network(page))


def test_all_that_is_asked_for_is_less_than_18_megabytes():
    asked = [path for path in (SITE / "live").iterdir() if path.suffix in {*COUNTED, ".mjs", ".js", ".css"}]
    assert sum(len(gzip.compress(path.read_bytes(), 6)) for path in asked) < 18_000_000


@pytest.mark.parametrize("path", [path for path in PAGES if (ROOT / "chapters" / path).with_suffix(".ipynb").exists()])
def test_the_page_knows_every_cell_of_its_notebook_in_its_order(path):
    page, source = (SITE / path).read_text("utf-8"), (ROOT / "chapters" / path).with_suffix(".ipynb")
    blocks = re.findall(r'(?s)<div class="cell_input\b[^>]*>.*?<pre[^>]*>(.*?)</pre>', page)
    cells = [cell.source.rstrip() for cell in nbformat.read(source, 4).cells if cell.cell_type == "code"]
    assert [html.unescape(re.sub("<[^>]*>", "", block)).rstrip() for block in blocks] == cells


@each_browser
def test_from_a_disk_there_is_no_button_and_no_error(browser_name, open_in):
    page = open_in(browser_name)((SITE / PAGE).as_uri())
    page.wait_for_timeout(500)
    assert page.locator(".live, .live-door").count() == 0
    clean(network(page))


def test_a_cell_has_one_button_until_it_is_opened(site, open_page):
    page = open_page(f"{site}/{PAGE}")
    rows = page.locator("div.cell_input ~ .live")
    made = lambda: [k for k, count in enumerate(rows.evaluate_all("all => all.map(row => row.childElementCount)")) if count != 1]  # noqa: E731
    assert (rows.count(), made()) == (page.locator("div.cell_input:has(pre)").count(), [])
    page.locator("button.code").click()
    expect(rows.nth(3).locator("button")).to_be_visible()  # as are those of all code
    assert made() == []
    rows.nth(3).locator("button").press("Enter")
    expect(page.locator("textarea.live-code")).to_be_focused()
    assert made() == [3]


def test_a_door_is_made_when_its_fold_is_laid_out(site, open_page):
    """One that lies in a section which the browser skips would be where the next section is."""
    page = open_page(f"{site}/en/04_vanishing.html", viewport={"width": 390, "height": 844})
    page.locator(".live-door").first.wait_for()
    box, count = "getBoundingClientRect()", "document.querySelectorAll('.live-door').length"
    outside = f"all => all.filter(one => one.{box}.bottom > one.closest('section').{box}.bottom + 1).length"
    assert page.locator(".live-door").evaluate_all(outside) == 0
    few = page.evaluate(count)
    page.locator("main > section > section").last.scroll_into_view_if_needed()
    page.wait_for_function(f"{count} > {few}")


# ---- whole pages


WHOLE = ["en/05_2_gates", "en/errata", "zh/05_lstm"]  # `make cells`: every page
if os.environ.get("CELLS") == "all":
    WHOLE = sorted(str(path.relative_to(ROOT / "chapters").with_suffix("")) for path in ROOT.glob("chapters/*/*.ipynb"))


@each_browser
@pytest.mark.parametrize("path", WHOLE)
def test_a_whole_page_prints_what_is_stored(browser_name, path, site, open_in):
    page = open_in(browser_name)(f"{site}/{path}.html")
    cells = [cell for cell in nbformat.read(ROOT / f"chapters/{path}.ipynb", 4).cells if cell.cell_type == "code"]
    answers = page.evaluate(
        """async sources => {
        const { src } = document.querySelector("script[src*='live/page.js']");
        const worker = new Worker(new URL("worker.mjs", src).href + new URL(src).search, { type: "module" });
        const all = [];
        for (const last of sources.keys()) {
            let printed = "";
            const shown = await new Promise(resolve => {
                worker.onmessage = ({ data }) => {
                    printed += data.text ?? "";
                    if (data.shown || data.failed) resolve(data);
                };
                worker.postMessage({ sources, last, shown: [] });
            });
            all.push([printed, shown.shown?.error ?? shown.failed ?? null, shown.shown?.html ?? ""]);
        }
        worker.terminate();
        return all;
    }""",
        [cell.source for cell in cells],
    )
    wrong = []
    for number, (cell, (printed, error, shown)) in enumerate(zip(cells, answers, strict=True)):
        stored = "".join(output["text"] for output in cell.outputs if output.get("name") == "stdout")
        picture = re.search(r"^(explore|show|typed)\(", cell.source, re.MULTILINE)
        if error or printed != stored or (picture and "<svg" not in shown):
            wrong.append((number, error, printed, stored))
    assert wrong == []
    clean(network(page))


# ---- a reader


@each_browser
@pytest.mark.parametrize("edition", EDITIONS)
def test_a_picture_is_drawn_again_and_lives(browser_name, edition, site, open_in):
    edit, run, done = WORDS[edition]
    page = open_in(browser_name)(f"{site}/{edition}/05_2_gates.html")
    page.get_by_role("button", name=edit).first.click()
    area = page.locator("textarea.live-code")
    expect(area).to_be_focused()
    area.fill(area.input_value().replace('"f_second": "open"', '"f_second": "shut"'))
    before = page.locator("figure.explorable").first
    first = before.get_attribute("data-frame")
    page.get_by_role("button", name=run, exact=True).click()
    ran(page, done)
    figure = page.locator("figure.explorable").first
    expect(figure).to_have_attribute("data-frame", re.compile(r"\d"))
    assert figure.get_attribute("data-frame") != first
    frame = figure.get_attribute("data-frame")
    figure.locator("[type=radio]:checked").first.press("ArrowLeft")
    assert figure.get_attribute("data-frame") != frame
    link = page.locator("main a.explorable-link[href^='#lstm_stepper:']").first
    link.click()
    expect(link).to_have_attribute("aria-current", "true")
    page.locator(".live button", has_text={"en": "Back to", "zh": "恢复"}[edition]).locator("visible=true").click()
    assert page.locator("figure.explorable").first.get_attribute("data-frame") is not None
    assert page.locator("textarea.live-code").count() == 0
    clean(network(page))


def test_an_exercise_that_checks_itself_says_right(site, open_page):
    page = open_page(f"{site}/en/05_lstm.html")
    number = page.locator("main div.cell_input pre").evaluate_all(
        "all => all.findIndex(el => el.textContent.includes('def my_state'))"
    )
    body = "    C_t = f_t * C_prev + i_t * C_tilde_t\n    return C_t, o_t * np.tanh(C_t)"
    write(page, f"def my_state(f_t, i_t, C_tilde_t, o_t, C_prev):\n{body}", number)
    assert "The cell below, which uses it, ran too" in ran(page)
    assert page.locator(".live-output .stream").all_inner_texts() == ["right"]
    bar = bar_of(page, number)
    area = area_of(bar)
    area.fill("def my_state(f_t, i_t, C_tilde_t, o_t, C_prev):\n    return nothing")
    area.press("Control+Enter")
    expect(page.locator(".live-output .error")).to_contain_text("Line 2: return nothing", timeout=START)
    bar.get_by_role("button", name="Back to").click()
    assert page.locator(".live-output").count() == 0


def test_the_readers_own_at_an_exercise(site, open_page):
    page = open_page(f"{site}/{PAGE}")
    page.get_by_role("button", name="Try it here").first.click()
    area = page.locator("textarea.live-code")
    area.fill("print(cells.lstm.Step._fields[0], len(tokens))")
    area.press("Shift+Enter")
    ran(page)
    assert page.locator(".exercise .live-output").inner_text().startswith("f ")


def test_what_was_written_stays_and_goes_into_a_notebook(site, open_page):
    page = open_page(f"{site}/{PAGE}", accept_downloads=True)
    area = field(page, 0)
    code = area.input_value() + "\nx = 1"
    area.fill(code)
    page.reload()
    assert page.locator("textarea.live-code").input_value() == code
    page.locator(".live-door button").first.click()  # opens the fold that it is in
    expect(page.locator("textarea.live-code").first).to_be_visible()
    with page.expect_download() as got:
        page.locator(".live button", has_text="Download").first.evaluate("el => el.click()")
    made = nbformat.read(got.value.path(), 4)
    nbformat.validate(made)
    assert next(cell for cell in made.cells if cell.cell_type == "code").source == code
    assert got.value.suggested_filename == "05_2_gates.ipynb"
    page.locator(".live button", has_text="Back to").first.evaluate("el => el.click()")
    page.reload()
    assert page.locator("textarea.live-code").count() == 0
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('unrolled:cells'))") == []


def test_by_keyboard_into_a_field_and_out_of_it(site, open_page):
    page = open_page(f"{site}/{PAGE}")
    area = field(page)
    area.fill("if 1:\nx")
    area.press("Tab")
    assert area.input_value() == "if 1:\nx    "
    area.press("Shift+Tab")
    area.evaluate("el => el.setSelectionRange(6, 6)")
    area.press("Tab")
    assert "    x" in area.input_value()
    area.press("Escape")
    area.press("Tab")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_focused()
    keys = area.get_attribute("aria-describedby")
    assert "Escape, then Tab" in page.locator(f"#{keys}").inner_text()


def test_what_is_shown_stays_until_something_new_comes(site, open_page):
    """And the focus is never lost; a cell whose picture is out of view, far above its fold, leads to it."""
    page = open_page(f"{site}/{PAGE}", viewport={"width": 1280, "height": 320})
    picture = page.locator("figure.explorable").first
    door = page.locator(".live-door").first
    area = field(page)
    expect(door).to_be_hidden()
    ran(page, "Python is ready.")
    area.fill("while True:\n    pass")
    run, stop = (page.get_by_role("button", name=name, exact=True) for name in ("Run", "Stop"))
    run.press("Enter")
    expect(stop).to_be_focused()
    expect(page.locator(".live-before figure.explorable")).to_have_count(1)
    assert picture.bounding_box()["height"] > 300
    other = field(page, 5)
    other.press("Control+Enter")
    ran(page, "Another cell is running: stop it first.")
    stop.focus()
    stop.press("Enter")
    expect(run.first).to_be_focused()
    assert page.locator(".live-before, .live-output").count() == 0
    area.fill("print('seen')")
    area.press("Control+Enter")
    ran(page)
    page.get_by_role("button", name="See it").click()
    expect(page.locator(".live-output")).to_be_in_viewport()
    page.get_by_role("button", name="Back to").first.click()
    expect(door.locator("button")).to_be_focused()
    assert picture.is_visible()


def test_a_notebook_that_does_not_come_is_said(site, open_page):
    page = open_page(f"{site}/{PAGE}")
    page.route("**/live/worker.mjs*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.route("**/*.ipynb", lambda route: route.abort())
    field(page)
    page.get_by_role("button", name="Download as a notebook").click()
    assert "Are you offline?" in ran(page, "The notebook could not be fetched")


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_open_fields_stand_in_nobodys_way(edition, scheme, site, open_page):
    page = open_page(
        f"{site}/{edition}/05_2_gates.html", viewport={"width": 390, "height": 800}, color_scheme=scheme, has_touch=True
    )
    page.route("**/live/worker.mjs*", lambda route: route.abort())
    field(page)
    field(page, 0)
    assert page.locator("textarea.live-code").first.evaluate("el => parseFloat(getComputedStyle(el).fontSize)") >= 12
    clean(sideways(page), barriers(page))


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_beginning_is_taken_into_the_empty_cell(edition, site, open_page):
    page = open_page(f"{site}/{edition}/play.html")
    choices = page.locator(".live[role=group] button")
    assert choices.count() == 5
    choices.nth(4).click()
    page.locator("textarea.live-code").press("Control+Enter")
    ran(page, WORDS[edition][2])
    expect(page.locator(".live-output figure.explorable [type=range]")).to_be_visible()


# ---- what can go wrong


def spoiled(site, open_page, name, how):
    """A page on which a file of Python comes otherwise; what it says, after a try."""
    page = open_page(f"{site}/{PAGE}")
    page.route(f"**/live/{name}*", how)
    picture = page.locator("figure.explorable svg[role=img]").first
    shown = picture.inner_html()
    write(page, "1")
    said = ran(page, "The page stands as it was.")
    assert picture.inner_html() == shown  # the page is whole
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
    assert [text for text in page.said if "Uncaught" in text] == []
    return said


@pytest.mark.parametrize(
    ("name", "how", "sentence"),
    [
        ("tabulate-", lambda route: route.fulfill(status=404), "is missing on this site"),
        (
            "tabulate-",
            lambda route: route.fulfill(body=b"PK", content_type="application/zip"),
            "is not the file that belongs to this book",
        ),
        ("numpy-", lambda route: route.abort("internetdisconnected"), "Are you offline?"),
        ("pyodide.asm.wasm", lambda route: route.abort("internetdisconnected"), "Are you offline?"),
        ("worker.mjs", lambda route: route.abort("internetdisconnected"), "Are you offline?"),
        ("kernel.py", lambda route: route.fulfill(status=404), "is missing on this site"),
        ("pyodide.mjs", lambda route: route.fulfill(status=404), "pyodide.mjs is missing on this site"),
        ("pyodide.asm.mjs", lambda route: route.fulfill(status=404), "pyodide.asm.mjs is missing on this site"),
        ("worker.mjs", lambda route: route.fulfill(status=404), "worker.mjs is missing on this site"),
        ("worker.mjs", lambda route: route.fulfill(body="?.", content_type="text/javascript"), "it needs a newer one"),
        ("pyodide.mjs", lambda route: route.fulfill(body="?.", content_type="text/javascript"), "it needs a newer one"),
        (
            "worker.mjs",
            lambda route: route.fulfill(body="", content_type="text/plain"),
            "does not hand out worker.mjs as JavaScript",
        ),
    ],
    ids=[
        *("missing", "altered", "offline", "offline at the core", "offline at the click", "no kernel"),
        *("no core", "half a core", "no worker", "old", "too old for the core", "called a text"),
    ],
)
@each_browser
def test_what_does_not_come_is_said(browser_name, name, how, sentence, site, open_in):
    assert sentence in spoiled(site, open_in(browser_name), name, how)


def test_a_wheel_is_asked_for_by_its_hash(site, open_page):
    page = open_page(f"{site}/{PAGE}")
    asked = []
    page.context.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    field(page)
    ran(page, "Python is ready.")
    lock = json.loads((SHELF / "pyodide-lock.json").read_text("utf-8"))["packages"]
    wanted = {f"{entry['file_name']}?{entry['sha256'][:12]}" for entry in lock.values()}
    assert {name for name in asked if ".whl" in name} == wanted


def test_a_browser_that_starts_nothing_is_given_up(site, open_page):
    page = open_page(f"{site}/{PAGE}")
    page.clock.install()
    page.route("**/live/worker.mjs*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    write(page, "1")
    page.clock.fast_forward(100_000)
    assert "for a minute and a half nothing has come" in ran(page, "The page stands")


@each_browser
def test_errors_loops_memory_and_prints(browser_name, site, open_in):
    """One page and one Python, but for the loop that is stopped."""
    page = open_in(browser_name)(f"{site}/{PAGE}")
    area = write(page, "x = 1\nx.nothing")
    ran(page, "An error")
    told = page.locator(".live-output .error").inner_text()
    assert told == "Line 2: x.nothing\nAttributeError: 'int' object has no attribute 'nothing'"
    area.fill("import torch")
    area.press("Control+Enter")
    expect(page.locator(".live-output .error")).to_contain_text("There is no torch here", timeout=START)
    area.fill("[np.empty(2**27) for _ in range(5)]")  # a gigabyte each
    area.press("Control+Enter")
    expect(page.locator(".live-output .error")).to_contain_text("The browser has no more memory for this.", timeout=START)
    area.fill("while True:\n    print('again and again')")
    area.press("Control+Enter")
    expect(page.locator(".live-output .error")).to_contain_text("may print 100000 characters", timeout=START)
    area.fill("while True:\n    pass")
    area.press("Control+Enter")
    page.get_by_role("button", name="Stop").click()
    ran(page, "Stopped. The next run starts Python again.")
    area.fill("print('here again')")
    area.press("Control+Enter")
    ran(page, "Done")
    assert page.locator(".live-output").inner_text() == "here again"
    clean(network(page))


INPUTS = "[...document.querySelectorAll('div.cell_input')].filter(one => one.querySelector('pre'))"


def test_an_answer_that_is_in_view_stays_in_view(site, open_page):
    page = open_page(f"{site}/en/05_lstm.html")
    page.locator("button.code").click()
    area = field(
        page, page.evaluate(f"{INPUTS}.findIndex(one => one.matches('.revealed *') && /^predict\\(/m.test(one.textContent))")
    )
    area.press("Control+Enter")
    ran(page)
    expect(area).to_be_visible()


@each_browser
def test_a_field_in_view_stays_where_it_is(browser_name, site, open_in):
    """An error is lower than the picture that it takes the place of."""
    page = open_in(browser_name)(f"{site}/en/05_lstm.html", viewport={"width": 390, "height": 844})
    page.locator("main figure.explorable").nth(1).scroll_into_view_if_needed()
    page.locator(".live-door button").nth(1).click()
    area = page.locator("textarea.live-code").first
    area.evaluate("el => scrollBy(0, el.getBoundingClientRect().top - 300)")
    area.fill(f"{area.input_value()}\nnothing.here")
    place = area.bounding_box()["y"]
    area.press("Control+Enter")
    ran(page, "An error")
    assert area.bounding_box()["y"] == pytest.approx(place, abs=2)


def test_an_error_behind_a_question_is_led_to(site, open_page):
    page = open_page(f"{site}/en/05_lstm.html")
    number = page.evaluate(f"{INPUTS}.findIndex(one => one.textContent.includes('most = np.random.default_rng(0), {{}}'))")
    write(page, "rng, most = None, {}", number)
    ran(page, "An error")
    behind = page.locator("textarea.live-code").nth(1)
    page.get_by_role("button", name="Go to that cell").click()
    expect(behind).to_be_visible()


def test_what_was_changed_is_marked_and_comes_back_with_undo(site, open_page):
    page = open_page(f"{site}/en/play.html")
    area = field(page, 1)
    area.fill("mine = 1")
    page.locator(".live[role=group] button").first.click()
    assert area.input_value() != "mine = 1"
    area.press("Control+z")
    assert area.input_value() == "mine = 1"
    page = open_page(f"{site}/{PAGE}")
    write(page, "x = 1")
    page.reload()
    assert page.locator("summary[data-live]").evaluate_all("all => all.map(one => one.dataset.live)") == ["changed by you"]


def test_an_error_above_is_told_and_led_to(site, open_page):
    page = open_page(f"{site}/{PAGE}")
    first = field(page, 0)
    first.fill(first.input_value() + "\nraise ValueError('no')")
    area = write(page, "print(1 + len(cells.__name__))", 5)
    ran(page, "An error")
    assert "of a cell above" in page.locator(".live-output .error").inner_text()
    page.get_by_role("button", name="Go to that cell").click()
    expect(page.locator("textarea.live-code").first).to_be_focused()
    assert area is not None


def test_the_second_time_not_a_byte_is_fetched(browser, tmp_path):
    """A browser of its own, with a disk, as readers have it: one that watches requests keeps nothing."""

    class Kept(http.server.SimpleHTTPRequestHandler):
        sent = 0

        def copyfile(self, source, outputfile):
            Kept.sent += Path(self.translate_path(self.path)).stat().st_size if "/live/" in self.path else 0
            super().copyfile(source, outputfile)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Kept, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = browser.browser_type.launch_persistent_context(tmp_path, executable_path=installed(), args=FLAGS)
    try:
        sent = []
        for _ in range(2):
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{server.server_port}/{PAGE}")
            before = Kept.sent
            write(page, "print(1)")
            ran(page)
            sent.append(Kept.sent - before)
            page.close()
    finally:
        context.close()
        server.shutdown()
    assert sent[0] > 20_000_000
    assert sent[1] == 0


def test_the_site_has_what_was_made():
    lock = json.loads((SHELF / "pyodide-lock.json").read_text("utf-8"))
    assert all((SITE / "live" / entry["file_name"]).exists() for entry in lock["packages"].values())
