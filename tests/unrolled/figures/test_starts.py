"""The weights that libraries start with: as their documentation says, and, where PyTorch is installed, as it draws them."""

import numpy as np
import pytest
from unrolled import cells
from unrolled.figures.pytorch.defaults import STARTED
from unrolled.figures.shared import starts
from unrolled.interop import from_keras

N, M = 40, 7


def stack(p, letter):
    return np.concatenate([a for name, a in p._asdict().items() if name[0] == letter])


@pytest.mark.parametrize("name", STARTED)
def test_every_number_of_pytorch_is_uniform_in_its_range(rng, name):
    p = starts.pytorch_start(getattr(cells, name), N, M, rng)
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
    p = starts.keras_start(cell, N, M, rng)
    W, U = stack(p, "W"), stack(p, "U")
    assert np.allclose(W.T @ W, np.eye(N))
    assert np.linalg.norm(p.W if name == "rnn" else p[1], 2) <= 1 + 1e-12
    limit = np.sqrt(6 / (M + len(W)))
    assert 0.9 * limit < np.abs(U).max() <= limit
    for field, a in p._asdict().items():
        if field[0] in "bc":
            assert np.all(a == (field == "b_f")), field


@pytest.mark.parametrize("name", STARTED)
def test_keras_draws_what_is_said_of_it(name, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    pytest.importorskip("torch")
    keras = pytest.importorskip("keras")
    kind = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru_reset_after": "GRU"}[name]
    layer = getattr(keras.layers, kind)(N)
    layer.build((None, None, M))
    cell, p = from_keras(layer, kind)
    assert cell is getattr(cells, name)
    W, limit = stack(p, "W"), np.sqrt(6 / (M + len(stack(p, "W"))))
    assert np.allclose(W.T @ W, np.eye(N), atol=1e-5)
    assert 0.9 * limit < np.abs(stack(p, "U")).max() <= limit
    assert {field for field, a in p._asdict().items() if field[0] in "bc" and a.any()} == ({"b_f"} if name == "lstm" else set())
    assert name != "lstm" or (p.b_f == 1).all()
