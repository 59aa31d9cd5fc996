"""The table of weights holds the parameters, and what stands below it is what the cell computes; one network must hear itself."""

import re

import numpy as np
import pytest
from explorables import explore
from letters import LEAST, PHONE, VIEWPORT, smallest
from signs import foreign
from unrolled import cells, unroll
from unrolled.figures.gates import weights
from unrolled.figures.shared.sentence import hand_set, listened, written
from unrolled.maths import tanh, σ

NETWORKS = weights.networks()


def shown(fig):
    """What is in view, from above, by its height: {y: texts from the left}; what both panels say at their left, once."""
    lines = {}
    for k, ax in enumerate(fig.axes):
        for text in ax.texts:
            if text.get_visible() and text.get_text() and (k == 0 or text.get_ha() == "center"):
                x, y = text.get_position()
                lines.setdefault(round(y, 3), []).append((10 * k + x, text.get_text()))
    return {y: [text for _, text in sorted(found)] for y, found in sorted(lines.items(), reverse=True)}


def numbers(texts):
    return [float(text.replace("−", "-")) for text in texts]


@pytest.mark.parametrize("network", NETWORKS)
def test_the_table_adds_up_to_what_the_cell_computes(network):
    tokens, x, p = NETWORKS[network]
    trace, n = unroll(cells.lstm, p, x), len(p.b_f)
    fig, update = weights.weights_explorer()
    for t in range(1, len(tokens) + 1):
        update(t=t, network=network)
        lines = shown(fig)
        rows = [numbers(texts[-4 * n :]) for texts in lines.values() if re.fullmatch(r"−?[0-9.]+", texts[-1])]
        heads, *reading = rows[: 1 + len(tokens)]
        *hearing, bias, sums, yields = rows[1 + len(tokens) :]
        assert heads == 4 * [*range(1, n + 1)]
        np.testing.assert_allclose(reading[t - 1] + trace.h[t - 1, :, 0] @ np.array(hearing) + bias, sums, atol=0.0501)
        squash = [(tanh if k // n == 2 else σ)(a) for k, a in enumerate(sums)]
        np.testing.assert_allclose(squash, yields, atol=0.03)
        computed = np.concatenate([getattr(trace, field)[t, :, 0] for field in ("f", "i", "C_tilde", "o")])
        np.testing.assert_allclose(yields, computed, atol=0.00501)


def test_the_first_two_units_are_the_old_ones():
    (_, _, two), (_, _, p) = NETWORKS["words"], NETWORKS["output"]
    for name, old, new in zip(p._fields, two, p, strict=True):
        kept = new[:2, : old.shape[1]].copy()
        if name == "W_o":
            assert kept[1, -1] == 0, "the one W is that of unit 3"
        np.testing.assert_array_equal(kept, old)
    assert sum(np.count_nonzero(getattr(p, f"W_{index}")) for index in "fiCo") == 1


def test_after_will_the_verb_has_no_ending_and_without_w_it_has():
    tokens, x, p = weights.listening()
    right = "girls still sing . Boris will hum while he cooks"
    assert " ".join(listened(tokens, unroll(cells.lstm, p, x).h)) == right
    deaf = p._replace(W_o=0 * p.W_o)
    assert " ".join(listened(tokens, unroll(cells.lstm, deaf, x).h)) == right.replace("hum", "hums")


def test_in_chinese_the_word_that_hushes_the_verb_is_another(chinese):
    tokens, x, p = weights.listening()
    right = "女孩们还在一起唱歌。小刚自己回家，他独自做饭"
    assert written(listened(tokens, unroll(cells.lstm, p, x).h)) == right
    deaf = p._replace(W_o=0 * p.W_o)
    assert written(listened(tokens, unroll(cells.lstm, deaf, x).h)) == right.replace("自己回家", "自己独自回家")


def test_the_sentence_with_just_is_said_as_before():
    tokens, x, p = hand_set(cells.lstm)
    assert " ".join(listened(tokens, unroll(cells.lstm, p, x).h)) == "girls still sing . Boris just hums while he cooks"


def test_in_chinese_every_word_is_chinese(chinese):
    fig, update = weights.weights_explorer()
    for network in NETWORKS:
        update(t=10, network=network)
        assert not list(foreign(text.get_text() for ax in fig.axes for text in ax.texts))
    assert not list(foreign(weights.network_names().values()))


def test_moves_in_explore_and_can_be_read_on_a_phone(open_page):
    made = explore(*weights.weights_explorer(), t=[1, 5, 7], network=list(NETWORKS), alt="Weights.", max_kb=30).to_html()
    page = open_page(f"<!doctype html>{VIEWPORT}{made}", viewport=PHONE)
    assert smallest(page.locator("figure")) > LEAST - 0.05
    assert page.locator(".explorable-frame").evaluate("el => el.scrollWidth <= el.clientWidth"), "one panel below the other"
