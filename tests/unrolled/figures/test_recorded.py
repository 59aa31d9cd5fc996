"""Layers as libraries made them: what the record holds is what these libraries say of their first weights, and runs as there."""

import numpy as np
import pytest
from unrolled import cells, unroll
from unrolled.figures.pytorch.recorded import LIBRARIES, fresh
from unrolled.tasks import LETTERS, one_hot

CELLS = {"RNN": cells.rnn, "LSTM": cells.lstm, "GRU": cells.gru_reset_after}


def stack(p, letter):
    return np.concatenate([a for name, a in p._asdict().items() if name[0] == letter])


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_recorded_layer_runs_as_it_did_in_its_library(library, kind):
    cell, p, h = fresh(library, kind)
    assert cell is CELLS[kind]
    assert p[0].dtype == h.dtype == np.float32
    assert np.abs(unroll(cell, p, one_hot(LETTERS)[:100].astype(np.float32))[-1][-1, :, 0] - h).max() < 1e-6
    assert np.abs(h).max() > 0.05


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("library", ["PyTorch", "PaddlePaddle"])
def test_their_numbers_are_uniform_in_one_over_the_root_of_n(library, kind):
    p = fresh(library, kind).params
    for letter, width in (("U", 1), ("W", 1), ("b", 2)):
        assert width * 0.6 < np.abs(stack(p, letter)).max() * 4 <= width


@pytest.mark.parametrize("kind", CELLS)
def test_keras_starts_from_an_orthogonal_stack_and_one_bias_of_one(kind):
    p = fresh("Keras", kind).params
    W = stack(p, "W")
    assert np.allclose(W.T @ W, np.eye(16), atol=1e-6)
    limit = np.sqrt(6 / (27 + len(W)))
    assert 0.9 * limit < np.abs(stack(p, "U")).max() <= limit
    assert {name for name, a in p._asdict().items() if name[0] in "bc" and a.any()} == ({"b_f"} if kind == "LSTM" else set())
    assert kind != "LSTM" or (p.b_f == 1).all()


@pytest.mark.parametrize("kind", CELLS)
def test_an_export_to_onnx_is_the_layer_that_was_exported(kind):
    for a, b in zip(fresh("ONNX", kind).params, fresh("PyTorch", kind).params, strict=True):
        assert np.array_equal(a, b)
