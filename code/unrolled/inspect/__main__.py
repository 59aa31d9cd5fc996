"""python -m unrolled.inspect network.pt --data x.npy -o report.html: how far back a network in a file reaches."""

import argparse
import sys
from pathlib import Path

import numpy as np

from unrolled.inspect import inspect
from unrolled.inspect.given import data_of, lengths_of, place_of
from unrolled.interop import as_layers, from_onnx
from unrolled.interop.files import read
from unrolled.interop.states import KINDS, MODE, NAME, as_array, from_state_dict, mode_of, prefixes

EXAMPLE = "python -m unrolled.inspect network.pt --data x.npy --layout BTM -o report.html"


def main(arguments=None):
    """Read a network and data, print what was found, write the report. Returns 0, or 2 after a sentence about what is wrong."""
    parser = argparse.ArgumentParser("python -m unrolled.inspect", description=__doc__)
    parser.add_argument("file", help="weights: .pt, .ckpt or .safetensors or .npz of a state dict, or a model .onnx")
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
        output = place_of(given)
        network = network_of(given)
        x = data_of(given, as_layers(network)[0].params[0].shape[1])
        report = inspect(network, x, lengths=lengths_of(given), lags=given.lags, progress=sys.stderr.isatty())
        print("\n".join(report.sentences(given.lang)))
        if output:
            keep(report, output, given.lang)
    except (ValueError, TypeError, ImportError, OSError) as error:
        print(f"{error}\n(as in: {EXAMPLE})", file=sys.stderr)
        return 2
    return 0


def network_of(given):
    """The layers in a file."""
    an_onnx = Path(given.file).suffix == ".onnx"
    for option in ("kind", "prefix") if an_onnx else ("node",):
        if getattr(given, option) is not None:
            raise ValueError(f"--{option} must be left out {'for' if an_onnx else 'but for'} an .onnx; got {given.file!r}")
    if an_onnx:
        return from_onnx(given.file, given.node)
    weights = read(given.file)
    prefix, found = given.prefix, prefixes(weights)
    if prefix is not None and found and prefix not in found:
        raise ValueError(f"--prefix must be one of {', '.join(map(repr, found))}, with the dot at its end; got {prefix!r}")
    if prefix is None:
        if len(found) > 1:
            raise ValueError(f"--prefix must be one of {', '.join(map(repr, found))}: there are recurrent layers below each")
        prefix = found[0] if found else ""
        mine = {name: a for name, a in weights.items() if NAME.fullmatch(name.removeprefix(prefix)) and name.startswith(prefix)}
        if not any("weight_hh" in name for name in mine):
            return from_state_dict(weights, given.kind or "LSTM", prefix)  # which says what is wrong with it
        many = sum(not name.endswith(MODE) for name in weights)
        if len(mine) < many:
            print(f"Of {many} entries the {len(mine)} of the recurrent layers below {prefix!r} are read.", file=sys.stderr)
        weights = mine | {name: a for name, a in weights.items() if name == f"{prefix}{MODE}"}
    kind = given.kind or mode_of(weights, prefix) or told(weights, prefix)
    if given.kind is None and kind == "RNN":  # a module that was saved whole says more
        print("A plain network is taken to have tanh; if it has ReLU, say --kind RNN_RELU.", file=sys.stderr)
    return from_state_dict(weights, kind, prefix)


def told(weights, prefix):
    """The kind that the shapes tell: a matrix has n rows for each gate. A plain network is taken to have tanh."""
    by_end = {name.removeprefix(prefix).removesuffix("_l0"): a for name, a in weights.items()}
    W, projection = by_end.get("weight_hh"), by_end.get("weight_hr")
    if projection is not None:
        return "LSTM"
    shape = getattr(as_array(f"{prefix}weight_hh_l0", W), "shape", ())
    kinds = {1: "RNN", 3: "GRU", 4: "LSTM"}
    if len(shape) != 2 or shape[0] % max(shape[1], 1) or shape[0] // max(shape[1], 1) not in kinds:
        raise ValueError(f"--kind must be given: the shape {shape} of {prefix}weight_hh_l0 is that of no RNN, GRU or LSTM")
    return kinds[shape[0] // shape[1]]


def keep(report, path, lang):
    """The report as a page, or as its arrays."""
    if path.suffix == ".npz":
        np.savez(path, **report.arrays())
    else:
        report.save(path, lang)
    print(f"-> {path}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
