"""What a chain of Jacobians does to a gradient: norms and singular values of its products, exponents, and closed forms.

Lengths run over many orders of magnitude, so every norm and singular value here is a log10.
"""

from unrolled.measure.bounds import SLOPE, direct_path, norm_bound, spectral_radius
from unrolled.measure.lyapunov import lyapunov_spectrum
from unrolled.measure.norms import product_norms
from unrolled.measure.saturated import saturated
from unrolled.measure.singular import singular_values

__all__ = [
    "SLOPE",
    "direct_path",
    "lyapunov_spectrum",
    "norm_bound",
    "product_norms",
    "saturated",
    "singular_values",
    "spectral_radius",
]
