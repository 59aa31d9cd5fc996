"""Your own network, measured: how far back its gradient reaches on your data, through which directions, by which gates.

python -m unrolled.inspect network.pt --data x.npy -o report.html
"""

import numpy as np
from tqdm.auto import tqdm

from unrolled.checks import whole
from unrolled.inspect.arguments import a_step, checked_network, checked_sequences
from unrolled.inspect.chains import LayerChain, StepChain
from unrolled.inspect.gates import direct_back, gates_of, keep_of, time_constants
from unrolled.inspect.losses import gradient_back, gradient_of_states
from unrolled.inspect.report import LayerReport, Report, reach_of
from unrolled.inspect.stretches import exponents_along, stretches_back
from unrolled.interop import unroll_layers
from unrolled.interop.layers import in_groups
from unrolled.through_time import state_sizes

__all__ = ["LayerReport", "Report", "inspect"]

LAGS, LEAST = 200, 10  # how far back products go, unless told otherwise: so far, and so far even for the largest layers
ENDS = 32  # the most end points of a layer
PRODUCTS = 4e11  # about the multiplications that one series of products may take: 46 lags for 2048 directions
WORK = 4e10  # about how many multiplications the products of a layer may take, and its exponents: some ten seconds


def inspect(network, x, *, lengths=None, start=None, loss=None, lags=None, sequences=32, ends=None, progress=True):
    """Measure a recurrent network on data: norms and directions of its products of Jacobians by lag, exponents, gates.

    Parameters
    ----------
    network : torch.nn.RNN, LSTM or GRU; (cell, params), a Layer or a list of them; or a function
        What `unrolled.interop` reads, or any `step(state, x_t)` that returns the next state, an array or a tuple of arrays.
    x : array (T, m, B) or (T, m); list of arrays (T_k, m); tensor; PackedSequence
        The data that the layers read: of a network with an embedding, the embedded ones. An array has a column for each sequence
        as everywhere in this book; a tensor has the layout of the module, batch_first or not.
    lengths : (B,) of int, or a mask (T, B) of bool, optional
        Where x is padded. A mask for a module with batch_first has its layout.
    start : array or tuple of arrays
        The first state of a function `step`, which is called with states of this form.
    loss : function, optional
        Of the output of the last layer. For a module of PyTorch it is given the output tensor and returns a scalar tensor; else
        it is given an array (T, n, B) and returns the gradient by it, of the same shape. Of a function `step` it is given the
        states after all steps, in the form of `start` but each array with T in front and B at its end, and returns the same.
    lags : int, optional
        How far back products go: 200, fewer for layers of more than 1200 directions, or the longest sequence if that is shorter.
    sequences : int
        The most sequences that are looked at, evenly spaced among those given; all of them where a loss is given.
    ends : int, optional
        The most end points of products in a layer: 32, fewer for large layers.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    Report
        `print(report)`, `report.save("report.html")`, `report.layers[0].norms`.

    Notes
    -----
    Products end at the last step of each sequence and, where that makes too few, at steps in between, at most 32 in all, fewer
    for large layers, so that a layer of 512 directions takes seconds; the report says how many. Weights and data are taken to
    float64, exactly. The state of an LSTM is (C, h). Memory grows with the states of the sequences that are looked at, not
    with the Jacobians, of which a few are there at a time. Dropout is not applied.

    Raises TypeError or ValueError, naming the argument, for what cannot be measured.
    """
    lags = None if lags is None else whole("lags", lags)
    sequences = whole("sequences", sequences)
    ends = None if ends is None else whole("ends", ends)
    if not isinstance(progress, bool):
        raise TypeError(f"progress must be True or False; got {progress!r}")
    if a_step(network):
        return of_step(network, x, lengths, start, loss, lags, sequences, ends, progress)
    layers, kind = checked_network(network)
    if start is not None:
        raise ValueError("start must be left out but for a function step(state, x): layers start from zero")
    x, lengths = checked_sequences(network, x, lengths, layers[0].params[0].shape[1])
    given = len(lengths)
    if loss is None:
        x, lengths = thinned(x, lengths, sequences)
    run = unroll_layers(layers, x, lengths=lengths)
    most = max(sum(state_sizes(layer.cell, layer.params)) for layer in layers)
    lags = window(lags, most, lengths)
    gradients = gradient_back(network, layers, run, lengths, loss, lags) if loss is not None else [None] * len(layers)
    reports = []
    for layer, name, inputs, trace, gradient in zip(layers, names_of(layers), run.inputs, run.traces, gradients, strict=True):
        keep = keep_of(layer.cell, trace)
        chain = LayerChain(layer, inputs, trace, lengths)
        more = {
            "name": name,
            "cell": layer.cell.__name__.split(".")[-1],
            "units": trace[-1].shape[1],
            "gates": gates_of(layer.cell, trace, lengths),
            "time_constants": None if keep is None else time_constants(keep, lengths),
            "gradient": gradient,
        }
        reports.append(measured(chain, lags, ends, keep, progress, more))
    return Report(reports, lengths, given, kind)


def of_step(step, x, lengths, start, loss, lags, sequences, ends, progress):
    """`inspect` of a function of the user's own."""
    if start is None:
        raise ValueError(
            "start must be the first state where network is a function step(state, x), an array or a tuple; got None"
        )
    x, lengths = checked_sequences(step, x, lengths)
    given = len(lengths)
    if loss is None:
        x, lengths = thinned(x, lengths, sequences)
    chain = StepChain(step, x, lengths, start)
    lags = window(lags, chain.size, lengths)
    gradient = None if loss is None else gradient_of_states(chain, loss, lags)
    more = {"name": "layer 0", "cell": "step", "units": chain.size, "gates": {}, "time_constants": None, "gradient": gradient}
    return Report([measured(chain, lags, ends, None, progress, more)], lengths, given, "float64")


def window(lags, size, lengths):
    """How far back products go: as told, else as far as the work allows for `size` directions; never beyond all sequences."""
    return min(lags or int(np.clip(PRODUCTS / size**3, LEAST, LAGS)), int(lengths.max()))


def measured(chain, lags, ends, keep, progress, more):
    """A `LayerReport` of a chain."""
    ends = end_points(chain.lengths, lags, ends or int(np.clip(WORK / (lags * chain.size**3), 1, ENDS)))
    which = list(dict.fromkeys(int(s) for s, _ in ends))
    spans = [(s, span(chain, s, lags, len(which))) for s in which]
    total = sum(min(end, lags) for _, end in ends) + sum(chain.lengths[s] - first for s, first in spans)
    with tqdm(total=int(total), desc=more["name"], unit="step", disable=not progress, leave=False) as bar:
        back = [stretches_back(chain, s, end, lags, bar.update) for s, end in ends]
        lyapunov = np.array([exponents_along(chain, s, first, chain.lengths[s], bar.update) for s, first in spans])
    norms, kept = (np.array(part) for part in zip(*back, strict=True))
    reach, open_ended = reach_of(norms)
    direct = None if keep is None else np.array([direct_back(keep, s, end, lags) for s, end in ends])
    found = {"norms": norms, "kept": kept, "reach": reach, "open_ended": open_ended, "lyapunov": lyapunov, "direct": direct}
    return LayerReport(size=chain.size, ends=np.array(ends), how=chain.how, **found, **more)


def span(chain, sequence, lags, several):
    """The step before the first one that the exponents of a sequence are taken over: 0 if that is not too much work."""
    T, columns = int(chain.lengths[sequence]), min(chain.size, 128)
    return max(0, T - max(lags, int(WORK / (several * chain.size**2 * columns))))


def end_points(lengths, lags, most):
    """[(sequence, step)], at most `most`: the ends of sequences, and, where there is room for more, steps before, `lags` apart.

    Of a single sequence that is not long the steps lie closer, in its second half, so that there is a spread to be seen.
    """
    ends = [(s, int(T)) for s, T in enumerate(lengths)]
    if len(ends) >= most:
        return evenly(ends, most)
    close = len(ends) == 1 and lengths[0] < 8 * lags
    apart, least = (max(int(lengths[0]) // 8, 1), int(lengths[0]) // 2) if close else (lags, lags)
    inner = [(s, end) for s, T in ends for end in range(T - apart, least - 1, -apart) if end > 0]
    return ends + evenly(inner, most - len(ends))


def evenly(items, most):
    """At most so many of a list, evenly spaced."""
    if len(items) <= most:
        return items
    return [items[k] for k in np.linspace(0, len(items) - 1, most).round().astype(int)] if most else []


def thinned(x, lengths, most):
    """At most so many sequences, evenly spaced, and no longer padded than they need."""
    some = evenly(range(len(lengths)), most)
    return np.ascontiguousarray(x[: lengths[some].max()][:, :, some]), lengths[some]


def names_of(layers):
    """ "layer 0", "layer 0, reverse" ..., a reverse one beside the one that it belongs to."""
    return [f"layer {k}" + ", reverse" * layer.reverse for k, group in enumerate(in_groups(layers)) for layer in group]
