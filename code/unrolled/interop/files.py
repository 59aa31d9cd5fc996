"""Arrays by name from a file: .safetensors, .npz, or what `torch.save` or `torch.jit.save` wrote, without PyTorch.

No code in a file is run: of a module or a checkpoint that was pickled whole the tensors are read, and its classes are not needed.
A safetensors file is eight bytes that say how long its header is, a header in JSON, and numbers;
reading it takes the thirty lines below, no dependency. A .pt is a zip archive with one pickle (before version 1.6 of PyTorch,
pickles one after the other): the few names of tensors are known, every other makes an inert `Part`.
"""

import collections
import functools
import io
import json
import math
import pickle
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

NUMBERS = {  # of safetensors; where numpy has no such numbers, the name of the type alone
    **{"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "<i1"},
    **{"U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "<u1", "BOOL": "?"},
}
WIDTHS = {"BF16": 2, "F8_E5M2": 1, "F8_E4M3": 1, "C64": 8, "F8_E8M0": 1}
STORAGES = {  # of PyTorch, as above
    **{"DoubleStorage": "f8", "FloatStorage": "f4", "HalfStorage": "f2", "LongStorage": "i8", "IntStorage": "i4"},
    **{"ShortStorage": "i2", "CharStorage": "i1", "ByteStorage": "u1", "BoolStorage": "?", "BFloat16Storage": "bfloat16"},
}


MODE, MODES = "mode", ("RNN_TANH", "RNN_RELU", "LSTM", "GRU")  # what a recurrent module of PyTorch says of itself
MAGIC = 0x1950A86A20F9469CFC6C  # the first number of a file of PyTorch before version 1.6


class Other(NamedTuple):
    """An array of numbers that numpy does not have, of which only their type is told."""

    dtype: str


def read(path):
    """A dict of the arrays in a file, by name; dicts within a dict have their names joined by dots.

    Raises FileNotFoundError, and ValueError for another ending, or a file that is not what its ending says.
    """
    path = Path(path)
    readers = {".safetensors": safetensors, ".npz": npz, **dict.fromkeys((".pt", ".pth", ".ckpt", ".bin", ".jit"), torch_save)}
    if path.is_dir():
        raise ValueError(f"the file must be a file of weights; {str(path)!r} is a folder")
    if path.suffix not in readers:
        raise ValueError(f"the file must end in {', '.join(readers)}; got {path.name!r}")
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {str(path)!r}")
    try:
        return readers[path.suffix](path)
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, pickle.UnpicklingError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name!r} must be a whole {path.suffix} file; {error}") from error


def npz(path):
    """The arrays of a numpy archive."""
    found = numpy_file(path)
    if not isinstance(found, dict):
        raise ValueError("it is a single array, as of numpy.save: give the arrays their names with numpy.savez")
    return found


def numpy_file(path):
    """The array that numpy.save wrote, or the dict of arrays of numpy.savez; never objects, which would be unpickled."""
    if path.is_dir() or not path.exists():
        raise FileNotFoundError(f"{str(path)!r} is a folder" if path.is_dir() else f"there is no file {str(path)!r}")
    with path.open("rb") as stream:
        start = stream.read(6)
    if not start.startswith((b"PK", b"\x93NUMPY")):
        raise ValueError(f"{path.name!r} does not begin as numpy.save begins a file: save the numbers with numpy.save")
    try:
        found = np.load(path, allow_pickle=False)
        if isinstance(found, np.ndarray):
            return found
        with found:
            return dict(found)
    except (ValueError, EOFError, KeyError, OSError, zipfile.BadZipFile) as error:
        objects = "Object arrays" in str(error)
        why = "holds objects, not numbers: save each array by itself" if objects else "is cut off, or changed since it was saved"
        raise ValueError(f"{path.name!r} {why}") from error


def safetensors(path):
    """The arrays of a file in the format of https://github.com/huggingface/safetensors (its README has the whole of it)."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > len(data) - 8:
        raise ValueError(f"its header is said to have {size} bytes, and the file has {len(data)}")
    header = json.loads(data[8 : 8 + size], object_pairs_hook=once_each)
    header.pop("__metadata__", None)
    data, arrays, end = data[8 + size :], {}, 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        kind, shape, (first, last) = entry["dtype"], entry["shape"], entry["data_offsets"]
        width = WIDTHS.get(kind) or np.dtype(NUMBERS[kind]).itemsize
        if first != end or last - first != math.prod(shape) * width or last > len(data):
            raise ValueError(f"the bytes {first} to {last} of {name!r} are not {shape} numbers of {kind} after byte {end}")
        end = last
        arrays[name] = Other({"BF16": "bfloat16"}.get(kind, kind))
        if kind in NUMBERS:
            stored = np.frombuffer(data[first:last], NUMBERS[kind]).reshape(shape)
            arrays[name] = stored.astype(stored.dtype.newbyteorder("="))
    if end != len(data):
        raise ValueError(f"its header tells of {end} bytes, and there are {len(data)}")
    return {name: arrays[name] for name in header}


def once_each(pairs):
    """A dict of an object in JSON whose names are all different."""
    if len(named := dict(pairs)) < len(pairs):
        raise ValueError("its header says one name twice")
    return named


def torch_save(path):
    """The tensors of a state dict, of dicts in a dict, or of a program of TorchScript; a zip archive, but before version 1.6."""
    found = of_archive(path) if zipfile.is_zipfile(path) else of_stream(checked_start(path.read_bytes()))
    if not isinstance(found, dict) or not (arrays := dict(flat(found))):
        raise ValueError(f"it holds a {type(found).__name__} without tensors: save the state_dict() of the module")
    return arrays


def checked_start(data):
    """The bytes of a file that is no zip archive, if they begin as a pickle does."""
    if data.startswith(b"PK"):
        raise ValueError("it is cut off: its end, which a zip archive needs, is not there")
    if not data.startswith(b"\x80"):
        raise ValueError(f"it does not begin as torch.save begins a file{'' if data else ', for it is empty'}")
    return data


def of_archive(path):
    """What the pickle in the archive holds; the numbers of each storage are a file of their own."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        record = next((name for name in names if name.endswith("/data.pkl")), None)
        if record is None:
            raise ValueError(
                f"it is a zip archive without the data.pkl of torch.save; it has {', '.join(names[:4]) or 'nothing'}"
            )
        folder = record.removesuffix("data.pkl")
        order = archive.read(f"{folder}byteorder").decode() if f"{folder}byteorder" in names else "little"
        numbers = lambda key, _: archive.read(f"{folder}data/{key}")  # noqa: E731
        return Reader(io.BytesIO(archive.read(record)), numbers, order).load()


def of_stream(data):
    """What a file from before version 1.6 holds: pickles about the file, of the object, of the keys of storages; numbers."""
    stream = io.BytesIO(data)
    if (first := Reader(stream, None).load()) != MAGIC:
        raise ValueError(f"it is a pickle of a {type(first).__name__}, and not of torch.save: torch.save the state_dict()")
    try:
        return of_pickles(stream, data)
    except (EOFError, pickle.UnpicklingError, KeyError) as error:
        raise ValueError("it is cut off") from error


def of_pickles(stream, data):
    """The object of such a file, after its first number."""
    about = [Reader(stream, None).load() for _ in range(2)]
    if about[0] != 1001:
        raise ValueError(f"it is of a version of torch.save that is not read, {about[0]}")
    order = "little" if about[1].get("little_endian", True) else "big"
    place = stream.tell()
    sizes, found = {}, {}
    Reader(
        stream, lambda key, size: bytes(min(sizes.setdefault(key, size), len(data))), order
    ).load()  # for what it asks, and where it ends
    for key in Reader(stream, None).load():
        stream.read(8)  # how many numbers there are, which the object said already
        found[key] = stream.read(sizes[key])
    return Reader(io.BytesIO(data[place:]), lambda key, _: found[key], order).load()


def flat(nested, before=""):
    """The entries of dicts in dicts, with their names joined by dots; of an object without tensors, what it is."""
    for name, value in nested.items():
        if isinstance(value, Part) and not value:
            yield f"{before}{name}", Other(type(value).__name__)
        elif isinstance(value, dict):
            yield from flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


class Reader(pickle.Unpickler):
    """Knows tensors, parameters and ordered dicts; whatever else a pickle names is a `Part`, of which nothing is run.

    numbers(key, size) gives the bytes of a storage, of which there are `size`.
    """

    def __init__(self, stream, numbers, order="little"):
        super().__init__(stream)
        self.numbers, self.order = numbers, {"little": "<", "big": ">"}[order]

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return tensor
        if (module, name) in (("torch._utils", "_rebuild_parameter"), ("torch.jit._pickle", "restore_type_tag")):
            return the_first
        if module == "torch.jit._pickle" and name.startswith("build_"):
            return list
        if module == "torch" and name in STORAGES:
            return functools.partial(str, name)  # no class, and never called: only a name for `persistent_load`
        if module == "torch._utils" or name.endswith("Storage"):
            raise ValueError(f"it holds {module}.{name}, tensors of a kind that is not read: save them as plain ones")
        return type(f"{module}.{name}", (Part,), {})

    def persistent_load(self, pid):
        _, kind, key, _, size = pid[:5]
        kind = STORAGES[kind.args[0]]
        width = 2 if kind == "bfloat16" else np.dtype(kind).itemsize
        data = self.numbers(key, size * width)
        if len(data) < size * width:
            raise ValueError(f"there are {len(data) // width} numbers where {size} should be")
        return Other(kind) if kind == "bfloat16" else np.frombuffer(data, np.dtype(kind).newbyteorder(self.order)).astype(kind)


def tensor(storage, offset, shape, strides, *_):
    """The array of a tensor: a window on its storage, copied."""
    if isinstance(storage, Other):
        return storage
    last = offset + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
    if min((offset, *strides)) < 0 or (math.prod(shape) and last >= len(storage)):
        raise ValueError(f"a tensor of {shape} does not fit into its {len(storage)} numbers")
    steps = [stride * storage.itemsize for stride in strides]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, steps).copy()


def the_first(value, *_):
    return value


class Part(dict):
    """An object of any class: of its attributes the tensors and the objects in it, without what PyTorch sorts them into.

    Of a recurrent module also its `mode`, which tells tanh from ReLU.
    """

    def __init__(self, *_, **__):
        super().__init__()

    def __setstate__(self, attributes):
        attributes = attributes if isinstance(attributes, dict) else {}
        inside = {}
        for kind in ("_parameters", "_buffers", "_modules"):
            inside |= {name: a for name, a in (attributes.get(kind) or {}).items() if a is not None}
        inside |= {name: a for name, a in attributes.items() if isinstance(a, np.ndarray | Other) or (isinstance(a, Part) and a)}
        if attributes.get(MODE) in MODES:
            inside[MODE] = attributes[MODE]
        self.update(inside)

    def extend(self, items):
        """What a pickle says of a list; none of it has a name."""

    append = extend
