"""python -m unrolled.inspect network.pt --data x.npy -o report.html: how far back a network in a file reaches."""

import argparse
import sys
from pathlib import Path

import numpy as np

from unrolled.inspect import inspect
from unrolled.interop import as_layers, from_onnx
from unrolled.interop.files import read
from unrolled.interop.stacked import listed
from unrolled.interop.states import KINDS, NAME, from_state_dict, prefixes

EXAMPLE = "python -m unrolled.inspect network.pt --data x.npy --layout BTM -o report.html"


def main(arguments=None):
    """Read a network and data, print what was found, write the report. Returns 0, or 2 after a sentence about what is wrong."""
    parser = argparse.ArgumentParser("python -m unrolled.inspect", description=__doc__)
    parser.add_argument("file", help="weights: .pt or .safetensors or .npz of a state dict, or a model .onnx")
    parser.add_argument(
        "--data", required=True, help="what the layers read, .npy: (T, m), (T, m, B), or as --layout says; or .npz of many"
    )
    parser.add_argument(
        "--layout", choices=("TMB", "TBM", "BTM"), help="the order of T steps, B sequences, m inputs; BTM is batch_first"
    )
    parser.add_argument(
        "--embedding", help="which array of the file to look whole numbers up in: data (B, T), or as --layout says"
    )
    parser.add_argument("--lengths", help="where sequences end in padded data, .npy (B,)")
    parser.add_argument(
        "--kind", choices=KINDS, help="what the state dict is of; if not given, told from the shapes (RNN: with tanh)"
    )
    parser.add_argument("--prefix", help="what the names of the layers begin with; if not given, the only one that there is")
    parser.add_argument("--node", help="which node of an .onnx")
    parser.add_argument("--lags", type=int, help="how far back, at most")
    parser.add_argument("-o", "--output", help="the report, .html, or .npz for its arrays")
    parser.add_argument("--lang", default="en", choices=("en", "zh"))
    given = parser.parse_args(arguments)
    try:
        network = network_of(given)
        x = data_of(given, as_layers(network)[0].params[0].shape[1])
        lengths = None if given.lengths is None else loaded(given.lengths)
        report = inspect(network, x, lengths=lengths, lags=given.lags, progress=sys.stderr.isatty())
        print("\n".join(report.sentences(given.lang)))
        if given.output:
            keep(report, Path(given.output), given.lang)
    except (ValueError, TypeError, ImportError, OSError) as error:
        print(f"{error}\n(as in: {EXAMPLE})", file=sys.stderr)
        return 2
    return 0


def network_of(given):
    """The layers in a file."""
    if Path(given.file).suffix == ".onnx":
        return from_onnx(given.file, given.node)
    weights = read(given.file)
    prefix = given.prefix
    if prefix is None:
        found = prefixes(weights)
        if len(found) > 1:
            raise ValueError(f"--prefix must be one of {', '.join(map(repr, found))}: there are recurrent layers below each")
        prefix = found[0] if found else ""
        mine = {name: a for name, a in weights.items() if NAME.fullmatch(name.removeprefix(prefix)) and name.startswith(prefix)}
        if not any("weight_hh" in name for name in mine):
            return from_state_dict(weights, given.kind or "LSTM", prefix)  # which says what is wrong with it
        if len(mine) < len(weights):
            print(
                f"Of {len(weights)} entries the {len(mine)} of the recurrent layers below {prefix!r} are read.", file=sys.stderr
            )
        weights = mine
    kind = given.kind or told(weights, prefix)
    if given.kind is None and kind == "RNN":
        print("A plain network is taken to have tanh; if it has ReLU, say --kind RNN_RELU.", file=sys.stderr)
    return from_state_dict(weights, kind, prefix)


def told(weights, prefix):
    """The kind that the shapes tell: a matrix has n rows for each gate. A plain network is taken to have tanh."""
    by_end = {name.removeprefix(prefix).removesuffix("_l0"): a for name, a in weights.items()}
    W, projection = by_end.get("weight_hh"), by_end.get("weight_hr")
    if projection is not None:
        return "LSTM"
    shape = getattr(W, "shape", ())
    kinds = {1: "RNN", 3: "GRU", 4: "LSTM"}
    if len(shape) != 2 or shape[0] % max(shape[1], 1) or shape[0] // max(shape[1], 1) not in kinds:
        raise ValueError(f"--kind must be given: the shape {shape} of {prefix}weight_hh_l0 is that of no RNN, GRU or LSTM")
    return kinds[shape[0] // shape[1]]


def data_of(given, inputs):
    """The array of a .npy as (T, m, B), or the sequences of a .npz, each (T, m), for layers that read so many inputs."""
    x = loaded(given.data)
    if given.embedding is not None:
        return embedded(given, x)
    if any(a.dtype.kind in "iu" for a in (x if isinstance(x, list) else [x])):
        raise ValueError("--embedding must name the array of the file in which whole numbers are looked up, as in emb.weight")
    if isinstance(x, list) or x.ndim != 3:
        return x
    layout = given.layout or "TMB"
    if x.shape[layout.index("M")] != inputs and x.shape[2] == inputs:
        raise ValueError(
            f"--layout must be BTM (sequence by sequence, as with batch_first) or TBM (step by step) for data of {x.shape},"
            f" whose last axis has the {inputs} inputs; got {layout}"
        )
    return np.ascontiguousarray(x.transpose([layout.index(axis) for axis in "TMB"]))


def embedded(given, x):
    """The rows of an array of the file at whole numbers, in the forms of `data_of`."""
    weights = read(given.file)
    if given.embedding not in weights:
        raise ValueError(f"--embedding must be an array of the file, which has {listed(weights)}; got {given.embedding!r}")
    rows = np.asarray(weights[given.embedding])
    for numbers in x if isinstance(x, list) else [x]:
        if numbers.dtype.kind not in "iu" or numbers.ndim not in (1, 2) or numbers.min() < 0 or numbers.max() >= len(rows):
            came = f"{numbers.dtype} of shape {numbers.shape}, {numbers.min()} to {numbers.max()}"
            raise ValueError(
                f"--data must be whole numbers from 0 to {len(rows) - 1}, (B, T) or (T,), to be looked up; got {came}"
            )
    if isinstance(x, list) or x.ndim == 1:
        return [rows[numbers] for numbers in x] if isinstance(x, list) else rows[x]
    x = x if (given.layout or "BTM").startswith("T") else x.T
    return np.ascontiguousarray(rows[x].transpose(0, 2, 1))


def loaded(name):
    """What is in a .npy, or, as a list, in a .npz."""
    if Path(name).suffix not in (".npy", ".npz"):
        raise ValueError(f"{name!r} must be a .npy or .npz file, as of numpy.save('x.npy', tensor.numpy())")
    try:
        found = np.load(name, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ValueError(f"{name!r} must be a .npy or .npz file; {error}") from error
    if isinstance(found, np.ndarray):
        return found
    with found:
        return [found[key] for key in found.files]


def keep(report, path, lang):
    """The report as a page, or as its arrays."""
    if path.suffix == ".npz":
        np.savez(path, **report.arrays())
    elif path.suffix == ".html":
        report.save(path, lang)
    else:
        raise ValueError(f"-o must end in .html or .npz; got {path.name!r}")
    print(f"-> {path}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
