"""What stands between a gradient and a step of the optimiser: clipping."""

import numpy as np

from unrolled.checks import FLOATS, positive


def clip_by_global_norm(grads, threshold, *, error_if_nonfinite=True):
    """Shrink all gradients together: g ← g · min(1, threshold / N), N = √(Σ ‖g‖²) over all of them. Returns (clipped, N).

    `grads` is a NamedTuple (as `bptt(...).params`), tuple or list of arrays; `clipped` is of the same type. The direction
    stays as it is. Entries are scaled before they are squared, so that N is right where a square would overflow.
    A non-finite N raises ValueError; with error_if_nonfinite=False the gradients come back as they are beside that N, so that
    the caller can leave out the step. Pascanu, Mikolov & Bengio (2013), algorithm 1.
    """
    threshold = positive("threshold", threshold)
    checked_gradients(grads)
    norm = global_norm(grads)
    if not np.isfinite(norm):
        if error_if_nonfinite:
            raise ValueError(f"grads must have a finite global norm to be clipped; got {norm}")
        return grads, norm
    return rebuilt(grads, [g * g.dtype.type(min(1.0, threshold / norm)) if norm > threshold else g.copy() for g in grads]), norm


def clip_by_value(grads, threshold):
    """Clip each entry to -threshold..threshold, which turns the gradient to another direction. Returns the same type."""
    threshold = positive("threshold", threshold)
    checked_gradients(grads)
    return rebuilt(grads, [np.clip(g, -threshold, threshold) for g in grads])


def global_norm(grads):
    """√(Σ ‖g‖²) over all arrays of `grads`, without overflow or underflow on the way."""
    largest = max(float(np.max(np.abs(g))) for g in grads)
    if largest == 0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(sum(np.sum((g.astype(np.float64) / largest) ** 2) for g in grads)))


def rebuilt(grads, arrays):
    return grads._make(arrays) if hasattr(grads, "_make") else type(grads)(arrays)


def checked_gradients(grads):
    if not isinstance(grads, tuple | list) or not grads:
        raise TypeError(f"grads must be a NamedTuple, tuple or list of arrays; got {type(grads).__name__}")
    for k, g in enumerate(grads):
        if not isinstance(g, np.ndarray) or g.dtype.type not in FLOATS or g.size == 0:
            raise TypeError(f"grads[{k}] must be a numpy array of floats that is not empty; got {type(g).__name__}")
