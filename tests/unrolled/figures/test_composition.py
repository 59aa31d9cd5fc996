"""Loop and composition are the same, bit for bit, until one copy differs."""

import numpy as np
import pytest
from unrolled import cells, init
from unrolled.figures import rnn as figures
from unrolled.figures.rnn.composition import composed, difference

T = 8


@pytest.fixture
def network():
    rng = np.random.default_rng(0)
    return init(cells.rnn, 3, 2, rng), rng.normal(size=(T, 2, 1))


def test_loop_is_composition_to_the_bit(network):
    np.testing.assert_array_equal(*figures.both_forms(*network))


@pytest.mark.parametrize("odd", [2, 4, 6])
def test_odd_copy_parts_them_from_its_step_on(network, odd):
    looped, written_out = figures.both_forms(*network, odd=odd)
    np.testing.assert_array_equal(looped[:odd], written_out[:odd])
    assert np.all(np.any(looped[odd:] != written_out[odd:], axis=1))
    assert difference(looped, written_out, odd - 1) == 0 < difference(looped, written_out, odd)


def test_composition_takes_the_copies_in_order(network):
    p, x = network
    copies = [p._replace(b=p.b + k) for k in range(2)]
    inner = np.tanh(p.U @ x[0] + p.b)
    np.testing.assert_allclose(composed(copies, np.zeros((3, 1)), x[:2]), np.tanh(p.U @ x[1] + p.W @ inner + p.b + 1))


def test_picture_writes_the_expression(network):
    fig, update = figures.composition_explorer(*network, odd=[0, 2])
    formula, number, *_ = fig.axes[0].texts
    update(3, 2)
    assert formula.get_text() == "$s_3 = A(A^*(A(s_0, x_1), x_2), x_3)$"
    assert not number.get_text().endswith("= 0$")
    update(2, 0)
    assert formula.get_text() == "$s_2 = A(A(s_0, x_1), x_2)$"
    assert number.get_text().endswith("= 0$")
    assert len(fig.axes[0].lines[-1].get_xdata()) == 3 * 3
