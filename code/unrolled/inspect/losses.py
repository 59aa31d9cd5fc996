"""The gradient of a given loss, by the states of every layer: how much of it is left, going back."""

import numpy as np

from unrolled.checks import array
from unrolled.inspect.arguments import a_module
from unrolled.interop.layers import flipped, in_groups
from unrolled.through_time import bptt


def gradient_back(network, layers, run, lengths, loss, lags):
    """log10 of ‖∂L/∂state_{T-k}‖, k = 0..lags, T the end of each sequence: a list of (B, lags + 1), one for each layer.

    All paths count, also those through the layers above. NaN beyond a sequence's start.
    """
    d, found = by_output(network, run.output, loss), {}
    groups = in_groups(layers)
    number = len(layers)
    for group in reversed(groups):
        number -= len(group)
        parts = np.split(d, np.cumsum([run.traces[number + k][-1].shape[1] for k in range(len(group))])[:-1], axis=1)
        below = 0
        for k, (layer, part) in enumerate(zip(group, parts, strict=True), start=number):
            trace, cell = run.traces[k], layer.cell
            own = flipped(part, lengths) if layer.reverse else part
            series = cell.State(*(np.zeros(getattr(trace, name).shape) for name in cell.State._fields))
            series[-1][1:] = own
            g = bptt(cell, layer.params, run.inputs[k], trace, series)
            below = below + (flipped(g.x, lengths) if layer.reverse else g.x)
            found[k] = norms_back(g.state, lengths, lags)
        d = below
    return [found[k] for k in range(len(layers))]


def norms_back(state, lengths, lags):
    """log10 of the norm of all parts of a `State` (T+1, n, B), from each sequence's end back: (B, lags + 1)."""
    with np.errstate(divide="ignore"):
        norm = 0.5 * np.log10(sum(np.sum(part**2, axis=1) for part in state))
    back = lengths[:, None] - np.arange(lags + 1)
    return np.where(back >= 0, norm[np.maximum(back, 0), np.arange(len(lengths))[:, None]], np.nan)


def gradient_of_states(chain, loss, lags):
    """The same of a function of the user's own, a `StepChain`, whose loss is one of its states: (B, lags + 1).

    One Jacobian after the other carries the gradient back, and at each step what the loss says of that state is added.
    """
    a_function(loss)
    states = np.nan_to_num(chain.states[1:], nan=0.0)  # after a sequence's end there is none
    given = loss(chain.formed(states, axis=1))
    given = given if isinstance(given, tuple | list) else [given]
    if len(given) != len(chain.parts):
        raise ValueError(f"loss must return its gradient by each of the {len(chain.parts)} parts of the state; got {len(given)}")
    T, _, B = states.shape
    parts = [by_part(part, (T, *like.shape, B)).reshape(T, -1, B) for part, like in zip(given, chain.parts, strict=True)]
    d = np.concatenate([np.zeros((1, chain.size, B)), np.concatenate(parts, axis=1)])
    norms = np.full((B, lags + 1), np.nan)
    for s, end in enumerate(chain.lengths):
        back = d[end, :, s]
        norms[s, 0] = np.linalg.norm(back)
        for k in range(1, min(lags, end) + 1):
            (J,) = chain.jacobians(s, end - k, end - k + 1)
            back = back @ J + d[end - k, :, s]
            norms[s, k] = np.linalg.norm(back)
    with np.errstate(divide="ignore"):
        return np.log10(norms)


def a_function(loss):
    """A sentence unless it is one."""
    if not callable(loss):
        raise TypeError(f"loss must be a function of the network's output; got {loss!r:.80}")


def by_part(d, shape):
    """A gradient that a loss has returned, in float64; a sentence unless it is an array of this shape."""
    if not isinstance(d, np.ndarray):
        raise TypeError(f"loss must return its gradient by the output, an array; got {type(d).__name__}")
    return array("the gradient that loss returns", d, shape).astype(np.float64)


def by_output(network, output, loss):
    """∂L/∂output, of the shape of `output` (T, n, B), zero after a sequence's end or not: there no path leads back."""
    a_function(loss)
    if a_module(network):
        return by_torch(network, output, loss)
    return by_part(loss(output.copy()), output.shape)


def by_torch(network, output, loss):
    """The same of a loss in PyTorch, a scalar tensor: it is given the output in the module's layout and dtype."""
    like = next(network.parameters())
    order = (2, 0, 1) if network.batch_first else (0, 2, 1)
    y = like.new_tensor(output.transpose(order)).requires_grad_()
    scalar = loss(y)
    if getattr(scalar, "shape", None) != () or not scalar.requires_grad:
        raise TypeError(f"loss must return a scalar tensor that depends on the output; got {scalar!r:.80}")
    scalar.backward()
    if not scalar.isfinite() or not y.grad.isfinite().all():
        raise ValueError(
            f"loss must be finite, and its gradient; got {scalar.item()}, and {(~y.grad.isfinite()).sum()} entries"
            " of the gradient that are not"
        )
    return y.grad.detach().cpu().double().numpy().transpose(np.argsort(order)).copy()
