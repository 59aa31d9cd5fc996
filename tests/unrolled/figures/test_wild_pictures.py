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
    update(k=100, layer=1)
    curves = [line.get_ydata() for line in fig.axes[0].lines]
    assert any(len(y) > 2 and np.isnan(y[-1]) and y[0] == speech.median[0] for y in curves)
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


def test_the_first_picture_takes_the_power_of_the_mean():
    fig, update = figures.gates_explorer({"g2pM": 0.1, "g2p_en": 0.5})
    update(k=10)
    assert np.allclose([bar.get_xdata()[0] for bar in fig.axes[0].lines], [-10, 10 * np.log10(0.5)])
    explore(*figures.gates_explorer({"g2pM": 0.1, "g2p_en": 0.5}), alt="Gates.", max_kb=20, k=[1, 5, 10])
