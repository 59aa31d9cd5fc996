"""A cell through time, written once for all cells: init, unroll, bptt, terms, jacobians.

x is (T, m, B), or (T, m) for B = 1. Time counts as in the text: state_0 is the start, x_t makes state_t, t = 1..T.
Every function raises TypeError or ValueError, naming the argument, on a wrong type, shape, dtype or value.
"""

import numbers
from functools import partial
from typing import NamedTuple

import numpy as np

from unrolled.checks import array, choice, generator, mixed, named, one_precision, positive, precision, shaped, whole

CACHED = 2**16  # numbers in the Jacobians that are taken at once: many steps where they are small, and all stay in the cache


class Gradients(NamedTuple):
    """params: a `Params`, summed over time and batch. start: a `State` of (n, B). x: (T, m, B).

    state: a `State` of (T+1, n, B), ∂L/∂state_t, all paths counted: the curve of the gradient's flow.
    """

    params: tuple
    start: tuple
    x: np.ndarray
    state: tuple


def init(cell, n, m, rng, *, gain=1.0, spectral_radius=None, recurrent="orthogonal", input_gain=1.0, dtype=np.float64, **values):
    """Random parameters for `cell` with n units and m inputs, a `cell.Params`; each matrix is drawn by itself.

    gain             scale of each W_*: `gain` times an orthogonal or unit matrix, or Gaussian with standard deviation gain / √n
    spectral_radius  instead of a gain: each W_* is scaled until its largest |eigenvalue| is this
    recurrent        "orthogonal" (Saxe et al. 2014; the default of Keras), "gaussian" or "identity" (Le, Jaitly & Hinton 2015)
    input_gain       each U_* is Gaussian with standard deviation input_gain √(2 / (n + m)) (Glorot & Bengio 2010)
    values           b_f=…, b_z=…, p_o=…, ε=…: a number, or an array of the parameter's shape

    What is not named in `values`: b_f is 1 (Jozefowicz et al. 2015; the default of Keras), a gain γ is 1, ε is 0.1, the
    peepholes are Gaussian with standard deviation gain / √n, other biases are 0.
    """
    checked_cell(cell)
    n, m, rng = whole("n", n), whole("m", m), generator("rng", rng)
    gain, input_gain = positive("gain", gain, zero=True), positive("input_gain", input_gain, zero=True)
    choice("recurrent", recurrent, ("orthogonal", "gaussian", "identity"))
    if spectral_radius is not None:
        positive("spectral_radius", spectral_radius, zero=True)
        if gain != 1.0:
            raise ValueError(f"gain and spectral_radius both set the size of W: give one; got {gain} and {spectral_radius}")
    dtype = precision("dtype", dtype)
    shapes = cell.shapes(n, m)
    free = [name for name in shapes._fields if name[0] not in "UW"]
    if unknown := set(values) - set(free):
        raise ValueError(f"values must be among {', '.join(free)} for this cell; got {', '.join(sorted(unknown))}")

    def W():
        a = np.eye(n) if recurrent == "identity" else rng.normal(0, 1 / np.sqrt(n), (n, n))
        if recurrent == "orthogonal":
            q, r = np.linalg.qr(a)
            a = q * np.sign(np.diag(r))  # makes the draw uniform over the orthogonal matrices
        if spectral_radius is None:
            return gain * a
        return a * (spectral_radius / np.max(np.abs(np.linalg.eigvals(a))))

    def draw(name, shape):
        if name[0] == "U":
            return rng.normal(0, input_gain * np.sqrt(2 / (n + m)), shape)
        if name[0] == "W":
            return W()
        if name in values:
            return value(name, shape)
        if name[0] == "p":
            return rng.normal(0, gain / np.sqrt(n), shape)
        return np.full(shape, 1.0 if name[0] == "γ" else {"b_f": 1.0, "ε": 0.1}.get(name, 0.0))

    def value(name, shape):
        given = values[name]
        if isinstance(given, np.ndarray):
            one_precision(**{name: array(name, given, shape), "dtype": np.empty(0, dtype)})
            return given
        if isinstance(given, bool) or not isinstance(given, numbers.Real):
            raise TypeError(f"{name} must be a number or an array of the shape {shape}; got {given!r}")
        return np.full(shape, array(name, np.array(float(given)), ()))

    return cell.Params(*(draw(*item).astype(dtype) for item in zip(shapes._fields, shapes, strict=True)))


def unroll(cell, p, x, start=None):
    """Run `cell` over x (T, m, B) from `start` (a `State` of (n, B), zeros by default).

    Returns the trace, a `Step` of arrays (T+1, n, B): trace.h[t] is h_t, trace.h[0] the start, a gate at index 0 is NaN.
    """
    x, start = checked_input(cell, p, x, start)
    kind = np.result_type(x, *p, *start)
    sizes = step_sizes(cell, p)
    trace = cell.Step(*(np.full((len(x) + 1, size, x.shape[2]), np.nan, kind) for size in sizes))
    for name, a in zip(cell.State._fields, start, strict=True):
        getattr(trace, name)[0] = a
    now = start
    for t, x_t in enumerate(x, start=1):
        step = cell.step(p, now, x_t)
        for history, a in zip(trace, step, strict=True):
            history[t] = a
        now = state(cell, step)
    return trace


def bptt(cell, p, x, trace, d, horizon=None):
    """Back-propagation through time: the gradients of a loss L whose own gradient at state_t is d[t].

    d is a `State` of (T+1, n, B): what L says of state_t directly, without the paths through later states.
    With `horizon=k` each step's loss sends its gradient back through k steps, where it is cut; the states stay as they are.
    k = T is exact. Returns `Gradients`. Werbos (1990); truncation: Williams & Peng (1990).
    """
    x = checked_trace(cell, p, x, trace, d)
    T, losses = len(x), {t: at(d, t) for t in range(len(x) + 1)}
    if horizon is None:
        runs = [(T, 0, losses)]
    else:
        horizon = whole("horizon", horizon)
        runs = [(t, max(t - horizon, 0), {t: d_t}) for t, d_t in losses.items() if any(a.any() for a in d_t)]
    kind = np.result_type(x, *p, *trace)
    g = Gradients(
        params=cell.Params(*(np.zeros(a.shape, kind) for a in p)),
        start=None,
        x=np.zeros(x.shape, kind),
        state=cell.State(*(a.astype(kind) for a in d)),
    )
    for last, first, own in runs:
        for t, d_prev, dp, dx_t in sweep(cell, p, x, trace, own, last, first):
            for total, a in zip(g.params, dp, strict=True):
                total += a
            for total, a in zip(g.state, d_prev, strict=True):
                total[t - 1] += a
            g.x[t - 1] += dx_t
    return g._replace(start=cell.State(*(a[0].copy() for a in g.state)))


def terms(cell, p, x, trace, d):
    """The summands of `bptt(...).params`, one for each step: a `Params` of arrays (T, ...).

    Entry k-1 is what step k alone adds to ∂L/∂p, its own input state held constant: the k-th term of the sum over time.
    """
    x = checked_trace(cell, p, x, trace, d)
    losses = {t: at(d, t) for t in range(len(x) + 1)}
    steps = [dp for _, _, dp, _ in sweep(cell, p, x, trace, losses, len(x), 0)]
    return cell.Params(*map(np.stack, zip(*reversed(steps), strict=True)))


def jacobians(cell, p, x, trace):
    """∂state_t / ∂state_{t-1} for t = 1..T at entry t-1: (T, N, N), B = 1, N the size of the whole state in `State` order.

    Row a, column b is the derivative of component a of the new state by component b of the old one.
    """
    x = checked_trace(cell, p, x, trace)
    if x.shape[2] != 1:
        raise ValueError(f"x must hold one sequence (B = 1): a Jacobian belongs to one path; got B = {x.shape[2]}")
    N = sum(state_sizes(cell, p))
    J = np.empty((len(x), N, N), np.result_type(x, *p, *trace))
    of_steps = cell.jacobian if hasattr(cell, "jacobian") else partial(pulled_back, cell)
    states, length = state(cell, trace), max(CACHED // N**2, 1)
    for first in range(0, len(x), length):
        steps = slice(first, first + length)
        prev, now = cell.State(*(a[:-1][steps] for a in states)), cell.Step(*(a[1:][steps] for a in trace))
        J[steps] = of_steps(p, prev, x[steps], now)
    return J


def pulled_back(cell, p, prev, x_t, now):
    """What `jacobian` is for a cell without it: the pull-back of the identity gives the rows of the Jacobians of K steps.

    The arrays of prev and now are (K, n, 1), x_t is (K, m, 1), the result (K, N, N). Each step takes N columns, one for each
    component of the new state, side by side with those of the other steps.
    """
    sizes = state_sizes(cell, p)
    K, N, ends = len(x_t), sum(sizes), np.cumsum(sizes)[:-1]
    prev, (x_t,), now = ([np.repeat(a[:, :, 0].T, N, axis=1) for a in series] for series in (prev, [x_t], now))
    identity = np.split(np.tile(np.eye(N, dtype=now[0].dtype), K), ends)
    d_prev, _, _ = cell.pullback(p, cell.State(*prev), x_t, cell.Step(*now), cell.State(*identity))
    return np.concatenate(d_prev).reshape(N, K, N).transpose(1, 2, 0)


def sweep(cell, p, x, trace, losses, last, first):
    """Pull gradients back from state_last to state_first; `losses[t]` is the loss's own gradient at state_t, where it has one.

    Yields (t, ∂L/∂state_{t-1} through step t, ∂L/∂p through step t, ∂L/∂x_t) for t = last, ..., first + 1.
    """
    states, d = state(cell, trace), losses[last]
    for t in range(last, first, -1):
        d_prev, dp, dx_t = cell.pullback(p, at(states, t - 1), x[t - 1], at(trace, t), d)
        yield t, d_prev, dp, dx_t
        d = cell.State(*map(np.add, d_prev, losses[t - 1])) if t - 1 in losses else d_prev


def at(series, t):
    """The arrays of a NamedTuple of series at time t."""
    return type(series)(*(a[t] for a in series))


def state(cell, step):
    """The part of a `Step` (or of a trace) that is handed on: a `State`."""
    return cell.State(*(getattr(step, name) for name in cell.State._fields))


def state_sizes(cell, p):
    """The units in each part of the state, as a `State`: n, unless the cell has a function `widths(p)` that says other.

    So `interop.projected`, whose h is shorter than its C: its W_* are not square, and its `shapes` asks for the width of h too.
    """
    return cell.widths(p) if hasattr(cell, "widths") else cell.State(*[len(p[1])] * len(cell.State._fields))


def step_sizes(cell, p):
    """The units in each array of a `Step`, as a `Step`: those of the state for its parts, n for all others."""
    of_state = state_sizes(cell, p)._asdict()
    return cell.Step(*(of_state.get(name, len(p[1])) for name in cell.Step._fields))


def checked_cell(cell):
    """A sentence if `cell` lacks one of the six names of a cell."""
    if not all(hasattr(cell, name) for name in ("Params", "State", "Step", "shapes", "step", "pullback")):
        raise TypeError(f"cell must be one of unrolled.cells; got {cell!r}")


def checked_input(cell, p, x, start, check=array):
    """x as (T, m, B) and start as a `State`, or a sentence that says what is wrong with cell, p, x (by `check`) or start."""
    x = checked_series(cell, p, x, check)
    sizes, B = state_sizes(cell, p), x.shape[2]
    if start is None:
        return x, cell.State(*(np.zeros((size, B), x.dtype) for size in sizes))
    named("start", start, cell.State, [(size, B) for size in sizes])
    if mixed(x, *start):
        one_precision(x=x, **p._asdict(), **{f"start.{k}": a for k, a in start._asdict().items()})
    return x, start


def checked_series(cell, p, x, check=array):
    """x as (T, m, B), or a sentence that says what is wrong with cell, p or, by `check`, with x."""
    checked_cell(cell)
    if isinstance(x, np.ndarray) and x.ndim == 2:
        x = x[:, :, None]
    check("x", x, (None, None, None))
    m = x.shape[1]
    if not isinstance(p, cell.Params):
        raise TypeError(f"p must be a Params({', '.join(cell.Params._fields)}) of this cell; got {type(p).__name__}")
    n, r = shaped(f"p.{p._fields[1]}", p[1], (None, None)).shape
    named("p", p, cell.Params, cell.shapes(n, m, r) if hasattr(cell, "widths") else cell.shapes(n, m))
    if mixed(x, *p):
        one_precision(x=x, **p._asdict())
    return x


def checked_trace(cell, p, x, trace, d=None, check=array):
    """x as (T, m, B), or a sentence that says what is wrong with cell, p, or, by `check`, with x, trace or d."""
    x = checked_series(cell, p, x, check)
    T, _, B = x.shape
    shapes = [(T + 1, size, B) for size in state_sizes(cell, p)]
    if not isinstance(trace, cell.Step):
        raise TypeError(f"trace must be what unroll(cell, p, x) returned, a Step of this cell; got {type(trace).__name__}")
    named("trace", state(cell, trace), cell.State, shapes, check)
    for name, a in zip(trace._fields, trace, strict=True):
        if name not in cell.State._fields:  # has no start
            check(f"trace.{name}[1:]", a[1:] if isinstance(a, np.ndarray) and a.ndim else a, (T, len(p[1]), B))
    if mixed(x, *trace):
        one_precision(x=x, **{f"trace.{k}": a for k, a in trace._asdict().items()})
    if d is not None:
        named("d", d, cell.State, shapes, check)
        if mixed(x, *d):
            one_precision(x=x, **{f"d.{k}": a for k, a in d._asdict().items()})
    return x
