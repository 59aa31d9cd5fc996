"""What `inspect` may be told: a network and data in many forms, brought into one."""

import numpy as np

from unrolled.checks import array
from unrolled.interop import as_layers, from_torch
from unrolled.interop.layers import checked_lengths

FORMS = "a torch.nn.RNN, LSTM or GRU, (cell, params), a Layer, a list of Layers, or a function step(state, x)"


def a_module(network):
    """Whether this is a module of PyTorch, which is not imported to find out."""
    return hasattr(network, "named_modules") and not isinstance(network, type)


def a_step(network):
    """Whether this is a function of the user's own."""
    return callable(network) and not a_module(network) and not isinstance(network, type)


def checked_network(network):
    """A list of `Layer` in float64, and what their weights were in; a sentence where it cannot be made."""
    if a_module(network):
        try:
            layers = as_layers(from_torch(network, np.float64))
        except (TypeError, ValueError) as error:
            raise type(error)(str(error).replace("module must", "network must").replace("module.", "network.")) from None
        kind = str(next(network.parameters()).dtype).removeprefix("torch.")
    else:
        try:
            layers = as_layers(network)
        except TypeError as error:
            if isinstance(network, tuple | list) and network:
                raise
            a_class = f", a class: give what {network.__name__}(...) makes" if isinstance(network, type) else ""
            raise TypeError(f"network must be {FORMS}; got {network!r:.80}{a_class}") from error
        kind = layers[0].params[0].dtype.name
    layers = [layer._replace(params=layer.cell.Params(*(a.astype(np.float64) for a in layer.params))) for layer in layers]
    return layers, kind


def checked_sequences(network, x, lengths, inputs=None):
    """x as (T, m, B) in float64, lengths as (B,) ints; the data are those of `inspect`; `inputs` is m, where it is known."""
    if hasattr(x, "batch_sizes"):
        if lengths is not None:
            raise ValueError("lengths must be left out where x is a packed sequence, which has them")
        x, lengths = unpacked(x)
    elif hasattr(x, "detach"):
        if getattr(x, "is_nested", False):
            raise TypeError("x must be a tensor of one shape, a list or a PackedSequence; got a nested tensor: list(x.unbind())")
        x = as_numpy("x", x)
        if a_module(network) and x.ndim == 3:
            x = x.transpose(1, 2, 0) if network.batch_first else x.transpose(0, 2, 1)
    elif isinstance(x, list | tuple):
        if lengths is not None:
            raise ValueError("lengths must be left out where x is a list of sequences, which have their own")
        x, lengths = padded(x)
    if isinstance(x, np.ndarray) and x.ndim == 2:
        x = x[:, :, None]
    numbers("x", x, (None, None, None))
    T, m, B = x.shape
    if inputs is not None and m != inputs:
        where = [axis for axis, size in zip(("first", "second", "third"), x.shape, strict=True) if size == inputs]
        hint = f": its {' and its '.join(where)} axis has {inputs}, so transpose it" if where else ""
        raise ValueError(f"x must have {inputs} inputs in its second axis, as (T, m, B); got {x.shape}{hint}")
    if hasattr(lengths, "detach"):
        lengths = lengths.detach().cpu().numpy()
    if isinstance(lengths, np.ndarray) and lengths.dtype == bool:
        turned = a_module(network) and network.batch_first
        lengths = of_mask(lengths.T if turned else lengths, T, B)
    return np.ascontiguousarray(x, dtype=np.float64), checked_lengths(lengths, T, B)


def as_numpy(name, a):
    """The numbers of a tensor of float64 or float32."""
    if not str(a.dtype).endswith(("float64", "float32")):
        raise TypeError(f"{name} must be of float64 or float32; got {a.dtype}: {name}.float()")
    return a.detach().cpu().numpy()


def numbers(name, a, shape):
    """As `array`, and what to do where the numbers are of another type."""
    try:
        return array(name, a, shape)
    except TypeError as error:
        cast = f": {name}.astype('float32')" if type(a) is np.ndarray and a.dtype.kind in "fiub" else ""
        raise TypeError(f"{error}{cast}") from None


def unpacked(packed):
    """The (T, m, B) and the lengths of a PackedSequence, in the order in which its sequences were given."""
    data, sizes = as_numpy("x.data", packed.data), packed.batch_sizes.cpu().numpy()
    B = sizes[0]
    lengths = np.array([np.sum(sizes > k) for k in range(B)])
    x, place = np.zeros((len(sizes), data.shape[1], B), data.dtype), 0
    for t, size in enumerate(sizes):
        x[t, :, :size] = data[place : place + size].T
        place += size
    if packed.unsorted_indices is not None:
        order = packed.unsorted_indices.cpu().numpy()
        x, lengths = x[:, :, order], lengths[order]
    return x, lengths


def padded(sequences):
    """The (T, m, B) and the lengths of a list of arrays (T_k, m)."""
    if not sequences:
        raise ValueError("x must hold at least one sequence; got an empty list")
    sequences = [as_numpy(f"x[{k}]", a) if hasattr(a, "detach") else a for k, a in enumerate(sequences)]
    m = numbers("x[0]", sequences[0], (None, None)).shape[1]
    for k, a in enumerate(sequences):
        numbers(f"x[{k}]", a, (None, m))
    lengths = np.array([len(a) for a in sequences])
    x = np.zeros((lengths.max(), m, len(sequences)))
    for k, a in enumerate(sequences):
        x[: len(a), :, k] = a
    return x, lengths


def of_mask(mask, T, B):
    """The lengths that a mask (T, B) says, True where there is a step: all of them before all others."""
    if mask.shape != (T, B):
        raise ValueError(f"lengths as a mask must have the shape ({T}, {B}), a row for each step; got {mask.shape}")
    lengths = mask.sum(axis=0)
    if (mask != (np.arange(T)[:, None] < lengths)).any():
        raise ValueError("lengths as a mask must be True from the first step on and False from the end on: there are gaps in it")
    return lengths
