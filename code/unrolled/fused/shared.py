"""What the fused cells share: the layers of a cell in one product, a = [W U b] [h_{t-1}; x_t; 1], and the buffers for it.

Arrays are feature-major, (rows, B), so that the rows of a layer lie together.
"""

import math
from ctypes import addressof, c_char
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
LINE = 64  # bytes of a line of the cache
OFTEN = 8  # steps from one look for denormal numbers to the next


def empty(shape, dtype):
    """As np.empty, but the numbers begin with a line of the cache: what is stored across two lines takes twice as long."""
    raw = np.empty(math.prod(shape) + LINE, dtype)
    return np.ndarray(shape, dtype, raw, -addressof(c_char.from_buffer(raw)) % LINE)


class Layers(NamedTuple):
    """The weights of G layers, one below the other: W (G n, n), U (G n, m), b (G n, 1)."""

    W: np.ndarray
    U: np.ndarray
    b: np.ndarray


def stacked(p, letters):
    """The `Layers` with these letters; "" is the only one of a cell, and its arrays are those of p."""
    if letters == "":
        return Layers(p.W, p.U, p.b)
    return Layers(*(np.concatenate([getattr(p, f"{kind}_{letter}") for letter in letters]) for kind in "WUb"))


def by_columns(W):
    """A copy of W whose columns lie side by side; where they fill whole lines of the cache, each begins with one."""
    columns = empty(W.shape[::-1], W.dtype)
    columns[:] = W.T
    return columns.T


def inward(layers, like, x):
    """What leads from a back to [h_{t-1}; x_t]: [W U]ᵀ; and dhx (T+1, n + m, B), dh, dx, with dhx[t] = ∂L/∂[h_t; x_{t+1}].

    One sequence has its products with x all at once: there it is Wᵀ, which leads to h_{t-1}, and dhx is dh; `inputs` does the
    rest. What L says of h_T itself, like[T], is put in.
    """
    (T, m, B), n, W = x.shape, like.shape[1], layers.W
    if B == 1:
        dhx = dh = empty((T + 1, n, 1), W.dtype)
        dx = empty(x.shape, W.dtype)
    else:
        dhx = empty((T + 1, n + m, B), W.dtype)
        dh, dx, W = dhx[:, :n], dhx[:-1, n:], np.concatenate([W, layers.U], axis=1)
    dh[T] = like[T]
    return W.T, dhx, dh, dx


def inputs(layers, da, dx):
    """dx = ∂L/∂x of a block of steps, from da = ∂L/∂a, of one sequence: `inward` has left it out."""
    if dx.shape[2] == 1:
        np.matmul(da[..., 0], layers.U, out=dx[..., 0])


class Product:
    """W.dot(v, out) sets out = W @ v for v (K, B).

    For one vector the columns of W lie side by side: then no sum runs within a vector register. With AVX-512 a large W is cut
    up. OpenBLAS has a way for products of no more than SMALL multiplications that does not move the factors about first, and
    there is 1.4 times as fast as long as the part of v stays in the first cache.
    """

    def __init__(self, W, B):
        self.shape = rows, K = W.shape
        self.cut = not whole(W, B)
        if not self.cut:
            self.W = by_columns(W) if B == 1 else np.ascontiguousarray(W)
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
    """W.dot(v, out) sets out = W h + b + U x for v = [h; U x], in compiled loops: there an addition costs next to nothing."""

    W: np.ndarray
    b: np.ndarray


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


def unstacked(sums, letters):
    """{"W_f": ..., "U_f": ..., "b_f": ...}: what `outer` gave for `Layers`, taken apart."""
    if letters == "":
        return dict(zip("WUb", sums, strict=True))
    n, parts = len(sums[0]) // len(letters), {}
    for k, letter in enumerate(letters):
        parts |= {f"{kind}_{letter}": whole[k * n : (k + 1) * n] for kind, whole in zip("WUb", sums, strict=True)}
    return parts


def halve(layers, rows):
    """Halve the first rows of the layers; returns 1/2. σ(a) = (1 + tanh(a / 2)) / 2, so that one tanh serves all gates."""
    half = np.array(0.5, layers.W.dtype)  # an array, since a Python number is turned into one at every call
    for a in layers:
        a[:rows] *= half
    return half


def affine(layers, h_0, x):
    """hx (T+1, n + m + 1, B), which is [h_t; x_{t+1}; 1] with h_0 in it and h_t to be filled in; and the `Product` by [W U b]."""
    (n, B), (T, m, _), W = h_0.shape, x.shape, layers.W
    if B == 1 and compiled.ON:  # hx is [h_t; U x_{t+1}]
        hx = empty((T + 1, n + len(W), 1), h_0.dtype)
        hx[0, :n], hx[T, n:] = h_0, 0
        np.matmul(x[..., 0], layers.U.T, out=hx[:T, n:, 0])
        return hx, Recurrent(by_columns(W), layers.b[:, 0])
    hx = empty((T + 1, n + m + 1, B), h_0.dtype)
    hx[0, :n], hx[:T, n:-1], hx[T, n:-1], hx[:, -1] = h_0, x, 0, 1
    return hx, Product(np.concatenate(layers, axis=1), B)


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


def within(block, *arrays):
    """Of arrays (T+1, ...) the steps of a block of `blocks`, and the one after it."""
    return [a[block.start : block.stop + 1] for a in arrays]


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
    """Σ_t da_t h_{t-1}ᵀ, Σ_t da_t x_tᵀ and Σ_t da_t for da (T, G n, B): the gradients of stacked weights over time and batch.

    What other blocks gave is added, where there is any.
    """
    da, h_prev, x = (a[..., 0].T if a.shape[2] == 1 else a.transpose(1, 0, 2).reshape(a.shape[1], -1) for a in (da, h_prev, x))
    sums = [da @ h_prev.T, da @ x.T, da.sum(axis=1, keepdims=True)]
    return sums if others is None else [np.add(a, b, a) for a, b in zip(sums, others, strict=True)]
