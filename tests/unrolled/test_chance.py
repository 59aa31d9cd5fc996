"""What chance alone would do, against values that are known and against counting."""

from itertools import permutations

import numpy as np
import pytest
from unrolled.experiments.chance import fisher, holm, rank_correlation, standing, within


@pytest.mark.parametrize(
    ("a", "b", "n", "m", "p"),
    [
        (8, 0, 8, None, 2 / 12870),  # two tables of all are as uneven
        (4, 4, 8, 8, 1.0),
        (3, 1, 4, 4, 34 / 70),  # Fisher's tea: (16 + 1) / 70 on each side
        (1, 9, 12, 12, 0.0027594561852),  # the table of many textbooks, one in twelve against nine
    ],
)
def test_fisher_counts_tables(a, b, n, m, p):
    assert fisher(a, b, n, m) == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize(("n", "m"), [(8, 8), (5, 9), (9, 5)])
def test_fisher_is_the_share_of_shuffles_that_are_at_most_as_probable(n, m, rng):
    outcomes = np.array([True] * 6 + [False] * (n + m - 6))
    counts = np.array([rng.permutation(outcomes)[:n].sum() for _ in range(20_000)])
    share = np.bincount(counts, minlength=n + 1) / len(counts)
    for a in np.flatnonzero(share > 0.02):
        assert abs(fisher(a, 6 - a, n, m) - share[share < share[a] * 1.15].sum()) < 0.03


def test_fisher_does_not_mind_the_order_of_the_arms():
    assert fisher(2, 7, 8, 9) == pytest.approx(fisher(7, 2, 9, 8))


def test_holm_multiplies_by_what_is_left_and_never_falls():
    np.testing.assert_allclose(holm([0.04, 0.01, 0.03, 0.9]), [0.09, 0.04, 0.09, 0.9])
    np.testing.assert_allclose(holm([0.5, 0.6]), [1, 1])
    np.testing.assert_allclose(holm([0.02]), [0.02])


def test_rank_correlation_knows_order_ties_and_infinity():
    assert rank_correlation([1, 2, 3], [1, 10, np.inf]) == pytest.approx(1)
    assert rank_correlation([1, 2, 3], [3, 2, -np.inf]) == pytest.approx(-1)
    assert rank_correlation([1, 2, 2, 3], [1, 2.5, 2.5, 4]) == pytest.approx(1)
    assert rank_correlation([1, 2, 3, 4], [2, 1, 4, 3]) == pytest.approx(0.6)  # 1 - 6 Σ d² / n (n² - 1)
    assert np.isnan(rank_correlation([1, 2, 3], [np.inf] * 3))


def test_within_counts_permutations(rng):
    x, y = np.arange(5.0), np.array([0.0, 2, 1, 4, 3])
    far = [abs(standing(x) @ standing(order)) >= rank_correlation(x, y) - 1e-9 for order in permutations(y)]
    mean, p = within([x], [y], rng)
    assert mean == pytest.approx(rank_correlation(x, y))
    assert abs(p - np.mean(far)) < 0.02


def test_what_lies_between_the_groups_does_not_enter(rng):
    """Two clouds, far apart along the diagonal, without order inside: pooled there is a strong correlation, within none."""
    x = [rng.normal(size=30), rng.normal(size=30) + 100]
    y = [rng.normal(size=30), rng.normal(size=30) + 100]
    assert rank_correlation(np.concatenate(x), np.concatenate(y)) > 0.6
    mean, p = within(x, y, rng)
    assert abs(mean) < 0.3
    assert p > 0.05
    mean, p = within(x, [np.exp(group) for group in x], rng)
    assert mean == pytest.approx(1)
    assert p < 0.001
