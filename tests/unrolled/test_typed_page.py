"""The field in which a reader types, in a real browser: what it fetches and when, what it says, and to whom."""

import re

import matplotlib.pyplot as plt
import pytest
from bookbinding.typed import apart
from conftest import DRAWN
from explorables.page import document
from test_typed import STRANGE
from unrolled.typed import reader, typed, understood, weights

PHONE = {"width": 390, "height": 844}
FAR = '<div style="height: 3000px"></div>'


def made():
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    return typed(fig, alt="A line.", caption="The still.")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three pages: `whole.html` with its networks in it; `apart.html` as a site has it; `far.html`, where it is far below."""
    folder = tmp_path_factory.mktemp("pages")
    page = made().to_html()
    light, languages = apart(page, "reader.{}.js".format)
    assert languages == {"en"}
    assert len(light) < len(page) / 4
    for name, body in (("whole", page), ("apart", light), ("far", FAR + light)):
        (folder / f"{name}.html").write_text(document(body, "A page", "en"), "utf-8")
    (folder / "reader.en.js").write_text(reader.script("en"), "utf-8")
    return folder


def expected(page, arm="lstm"):
    """The letter that a row expects most."""
    return page.locator(f".reader-row.{arm} kbd").first.text_content()


def awake(page):
    page.locator(".reader-row.chrono kbd").first.wait_for()
    return page


def write(page, text):
    """Type a text, and wait for the frame that draws it."""
    page.locator("textarea").fill(text)
    drawn(page)


def drawn(page):
    page.evaluate(DRAWN)


def asked(page):
    """What is asked about."""
    drawn(page)
    return page.locator(".reader-line output").text_content()


@pytest.mark.parametrize("name", ["whole", "apart"])
def test_it_wakes_from_a_disk(folder, open_page, name):
    page = awake(open_page((folder / f"{name}.html").as_uri()))
    assert page.locator(".reader-still").count() == 0
    assert (page.said, page.refused, page.failed) == ([], [], [])


def test_from_a_server_nothing_is_fetched_before_it_is_wanted_and_nothing_leaves_after(folder, open_page, serve):
    page = open_page(f"{serve(folder)}/far.html")
    asked = lambda: [r.url.rsplit("/", 1)[1] for r in page.received]  # noqa: E731
    page.wait_for_timeout(300)
    assert asked() == ["far.html"]
    page.locator(".reader").scroll_into_view_if_needed()
    awake(page)
    assert asked() == ["far.html", "reader.en.js"]
    page.locator("textarea").fill("My name is Ada, and nobody is told")
    page.wait_for_timeout(300)
    assert asked() == ["far.html", "reader.en.js"]
    assert (page.said, page.refused) == ([], [])
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie.length, location.hash]") == [0, 0, 0, ""]


def test_weights_that_are_not_there_are_told_and_the_still_stands(folder, open_page, tmp_path):
    (tmp_path / "apart.html").write_text((folder / "apart.html").read_text("utf-8"), "utf-8")
    page = open_page((tmp_path / "apart.html").as_uri())
    page.get_by_text("could not be loaded").wait_for()
    assert page.locator(".reader-still svg").first.is_visible()


def test_without_a_script_the_still_stands(folder, open_page):
    page = open_page((folder / "apart.html").as_uri(), java_script_enabled=False)
    assert page.locator(".reader-still svg").first.is_visible()
    assert page.locator("textarea").count() == 0


def test_rows_show_what_python_finds(folder, open_page):
    page = awake(open_page((folder / "whole.html").as_uri()))
    for text in ("The gradient vanishes becau", "x"):
        write(page, text)
        for arm, found in understood(text, "en").items():
            letter, p = found.expects[0]
            assert expected(page, arm) == {" ": "space", "\n": "new line"}.get(letter, letter)
            chip = page.locator(f".reader-row.{arm} .reader-guess button").first.text_content()
            assert chip.endswith(f"{100 * p:.0f} %")


def test_a_letter_that_is_not_among_the_guesses_has_its_probability_and_the_first_letter_is_the_beginning(folder, open_page):
    page = awake(open_page((folder / "whole.html").as_uri()))
    write(page, "the q~")
    page.get_by_role("slider", name="letter asked about").press("ArrowLeft")
    drawn(page)
    assert page.locator(".reader-row.rnn em").text_content() == "probability of “~”: under 1 %"
    assert "listens to the beginning" in page.locator(".reader-far").all_text_contents()
    page.locator("input[type=checkbox]").check()
    drawn(page)
    assert page.locator(".reader-plot .line.lstm").count() == page.locator(".reader-plot .k0, .reader-plot .k2").count() - 3
    assert page.locator(".reader-plot .letter").all_text_contents() == [*"the q~"]


def test_no_text_breaks_it(folder, open_page):
    page = awake(open_page((folder / "whole.html").as_uri()))
    known = weights.read("en")[0]
    page.locator("input[type=checkbox]").check()
    for text in STRANGE:
        write(page, text)
        note = page.locator(".reader-note").text_content()
        assert bool(note) == (text == "" or len(text) > 400 or any(letter not in known for letter in text.strip("\n"))), text
        page.locator("input[type=checkbox]").click()
    assert page.said == []
    assert "expects" in page.locator(".reader-said", has_text="expects").text_content()


def test_a_letter_is_chosen_by_pointer_and_by_key_and_said_in_words(folder, open_page):
    page = awake(open_page((folder / "whole.html").as_uri()))
    write(page, "the forget gate")
    page.locator(".reader-row.lstm .reader-letters span").nth(4).hover()
    assert asked(page) == "“f”"
    assert page.locator(".reader-row.rnn .asked").text_content() == "f"
    shade = lambda k: float(  # noqa: E731
        page.locator(".reader-row.rnn .reader-letters span").nth(k).evaluate("span => span.style.getPropertyValue('--dark')")
    )
    assert max(shade(k) for k in range(4)) == 1
    assert shade(4) == shade(9) == 0
    slider = page.get_by_role("slider", name="letter asked about")
    slider.focus()
    page.keyboard.press("ArrowRight")
    drawn(page)
    assert slider.get_attribute("aria-valuetext") == "“o”, 6 of 16"
    said = page.locator(".reader-said[role=status]", has_text="Asked about “o”").text_content()
    assert re.match(
        r"Asked about “o”\. RNN tanh expects “.+” \d+ % or .+; it listens .+\. LSTM expects .+ LSTM chrono expects ", said
    )


def test_a_letter_that_is_pointed_at_is_left_again_and_one_that_is_pressed_stays(folder, open_page):
    page = awake(open_page((folder / "whole.html").as_uri()))
    write(page, "the forget gate")
    letter = page.locator(".reader-row.lstm .reader-letters span").nth
    letter(4).hover()
    assert asked(page) == "“f”"
    page.locator(".reader-plot").hover()
    assert asked(page) == "what comes next"
    letter(1).click()
    letter(4).hover()
    assert asked(page) == "“f”"
    page.locator(".reader-plot").hover()
    assert asked(page) == "“h”"


def test_a_guess_that_is_pressed_is_written(folder, open_page):
    """At the end of the sentence, by key; and in its midst, where what follows is given up."""
    page = awake(open_page((folder / "whole.html").as_uri()))
    write(page, "the forget gat")
    guesses = page.locator(".reader-row.lstm .reader-guess button")
    before = understood("the forget gat", "en")["lstm"].expects
    guesses.nth(0).press("Enter")
    drawn(page)
    sentence = "the forget gat" + before[0][0]
    assert page.locator("textarea").input_value() == sentence
    assert expected(page).replace("space", " ") == understood(sentence, "en")["lstm"].expects[0][0]
    page.locator(".reader-row.lstm .reader-letters span").nth(4).click()
    drawn(page)
    second = guesses.locator("kbd").nth(1).text_content()
    guesses.nth(1).click()
    assert page.locator("textarea").input_value() == f"the {second}"


def test_a_sentence_is_picked(folder, open_page):
    page = awake(open_page((folder / "whole.html").as_uri()))
    page.get_by_label("or take one of these").select_option(index=6)
    assert page.locator("textarea").input_value() == "What is kept, and what is for"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_page(folder, open_page, scheme):
    page = awake(open_page((folder / "whole.html").as_uri(), viewport=PHONE, color_scheme=scheme, has_touch=True))
    write(page, "W" * 120 + " and " * 40)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.locator(".reader-row.lstm .reader-letters span").nth(3).tap()
    assert asked(page) == "“W”"
    box = page.locator(".reader-row.rnn .reader-letters span").nth(123).bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert asked(page) == "“d”", "a finger on the letter: it stays when the finger has gone"
    assert min(page.locator(".reader button:enabled").evaluate_all("all => all.map((b) => b.offsetHeight)")) >= 24


def test_what_is_typed_is_told_to_the_widget_and_what_it_says_is_shown(folder, open_page):
    """With the events that the widget of explorables speaks and hears."""
    ear = "<script>window.heard = []; document.addEventListener('explorable-chosen', (event) => "
    ear += "(event.preventDefault(), heard.push(event.detail)))</script>"
    page = awake(open_page(document(ear + made()._html(key="k"), "A page", "en")))
    page.locator("textarea").fill("ab")
    assert page.evaluate("heard.at(-1)") == {"key": "k", "value": "ab"}
    page.evaluate("document.dispatchEvent(new CustomEvent('explorable-value', { detail: { key: 'k', value: 'from Python' } }))")
    assert page.locator("textarea").input_value() == "from Python"
    page.evaluate("document.dispatchEvent(new CustomEvent('explorable-value', { detail: { key: 'other', value: 'no' } }))")
    assert page.locator("textarea").input_value() == "from Python"
