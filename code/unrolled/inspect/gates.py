"""What the gates of a layer do along the data: how open, how stuck, and how long they keep."""

from typing import NamedTuple

import numpy as np

from unrolled.measure import direct_path

GATES = ("f", "i", "o", "z", "r")
CLOSED, OPEN = 0.05, 0.95  # beyond these a gate is called saturated: its slope is below a fifth of its largest


class Gate(NamedTuple):
    """unit: (n,) the mean of each unit's gate over all steps. mean, closed, open: of all values, and the shares of them
    below 0.05 and above 0.95. histogram: (20,) the shares of values in twenty equal parts of 0..1."""

    unit: np.ndarray
    mean: float
    closed: float
    open: float
    histogram: np.ndarray


def gates_of(cell, trace, lengths):
    """{name: Gate} of a trace (T+1, n, B), over the steps of all sequences."""
    inside = within(trace[0], lengths)
    found = {}
    for name in (name for name in GATES if name in cell.Step._fields):
        values = getattr(trace, name)[1:].transpose(0, 2, 1)[inside]
        shares = np.histogram(values, bins=20, range=(0, 1))[0] / values.size
        closed, opened = np.mean(values < CLOSED), np.mean(values > OPEN)
        found[name] = Gate(values.mean(axis=0), float(values.mean()), float(closed), float(opened), shares)
    return found


def within(a, lengths):
    """(T, B), which steps of a series (T+1, n, B) belong to a sequence."""
    return np.arange(len(a) - 1)[:, None] < lengths


def keep_of(cell, trace):
    """The gates that keep the old, (T, n, B): f of the LSTM, 1 - z of the GRU; None for a cell that has neither."""
    if "f" in cell.Step._fields:
        return trace.f[1:]
    return 1 - trace.z[1:] if "z" in cell.Step._fields else None


def time_constants(keep, lengths):
    """(n,), -1 / the mean of log(keep) over all steps of each unit: the steps in which its gate alone leaves 1/e."""
    inside = np.arange(len(keep))[:, None] < lengths
    with np.errstate(divide="ignore"):
        return -1 / np.mean(np.log(keep.transpose(0, 2, 1)[inside]), axis=0)


def direct_back(keep, sequence, end, lags):
    """log10 of the largest entry of the product of the gates over the last k steps up to `end`: (lags,), NaN beyond."""
    direct = np.full(lags, np.nan)
    steps = min(end, lags)
    direct[:steps] = direct_path(np.ascontiguousarray(keep[end - steps : end, :, [sequence]]), "end")
    return direct
