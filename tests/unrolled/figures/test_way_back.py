"""The backward stepper writes what `bptt` computes: numbers at wires, lines of `pullback`, what a gate lets through."""

import re

import numpy as np
import pytest
from explorables import explore
from letters import LEAST, PHONE, VIEWPORT, smallest
from matplotlib.collections import PolyCollection
from signs import foreign
from unrolled import bptt, cells, diagrams, init, unroll
from unrolled.figures.backward import way_back
from unrolled.figures.backward.way_back import backward_stepper, belt_picture, last_output, way_parts
from unrolled.figures.shared import sentence

NUMBER = re.compile(r"−?\d+\.\d\d\d")
GATES = {"f": "b_f", "i": "b_i", "C_tilde": "b_C", "o": "b_o"}


def numbers(text):
    return [float(found.replace("−", "-")) for found in NUMBER.findall(text)]


@pytest.fixture
def random_way(rng):
    """A random network with a loss at every state: (p, x, d)."""
    p, x = init(cells.lstm, 2, 3, rng, gain=1.5), rng.normal(size=(4, 3))
    return p, x, cells.lstm.State(*rng.normal(size=(2, 5, 2, 1)))


@pytest.fixture
def walked(random_way, monkeypatch):
    drawn, draw = [], diagrams.draw_lstm
    monkeypatch.setattr(diagrams, "draw_lstm", lambda ax: drawn.append(draw(ax=ax)) or drawn[0])
    return random_way, drawn, *backward_stepper(*random_way)


def gradient(p, x, d):
    return bptt(cells.lstm, p, x, unroll(cells.lstm, p, x), d)


def test_what_arrives_at_each_step_is_that_of_bptt(random_way):
    steps, g = way_back.way_back(*random_way), gradient(*random_way)
    for t, names in steps.items():
        np.testing.assert_allclose(names["d"].C, g.state.C[t], atol=1e-12)
        np.testing.assert_allclose(names["d"].h, g.state.h[t], atol=1e-12)
    np.testing.assert_allclose(steps[1]["dC_prev"] + random_way[2].C[0], g.state.C[0], atol=1e-12)


def test_the_layers_add_up_to_the_gradient_of_their_biases(random_way):
    steps, g = way_back.way_back(*random_way), gradient(*random_way)
    for part, bias in GATES.items():
        total = sum(names[way_back.LINES[part]] for names in steps.values())
        np.testing.assert_allclose(total, getattr(g.params, bias), atol=1e-12)


def test_numbers_at_the_wires_are_those_of_the_way_back(walked):
    (p, x, d), (drawing,), _, update = walked
    steps, parts = way_back.way_back(p, x, d), list(way_back.LINES)
    for t in range(4, 0, -1):
        for part in parts:
            update(t=t, part=part)
            shown = {"C": steps[t]["d"].C, "h": steps[t]["d"].h}
            shown |= {key: steps[t][way_back.LINES[key]] for key in parts[: parts.index(part) + 1] if key != "C"}
            for key, (label, *_) in drawing.numbers.items():
                if key != "x":
                    expected = np.ravel(shown.get(key, []))
                    assert numbers(label.get_text()) == pytest.approx(list(expected), abs=0.000501), (t, part, key)


def test_the_line_with_values_gives_its_result(walked):
    (p, x, d), _, fig, update = walked
    steps = way_back.way_back(p, x, d)
    for t, part in [(t, part) for t in steps for part in way_back.LINES]:
        update(t=t, part=part)
        lines = [text.get_text() for text in fig.axes[1].texts if text.get_text().startswith("= ")]
        for line, value in zip(lines, steps[t][way_back.LINES[part]][:, 0], strict=True):
            _, expression, result = line.split("= ")
            assert numbers(result) == pytest.approx([value], abs=0.000501)
            assert eval(expression.replace("×", "*").replace("−", "-")) == pytest.approx(value, abs=0.005)


def test_bars_stand_from_the_last_step_to_the_present(walked):
    (p, x, d), _, fig, update = walked
    steps = way_back.way_back(p, x, d)
    bars = [c for c in fig.axes[2].collections if isinstance(c, PolyCollection)][-2:]
    for t, part in [(4, "o"), (4, "C"), (2, "o"), (2, "f"), (1, "C_prev")]:
        update(t=t, part=part)
        first = t + 1 if part == "o" else t
        for unit, collection in enumerate(bars):
            heights = [path.vertices[1, 1] - path.vertices[0, 1] for path in collection.get_paths()]
            np.testing.assert_allclose(heights, [steps[k]["dC"][unit, 0] for k in range(first, 5)], atol=1e-12)


def said(fig, update, t, part):
    update(t=t, part=part)
    return [text.get_text() for text in fig.axes[1].texts][-2:] if fig.axes[1].texts else []


def test_words_say_what_the_gates_of_the_sentence_do():
    tokens, x, p = sentence.hand_set(cells.lstm)
    fig, update = backward_stepper(p, x, tokens=tokens)
    boris = tokens.index("Boris") + 1
    assert said(fig, update, boris, "C_prev")[1] == "The gate is shut: next to nothing gets through."
    assert said(fig, update, boris + 1, "C_prev")[1] == "The gate is open: what comes gets through."
    assert said(fig, update, 10, "C")[1] == "The gate is open in one unit and shut in another."
    assert said(fig, update, 9, "o")[1] == "No error arrives at h here."
    assert said(fig, update, 7, "h_prev")[1] == "All W are 0: nothing comes back this way."
    assert said(fig, update, boris, "C_tilde")[1] == "The gate is open, but tanh is flat here: little gets through."
    steps = way_back.way_back(p, x, last_output(10, 2))
    kept = steps[boris]["dC"][1, 0]
    assert kept > 0.9 * steps[10]["dC"][1, 0], "the error of the last verb arrives at Boris"
    assert 0 < steps[boris]["dC_prev"][1, 0] < 0.02 * kept, "and stops there"


def test_where_no_error_comes_there_is_no_wire(walked, monkeypatch):
    tokens, x, p = sentence.hand_set(cells.lstm)
    made, red = [], way_back._red
    monkeypatch.setattr(way_back, "_red", lambda diagram: made.append(red(diagram)) or made[-1])
    _, update = backward_stepper(p, x, tokens=tokens)
    wires = made[0][1]

    def drawn(t, part):
        update(t=t, part=part)
        return [wire.get_visible() for wire in wires[part]]

    assert drawn(10, "C") == [True, True]
    assert drawn(9, "C") == [False, False], "nothing comes up from h, though the belt carries an error"
    assert drawn(9, "o") == [False]
    assert not any(drawn(5, "h_prev")), "all W are 0"
    update(t=5, part="C_tilde")
    first, last = (wire.get_linewidth() for wire in wires["C_tilde"])
    assert first > 2 > last


def test_the_belt_is_a_bar_a_word():
    tokens, x, p = sentence.hand_set(cells.lstm)
    steps = way_back.way_back(p, x, last_output(10, 2))
    bars = belt_picture(p, x, tokens).axes[0].patches
    assert [bar.get_height() for bar in bars] == pytest.approx([*(steps[t]["dC"][1, 0] for t in range(1, 11)), 1])


def test_in_chinese_every_word_is_chinese(chinese):
    tokens, x, p = sentence.hand_set(cells.lstm)
    fig, update = backward_stepper(p, x, tokens=tokens)
    for part in way_parts():
        update(t=5, part=part)
        assert not list(foreign(text.get_text() for ax in fig.axes for text in ax.texts))
    assert not list(foreign(way_parts().values()))


def test_moves_in_explore_and_can_be_read_on_a_phone(open_page):
    tokens, x, p = sentence.hand_set(cells.lstm)
    html = explore(*backward_stepper(p, x, tokens=tokens), alt="The way back.", t=[10, 5], part=["o", "C", "C_prev"]).to_html()
    assert "0.430 × 0.018 = 0.008" in html
    page = open_page(f"<!doctype html>{VIEWPORT}{html}", viewport=PHONE)
    assert smallest(page.locator("figure")) > LEAST - 0.05


def test_refuses_what_it_does_not_know(random_way):
    _, update = backward_stepper(*random_way)
    with pytest.raises(ValueError, match=r"part must be one of 'o', 'C'.*got 'h'"):
        update(t=1, part="h")
