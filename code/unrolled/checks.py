"""What a public function expects of its arguments, said in one sentence when it is not met."""

import math
import numbers

import numpy as np

FLOATS = (np.float32, np.float64, np.complex128)  # complex, so that the complex step passes through


def array(name, value, shape):
    """`value` if it is a finite array of floats of this shape; an entry None of `shape` stands for any size of at least 1.

    Raises TypeError (not an array of floats) or ValueError (shape, NaN or infinity), naming the argument.
    """
    shaped(name, value, shape)
    if not finite(value):
        raise ValueError(f"{name} must be finite; got NaN or infinity in {np.sum(~np.isfinite(value))} of {value.size} entries")
    return value


def shaped(name, value, shape):
    """As `array`, whatever the numbers are."""
    plain = type(value) in (np.ndarray, np.memmap)  # a masked array hides NaN, a matrix multiplies in another way
    if not plain or value.dtype.type not in FLOATS or not value.dtype.isnative:
        came = f"an array of {value.dtype}" if plain else type(value).__name__
        raise TypeError(f"{name} must be a numpy array of float64 or float32; got {came}")
    usual = value.shape == shape or (not any(shape) and len(value.shape) == len(shape))
    if usual and 0 not in value.shape:  # in a tenth of the time
        return value
    fits = len(value.shape) == len(shape) and all(
        got == want if want is not None else got >= 1 for got, want in zip(value.shape, shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if size is None else str(size) for size in shape)
        raise ValueError(f"{name} must have the shape ({wanted}), every size at least 1; got {value.shape}")
    return value


def finite(value):
    """Whether all numbers of an array are finite."""
    squares = np.vdot(value, value)  # by far the fastest to call; it is finite only if all are
    return math.isfinite(squares.real) or np.isfinite(value).all()


def square(name, value, before=""):
    """`value` if it is a finite real array of the shape (N, N), or (T, N, N) where `before` is "T, "."""
    array(name, value, (None,) * (3 if before else 2))
    if value.shape[-2] != value.shape[-1] or np.iscomplexobj(value):
        raise ValueError(f"{name} must be real and of the shape ({before}N, N); got {value.dtype} and {value.shape}")
    return value


def named(name, value, kind, shapes, check=array):
    """`value` if it is a NamedTuple `kind` whose arrays have these `shapes` (in the order of its fields) and pass `check`."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be a {kind.__name__}({', '.join(kind._fields)}) of this cell; got {type(value).__name__}")
    for field, entry, shape in zip(kind._fields, value, shapes, strict=True):
        check(f"{name}.{field}", entry, shape)
    return value


def mixed(first, *others):
    """Whether one of these arrays may have another dtype than the first: then `one_precision` looks again, and takes its time."""
    return any(a.dtype is not first.dtype for a in others)


def one_precision(**arrays):
    """Refuse float32 beside float64: the sum would be cast without a word."""
    if len({a.dtype for a in arrays.values()}) == 1:
        return
    kinds = {name: a.dtype.name for name, a in arrays.items()}
    if len(set(kinds.values()) - {"complex128"}) > 1 or {"complex128", "float32"} <= set(kinds.values()):
        raise TypeError(f"{' and '.join(kinds)} must have one dtype; got {', '.join(f'{k}: {v}' for k, v in kinds.items())}")


def whole(name, value, least=1):
    """`value` as an int if it is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be a whole number; got {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}; got {value}")
    return int(value)


def lengths(name, value, most):
    """`value` as a list of ints if it holds whole numbers from 1 to `most`, at least one, and none of them twice."""
    if isinstance(value, np.ndarray) and value.ndim == 1:
        value = value.tolist()
    if not isinstance(value, list | tuple | range):
        raise TypeError(f"{name} must be a list of whole numbers from 1 to {most}; got {value!r}")
    value = [whole(f"each of {name}", number) for number in value]
    if not value or max(value) > most or len(set(value)) < len(value):
        raise ValueError(f"{name} must be whole numbers from 1 to {most}, at least one and none of them twice; got {value}")
    return value


def positive(name, value, zero=False):
    """`value` as a float if it is a finite number above 0 (or 0 itself where `zero` is allowed)."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a number; got {value!r}")
    if not math.isfinite(value) or value < 0 or (value == 0 and not zero):
        raise ValueError(f"{name} must be finite and {'at least' if zero else 'above'} 0; got {value}")
    return float(value)


def choice(name, value, among):
    """`value` if it is one of the strings `among`."""
    if not isinstance(value, str) or value not in among:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, among))}; got {value!r}")
    return value


def precision(name, value):
    """`value` as the numpy type float64 or float32."""
    kind = {"float64": np.float64, "float32": np.float32}.get(getattr(value, "__name__", str(value)))
    if kind is None:
        raise TypeError(f"{name} must be float64 or float32; got {value!r}")
    return kind


def generator(name, value):
    """`value` if it is a numpy random Generator: no hidden seed, no global state."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"{name} must be a numpy.random.Generator, as from numpy.random.default_rng(0); got {value!r}")
    return value
