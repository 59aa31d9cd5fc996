"""The cells and the layer that came later: against the complex step, against their formulas in another form, and mutated."""

import numpy as np
import pytest
from mutations import load, mutants
from problems import bptt_error, error, jacobian_error, problem, slope
from unrolled import bptt, cells, init, jacobians, product_norms, since, unroll
from unrolled.measure import direct_path
from unrolled.since import attention, delta_rule, diagonal_ssm, gated_delta, hybrid, min_gru, orthogonal, selective_ssm, slstm
from unrolled.since.layer_norm import SMALL, standard

NAMES = [name for name in since.__all__ if hasattr(getattr(since, name), "step")]
every_cell = pytest.mark.parametrize("name", NAMES)
SETTINGS = {
    "plain": {},
    "one step": {"T": 1},
    "one unit": {"n": 1},
    "one input": {"m": 1},
    "large batch": {"B": 7, "T": 3},
    "small gain": {"size": 0.3, "n": 5},
}


def posed(cell, **options):
    """A problem whose start has a positive N, where there is one: it is a sum of weights."""
    q = problem(cell, **options)
    if "N" not in cell.State._fields:
        return q
    q.start = q.start._replace(N=np.exp(q.start.N))
    q.trace = unroll(cell, q.p, q.x, q.start)
    return q


# ---- gradients, entry by entry ----


@pytest.mark.parametrize("options", SETTINGS.values(), ids=SETTINGS)
@every_cell
def test_bptt_is_the_complex_step(name, options):
    cell = getattr(since, name)
    assert bptt_error(cell, posed(cell, **options)) < 1e-12


@pytest.mark.parametrize("options", SETTINGS.values(), ids=SETTINGS)
@every_cell
def test_jacobians_are_the_complex_step(name, options):
    cell = getattr(since, name)
    assert jacobian_error(cell, posed(cell, **{**options, "B": 1})) < 1e-12


@every_cell
def test_shapes_and_batches(name):
    cell = getattr(since, name)
    q = posed(cell, n=4, m=2, B=3)
    g = bptt(cell, q.p, q.x, q.trace, q.d)
    assert {a.shape for a in (*q.trace, *g.state)} == {(6, 4, 3)}
    assert [a.shape for a in g.params] == list(cell.shapes(4, 2))
    for b in range(3):
        start = cell.State(*(a[:, b : b + 1] for a in q.start))
        one = unroll(cell, q.p, q.x[:, :, b : b + 1], start)
        for got, want in zip(one, q.trace, strict=True):
            np.testing.assert_allclose(got, want[..., b : b + 1], rtol=1e-12, atol=1e-13)


# ---- the same numbers by another way ----


def last_layer_norm(q):
    s = q.start.s
    for x_t in q.x:
        a = q.p.U @ x_t + q.p.W @ s
        s = np.tanh(q.p.γ * (a - a.mean(axis=0)) / np.sqrt(a.var(axis=0) + SMALL) + q.p.b)
    return s


def last_pre_norm(q):
    s = q.start.s
    for x_t in q.x:
        y = (s - s.mean(axis=0)) / np.sqrt(s.var(axis=0) + SMALL)
        s = s + np.tanh(q.p.U @ x_t + q.p.W @ y + q.p.b)
    return s


def last_orthogonal(q):
    s = q.start.s
    for x_t in q.x:
        a = q.p.U @ x_t + q.p.W @ s
        s = np.copysign(np.maximum(np.abs(a) + q.p.b, 0), a)
    return s


def last_min_gru(q):
    """No loop: each candidate times what is left of it at the end."""
    z = 1 / (1 + np.exp(-(q.p.U_z @ q.x + q.p.b_z)))
    written = np.concatenate([q.start.h[None], z * (q.p.U_h @ q.x + q.p.b_h)])
    left = np.concatenate([np.cumprod((1 - z)[::-1], axis=0)[::-1], np.ones_like(z[:1])])
    return np.sum(left * written, axis=0)


def last_slstm(q):
    """In logarithms, as the paper keeps from overflowing: C and N are scaled by e^-m, which no h sees."""
    C, total, h = q.start
    m = np.zeros_like(h)
    for x_t in q.x:
        f, i, c, o = (getattr(q.p, f"U_{k}") @ x_t + getattr(q.p, f"W_{k}") @ h + getattr(q.p, f"b_{k}") for k in "fiCo")
        log_f = -np.log1p(np.exp(-f))
        new = np.maximum(log_f + m, i)
        C = np.exp(log_f + m - new) * C + np.exp(i - new) * np.tanh(c)
        total = np.exp(log_f + m - new) * total + np.exp(i - new)
        h, m = C / total / (1 + np.exp(-o)), new
    return h


def last_diagonal_ssm(q):
    """In complex numbers, and as a sum over all inputs."""
    λ = np.exp(-np.exp(q.p.ν) + 1j * q.p.θ)
    inputs = np.sqrt(1 - np.abs(λ) ** 2) * ((q.p.U_u + 1j * q.p.U_v) @ q.x)
    T = len(q.x)
    w = λ**T * (q.start.u + 1j * q.start.v) + sum(λ ** (T - t) * inputs[t - 1] for t in range(1, T + 1))
    return np.concatenate([w.real, w.imag])


def last_delta_rule(q):
    """As a matrix, S_t = S_{t-1} (I - β_t k_t k_tᵀ) + β_t v_t k_tᵀ, a row a sequence of the batch, and without a fading."""
    return by_matrices(q, np.ones((len(q.x), q.x.shape[2])))


def last_gated_delta(q):
    return by_matrices(q, 1 / (1 + np.exp(-(q.p.U_f @ q.x + q.p.b_f)))[:, 0])


def by_matrices(q, f):
    """The last state as a sum over what was written, each through the product of the matrices that came after it."""
    a = q.p.U_k @ q.x
    k = a / np.sqrt(np.einsum("tnb,tnb->tb", a, a) + delta_rule.SMALL)[:, None]
    β = 2 / (1 + np.exp(-(q.p.U_β @ q.x + q.p.b_β)))[:, 0]
    written = np.concatenate([q.start.s[None], (β[:, None] * (q.p.U_v @ q.x)) * k])
    total = np.zeros_like(q.start.s)
    for b in range(total.shape[1]):
        after = np.eye(len(total))
        for t in range(len(q.x), -1, -1):
            total[:, b] += after @ written[t, :, b]
            after = after @ (f[t - 1, b] * (np.eye(len(total)) - β[t - 1, b] * np.outer(k[t - 1, :, b], k[t - 1, :, b])))
    return total


def last_selective_ssm(q):
    """No loop, and the kept share as a power of a gate: exp(-softplus(a) |A|) = σ(-a)^|A|."""
    A = -np.exp(q.p.ν)
    f = (1 / (1 + np.exp(q.p.U_Δ @ q.x + q.p.b_Δ))) ** -A
    written = np.concatenate([q.start.h[None], (f - 1) / A * (q.p.U_B @ q.x) * (q.p.U_u @ q.x)])
    left = np.concatenate([np.cumprod(f[::-1], axis=0)[::-1], np.ones_like(f[:1])])
    return np.sum(left * written, axis=0)


def form_error(name, q):
    """How far the last state is from the same formula written otherwise."""
    got = np.concatenate([q.trace.u[-1], q.trace.v[-1]]) if name == "diagonal_ssm" else q.trace[-1][-1]
    return error(got, globals()[f"last_{name}"](q))


@every_cell
def test_the_last_state_by_another_way(name):
    for seed in range(3):
        assert form_error(name, posed(getattr(since, name), seed=seed, T=9)) < 1e-11


def test_every_case_is_used():
    assert {f"last_{name}" for name in NAMES} == {name for name in globals() if name.startswith("last_")}


def caught(name, module):
    try:
        q = posed(module, T=2, n=3, m=2)
        return not (bptt_error(module, q) < 1e-12 and form_error(name, q) < 1e-12)  # NaN is not below
    except (TypeError, ValueError):  # what is handed over does not fit
        return True


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@every_cell
def test_mutations_are_caught(name, monkeypatch, tmp_path):
    folder = since.__path__[0]
    monkeypatch.setattr("mutations.FOLDER", type(tmp_path)(folder))
    results = {}
    for k, (mistake, source) in enumerate(mutants(name)):
        try:
            results[mistake] = caught(name, load(source, tmp_path / f"mutant_{k}.py"))
        except NameError:  # it reads what is not computed yet
            continue
    assert [mistake for mistake, found in results.items() if not found] == []
    assert len(results) >= 8


# ---- what the chapter says of them ----


def test_a_standard_column_has_mean_0_and_deviation_1_and_hardly_feels_its_scale():
    a = np.random.default_rng(0).normal(3, 5, (20, 4))
    y = standard(a)
    assert np.allclose(y.mean(axis=0), 0)
    assert np.allclose(y.std(axis=0), 1, atol=1e-5)
    assert np.allclose(standard(100 * a), y, atol=1e-5)


def test_the_gradient_of_a_linear_gate_is_its_direct_path_alone():
    q = problem(min_gru, T=40, n=6, B=1, size=2.0)
    assert np.allclose(product_norms(jacobians(min_gru, q.p, q.x, q.trace)), direct_path(1 - q.trace.z[1:]), atol=1e-12)


def test_an_orthogonal_linear_network_keeps_every_length():
    p = init(orthogonal, 8, 3, np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(300, 3))
    J = jacobians(orthogonal, p, x, unroll(orthogonal, p, x))
    assert np.allclose(np.linalg.svd(np.linalg.multi_dot(J[:50]), compute_uv=False), 1)
    assert np.allclose(product_norms(J), 0, atol=1e-12)


def test_the_slstm_is_an_lstm_with_coupled_gates_in_units_of_its_weights():
    q = posed(slstm, T=12, n=5, B=1, size=1.5)
    kept = q.trace.f[1:] * q.trace.N[:-1] / q.trace.N[1:]
    y = q.trace.C / q.trace.N
    assert np.all((kept > 0) & (kept < 1))
    assert np.allclose(y[1:], kept * y[:-1] + (1 - kept) * q.trace.C_tilde[1:], atol=1e-14)


def test_the_ring_and_the_hold():
    p = init(diagonal_ssm, 500, 2, np.random.default_rng(0), **diagonal_ssm.ring(500, np.random.default_rng(1), 0.9, 0.99))
    assert 0.9 < diagonal_ssm.ρ(p).min() < 0.902
    assert 0.988 < diagonal_ssm.ρ(p).max() < 0.99
    A, w, steps = np.array([[-0.3 + 2j], [-0.01 - 7j]]), np.array([[1.0 - 1j], [0.5]]), 2000
    λ, factor = diagonal_ssm.zero_order_hold(A, 0.5)
    exact = λ * w + factor * 3.0
    for _ in range(steps):  # the midpoint rule
        half = w + 0.25 / steps * (A * w + 3.0)
        w = w + 0.5 / steps * (A * half + 3.0)
    assert np.allclose(w, exact, atol=1e-5)


def test_a_delta_rule_at_a_rate_of_1_replaces_what_stood_under_the_key():
    p = init(delta_rule, 6, 4, np.random.default_rng(0), b_β=0.0)._replace(U_β=np.zeros((1, 4)))
    x = np.random.default_rng(1).normal(size=(9, 4))
    trace = unroll(delta_rule, p, x)
    assert np.allclose(np.sum(trace.k[1:] * trace.s[1:], axis=1), x @ p.U_v.T, atol=1e-5)


def test_the_jacobian_of_a_delta_rule_has_one_eigenvalue_that_is_not_the_gate():
    p = init(gated_delta, 6, 4, np.random.default_rng(0), b_β=1.0, b_f=2.0)
    x = np.random.default_rng(1).normal(size=(9, 4))
    trace = unroll(gated_delta, p, x)
    for x_t, k_t, J_t in zip(x[:, :, None], trace.k[1:], jacobians(gated_delta, p, x, trace), strict=True):
        f, along = gated_delta.kept(p, x_t).item(), (1 - delta_rule.rate(p, x_t) * np.sum(k_t**2)).item()
        assert np.allclose(np.linalg.eigvalsh(J_t), np.sort([f * along, *5 * [f]]))
        assert -1 < along < 1


def test_a_selective_state_space_of_one_rate_is_the_minimal_gru_but_for_its_sign():
    """Gu & Dao (2023), theorem 1: with A = -1, B_t = 1 the step size is an update gate."""
    m, rng = 4, np.random.default_rng(0)
    p = init(selective_ssm, 1, m, rng)._replace(ν=np.zeros((1, 1)))
    x = np.concatenate([rng.normal(size=(12, m)), np.ones((12, 1))], axis=1)
    p = p._replace(**{name: np.c_[getattr(p, name), 0.0] for name in ("U_u", "U_Δ")}, U_B=np.eye(m + 1)[-1:])
    gru = min_gru.Params(U_z=p.U_Δ, b_z=p.b_Δ, U_h=p.U_u, b_h=np.zeros((1, 1)))
    assert np.allclose(unroll(selective_ssm, p, x).h, unroll(min_gru, gru, x).h, atol=1e-14)


# ---- attention, and a block with it ----


@pytest.mark.parametrize("with_attention", [True, False])
def test_the_jacobians_of_a_hybrid_are_the_complex_step(with_attention):
    p, x = hybrid.init(3, np.random.default_rng(0), layers=2, b_z=-1.0), np.random.default_rng(1).normal(size=(5, 3))
    p = p if with_attention else p._replace(attention=None)
    want = np.empty((5, 3, 3))
    for i in range(3):
        for k, j in np.ndindex(x.shape):
            want[k, i, j] = slope(lambda a, i=i: hybrid.run(p, a)[-1][-1, i], x, (k, j))
    assert error(hybrid.jacobians(p, x), want) < 1e-13


def test_a_hybrid_reads_a_sequence_of_its_own_width():
    with pytest.raises(ValueError, match="x must have the shape"):
        hybrid.run(hybrid.init(3, np.random.default_rng(0)), np.zeros((5, 2)))


def attention_problem(sharpness=3.0):
    rng = np.random.default_rng(0)
    return attention.init(4, 3, rng, sharpness), rng.normal(size=(6, 3))


def test_attention_is_its_formula_term_by_term():
    p, x = attention_problem()
    q, k, v = ([U @ x_t for x_t in x] for U in p)
    got = attention.attend(p, x)
    for t in range(6):
        e = np.exp([q[t] @ k[s] / 2 for s in range(t + 1)])
        assert np.allclose(got.α[t], [*(e / e.sum()), *np.zeros(5 - t)])
        assert np.allclose(got.h[t], sum(weight * value for weight, value in zip(e / e.sum(), v, strict=False)))


def test_the_jacobians_of_attention_are_the_complex_step():
    p, x = attention_problem()
    want = np.empty((6, 4, 3))
    for i in range(4):
        for k, j in np.ndindex(x.shape):
            want[k, i, j] = slope(lambda a, i=i: attention.attend(p, a).h[-1, i], x, (k, j))
    assert error(attention.jacobians(p, x), want) < 1e-13


def test_without_scores_every_step_has_the_same_share():
    p, x = attention_problem(sharpness=0)
    assert np.allclose(attention.jacobians(p, x), p.U_v / 6)
    with pytest.raises(ValueError, match="sharpness"):
        attention.init(4, 3, np.random.default_rng(0), -1)
    with pytest.raises(ValueError, match="x must have the shape"):
        attention.attend(p, x[:, :2])


def test_no_cell_of_the_book_is_among_them():
    assert not set(since.__all__) & set(cells.__all__)
