"""Sentences with their shades, and how the networks that read this book learned: the pictures hold what was computed."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from unrolled.experiments import reading
from unrolled.figures import reader, trained
from unrolled.figures.shared.heard import FAINT, MOST, columns_of, heard_picture, lines_of
from unrolled.typed import example, understood
from unrolled.typed.reader import SENTENCES


def shades(fig):
    (ax,) = fig.axes
    (drawn,) = [artist for artist in ax.collections if isinstance(artist, PolyCollection)]
    return drawn.get_facecolors(), drawn.get_paths()


@pytest.mark.parametrize("name", SENTENCES["en"])
def test_a_letter_is_as_dark_as_it_counts(name):
    sentence = example(name)
    colours, paths = shades(heard_picture(sentence))
    want = []
    for found in understood(sentence, "en").values():
        dark = 1 + np.log10(found.norms / found.norms.max()) / FAINT
        want += [MOST * d for d in dark if d > 0]
    np.testing.assert_allclose(colours[:, 3], want, atol=0.006)
    assert len(paths) == len(want)
    assert colours[:, 3].max() == MOST


@pytest.mark.usefixtures("chinese")
def test_what_is_expected_stands_above_and_a_long_sentence_takes_several_lines():
    sentence = "梯度消失" * 20
    (ax,) = heard_picture(sentence).axes
    texts = [text.get_text() for text in ax.texts]
    for found in understood(sentence, "zh").values():
        letter, p = found.expects[0]
        assert any(f"{letter}  {p:.0%}" in text for text in texts)
    assert columns_of(sentence) < len(sentence)
    assert all(0 <= text.get_position()[0] <= columns_of(sentence) for text in ax.texts)
    assert texts.count("梯") == 3 * 20


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("the forget gate opens", ["the ", "forget ", "gate ", "opens"]),
        ("a b c d e f", ["a b c d ", "e f"]),
        ("forgetting it", ["forgetti", "ng it"]),
        ("梯度消失梯度消失梯度", ["梯度消失梯度消失", "梯度"]),
        ("", []),
    ],
)
def test_a_line_ends_with_a_word_where_one_fits(text, lines):
    places = lines_of(text, 8)
    rows = sorted({row for _, row in places})
    assert ["".join(letter for letter, (_, at) in zip(text, places, strict=True) if at == row) for row in rows] == lines
    assert all(column < 8 for (column, _), letter in zip(places, text, strict=True) if letter != " ")


def test_surprise_is_the_shade():
    text = "the forget gate"
    readings = understood(text, "en")
    fig, update = reader.surprise_explorer(text, readings)
    for network in readings:
        update(network=network)
        np.testing.assert_allclose(shades(fig)[0][:, 3], MOST * np.minimum(readings[network].bits / 8, 1), atol=0.006)


def test_curves_and_distances_are_those_that_were_recorded():
    outcomes, about = reading.recorded("en")
    curves = {arm: [[bits for *_, bits in run["curve"]] for run in runs] for arm, runs in outcomes.items()}
    reach = {arm: [run["reach"] for run in runs] for arm, runs in outcomes.items()}
    pictures = trained.curves_picture(outcomes, about["counted"]["en"]["5"]["stop"]), reader.distance_picture(outcomes)
    for fig, recorded in zip(pictures, (curves, reach), strict=True):
        (ax,) = fig.axes
        for line, band, runs in zip(ax.lines, ax.collections, recorded.values(), strict=False):
            np.testing.assert_array_equal(line.get_ydata(), np.median(runs, axis=0))
            edge = band.get_paths()[0].vertices[:, 1]
            assert (edge.min(), edge.max()) == (np.min(runs), np.max(runs))


def test_how_far_back_a_letter_counts():
    assert reading.reach({"reach": [0, -1, -1.9, -2.5, -1.99, -3]}) == 5
    assert reading.reach({"reach": [0, -1, -1.9, -2.5, -1.99, -3]}, left=0.1) == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_run_falls_out_of_the_picture_of_distances(language):
    outcomes, _ = reading.recorded(language)
    (ax,) = reader.distance_picture(outcomes).axes
    assert ax.get_ylim()[0] <= min(min(run["reach"]) for runs in outcomes.values() for run in runs)


def test_bits_gained_are_those_of_quotation_marks_by_distance():
    outcomes, _ = reading.recorded("en")
    (ax,) = reader.closing_picture(outcomes, reading.DISTANCES).axes
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["8", "16", "32", "64"]
    for line, band, runs in zip(ax.lines, ax.collections, outcomes.values(), strict=False):
        gains = [run["closing"]['""'] for run in runs]
        np.testing.assert_array_equal(line.get_ydata(), np.median(gains, axis=0))
        edge = band.get_paths()[0].vertices[:, 1]
        assert (edge.min(), edge.max()) == (np.min(gains), np.max(gains))
        assert ax.get_ylim()[0] <= edge.min() < edge.max() <= ax.get_ylim()[1]


def test_what_a_unit_holds_without_a_letter_is_drawn_beside_what_it_holds_with_it():
    sentence, place = 'he said, "no', 9
    whole, without = np.arange(12.0), np.arange(11.0) + 20
    (ax,) = reader.unit_picture(sentence, place, whole, without).axes
    _, other, ours, *_ = ax.lines
    np.testing.assert_array_equal(ours.get_xydata(), [[k, k] for k in range(1, 12)])
    np.testing.assert_array_equal(other.get_ydata(), [*range(21, 29), np.nan, 29, 30])
    assert [tick.get_text() for tick in ax.get_xticklabels()] == list(sentence[1:])
