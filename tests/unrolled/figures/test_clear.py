"""What keeps a picture clear: nothing strikes a word or cuts a mark, names stand apart, samples show their dashes."""

import ast
import re
from itertools import combinations
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from unrolled import figures, style
from unrolled.cells import lstm
from unrolled.figures.backward import arrival_explorer, belt_picture
from unrolled.figures.bptt import truncation_explorer
from unrolled.figures.bptt.truncation import Cut
from unrolled.figures.cell_state import drift_explorer, memory_explorer, pulse_explorer, valve_explorer, writes_explorer
from unrolled.figures.lstm.carried import carried_explorer
from unrolled.figures.shared import lines
from unrolled.figures.shared.jacobian import phase_picture
from unrolled.figures.shared.latch import latch_explorer
from unrolled.figures.shared.sentence import hand_set
from unrolled.figures.trained import seeds_explorer
from unrolled.figures.trained.runs import DOT
from unrolled.figures.variants import counter_explorer
from unrolled.figures.wild import layers_of
from unrolled.figures.wild import reach_explorer as in_use
from unrolled.wild import recorded

CUT = Cut(*(10.0 ** -np.arange(1, 21) for _ in range(4)))
NORMS = {(1, T): np.array([-9.0, -3, 2, 2, -6]) * T / 40 for T in (20, 40)}


def belt():
    tokens, x, p = hand_set(lstm)
    return belt_picture(p, x, tokens)


def at(made, **choices):
    """The figure of `(fig, update)` where its choices are such."""
    fig, update = made
    update(**choices)
    return fig


def wild(name, **choices):
    return at(in_use(dict(enumerate(layers_of(recorded(name))))), **choices)


PICTURES = {
    "belt": belt,
    "arrival": lambda: at(arrival_explorer(NORMS), gain=1),
    "pulse": lambda: at(pulse_explorer(), f=0.99),
    "valves": lambda: at(valve_explorer(), f=1, i=1),
    "memory": lambda: at(memory_explorer(), b_f=4),
    "drift": lambda: at(drift_explorer([1], [0.4]), f=1, write=0.4),
    "writes": lambda: at(writes_explorer(b_f=[2], input_scale=[1], T=10, n=4), b_f=2, input_scale=1),
    "carried": lambda: at(carried_explorer(), f=1),
    "counter": lambda: at(counter_explorer(), N=5, p=1),
    "latch": lambda: at(latch_explorer([0.5, 3], [0]), w=0.5, pulse=0),
    "cut": lambda: at(truncation_explorer({1: CUT}), gain=1, τ=5),
    "phase": lambda: phase_picture(np.eye(3), np.arange(3), np.arange(3), "$b_f$"),
    "first letter": lambda: wild("g2p_en", k=1),
    "first piece": lambda: wild("silero", k=1),
    "twenty back": lambda: wild("g2pm", k=20, layer=0),
    "hundred back": lambda: wild("resemblyzer", k=100, layer=0),
}


@pytest.fixture(params=PICTURES, scope="module")
def fig(request):
    drawn = PICTURES[request.param]()
    drawn.set_dpi(72)  # so that a pixel is a point
    drawn.draw_without_rendering()
    yield drawn
    plt.close(drawn)


def said(ax):
    """The texts of an axes that show letters, with the boxes that they fill."""
    shown = [text for text in ax.texts if text.get_visible() and text.get_text().strip()]
    return [(text, text.get_window_extent()) for text in shown]


def level_lines(ax):
    """The heights of the lines across an axes, in pixels."""
    grid = [line.get_ydata() for line in ax.yaxis.get_gridlines() if line.get_visible()]
    level = [line.get_ydata() for line in ax.lines if line.get_transform() == ax.get_yaxis_transform() and line.get_visible()]
    return [ax.transData.transform((0, y[0]))[1] for y in (*grid, *level)]


def test_no_line_across_strikes_a_word(fig):
    for ax in fig.axes:
        heights = level_lines(ax)
        for text, box in said(ax):
            if text.get_bbox_patch() is None and box.x0 < ax.bbox.x1 and box.x1 > ax.bbox.x0:
                struck = [y for y in heights if box.y0 + 1 < y < box.y1 - 1 and y < ax.bbox.y1 + 1]
                assert not struck, text.get_text()


def test_no_frame_cuts_a_mark(fig):
    for ax in fig.axes:
        for line in ax.lines:
            if line.get_clip_on() and line.get_marker() not in ("", " ", "None", "|", None) and len(line.get_xdata()):
                half = line.get_markersize() / 2 * (0.5 if line.get_marker() == "." else 1)
                x, _ = ax.transData.transform(np.column_stack([line.get_xdata(), line.get_ydata()]).astype(float)).T
                inside = (x >= ax.bbox.x0 - 0.1) & (x <= ax.bbox.x1 + 0.1)
                assert (x[inside] - half >= ax.bbox.x0 - 0.5).all(), line
                assert (x[inside] + half <= ax.bbox.x1 + 0.5).all(), line


def test_names_of_panels_and_axes_stand_apart(fig):
    boxes = [(text.get_text(), box) for ax in fig.axes for text, box in said(ax)]
    for (one, a), (other, b) in combinations(boxes, 2):
        beside = min(a.x1, b.x1) - max(a.x0, b.x0) < 1
        gap = max(a.y0, b.y0) - min(a.y1, b.y1)
        assert beside or gap > (-1 if {one, other} & {"32", "64"} else 0), (one, other)


@pytest.mark.parametrize("key", style.SYMBOLS)
def test_a_sample_shows_how_its_line_is_dashed(key):
    """What is drawn of the pattern holds a whole dash and a half, or two dashes with what is between them in the middle."""
    with style.look():
        fig, ax = plt.subplots()
        (line,) = ax.plot([0, 1], [0, 0], **style.line(key))
        lines.name_lines(ax, {line: "LSTM"})()
    (sample,) = fig.artists
    offset, dashes = sample._dash_pattern
    length = np.ptp(lines.SAMPLE)
    if dashes:
        ends = np.cumsum([*dashes, *dashes, *dashes]) - offset
        gaps = [(a, b) for a, b in zip(ends[::2], ends[1::2], strict=True) if a > 1 and b < length - 1]
        assert gaps, "a gap is within the sample"
    plt.close(fig)


def test_a_sample_is_clear_of_its_line_and_of_the_axis():
    with style.look():
        fig, ax = plt.subplots()
        ax.set(xlim=(0, 1), ylim=(0, 1))
        low, high = (ax.plot([0, 1], [y, y])[0] for y in (0, 1))
        lines.name_lines(ax, {low: "LSTM", high: "GRU"})()
    fig.set_dpi(72)
    fig.draw_without_rendering()
    for sample in fig.artists:
        box = sample.get_transform().transform(sample.get_xydata())
        assert box[:, 0].min() >= ax.bbox.x1 + 5
        assert box[:, 0].max() <= ax.bbox.x1 + lines.WORDS - 3
        assert box[:, 1].min() >= ax.bbox.y0 + 5
    plt.close(fig)


def test_a_line_that_is_not_drawn_has_no_name_yet_but_room_for_it():
    with style.look():
        fig, ax = plt.subplots()
        (line,) = ax.plot([0, 1], [0, 1])
        move = lines.name_lines(ax, {line: "LSTM"})
        move()
        shown = ax.texts[0].get_window_extent().width
        line.set_data([1], [1])
        move()
    assert not fig.artists[0].get_visible()
    assert not ax.texts[0].get_text().strip()
    assert ax.texts[0].get_window_extent().width == pytest.approx(shown, rel=0.3)
    plt.close(fig)


@pytest.mark.parametrize("values", [[1.0] * 8, [0.25] * 8, [0.998, *[1.0] * 7], list(np.linspace(0.2, 0.3, 8))])
def test_each_of_eight_seeds_is_seen_near_its_value(values):
    fig = at(seeds_explorer({20: {"a": values, "b": [0.5]}}, "$A$"), of=20)
    ax = fig.axes[0]
    fig.set_dpi(72)
    fig.draw_without_rendering()
    dots = ax.transData.transform(ax.lines[0].get_xydata())
    assert min(np.hypot(*(one - other)) for one, other in combinations(dots, 2)) >= DOT
    assert np.abs(ax.lines[0].get_xdata() - values).max() < 0.04
    stroke = ax.lines[2]
    assert (stroke.get_markeredgewidth() < 2, stroke.get_color()) == (True, style.INK)
    plt.close(fig)


def test_two_lines_of_one_value_are_both_seen():
    fig = PICTURES["arrival"]()
    alike = [line for line in fig.axes[0].lines if list(line.get_ydata()) == [1, 2]]
    below, above = sorted(alike, key=lambda line: line.get_zorder())
    assert below.get_linewidth() > 2 * above.get_linewidth()
    plt.close(fig)


def test_the_shades_of_the_gate_are_outlined_and_named():
    drawn = PICTURES["twenty back"]()
    below = drawn.axes[-1]
    assert {patch.get_linewidth() > 0 for patch in below.patches} == {True}
    assert [text.get_text().strip() for text in below.get_legend().get_texts()] == ["shut", "half open", "open"]
    plt.close(drawn)


def formulas():
    """The formulas of all pictures, where they stand."""
    for path in sorted(Path(figures.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"\$[^$\n]+\$", node.value):
                yield f"{path.parent.name}/{path.stem}", node.value


def test_signs_in_small_letters_are_set_close():
    """matplotlib sets a minus within an index as wide as between numbers, and a prime or a star as a superscript of its own."""
    found = list(formulas())
    assert len(found) > 100
    assert not [(where, text) for where, text in found if re.search(r"_\{[^{}]*\w[-+]\w|'[_(]|\^\*", text)]
