"""Random problems for a cell, and derivatives by means that know nothing of `pullback`."""

from types import SimpleNamespace

import numpy as np
from unrolled import bptt, cells, jacobians, unroll
from unrolled.through_time import at, state

CELLS = {name: getattr(cells, name) for name in cells.__all__}
ANALYTIC = {name: cell for name, cell in CELLS.items() if name != "rnn_relu"}
STEP = 1e-30  # of the complex step: no difference is taken, so it may be as small as one likes


def problem(cell, seed=0, T=5, n=3, m=2, B=2, size=0.8, inputs=1.0):
    """Random p, x, start and d (a loss at every step, t = 0 included) for `cell`; `size` scales p, `inputs` x."""
    rng = np.random.default_rng(seed)
    p = cell.Params(*(size * rng.normal(size=shape) for shape in cell.shapes(n, m)))
    x = inputs * rng.normal(size=(T, m, B))
    start = cell.State(*(rng.normal(size=(n, B)) for _ in cell.State._fields))
    d = cell.State(*(rng.normal(size=(T + 1, n, B)) for _ in cell.State._fields))
    return SimpleNamespace(p=p, x=x, start=start, d=d, trace=unroll(cell, p, x, start))


def loss(cell, p, x, start, d):
    """L = Σ_t Σ d_t · state_t, the loss whose own gradient at state_t is d_t."""
    return sum(np.sum(a * b) for a, b in zip(d, state(cell, unroll(cell, p, x, start)), strict=True))


def slope(f, a, index):
    """∂f/∂a[index] by the complex step: Im f(a + ih) / h, exact to rounding."""
    a = a.astype(complex)
    a[index] += 1j * STEP
    return np.imag(f(a)) / STEP


def difference(f, a, index, h=1e-6):
    """∂f/∂a[index] by a central difference, where f is not analytic."""
    up, down = a.copy(), a.copy()
    up[index] += h
    down[index] -= h
    return (f(up) - f(down)) / (2 * h)


def gradient(f, a, derivative=slope):
    """∂f/∂a of a scalar f, entry by entry: the shape of `a`."""
    return np.array([derivative(f, a, index) for index in np.ndindex(a.shape)]).reshape(a.shape)


def gradients(cell, q, derivative=slope):
    """∂L/∂p, ∂L/∂start and ∂L/∂x of a problem, entry by entry."""

    def swap(whole, k, a):
        return type(whole)(*(a if k == j else b for j, b in enumerate(whole)))

    def over(whole, f):
        return type(whole)(*(gradient(lambda a, k=k: f(swap(whole, k, a)), a, derivative) for k, a in enumerate(whole)))

    return (
        over(q.p, lambda p: loss(cell, p, q.x, q.start, q.d)),
        over(q.start, lambda start: loss(cell, q.p, q.x, start, q.d)),
        gradient(lambda x: loss(cell, q.p, x, q.start, q.d), q.x, derivative),
    )


def step_jacobian(cell, p, x_t, prev, derivative=slope):
    """∂state_t/∂state_{t-1} at one step, B = 1, column by column."""
    n = len(prev[0])

    def f(v):
        return np.concatenate(state(cell, cell.step(p, cell.State(*np.split(v, len(prev))), x_t)))[:, 0]

    v = np.concatenate(prev)
    return np.stack([derivative(f, v, (k, 0)) for k in range(n * len(prev))], axis=1)


def error(got, want):
    """max |got - want| relative to max |want|."""
    assert got.shape == want.shape
    return np.max(np.abs(got - want)) / max(np.max(np.abs(want)), np.finfo(float).tiny)


def bptt_error(cell, q, derivative=None):
    """The largest relative error of any parameter, start state or the inputs."""
    params, start, x = gradients(cell, q, **({"derivative": derivative} if derivative else {}))
    g = bptt(cell, q.p, q.x, q.trace, q.d)
    pairs = zip((*g.params, *g.start, g.x), (*params, *start, x), strict=True)
    return np.max([error(got, want) for got, want in pairs])


def jacobian_error(cell, q, **derivative):
    J = jacobians(cell, q.p, q.x, q.trace)
    states = state(cell, q.trace)
    want = [step_jacobian(cell, q.p, x_t, at(states, t), **derivative) for t, x_t in enumerate(q.x)]
    return np.max([error(*pair) for pair in zip(J, want, strict=True)])
