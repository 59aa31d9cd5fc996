"""Where Jacobians come from: a layer along its trace, or a function of the user's own, differentiated."""

import warnings

import numpy as np

from unrolled.through_time import jacobians, state_sizes

FAR = 1e-30  # of the complex step: no difference is taken


class LayerChain:
    """The Jacobians of a layer along the sequences that it read; `inputs` and `trace` as in `interop.Run`."""

    how = "exact"

    def __init__(self, layer, inputs, trace, lengths):
        self.cell, self.params, self.lengths = layer.cell, layer.params, lengths
        self.inputs, self.trace = inputs, trace
        self.size = sum(state_sizes(layer.cell, layer.params))

    def jacobians(self, sequence, first, last):
        """∂state_t/∂state_{t-1} for t = first + 1 .. last of one sequence: (last - first, N, N)."""
        column = [sequence]
        trace = self.cell.Step(*(a[first : last + 1, :, column] for a in self.trace))
        return jacobians(self.cell, self.params, self.inputs[first:last, :, column], trace)


class StepChain:
    """The Jacobians of a function step(state, x_t), whose state is an array, or a tuple of arrays, taken as one column.

    By the complex step, ∂step/∂s_k = Im step(s + iεe_k) / ε, where the function is analytic and lets complex numbers through:
    that is tried first, at some steps against differences of every entry, at all others in one direction. Else by central
    differences. A function that gives two answers to one question has no Jacobian, and is refused.
    """

    def __init__(self, step, x, lengths, start):
        self.step, self.lengths = step, lengths
        self.parts = [np.asarray(part, dtype=np.float64) for part in (start if isinstance(start, tuple | list) else [start])]
        self.form = type(start) if isinstance(start, tuple | list) else None
        first = np.concatenate([part.ravel() for part in self.parts])
        if not first.size or not np.isfinite(first).all():
            raise ValueError(f"start must hold at least one number, all of them finite; got {start!r}")
        self.size, self.x = len(first), x
        self.states = np.full((len(x) + 1, self.size, x.shape[2]), np.nan)
        self.fine = np.finfo(np.float64).eps
        for s, T in enumerate(lengths):
            self.states[0, :, s] = first
            for t in range(T):
                self.states[t + 1, :, s] = self.checked_after(s, t)
        self.how = "complex step" if self.analytic() else "central differences"

    def formed(self, a, axis=0):
        """`a`, which has the whole state along `axis`, in the form of `start`: an array, or a tuple of arrays."""
        blocks = np.split(a, np.cumsum([part.size for part in self.parts])[:-1], axis)
        before, behind = a.shape[:axis], a.shape[axis + 1 :]
        blocks = [block.reshape(before + part.shape + behind) for block, part in zip(blocks, self.parts, strict=True)]
        if self.form is None:
            return blocks[0]
        return self.form(*blocks) if hasattr(self.form, "_fields") else self.form(blocks)

    def after(self, v, x_t):
        """The next state as one column, of the state v as one column."""
        given = self.formed(v.copy())  # which a function may change
        new = self.step(given, x_t)
        new = [np.asarray(part) for part in (new if isinstance(new, tuple | list) else [new])]
        if [part.shape for part in new] != [part.shape for part in self.parts]:
            shapes = [part.shape for part in self.parts], [part.shape for part in new]
            raise ValueError(f"network must return a state like start, of the shapes {shapes[0]}; got {shapes[1]}")
        if any(part.dtype.name in ("float32", "complex64") for part in new):
            self.fine = np.finfo(np.float32).eps
        return np.concatenate([part.ravel() for part in new])

    def checked_after(self, s, t):
        """The state after step t of sequence s, if it is finite, and the same when it is asked for again."""
        new, again = (self.after(self.states[t, :, s], self.x[t, :, s]) for _ in range(2))
        if not np.isfinite(new).all():
            raise ValueError(f"network must give finite states; step gave NaN or infinity at step {t + 1} of sequence {s}")
        if not np.array_equal(new, again):
            raise ValueError(
                f"network must give the same state when it is called again; step gave two at step {t + 1} of sequence {s}, which"
                f" differ by up to {np.abs(new - again).max():.2g}: turn off dropout and noise, and keep no state inside"
            )
        return new

    def analytic(self):
        """Whether the complex step agrees with differences.

        At the first, a middle and the last step of the longest sequence in all entries; at every other step of every sequence
        along one direction, in which no entry is left out.
        """
        s = int(np.argmax(self.lengths))
        whole = {(s, 0), (s, self.lengths[s] // 2), (s, self.lengths[s] - 1)}
        every = [(s, t) for s, T in enumerate(self.lengths) for t in range(T)]
        one = np.random.default_rng(0).choice((-1.0, 1.0), (1, self.size))
        return all(self.agrees(s, t, np.eye(self.size) if (s, t) in whole else one) for s, t in every)

    def agrees(self, s, t, directions):
        """Whether both ways give the same derivatives of step t of sequence s along the rows of `directions`.

        Large entries of the state are moved further, for their differences lose digits.
        """
        v, x_t = self.states[t, :, s], self.x[t, :, s]
        directions = directions * far_enough(v)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                exact = self.by_complex_step(v, x_t, directions)
        except Exception:  # whatever a function of someone else's says to complex numbers
            return False
        about = self.by_differences(v, x_t, directions)
        return self.fine < 1e-10 and np.allclose(exact, about, rtol=1e-5, atol=1e-6 * (1 + np.abs(about).max()))

    def by_complex_step(self, v, x_t, directions):
        """The derivatives of the next state along the rows of `directions`, each in a column."""
        return np.stack([np.imag(self.after(v + 1j * FAR * e, x_t)) / FAR for e in directions], axis=1)

    def by_differences(self, v, x_t, directions):
        """The same by central differences."""
        h = self.fine ** (1 / 3)
        return np.stack([(self.after(v + h * e, x_t) - self.after(v - h * e, x_t)) / (2 * h) for e in directions], axis=1)

    def jacobian(self, v, x_t):
        """∂step/∂state at the state v, (N, N)."""
        if self.how == "complex step":
            return self.by_complex_step(v, x_t, np.eye(self.size))
        return self.by_differences(v, x_t, np.diag(far_enough(v))) / far_enough(v)

    def jacobians(self, sequence, first, last):
        """As of a `LayerChain`."""
        each = [self.jacobian(self.states[t, :, sequence], self.x[t, :, sequence]) for t in range(first, last)]
        return np.array(each, dtype=np.float64)


def far_enough(v):
    """How far each entry is moved for a difference, beside one of size 1."""
    return np.maximum(1, np.abs(v))
