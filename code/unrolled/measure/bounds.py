"""Closed forms: what a product can be at most, what it is along the cell alone, how it grows where one matrix repeats."""

import numpy as np

from unrolled.checks import array, choice, positive, square, whole

SLOPE = {"tanh": 1.0, "sigmoid": 0.25, "relu": 1.0}  # γ, the largest slope of each activation (Pascanu et al. 2013, section 2.1)


def norm_bound(W, T, slope=SLOPE["tanh"]):
    """log10 of the bound (γ ‖W‖)^t on ‖∂s_t/∂s_0‖ for t = 1..T: (T,), W (n, n), γ = `slope` of the plain recurrent network.

    Pascanu, Mikolov & Bengio (2013), equations (6) and (7). Raises TypeError or ValueError on bad input.
    """
    square("W", W)
    slope, T = positive("slope", slope), whole("T", T)
    with np.errstate(divide="ignore"):
        return np.arange(1, T + 1) * np.log10(slope * np.linalg.norm(W, 2))


def direct_path(keep, fixed="start"):
    """log10 of the largest entry of the product of the gates `keep` (T, n, 1), a result (T,): the path along the cell alone.

    keep = trace.f[1:] for the LSTM, 1 - trace.z[1:] for the GRU. With h_{t-1} held constant ∂C_t/∂C_{t-1} = diag(f_t), so the
    direct path is diag(f_t ... f_1); the full Jacobian has the paths through h_{t-1} as well. `fixed` as in `product_norms`.
    """
    array("keep", keep, (None, None, 1))
    choice("fixed", fixed, ("start", "end"))
    with np.errstate(divide="ignore"):
        logs = np.log10(np.abs(keep[:, :, 0]))
    return np.cumsum(logs if fixed == "start" else logs[::-1], axis=0).max(axis=1)


def spectral_radius(W):
    """The largest |eigenvalue| of W (n, n): the growth of Wᵗ in the long run. Raises TypeError or ValueError on bad input."""
    return float(np.max(np.abs(np.linalg.eigvals(square("W", W)))))
