"""Cells on top of each other and in two directions: what a `Layer` is, and how a stack of them runs."""

from typing import NamedTuple

import numpy as np

from unrolled.checks import array
from unrolled.through_time import checked_cell, state_sizes, unroll


class Layer(NamedTuple):
    """A cell with its parameters, and whether it reads the sequence from its end.

    In a list of them the first comes first, and below the next. A layer with reverse=True that follows one without reads the
    same input beside it: the two are one layer in two directions, and the next sees the outputs of both, the forward ones first.
    """

    cell: object
    params: tuple
    reverse: bool = False


class Run(NamedTuple):
    """What `unroll_layers` returns, for a batch of B sequences of at most T steps.

    output: (T, n, B), the outputs of the last layer, both directions, in the order of time; 0 after a sequence's end.
    inputs: a list, for each `Layer` what it read, (T, m, B), in the order in which it did so.
    traces: a list, for each `Layer` its trace as of `unroll`, in the same order: what follows a sequence's end means nothing.
    So trace.h[length] is the state that a layer ends with, and jacobians(cell, params, inputs[k], traces[k]) are its Jacobians.
    """

    output: np.ndarray
    inputs: list
    traces: list


def unroll_layers(network, x, starts=None, lengths=None):
    """Run what `from_torch` and its kin return over x (T, m, B), or (T, m) for B = 1: a `Run`.

    starts   a list, for each `Layer` a `State` of (n, B), or None for zeros; h and C as the cell has them
    lengths  (B,) whole numbers from 1 to T where x is padded: a sequence ends there, and a reverse layer begins there

    Raises TypeError or ValueError, naming the argument, for layers whose sizes do not meet and all that `unroll` refuses.
    """
    layers = as_layers(network)
    if isinstance(x, np.ndarray) and x.ndim == 2:
        x = x[:, :, None]
    array("x", x, (None, None, None))
    lengths = checked_lengths(lengths, *x.shape[::2])
    if starts is None:
        starts = [None] * len(layers)
    if not isinstance(starts, list | tuple) or len(starts) != len(layers):
        raise ValueError(f"starts must be a list of {len(layers)}, a State or None for each layer; got {starts!r}")
    output, inputs, traces = x, [], []
    for number, group in enumerate(in_groups(layers)):
        below, outputs = output, []
        for layer in group:
            meet(layer, below.shape[1], len(traces), "x has" if not number else "the layers below give")
            read = flipped(below, lengths) if layer.reverse else below
            trace = unroll(layer.cell, layer.params, read, starts[len(traces)])
            h = getattr(trace, layer.cell.State._fields[-1])[1:]
            outputs.append(flipped(h, lengths) if layer.reverse else h)
            inputs.append(read)
            traces.append(trace)
        output = np.concatenate(outputs, axis=1)
        output *= (np.arange(len(x))[:, None] < lengths)[:, None, :]
    return Run(output, inputs, traces)


def as_layers(network):
    """The list of `Layer` that is meant by (cell, params), a `Layer`, or a list of them.

    Raises TypeError for anything else, and for parameters that are not their cell's.
    """
    if isinstance(network, Layer):
        network = [network]
    elif isinstance(network, tuple) and len(network) == 2 and not any(isinstance(part, Layer) for part in network):
        network = [Layer(*network)]
    if not isinstance(network, list | tuple) or not network or not all(isinstance(layer, Layer) for layer in network):
        came = f"a {type(network).__name__} of {len(network)}" if isinstance(network, list | tuple) else repr(network)
        raise TypeError(f"network must be (cell, params), a Layer, or a list of Layers; got {came}")
    for k, (cell, params, reverse) in enumerate(network):
        checked_cell(cell)
        if not isinstance(params, cell.Params) or not isinstance(reverse, bool):
            came = f"params: {type(params).__name__}, reverse: {reverse!r}"
            raise TypeError(f"network[{k}] must have the Params of its cell, and reverse True or False; got {came}")
    return list(network)


def in_groups(layers):
    """The layers that read the same, together: one that reads from the end joins one before it that does not."""
    groups = []
    for layer in layers:
        if layer.reverse and groups and len(groups[-1]) == 1 and not groups[-1][0].reverse:
            groups[-1].append(layer)
        else:
            groups.append([layer])
    return groups


def outputs_of(layer):
    """How many numbers a layer hands on at each step."""
    return state_sizes(layer.cell, layer.params)[-1]


def meet(layer, m, k, who):
    """A sentence if layer number k does not read m numbers."""
    name, U = layer.params._fields[0], layer.params[0]
    if (size := array(f"network[{k}].params.{name}", U, (None, None)).shape[1]) != m:
        raise ValueError(f"network[{k}].params.{name} must have {m} columns, as many as {who} at each step; got {size}")


def flipped(a, lengths):
    """a (T, m, B) with the first `lengths` (B,) steps of each sequence in reverse order, and the padding where it was."""
    t = np.arange(len(a))[:, None]
    order = np.where(t < lengths, lengths - 1 - t, t)
    return np.take_along_axis(a, order[:, None, :], axis=0)


def checked_lengths(lengths, T, B):
    """`lengths` as an array (B,), T for all where there are none."""
    if lengths is None:
        return np.full(B, T)
    lengths = np.asarray(lengths)
    if lengths.shape != (B,) or lengths.dtype.kind not in "iu":
        raise ValueError(
            f"lengths must be {B} whole numbers, one for each sequence; got {lengths.dtype} of shape {lengths.shape}"
        )
    if lengths.min() < 1 or lengths.max() > T:
        raise ValueError(f"lengths must be from 1 to T = {T}; got {lengths.min()} to {lengths.max()}")
    return lengths.astype(int)
