"""What the fused cells share: the layers of a cell in one product, a = [W U b] [h_{t-1}; x_t; 1], and the buffers for it.

Arrays are feature-major, (rows, B), so that the rows of a layer lie together.
"""

import math
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy import multiply, square, subtract

from unrolled.fused import compiled

FOUND = np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", [])  # what this processor has of what numpy uses
SMALL = 10**6 if "AVX512_SKX" in FOUND else math.inf  # multiplications from which a `Product` cuts up,
NEAR, FEW = 42_000, range(2, 65)  # bytes of v that a strip of it takes, the batches for which it does so
CACHED, WIDE = 2**14, 56  # of a block of time: numbers in one array (few calls, and it stays in the cache), least columns a layer
MANY = 4096  # weights from which one sequence has its products with x all at once
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
    rows = np.empty((len(letters), n, n + m + 1), p[0].dtype)
    for row, (W, U, b) in zip(rows, named, strict=True):
        row[:, :n], row[:, n:-1], row[:, -1:] = W, U, b
    return rows.reshape(-1, n + m + 1)


def inward(W, like, x):
    """What leads from a back to [h_{t-1}; x_t]: [W U]ᵀ; and dhx (T+1, n + m, B), dh, dx, with dhx[t] = ∂L/∂[h_t; x_{t+1}].

    For one sequence and MANY weights it is Wᵀ, which leads to h_{t-1}, and dhx is dh: `inputs` does the rest. For one vector it
    is a copy whose columns begin with a line of the cache. What L says of h_T itself, like[T], is put in.
    """
    (T, m, B), n = x.shape, like.shape[1]
    if B == 1 and W.size > MANY:
        dhx = dh = empty((T + 1, n, 1), W.dtype)
        dx, W = empty(x.shape, W.dtype), W[:, :n]
    else:
        dhx = empty((T + 1, n + m, B), W.dtype)
        dh, dx, W = dhx[:, :n], dhx[:-1, n:], W[:, :-1]
    if B == 1:
        W, columns = empty(W.shape, W.dtype), W
        W[:] = columns
    dh[T] = like[T]
    return W.T, dhx, dh, dx


def inputs(W, da, dx):
    """dx = ∂L/∂x of a block of steps, from da = ∂L/∂a, where `inward` left it aside."""
    if dx.shape[-1] == 1 and W.size > MANY:
        np.matmul(da[..., 0], W[:, -1 - dx.shape[1] : -1], out=dx[..., 0])


class Product:
    """W.dot(v, out) sets out = W @ v for v (K, B).

    With AVX-512 a large W is cut up. OpenBLAS has a way for products of no more than SMALL multiplications that does not move
    the factors about first, and there is 1.4 times as fast as long as the part of v stays in the first cache.
    """

    def __init__(self, W, B):
        self.shape = rows, K = W.shape
        self.cut = not whole(W, B)
        if not self.cut:
            self.W = W if B == 1 else np.ascontiguousarray(W)
            self.dot = self.W.dot  # what is looked up and called once a step
            return
        across = strips(W, B)
        down = math.ceil(rows * math.ceil(K / across) * B / SMALL)
        self.strips = [(c, [(np.ascontiguousarray(W[r, c]), r) for r in slices(rows, down)]) for c in slices(K, across)]
        self.part = empty((rows, B), W.dtype)
        self.dot = self.in_strips

    def in_strips(self, v, out):
        first, *others = self.strips
        one_strip(*first, v, out)
        for strip in others:
            one_strip(*strip, v, self.part)
            np.add(out, self.part, out)

    @cached_property
    def parts(self):
        """Its arrays, for a loop that is compiled."""
        if not self.cut:
            return Whole(self.W)
        pieces = [(piece, (r.start, r.stop, c.start, c.stop)) for c, strip in self.strips for piece, r in strip]
        return Cut(np.concatenate([piece.ravel() for piece, _ in pieces]), np.array([ends for _, ends in pieces]), self.part)


class Whole(NamedTuple):
    """The array of a product that is not cut up."""

    W: np.ndarray


class Cut(NamedTuple):
    """The arrays of one that is: all pieces, one after the other; first and last row and column of each; a place to work in."""

    pieces: np.ndarray
    ends: np.ndarray
    part: np.ndarray


class Recurrent(NamedTuple):
    """As [W 1] for v = [h; U x + b]: for a loop that is compiled, in which an addition costs next to nothing."""

    W: np.ndarray


def whole(W, B):
    """Whether a `Product` leaves W in one piece."""
    return B not in FEW or W.size * B <= SMALL


def strips(W, B):
    """How many strips of columns a `Product` cuts a larger W into, so that the part of v that each takes stays near."""
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
    n, parts = len(dW) // len(letters), {}
    for k, letter in enumerate(letters):
        rows = dW[k * n : (k + 1) * n]
        for kind, part in (("W", rows[:, :n]), ("U", rows[:, n:-1]), ("b", rows[:, -1:])):
            parts[name_of(kind, letter)] = part.copy()
    return parts


def name_of(kind, letter):
    """The name of a parameter: U_f, or U where a cell has one layer."""
    return f"{kind}_{letter}" if letter else kind


def halve(W, rows):
    """Halve the first rows of W; returns 1/2. σ(a) = (1 + tanh(a / 2)) / 2, so that one tanh serves all gates."""
    half = np.array(0.5, W.dtype)  # an array, since a Python number is turned into one at every call
    W[:rows] *= half
    return half


def affine(W, h_0, x):
    """hx (T+1, n + m + 1, B), which is [h_t; x_{t+1}; 1] with h_0 in it and h_t to be filled in; and the `Product` by W."""
    (n, B), (T, m, _) = h_0.shape, x.shape
    if B == 1 and W.size > MANY and compiled.ON:  # hx is [h_t; U x_{t+1} + b]
        hx = empty((T + 1, n + len(W), 1), h_0.dtype)
        hx[:T, n:, 0] = x[..., 0] @ W[:, n:-1].T
        hx[:T, n:] += W[:, -1:]
        hx[0, :n], hx[T, n:] = h_0, 0
        return hx, Recurrent(np.ascontiguousarray(W[:, :n]))
    hx = empty((T + 1, n + m + 1, B), h_0.dtype)
    hx[0, :n], hx[:T, n:-1], hx[T, n:-1], hx[:, -1] = h_0, x, 0, 1
    return hx, Product(W, B)


def history(start, T, layers=1):
    """A buffer (T+1, layers n, B) of steps: `start` at index 0, or NaN where there are gates, as in a trace."""
    n, B = start.shape
    a = empty((T + 1, layers * n, B), start.dtype)
    a[0] = start if layers == 1 else np.nan
    return a


def works(*arrays):
    """An array to work in for each of these (T+1, n, B), of the size of one step."""
    return [empty(lean(a)[0][0].shape, a.dtype) for a in arrays]


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


def settle(a):
    """Set to 0 what is below the smallest normal number of its precision.

    A gradient that dies ends in denormal numbers, and with them some processors take ten times as long.
    """
    np.putmask(a, np.abs(a) < np.finfo(a.dtype).tiny, 0)


def σ_slope(a, g, y, out):
    """out = a * g * (1 - g), a times the slope of a gate g = σ(·); y is an array to work in."""
    multiply(a, g, y)
    subtract(1, g, out)
    multiply(y, out, out)


def tanh_slope(a, y, out):
    """out = a * (1 - y * y), a times the slope of y = tanh(·)."""
    square(y, out)
    subtract(1, out, out)
    multiply(a, out, out)


def outer(da, h_prev, x, others=None):
    """Σ_t da_t [h_{t-1}; x_t; 1]ᵀ in one product, da (T, G n, B): the gradient of stacked weights over time and batch.

    What other blocks gave is added to, where there is any.
    """
    (T, n, B), m = h_prev.shape, x.shape[1]
    if B == 1:  # nothing to rearrange
        hx = np.empty((T, n + m + 1), da.dtype)
        hx[:, :n], hx[:, n:-1], hx[:, -1] = h_prev[..., 0], x[..., 0], 1
        dW = da[..., 0].T @ hx
    else:
        hx = np.empty((n + m + 1, T, B), da.dtype)
        hx[:n], hx[n:-1], hx[-1] = h_prev.transpose(1, 0, 2), x.transpose(1, 0, 2), 1
        dW = da.transpose(1, 0, 2).reshape(-1, T * B) @ hx.reshape(-1, T * B).T
    return dW if others is None else np.add(others, dW, others)
