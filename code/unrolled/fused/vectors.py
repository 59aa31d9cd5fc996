"""What the names of numpy mean where a loop is compiled: loops over vectors that LLVM turns into vector instructions.

Those that numba brings would not be. It reads from the array how far it is from one number to the next, where LLVM has to know
that they lie side by side; and its tanh is the C library's, which takes one number at a time.
"""

import math
from types import FunctionType

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic, overload, overload_method
from numba.np.arrayobj import make_array, populate_array

from unrolled.fused import shared

OPTIONS = {"error_model": "numpy", "forceinline": True}  # inlined, so that LLVM sees which arrays are one and the same
CONTRACTING = OPTIONS | {"fastmath": {"contract"}}  # a * b + c in one rounding
njit, contracting = numba.njit(**OPTIONS), numba.njit(**CONTRACTING)


def machine_code(loop):
    """`loop` compiled."""
    return numba.njit(error_model="numpy")(renamed(loop))


def renamed(function):
    """`function` with the names of this file in place of those of numpy and of `shared`."""
    return FunctionType(function.__code__, function.__globals__ | NAMES, function.__name__)


# ---- numbers ----


def tanh_of(x):
    """tanh(x) to 3 units in the last place, without a branch."""


@intrinsic
def power_of_two(typing, z):
    """2^k for z = k + 1.5 * 2^52, or 2^23 in float32: the last bits of z are those of k."""
    bits, bias, shift = (64, 1023, 52) if z == types.float64 else (32, 127, 23)

    def build(context, builder, signature, args):
        whole = ir.IntType(bits)
        exponent = builder.add(builder.bitcast(args[0], whole), whole(bias))
        return builder.bitcast(builder.shl(exponent, whole(shift)), args[0].type)

    return z(z), build


@overload(tanh_of, jit_options=CONTRACTING)
def _(x):
    double = x == types.float64
    dtype = np.float64 if double else np.float32
    log_2 = 0.6931471803691238 if double else 0.693359375  # but for its last bits, so that k times it is exact
    top, upper, lower, per, one, two = map(dtype, (20, log_2, math.log(2) - log_2, 2 / math.log(2), 1, 2))
    if double:
        lower = dtype(1.9082149292705877e-10)
    round_off = dtype(1.5 * 2.0 ** np.finfo(dtype).nmant)  # what is added to it loses its fraction
    first, *others = (dtype(1 / math.factorial(k)) for k in range(13 if double else 8, 1, -1))
    others = tuple(others)

    def of(x):
        y = abs(x)
        y = top if y > top else y  # from there on tanh is 1; NaN stays NaN
        z = y * per + round_off
        k = z - round_off
        r = (two * y - k * upper) - k * lower  # 2 |x| = k log(2) + r
        q = first
        for c in numba.literal_unroll(others):
            q = q * r + c
        power = power_of_two(z)
        e = power * (q * r * r + r) + (power - one)  # exp(2 |x|) - 1, to all digits near 0 too
        return math.copysign(e / (e + two), x)

    return of


# ---- arrays ----


@intrinsic
def vector(typing, a, k):
    """The numbers of a[k], which has no gaps, or of all of `a` if k is None; nobody counts who refers to them."""
    part = k != types.none
    kind = types.Array(a.dtype, 1, "C", readonly=not a.mutable)

    def build(context, builder, signature, args):
        given, made = make_array(a)(context, builder, args[0]), make_array(kind)(context, builder)
        data, size = given.data, given.nitems
        if part:
            shape, strides = (cgutils.unpack_tuple(builder, whole) for whole in (given.shape, given.strides))
            data, size = cgutils.pointer_add(builder, data, builder.mul(args[1], strides[0])), ir.Constant(ir.IntType(64), 1)
            for length in shape[1:]:
                size = builder.mul(size, length)
        populate_array(made, data, [size], [given.itemsize], given.itemsize, None)
        return made._getvalue()

    return kind(a, types.intp if part else k), build


@intrinsic
def tight(typing, a):
    """An array without gaps, now known to have none."""
    kind = a.copy(layout="C")
    return kind(a), lambda context, builder, signature, args: impl_ret_borrowed(context, builder, kind, args[0])


def operand(a, k, out):
    """What meets row k of `out`, or all of it if k is None: a vector, or a number in the precision of `out`."""


@overload(operand, jit_options=OPTIONS)
def _(a, k, out):
    if not isinstance(a, types.Array):
        return lambda a, k, out: out.dtype.type(a)
    if a.ndim == 0:
        return lambda a, k, out: a[()]
    if a.ndim < out.ndim:
        return lambda a, k, out: vector(a, None)
    return lambda a, k, out: vector(a, k)


def at(a, k):
    """Number k of a vector; a number."""


@overload(at, jit_options=OPTIONS)
def _(a, k):
    return (lambda a, k: a[k]) if isinstance(a, types.Array) else (lambda a, k: a)


# ---- the names ----


def number_by_number(of):
    """The function (a, b, out) that sets out = of(a, b); an operand with fewer axes goes with each row of out."""
    of = njit(of)

    def over(a, b, out):
        pass

    @njit
    def along(x, y, out):
        for k in range(out.size):
            out[k] = of(at(x, k), at(y, k))

    @overload(over, jit_options=OPTIONS)
    def _(a, b, out):
        if out.ndim > 2 or 0 < getattr(b, "ndim", 0) < out.ndim:

            def typed(a, b, out):
                for k in range(len(out)):
                    along(operand(a, k, out), operand(b, k, out), vector(out, k))

        else:

            def typed(a, b, out):
                along(operand(a, None, out), operand(b, None, out), vector(out, None))

        return typed

    return over


add = number_by_number(lambda x, y: x + y)
subtract = number_by_number(lambda x, y: x - y)
multiply = number_by_number(lambda x, y: x * y)
tanh_, settle_ = number_by_number(lambda x, _: tanh_of(x)), number_by_number(lambda x, tiny: x - x if abs(x) < tiny else x)
tanh = njit(lambda a, out: tanh_(a, 0, out))
square = njit(lambda a, out: multiply(a, a, out))
settle = njit(lambda a: settle_(a, np.finfo(a.dtype).tiny, a))
NAMES = {"add": add, "subtract": subtract, "multiply": multiply, "square": square, "tanh": tanh, "settle": settle}
NAMES |= {name: njit(renamed(getattr(shared, name))) for name in ("σ_slope", "tanh_slope")}


# ---- products ----

NEAR = 2**13  # numbers of a matrix up to which it takes longer to call the BLAS than to do without


@contracting
def add_four(columns, c, v, out):
    """Add to out what four columns give, so that it is read and written a quarter as often."""
    w, x, y, z = vector(columns, c), vector(columns, c + 1), vector(columns, c + 2), vector(columns, c + 3)
    v_w, v_x, v_y, v_z = v[c], v[c + 1], v[c + 2], v[c + 3]
    for k in range(out.size):
        out[k] = (out[k] + w[k] * v_w + x[k] * v_x) + (y[k] * v_y + z[k] * v_z)


@contracting
def add_one(columns, c, v, out):
    """Add to out what one column gives."""
    w, v_w = vector(columns, c), v[c]
    for k in range(out.size):
        out[k] += w[k] * v_w


@njit
def sum_of_columns(columns, v, out):
    """out = W v for the columns of W, one below the other."""
    for k in range(out.size):
        out[k] = 0
    fours = len(columns) // 4 * 4
    for c in range(0, fours, 4):
        add_four(columns, c, v, out)
    for c in range(fours, len(columns)):
        add_one(columns, c, v, out)


def times(W, v, out):
    """out = W v for a vector v and a matrix W that has its columns side by side, or W @ v for a matrix v."""


@overload(times, jit_options=OPTIONS)
def _(W, v, out):
    if v.ndim > 1:
        return lambda W, v, out: np.dot(W, v, out)

    def typed(W, v, out):
        if W.size <= NEAR:
            sum_of_columns(W.T, v, out)
        else:
            np.dot(W, v, out)

    return typed


@overload_method(types.BaseNamedTuple, "dot")
def _(W, v, out):
    """As `Product.dot`."""
    if W.instance_class is shared.Whole:

        def typed(W, v, out):
            times(W.W, tight(v), tight(out))

    elif W.instance_class is shared.Recurrent:

        def typed(W, v, out):
            v, n = tight(v), W.W.shape[1]
            times(W.W, v[:n], tight(out))
            add(out, v[n:], out)
            add(out, W.b, out)

    elif W.instance_class is shared.Cut:

        def typed(W, v, out):
            v, out, start = tight(v), tight(out), 0
            for r, r_end, c, c_end in W.ends:
                stop = start + (r_end - r) * (c_end - c)
                piece = W.pieces[start:stop].reshape(r_end - r, c_end - c)
                np.dot(piece, v[c:c_end], (W.part if c else out)[r:r_end])
                start = stop
                if c and r_end == len(out):
                    add(out, W.part, out)

    else:
        return None
    return typed
