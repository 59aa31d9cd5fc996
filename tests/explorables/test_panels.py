"""Panels that flow on a narrow page: which figures have them, and that picture, file and paper stay right."""

import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from explorables import explore, show, svg_text
from letters import LEAST, PHONE, smallest


def two(suptitle="", **options):
    """Two panels side by side, and what a slider moves in each of them."""
    fig, (left, right) = plt.subplots(1, 2, layout="constrained", **options)
    (line,) = left.plot([0, 1], [0, 1])
    (other,) = right.plot([0, 1], [0, 1])
    if suptitle:
        fig.suptitle(suptitle)

    def update(k):
        line.set_ydata([0, k / 3])
        other.set_ydata([k / 3, 0])

    return fig, update


def boxes(output):
    """[[row, x, y, width, height]] of the panels of a picture; [] where it is whole."""
    found = re.search(r'data-panels="([^"]*)"', output.to_html())
    return json.loads(found[1]) if found else []


def test_two_panels_share_the_figure_between_them():
    (row, x, y, width, height), other = boxes(show(two(figsize=(6, 3))[0], alt="Two lines."))
    assert (row, x, y, height) == (0, 0, 0, 216)
    assert other == [0, width, 0, pytest.approx(432 - width), 216]
    assert 180 < width < 252


def test_what_stands_above_them_is_a_row_of_its_own():
    above, left, right = boxes(show(two("Two lines")[0], alt="Two lines."))
    assert [above[0], left[0], right[0]] == [0, 1, 1]
    assert above[3] < left[3] + right[3]
    assert left[2] == right[2] == above[4]


def test_a_colour_bar_stays_with_its_map():
    fig, axes = plt.subplots(1, 2, layout="constrained")
    for ax in axes:
        fig.colorbar(ax.pcolormesh(np.eye(3)), ax=ax)
    assert len(boxes(show(fig, alt="Two maps."))) == 2


def test_subfigures_are_panels():
    fig = plt.figure()
    for part in fig.subfigures(1, 2):
        part.subplots()
    assert [box[3] for box in boxes(show(fig, alt="Two axes."))] == [pytest.approx(230.4, abs=9)] * 2


def above_each_other():
    return plt.subplots(2)[0]


def a_wide_row():
    return plt.subplot_mosaic("aa;bc", layout="constrained")[0]


def a_face():
    fig = two()[0]
    fig.set_facecolor("wheat")
    return fig


def across():
    fig = two()[0]
    fig.add_artist(plt.Line2D([0.2, 0.8], [0.5, 0.5]))
    return fig


def names_alike():
    fig = two()[0]
    for k, ax in enumerate(fig.axes):
        ax.set_gid(f"panel_{k}")
    return fig


@pytest.mark.parametrize("figure", [plt.figure, above_each_other, a_wide_row, a_face, across, names_alike])
def test_a_figure_that_would_be_torn_stays_whole(figure):
    assert boxes(show(figure(), alt="Something.")) == []


def test_an_artist_of_the_figure_that_is_made_later_keeps_it_whole():
    fig, update = two()
    texts = []

    def labelled(k):
        update(k)
        for text in texts:
            text.remove()
        texts[:] = [fig.text(0.5, 0.5, f"state {k}")] if k > 1 else []

    assert boxes(explore(fig, labelled, alt="Two lines.", k=[1, 2, 3])) == []


def test_a_file_has_no_panels():
    assert "data-panel" not in svg_text(two()[0], alt="Two lines.")


@pytest.fixture
def page(open_page, tmp_path):
    fig, update = two("A title", figsize=(7, 3))
    explore(fig, update, alt="Two lines.", k=[1, 2, 3], play=["k"], name="two").save(tmp_path / "two.html")
    page = open_page((tmp_path / "two.html").as_uri(), viewport=PHONE)
    page.wait_for_function("document.querySelector('figure svg[role=img]').style.getPropertyValue('--part') < 1")
    return page


def shape(page):
    return [float(size) for size in page.locator("figure svg[role=img]").get_attribute("viewBox").split()[2:]]


def shown(page):
    """The rectangles of the panels' groups on the screen."""
    return page.locator("[data-panel]").evaluate_all(
        "all => all.map(el => { const { x, y, right, bottom } = el.getBoundingClientRect(); return [x, y, right, bottom] })"
    )


def test_on_a_phone_panels_stand_one_below_the_other_and_move_all_the_same(page):
    frame = page.locator(".explorable-frame")
    assert frame.evaluate("el => el.scrollWidth <= el.clientWidth")
    assert smallest(page.locator("figure")) > LEAST - 0.05
    width, height = shape(page)
    assert width < 300 < 400 < height
    _, left, right, title = shown(page)  # the first is the ground
    assert title[3] <= left[1] < left[3] <= right[1]
    assert all(box[0] >= 0 and box[2] <= 360 for box in (left, right, title))
    for key in ("End", "Home"):
        before = page.locator("[data-panel='2']").inner_html()
        page.locator("input[type=range]").press(key)
        assert page.locator("[data-panel='2']").inner_html() != before
    assert shape(page) == [width, height]
    assert page.said == []


def test_where_there_is_room_again_they_stand_side_by_side(page):
    page.set_viewport_size({"width": 1000, "height": 700})
    page.wait_for_function("document.querySelector('figure svg[role=img]').getAttribute('viewBox') === '0 0 504 216'")
    moved = page.locator("[data-panel]").evaluate_all("all => all.map(el => el.getAttribute('transform'))")
    assert set(moved) == {"translate(0)"}


def test_on_paper_and_in_a_file_the_picture_is_whole(page, tmp_path):
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as SVG").press("Enter")
    svg = download.value.path().read_text("utf-8")
    assert 'viewBox="0 0 504 216"' in svg
    assert set(re.findall(r'data-panel="." transform="([^"]*)"', svg)) == {"translate(0)"}
    assert shape(page)[1] > 216, "the page keeps its own"
    page.emulate_media(media="print")
    page.wait_for_function("document.querySelector('figure svg[role=img]').getAttribute('viewBox') === '0 0 504 216'")
    assert page.locator("figure svg[role=img]").bounding_box()["width"] <= 360


def test_without_a_script_the_picture_is_whole(open_page, tmp_path):
    show(two(figsize=(7, 3))[0], alt="Two lines.").save(tmp_path / "two.html")
    page = open_page((tmp_path / "two.html").as_uri(), viewport=PHONE, java_script_enabled=False)
    assert shape(page) == [504, 216]
    assert smallest(page.locator("figure")) > LEAST - 0.05
