"""All singular values of matrices whose rows differ by any number of orders of magnitude."""

import numpy as np

from unrolled.measure.powers import scaled

RIGHT_ANGLE = 1e-10  # the largest cosine between two rows that count as orthogonal: its square is lost in rounding
SWEEPS = 60  # a few suffice; NaN where they do not


def graded_singular_values(V, e):
    """log10 of the singular values of 2^e V, V (K, N, N), e (K, N) whole: (K, N), the largest first.

    One-sided Jacobi: pairs of rows are turned until all are orthogonal; then their lengths are the singular values, each with
    about as many digits as V alone would have (Demmel & Veselić 1992). A pair is turned without ever being put to one scale.
    """
    order, open_ = np.argsort(-e, axis=1), np.arange(len(V))
    V, e = np.take_along_axis(V, order[:, :, None], 1), np.take_along_axis(e, order, 1)
    for _ in range(SWEEPS):
        length = np.linalg.norm(V[open_], axis=2, keepdims=True)
        unit = V[open_] / np.where(length == 0, 1, length)
        skew = np.triu(np.abs(unit @ unit.transpose(0, 2, 1)) > RIGHT_ANGLE, 1)
        left = skew.any(axis=(1, 2))
        open_, skew = open_[left], skew[left]
        if not open_.size:
            break
        for p, q in tournament(V.shape[1]):
            k, pair = np.nonzero(skew[:, p, q])
            first, second = (open_[k], p[pair]), (open_[k], q[pair])
            V[first], V[second] = turned(V[first], V[second], scaled(1.0, e[second] - e[first]))
    with np.errstate(divide="ignore"):
        logs = e * np.log10(2) + np.log10(np.linalg.norm(V, axis=2))
    logs[open_] = np.nan
    return -np.sort(-logs, axis=1)


def turned(u, v, w):
    """The rows u and w v (K, N), turned in their plane until they are orthogonal, the second divided by w (K,) again, w <= 1."""
    α, β, γ = (np.einsum("ki,ki->k", *pair) for pair in ((u, u), (v, v), (u, v)))
    h = w**2 * β - α
    below = h + np.copysign(np.hypot(h, 2 * w * γ), h)
    τ = 2 * γ / np.where(below == 0, 1, below)  # the tangent of the angle, divided by w; 0 where they are orthogonal already
    cosine = 1 / np.hypot(1, w * τ)
    return cosine[:, None] * (u - (w**2 * τ)[:, None] * v), cosine[:, None] * (v + τ[:, None] * u)


def tournament(N):
    """All pairs p < q of 0..N-1 in rounds of disjoint ones, as in a tournament of N players: a list of (p, q), index arrays."""
    ring, games = list(range(N + N % 2)), []
    for _ in ring[1:]:
        pairs = [sorted(pair) for pair in zip(ring[: len(ring) // 2], reversed(ring), strict=False) if max(pair) < N]
        games.append(np.array(pairs, int).reshape(-1, 2).T)
        ring[1:] = ring[-1:] + ring[1:-1]
    return games
