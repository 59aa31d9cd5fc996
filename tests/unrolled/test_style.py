"""Colours for every eye and both themes, one symbol table for code, pictures and pages."""

import subprocess
import sys
from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser
from unrolled import cells, since
from unrolled.style import HUES, INK, SYMBOLS, line, look, names

PAGES = {"light": "#ffffff", "dark": "#121212", "dark surface": "#14181e"}
CONTRAST = 3  # WCAG 2.2, 1.4.11: graphical objects
APART = 0.12  # in OKLab; 0.02 is about the least that is seen

# Machado, Oliveira & Fernandes (2009), severity 1, on linear RGB
EYES = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}


def linear(colour):
    v = np.array(mpl.colors.to_rgb(colour))
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    dark, light = sorted(linear(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def oklab(rgb):
    """Ottosson (2020)."""
    lms = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.array(lab) @ np.cbrt(np.array(lms) @ rgb)


def seen(colour, eye):
    return oklab(np.clip(np.array(EYES[eye]) @ linear(colour), 0, 1))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("hue", HUES)
def test_every_hue_stands_out_on_every_page(hue, page):
    assert contrast(HUES[hue], PAGES[page]) >= CONTRAST


@pytest.mark.parametrize("eye", EYES)
def test_any_two_hues_are_apart_for_every_eye(eye):
    near = {(a, b): np.linalg.norm(seen(HUES[a], eye) - seen(HUES[b], eye)) for a, b in combinations(HUES, 2)}
    assert min(near.values()) >= APART, min(near, key=near.get)


def test_the_simulation_sees_what_dichromats_do_not():
    red, green = "#c04000", "#548000"
    assert np.linalg.norm(seen(red, "normal") - seen(green, "normal")) > 0.2
    assert np.linalg.norm(seen(red, "deuteranopia") - seen(green, "deuteranopia")) < 0.06


def test_symbols_use_the_hues_alone():
    assert {symbol.colour for symbol in SYMBOLS.values()} <= set(HUES.values())


TOGETHER = {
    **{name: [*getattr(cells, name).Step._fields, "x"] for name in cells.__all__},
    "loss and gradient": ["x", "s", "E", "delta"],
    "weights": ["U", "W", "V"],
    "norms": ["rnn", "rnn_relu", "rnn_sigmoid", "residual", "lstm", "gru", "bound"],
    "paths": ["lstm", "direct", "gru", "bound"],
    **{f"{name} after": ["rnn", "lstm", "gru", "direct", name] for name in since.__all__},
    "LSTMs": ["lstm", "lstm_1997", "peephole", "coupled"],
    "GRUs": ["gru", "gru_reset_after"],
}


@pytest.mark.parametrize("group", TOGETHER)
def test_what_stands_together_differs_in_colour(group):
    colours = [SYMBOLS[key].colour for key in TOGETHER[group]]
    assert len(set(colours)) == len(colours)


@pytest.mark.parametrize("group", ["norms", "LSTMs", "GRUs", *(f"{name} after" for name in since.__all__)])
def test_curves_that_stand_together_differ_without_colour_too(group):
    dashes = [str(SYMBOLS[key].dash) for key in TOGETHER[group]]
    assert len(set(dashes)) == len(dashes)


def test_every_cell_and_everything_it_computes_has_a_symbol():
    modules = [getattr(where, name) for where in (cells, since) for name in where.__all__]
    fields = {field for module in modules if hasattr(module, "Step") for field in module.Step._fields}
    assert fields | {*cells.__all__, *since.__all__} <= set(SYMBOLS)


@pytest.mark.parametrize("key", SYMBOLS)
def test_labels_can_be_drawn(key):
    with look():
        MathTextParser("path").parse(SYMBOLS[key].label)


def test_line_is_what_plot_takes():
    with look():
        (curve,) = mpl.figure.Figure().add_subplot().plot([0, 1], **line("gru"))
    assert (curve.get_color(), curve.get_label()) == (SYMBOLS["gru"].colour, "GRU")


def test_names_for_a_menu_are_words_that_tell_apart(chinese):
    for cell in cells.__all__:
        fields = getattr(cells, cell).Step._fields
        assert len({*names(fields).values()}) == len(fields)
    called = names([*cells.__all__, *since.__all__])
    assert len({*called.values()}) == len(called)
    assert not [text for text in called.values() if "$" in text or "\\" in text]


def test_importing_changes_no_setting():
    program = (
        "import matplotlib as mpl; before = dict(mpl.rcParams); import unrolled.diagrams.gallery, unrolled.style;"
        " raise SystemExit(before != dict(mpl.rcParams))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_picture_keeps_the_look_where_it_is_drawn_without_it():
    """Its ticks, too, which matplotlib makes when they are first drawn; more of them, when the axes grow, are like the first."""
    with look():
        fig, ax = plt.subplots()
        ax.set(xlim=(0, 1))
    before = dict(mpl.rcParams)
    fig.draw_without_rendering()
    ax.set(xlim=(0, 1000), xticks=range(0, 1001, 50))
    fig.draw_without_rendering()
    assert {label.get_color() for label in ax.get_xticklabels()} == {INK}
    assert len(ax.get_xticklabels()) == 21
    assert before == dict(mpl.rcParams)
