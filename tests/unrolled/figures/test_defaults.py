"""The weights that libraries start with: as their documentation says, and, where PyTorch is installed, as it draws them."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from explorables import explore
from unrolled import cells, jacobians, product_norms, unroll
from unrolled.figures.pytorch import defaults
from unrolled.figures.pytorch.defaults import STARTED, STARTS, kept

N, M = 40, 7


def stack(p, letter):
    return np.concatenate([a for name, a in p._asdict().items() if name[0] == letter])


@pytest.mark.parametrize("name", STARTED)
def test_every_number_of_pytorch_is_uniform_in_its_range(rng, name):
    p = defaults.pytorch_start(getattr(cells, name), N, M, rng)
    for letter, width in (("U", 1), ("W", 1), ("b", 2)):  # two biases are added
        a = stack(p, letter) * np.sqrt(N)
        assert width * 0.7 < np.abs(a).max() <= width
        assert abs(a.mean()) < 0.2
    if name == "lstm":
        assert np.isclose(stack(p, "W").var(), 1 / (3 * N), rtol=0.05)
        assert np.isclose(stack(p, "b").var(), 2 / (3 * N), rtol=0.4)


@pytest.mark.parametrize("name", STARTED)
def test_the_range_is_that_of_the_module(rng, name):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    module = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru_reset_after": torch.nn.GRU}[name](M, N)
    for a in module.parameters():
        assert 0.9 < a.abs().max().item() * np.sqrt(N) <= 1


@pytest.mark.parametrize("name", STARTED)
def test_keras_makes_the_stack_orthogonal_and_the_forget_bias_one(rng, name):
    cell = getattr(cells, name)
    p = defaults.keras_start(cell, N, M, rng)
    W, U = stack(p, "W"), stack(p, "U")
    assert np.allclose(W.T @ W, np.eye(N))
    assert np.linalg.norm(p.W if name == "rnn" else p[1], 2) <= 1 + 1e-12
    limit = np.sqrt(6 / (M + len(W)))
    assert 0.9 * limit < np.abs(U).max() <= limit
    for field, a in p._asdict().items():
        if field[0] in "bc":
            assert np.all(a == (field == "b_f")), field


@pytest.mark.parametrize(("name", "bias", "sign"), [("lstm", "b_f", 1), ("gru_reset_after", "b_z", -1), ("rnn", None, 0)])
def test_more_is_added_to_the_bias_that_keeps_alone(rng, name, bias, sign):
    cell = getattr(cells, name)
    p = defaults.pytorch_start(cell, 3, 2, rng)
    for field, before, after in zip(p._fields, p, kept(cell, p, 2.0), strict=True):
        assert np.allclose(after - before, 2.0 * sign if field == bias else 0)


def test_the_norms_are_those_of_the_cells_and_every_choice_moves_the_picture(rng):
    x, choices = np.eye(5)[[0, 3, 1, 4, 4, 2, 0, 1]], {"library": list(STARTS), "more": [0, 3]}
    norms = defaults.start_norms(x, **choices, n=4, seeds=range(2))
    p = defaults.keras_start(cells.lstm, 4, 5, np.random.default_rng(1))
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
