"""The built site in Firefox: every page from a server and from a disk, every control, every link that sets a picture.

What Chromium is asked about weight, width, axe and paper it is asked alone: see `tests/README.md`. Firefox is not driven by
keyboard control after control, for each key is a long way there: controls are moved as the browser itself tells of it, all of
a page in one call, and by keyboard on a few pages.
"""

import pytest
from test_site import EDITIONS, FOUND, PAGES, SITE, clean, dead_controls, flaws, links_that_do_not_set, network, sideways, whole
from test_site import site as site  # the fixture
from test_typed_site import come_near, write

each_page = pytest.mark.parametrize("path", PAGES)
each_edition = pytest.mark.parametrize("edition", EDITIONS)
LAPTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

MOVE_ALL = """async () => {
    document.querySelectorAll(".prediction").forEach(one => one.dispatchEvent(new Event("prediction-open")));
    const dead = [];
    for (const figure of document.querySelectorAll(".explorable")) {
        const picture = figure.querySelector("svg:not([aria-hidden=true])"), start = figure.dataset.frame;
        const controls = [...figure.querySelectorAll("input, select, button")];
        if (!controls.length) dead.push("an explorable without controls");
        const drawn = () => picture.innerHTML;
        const changes = async act => {
            const before = drawn();
            act();
            for (let k = 0; k < 300 && drawn() === before; k++) await new Promise(go => setTimeout(go, 10));
            return drawn() !== before;
        };
        const told = control => control.dispatchEvent(new Event("input", { bubbles: true }));
        const acts = { // from its value to some other one: two of them may look the same
            range: control => [control.max, control.min, Math.round(control.max / 2)].filter(value => value != control.value)
                .map(value => () => {
                    control.value = value;
                    told(control);
                }),
            "select-one": control => [...control.options].filter(one => !one.selected).map(one => () => {
                one.selected = true;
                told(control);
            }),
            radio: control => controls.filter(one => one.name === control.name && !one.checked).map(one => () => one.click()),
            button: control => [() => control.click()],
        };
        const moves = async control => {
            for (const act of acts[control.type](control)) if (await changes(act)) return true;
            return false;
        };
        for (const control of controls) {
            if (control.type === "button" && figure.dataset.frame === start) // `reset` needs something to do
                await moves(controls.find(one => one.type !== "button"));
            if (!await moves(control)) dead.push(`dead control: ${control.outerHTML.slice(0, 120)}`);
            else if (control.type === "button") control.click(); // a play button plays on until it is pressed again
        }
    }
    return dead;
}"""


@each_page
def test_a_page_from_a_server(path, site, open_in_firefox):
    page = open_in_firefox(f"{site}/{path}", viewport=LAPTOP)
    whole(page)
    clean(flaws(page), page.evaluate(MOVE_ALL), links_that_do_not_set(page, path), network(page))


@each_page
def test_a_page_from_a_disk(path, open_in_firefox):
    page = open_in_firefox((SITE / path).as_uri(), viewport=PHONE)
    whole(page)
    clean(sideways(page), page.evaluate(MOVE_ALL), links_that_do_not_set(page, path), network(page))


@each_edition
def test_by_keyboard(edition, site, open_in_firefox):
    page = open_in_firefox(f"{site}/{edition}/03_bptt.html", viewport=LAPTOP)
    clean(dead_controls(page), network(page))


@each_edition
def test_a_film_a_full_window_and_a_guess(edition, site, open_in_firefox):
    page = open_in_firefox(f"{site}/{edition}/05_2_gates.html", viewport=LAPTOP)
    figure = page.locator("figure.explorable:has(form button + button)").first
    start = figure.get_attribute("data-frame")
    play = figure.locator("form button").nth(1)
    play.click()
    page.wait_for_function("([one, start]) => one.dataset.frame !== start", arg=[figure.element_handle(), start])
    play.click()
    small = page.locator("figure svg[role=img]").first.bounding_box()["height"]
    tools = page.locator(".explorable-tools").first
    tools.locator("button").last.click()
    assert page.locator("dialog.explorable-window svg[role=img]").bounding_box()["height"] > small
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    asked = page.locator(".prediction").first
    answer = asked.locator(".prediction-reason")
    assert not answer.is_visible()
    asked.scroll_into_view_if_needed()
    asked.locator("form button").first.click()
    answer.wait_for()
    clean(network(page))


@each_edition
def test_search_and_the_other_edition(edition, site, open_in_firefox):
    word, chapter = next(iter(FOUND[edition].items()))
    page = open_in_firefox(f"{site}/{edition}/index.html", viewport=LAPTOP)
    page.get_by_role("searchbox").fill(word)
    page.get_by_role("searchbox").press("Enter")
    page.locator(f"#search-results li a[href^='{chapter}.html']").first.click()
    page.wait_for_url(f"**/{chapter}.html*")
    page.locator("#section-2").evaluate("el => el.scrollIntoView()")
    for other in set(EDITIONS) - {edition}:
        page.locator(f"a.edition[data-edition={other}]").evaluate("el => el.click()")
        page.wait_for_url(f"{site}/{other}/{chapter}.html#section-2")
        page.goto(f"{site}/index.html")
        page.wait_for_url(f"**/{other}/index.html")
    clean(network(page))


def test_switches_and_the_contents_of_a_phone(site, open_in_firefox):
    page = open_in_firefox(f"{site}/{EDITIONS[0]}/05_lstm.html", viewport=PHONE)
    page.locator("button.contents").press("Enter")
    assert page.locator("#contents").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#contents").is_visible()
    code = page.locator("div.cell_input:not(details.solution *)")
    folded = code.filter(visible=False).count()
    for left in (0, folded):
        page.locator("button.code").click()
        assert code.filter(visible=False).count() == left
    paper = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(paper)
    page.locator("button.colours").click()
    assert page.evaluate(paper) != before
    clean(network(page))


def test_the_walk_and_its_slides(site, open_in_firefox):
    page = open_in_firefox(f"{site}/{EDITIONS[0]}/essence.html", viewport=LAPTOP)
    first = page.locator("main.on .passage").first
    first.and_(page.locator(".now")).wait_for()
    page.locator(".stage > nav > button").last.click()
    assert first.and_(page.locator(".now")).count() == 0
    page.locator("button.slides").click()
    slides = page.locator("dialog.slides")
    count = slides.locator("header span")
    before = count.inner_text()
    page.keyboard.press("PageDown")
    assert count.inner_text() != before
    page.keyboard.press("Escape")
    slides.wait_for(state="detached")
    clean(network(page))


@each_edition
@pytest.mark.parametrize("kept", ["server", "disk"])
def test_a_sentence_of_one_s_own(edition, kept, site, open_in_firefox):
    page = open_in_firefox(f"{site if kept == 'server' else SITE.as_uri()}/{edition}/index.html", viewport=PHONE)
    field = page.locator(".reader")
    come_near(field)
    write(field, "Ada")
    before = field.locator(".reader-row.lstm .reader-letters").inner_text()
    field.locator(".reader-row.lstm kbd").first.click()
    page.wait_for_function("old => document.querySelector('.reader-row.lstm .reader-letters').innerText !== old", arg=before)
    assert flaws(page) == []
