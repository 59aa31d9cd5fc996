"""What `explore` puts on a page, seen in a real browser that reaches nothing but this machine."""

import io
import re

import gallery
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import show_gallery
from explorables import INK, PAPER, explore, show, svg_text
from explorables.draw import borrowed
from gallery import RC
from letters import LEAST, PHONE, VIEWPORT, smallest
from matplotlib.backends.backend_svg import FigureCanvasSVG
from PIL import Image

TILE, ACROSS = (384, 288), 6  # 4 by 3 inches
COMPARED = [2, 0]  # the last state, and the first when it is shown again


# ---- frames are what matplotlib draws ----


def rounded(svg):
    """The same with paths and markers at hundredths of a point, as ours are: an edge falls on the same side of a step of grey."""
    hundredths = lambda match: re.sub(r"-?\d+\.\d+", lambda number: f"{float(number[0]):.2f}", match[0])  # noqa: E731
    return re.sub(r'<use [^>]*>| d="[^",]*"', hundredths, svg)


def both(kind):
    """The HTML of an explorable, and {k: matplotlib's own SVG of state k} of the same figure."""
    fig, update = gallery.KINDS[kind]()
    w = explore(fig, update, alt="A kind of figure.", max_kb=1000, k=gallery.STATES)
    if kind in gallery.STRANGERS:  # one that was never dressed in ink and paper
        fig, update = gallery.KINDS[kind]()
    saved = {}
    for k in COMPARED:
        text = io.StringIO()
        with borrowed(fig), mpl.rc_context({"figure.constrained_layout.use": False}):  # else savefig lays out again
            FigureCanvasSVG(fig)
            update(k)
            fig.savefig(text, format="svg", facecolor="auto")
        saved[k] = rounded(text.getvalue()[text.getvalue().index("<svg") :])
    return w.to_html(), saved


def tiled(insides):
    places = [f"left:{n % ACROSS * TILE[0]}px;top:{n // ACROSS * TILE[1]}px" for n in range(len(insides))]
    tiles = "".join(
        f'<div style="position:absolute;overflow:hidden;width:{TILE[0]}px;height:{TILE[1]}px;{place}">{inside}</div>'
        for place, inside in zip(places, insides, strict=True)
    )
    style = (
        f":root{{--pst-color-background:{PAPER};color:{INK};background:#fff}}"
        "form{position:absolute!important;inset:0;opacity:0}"  # a control that has the focus must not scroll its tile
    )
    return f"<!doctype html><html lang=en><style>{style}</style><body>{tiles}"


def photograph(page):
    """{kind: pixels} of a tiled page."""
    whole = np.asarray(Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled"))).convert("RGB"), int)
    left_top = [(n % ACROSS * TILE[0], n // ACROSS * TILE[1]) for n in range(len(gallery.KINDS))]
    return {k: whole[y : y + TILE[1], x : x + TILE[0]] for k, (x, y) in zip(gallery.KINDS, left_top, strict=True)}


@pytest.fixture(scope="module")
def photographs(browser):
    """For each state: {kind: pixels} as the browser swapped them, and as matplotlib saves them; and what the console said."""
    view = {"width": ACROSS * TILE[0], "height": 600}
    outputs, saves = zip(*map(both, gallery.KINDS), strict=True)
    page, said = browser.new_page(viewport=view), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_content(tiled(outputs))
    shown = {}
    for k in COMPARED:
        page.evaluate(
            "k => document.querySelectorAll('input').forEach((range) =>"
            " { range.value = k; range.dispatchEvent(new Event('input')) })",
            k,
        )
        shown[k] = photograph(page)
    page.close()

    saved = {}
    for k in COMPARED:
        page = browser.new_page(viewport=view)
        page.set_content(tiled(["<span></span>"] * len(saves)))
        page.evaluate(  # a shadow root: matplotlib's style sheet would reach all of the page
            "texts => document.querySelectorAll('span').forEach((span, n) => span.attachShadow({mode: 'open'}).innerHTML ="
            " '<style>svg{display:block}</style>' + texts[n])",
            [save[k] for save in saves],
        )
        saved[k] = photograph(page)
        page.close()
    return shown, saved, said


@pytest.mark.parametrize("kind", gallery.KINDS)
def test_frames_are_what_matplotlib_draws(photographs, kind):
    """Every pixel to within a quarter of its coverage, the step of Chromium's smoothed edges, and few at all."""
    shown, saved, said = photographs
    assert said == []
    assert np.ptp(shown[2][kind] - shown[0][kind]) > 60, "the picture changed"
    for k in COMPARED:
        difference = np.abs(shown[k][kind] - saved[k][kind]).max(axis=2)
        assert difference.max() <= 64 + 8, f"state {k}"
        assert (difference > 8).sum() <= difference.size // 1000, f"state {k}"


def test_padded_numbers_keep_their_spaces(open_page):
    fig, ax = plt.subplots()
    rows = [ax.text(0.1, 0.8 - n / 5, "", family="monospace") for n in range(3)]
    update = lambda k: [row.set_text(f"{10.0 ** (n * k):8.1f} m  .") for n, row in enumerate(rows)]  # noqa: E731
    w = explore(fig, update, alt="Numbers.", k=[0, 1, 2])
    page = open_page(page_of(w.to_html()))
    for key in ("Home", "End"):
        page.locator("input").press(key)
        widths = page.locator("svg[role=img] text").evaluate_all(
            "all => all.filter(t => t.textContent.endsWith('.')).map(t => t.getComputedTextLength())"
        )
        assert len(widths) == 3
        assert max(widths) - min(widths) < 0.01
        assert max(widths) > 12 * 5, "twelve letters"


# ---- one explorable with every kind of control ----

ALT = "A wave that grows with the gain."


@pytest.fixture(scope="module")
def wave():
    """The HTML of an explorable with a range, a select, a pair and a film, and the numpy data of its curve."""
    t = np.linspace(0, 6, 40)
    waves = {"LSTM": np.sin, "GRU": np.cos, "gru_2": np.tanh}

    def y(gain, cell, sign, shift):
        return sign * gain * waves[cell](t + shift)

    with mpl.rc_context(RC):
        fig, ax = plt.subplots()
        ax.set(xlim=(0, 6), ylim=(-2, 2), ylabel="$y_t$")
    (line,) = ax.plot(t, t, "#d10023")
    values = {"gain": [0.5, 1.0, 2.0], "cell": ["LSTM", "GRU", "gru_2"], "sign": [1, -1], "shift": [0, 1, 2, 3]}
    w = explore(
        fig,
        lambda **chosen: line.set_ydata(y(**chosen)),
        alt=ALT,
        caption="Move $g$: the wave grows.",
        labels={"gain": "gain $g$", "sign": "the sign of $g$"},
        texts={"cell": {"gru_2": "GRU & more"}, "sign": {1: "up", -1: "down"}, "shift": {3: "three steps"}},
        play=["shift"],
        **values,
    )
    to_points = ax.transData.transform(np.c_[t, t]) * 72 / fig.dpi  # x is right, y is told by the two limits
    low, high = (ax.transData.transform((0, limit))[1] * 72 / fig.dpi for limit in (-2, 2))

    def points(gain, cell, sign, shift):
        height = low + (y(gain, cell, sign, shift) + 2) / 4 * (high - low)
        return np.c_[to_points[:, 0], fig.get_figheight() * 72 - height]

    return w.to_html(), points


def page_of(*insides, lang="en"):
    return f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>A page</title><body><main>{"".join(insides)}</main>'


def picture(page, n=0):
    return page.locator("figure").nth(n).locator("svg[role=img]").inner_html()


def stop_the_clock(page):
    """From now on the page's time passes only by `page.clock.run_for`, however long the machine takes."""
    page.clock.install(time=0)
    page.clock.pause_at(60)


def read_curve(path):
    """The points of path data such as "m1 2l0.5 3"."""
    steps = np.array([step.split() for step in path.removeprefix("m").split("l")], float)
    return steps.cumsum(axis=0)


def test_a_curve_read_back_from_a_frame_is_numpy_s(wave, open_page):
    html, points = wave
    page = open_page(page_of(html))
    curve = page.locator("figure [data-unit] path")
    shown = {"gru_2": "GRU & more", 1: "up", -1: "down"}
    for gain, cell, sign, shift in [(0.5, "LSTM", 1, 0), (1.0, "GRU", -1, 2), (1.0, "GRU", 1, 2), (2.0, "gru_2", -1, 3)]:
        page.locator("[name=gain]").fill(str([0.5, 1.0, 2.0].index(gain)))
        page.locator("[name=cell]").select_option(shown.get(cell, cell))
        page.get_by_role("radio", name=shown[sign]).check()
        page.locator("[name=shift]").fill(str(shift))
        assert np.abs(read_curve(curve.get_attribute("d")) - points(gain, cell, sign, shift)).max() < 0.006


def test_the_root_holds_a_picture_controls_and_a_caption(wave, open_page):
    page = open_page(page_of(wave[0]))
    figure = page.locator("figure.explorable")
    assert figure.locator("> div > svg").get_attribute("role") == "img"
    assert page.get_by_role("img", name=ALT).is_visible()
    assert figure.locator("> figcaption math").count() == 1
    assert page.get_by_label("gain g").get_attribute("type") == "range"
    assert page.get_by_label("cell").evaluate("e => e.tagName") == "SELECT"
    assert page.get_by_role("radiogroup", name="the sign of g").get_by_role("radio").count() == 2
    assert page.get_by_label("shift").get_attribute("type") == "range"
    buttons = figure.locator("button").evaluate_all("all => all.map(b => b.ariaLabel)")
    assert buttons == ["Step back", "Play", "Step forward", "Reset"], "each changes the picture; others stand below the figure"
    for control in page.locator("input, select, button").all():
        assert control.get_attribute("data-lm-suppress-shortcuts") is not None


def test_every_control_works_by_keyboard_alone(wave, open_page):
    page = open_page(page_of(wave[0]))
    page.locator("form").wait_for()  # the controls come when the picture is laid out
    stop_the_clock(page)
    pictures = [picture(page)]
    keys = {
        "gain": "ArrowRight",
        "cell": "ArrowDown",
        "sign": "ArrowRight",
        "Step back": "Enter",
        "Play": "Space",
        "Step forward": "Enter",
        "shift": "ArrowLeft",
        "Reset": "Space",
    }
    page.keyboard.press("Tab")
    for name, key in keys.items():
        assert page.evaluate("document.activeElement.name || document.activeElement.ariaLabel") == name
        page.keyboard.press(key)
        pictures.append(picture(page))
        assert pictures[-1] != pictures[-2], name
        page.keyboard.press("Tab")
    assert pictures[-1] == pictures[0], "reset"
    assert page.locator("[name=gain]").get_attribute("aria-valuetext") == "0.5"


def test_values_are_shown_and_spoken(wave, open_page):
    page = open_page(page_of(wave[0]))
    gain = page.get_by_label("gain g")
    gain.press("End")
    assert gain.get_attribute("aria-valuetext") == "2"
    assert page.locator("output").first.inner_text() == "2"
    assert page.locator("figure").get_attribute("data-frame") == str(2 * 3 * 2 * 4)


def test_a_value_is_told_by_its_text_and_linked_by_itself(wave, open_page):
    page = open_page(page_of(wave[0]))
    assert page.get_by_label("cell").locator("option").all_inner_texts() == ["LSTM", "GRU", "GRU & more"]
    assert page.locator(".explorable-pair label").all_inner_texts() == ["up", "down"]
    shift = page.get_by_label("shift")
    shift.press("End")
    assert shift.get_attribute("aria-valuetext") == page.locator("output").nth(1).inner_text() == "three steps"
    with page.expect_download() as picture:
        page.get_by_role("button", name="Save as SVG").click()
    assert picture.value.suggested_filename == "wave_gain=0.5_cell=LSTM_sign=1_shift=3.svg"


def test_a_range_keeps_its_length_whatever_text_stands_beside_it(wave, open_page):
    page = open_page(page_of(wave[0]))
    shift = page.get_by_label("shift")
    widths = [shift.bounding_box()["width"]]
    shift.press("End")
    assert [*widths, shift.bounding_box()["width"]] == 2 * widths


def test_of_a_pair_one_is_chosen_by_key_and_by_hand(wave, open_page):
    page = open_page(page_of(wave[0], wave[0]))
    up, down = (page.get_by_role("radio", name=name, exact=True) for name in ("up", "down"))
    seen = []
    for act in (lambda: up.first.press("ArrowRight"), page.locator(".explorable-pair label").first.click):
        act()
        seen.append([radio.nth(n).is_checked() for n in (0, 1) for radio in (up, down)])
    assert seen == [[False, True, True, False], [True, False, True, False]], "the other picture has a pair of its own"
    down.first.check()
    page.get_by_role("button", name="Reset").first.click()
    assert up.first.is_checked()


def test_a_film_plays_to_its_end_and_stops(wave, open_page):
    page = open_page(page_of(wave[0]))
    stop_the_clock(page)
    page.get_by_role("button", name="Play").click()
    assert page.get_by_role("button", name="Pause").count() == 1
    page.clock.run_for(60_000)
    assert page.locator("[name=shift]").input_value() == "3"
    assert page.get_by_role("button", name="Play").count() == 1
    page.get_by_role("button", name="Play").click()
    assert page.locator("[name=shift]").input_value() == "0", "again from the start"
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(60_000)
    assert page.locator("[name=shift]").input_value() == "0", "pause"


def test_a_reader_s_hand_stops_the_film(wave, open_page):
    page = open_page(page_of(wave[0]))
    stop_the_clock(page)
    for stop in (lambda: page.locator("[name=gain]").press("End"), page.get_by_role("button", name="Reset").click):
        page.get_by_role("button", name="Play").click()
        stop()
        assert page.get_by_role("button", name="Play").count() == 1


def test_a_film_goes_slowly_for_those_who_want_little_motion(wave, open_page):
    page = open_page(page_of(wave[0]), reduced_motion="reduce")
    stop_the_clock(page)
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(1400)
    assert page.locator("[name=shift]").input_value() == "1"
    page.clock.run_for(200)
    assert page.locator("[name=shift]").input_value() == "2"


def test_equal_explorables_do_not_disturb_each_other(open_page):
    fig, update = gallery.KINDS["clip_path"]()
    html = explore(fig, update, alt="A disc.", k=gallery.STATES).to_html()
    page = open_page(page_of(html, html))
    assert page.locator("input").count() == 2
    before = [picture(page, n) for n in (0, 1)]
    page.locator("input").first.press("End")
    assert picture(page, 0) != before[0]
    assert picture(page, 1) == before[1]
    page.locator("input").nth(1).press("ArrowRight")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids)) > 4
    references = page.evaluate(
        """[...document.querySelectorAll('figure')].map(figure => {
            const svg = figure.querySelector('svg').innerHTML;
            const wanted = [...svg.matchAll(/(?:url\\(|href=")#([^)"]*)/g)].map(match => match[1]);
            return [wanted.length, wanted.every(id => figure.querySelector('#' + id))];
        })"""
    )
    assert all(count > 2 and within for count, within in references), references


def test_no_request_and_not_a_word(wave, open_page, serve, tmp_path):
    (tmp_path / "page.html").write_text(page_of('<link rel="icon" href="data:,">', *[wave[0]] * 2), encoding="utf-8")
    asked = []
    page = open_page("about:blank")
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{serve(tmp_path)}/page.html")
    for control in page.locator("input").all():
        control.press("End")
    assert [url for url in asked if not url.startswith("data:")] == [page.url]
    assert page.refused == page.failed == page.said == []


def test_without_javascript_the_picture_and_its_caption_stand(wave, open_page):
    page = open_page(page_of(wave[0]), java_script_enabled=False)
    assert page.get_by_role("img", name=ALT).is_visible()
    assert page.locator("figcaption").is_visible()
    assert page.locator("input, select, button, output").count() == 0
    assert page.locator("script:visible, form").count() == 0


def test_print_shows_the_first_picture_and_no_controls(wave, open_page):
    page = open_page(page_of(wave[0]))
    first = picture(page)
    page.locator("[name=gain]").press("End")
    moved = picture(page)
    page.emulate_media(media="print")
    page.wait_for_function("document.querySelector('figure').dataset.frame === '0'")
    assert picture(page) == first
    assert page.locator("form").is_hidden()
    assert page.locator("figcaption").is_visible()
    page.emulate_media(media="screen")
    page.wait_for_function("document.querySelector('figure').dataset.frame === '48'")
    assert picture(page) == moved


def test_a_chinese_page_has_no_english_word(wave, open_page):
    page = open_page(page_of(wave[0], lang="zh-CN"))
    words = page.locator("button").evaluate_all("all => all.flatMap(b => [b.ariaLabel, b.title])")
    expected = ["后退一步", "播放", "前进一步", "重置", "保存为矢量图", "铺满窗口"]
    small = ["去看这幅图", "", "关闭", "关闭"]  # of the picture that floats in
    assert words == [word for word in expected for _ in range(2)] + small


# ---- on a phone ----


def test_on_a_phone_nothing_is_cut_off_and_every_target_is_large(wave, open_page):
    page = open_page(page_of(VIEWPORT, wave[0]), viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for control in page.locator("input, select, button").filter(visible=True).all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 24


@pytest.fixture(scope="module")
def on_a_phone(browser):
    """The page of `make gallery`."""
    page = browser.new_page(viewport=PHONE)
    page.set_content(show_gallery.gallery())
    yield page
    page.close()


@pytest.mark.parametrize("kind", gallery.KINDS)
def test_on_a_phone_no_letter_is_smaller_than_eleven_pixels(on_a_phone, kind):
    figure = on_a_phone.locator(f"figure[data-name={kind}]")
    for key in ("End", "Home"):
        assert smallest(figure) > LEAST - 0.05
        before = figure.locator("svg[role=img]").inner_html()
        figure.locator("input").press(key)
        assert figure.locator("svg[role=img]").inner_html() != before
    assert on_a_phone.evaluate("document.documentElement.scrollWidth") <= 360, "the frame scrolls, not the page"


def test_the_gallery_shows_each_kind_beside_its_source(on_a_phone):
    assert len(gallery.KINDS) >= 40
    for kind in gallery.KINDS:
        assert f"def {kind}():" in on_a_phone.locator(f"section:has(figure[data-name={kind}]) pre").inner_text()


def test_a_wide_picture_scrolls_by_keyboard_and_says_so(open_page):
    fig, _ = plt.subplots()
    page = open_page(page_of(VIEWPORT, show(fig, alt="Empty axes.").to_html()), viewport=PHONE)
    frame = page.get_by_role("region", name="Picture, scrolls sideways")
    mores = [frame.get_attribute("data-more")]
    page.keyboard.press("Tab")
    assert frame.evaluate("frame => frame === document.activeElement")
    for key in ("ArrowRight", "End"):
        page.keyboard.press(key) if key != "End" else frame.evaluate("frame => frame.scrollTo(1000, 0)")
        page.wait_for_function("more => document.querySelector('.explorable-frame').dataset.more !== more", arg=mores[-1])
        mores.append(frame.get_attribute("data-more"))
    assert mores == ["after", "before after", "before"]
    assert frame.evaluate("frame => getComputedStyle(frame).maskImage").startswith("linear-gradient")
    page.set_viewport_size({"width": 1000, "height": 640})
    page.wait_for_function("!document.querySelector('.explorable-frame').dataset.more")
    assert page.get_by_role("region").count() == 0, "where nothing scrolls there is no stop for the keyboard"
    assert page.locator(".explorable-frame").get_attribute("tabindex") is None


def test_on_paper_the_whole_picture_fits(open_page):
    fig, _ = plt.subplots()
    page = open_page(page_of(VIEWPORT, show(fig, alt="Empty axes.").to_html()), viewport=PHONE)
    page.emulate_media(media="print")
    assert page.locator("svg[role=img]").bounding_box()["width"] <= 360


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_takes_the_page_s_colours(wave, open_page, theme):
    colours = {"light": ("rgb(20, 20, 20)", "rgb(255, 255, 255)"), "dark": ("rgb(220, 220, 220)", "rgb(18, 18, 18)")}
    ink, paper = colours[theme]
    # what the theme does with HTML outputs in dark mode
    rules = (
        f"body{{color:{ink};background:{paper}}}"
        "html[data-theme=dark] .bd-content div.cell_output .text_html:not(:has(table.dataframe))"
        "{background-color:#eee;color:#111;padding:.5rem}"
    )
    with mpl.rc_context(RC):
        fig, ax = plt.subplots()
        ax.plot([1, 2])
    insides = [
        f'<div class="cell_output"><div class="text_html">{inside}</div></div>'
        for inside in (wave[0], show(fig, alt="A line.").to_html())
    ]
    page = open_page(page_of(f"<style>{rules}</style>", '<div class="bd-content">', *insides, "</div>"))
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    for figure in page.locator("figure").all():
        assert figure.evaluate("f => getComputedStyle(f.parentElement).backgroundColor") == "rgba(0, 0, 0, 0)"
        spine = figure.locator("svg[role=img] path[style*=currentColor]").first
        assert spine.evaluate("p => getComputedStyle(p).stroke") == ink
        for label in figure.locator("svg[role=img] text").all():
            assert label.evaluate("t => getComputedStyle(t.firstElementChild ?? t).fill") == ink


def test_a_picture_file_is_dark_where_the_system_is(open_page, tmp_path):
    with mpl.rc_context(RC):
        fig, ax = plt.subplots()
        ax.plot([1, 2])
    (tmp_path / "a.svg").write_text(svg_text(fig, "A line."), encoding="utf-8")
    seen = {}
    for scheme in ("light", "dark"):
        page = open_page((tmp_path / "a.svg").as_uri(), color_scheme=scheme)
        seen[scheme] = page.evaluate("getComputedStyle(document.querySelector('text')).color")
    assert seen == {"light": "rgb(26, 26, 26)", "dark": "rgb(230, 230, 230)"}


def test_axe_finds_nothing_serious(wave, open_page):
    from axe_playwright_python.sync_playwright import Axe

    fig, ax = plt.subplots()
    page = open_page(page_of("<h1>A page</h1>", wave[0], wave[0], show(fig, alt="Empty axes.", caption="Nothing.").to_html()))
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["help"]) for v in found if v["impact"] in ("serious", "critical")] == []
