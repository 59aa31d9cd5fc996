"""What counting gives: the next letter by the last n - 1, the longer contexts interpolated with the shorter."""

from collections import Counter, defaultdict

import numpy as np


class Ngrams:
    """Interpolated counts with absolute discounting: Ney, Essen & Kneser (1994).

    P_n(c | u) = max(N(u c) - D, 0) / N(u) + D · kinds(u) / N(u) · P_{n-1}(c | u without its first letter), P_0 = 1 / K.
    """

    def __init__(self, letters, n, K, D):
        self.n, self.K, self.D = n, K, D
        self.after = defaultdict(Counter)
        for k, letter in enumerate(letters):
            for length in range(min(n, k + 1)):
                self.after[tuple(letters[k - length : k])][letter] += 1
        self.total = {u: sum(found.values()) for u, found in self.after.items()}

    def probability(self, before, letter):
        """P(letter | before), of which the last n - 1 letters count."""
        p = 1 / self.K
        for length in range(min(self.n, len(before) + 1)):
            u = tuple(before[len(before) - length :])
            if u not in self.total:
                break
            found = self.after[u]
            p = (max(found[letter] - self.D, 0) + self.D * len(found) * p) / self.total[u]
        return p

    def bits(self, letters):
        """-log₂ of the probability of each letter after the first."""
        span = self.n - 1
        return -np.log2([self.probability(letters[max(k - span, 0) : k], letters[k]) for k in range(1, len(letters))])
