"""The pictures are what img/ holds, their parts are what the cells compute, and nothing in them collides."""

import doctest
import inspect
import re
from functools import cache
from itertools import combinations, product
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from explorables import svg_text
from matplotlib.patches import ArrowStyle, Ellipse, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from signs import foreign
from unrolled import cells, diagrams, init, jacobians, since, unroll, words
from unrolled.diagrams import gallery, kit
from unrolled.maths import tanh
from unrolled.style import INK, SYMBOLS

pytestmark = pytest.mark.slow  # all are drawn
IMG = Path(__file__).parents[2] / "img"
PHONE = 320  # pixels
READABLE = 7  # pixels, of the smallest index
SLACK = 1  # pixels of a text's box in which there is no ink

CELLS = {
    name: getattr(where, name) for where in (cells, since) for name in where.__all__ if hasattr(getattr(where, name), "Step")
}
DRAWN = {name: getattr(diagrams, f"draw_{name}") for name in CELLS if hasattr(diagrams, f"draw_{name}")}
STATES = {"C", "h", "s"}
LATER = {"attention": diagrams.draw_attention, "layer": diagrams.draw_layer, "delta": diagrams.draw_delta}
DONE = {"attention": {"scores", "weights", "mean"}, "layer": {"stream", "mix", "feed"}, "delta": {"read", "compare", "write"}}


def full(name):
    """A cell's diagram with as many numbers as there is room for, all of them as long as they get."""
    d = DRAWN[name]()
    diagrams.write(d, {key: [0.88 if key in "fiozr" else -0.88] * room for key, (_, room, _) in d.numbers.items()} | {"t": 12})
    return d


def in_chinese(draw):
    words.speak("zh")
    try:
        return draw()
    finally:
        words.speak("en")


def lit(d):
    return {artist for artists in d.parts.values() for artist in artists if artist.get_alpha() is None}


# ---- the files ----


@pytest.mark.parametrize("name", gallery.FIGURES)
def test_img_holds_what_is_drawn(name):
    picture = gallery.FIGURES[name]
    assert (IMG / f"{name}.svg").read_text(encoding="utf-8") == svg_text(picture.draw().fig, picture.alt), "run `make figures`"


def test_the_twenty_figures_are_all_redrawn():
    numbers = [picture.number for picture in gallery.FIGURES.values() if picture.number]
    assert sorted(numbers) == list(range(1, 21))


def test_no_two_pictures_have_one_alt_text():
    alts = [picture.alt for picture in gallery.FIGURES.values()]
    assert len(set(alts)) == len(alts)
    assert min(map(len, alts)) > 40


@pytest.mark.parametrize("module", [diagrams, diagrams.equations.__module__, "unrolled.style"])
def test_examples_in_docstrings(module):
    module = inspect.sys.modules[module] if isinstance(module, str) else module
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


# ---- parts, focus, numbers ----


@pytest.mark.parametrize("name", DRAWN)
def test_parts_are_what_the_cell_computes(name):
    d, fields = DRAWN[name](), set(CELLS[name].Step._fields)
    extra = {"direct"} if name != "rnn" else set()
    assert set(d.parts) == fields | extra | ({"p"} if name == "peephole" else set())
    assert set(d.numbers) == fields | {"x"} | {f"{key}_prev" for key in fields & STATES}


def test_every_cell_of_the_book_has_a_diagram():
    assert set(DRAWN) >= set(cells.__all__) - {"rnn_relu", "rnn_sigmoid"}


@pytest.mark.parametrize("name", LATER)
def test_parts_are_what_is_done(name):
    assert set(LATER[name]().parts) == DONE[name]


@pytest.mark.parametrize("draw", [*DRAWN.values(), *LATER.values()])
def test_focus_lights_its_part_and_fades_the_rest(draw):
    parts = list(draw().parts)
    d = draw(focus={parts[0]})
    everything = {artist for artists in d.parts.values() for artist in artists}
    for part in parts:
        assert lit(d) == set(d.parts[part])
        faded = everything - lit(d)
        assert {artist.get_alpha() for artist in faded} <= {kit.FADED, kit.FADED_INK}
        assert {artist.get_alpha() for artist in faded if isinstance(artist, Text)} <= {kit.FADED_INK}
        assert all(artist.get_fill() == (artist in lit(d)) for artist in everything if isinstance(artist, FancyBboxPatch))
        diagrams.focus(d, {parts[(parts.index(part) + 1) % len(parts)]})


@pytest.mark.parametrize("name", LATER)
def test_focus_can_be_taken_back(name):
    d = LATER[name](focus={min(DONE[name])})
    diagrams.focus(d)
    assert svg_text(d.fig, "A network.") == svg_text(LATER[name]().fig, "A network.")


@pytest.mark.parametrize("name", DRAWN)
def test_focus_and_write_can_be_taken_back(name):
    d = full(name)
    diagrams.focus(d, {next(iter(d.parts))})
    diagrams.focus(d)
    diagrams.write(d, {})
    assert svg_text(d.fig, "A cell.") == svg_text(DRAWN[name]().fig, "A cell.")


def symbols(artists):
    return {opened(text.get_text()) for text in artists if isinstance(text, Text) and text.get_text()}


def opened(tex):
    """TeX as it was before `kit.close`."""
    return re.sub(r"\{([-+])\}", r"\1", tex)


def test_an_index_is_as_narrow_as_in_tex():
    assert kit.close(r"$W\,s_{t-1} - \tilde{h}_{t}$") == r"$W\,s_{t{-}1} - \tilde{h}_{t}$"


def test_a_part_holds_what_its_equation_reads_and_yields():
    """The symbols that light up with a part are those that stand in its equation."""
    for name, draw in DRAWN.items():
        d, equations = draw(), diagrams.equations(CELLS[name])
        for part, equation in equations.items():
            right = equation.partition(" = ")[2]
            named = {
                f"${tex}$"
                for key in SYMBOLS
                if "_t" in SYMBOLS[key].label
                for tex in (diagrams.timed(key), diagrams.timed(key, back=1))
                if tex in equation
            }
            own = {text for text in symbols(d.parts[part]) if re.search(r"_\{t", text)}
            read = {text for text in named if text.strip("$") in right}
            assert read <= own, (name, part)
            assert own <= named, (name, part)


def test_focus_wants_a_part_of_the_drawing():
    with pytest.raises(ValueError, match=r"lit must hold parts of the drawing, \['C', .*\], got \['z'\]"):
        diagrams.focus(diagrams.draw_lstm(), {"z"})


def test_write_takes_a_step_of_the_cell():
    rng = np.random.default_rng(1)
    p, x = init(cells.lstm, 2, 4, rng), rng.normal(size=(5, 4, 1))
    trace = unroll(cells.lstm, p, x)
    d = diagrams.draw_lstm(step=diagrams.values_at(trace, x, 3))
    text = {key: label.get_text().replace("−", "-").split() for key, (label, *_) in d.numbers.items()}
    expected = {"x": x[2], "h_prev": trace.h[2], "C_prev": trace.C[2]} | {key: getattr(trace, key)[3] for key in trace._fields}
    assert {key: [f"{v:.2f}" for v in np.ravel(value)] for key, value in expected.items()} == text
    assert {"$h_{3}$", "$h_{2}$", "$x_{3}$", "$C_{2}$", r"$\tilde{C}_{3}$"} <= symbols(d.ax.texts)
    only = cells.lstm.step(p, cells.lstm.State(trace.C[2], trace.h[2]), x[2])
    diagrams.write(d, only)
    assert d.numbers["f"][0].get_text() == " ".join(text["f"])
    assert d.numbers["x"][0].get_text() == ""
    assert "$h_{t-1}$" in symbols(d.ax.texts)


def test_what_has_no_room_is_an_ellipsis():
    d = diagrams.draw_lstm(step={"f": [0.1, 0.2, 0.3, 0.4]})
    assert d.numbers["f"][0].get_text() == "0.10 0.20 0.30 …"


def test_write_wants_vectors_of_the_drawing():
    with pytest.raises(ValueError, match=r"step must name vectors of the drawing, .*, got \['z'\]"):
        diagrams.draw_lstm(step={"z": [0.5]})


@pytest.mark.parametrize("t", [0, 6])
def test_values_at_wants_a_step_of_the_sequence(t):
    p, x = init(cells.gru, 2, 1, np.random.default_rng(0)), np.zeros((5, 1))
    with pytest.raises(ValueError, match=rf"t must be one of 1\.\.5, got {t}"):
        diagrams.values_at(unroll(cells.gru, p, x), x, t)


@pytest.mark.parametrize("name", DRAWN)
def test_numbers_stand_beside_their_symbols(name):
    d = full(name)
    for key, (number, *_) in d.numbers.items():
        state = key.removesuffix("_prev")
        places = [text.get_position() for text in d.symbols[state, int(state != key)]]
        corners = number.get_window_extent().transformed(d.ax.transData.inverted()).get_points()
        gaps = [np.hypot(*(np.clip(place, *corners) - place)) for place in places]
        assert min(gaps) < 0.7, key


@pytest.mark.parametrize("draw", [diagrams.draw_gru, *LATER.values()])
def test_a_diagram_can_stand_in_given_axes(draw):
    fig, ax = plt.subplots()
    d = draw(ax)
    assert (d.fig, d.ax) == (fig, ax)
    assert plt.get_fignums() == [fig.number]


@pytest.mark.parametrize(
    "draw", [*DRAWN.values(), *LATER.values(), diagrams.draw_unrolled, diagrams.draw_bptt, diagrams.draw_slopes]
)
def test_drawing_leaves_the_settings_alone(draw):
    before = dict(mpl.rcParams)
    draw()
    assert dict(mpl.rcParams) == before


# ---- equations ----


def test_equations_are_the_text_s():
    assert diagrams.equations(cells.lstm) == {
        "f": r"f_{t} = \sigma(U_f\,x_{t} + W_f\,h_{t-1} + b_f)",
        "i": r"i_{t} = \sigma(U_i\,x_{t} + W_i\,h_{t-1} + b_i)",
        "C_tilde": r"\tilde{C}_{t} = \tanh(U_C\,x_{t} + W_C\,h_{t-1} + b_C)",
        "C": r"C_{t} = f_{t} * C_{t-1} + i_{t} * \tilde{C}_{t}",
        "o": r"o_{t} = \sigma(U_o\,x_{t} + W_o\,h_{t-1} + b_o)",
        "h": r"h_{t} = o_{t} * \tanh(C_{t})",
    }
    assert diagrams.equations(cells.peephole, 3)["o"] == r"o_{3} = \sigma(U_o\,x_{3} + W_o\,h_{2} + p_o * C_{3} + b_o)"
    assert diagrams.equations(cells.coupled)["C"] == r"C_{t} = f_{t} * C_{t-1} + (1 - f_{t}) * \tilde{C}_{t}"
    assert diagrams.equations(cells.gru)["h_tilde"] == r"\tilde{h}_{t} = \tanh(U_h\,x_{t} + W_h\,(r_{t} * h_{t-1}) + b_h)"
    assert diagrams.equations(cells.gru)["h"] == r"h_{t} = (1 - z_{t}) * h_{t-1} + z_{t} * \tilde{h}_{t}"
    after = r"\tilde{h}_{t} = \tanh(U_h\,x_{t} + r_{t} * (W_h\,h_{t-1} + c_h) + b_h)"
    assert diagrams.equations(cells.gru_reset_after)["h_tilde"] == after
    assert diagrams.equations(cells.rnn_sigmoid)["s"] == r"s_{t} = \sigma(U\,x_{t} + W\,s_{t-1} + b)"


def test_equations_below_a_cell_meet_at_their_equals_signs():
    d = diagrams.draw_lstm(equation=cells.lstm.Step._fields)
    assert tuple(d.equations) == cells.lstm.Step._fields
    for (left, right), tex in zip(d.equations.values(), diagrams.equations(cells.lstm).values(), strict=True):
        assert opened(left.get_text() + right.get_text()).replace(r"\;", " ").replace("$", "") == tex
        assert (left.get_ha(), right.get_ha()) == ("right", "left")
        assert left.get_position() == right.get_position()
    assert len({left.get_position()[0] for left, _ in d.equations.values()}) == 1


def test_a_transposed_matrix_is_printed_as_one():
    class Antisymmetric:
        def step(p, prev, x_t):
            s_prev = prev.s
            s_t = tanh((p.W - p.W.T) @ s_prev)
            return (s_t,)

    assert diagrams.equations(Antisymmetric)["s"] == r"s_{t} = \tanh((W - W^{\top})\,s_{t-1})"


def test_no_line_leads_from_the_state_to_the_gate_of_the_minimal_gru():
    """What h_{t-1} is seen by is the state itself; the GRU's gates and candidate see it, too."""
    for name, seen in {"gru": {"z", "r", "h_tilde", "h", "direct"}, "min_gru": {"h", "direct"}}.items():
        d = DRAWN[name]()
        (before,) = d.symbols["h", 1]
        assert {part for part, artists in d.parts.items() if before in artists} == seen


@pytest.mark.parametrize("name", cells.__all__)
def test_every_field_has_its_equation(name):
    cell = getattr(cells, name)
    assert tuple(diagrams.equations(cell)) == cell.Step._fields


# ---- the computed pictures ----


def test_widths_are_in_proportion_to_norms():
    d = diagrams.draw_bptt([0.25, 0.5, 0.75, 1])
    widths = [d.parts[f"grad_s_{k}"][0].get_linewidth() for k in range(4)]
    assert np.allclose(np.diff(widths), widths[3] - widths[2])
    assert [d.numbers[f"norm_{k}"][0].get_text() for k in range(4)] == ["0.25", "0.50", "0.75", "1.0"]


@pytest.mark.parametrize("norms", [[1, 2, 3], [1, 2, 3, np.nan], [1, 2, 3, -1]])
def test_widen_wants_four_norms(norms):
    with pytest.raises(ValueError, match="norms must hold four finite numbers >= 0, got"):
        diagrams.draw_bptt(norms)


def test_the_norms_of_the_bptt_picture_are_products_of_jacobians():
    p, x, trace = gallery._rnn(8, 3, 5)
    J, gradient, norms = jacobians(cells.rnn, p, x, trace), np.full(8, 8**-0.5), []
    for k in range(3, -1, -1):
        norms.insert(0, f"{np.linalg.norm(gradient):#.2g}")
        gradient = J[k - 1].T @ gradient
    d = gallery.FIGURES["bptt"].draw()
    assert [d.numbers[f"norm_{k}"][0].get_text() for k in range(4)] == norms


def test_the_norms_of_the_long_gap_are_products_of_jacobians():
    p, x, trace = gallery._rnn(8, 3, 41)
    J, product_, norms = jacobians(cells.rnn, p, x, trace), np.eye(8), []
    for t in range(41, 0, -1):
        local = (1 - trace.s[t] ** 2) * p.U
        norms.append(np.linalg.norm(product_ @ local, 2))
        product_ = product_ @ J[t - 1]
    (panel,) = gallery.FIGURES["long_gap"].draw().ax.child_axes
    assert np.allclose(panel.lines[0].get_ydata(), norms, rtol=1e-10)
    assert 0.5 < norms[0] < 2  # what the alt text says
    assert norms[40] < 1e-6


def test_slopes_are_shaded_where_they_are_small():
    for ax, height, edge in zip(diagrams.draw_slopes().ax, (1, 0.25), (2.18, 2.89), strict=True):
        _, slope, _ = ax.lines
        assert np.isclose(slope.get_ydata().max(), height)
        corners = np.concatenate([path.vertices[:, 0] for path in ax.collections[0].get_paths()])
        assert np.isclose(np.abs(corners).min(), edge, atol=0.02)


# ---- nothing collides ----

PICTURES = {name: picture.draw for name, picture in gallery.FIGURES.items()} | {
    f"{name} with numbers": lambda name=name: full(name) for name in DRAWN
}
PICTURES |= {f"{name} in Chinese": lambda draw=draw: in_chinese(draw) for name, draw in LATER.items()}


@cache
def picture(name):
    """Drawn and laid out, to be looked at only."""
    d = PICTURES[name]()
    d.fig.canvas.draw()
    return d


def texts(d):
    return [text for text in d.fig.findobj(Text) if text.get_visible() and text.get_text().strip()]


def extent_of(text):
    """The box of a text on a reader's screen: a Chinese letter is as wide as it is high, which matplotlib does not know."""
    box = text.get_window_extent()
    em = text.get_fontsize() * text.figure.dpi / 72
    needed = max(words.ems(line) for line in text.get_text().split("\n")) * em
    over = max(0, needed - box.width) * {"left": 0, "center": 0.5, "right": 1}[text.get_ha()]
    return Bbox.from_bounds(box.x0 - over, box.y0, max(needed, box.width), box.height)


@pytest.mark.parametrize("name", PICTURES)
def test_no_two_texts_overlap(name):
    boxes = [(text.get_text(), extent_of(text)) for text in texts(picture(name))]
    bad = [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if one.padded(-SLACK).overlaps(other.padded(-SLACK))]
    assert bad == []


@pytest.mark.parametrize("name", PICTURES)
def test_every_text_is_inside_and_readable_on_a_phone(name):
    fig = picture(name).fig
    scale = min(1, PHONE / (72 * fig.get_figwidth()))
    for text in texts(picture(name)):
        label, extent = text.get_text(), extent_of(text)
        smallest = text.get_fontsize() * scale * (0.7 if re.search(r"\$.*[_^]", label) else 1)
        assert smallest >= READABLE, label
        assert fig.bbox.x0 - 1 <= extent.x0, label
        assert extent.x1 <= fig.bbox.x1 + 1, label


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_speak_in_symbols(name):
    for text in texts(picture(name)):
        said = re.sub(r"\\[a-zA-Z]+", " ", text.get_text())
        if text.get_text() not in {*words.CHINESE, *words.CHINESE.values()}:
            assert set(re.findall(r"[^\W\d_]{2,}", said)) <= {"tanh", "LN", "softmax"}, text.get_text()
        assert text.get_color() == INK


@pytest.mark.parametrize("name", LATER)
def test_chinese_pictures_are_chinese(name):
    spoken = [text.get_text() for text in texts(picture(f"{name} in Chinese"))]
    assert not list(foreign(spoken))
    assert sum(map(words.ems, spoken)) > 5


def shapes(d):
    """The boxes of a diagram, in which something stands, and the walls around them: (boxes, walls)."""
    boxes = [patch for patch in d.ax.patches if isinstance(patch, FancyBboxPatch)]
    walls = [box for box in boxes if np.isclose(box.get_facecolor()[3], 0.04)]
    return [box for box in boxes if box not in walls], walls


@pytest.mark.parametrize("name", [name for name in PICTURES if name != "slopes"])
def test_no_text_hangs_over_its_box(name):
    d = picture(name)
    for text, box in product(texts(d), shapes(d)[0]):
        extent, outline = extent_of(text), box.get_window_extent()
        if outline.contains(*extent.padded(-SLACK).get_points().mean(axis=0)):
            assert outline.x0 <= extent.x0 + SLACK, text.get_text()
            assert extent.x1 - SLACK <= outline.x1, text.get_text()


def wires(d):
    return [patch for patch in d.ax.patches if isinstance(patch, FancyArrowPatch)]


def segments(wire):
    """The straight stretches of a wire, in the units of the drawing; the arcs of its hops are left out."""
    path = wire._path_original
    return [(path.vertices[k - 1], path.vertices[k]) for k in range(1, len(path.codes)) if path.codes[k] == Outline.LINETO]


def inside(point, segment, margin=0.05):
    start, end = segment
    along, length = end - start, np.hypot(*(end - start))
    if length < 2 * margin:
        return False
    reach = np.dot(point - start, along) / length
    return margin < reach < length - margin and abs(np.linalg.det([along / length, point - start])) < 1e-6


@pytest.mark.parametrize("name", [name for name in PICTURES if name != "slopes"])
def test_lines_hop_where_they_cross_and_have_dots_where_they_fork(name):
    d = picture(name)
    dots = [patch.center for patch in d.ax.patches if isinstance(patch, Ellipse) and patch.width < 0.3]
    stretches = [(wire, s) for wire in wires(d) for s in segments(wire)]
    for (one, a), (other, b) in combinations(stretches, 2):
        if one is not other:
            corner = np.array([a[0][0], b[0][1]]) if np.isclose(a[0][0], a[1][0]) else np.array([b[0][0], a[0][1]])
            assert not (inside(corner, a) and inside(corner, b)), f"a crossing without a hop at {corner}"
    for wire, other in product(wires(d), repeat=2):
        start = wire._path_original.vertices[0]
        if wire is not other and any(inside(start, s) for s in segments(other)):
            assert any(np.allclose(start, dot) for dot in dots), f"a fork without a dot at {start}"


@pytest.mark.parametrize("name", [name for name in PICTURES if name != "slopes"])
def test_no_line_runs_through_a_text(name):
    d = picture(name)
    for text in texts(d):
        if text.axes is not d.ax:
            continue
        extent = extent_of(text).padded(-SLACK)
        for wire in wires(d):
            for start, end in segments(wire):
                line = Outline(d.ax.transData.transform([start, end]))
                assert not line.intersects_bbox(extent), (text.get_text(), start, end)


@pytest.mark.parametrize(("name", "leaving"), {"min_gru": 2, "attention": 1, "layer": 2, "delta": 1}.items())
def test_arrows_end_at_shapes_but_for_those_that_leave(name, leaving):
    d = picture(name)
    boxes, walls = shapes(d)
    outlines = [box.get_bbox() for box in boxes]
    outlines += [
        Bbox.from_bounds(*np.subtract(ring.center, (ring.width / 2, ring.height / 2)), ring.width, ring.height)
        for ring in d.ax.patches
        if isinstance(ring, Ellipse) and ring.width > 0.3
    ]
    ends = [wire._path_original.vertices[-1] for wire in wires(d) if type(wire.get_arrowstyle()) is not ArrowStyle.Curve]
    edge = 1e-6
    free = [
        end
        for end in ends
        if not any(outline.padded(edge).contains(*end) and not outline.padded(-edge).contains(*end) for outline in outlines)
    ]
    assert len(free) == leaving
    assert not any(wall.get_bbox().contains(*end) for wall in walls[:1] for end in free)
