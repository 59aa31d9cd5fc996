"""The same cells in PyTorch: every layer and direction of `torch.nn.RNN`, `LSTM` and `GRU`, and one layer back.

PyTorch (pip install "unrolled[torch]") is imported here alone, and only by the functions that need it.
"""

import inspect

from unrolled import cells
from unrolled.interop.stacked import in_torch, weights_of
from unrolled.interop.states import network_of


def from_torch(module, dtype=None):
    """The layers of a `torch.nn.RNN`, `LSTM` or `GRU`: (cell, params), or a list of `Layer` where there are several.

    All layers, both directions, projections (as `interop.projected`), with biases or without. Weights that are computed from
    others, as by weight_norm, spectral_norm, orthogonal or pruning, are taken as the module would use them in its next call in
    eval mode. `batch_first` and `dropout` change no weight: an x for these layers is (T, m, B), and there is no dropout.
    The arrays are copies of the same dtype, or of `dtype`: float64 adds the two biases of a module of float32 without rounding.

    Raises TypeError for another module or dtype, ValueError for parameters without values.
    """
    nn = torch().nn
    if not isinstance(module, nn.RNN | nn.LSTM | nn.GRU):
        inside = getattr(module, "named_modules", lambda: [])()
        found = [f"module.{name}" for name, part in inside if isinstance(part, nn.RNN | nn.LSTM | nn.GRU)]
        hint = f": take {' or '.join(found)}" if found else ""
        if isinstance(module, nn.RNNCellBase) or hasattr(module, "original_name"):  # which a program of TorchScript has
            kind = getattr(module, "original_name", type(module).__name__).removesuffix("Cell")
            hint = f": take from_state_dict(module.state_dict(), {kind!r}) of unrolled.interop"
        raise TypeError(f"module must be a torch.nn.RNN, LSTM or GRU; got {type(module).__name__}{hint}")
    if isinstance(module, nn.RNN):
        cell = {"tanh": cells.rnn, "relu": cells.rnn_relu}[module.nonlinearity]
    else:
        cell = cells.lstm if isinstance(module, nn.LSTM) else cells.gru_reset_after
    weights = {name: weight(module, name).detach() for names in module._all_weights for name in names}
    for a in weights.values():
        if a.is_meta:
            raise ValueError("module must have numbers in its parameters; got some on the device meta: load their values first")
        if a.dtype not in (torch().float32, torch().float64):
            raise TypeError(f"module must have parameters of float64 or float32; got {a.dtype}: module.float()")
    return network_of(cell, {name: a.cpu().numpy().astype(dtype or a.cpu().numpy().dtype) for name, a in weights.items()})


def weight(module, name):
    """The weight that the module's next call would use: its attribute, or what a hook would make of it before that call."""
    for hook in module._forward_pre_hooks.values():
        if getattr(hook, "_tensor_name", None) == name:  # pruning
            return hook.apply_mask(module)
        if getattr(hook, "name", None) == name and hasattr(
            hook, "compute_weight"
        ):  # weight_norm and spectral_norm, the older ones
            still = "do_power_iteration" in inspect.signature(hook.compute_weight).parameters
            return hook.compute_weight(module, **{"do_power_iteration": False} if still else {})
    return getattr(module, name)


def to_torch(cell, p):
    """A `torch.nn.RNN`, `LSTM` or `GRU` that computes the same as `cell` with `p`, of the same dtype, its x being (T, B, m).

    Raises TypeError or ValueError for a cell that PyTorch lacks and for parameters that are not this cell's.
    """
    weights = weights_of(cell, p)
    name, _ = in_torch(cell)
    m, n = weights["weight_ih_l0"].shape[1], weights["weight_hh_l0"].shape[1]
    more = {"nonlinearity": "relu"} if cell is cells.rnn_relu else {}
    dtype = getattr(torch(), weights["weight_ih_l0"].dtype.name)
    module = getattr(torch().nn, name)(m, n, dtype=dtype, **more)
    module.load_state_dict({name: torch().from_numpy(a) for name, a in weights.items()})
    return module


def torch():
    """The module torch, or an ImportError that says how to get it."""
    try:
        import torch
    except ImportError as e:
        raise ImportError("this function needs PyTorch: pip install 'unrolled[torch]'") from e
    return torch
