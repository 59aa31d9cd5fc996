"""What a chain does to gradients and nudges: norms and directions of its products by lag, and its Lyapunov exponents.

All of it in blocks of steps, so that memory does not grow with the length of a sequence.
"""

import numpy as np

from unrolled.measure.norms import products

LEFT = -2.0  # log10 of the share that counts as left: one hundredth
DETERMINED = 11  # the digits between the largest and a hundredth that a singular value in float64 may have lost
FEW = 64  # of more exponents than this the leading ones are given, where there are more than 2 FEW directions
BLOCK, BYTES = 16, 2**26  # the most steps, and numbers in bytes, of a block


def block_of(chain):
    """How many Jacobians are held at once."""
    return int(np.clip(BYTES // (8 * chain.size**2), 1, BLOCK))


def stretches_back(chain, sequence, end, lags, tell):
    """∂state_end/∂state_{end-k} for k = 1..min(end, lags): log10 of its norm, and the share of directions that keep 1 %.

    Two arrays (lags,), NaN beyond the sequence's start; a share is NaN too where the norm is so large that a hundredth is lost
    in its rounding. `tell(steps)` is called with the steps done.
    """
    norms, kept = np.full((2, lags), np.nan)
    rows, exponents = np.eye(chain.size), np.zeros(chain.size, int)
    done, size = 0, block_of(chain)
    while done < min(end, lags):
        steps = min(size, min(end, lags) - done)
        J = chain.jacobians(sequence, end - done - steps, end - done)
        # the transpose of the product has the same stretches, and grows on the left
        P, tops, rows, exponents = products(np.ascontiguousarray(J[::-1].transpose(0, 2, 1)), rows, exponents)
        with np.errstate(divide="ignore"):
            σ = np.log10(np.linalg.svd(P, compute_uv=False)) + (tops * np.log10(2))[:, None]
        block = slice(done, done + steps)
        norms[block] = σ[:, 0]
        kept[block] = np.where(σ[:, 0] < DETERMINED, np.mean(σ >= LEFT, axis=1), np.nan)
        done += steps
        tell(steps)
    return norms, kept


def first_frame(N):
    """Orthogonal columns (N, K) that the exponents start from: the leading directions need not be among the first axes."""
    K = N if N <= 2 * FEW else FEW
    return np.linalg.qr(np.random.default_rng(0).normal(size=(N, K)))[0]


def exponents_along(chain, sequence, first, last, tell):
    """The leading Lyapunov exponents along the steps first + 1 .. last, per step, natural logarithms, the largest first.

    Repeated QR as in `lyapunov_spectrum`, here in plain float64 and from a frame that favours no unit: (N,), or the first FEW
    where N is more than twice that. Over few steps they tell of that frame, too.
    """
    Q, growth, size = first_frame(chain.size), 0.0, block_of(chain)
    for start in range(first, last, size):
        J = chain.jacobians(sequence, start, min(start + size, last))
        for factor in J:
            Q, R = np.linalg.qr(factor @ Q)
            with np.errstate(divide="ignore"):
                growth = growth + np.log(np.abs(np.diag(R)))
        tell(len(J))
    return -np.sort(-growth / (last - first))
