"""Weights of Keras: `SimpleRNN`, `LSTM` and `GRU`, and `Bidirectional` ones. Keras itself is not needed.

Keras has a row for each input where the book has a column, the gates of the LSTM in the order i, f, c, o and those of the GRU
in z, r, h; its z keeps the old. With reset_after=True, its default, the GRU has a second row of biases, of which the last
part is c_h; without, one row, and the reset before the product.
"""

import numpy as np

from unrolled import cells
from unrolled.checks import array, choice, one_precision
from unrolled.interop.layers import Layer
from unrolled.interop.stacked import unstacked

KINDS = {"SimpleRNN": ("",), "LSTM": ("_i", "_f", "_C", "_o"), "GRU": ("_z", "_r", "_h")}
PARTS = {2: (2,), 3: (3,), 4: (2, 2), 6: (3, 3)}  # how many arrays there are, and how many belong to each direction
USUAL = {"activation": "tanh", "recurrent_activation": "sigmoid", "go_backwards": False}


def from_keras(weights, kind, *, activation="tanh", reset_after=None):
    """(cell, params) of a layer of Keras; a list of two `Layer`, forward and reverse, of a `Bidirectional` one.

    Parameters
    ----------
    weights : list of arrays, or the layer
        What `layer.get_weights()` gives: kernel (m, k n), recurrent_kernel (n, k n) and, unless use_bias=False, bias (k n,) or
        (2, k n); of two directions six arrays, or four without bias. Of the layer itself its settings are looked at, too.
    kind : str
        "SimpleRNN", "LSTM" or "GRU".
    activation : str
        "tanh"; for SimpleRNN also "relu" or "sigmoid".
    reset_after : bool, optional
        Of a GRU without bias, whose weights do not tell.

    Copies, of the same dtype. Raises TypeError or ValueError, naming the argument, for arrays that do not fit together, for
    arrays too many or too few, and for settings that the cells do not have (go_backwards, another activation).
    """
    kind = choice("kind", {name.lower(): name for name in KINDS}.get(str(kind).lower(), kind), KINDS)
    if hasattr(weights, "get_weights"):
        weights, activation, reset_after = of_layer(weights, kind)
    cell = {"tanh": cells.rnn, "relu": cells.rnn_relu, "sigmoid": cells.rnn_sigmoid}.get(activation)
    if cell is None or (kind != "SimpleRNN" and activation != "tanh"):
        raise ValueError(f"activation must be 'tanh', or for SimpleRNN also 'relu' or 'sigmoid'; got {activation!r} for {kind}")
    if not isinstance(weights, list | tuple) or len(weights) not in PARTS:
        came = f"{len(weights)} arrays" if isinstance(weights, list | tuple) else type(weights).__name__
        raise ValueError(
            f"weights must be a list of 2 or 3 arrays, or of 4 or 6 for two directions, as get_weights() gives; got {came}"
        )
    parts, first = [], 0
    for size in PARTS[len(weights)]:
        parts.append(weights[first : first + size])
        first += size
    layers = [
        Layer(*direction(part, kind, cell, reset_after, number * len(part)), bool(number)) for number, part in enumerate(parts)
    ]
    return layers[0][:2] if len(layers) == 1 else layers


def direction(weights, kind, cell, reset_after, number):
    """(cell, params) of the two or three arrays of one direction, the first of which is weights[number]."""
    gates = KINDS[kind]
    k = len(gates)
    for place, a in enumerate(weights[:2], start=number):
        array(f"weights[{place}]", a, (None, None))
    U, W = weights[0].T, weights[1].T
    n = W.shape[1]
    array(f"weights[{number + 1}]", weights[1], (n, k * n))
    array(f"weights[{number}]", weights[0], (None, k * n))
    bias = weights[2] if len(weights) == 3 else None
    if bias is None:
        b_x = b_h = np.zeros(k * n, U.dtype)
        if kind == "GRU" and not isinstance(reset_after, bool):
            raise ValueError(
                f"reset_after must be True or False for a GRU without bias, whose weights do not tell; got {reset_after!r}"
            )
    else:
        two = kind == "GRU" and np.ndim(bias) == 2
        array(f"weights[{number + 2}]", bias, (2, k * n) if two else (k * n,))
        if kind == "GRU" and reset_after not in (None, two):
            raise ValueError(f"reset_after must be {two} for a bias of shape {bias.shape}; got {reset_after!r}")
        b_x, b_h = bias if two else (bias, np.zeros_like(bias))
        reset_after = two
    one_precision(**{f"weights[{place}]": a for place, a in enumerate(weights, start=number)})
    if kind != "SimpleRNN":
        cell = cells.lstm if kind == "LSTM" else cells.gru_reset_after if reset_after else cells.gru
    return cell, unstacked(cell, gates, U, W, b_x, b_h)


def of_layer(layer, kind):
    """The weights of a layer of Keras, its activation and reset_after; a sentence where it is no such layer."""
    inner = getattr(layer, "forward_layer", layer)
    if type(inner).__name__ != kind:
        raise ValueError(f"weights must be those of a {kind}, as kind says; got a layer {type(inner).__name__}")
    settings = inner.get_config()
    for name, usual in USUAL.items():
        came = settings.get(name, usual)
        if came != usual and not (name == "activation" and kind == "SimpleRNN"):
            raise ValueError(f"weights must be those of a layer with {name}={usual!r}; got {came!r}")
    return layer.get_weights(), settings.get("activation", "tanh"), settings.get("reset_after")
