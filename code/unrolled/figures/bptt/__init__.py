"""What chapter 3 shows, and what it computes for its pictures."""

from unrolled.figures.bptt.derivatives import (
    complex_step,
    relative_error,
    softmax_explorer,
    softmax_slopes,
    step_errors,
    step_picture,
)
from unrolled.figures.bptt.sharing import (
    multiplications,
    share_explorer,
    sharing_counts,
    sharing_picture,
    step_shares,
    term_explorer,
    term_norms,
)
from unrolled.figures.bptt.truncation import bias_and_noise, cut_gradient, recall_cut, separation, truncation_explorer
from unrolled.figures.shared.backward import backward_explorer, gradient_flow
