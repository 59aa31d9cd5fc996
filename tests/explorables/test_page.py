"""What a teacher needs of a picture, in a real browser: the link to a state, the full window, the SVG file; from a disk, too."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import jupyterlab
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import DRAWN, FLAGS
from explorables import PAPER, explore, show
from explorables.lighten import once
from find_browser import installed
from gallery import RC
from PIL import Image
from playwright.sync_api import expect

SVG = "{http://www.w3.org/2000/svg}"
LAPTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
STARTS = ["0", "0", "0"]


def wave(**options):
    """An explorable of six states, with a marker (defined once, used by reference) and paper of its own."""
    t = np.linspace(0, 6, 30)
    with mpl.rc_context(RC):
        fig, ax = plt.subplots()
        ax.set(xlim=(0, 6), ylim=(-2, 2), facecolor=PAPER)
    (line,) = ax.plot(t, t, "o-")
    waves = {"LSTM": np.sin, "a & b": np.cos}
    choices = {"gain": [0.5, 1, 2], "cell": list(waves)}
    update = lambda gain, cell: line.set_ydata(gain * waves[cell](t))  # noqa: E731
    return explore(fig, update, alt="A wave.", caption="It grows with $g$.", **choices, **options)


def strip():
    """A still, wide and low."""
    with mpl.rc_context(RC):
        fig, ax = plt.subplots(figsize=(6, 1))
        ax.plot([1, 2])
    return show(fig, alt="A line.", caption="It rises.")


def bundled(output):
    bundle = output._repr_mimebundle_()
    return (bundle if isinstance(bundle, dict) else bundle[0])["text/html"]


STYLE = """<style>:root { color-scheme: light dark } body { margin: 8px; background: light-dark(#fff, #14181e);
color: light-dark(#1d2226, #dfe3e6) } main :is(.explorable, .still) { --paper: light-dark(#fff, #14181e) }</style>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a page: two waves, one of the author's own name that is folded away, and a still."""
    folder = tmp_path_factory.mktemp("book")
    far = '<p style="height: 60rem">Far below:</p>'
    first, named, still = bundled(wave()), bundled(wave(name="own")), bundled(strip())
    body = once(f"<h1>Waves</h1>{first}{far}{first}{far}<details><summary>More</summary>{named}</details>{still}{far}")
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
    head += '<link rel="license" title="CC BY 4.0" href="https://creativecommons.org/licenses/by/4.0/">'
    for name, lang, more in [
        ("page", "en", ""),
        ("zh", "zh-CN", ""),
        ("lab", "en", '<script id="jupyter-config-data"></script>'),
    ]:
        html = f'<!doctype html><html lang="{lang}">{head}<title>Waves – A book</title>{STYLE}<main>{body}</main>{more}</html>'
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def address(folder, serve):
    return f"{serve(folder)}/page.html"


def frames(page):
    return page.locator("figure.explorable").evaluate_all("all => all.map(figure => figure.dataset.frame)")


def press(page, name, n=0):
    page.get_by_role("button", name=name, exact=True).nth(n).press("Enter")


def focused(page):
    return page.evaluate("document.activeElement.ariaLabel")


# ---- the link to a state ----


@pytest.fixture
def open_to_copy(open_page):
    """open_page, and what its pages copied is in page.evaluate("navigator.clipboard.readText()")."""
    return lambda url, **options: open_page(url, permissions=["clipboard-read", "clipboard-write"], **options)


@pytest.mark.parametrize(
    ("n", "fragment", "shown"),
    [
        (0, "wave:gain=2&cell=a+%26+b", ["5", "0", "0"]),
        (1, "wave-2:gain=2&cell=a+%26+b", ["0", "5", "0"]),
        (2, "own:gain=2&cell=a+%26+b", ["0", "0", "5"]),
    ],
)
def test_the_copied_link_leads_to_the_state(address, open_to_copy, open_page, n, fragment, shown):
    page = open_to_copy(address)
    page.locator("details").evaluate("details => details.open = true")
    page.locator("[name=gain]").nth(n).press("End")
    page.get_by_role("radio", name="a & b").nth(n).check()
    press(page, "Copy link to this state", n)
    page.get_by_role("status").filter(has_text="Link copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{address}#{fragment}"
    assert page.url == address, "moving and copying leave the address alone"
    assert page.evaluate("history.length") == 2

    page = open_page(link, viewport=LAPTOP)
    assert frames(page) == shown
    figure = page.locator("figure.explorable").nth(n)
    assert figure.bounding_box()["y"] == pytest.approx(0, abs=40), "scrolled to, unfolded where it was folded away"
    assert figure.evaluate("figure => figure === document.activeElement")
    assert page.locator("[name=gain]").nth(n).input_value() == "2"
    page.locator("[name=gain]").nth(n).press("Home")
    page.get_by_role("button", name="Reset").nth(n).press("Enter")
    assert frames(page) == STARTS, "reset goes to the author's start"
    assert page.url == link
    assert page.said == page.failed == page.refused == []


@pytest.mark.parametrize(
    "hash_",
    [
        "#",
        "#wave",
        "#wave-3:gain=2",
        "#wave-0:gain=2",
        "#gone:gain=2",
        "#wave-x:gain=2",
        "#:gain=2",
        "#wave%:gain=2",
        "#%E0%A4%A:a=b",
    ],
)
def test_a_wrong_link_does_nothing(address, open_page, hash_):
    page = open_page(address + hash_)
    assert frames(page) == STARTS
    assert page.evaluate("scrollY") == 0
    assert page.said == []


@pytest.mark.parametrize(
    ("values", "frame"), [("", "0"), ("gain=7", "0"), ("gain=1&gone=3", "2"), ("gain=1&cell=GRU", "2"), ("cell=%", "0")]
)
def test_an_outdated_link_sets_what_is_still_there(address, open_page, values, frame):
    page = open_page(f"{address}#wave-2:{values}")
    assert frames(page) == ["0", frame, "0"]
    assert page.evaluate("scrollY") > 0
    assert page.said == []


@pytest.mark.parametrize("how", ["keyboard", "link"])
def test_a_folded_picture_has_its_controls_as_soon_as_it_is_seen(address, open_page, how):
    page = open_page(address)
    forms, tools = page.locator("figure > form"), page.locator("figure + .explorable-tools:has(button)")
    expect(tools).to_have_count(3)
    assert forms.count() == 2, "the two that are not folded away: controls for nobody take a phone's time"
    if how == "keyboard":
        page.locator("summary").press("Enter")
    else:
        page.evaluate("location.hash = 'own:gain=2&cell=a+%26+b'")
    expect(tools).to_have_count(4)
    assert forms.count() == 3
    shown = [page.locator("details [name=gain]").input_value(), page.locator("details output").inner_text()]
    assert shown == (["0", "0.5"] if how == "keyboard" else ["2", "2"])
    page.locator("details [name=gain]").press("ArrowLeft" if how == "link" else "ArrowRight")
    assert frames(page)[2] == ("3" if how == "link" else "2")


def test_an_address_that_changes_and_the_back_button_are_followed(address, open_page):
    page = open_page(address)
    page.evaluate("location.hash = 'wave:gain=2'")
    page.wait_for_function("document.querySelector('figure').dataset.frame === '4'")
    page.evaluate("location.hash = 'wave:gain=1'")
    page.wait_for_function("document.querySelector('figure').dataset.frame === '2'")
    page.go_back()
    page.wait_for_function("document.querySelector('figure').dataset.frame === '4'")


def test_a_link_leaves_the_full_window_of_another_picture(address, open_page):
    page = open_page(address)
    press(page, "Full window")
    page.evaluate("location.hash = 'wave:gain=2'")
    page.wait_for_function("document.querySelector('figure').dataset.frame === '4'")
    assert page.locator("dialog").count() == 1, "its own picture stays"
    page.evaluate("location.hash = 'wave-2:gain=2'")
    page.wait_for_function("!document.querySelector('dialog')")
    assert frames(page) == ["4", "4", "0"]


@pytest.mark.parametrize("clipboard", ["undefined", "{ writeText: () => Promise.reject(new DOMException('refused')) }"])
def test_where_the_browser_does_not_copy_the_reader_can(address, open_page, clipboard):
    page = open_page("about:blank", viewport=PHONE)
    page.add_init_script(f"Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})")
    page.goto(address)
    press(page, "Copy link to this state")
    field = page.get_by_label("Link to this state", exact=True)
    field.wait_for()
    assert field.input_value() == f"{address}#wave:gain=0.5&cell=LSTM"
    assert page.evaluate("getSelection().toString()") == field.input_value()
    assert page.get_by_text("Link copied").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.said == []


def test_in_jupyterlab_there_is_no_address_to_link_to(folder, address, open_page):
    page = open_page(address.replace("page", "lab") + "#wave:gain=2")
    assert page.get_by_role("button", name="Save as SVG").count() > 0
    assert page.get_by_role("button", name="Copy link to this state").count() == 0
    assert frames(page) == STARTS
    real = Path(jupyterlab.__file__).with_name("static") / "index.html"
    assert 'id="jupyter-config-data"' in real.read_text("utf-8"), "how the script knows JupyterLab"


# ---- full window ----


@pytest.mark.parametrize("view", [LAPTOP, PHONE, {"width": 740, "height": 360}, {"width": 1920, "height": 1080}])
@pytest.mark.parametrize("n", [0, 3])
def test_the_full_window_shows_the_picture_alone_and_large(address, open_page, view, n):
    page = open_page(address, viewport=view)
    page.locator("details").evaluate("details => details.open = true")
    button = page.get_by_role("button", name="Full window").nth(n)
    button.scroll_into_view_if_needed()
    svg = page.locator("figure svg[role=img]").nth(n)
    before, scrolled = svg.bounding_box(), page.evaluate("scrollY")
    height = page.evaluate("document.documentElement.scrollHeight")
    button.press("Enter")
    dialog = page.get_by_role("dialog", name="Full window")
    page.evaluate(DRAWN)  # until the size was observed
    assert dialog.bounding_box() == {"x": 0, "y": 0, **view}
    assert focused(page) == "Leave full window"
    now = svg.bounding_box()
    box = svg.evaluate("svg => [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height]")
    scale = min(now["width"] / box[0], now["height"] / box[1])
    cut_off = before["width"] > view["width"] or view["height"] < before["height"] + 60  # on the page it had to be scrolled
    assert scale > before["width"] / box[0] or cut_off
    assert now["y"] + now["height"] <= view["height"], "the whole picture at once"
    assert scale * box[0] > 0.85 * view["width"] or scale * box[1] > (0.85 if view["height"] > 500 else 0.6) * view["height"]
    assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    for text in dialog.locator("label, output, figcaption").all():
        assert text.evaluate("text => parseFloat(getComputedStyle(text).fontSize)") >= 12

    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('dialog')")
    assert focused(page) == "Full window"
    assert svg.bounding_box() == before
    assert page.evaluate("scrollY") == scrolled
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert page.said == []


@pytest.mark.parametrize("above", [0, 60, 200])
def test_opening_the_full_window_moves_nothing(address, open_page, above):
    """Also where the picture begins above the window: browsers anchor their scrolling to what they still see of it."""
    page = open_page(address, viewport=LAPTOP)
    page.evaluate("above => scrollTo(0, document.querySelectorAll('figure')[1].getBoundingClientRect().y + above)", above)
    scrolled = page.evaluate("scrollY")
    press_where_it_is = "document.querySelectorAll('.explorable-tools')[1].lastElementChild.click()"
    page.evaluate(press_where_it_is)
    page.evaluate(DRAWN)
    assert page.evaluate("scrollY") == scrolled
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('dialog')")
    assert page.evaluate("scrollY") == scrolled


def test_the_full_window_where_scroll_bars_take_room_and_figures_have_a_padding(address, browser):
    sized = browser.browser_type.launch(executable_path=installed(), args=FLAGS, ignore_default_args=["--hide-scrollbars"])
    page = sized.new_page(viewport=LAPTOP)
    page.add_init_script("window.errors = []; addEventListener('error', (event) => errors.push(event.message))")
    page.goto(address)
    page.add_style_tag(
        content="main figure { margin: 0.5em; padding: 0.5em } main figcaption { padding: 0.3em }"
    )  # as Sphinx has it
    assert page.evaluate("innerWidth - document.documentElement.clientWidth") > 0
    press(page, "Full window")
    for size in (LAPTOP, {"width": 900, "height": 500}, {"width": 500, "height": 900}):
        page.set_viewport_size(size)
        page.evaluate(DRAWN)
        assert page.locator("dialog").evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
        if size is LAPTOP:
            assert page.locator("dialog").evaluate("dialog => dialog.scrollHeight <= dialog.clientHeight"), "the whole picture"
    assert page.evaluate("errors") == []
    sized.close()


def test_a_dialog_that_is_not_open_is_not_seen(address, open_page):
    page = open_page(address)
    page.evaluate(
        "document.querySelector('main').append(Object.assign(document.createElement('dialog'), {className: 'explorable-window'}))"
    )
    assert page.locator("dialog").is_hidden()


def test_in_the_full_window_controls_move_and_the_page_behind_is_out_of_reach(address, open_page):
    page = open_page(address, viewport=LAPTOP)
    page.locator("[name=gain]").first.press("ArrowRight")
    press(page, "Full window")
    assert frames(page)[0] == "2", "the state is kept"
    page.locator("dialog [name=gain]").press("End")
    assert frames(page)[0] == "4"
    seen = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
        seen.add(page.evaluate("document.activeElement.name || document.activeElement.ariaLabel"))
    assert {"gain", "cell", "Reset", "Copy link to this state", "Save as SVG", "Leave full window"} <= seen
    press(page, "Leave full window")
    page.wait_for_function("!document.querySelector('dialog')")
    assert frames(page) == ["4", "0", "0"], "and stays when the window is left"
    assert page.locator("figure + .explorable-tools").count() == 4, "each where it was"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_full_window_has_the_page_s_colours(address, open_page, scheme):
    page = open_page(address, color_scheme=scheme)
    colours = "element => [getComputedStyle(element).backgroundColor, getComputedStyle(element).color]"
    press(page, "Full window")
    assert page.locator("dialog").evaluate(colours) == page.locator("body").evaluate(colours)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_full_window_is_painted_as_what_the_picture_stood_on(address, open_page, scheme):
    """Whatever names a host has for its colours, and whether or not it tells the browser that it is dark."""
    page = open_page(address, color_scheme=scheme)
    page.add_style_tag(content="main { background: #202830; color: #eee }")
    press(page, "Full window")
    colours = page.locator("dialog").evaluate("d => [getComputedStyle(d).backgroundColor, getComputedStyle(d).color]")
    assert colours == ["rgb(32, 40, 48)", "rgb(238, 238, 238)"]


# ---- browsers of some years ago ----

YOUNG = """
for (const name of ["with", "toSorted", "toSpliced", "toReversed", "findLast", "at"]) delete Array.prototype[name];
delete String.prototype.at;
for (const name of ["hasOwn", "groupBy"]) delete Object[name];
for (const name of Object.getOwnPropertyNames(Element.prototype)) if (/^(aria|role)/.test(name)) delete Element.prototype[name];
delete globalThis.structuredClone;
delete HTMLElement.prototype.popover;
"""


def test_an_older_browser_does_all_of_it(address, open_page):
    page = open_page("about:blank")
    page.add_init_script(YOUNG)
    page.goto(address)
    assert page.evaluate("[].with === undefined && document.body.ariaLabel === undefined")
    page.get_by_role("slider", name="gain").first.press("End")
    page.get_by_role("radio", name="a & b").first.check()
    assert frames(page) == ["5", "0", "0"]
    press(page, "Reset")
    assert frames(page) == STARTS
    press(page, "Full window")
    assert page.get_by_role("dialog", name="Full window").is_visible()
    page.get_by_role("button", name="Leave full window", exact=True).press("Enter")
    page.wait_for_function("!document.querySelector('dialog')")
    assert page.get_by_role("group", name="This picture").count() == 3
    assert page.said == []


# ---- the SVG file ----


def saved(page, n=0):
    """(name, text) of the file that a button saves."""
    with page.expect_download() as download:
        press(page, "Save as SVG", n)
    return download.value.suggested_filename, Path(download.value.path()).read_text("utf-8")


def pixels(screenshot):
    return np.asarray(Image.open(io.BytesIO(screenshot)).convert("RGB"), int)


def test_the_file_is_the_picture_as_it_is_now(address, open_page):
    page = open_page(address, viewport=LAPTOP, color_scheme="light")
    base = saved(page)
    page.locator("[name=gain]").first.press("End")
    name, text = saved(page)
    assert name == "page_wave_gain=2_cell=LSTM.svg"
    assert text != base[1]
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    link = f"{address}#wave:gain=2&cell=LSTM"
    assert root.findtext(f"{SVG}desc") == f"Waves – A book, {link}. CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"
    assert not re.search(r"currentColor|var\(|<script|<form", text)
    ids = {element.get("id") for element in root.iter()}
    used = [element.get("{http://www.w3.org/1999/xlink}href") for element in root.iter(f"{SVG}use")]
    assert used
    assert {reference.removeprefix("#") for reference in used} <= ids

    place = "<style>svg { position: absolute; left: 0; top: 0 } body { color: #1a1a1a; background: #fff }</style>"
    picture = page.locator("figure svg[role=img]").first.evaluate("svg => svg.outerHTML")
    there, here = (pixels(open_page(place + svg, viewport=LAPTOP).screenshot()) for svg in (text.partition("?>")[2], picture))
    assert np.ptp(there) > 200
    assert (there == here).all()


def test_the_file_of_a_still_and_in_dark_mode(address, open_page):
    texts = []
    for scheme in ("light", "dark"):
        page = open_page(address, color_scheme=scheme)
        page.locator("details").evaluate("details => details.open = true")
        name, text = saved(page, 3)
        assert name == "page_figure-1.svg"
        texts.append(text)
        assert ElementTree.fromstring(text).findtext(f"{SVG}desc").startswith(f"Waves – A book, {address}. CC BY 4.0")
    assert texts[0] == texts[1], "for paper and slides: ink on white, whatever the reader's colours"
    assert "#1a1a1a" in texts[0]


def test_a_notebook_s_file_is_the_reader_s_own(address, open_page):
    page = open_page(address.replace("page", "lab"))
    name, text = saved(page)
    assert page.said == []
    assert name == "wave_gain=0.5_cell=LSTM.svg"
    assert ElementTree.fromstring(text).find(f"{SVG}desc") is None, "no licence on what is not the book's"


# ---- from a disk, for everybody, and out of the way ----


def test_all_of_it_works_from_a_disk(folder, open_to_copy, open_page):
    address = (folder / "page.html").as_uri()
    page = open_to_copy(f"{address}#wave-2:gain=1")
    assert frames(page) == ["0", "2", "0"]
    page.locator("[name=gain]").nth(1).press("ArrowRight")
    assert frames(page) == ["0", "4", "0"]
    press(page, "Copy link to this state", 1)
    page.get_by_role("status").filter(has_text="Link copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}#wave-2:gain=2&cell=LSTM"
    name, text = saved(page, 1)
    assert name == "page_wave-2_gain=2_cell=LSTM.svg"
    about = ElementTree.fromstring(text).findtext(f"{SVG}desc")
    assert about == "Waves – A book. CC BY 4.0, https://creativecommons.org/licenses/by/4.0/", "no path of the reader's disk"
    press(page, "Full window", 1)
    page.locator("dialog [name=gain]").press("Home")
    assert frames(page) == STARTS
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('dialog')")
    assert page.said == page.refused == page.failed == []


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(v["id"], v["help"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(address, open_page, scheme):
    page = open_page(address, color_scheme=scheme, viewport=PHONE)
    assert violations(page) == []
    press(page, "Full window")
    assert violations(page) == []


def test_buttons_have_names_and_room(address, open_page):
    page = open_page(address, viewport=PHONE)
    bars = page.get_by_role("group", name="This picture")
    names = "bar => [...bar.querySelectorAll('button')].map(button => [button.ariaLabel, button.title])"
    both = [["Save as SVG"] * 2, ["Full window"] * 2]
    assert bars.first.evaluate(names) == [["Copy link to this state"] * 2, *both]
    assert bars.last.evaluate(names) == both, "a still has one state, and no link to it"
    for button in bars.first.get_by_role("button").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24
    assert bars.first.bounding_box()["height"] <= 32, "one quiet row"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_chinese_page_has_no_english_word(address, open_page):
    page = open_page(address.replace("page", "zh"))
    bar = page.get_by_role("group", name="此图").first
    words = bar.locator("button").evaluate_all("all => all.map(button => button.ariaLabel)")
    assert words == ["复制此状态的链接", "保存为矢量图", "铺满窗口"]
    press(page, "铺满窗口")
    assert focused(page) == "退出铺满窗口"
    assert page.get_by_role("dialog", name="铺满窗口").is_visible()


def test_no_button_where_it_cannot_work(address, open_page):
    page = open_page(address, java_script_enabled=False)
    assert page.locator("button").count() == 0
    page = open_page(address)
    page.emulate_media(media="print")
    assert page.locator("figure").first.is_visible()
    assert page.locator("button").filter(visible=True).count() == 0
