"""What stands between a gradient and a step of the optimiser: clipping."""

import numpy as np

from unrolled.checks import array, positive


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
    scale = np.float64(threshold / norm if norm > threshold else 1)
    return rebuilt(grads, [(scale * g).astype(g.dtype) for g in grads]), norm


def clip_by_value(grads, threshold):
    """Clip each entry to -threshold..threshold, which turns the gradient to another direction. Returns the same type.

    Raises TypeError or ValueError on bad input; an entry that is not finite is bad input.
    """
    threshold = positive("threshold", threshold)
    checked_gradients(grads)
    for k, g in enumerate(grads):
        array(f"grads[{k}]", g, g.shape)
    return rebuilt(grads, [np.clip(g, -threshold, threshold) for g in grads])


def global_norm(grads):
    """√(Σ ‖g‖²) over all arrays of `grads`, without overflow or underflow on the way."""
    largest = float(np.max([np.max(np.abs(g)) for g in grads]))  # NaN if there is one
    if largest == 0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(sum(np.sum((g.astype(np.float64) / largest) ** 2) for g in grads)))


def rebuilt(grads, arrays):
    """`arrays` in the kind of container that `grads` is."""
    return grads._make(arrays) if hasattr(grads, "_make") else type(grads)(arrays)


def checked_gradients(grads):
    """A sentence if `grads` is not a tuple or list of real arrays; whether they are finite is for the caller to judge."""
    if not isinstance(grads, tuple | list) or not grads:
        came = f"an empty {type(grads).__name__}" if isinstance(grads, tuple | list) else type(grads).__name__
        raise TypeError(f"grads must be a NamedTuple, tuple or list of arrays; got {came}")
    for k, g in enumerate(grads):
        if not isinstance(g, np.ndarray) or g.dtype.type not in (np.float32, np.float64) or g.size == 0:
            came = f"{g.dtype} of the shape {g.shape}" if isinstance(g, np.ndarray) else type(g).__name__
            raise TypeError(f"grads[{k}] must be a numpy array of float64 or float32 that is not empty; got {came}")
