"""The stepper writes what the cell computed: numbers at wires, equations with values, bars."""

import re
from itertools import combinations

import numpy as np
import pytest
from explorables import explore
from letters import LEAST, PHONE, VIEWPORT, smallest
from matplotlib.collections import LineCollection, PolyCollection
from unrolled import cells, diagrams, init, since, unroll
from unrolled.figures import gates as figures
from unrolled.figures.shared import sentence, traces
from unrolled.maths import tanh, σ

CELLS = {name: getattr(where, name) for where in (cells, since) for name in where.__all__}
DRAWN = [name for name, cell in CELLS.items() if hasattr(cell, "Step") and hasattr(diagrams, f"draw_{name}")]
NUMBER = re.compile(r"−?\d+\.\d\d")


@pytest.fixture(params=DRAWN)
def walked(request, monkeypatch, rng):
    """A stepper of random parameters with its trace and its diagram: (cell, trace, x, drawing, fig, update)."""
    drawn = []
    draw = getattr(diagrams, f"draw_{request.param}")
    monkeypatch.setattr(diagrams, f"draw_{request.param}", lambda ax: drawn.append(draw(ax=ax)) or drawn[0])
    cell = CELLS[request.param]
    p, x = init(cell, 2, 3, rng, gain=1.5), rng.normal(size=(4, 3))
    fig, update = figures.stepper(cell, p, x)
    return cell, unroll(cell, p, x), x, drawn[0], fig, update


def numbers(text):
    return [float(found.replace("−", "-")) for found in NUMBER.findall(text)]


def states(cell, T):
    return [(t, part) for t in range(1, T + 1) for part in cell.Step._fields]


def test_numbers_at_the_wires_are_those_of_the_trace(walked):
    cell, trace, x, drawing, _, update = walked
    for t, part in states(cell, len(x)):
        update(t=t, part=part)
        known = cell.Step._fields[: cell.Step._fields.index(part) + 1]
        expected = {"x": x[t - 1]}
        expected |= {key: getattr(trace, key)[t, :, 0] if key in known else [] for key in cell.Step._fields}
        expected |= {f"{key}_prev": getattr(trace, key)[t - 1, :, 0] for key in cell.State._fields}
        for key, (label, *_) in drawing.numbers.items():
            assert numbers(label.get_text()) == pytest.approx(list(expected[key]), abs=0.00501), (t, part, key)


def test_equation_with_values_gives_its_result(walked):
    cell, trace, x, _, fig, update = walked
    for t, part in states(cell, len(x)):
        update(t=t, part=part)
        left, right, *lines = (text.get_text() for text in fig.axes[1].texts)
        assert f"{left.strip()} {right}".replace("$ $", " ").strip("$") == diagrams.equations(cell)[part]
        for line, value in zip(lines, getattr(trace, part)[t, :, 0], strict=True):
            _, expression, result = line.split("= ")
            assert numbers(result) == pytest.approx([value], abs=0.00501)
            expression = expression.replace("×", "*").replace("−", "-")
            assert eval(expression, {"σ": σ, "tanh": tanh}) == pytest.approx(value, abs=0.03)  # its numbers are rounded


def test_bars_are_the_trace_so_far(walked):
    cell, trace, x, _, fig, update = walked
    for t, part in states(cell, len(x)):
        update(t=t, part=part)
        done = cell.Step._fields.index(part)
        bars = [c for c in fig.axes[2].collections if isinstance(c, PolyCollection)]
        for k, collection in enumerate(bars):
            field, unit = divmod(k, 2)
            last = t if field <= done else t - 1
            heights = [path.vertices[1, 1] - path.vertices[0, 1] for path in collection.get_paths()]
            np.testing.assert_allclose(heights, trace[field][1 : last + 1, unit, 0], atol=1e-12)


def test_the_active_part_alone_is_lit(walked):
    cell, _, x, drawing, _, update = walked
    for t, part in states(cell, len(x)):
        update(t=t, part=part)
        shown = {id(artist) for artist in drawing.parts[part]}
        assert all((artist.get_alpha() is None) == (id(artist) in shown) for a in drawing.parts.values() for artist in a)


def test_moves_in_explore_and_shows_the_words():
    tokens, x, p = sentence.hand_set(cells.lstm)
    fig, update = figures.stepper(cells.lstm, p, x, tokens=tokens)
    w = explore(fig, update, alt="An LSTM.", t=[1, 5, 9], part=["f", "C", "h"], start={"t": 5, "part": "C"})
    html = w._repr_mimebundle_()
    html = (html[0] if isinstance(html, tuple) else html)["text/html"]
    assert "Boris" in html
    assert figures.substituted(cells.lstm, p, x, unroll(cells.lstm, p, x), 5)["C"][0] in html


def test_on_a_phone_every_letter_can_be_read(open_page):
    tokens, x, p = sentence.hand_set(cells.lstm)
    fig, update = figures.stepper(cells.lstm, p, x, tokens=tokens)
    html = explore(fig, update, alt="An LSTM.", t=[1, 5], part=["f", "C", "h"], start={"t": 5}).to_html()
    page = open_page(f"<!doctype html>{VIEWPORT}{html}", viewport=PHONE)
    assert smallest(page.locator("figure")) > LEAST - 0.05
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], "the frame scrolls, not the page"


def test_gate_traces_show_the_trace():
    tokens, x, p = sentence.hand_set(cells.lstm)
    trace = unroll(cells.lstm, p, x)
    fig = traces.gate_traces(trace, tokens, ["i", "C_tilde"])
    bars = [c for c in fig.axes[0].collections if isinstance(c, PolyCollection)]
    shown = [[path.vertices[1, 1] - path.vertices[0, 1] for path in c.get_paths()] for c in bars]
    np.testing.assert_allclose(shown, [a[1:, unit, 0] for a in (trace.i, trace.C_tilde) for unit in (0, 1)])
    assert [label.get_text() for label in fig.axes[0].get_xticklabels()] == list(tokens)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_stand_apart(language, request):
    if language == "zh":
        request.getfixturevalue("chinese")
    tokens, x, p = sentence.hand_set(cells.lstm)
    fig = traces.gate_traces(unroll(cells.lstm, p, x), tokens)
    fig.canvas.draw()
    boxes = [label.get_window_extent() for label in fig.axes[0].get_xticklabels()]
    assert not any(one.padded(2).overlaps(other) for one, other in combinations(boxes, 2))


def test_the_second_unit_is_told_from_the_first_without_a_shade():
    tokens, x, p = sentence.hand_set(cells.lstm)
    fig = traces.gate_traces(unroll(cells.lstm, p, x), tokens, ["f"])
    full, outlined = (c for c in fig.axes[0].collections if isinstance(c, PolyCollection))
    assert full.get_facecolor()[0, 3] == 1
    assert outlined.get_facecolor()[0, 3] == 0
    assert outlined.get_edgecolor()[0, 3] == 1


def test_cell_line_is_as_opaque_as_f_is_open():
    tokens, x, p = sentence.hand_set(cells.lstm)
    trace = unroll(cells.lstm, p, x)
    fig = traces.cell_line(trace, tokens)
    for unit, ax in enumerate(fig.axes):
        line = next(c for c in ax.collections if isinstance(c, LineCollection))
        np.testing.assert_allclose(line.get_alpha(), trace.f[1:, unit, 0])
        arrival = [segment[1, 1] for segment in line.get_segments()]
        np.testing.assert_allclose(arrival, trace.f[1:, unit, 0] * trace.C[:-1, unit, 0])


def test_refuses_what_cannot_be_shown(rng):
    x = rng.normal(size=(4, 3))
    with pytest.raises(ValueError, match=r"trace must have at most 3 units and B = 1.*n = 4, B = 1"):
        figures.stepper(cells.gru, init(cells.gru, 4, 3, rng), x)
    with pytest.raises(ValueError, match="n = 2, B = 5"):
        figures.stepper(cells.gru, init(cells.gru, 2, 3, rng), rng.normal(size=(4, 3, 5)))
    with pytest.raises(ValueError, match="cell must be one that has a diagram; got rnn_relu"):
        figures.stepper(cells.rnn_relu, init(cells.rnn_relu, 2, 3, rng), x)
    p = init(cells.gru, 2, 3, rng)
    with pytest.raises(ValueError, match="tokens must be 4 words, one for each time step; got 2"):
        figures.stepper(cells.gru, p, x, tokens=["a", "b"])
    _, update = figures.stepper(cells.gru, p, x)
    with pytest.raises(ValueError, match="part must be one of 'z', 'r', 'h_tilde', 'h'; got 'f'"):
        update(t=1, part="f")
    with pytest.raises(ValueError, match="t must be one of"):
        update(t=5, part="h")
    trace = unroll(cells.gru, p, x)
    with pytest.raises(ValueError, match=r"parts must be one of 'z'.*got 'C'"):
        traces.gate_traces(trace, parts=["C"])
    with pytest.raises(ValueError, match="trace must have the fields f and C; got z, r, h_tilde, h"):
        traces.cell_line(trace)
