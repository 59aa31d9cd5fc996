"""Which letters of a formula are symbols, that marking them changes nothing else, and that their colours can be read."""

import re
from itertools import combinations

import pytest
from bookbinding import formulas, symbols
from unrolled.style import HUES, SYMBOLS

PAGE = r"\tilde h_t \hat y_t"  # a page of a GRU and of a loss: here z is a gate and y a target


def found(tex, page=PAGE):
    return re.findall(r"\\htmlData\{symbol=(\w+)\}", symbols.marked(tex, page))


@pytest.mark.parametrize(
    ("tex", "want"),
    [
        (r"C_t = f_t * C_{t-1} + i_t * \tilde C_t", ["C", "f", "C", "i", "C_tilde"]),
        (r"\tilde{C}_{t}^2", ["C_tilde"]),
        (r"\sigma(U_f x_t + W_f h_{t-1} + b_f)", ["U_f", "x", "W_f", "h", "b_f"]),
        (r"\tanh(Ux_t+Ws_{t-1}+b)", ["U", "x", "W", "s", "b"]),
        (r"p_o * C_t", ["p_o", "C"]),
        (r"\frac{\partial E_3}{\partial W}", ["E", "W"]),
        (r"J_T\cdots J_{k+1}", ["J", "J"]),
        (r"\prod_{j=k+1}^{t} f_j", ["f"]),
        (r"W^{\top} \delta_{t+1}", ["W", "delta"]),
        (r"\operatorname{diag}(1 - z_t)", ["z"]),
        (r"\hat y_3 - y_3", ["y_hat", "y"]),
        (r"s_{t-1,j} + C_{40} + h_\tau + s_0", ["s", "C", "h", "s"]),
    ],
)
def test_symbols_are_found(tex, want):
    assert found(tex) == want


@pytest.mark.parametrize(
    "tex",
    [
        r"f(x) = x^2",  # a function
        r"\frac{f(a + h) - f(a)}{h}",  # a step size
        r"i = 1, \dots, k",
        r"y_i, s_j, r_i, x_j",  # components
        r"W_{ij}, V_{ij}, W_{h,ij}, W_1",  # entries, and a matrix of another kind
        r"\gamma_t, \eta_t, \sigma_t, \varepsilon",
        r"\bar f_t, \bar{f}_t",  # a mean
        r"\delta_{lj}",  # Kronecker's
        r"\text{where C_t is}",  # words
        r"\mathrm{state}_t, \operatorname{h_t}",
        r"x^\top y, u \cdot v, u_t, v_t",
        r"b, |a|\,|b|, p, p^2",  # no bias beside no weight; a probability
        r"c_t, a_t, d_t, e_t, m_t",  # letters that the table of symbols does not have
        r"\sum_t, \max_t",
    ],
)
def test_what_is_only_alike_is_not(tex):
    assert found(tex) == []


def test_a_letter_with_two_senses_depends_on_its_page():
    assert found("z_t", page="z_t = V s_t") == []
    assert found("z_t = V s_t + c") == ["V", "s"]
    assert found("z_t") == ["z"]
    assert found("y_t = C_t / N_t", page="C_t") == ["C", "N"]
    assert found("b", page="|a|") == []
    assert found("b", page="U x_t + W s_{t-1} + b") == ["b"]


def test_every_symbol_of_the_table_can_be_found():
    """... by its own label, but for two letters that the text takes for other things, and what is not a letter."""
    cells = list(SYMBOLS).index("rnn")
    for key in list(SYMBOLS)[:cells]:
        if key not in {"u", "v", "bound", "direct", "b", "p"}:
            assert found(SYMBOLS[key].label.strip("$")) == [key]
    assert found("W s_t + b") == ["W", "s", "b"]


@pytest.mark.parametrize(
    "tex",
    [
        r"C_t = f_t * C_{t-1} + i_t * \tilde C_t^2",
        r"\begin{aligned} z_t &= \sigma(U_z x_t) \\ h_t &= W^\top \delta_t \end{aligned}",
        r"e^{-b_f}, \tfrac12 W, \sqrt W, 2^W, \frac W2, \frac{C_t}{N_t}",
        r"\Bigl(\prod_{j=1}^{t} f_j\Bigr) * C_0",
    ],
)
def test_a_formula_looks_as_it_would_without_marks(tex):
    bare = lambda answer: re.sub(r"</?span[^>]*>|<annotation.*?</annotation>", "", answer["html"], flags=re.DOTALL)  # noqa: E731
    spans = lambda answer: re.findall(r'<span(?! class="enclosing")[^>]*>', answer["html"])  # noqa: E731
    plain, marked = formulas.rendered(tex, True), formulas.rendered(symbols.marked(tex, PAGE), True)
    assert "data-symbol" in marked["html"]
    assert spans(marked) == spans(plain)
    assert bare(marked) == bare(plain)


def code(text):
    context = {"body": f'<code class="docutils literal notranslate"><span class="pre">{text}</span></code>'}
    symbols.mark_code(None, None, None, context, None)
    return re.findall(r'data-symbol="(\w+)"', context["body"])


@pytest.mark.parametrize(
    ("text", "symbol"),
    [("C_tilde", "C_tilde"), ("f_t", "f"), ("h_prev", "h"), ("W_f", "W_f"), ("p.b_z", "b_z"), ("delta", "delta")],
)
def test_names_in_code_are_found(text, symbol):
    assert code(text) == [symbol]


@pytest.mark.parametrize("text", ["f", "x", "W", "p", "step", "h_max", "b_x", "s_", "_t", "seed_t", "cells.lstm", "f_t + 1"])
def test_other_names_in_code_are_not(text):
    assert code(text) == []


# ---- colours ----

TINT = 0.07  # of a tone, in a box


def mixed(tone, page, part):
    channels = (round(255 * (part * a + (1 - part) * b)) for a, b in zip(symbols.rgb(tone), symbols.rgb(page), strict=True))
    return "#" + "".join(f"{c:02x}" for c in channels)


def colours():
    """{name: (by day, by night)} of the style sheet."""
    css = (symbols.ROOT / "chapters/_static/book.css").read_text("utf-8")
    return {name: pair for name, *pair in re.findall(r"--(\w+): var\(--day, (#\w{6})\) var\(--night, (#\w{6})\)", css)}


@pytest.mark.parametrize("night", [0, 1])
@pytest.mark.parametrize("hue", HUES)
def test_a_symbol_can_be_read_wherever_text_stands(hue, night):
    named = {name: pair[night] for name, pair in colours().items()}
    grounds = [
        named["page"],
        named["shade"],
        *(mixed(named[tone], named["page"], TINT) for tone in ("accent", "warm", "cool", "soft")),
    ]
    shade = symbols.shades(symbols.grounds()[night])[hue]
    assert min(symbols.contrast(shade, ground) for ground in grounds) >= 4.5
    assert symbols.contrast(named["ink"], named["lit"]) >= 7, "a symbol that is lit"


@pytest.mark.parametrize("night", [0, 1])
def test_no_two_hues_become_one(night):
    shades = symbols.shades(symbols.grounds()[night])
    for one, other in combinations(shades.values(), 2):
        assert max(abs(a - b) for a, b in zip(symbols.rgb(one), symbols.rgb(other), strict=True)) > 0.06


def test_contrast_is_that_of_wcag():
    assert symbols.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert symbols.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_every_symbol_has_a_colour_on_the_page():
    css = symbols.style_sheet()
    for key in [*symbols.VECTORS.values(), *symbols.PARAMETERS.values()]:
        assert css.count(f'[data-symbol="{key}"]') == 1
    assert css.count('[data-symbol^="W_"]') == 1
