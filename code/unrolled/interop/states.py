"""State dicts of PyTorch, as dicts or in files: every layer and direction, by the names of the arrays."""

import os
import re

import numpy as np

from unrolled import cells
from unrolled.checks import choice
from unrolled.interop import projected
from unrolled.interop.files import MODE, Other, read
from unrolled.interop.layers import Layer, in_groups, meet, outputs_of
from unrolled.interop.stacked import BIASES, listed, params_of

KINDS = {"RNN": cells.rnn, "RNN_TANH": cells.rnn, "RNN_RELU": cells.rnn_relu, "LSTM": cells.lstm, "GRU": cells.gru_reset_after}
NAME = re.compile(r"(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_l(\d+)(_reverse)?)?")


def from_state_dict(weights, kind, prefix=""):
    """The layers of a `torch.nn.RNN`, `LSTM` or `GRU` from the arrays of its state dict.

    Parameters
    ----------
    weights : dict or path
        Arrays or tensors under PyTorch's names, weight_ih_l0, bias_hh_l1_reverse ...; or the name of a file that holds such a
        dict: .safetensors, .npz, or a .pt of `torch.save`. PyTorch itself is not needed, and nothing in a file is executed.
        The names of a single `LSTMCell` or its kin, weight_ih ..., will do as well.
    kind : str
        "RNN" (with tanh), "RNN_RELU", "LSTM" or "GRU".
    prefix : str, optional
        Read the names that begin with it, "encoder.lstm." say, and no others.

    Returns
    -------
    (cell, params), or a list of `Layer` where there are several layers or directions. Copies, of the dtype of the file.

    Raises
    ------
    ValueError, TypeError
        For a name that is missing or that belongs to no recurrent layer: what is left out must be left out by `prefix`. For
        arrays that do not fit together, for dtypes other than float64 and float32, for a kind other than that of the file.
    """
    if isinstance(weights, str | os.PathLike):
        weights = read(weights)
    if not isinstance(weights, dict) or not all(isinstance(name, str) for name in weights):
        raise TypeError(f"weights must be a dict of arrays by name, or the name of a file; got {type(weights).__name__}")
    kind = choice("kind", kind.upper() if isinstance(kind, str) else kind, KINDS)
    inside = chosen(weights, prefix)
    said = mode_of(inside) or kind
    inside.pop(MODE, None)
    if KINDS[said] is not KINDS[kind]:
        raise ValueError(f"kind must be {said!r}, as the module says that is in the file; got {kind!r}")
    return network_of(KINDS[kind], inside)


def chosen(weights, prefix):
    """The arrays whose names begin with `prefix`, by the rest of their names: all of them those of recurrent layers.

    Beside them there may stand what the module says of itself.
    """
    if not isinstance(prefix, str):
        raise TypeError(f"prefix must be a string; got {prefix!r}")
    inside = {name.removeprefix(prefix): a for name, a in weights.items() if name.startswith(prefix)}
    others = [name for name in inside if not NAME.fullmatch(name) and not (name == MODE and mode_of(inside))]
    if others or not inside:
        found = prefixes(weights)
        hint = f"prefix may be {' or '.join(map(repr, found))}" if found else "no names are those of a recurrent layer"
        if any(re.search(r"parametrizations\.|weight_[ih]h_l\d+\w*_(orig|mask|g|v)$", name) for name in others):
            hint = "some are parts of a weight that PyTorch computes anew: give the module itself to from_torch"
        raise ValueError(
            f"weights must hold the arrays of recurrent layers alone, weight_ih_l0 and so on, below prefix={prefix!r};"
            f" got {listed(others) or 'none'}: {hint}"
        )
    return inside


def mode_of(weights, prefix=""):
    """The kind that a module saved whole says it is of, or None."""
    said = weights.get(f"{prefix}{MODE}")
    return said if isinstance(said, str) and said in KINDS else None


def prefixes(weights):
    """What stands before the names of recurrent layers, each once, in order."""
    found = (re.fullmatch(rf"(|.*\.){NAME.pattern}", name) for name in weights)
    return list(dict.fromkeys(match[1] for match in found if match))


def network_of(cell, weights):
    """(cell, params), or a list of `Layer` where there are several, from arrays whose names all match `NAME`."""
    parts = {}
    for name, a in weights.items():
        what, number, reverse = NAME.fullmatch(name).groups()
        parts.setdefault((int(number or 0), bool(reverse)), {})[f"{what}_l0"] = as_array(name, a)
    whole = dict(parts[min(parts)])
    whole |= dict.fromkeys(BIASES) if any(name in whole for name in BIASES) else {}  # both or none, as PyTorch has them
    every = [(k, way) for k in range(max(parts)[0] + 1) for way in sorted({way for _, way in parts})]
    lacking = [
        what.replace("_l0", f"_l{k}") + "_reverse" * way
        for k, way in every
        for what in whole
        if what not in parts.get((k, way), {})
    ]
    if lacking or not parts.get((0, False)):
        raise ValueError(
            f"weights must be there for each layer and direction alike; missing: {listed(lacking or ['weight_ih_l0'])}"
        )
    if "weight_hr_l0" in whole:
        if cell is not cells.lstm:
            raise ValueError("weights must be without weight_hr_l0, which only the LSTM has; for it, kind is 'LSTM'")
        cell = projected
    layers = []
    for k, way in every:
        with_names(k, way, lambda key=(k, way): layers.append(Layer(cell, params_of(cell, parts[key]), key[1])))
    return joined(layers)


def with_names(k, way, build):
    """Call build(), and let its sentence speak of the names that layer k has in this direction."""
    try:
        build()
    except (TypeError, ValueError) as error:
        raise type(error)(re.sub(r"_l0\b", f"_l{k}" + "_reverse" * way, str(error))) from None


def joined(layers):
    """(cell, params) for a single forward layer; for several, or one that reads from the end, the list, if their sizes meet."""
    m, seen = None, 0
    for group in in_groups(layers):
        for layer in group:
            if m is not None or layer is not group[0]:
                size = m if m is not None else group[0].params[0].shape[1]
                meet(layer, size, seen, "the layers below give" if m is not None else "the other direction has")
            seen += 1
        m = sum(map(outputs_of, group))
    return layers if len(layers) > 1 or layers[0].reverse else layers[0][:2]


def as_array(name, a):
    """A numpy array of the numbers of an array or a tensor; what else it must be, `params_of` says."""
    if hasattr(a, "detach"):
        if "float64" not in str(a.dtype) and "float32" not in str(a.dtype):
            raise TypeError(f"weights['{name}'] must be of float64 or float32; got {a.dtype}")
        a = a.detach().cpu().numpy()
    if isinstance(a, Other) or getattr(a, "dtype", None) == np.float16:
        half = ": save them after module.float(), which changes none of them" if "float" in str(a.dtype) else ""
        came = "an object, " if "." in str(a.dtype) else "an array of "
        raise TypeError(f"weights['{name}'] must be of float64 or float32; got {came}{a.dtype}{half}")
    return np.array(a) if type(a) is np.ndarray else a
