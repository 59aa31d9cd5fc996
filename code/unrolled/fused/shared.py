"""What the fused cells share: the layers of a cell in one product, a = [W U b] [h_{t-1}; x_t; 1], and the buffers for it.

Arrays are feature-major, (rows, B), so that the rows of a layer lie together.
"""

import math
from itertools import pairwise

import numpy as np

SMALL, NEAR, FEW = 10**6, 42_000, range(2, 65)  # multiplications, bytes, and the batches for which `product` cuts up
CACHED, WIDE = 2**14, 56  # of a block of time: numbers in one array (few calls, and it stays in the cache), least columns a layer
LINE = 64  # bytes of a line of the cache
OFTEN = 8  # steps from one look for denormal numbers to the next


def empty(shape, dtype):
    """As np.empty, but the numbers begin with a line of the cache: what is stored across two lines takes twice as long."""
    size = math.prod(shape)
    raw = np.empty(size + LINE, dtype)
    first = -raw.__array_interface__["data"][0] % LINE // raw.itemsize
    return raw[first : first + size].reshape(shape)


def stacked(p, letters):
    """[W U b] of these layers, one below the other: (G n, n + m + 1) for G letters; "" is the only layer of a cell."""
    named = [[getattr(p, name_of(kind, letter)) for kind in "WUb"] for letter in letters]
    n, m = named[0][1].shape
    rows = np.empty((len(letters), n, n + m + 1), np.result_type(*p))
    for row, (W, U, b) in zip(rows, named, strict=True):
        row[:, :n], row[:, n:-1], row[:, -1:] = W, U, b
    return rows.reshape(-1, n + m + 1)


def transposed(W, B):
    """[W U]ᵀ, what leads from a back to [h_{t-1}; x_t]; for one vector a copy whose columns begin with a line of the cache."""
    W = W[:, :-1]
    if B > 1:
        return W.T
    V = empty(W.shape, W.dtype)
    V[:] = W
    return V.T


def product(W, B):
    """The function (v, out) that sets out = W @ v for v (K, B).

    A large W is cut up. OpenBLAS has a way for products of no more than SMALL multiplications that does not rearrange the
    factors first, and is 1.4 times as fast on processors with AVX-512 as long as the part of v stays in the first cache.
    """
    rows, K = W.shape
    if B == 1:
        return W.dot
    if whole(W, B):
        return np.ascontiguousarray(W).dot
    across = strips(W, B)
    down = math.ceil(rows * math.ceil(K / across) * B / SMALL)
    first, *others = [(c, [(np.ascontiguousarray(W[r, c]), r) for r in slices(rows, down)]) for c in slices(K, across)]
    part = empty((rows, B), W.dtype)

    def dot(v, out):
        one_strip(*first, v, out)
        for strip in others:
            one_strip(*strip, v, part)
            np.add(out, part, out)

    return dot


def whole(W, B):
    """Whether `product` leaves W in one piece."""
    return B not in FEW or W.size * B <= SMALL


def strips(W, B):
    """How many strips of columns `product` cuts a larger W into, so that the part of v that each takes stays near."""
    return math.ceil(W.shape[1] * B * W.itemsize / NEAR)


def one_strip(c, pieces, v, out):
    """out = W[:, c] @ v[c], for W[:, c] in pieces."""
    v = v[c]
    for piece, r in pieces:
        piece.dot(v, out[r])


def slices(size, parts):
    """0..size-1 in so many slices of nearly the same length."""
    ends = [size * k // parts for k in range(parts + 1)]
    return [slice(*pair) for pair in pairwise(ends)]


def unstacked(dW, letters):
    """{"W_f": ..., "U_f": ..., "b_f": ...}: what `stacked` put together, taken apart again."""
    n = len(dW) // len(letters)
    parts = {"W": slice(0, n), "U": slice(n, -1), "b": slice(-1, None)}
    layers = dict(zip(letters, np.split(dW, len(letters)), strict=True))
    return {name_of(kind, letter): a[:, part].copy() for letter, a in layers.items() for kind, part in parts.items()}


def name_of(kind, letter):
    """The name of a parameter: U_f, or U where a cell has one layer."""
    return f"{kind}_{letter}" if letter else kind


def halve(W, rows):
    """Halve the first rows of W; returns 1/2. σ(a) = (1 + tanh(a / 2)) / 2, so that one tanh serves all gates."""
    half = np.array(0.5, W.dtype)  # an array, since a Python number is turned into one at every call
    W[:rows] *= half
    return half


def affine(W, h_0, x):
    """h, a buffer (T+1, n, B) to be filled, with h_0 in it; and the function (t, out) that sets out = W [h_{t-1}; x_t; 1].

    Small weights take [h_{t-1}; x_t; 1] out of one array, in one product. For larger ones, which `product` would cut up anyhow,
    x stays where it is: a second product, and an addition, take less time than to copy it.
    """
    (n, B), (T, m, _) = h_0.shape, x.shape
    together = whole(W, B) or strips(W, B) == 1
    hx = empty((T + 1, n + m + 1 if together else n + 1, B), h_0.dtype)
    hx[0, :n], hx[:, -1] = h_0, 1
    (columns,) = lean(hx)
    if together:
        hx[:T, n:-1], hx[T, n:-1] = x, 0
        dot = product(W, B)
        return hx[:, :n], lambda t, out: dot(columns[t - 1], out)
    dot_h, dot_x = product(np.hstack([W[:, :n], W[:, -1:]]), B), product(W[:, n:-1], B)
    part = empty((len(W), B), W.dtype)

    def a(t, out):
        dot_h(columns[t - 1], out)
        dot_x(x[t - 1], part)
        np.add(out, part, out)

    return hx[:, :n], a


def history(start, T, layers=1):
    """A buffer (T+1, layers n, B) of steps: `start` at index 0, or NaN where there are gates, as in a trace."""
    n, B = start.shape
    a = empty((T + 1, layers * n, B), start.dtype)
    a[0] = start if layers == 1 else np.nan
    return a


def split(a, parts):
    """Views of the layers (..., n, B) that lie below each other in a (..., parts n, B)."""
    n = a.shape[-2] // parts
    return [a[..., k * n : (k + 1) * n, :] for k in range(parts)]


def apart(a, parts):
    """What is to be multiplied by one factor (n, B): the layers one by one, or for one sequence all (steps, parts, n) at once.

    Where numpy repeats a factor, it takes twice as long for each number; a call for each layer takes longer if n is small.
    """
    return split(a, parts) if a.shape[-1] > 1 else [a.reshape(len(a), parts, -1)]


def lean(*arrays):
    """The arrays without the axis of the batch if it holds one sequence: numpy takes vectors in less time than columns."""
    return [a[..., 0] if a.shape[-1] == 1 else a for a in arrays]


def blocks(like, *layers):
    """The steps of `like` (T+1, n, B) in blocks, the last first: a slice of 0..T-1 and arrays (steps, layers n, B) to work in."""
    T, (n, B) = len(like) - 1, like.shape[1:]
    steps = min(max(CACHED // (n * B), sum(layers) * WIDE // B, 1), T)
    space = [empty((steps, k * n, B), like.dtype) for k in layers]
    for last in range(T, 0, -steps):
        block = slice(max(last - steps, 0), last)
        yield block, *(a[: block.stop - block.start] for a in space)


def settle(*arrays):
    """Set to 0 what is below the smallest normal number of its precision.

    A gradient that dies ends in denormal numbers, and with them some processors take ten times as long.
    """
    for a in arrays:
        np.putmask(a, np.abs(a) < np.finfo(a.dtype).tiny, 0)


def σ_slope(a, g, y, out):
    """out = a * g * (1 - g), a times the slope of a gate g = σ(·); y is an array to work in."""
    np.multiply(a, g, y)
    np.subtract(1, g, out)
    np.multiply(y, out, out)


def tanh_slope(a, y, out):
    """out = a * (1 - y * y), a times the slope of y = tanh(·)."""
    np.square(y, out)
    np.subtract(1, out, out)
    np.multiply(a, out, out)


def outer(da, h_prev, x):
    """Σ_t da_t [h_{t-1}; x_t; 1]ᵀ in one product, da (T, G n, B): the gradient of stacked weights over time and batch."""
    (T, n, B), m = h_prev.shape, x.shape[1]
    hx = np.empty((n + m + 1, T, B), da.dtype)
    hx[:n], hx[n:-1], hx[-1] = h_prev.transpose(1, 0, 2), x.transpose(1, 0, 2), 1
    return da.transpose(1, 0, 2).reshape(-1, T * B) @ hx.reshape(-1, T * B).T
