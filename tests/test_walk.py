"""The first page, the walk and the slides in a real browser: what plays, what follows the text, what a key shows next."""

import gzip
import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

SITE = Path(os.environ.get("SITE") or Path(__file__).parent.parent / "_build/site")  # another folder, for a look at a part
EDITIONS = sorted(p.parent.name for p in SITE.glob("*/essence.html"))
LAPTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
FIRST = 200_000  # bytes, gzipped: what is loaded for the first picture to move
STATE = "figure.explorable[data-name=reading]"

each_edition = pytest.mark.parametrize("edition", EDITIONS)
each_screen = pytest.mark.parametrize("screen", [LAPTOP, PHONE], ids=["laptop", "phone"])


@pytest.fixture(scope="session")
def site(serve):
    return serve(SITE)


def frame(page, name="reading"):
    return page.locator(f"figure.explorable[data-name={name}]").first.get_attribute("data-frame")


def barriers(page):
    """axe's violations that are serious or critical, without the insides of formulas and pictures."""
    page.evaluate(
        """() => {
        document.querySelectorAll(".katex:has(annotation)")
            .forEach(el => el.replaceWith(el.querySelector("annotation").textContent));
        document.querySelectorAll("svg[role=img] > *").forEach(el => el.remove());
    }"""
    )
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in {"serious", "critical"}]


def test_there_is_a_walk():
    assert EDITIONS, "no _build/site: run `make book`"


# ---- the first page


@each_screen
@each_edition
def test_the_first_picture_is_in_view_with_its_button_and_no_code_above(edition, screen, site, open_page):
    page = open_page(f"{site}/{edition}/index.html", viewport=screen, reduced_motion="reduce")
    figure = page.locator(STATE)
    picture, play = figure.locator("svg[role=img]").bounding_box(), figure.locator("form button").nth(1).bounding_box()
    assert picture["y"] > 0
    assert picture["y"] + picture["height"] < screen["height"]
    assert play["y"] + play["height"] < screen["height"]
    assert picture["width"] > 0.4 * min(screen["width"], 800)
    code = page.locator("main details, main pre").filter(visible=True)
    assert min(code.evaluate_all("all => all.map(el => el.getBoundingClientRect().top)")) > picture["y"] + picture["height"]
    frame_box = figure.locator(".explorable-frame")
    assert frame_box.evaluate("el => el.scrollWidth <= el.clientWidth + 1"), "a phone shows it whole"


@each_edition
def test_one_press_plays_the_first_picture(edition, site, open_page):
    page = open_page(f"{site}/{edition}/index.html", viewport=LAPTOP, reduced_motion="reduce")
    before = frame(page)
    page.wait_for_timeout(1500)
    assert frame(page) == before, "it does not play by itself where motion is not welcome"
    page.locator(f"{STATE} form button").nth(1).click()
    page.wait_for_function(f"document.querySelector('{STATE}').dataset.frame != '{before}'")


def test_it_plays_by_itself_and_holds_at_a_touch(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/index.html", viewport=LAPTOP)
    before = frame(page)
    page.wait_for_function(f"document.querySelector('{STATE}').dataset.frame != '{before}'", timeout=5000)
    page.keyboard.press("Escape")
    held = frame(page)
    page.wait_for_timeout(1500)
    assert frame(page) == held


def test_its_own_button_holds_it_too(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/index.html", viewport=LAPTOP)
    before = frame(page)
    page.wait_for_function(f"document.querySelector('{STATE}').dataset.frame != '{before}'", timeout=5000)
    page.locator(f"{STATE} form button").nth(1).click()
    held = frame(page)
    page.wait_for_timeout(1500)
    assert frame(page) == held


def test_who_touches_the_page_first_sees_nothing_move(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/index.html", viewport=LAPTOP)
    page.mouse.wheel(0, 10)
    before = frame(page)
    page.wait_for_timeout(2000)
    assert frame(page) == before


@each_edition
def test_the_first_picture_is_light(edition, site, open_page):
    page = open_page(f"{site}/{edition}/index.html", viewport=PHONE, reduced_motion="reduce")
    page.locator(f"{STATE} form button").nth(1).click()
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(500)
    assert sum(len(gzip.compress(r.body(), 6)) for r in page.received if r.ok) <= FIRST


# ---- the walk


def passages(page):
    return page.locator("main.on .passage")


@each_screen
@each_edition
def test_each_passage_sets_the_picture_that_it_names_first(edition, screen, site, open_page):
    page = open_page(f"{site}/{edition}/essence.html", viewport=screen, reduced_motion="reduce")
    assert passages(page).count() > 25
    on = page.locator(".stage > nav > button").last
    for k in range(passages(page).count()):
        here = passages(page).nth(k)
        page.wait_for_function("here => here.classList.contains('now')", arg=here.element_handle(), timeout=5000)
        link = here.locator("a.explorable-link:not(.prediction *)")
        if link.count():
            address = link.first.get_attribute("href")[1:]
            name, asked = address.split(":", 1)
            shown = page.locator(".stage > div.now figure")
            assert shown.get_attribute("data-name") == name
            assert set(asked.split("&")) <= set(state(shown)), address
        stage, text = page.locator(".stage").bounding_box(), here.bounding_box()
        assert text["y"] < 0.65 * screen["height"]
        if screen is PHONE and k:
            assert text["y"] >= stage["y"] + stage["height"], "the passage stands clear below the picture"
        if on.is_enabled():
            on.evaluate("el => el.click()")  # Playwright's own click scrolls, at the top past the second passage
    page.locator(".stage > nav > button").first.click()
    assert "now" in passages(page).nth(passages(page).count() - 2).get_attribute("class")
    assert page.evaluate("document.documentElement.scrollWidth") == screen["width"]


def state(figure):
    """What the controls of a figure say: ["w=2", ...]."""
    return figure.evaluate(
        """figure => {
        const spec = JSON.parse(figure.querySelector("script").textContent);
        return spec.choices.map(({ name, values }) => {
            const all = [...figure.querySelectorAll(`[name="${name}"]`)], one = all[0];
            const k = one.type === "radio" ? all.findIndex(radio => radio.checked) : Number(one.value);
            return `${name}=${values[k]}`;
        });
    }"""
    )


def test_scrolling_walks_on_and_back(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/essence.html", viewport=LAPTOP, reduced_motion="reduce")
    now = "[...document.querySelectorAll('.passage')].findIndex(el => el.classList.contains('now'))"
    first = page.evaluate(now)
    page.mouse.move(500, 400)
    for _ in range(3):
        seen = page.evaluate(now)
        page.mouse.wheel(0, 500)
        page.wait_for_function(f"{now} > {seen}")
    page.mouse.wheel(0, -1500)
    page.wait_for_function(f"{now} === {first}")


def test_controls_stay_usable_and_the_next_passage_sets_them_again(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/essence.html", viewport=LAPTOP, reduced_motion="reduce")
    on = page.locator(".stage > nav > button").last
    on.click()
    shown = page.locator(".stage > div.now figure")
    shown.locator("input[type=range]").press("End")
    assert "w=2" in state(shown)
    on.click()
    assert "w=0" in state(page.locator(".stage > div.now figure"))


def test_a_prediction_of_the_walk_shows_its_picture(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/essence.html", viewport=LAPTOP, reduced_motion="reduce")
    asked = page.locator(".prediction[data-sets^='belt']")
    on = page.locator(".stage > nav > button").last
    while not page.locator(".passage.now").locator(asked).count():
        on.click()
    asked.locator("form button").first.click()
    assert page.locator(".stage > div.now figure").get_attribute("data-name") == "belt"


@each_screen
def test_no_picture_gives_an_answer_away(screen, site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/essence.html", viewport=screen, reduced_motion="reduce")
    on = page.locator(".stage > nav > button").last
    while on.is_enabled():
        here = page.locator(".passage.now:has(> .asks)")
        if here.count():
            sets = here.locator(".prediction").get_attribute("data-sets")
            name, asked = sets.split(":", 1)
            shown = page.locator(".stage > div.now figure")
            assert shown.get_attribute("data-name") != name or not set(asked.split("&")) <= set(state(shown)), sets
        on.click()


def test_without_a_script_the_pictures_stand_in_the_text(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/essence.html", java_script_enabled=False, viewport=PHONE)
    assert page.locator("main section figure.explorable").filter(visible=True).count() == 5
    assert page.locator(".stage").count() == 0


def test_on_paper_the_pictures_go_back_into_the_text(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/essence.html")
    page.emulate_media(media="print")
    page.wait_for_function("document.querySelectorAll('main > section figure.explorable').length === 5")
    page.emulate_media(media="screen")
    page.wait_for_function("document.querySelectorAll('.stage figure.explorable').length === 5")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@each_screen
def test_the_walk_is_open_to_everybody(screen, scheme, site, open_page):
    page = open_page(f"{site}/{EDITIONS[-1]}/essence.html", viewport=screen, color_scheme=scheme, reduced_motion="reduce")
    for _ in range(8):
        page.locator(".stage > nav > button").last.click()
    assert barriers(page) == []
    assert page.refused + page.failed + page.said == []


# ---- slides

CHAPTERS = ["index", "essence", "04_vanishing", "05_2_gates"]


@pytest.mark.parametrize("path", CHAPTERS)
@each_edition
def test_slides_show_a_picture_and_its_words_one_after_another(edition, path, site, open_page):
    if "figure class" not in (SITE / edition / f"{path}.html").read_text("utf-8"):
        pytest.skip("a part of the site, without this page")
    page = open_page(f"{site}/{edition}/{path}.html#slides", viewport=LAPTOP, reduced_motion="reduce")
    slides = page.locator("dialog.slides")
    slides.wait_for()
    figures = page.locator("figure.explorable").count()
    count = slides.locator("header span")
    last = int(re.search(r"/ (\d+)", count.inner_text())[1])
    assert last >= page.locator("main figure.explorable, dialog figure.explorable").count() / 2
    names = set()
    for k in range(1, last + 1):
        assert count.inner_text() == f"{k} / {last}"
        picture = slides.locator(".slide > :last-child figure.explorable svg[role=img]")
        assert picture.count() == 1
        assert picture.bounding_box()["width"] > 300
        names.add(slides.locator(".slide > :last-child figure.explorable").get_attribute("data-name"))
        page.keyboard.press(["ArrowRight", "PageDown", "Space"][k % 3])
    assert count.inner_text() == f"{last} / {last}", "the end is the end"
    page.keyboard.press("PageUp")
    assert count.inner_text() == f"{last - 1} / {last}"
    page.keyboard.press("Home")
    assert count.inner_text() == f"1 / {last}"
    page.keyboard.press("Escape")
    slides.wait_for(state="detached")
    assert page.locator("figure.explorable").count() == figures
    assert page.locator("dialog figure").count() == 0
    assert names
    assert page.refused + page.failed + page.said == []


def test_slides_from_the_bar_and_a_control_keeps_its_keys(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/essence.html", viewport=LAPTOP, reduced_motion="reduce")
    page.locator("button.slides").click()
    slides = page.locator("dialog.slides")
    count = slides.locator("header span")
    before = count.inner_text()
    slide = slides.locator("input[type=range]")
    slide.press("ArrowRight")
    assert count.inner_text() == before, "an arrow moves the slider that has the focus"
    slide.press("PageDown")
    assert count.inner_text() != before, "the key of a clicker shows the next slide"
    page.keyboard.press("Escape")
    slides.wait_for(state="detached")
    assert page.evaluate("document.activeElement.id") == "slides"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_slides_from_a_disk_are_open_to_everybody(scheme, open_page):
    address = (SITE / EDITIONS[0] / "essence.html").as_uri()
    page = open_page(f"{address}#slides", viewport=LAPTOP, color_scheme=scheme, reduced_motion="reduce")
    page.locator("dialog.slides").wait_for()
    page.keyboard.press("PageDown")
    assert page.refused + page.failed + page.said == []
    assert barriers(page) == []  # the last look: axe itself asks for style sheets, and a disk has none for it


@each_edition
def test_no_link_at_the_foot_lies_under_the_stage(edition, site, open_page):
    page = open_page(f"{site}/{edition}/essence.html", viewport=LAPTOP, reduced_motion="reduce")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    under = """() => [...document.querySelectorAll("main > footer a")].filter(link => {
        const { x, y, width, height } = link.getBoundingClientRect();
        return !link.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    }).map(link => link.textContent)"""
    assert page.locator("main > footer a").count() > 3
    assert page.evaluate(under) == []
