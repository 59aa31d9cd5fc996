"""Networks in use that nobody here trained, read from the packages that carry them; nothing of theirs is copied.

The packages are an extra, pip install "unrolled[wild]"; only their files are read, none of their code is run. What was measured
of them is recorded in `results/wild`, by `python -m unrolled.wild --record`.
"""

import hashlib
import importlib.metadata
import json
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np

from unrolled.inspect import inspect

RESULTS = files("unrolled") / "results" / "wild"


class Wild(NamedTuple):
    """A network in use: whose it is, its layers, and what it reads.

    package, version : of the distribution on PyPI, with its licence
    digest : SHA-256 of the file of weights
    network : what `unrolled.interop` made of it
    read : a function of a text, the (T, m) that the layers read
    texts : those that it is measured on here
    maker : what made its input of them, where that is another program
    second : another (read, texts), or nothing: other texts, or other ends of the same, to see what the choice of these does
    """

    package: str
    version: str
    licence: str
    digest: str
    network: object
    read: object
    texts: tuple
    maker: str = ""
    second: tuple = ()


def packaged(package, version, file, digest):
    """The path of a file of an installed distribution, if it is this version and these bytes.

    Raises ImportError without the package, ValueError for another version or other bytes.
    """
    try:
        found = importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError as error:
        raise ImportError(f"this network is in {package} {version}: pip install 'unrolled[wild]'") from error
    if found.version != version:
        raise ValueError(f"{package} must be installed in version {version}; got {found.version}")
    path = Path(found.locate_file(file))
    if (came := hashlib.sha256(path.read_bytes()).hexdigest()) != digest:
        raise ValueError(f"{file} of {package} {version} must have the SHA-256 {digest}; got {came}")
    return path


def measure(wild, progress=True):
    """The `Report` of a `Wild` on its texts."""
    return measured_on(wild.network, wild.read, wild.texts, progress)


def measure_second(wild, progress=True):
    """The same on its second texts, or None for a `Wild` that has none."""
    return measured_on(wild.network, *wild.second, progress) if wild.second else None


def measured_on(network, read, texts, progress):
    """The `Report` of a network on what `read` makes of texts, each of them once."""
    return inspect(network, [read(text) for text in texts], sequences=len(texts), ends=len(texts), progress=progress)


def record(wild, report, second=None):
    """What is kept of a report, and of the `second` where there is one: percentiles over end points, medians over sequences."""
    kept = about(wild) | of_report(report)
    return kept if second is None else kept | {"second": of_report(second)}


def about(wild):
    """What was measured: whose it is, and on how much."""
    return {
        "package": wild.package,
        "version": wild.version,
        "licence": wild.licence,
        "sha256": wild.digest,
        "texts": len(wild.texts),
        "maker": wild.maker,
    }


def of_report(report):
    """A report in plain numbers."""
    return {"lengths": report.lengths.tolist(), "layers": [of_layer(layer) for layer in report.layers]}


def of_layer(layer):
    """One layer of a record."""
    return {
        "name": layer.name,
        "cell": layer.cell,
        "units": layer.units,
        "directions": layer.size,
        "end_points": len(layer.ends),
        "reach": layer.median_reach[0],
        "reach_is_longer": layer.median_reach[1],
        "norms_10_50_90": rounded(layer.spread()),
        "kept_50": rounded(layer.spread("kept")[1]),
        "direct_50": None if layer.direct is None else rounded(layer.spread("direct")[1]),
        "lyapunov_50": rounded(np.median(layer.lyapunov, axis=0)[:8]),
        "gates": {name: rounded([gate.mean, gate.closed, gate.open]) for name, gate in layer.gates.items()},
        "time_constants_10_50_90": rounded(np.percentile(layer.time_constants, [10, 50, 90])),
    }


def rounded(values):
    """Numbers as JSON has them, to four digits after the point: fewer than two machines agree on. None where nothing is known."""
    if np.ndim(values):
        return [rounded(value) for value in values]
    return round(float(values), 4) if np.isfinite(values) else None


def recorded(name):
    """The committed record of a network, a dict; `name` is "g2p_en", "g2pm", "silero" or "resemblyzer"."""
    return json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
