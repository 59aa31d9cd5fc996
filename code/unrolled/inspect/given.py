"""What the command line is given: data in a file, in one of several orders, and a place for the report."""

from pathlib import Path

import numpy as np

from unrolled.interop.files import numpy_file, read
from unrolled.interop.stacked import listed
from unrolled.interop.states import NAME, prefixes

ENDINGS = (".html", ".npz")


def data_of(given, inputs):
    """The array of a .npy as (T, m, B), or the sequences of a .npz, each (T, m), for layers that read so many inputs."""
    x = loaded("--data", given.data)
    if given.embedding is not None:
        return embedded(given, x, inputs)
    for a in x if isinstance(x, list) else [x]:
        floats(given, a, inputs)
    if isinstance(x, list) or x.ndim != 3:
        return x
    layout = layout_of(given.layout, x.shape, inputs)
    if x.shape[layout.index("M")] != inputs or 0 in x.shape:
        wanted = ", ".join(str(inputs) if axis == "M" else "any" for axis in layout)
        raise ValueError(
            f"--data in the order {layout} must have the shape ({wanted}), every size at least 1, for layers that read {inputs}"
            f" inputs; got {x.shape}"
        )
    return np.ascontiguousarray(x.transpose([layout.index(axis) for axis in "TMB"]))


def layout_of(layout, shape, inputs):
    """The order of axes; a sentence where it is not given and more than one of them fits."""
    if layout is not None or shape[2] != inputs:
        return layout or "TMB"
    other = " or TMB (each step with its inputs in rows)" if shape[1] == inputs else ""
    raise ValueError(
        f"--layout must be BTM (sequence by sequence, as with batch_first) or TBM (step by step){other} for data of {shape},"
        f" whose last axis has the {inputs} inputs; it was not given"
    )


def floats(given, a, inputs):
    """A sentence unless these are numbers in float32 or float64: what to cast, or what to look whole numbers up in."""
    if a.dtype in (np.float32, np.float64) and a.dtype.isnative:
        return
    tables = tables_of(given.file, inputs) if a.dtype.kind in "iu" and a.ndim < 3 else []
    if tables:
        raise ValueError(
            f"--embedding must name the array of the file in which whole numbers are looked up: {' or '.join(tables)}; got none"
        )
    cast = ": save x.astype('float32')" if a.dtype.kind in "fiub" else ""
    raise ValueError(f"--data must be numbers of float32 or float64; got {a.dtype} of shape {a.shape}{cast}")


def tables_of(file, inputs):
    """The names of the matrices in a file, beside those of recurrent layers, whose rows the layers could read."""
    if Path(file).suffix == ".onnx":
        return []
    weights = read(file)
    layers = [name for name in weights for prefix in prefixes(weights) if NAME.fullmatch(name.removeprefix(prefix))]
    return [name for name, a in weights.items() if name not in layers and a_table(a) and a.shape[1] == inputs]


def a_table(a):
    """Whether this is a matrix of numbers in float32 or float64."""
    return isinstance(a, np.ndarray) and a.ndim == 2 and a.dtype in (np.float32, np.float64)


def embedded(given, x, inputs):
    """The rows of an array of the file at whole numbers, in the forms of `data_of`."""
    if Path(given.file).suffix == ".onnx":
        raise ValueError("--embedding must be left out for an .onnx: give --data that the layers read, looked up before")
    weights = read(given.file)
    if given.embedding not in weights:
        raise ValueError(f"--embedding must be an array of the file, which has {listed(weights)}; got {given.embedding!r}")
    rows = weights[given.embedding]
    if not a_table(rows) or rows.shape[1] != inputs:
        came = f"{rows.dtype} of shape {rows.shape}" if isinstance(rows, np.ndarray) else str(getattr(rows, "dtype", rows))
        raise ValueError(
            f"--embedding must be a matrix of float32 or float64 with {inputs} columns, as the layers read; {given.embedding} is"
            f" {came}"
        )
    for numbers in x if isinstance(x, list) else [x]:
        looked_up(numbers, len(rows))
    if isinstance(x, list) or x.ndim == 1:
        return [rows[numbers] for numbers in x] if isinstance(x, list) else rows[x]
    x = x if (given.layout or "BTM").startswith("T") else x.T
    return np.ascontiguousarray(rows[x].transpose(0, 2, 1))


def looked_up(numbers, many):
    """A sentence unless these are whole numbers below `many`, (B, T) or (T,)."""
    whole = numbers.dtype.kind in "iu" and numbers.ndim in (1, 2) and numbers.size > 0
    if not whole or numbers.min() < 0 or numbers.max() >= many:
        span = f", {numbers.min()} to {numbers.max()}" if numbers.size and numbers.dtype.kind in "iuf" else ""
        raise ValueError(
            f"--data must be whole numbers from 0 to {many - 1}, (B, T) or (T,), to be looked up; got {numbers.dtype} of shape"
            f" {numbers.shape}{span}"
        )


def lengths_of(given):
    """The lengths in a file, or a mask, which is (B, T) where --layout says that sequences come first; None if there is none."""
    if given.lengths is None:
        return None
    lengths = loaded("--lengths", given.lengths)
    if isinstance(lengths, list):
        raise ValueError(f"--lengths must be one array, in a .npy; got {given.lengths!r}, which has {len(lengths)}")
    first = given.layout or ("BTM" if given.embedding is not None else "TMB")
    return lengths.T if lengths.dtype == bool and lengths.ndim == 2 and first == "BTM" else lengths


def loaded(option, name):
    """What is in a .npy, or, as a list, in a .npz."""
    if Path(name).suffix not in (".npy", ".npz"):
        raise ValueError(f"{option} must be a .npy or .npz file, as of numpy.save('x.npy', tensor.numpy()); got {name!r}")
    try:
        found = numpy_file(Path(name))
    except (ValueError, OSError) as error:
        raise ValueError(f"{option} must be a .npy or .npz file; {error}") from error
    return [*found.values()] if isinstance(found, dict) else found


def place_of(given):
    """Where the report goes, or None; a sentence, before anything is measured, where it cannot go there."""
    if given.output is None:
        return None
    path = Path(given.output)
    if path.suffix not in ENDINGS:
        raise ValueError(f"-o must end in {' or '.join(ENDINGS)}; got {path.name!r}")
    if path.resolve() in [Path(name).resolve() for name in (given.file, given.data, given.lengths) if name]:
        raise ValueError(f"-o must be another file than those that are read; got {given.output!r}")
    if not path.parent.is_dir():
        raise ValueError(f"-o must lie in a folder that is there; got {given.output!r}")
    there = path.exists()
    try:
        path.open("ab").close()
    except OSError as error:
        raise ValueError(f"-o must be a file that can be written; {given.output!r} cannot: {error.strerror}") from error
    if not there:
        path.unlink()
    return path
