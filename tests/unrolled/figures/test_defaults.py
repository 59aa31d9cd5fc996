"""How far a gradient reaches through the weights that libraries start with."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from explorables import explore
from unrolled import cells, jacobians, product_norms, unroll
from unrolled.figures.pytorch import defaults
from unrolled.figures.pytorch.defaults import kept
from unrolled.figures.shared import starts


@pytest.mark.parametrize(("name", "bias", "sign"), [("lstm", "b_f", 1), ("gru_reset_after", "b_z", -1), ("rnn", None, 0)])
def test_more_is_added_to_the_bias_that_keeps_alone(rng, name, bias, sign):
    cell = getattr(cells, name)
    p = starts.pytorch_start(cell, 3, 2, rng)
    for field, before, after in zip(p._fields, p, kept(cell, p, 2.0), strict=True):
        assert np.allclose(after - before, 2.0 * sign if field == bias else 0)


def test_the_norms_are_those_of_the_cells_and_every_choice_moves_the_picture(rng):
    x, choices = np.eye(5)[[0, 3, 1, 4, 4, 2, 0, 1]], {"library": list(starts.STARTS), "more": [0, 3]}
    norms = defaults.start_norms(x, **choices, n=4, seeds=range(2))
    p = starts.keras_start(cells.lstm, 4, 5, np.random.default_rng(1))
    p = p._replace(b_f=p.b_f + 3)
    assert np.array_equal(norms["lstm", "Keras", 3][1], product_norms(jacobians(cells.lstm, p, x, unroll(cells.lstm, p, x))))
    assert norms["rnn", "Keras", 3] is norms["rnn", "Keras", 0]
    fig, update = defaults.start_explorer(norms)
    explore(fig, update, **choices, alt="test")
    fig, update = defaults.start_explorer(norms)
    update("PyTorch", 3)
    lines = {line.get_label(): line.get_ydata() for line in fig.axes[0].lines if len(line.get_ydata()) == len(x)}
    assert np.array_equal(lines["LSTM"], np.median(norms["lstm", "PyTorch", 3], axis=0))
    plt.close(fig)
