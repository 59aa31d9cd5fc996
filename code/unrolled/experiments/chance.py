"""What chance alone would do: for counts of solved runs, for ranks within settings, and for many comparisons at once."""

from math import comb

import numpy as np


def fisher(a, b, n, m=None):
    """Fisher's exact test, two-sided: a of n runs solved in one arm, b of m (n if not given) in another; returns p.

    p is the probability of a table that is at most as probable as this one, if the two arms are equally good.
    """
    m = n if m is None else m
    least, most = max(0, a + b - m), min(n, a + b)
    ways = [comb(n, k) * comb(m, a + b - k) for k in range(least, most + 1)]
    return sum(way for way in ways if way <= ways[a - least]) / comb(n + m, a + b)


def holm(p):
    """p-values (K,) adjusted for their number: the k-th smallest times K - k + 1, none below a smaller one's. Holm (1979)."""
    p = np.asarray(p, float)
    order = np.argsort(p)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return adjusted


def rank_correlation(x, y):
    """Spearman's: the correlation of the ranks, equal values sharing theirs. NaN where all of x or all of y are equal."""
    return float(standing(x) @ standing(y))


def within(x, y, rng, draws=9999):
    """The mean rank correlation of x and y within groups, and its p: `(mean, p)`. x and y are lists of groups of values.

    p is the share of `draws` permutations of y, each within its group, whose mean is at least as far from 0; the values as they
    are count as one of them. What lies between the groups cannot enter. Pitman (1937).
    """
    found, shuffled = 0.0, np.zeros(draws)
    for a, b in zip(map(standing, x), map(standing, y), strict=True):
        found += a @ b
        shuffled += rng.permuted(np.tile(b, (draws, 1)), axis=1) @ a
    as_far = np.abs(shuffled) >= abs(found) - 1e-9
    return float(found / len(x)), float((1 + as_far.sum()) / (1 + draws))


def standing(values):
    """The ranks of values, centred and of length 1; equal values, infinite ones too, have the mean of their ranks."""
    values = np.asarray(values, float)
    ranks = np.array([(np.sum(values < v) + np.sum(values <= v)) / 2 for v in values])
    centred = ranks - ranks.mean()
    with np.errstate(invalid="ignore"):  # all equal: there is no order
        return centred / np.linalg.norm(centred)
