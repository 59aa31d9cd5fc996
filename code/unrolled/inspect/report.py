"""What `inspect` found: arrays, sentences, a page."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unrolled.inspect.stretches import LEFT


@dataclass(frozen=True, eq=False, repr=False)
class LayerReport:
    """What was measured of one layer in one direction. E end points, L lags, n units, N the size of the whole state.

    Attributes
    ----------
    name, cell : str
        "layer 0, reverse"; the cell's name, "lstm" say, or "step" for a function.
    units, size : int
        n, the units of the last part of the state, and N.
    ends : (E, 2) of int
        Where products end: the number of a sequence, and a step in it (counted as this layer reads).
    norms : (E, L)
        log10 of the spectral norm of ∂state_end/∂state_{end-k} at [:, k - 1], NaN beyond the start of a sequence.
    kept : (E, L)
        The share of the N singular values of the same that are at least 0.01; NaN also where float64 cannot tell.
    reach : (E,) of int
        The largest lag at which the norm is at least 0.01; 0 if there is none.
    open_ended : (E,) of bool
        Where that was so at the last lag that could be measured: the reach is this, or longer.
    lyapunov : (S, K)
        The leading exponents along each sequence of `ends`, per step, natural logarithms, by repeated QR from a frame that
        favours no unit. Over few steps they depend on that frame; `rates` on the best direction, and they may differ in sign.
    direct : (E, L) or None
        log10 of the largest entry of the product of the gates that keep (f, or 1 - z).
    gates : dict of Gate
        By their letters.
    time_constants : (n,) or None
        Steps in which the gate of a unit, by the mean of its logarithm, leaves 1/e.
    gradient : (B, L + 1) or None
        log10 of the norm of the gradient of the loss by this layer's state, k steps before the end, k = 0..L.
    how : str
        "exact", "complex step" or "central differences": where the Jacobians come from.
    """

    name: str
    cell: str
    units: int
    size: int
    ends: np.ndarray
    norms: np.ndarray
    kept: np.ndarray
    reach: np.ndarray
    open_ended: np.ndarray
    lyapunov: np.ndarray
    direct: np.ndarray | None
    gates: dict
    time_constants: np.ndarray | None
    gradient: np.ndarray | None
    how: str

    def __repr__(self):
        return f"LayerReport({self.name}: {self.cell} of {self.units} units, {len(self.ends)} end points, {len(self.lags)} lags)"

    @property
    def lags(self):
        """1..L."""
        return np.arange(1, self.norms.shape[1] + 1)

    def spread(self, what="norms"):
        """The 10th, 50th and 90th percentile over the end points at each lag, of those that reach back so far: (3, L)."""
        return percentiles(getattr(self, what))

    @property
    def rates(self):
        """(S,), the logarithm of the norm over all lags that were measured from the end of each sequence, divided by them."""
        _, first = np.unique(self.ends[:, 0], return_index=True)
        norms = self.norms[np.sort(first)]
        lags = np.sum(~np.isnan(norms), axis=1)
        return np.log(10) * norms[np.arange(len(norms)), lags - 1] / lags

    @property
    def median_reach(self):
        """(steps, whether it may be longer): the median over the end points, as the function `median_reach` has it."""
        return median_reach(self.reach, self.open_ended)


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """What `inspect` returns. `print(report)` says it in sentences, `report.save("report.html")` shows it.

    Attributes
    ----------
    layers : list of LayerReport
        In the order of the network.
    lengths : (B,) of int
        The steps of the sequences that were looked at.
    given : int
        How many sequences there were.
    precision : str
        That of the weights; all is measured in float64.
    """

    layers: list
    lengths: np.ndarray
    given: int
    precision: str

    def sentences(self, lang="en"):
        """The summary, a list of sentences, in English or, with lang="zh", in Chinese."""
        from unrolled.inspect.sentences import summary  # which, with the page, is loaded when it is asked for

        data, layers, limits = summary(self, lang)
        return [*data, *(sentence for layer in layers for sentence in layer), *limits]

    def __str__(self):
        from unrolled.inspect.sentences import summary

        data, layers, limits = summary(self)
        return "\n\n".join("\n".join(part) for part in (data, *layers, limits))

    __repr__ = __str__

    def to_html(self, lang="en"):
        """A whole page that needs nobody: the sentences, and pictures that move."""
        from unrolled.inspect.page import page

        return page(self, lang)

    def save(self, path, lang="en"):
        """Write `to_html` into a file. Raises FileNotFoundError where there is no folder for it."""
        path = Path(path)
        if not path.parent.is_dir():
            raise FileNotFoundError(f"path must lie in a folder that is there; got {str(path)!r}")
        path.write_text(self.to_html(lang), encoding="utf-8")

    def arrays(self):
        """All that was measured as a dict of arrays, for `numpy.savez`; names begin with the number of the layer."""
        found = {"lengths": self.lengths}
        for k, layer in enumerate(self.layers):
            for name in ("ends", "norms", "kept", "reach", "open_ended", "lyapunov", "direct", "time_constants", "gradient"):
                if (a := getattr(layer, name)) is not None:
                    found[f"{k}.{name}"] = a
            for letter, gate in layer.gates.items():
                found[f"{k}.gates.{letter}"] = gate.unit
        return found


def reach_of(norms):
    """The last lag at which 1 % or more is left, and whether that is the last one that was measured: two arrays (E,)."""
    measured = np.sum(~np.isnan(norms), axis=1)
    left = np.where(np.isnan(norms), -np.inf, norms) >= LEFT
    reach = np.where(left.any(axis=1), norms.shape[1] - np.argmax(left[:, ::-1], axis=1), 0)
    return reach, reach == measured


def median_reach(reach, open_ended):
    """The median of numbers of which some are known to be this or more, and whether it is such a one.

    The median is where the estimate of Kaplan & Meier (1958) of the share that reaches further falls to a half: a short sequence
    counts for as far as it goes, and not against what lies beyond.
    """
    further = 1.0
    for k in np.unique(reach[~open_ended]):
        further *= 1 - np.sum((reach == k) & ~open_ended) / np.sum(reach >= k)
        if further <= 0.5:
            return int(k), False
    return int(reach.max()), True


def percentiles(values):
    """The 10th, 50th and 90th percentile of each column of (E, L), NaN left out: (3, L)."""
    found = np.full((3, values.shape[1]), np.nan)
    for k, column in enumerate(values.T):
        if (there := column[~np.isnan(column)]).size:  # between -inf and a number there is nothing to interpolate
            found[:, k] = np.percentile(there, [10, 50, 90], method="linear" if np.isfinite(there).all() else "nearest")
    return found
