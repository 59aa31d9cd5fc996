"""The drawing side of `explore`, with matplotlib and numpy alone: every matplotlib that the package serves runs these."""

import itertools
import json
import re
import warnings

import gallery
import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from explorables import INK, explore, show, versions
from explorables.align import align
from explorables.draw import Recorder, borrowed, film
from gallery import RC
from matplotlib import _mathtext
from matplotlib.legend import Legend
from matplotlib.offsetbox import AnchoredText

# ---- pictures, not names, are compared ----


MADE_ANEW = [
    "curves_plotted_again",
    "colour_bar_with_ends",
    "notes_made_anew",
    "legend_entries",
    "histogram",
    "artists_come_and_go",
]


@pytest.mark.parametrize("kind", MADE_ANEW)
def test_artists_may_be_made_anew_in_any_order(kind):
    fig, update = gallery.KINDS[kind]()
    explore(fig, update, alt="x", k=[0, 1, 2], max_kb=1000)


def test_an_artist_made_anew_is_known_by_its_picture():
    states = [{("a", "7"): "one", ("a", "8"): "two"}, {("a", "line 0"): "one", ("a", "8"): "three"}]
    aligned, places = align(states)
    assert places == [("a", "7"), ("a", "8")]
    assert [state[("a", "7")] for state in aligned] == ["one", "one"]


def test_equal_pictures_that_are_painted_together_are_two():
    states = [{("7",): "one", ("line 0",): "one"}, {("line 0",): "one"}]
    assert align(states)[0] == states


def test_what_would_upset_the_painting_order_is_left_apart():
    states = [{("7",): "one", ("8",): "two"}, {("8",): "two", ("line 0",): "one"}]
    aligned, places = align(states)
    assert [list(state.values()) for state in aligned] == [["one", "two"], ["two", "one"]]
    assert [[state[place] for place in places if place in state] for state in aligned] == [["one", "two"], ["two", "one"]]


def test_a_choice_that_makes_the_same_anew_changes_nothing():
    fig, ax = plt.subplots()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.plot([0, 1], "C0")

    def update(k, n):
        ax.lines[0].remove()
        ax.plot([0, k], "C0")

    with pytest.raises(ValueError, match="n changes nothing"):
        explore(fig, update, alt="x", k=[0, 1], n=[0, 1])


# ---- an update that draws elsewhere ----


@pytest.mark.parametrize(
    ("elsewhere", "sentence"),
    [
        (lambda k: plt.figure(), "update(k=1) opened another figure, which is closed"),
        (lambda k: plt.subplots()[1].plot([0, k]), "update(k=1) opened another figure, which is closed"),
        (lambda k: plt.plot([0, k]), "update(k=1) drew into figure 2"),
        (lambda k: plt.figure(2).axes[0].lines[0].set_ydata([0, k]), "update(k=1) drew into figure 2"),
        (lambda k: plt.close(1), "update(k=1) closed it, as plt.show and plt.close do"),
    ],
)
def test_an_update_that_draws_elsewhere_is_told_so(elsewhere, sentence):
    fig, _ = plt.subplots(num=1)
    plt.subplots(num=2)[1].plot([0, 1])
    with pytest.raises(ValueError, match=re.escape(sentence)):
        explore(fig, lambda k: elsewhere(k), alt="x", k=[1, 2])
    assert set(plt.get_fignums()) == {2}


# ---- heavy figures ----


@pytest.mark.parametrize("kind", ["dots", "lines"])
def test_what_is_far_too_heavy_is_refused_after_a_state_of_each_choice(kind, rng):
    fig, ax = plt.subplots()
    dots, lines = ax.scatter(*rng.random((2, 5000))), [ax.plot(rng.random(500))[0] for _ in range(10)]
    drawn = []

    def update(k, n):
        drawn.append(k)
        if kind == "dots":
            dots.set_offsets(rng.random((5000, 2)))
        else:
            lines[n].set_ydata(rng.random(500))
            ax.set_ylim(0, 1 + k)

    with pytest.raises(
        ValueError, match=r"those of k alone would weigh about \d+ KB: draw what has many points with rasterized=True"
    ):
        explore(fig, update, alt="x", k=range(20), n=[0, 1])
    assert len(drawn) == 2


# ---- a stranger's figure keeps a stranger's style ----


def shown(fig):
    return show(fig, alt="x").to_html().partition("<svg")[2].partition("</svg>")[0]


def test_black_text_and_axes_take_the_page_s_ink_and_white_faces_its_paper():
    fig, ax = plt.subplots()
    ax.plot([0, 1], "k", label="black data")
    ax.set(title="title", xlabel="x", ylabel="y")
    ax.annotate("note", (0, 0), (0.5, 0.5), arrowprops={"arrowstyle": "->"})
    ax.legend()
    picture = shown(fig)
    assert picture.count("#000000") == 2, "the curve, and its sample in the legend"
    assert "#ffffff" not in picture
    assert picture.count("fill: var(--paper,#fff)") == 2, "axes and legend"
    assert "fill: currentColor" in picture
    assert fig.get_facecolor() == (1, 1, 1, 1), "given back as it was"


@pytest.mark.parametrize("made", ["text", "title", "legend", "table", "quiver key", "box"])
def test_artists_that_update_makes_are_dressed_too(made):
    fig, ax = plt.subplots()
    arrows = ax.quiver([0], [0], [1], [1])
    make = {
        "text": lambda: ax.text(0, 0, "a"),
        "title": lambda: fig.text(0, 0, "a"),
        "legend": lambda: ax.legend([arrows], ["a"], title="b"),
        "table": lambda: ax.table([["a"]]),
        "quiver key": lambda: ax.quiverkey(arrows, 0.5, 0.5, 1, "a"),
        "box": lambda: ax.add_artist(AnchoredText("a", "upper left")),
    }[made]
    kept = []

    def update(k):
        while kept:
            kept.pop().remove()
        if k:
            kept.append(make())

    page = explore(fig, update, alt="x", k=[0, 1]).to_html()
    table = json.loads(re.search('<script type="application/json">(.*?)</script>', page, re.DOTALL)[1])["table"]
    texts = [text for text in table if text and "<text" in text]
    assert texts
    assert all("currentColor" in text and "#000000" not in re.sub("<path.*?>", "", text) for text in texts)


def test_axes_that_update_clears_are_dressed_each_time():
    fig, ax = plt.subplots()

    def update(k):
        ax.clear()
        ax.plot([0, k], "C0")

    drawing = frames(fig, update, k=[1, 2, 3])
    assert not any("#000000" in text for text in [drawing.definitions, *drawing.texts])
    assert sum("currentColor" in text for text in drawing.texts) > 20


def test_a_figure_with_a_face_of_its_own_stays_as_it_is():
    with plt.style.context("dark_background"):
        fig, ax = plt.subplots()
        ax.plot([0, 1])
        ax.set_title("title")
        picture = shown(fig)
    assert "currentColor" not in picture
    assert "--paper" not in picture
    assert picture.count("fill: #ffffff") > 5


def test_text_on_a_face_or_on_data_stays_black():
    fig, ax = plt.subplots()
    ax.set_facecolor("lightyellow")
    ax.text(0.5, 0.5, "on a face")
    ax.set_title("on the page")
    other, on = plt.subplots()
    on.imshow([[0, 1]], cmap="Pastel1")
    on.text(0, 0, "on data")
    on.text(0.5, -0.7, "beside it")
    on.text(0, 0.8, "in a box", bbox={"facecolor": "pink"})
    for figure, black in [(fig, {"on a face"}), (other, {"on data", "in a box"})]:
        picture = {
            text: "currentColor" in style for style, text in re.findall(r"<text style=\"([^\"]*)\"[^>]*>([^<]*)<", shown(figure))
        }
        assert black < set(picture)
        for text, inked in picture.items():
            assert inked == (text not in black), text


@pytest.mark.parametrize(
    ("draw", "sentence"),
    [
        (lambda ax: ax.set_xlabel("time", color="#555555"), "the text 'time' in #555555 is hard to read on a dark page"),
        (lambda ax: ax.text(0, 0, "white", color="w"), "the text 'white' in #ffffff is hard to read on a light page"),
        (lambda ax: ax.tick_params(labelcolor="navy"), r"in #000080 is hard to read on a dark page: leave it black"),
        (lambda ax: ax.figure.set_facecolor("black"), r"in #000000 is hard to read on its own ground: call explore in the style"),
    ],
)
def test_text_that_will_be_hard_to_read_is_told(draw, sentence):
    fig, ax = plt.subplots()
    draw(ax)
    with pytest.warns(UserWarning, match=re.escape(sentence)) as warned:
        show(fig, alt="x")
    assert warned[0].filename == __file__


@pytest.mark.parametrize(
    ("draw", "told"),
    [
        (lambda ax: ax.plot([0, 1], color="black"), "data in #000000 (a Line2D) are hard to see on a dark page"),
        (lambda ax: ax.plot([0, 1], "o", color="#0a0a14"), "data in #0a0a14 (a Line2D) are hard to see"),
        (lambda ax: ax.bar([0], [1], color="navy"), "data in #000080 (a Rectangle) are hard to see"),
        (lambda ax: ax.scatter([0], [1], c="k"), "data in #000000 (a PathCollection) are hard to see"),
        (lambda ax: ax.quiver([0], [1], [1], [1]), "data in #000000 (a Quiver) are hard to see"),
        (lambda ax: ax.bar([0], [1], color="tab:blue", edgecolor="k"), ""),
        (lambda ax: (ax.imshow([[0, 1]]), ax.plot([0, 1], [0, 0], "k")), ""),
        (lambda ax: (ax.set_facecolor("lightyellow"), ax.plot([0, 1], "k")), ""),
        (lambda ax: (ax.figure.set_facecolor("whitesmoke"), ax.patch.set_visible(False), ax.plot([0, 1], "k")), ""),
        (lambda ax: ax.plot([0, 1], "k", visible=False), ""),
        (lambda ax: ax.scatter([0, 1], [0, 1], c=[0, 1]), ""),
        (lambda ax: ax.plot([0, 1], color=INK), ""),
    ],
)
def test_data_that_a_dark_page_swallows_are_told(draw, told):
    fig, ax = plt.subplots()
    draw(ax)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        show(fig, alt="x")
    assert [told in str(warning.message) for warning in warned] == [True] * bool(told)
    assert all(warning.filename == __file__ for warning in warned)


def test_the_book_s_figures_warn_of_nothing():
    with mpl.rc_context(RC), warnings.catch_warnings():
        warnings.simplefilter("error")
        fig, ax = plt.subplots()
        ax.set_title("title", color="#d10023")
        show(fig, alt="x")


@pytest.mark.parametrize("text", ["$\tau$", "\frac", "$\nu$", "a\x00b"])
def test_a_text_of_the_figure_with_a_control_character_is_refused(text):
    fig, ax = plt.subplots()
    ax.set_title(text)
    with pytest.raises(ValueError, match=r"a text of the figure must not hold the control character"):
        show(fig, alt="x")


# ---- what looks the same is not drawn again ----


def frames(fig, update, **choices):
    with borrowed(fig):
        grid = [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]
        return film(fig, update, grid, grid[0], 1000, 1000)


@pytest.mark.slow
@pytest.mark.parametrize("kind", gallery.KINDS)
def test_a_replay_is_what_a_drawing_anew_writes(kind):
    fig, update = gallery.KINDS[kind]()
    with borrowed(fig):
        update(0)
        recorder = Recorder(fig)
        recorder.draw()
        fig.set_layout_engine("none")
        for k in [0, 1, 2, 0]:
            update(k)
            replayed, anew = recorder.draw(), recorder.draw(anew=True)
            assert list(replayed.values()) == list(anew.values())


def test_each_formula_is_parsed_once_also_for_the_next_picture(monkeypatch):
    parse, parsed = _mathtext.Parser.parse, []

    def counted(parser, formula, fonts, size, *others):
        parsed.append((formula, size))  # at a large size to measure it, at its own to draw it
        return parse(parser, formula, fonts, size, *others)

    def drawn():
        fig, ax = plt.subplots()
        first, *_ = [ax.text(0, n / 60, f"$x_{{{n}}}$", size=9) for n in range(60)]
        return frames(fig, lambda k: first.set_text(f"$y_{k}$"), k=[0, 1])

    monkeypatch.setattr(_mathtext.Parser, "parse", counted)
    monkeypatch.setattr(versions, "_parsed", {})
    monkeypatch.setattr(versions, "MOST_FORMULAS", 200)
    one, two = drawn(), drawn()
    assert str(one) == str(two)
    assert len(parsed) == len(set(parsed)) == 2 * 61
    with plt.rc_context({"mathtext.fontset": "stix"}):
        assert str(drawn()) != str(one)
    assert len(parsed) > 3 * 61, "other fonts make other pictures"
    assert len(versions._parsed) <= 200


@pytest.mark.parametrize("made", ["line", "patch", "collection"])
def test_dashes_may_be_given_as_a_list(made):
    fig, ax = plt.subplots()
    dashes, line = (0, [3, 1]), ax.plot([0, 1])[0]
    if made == "line":
        ax.axhline(0.5, linestyle=dashes)
    elif made == "patch":
        ax.add_patch(plt.Rectangle((0, 0), 0.5, 0.5, edgecolor="C1", linestyle=dashes))
    else:
        ax.hlines([0.5], 0, 1, linestyles=[dashes])
    drawing = frames(fig, lambda k: line.set_ydata([0, k]), k=[0, 1])
    assert sum("stroke-dasharray" in text for text in drawing.texts) == 1, "drawn once, for both states"


@pytest.mark.parametrize(
    "change",
    [
        lambda line, k: line.set_linewidth(1 + k),
        lambda line, k: line.set_color(f"C{k}"),
        lambda line, k: line.set_drawstyle(["default", "steps-mid", "steps-post"][k]),
        lambda line, k: line.set_dashes([3, 1 + k]),
        lambda line, k: line.set_gapcolor(f"C{k + 1}"),
        lambda line, k: line.set_dash_capstyle(["butt", "round", "projecting"][k]),
        lambda line, k: line.set_marker("oxs"[k]),
        lambda line, k: line.set_transform(line.axes.transData if k else line.axes.transAxes),
        lambda line, k: line.axes.set_ylim(0, 1 + k),
        lambda line, k: line.get_path().vertices.__setitem__((1, 1), k / 3),
    ],
)
def test_every_change_of_a_line_is_seen(change):
    fig, ax = plt.subplots()
    (line,) = ax.plot([0, 0.5, 1], [0, 0.4, 0.6], "C0--")
    ax.set(xlim=(0, 1), ylim=(0, 2))
    with borrowed(fig):
        recorder = Recorder(fig)
        for k in range(3):
            change(line, k)
            assert list(recorder.draw().values()) == list(recorder.draw(anew=True).values())


@pytest.fixture(params=["of the axes", "of the figure"])
def legend(request):
    fig, ax = plt.subplots(layout="constrained")
    curves = [ax.plot([0, 1], [0, n], "o-", label=f"curve {n}")[0] for n in (1, 2)]
    if request.param == "of the axes":
        return ax.legend(handles=curves, loc="upper left", title="two")
    return fig.legend(handles=curves, loc="outside upper left", title="two")


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        lambda legend, k: legend.get_texts()[1].set_text(f"{k}"),
        lambda legend, k: legend.get_texts()[0].set_color(f"C{k}"),
        lambda legend, k: legend.legend_handles[0].set_marker("oxs"[k]),
        lambda legend, k: legend.legend_handles[1].set_alpha(1 / (k + 1)),
        lambda legend, k: legend.set_title(f"{k}"),
        lambda legend, k: legend.set_visible(k != 1),
        lambda legend, k: legend.set_bbox_to_anchor((0.1 * k, 0.2, 0.8, 0.8)),
        lambda legend, k: legend.get_frame().set_linewidth(1 + k),
        lambda legend, k: legend.set_frame_on(k != 1),
        lambda legend, k: legend.set_alignment(["left", "center", "right"][k]),
        lambda legend, k: legend.set_loc(["upper left", "lower right", "center"][k]),
    ],
)
def test_every_change_of_a_legend_is_seen(legend, change):
    fig = legend.get_figure()
    with borrowed(fig):
        recorder = Recorder(fig)
        recorder.draw()
        fig.set_layout_engine("none")
        for k in (0, 1, 2):
            change(legend, k)
            recorder.draw()
            assert list(recorder.draw().values()) == list(recorder.draw(anew=True).values())


def test_a_legend_that_looks_the_same_is_drawn_once(legend, monkeypatch):
    fig, draw, drawn = legend.get_figure(), Legend.draw, []
    monkeypatch.setattr(Legend, "draw", lambda legend, renderer: drawn.append(legend) or draw(legend, renderer))
    line = fig.axes[0].lines[0]
    frames(fig, lambda k: line.set_ydata([k, 1 + k]), k=range(20))
    assert len(drawn) < 10, "for the layout, for the first state, and for those that are compared"


def test_a_change_behind_matplotlib_s_back_is_seen():
    fig, ax = plt.subplots()
    ax.set_xlim(0, 1)
    ax.xaxis.get_major_ticks(3)
    fig.canvas.draw()

    def update(k):
        vars(ax.xaxis.get_major_ticks()[0].tick1line)["_linewidth"] = vars(ax.xaxis.get_major_ticks()[0].tick1line)[
            "_markersize"
        ] = 2 + k

    assert len({tuple(row) for row in frames(fig, update, k=range(6)).frames.tolist()}) == 6
