"""The pictures of networks in use show what was recorded of them."""

import numpy as np
import pytest
from explorables import explore
from unrolled.figures import wild as figures
from unrolled.wild import recorded

NAMES = ("g2pm", "g2p_en", "silero", "resemblyzer")


@pytest.mark.parametrize("name", NAMES)
def test_every_choice_changes_the_picture(name):
    layers = dict(enumerate(figures.layers_of(recorded(name))))
    stops = [1, len(layers[0].median)]
    choices = {"layer": list(layers)} if len(layers) > 1 else {}
    explore(*figures.reach_explorer(layers), alt="A network.", max_kb=60, k=stops, **choices)


def test_layers_that_were_followed_less_far_stand_beside_others():
    kept = recorded("silero")
    (noise,), (speech,) = figures.layers_of(kept), figures.layers_of(kept["second"])
    fig, update = figures.reach_explorer({0: noise, 1: speech})
    update(k=len(speech.median), layer=1)
    curves = [line.get_ydata() for line in fig.axes[0].lines]
    assert any(len(y) > 2 and (y[0], y[-1]) == (speech.median[0], speech.median[-1]) for y in curves)
    assert len(speech.median) < len(noise.median)
    explore(fig, update, alt="A network.", max_kb=60, k=[1, 100], layer=[0, 1])


def test_the_rate_is_that_of_the_median_norm_over_the_shortest_text():
    kept = recorded("g2pm")
    (first, _), T = figures.layers_of(kept), min(kept["lengths"])
    assert np.isclose(np.exp(first.rate * T), 10 ** kept["layers"][0]["norms_10_50_90"][1][T - 1])


@pytest.mark.parametrize("name", NAMES)
def test_the_layers_are_those_of_the_record(name):
    kept = recorded(name)
    layers = figures.layers_of(kept)
    assert len(layers) == len(kept["layers"])
    for layer, stored in zip(layers, kept["layers"], strict=True):
        assert np.array_equal(layer.median, stored["norms_10_50_90"][1])
        assert (layer.low <= layer.median).all()
        assert (layer.median <= layer.high).all()
        assert 0 < layer.closed + layer.open < 1


def test_the_gate_that_keeps_of_a_gru_is_one_minus_its_update_gate():
    (layer,) = figures.layers_of(recorded("g2p_en"))
    mean, closed, opened = recorded("g2p_en")["layers"][0]["gates"]["z"]
    assert (layer.keep, layer.closed, layer.open) == (1 - mean, opened, closed)
    (first, _) = figures.layers_of(recorded("g2pm"))
    assert [first.keep, first.closed, first.open] == recorded("g2pm")["layers"][0]["gates"]["f"]


def test_the_dots_stand_on_the_lines_and_the_notes_say_where():
    layers = dict(enumerate(figures.layers_of(recorded("resemblyzer"))))
    fig, update = figures.reach_explorer(layers)
    update(k=100, layer=1)
    above, middle, below = fig.axes
    assert {text.get_text() for text in above.texts} >= {"0.22"}
    assert {text.get_text() for text in middle.texts} >= {"1%"}
    assert below.lines[-1].get_xdata() == [layers[1].keep]
    ends = [line.get_xdata()[0] for line in above.lines if list(line.get_ydata()) == [layers[1].median[99]]]
    assert ends == [100]


def test_the_first_picture_sets_the_mean_beside_what_was_measured():
    layers = dict(zip("ab", figures.layers_of(recorded("g2pm")), strict=True))
    fig, update = figures.guesses_explorer(layers)
    update(k=10)
    found = [line.get_xdata()[0] for line in fig.axes[0].lines if line.get_marker() in ("o", "|")]
    assert np.allclose(found, [x for at in layers.values() for x in (10 * np.log10(at.keep), at.direct[9], at.median[9])])
    explore(fig, update, alt="Gates.", max_kb=30, k=[1, 5, 10])


def test_layers_are_cut_where_the_shorter_texts_end():
    (at, _) = figures.layers_of(recorded("g2pm"))
    short = figures.shortened(at, 21)
    assert (len(short.median), len(short.kept), short.keep) == (21, 21, at.keep)
    assert np.array_equal(short.low, at.low[:21])


def test_the_curves_end_at_the_steps_chosen():
    layers = dict(enumerate(figures.layers_of(recorded("silero"))))
    fig, update = figures.reach_explorer(layers)
    for k in (1, 100, 2):
        update(k=k)
        assert (
            max(
                line.get_xdata()[-1]
                for line in fig.axes[0].lines
                if (len(line.get_xdata()) and len(set(line.get_ydata())) > 1) or len(line.get_xdata()) == 1
            )
            <= k
        )


def test_bars_stand_over_their_characters():
    found = recorded("g2pm_readings")
    fig, update = figures.neighbours_explorer(found)
    explore(fig, update, alt="Bars.", max_kb=60, sentence=[0, 1, 2, 3, 4, 5])
    assert [len(meanings) for meanings in figures.MEANINGS.values()] == [len(found)] * 2
    update(sentence=2)
    above, below = fig.axes
    one, letters = found[2], {text.get_text(): text.get_position()[0] for text in below.texts if text.get_text()}
    bars = {line.get_xdata()[0]: line.get_ydata()[1] for line in below.lines if len(line.get_xdata()) == 2}
    assert np.isclose(bars[letters["银"]], one["margin"] - one["without"][one["text"].index("银")])
    assert bars[letters["行"]] == 0
    assert "xíng ✗" in {text.get_text() for text in above.texts}
