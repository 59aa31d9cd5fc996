"""What the fused cells share: the layers of a cell in one product, a = [W U b] [h_{t-1}; x_t; 1], and the buffers for it.

Arrays are feature-major, (rows, B), so that the rows of a layer lie together.
"""

import math
from itertools import pairwise

import numpy as np

SMALL, NEAR, FEW = 10**6, 42_000, range(2, 65)  # multiplications, bytes, and the batches for which `product` cuts up
CACHED = 2**14  # numbers in one array of a block of time: few calls for a small state, and a large one stays in the cache


def stacked(p, letters):
    """[W U b] of these layers, one below the other: (G n, n + m + 1) for G letters; "" is the only layer of a cell."""
    named = [[getattr(p, name_of(kind, letter)) for kind in "WUb"] for letter in letters]
    n, m = named[0][1].shape
    rows = np.empty((len(letters), n, n + m + 1), np.result_type(*p))
    for row, (W, U, b) in zip(rows, named, strict=True):
        row[:, :n], row[:, n:-1], row[:, -1:] = W, U, b
    return rows.reshape(-1, n + m + 1)


def transposed(W, B):
    """[W U]ᵀ, what leads from a back to [h_{t-1}; x_t], in the order in which its product with B columns is fastest."""
    return np.array(W[:, :-1].T, order="C" if B > 1 else "F")


def product(W, B):
    """The function (v, out) that sets out = W @ v for v (K, B).

    A large W is cut up. OpenBLAS has a way for products of no more than SMALL multiplications that does not rearrange the
    factors first, and is 1.4 times as fast on processors with AVX-512 as long as the part of v stays in the first cache.
    """
    rows, K = W.shape
    if W.size * B <= SMALL or B not in FEW:
        return W.dot
    across = math.ceil(K * B * W.itemsize / NEAR)
    down = math.ceil(rows * math.ceil(K / across) * B / SMALL)
    cut = [[(r, c) for r in slices(rows, down)] for c in slices(K, across)]
    first, *others = [[(np.ascontiguousarray(W[r, c]), r, c) for r, c in strip] for strip in cut]
    part = np.empty((rows, B), W.dtype)

    def dot(v, out):
        for piece, r, c in first:
            piece.dot(v[c], out[r])
        for strip in others:
            for piece, r, c in strip:
                piece.dot(v[c], part[r])
            np.add(out, part, out)

    return dot


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


def columns(h_0, x):
    """A buffer (T+1, n + m + 1, B) for [h_{t-1}; x_t; 1] at entry t-1, and its part h, (T+1, n, B), with the start in it."""
    (n, B), (T, m, _) = h_0.shape, x.shape
    hx = np.empty((T + 1, n + m + 1, B), h_0.dtype)
    hx[0, :n], hx[:T, n:-1], hx[T, n:-1], hx[:, -1] = h_0, x, 0, 1
    return hx, hx[:, :n]


def history(start, T, layers=1):
    """A buffer (T+1, layers n, B) of steps: `start` at index 0, or NaN where there are gates, as in a trace."""
    n, B = start.shape
    a = np.empty((T + 1, layers * n, B), start.dtype)
    a[0] = start if layers == 1 else np.nan
    return a


def split(a, parts):
    """Views of the layers (..., n, B) that lie below each other in a (..., parts n, B)."""
    n = a.shape[-2] // parts
    return [a[..., k * n : (k + 1) * n, :] for k in range(parts)]


def lean(*arrays):
    """The arrays without the axis of the batch if it holds one sequence: numpy takes vectors in less time than columns."""
    return [a[..., 0] if a.shape[-1] == 1 else a for a in arrays]


def blocks(T, size):
    """Slices of the steps 0..T-1, the last ones first, each with about CACHED numbers in an array of `size` numbers a step."""
    steps = max(CACHED // size, 1)
    return [slice(max(last - steps, 0), last) for last in range(T, 0, -steps)]


def outer(da, h_prev, x):
    """Σ_t da_t [h_{t-1}; x_t; 1]ᵀ in one product, da (T, G n, B): the gradient of stacked weights over time and batch."""
    hx = [flat(h_prev), flat(x), np.ones((1, da.shape[0] * da.shape[2]), da.dtype)]
    return flat(da) @ np.vstack(hx).T


def flat(a):
    """(T, rows, B) as (rows, T B)."""
    return a.transpose(1, 0, 2).reshape(a.shape[1], -1)
