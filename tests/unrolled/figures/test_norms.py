"""The pictures on gradients show the numbers that were computed; every choice changes them, and order and chance do not."""

import re
from functools import cache

import matplotlib as mpl
import numpy as np
import pytest
from explorables import explore, show
from matplotlib.colors import to_rgba
from signs import foreign
from unrolled import cells, init, jacobians, product_norms, style, unroll
from unrolled.figures.shared import backward, jacobian, memory
from unrolled.figures.vanishing import cliff, saturation, spectrum
from unrolled.maths import sigmoid_slope, tanh_slope, σ
from unrolled.training import clip_by_global_norm

SMALL = {"T": 20, "n": 4, "seeds": range(3)}
GRID = {"gain": [0.5, 1.0, 2.0], "b_f": [-1.0, 2.0], "input_scale": [0.0, 1.0]}
PLAIN = {"activation": ["tanh", "sigmoid", "relu"], "gain": [0.5, 2.0], "input_scale": [0.0, 1.0]}
PATHS = {"gain": [0.0, 1.0, 4.0], "b_f": [0.0, 2.0]}
FLOWS = {"gain": [0.5, 3.0], "k": [0, 1, 5]}
CLIFF = {"threshold": ["∞", "0.5"], "n": [0, 10, 300], "walkers": ["one", "all"]}


@cache
def cell_norms():
    return jacobian.cell_norms(**GRID, **SMALL)


@cache
def plain_norms():
    return jacobian.plain_norms(**PLAIN, **SMALL)


@cache
def path_norms():
    return jacobian.path_norms(**PATHS, **SMALL)


@cache
def flows():
    return {g: backward.gradient_flow(g, np.random.default_rng(2), T=5, n=8, recurrent="orthogonal") for g in FLOWS["gain"]}


@cache
def descent():
    return cliff.descend(*cliff.grid_of_starts(), [np.inf, 0.5])


@cache
def gradients():
    return np.random.default_rng(1).normal(size=(12, 2))


@cache
def one_step_norms():
    return {s: spectrum.one_step_norms(np.random.default_rng(0), input_scale=s, draws=60) for s in (0.0, 2.0)}


EXPLORABLES = {
    "products": (lambda: jacobian.product_explorer(cell_norms()), GRID),
    "bound": (lambda: jacobian.bound_explorer(plain_norms()), PLAIN),
    "paths": (lambda: jacobian.path_explorer(path_norms()), PATHS),
    "saturation": (saturation.saturation_explorer, {"activation": ["tanh", "sigmoid"], "a": [-6.0, 0.0, 1.5]}),
    "backward": (lambda: backward.backward_explorer(flows()), FLOWS),
    "cliff": (lambda: cliff.cliff_explorer(descent(), CLIFF["threshold"]), CLIFF),
    "clip": (lambda: cliff.clip_explorer(gradients()), {"threshold": [3.0, 1.0, 0.3]}),
    "memory": (memory.memory_explorer, {"b_f": [-2.0, 0.0, 4.0]}),
    "one step": (lambda: spectrum.one_step_explorer(one_step_norms()), {"input_scale": [0.0, 2.0]}),
}
STILLS = {
    "phases": lambda: jacobian.phase_picture(np.linspace(-5, 5, 12).reshape(3, 4), range(4), range(3), "$b_f$", mark=1),
    "steepness": saturation.steepness,
    "terms": lambda: backward.temporal_terms([backward.gradient_flow(0.9, np.random.default_rng(s), T=8, n=4) for s in range(3)]),
    "shared": lambda: spectrum.shared_or_fresh_picture(spectrum.shared_or_fresh(np.random.default_rng(0), n=4, T=6, draws=20)),
}


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    monkeypatch.setenv("EXPLORABLES_STATIC", "1")  # pages, no widgets


def picture(shown):
    return re.search(r"<svg.*</svg>", shown._repr_mimebundle_()["text/html"], re.DOTALL)[0]


def made(name):
    return EXPLORABLES[name][0]()


def curves(ax):
    return {line.get_label(): line for line in ax.lines}


# ---- every picture ----


@pytest.mark.parametrize("name", EXPLORABLES)
def test_every_value_of_every_choice_changes_the_picture_and_chance_does_not(name):
    """`explore` itself refuses an `update` that depends on the order of calls."""
    make, choices = EXPLORABLES[name]
    widget, twin = (explore(*make(), alt="A picture of gradients.", max_kb=40, **choices) for _ in range(2))
    last = {choice: values[-1] for choice, values in choices.items()}
    for choice, values in choices.items():
        seen = set()
        for value in values:
            widget.value = last | {choice: value}
            seen.add(picture(widget))
        assert len(seen) == len(values), choice
    twin.value = widget.value
    assert picture(twin) == picture(widget)


@pytest.mark.parametrize("name", STILLS)
def test_stills_are_the_same_every_time(name):
    assert picture(show(STILLS[name](), alt="A.")) == picture(show(STILLS[name](), alt="A."))


@pytest.mark.parametrize("name", [*EXPLORABLES, *STILLS])
def test_chinese_pictures_hold_no_english(chinese, name):
    fig = made(name)[0] if name in EXPLORABLES else STILLS[name]()
    assert not list(foreign(text.get_text() for text in fig.findobj(mpl.text.Text)))


# ---- the Jacobian product ----


def test_curves_of_the_product_explorer_are_medians_of_what_was_computed():
    fig, update = made("products")
    norms = cell_norms()
    update(gain=2.0, b_f=2.0, input_scale=1.0)
    lines = curves(fig.axes[0])
    for name in jacobian.SHOWN:
        t, y = lines[style.SYMBOLS[name].label].get_data()
        values = norms[name, 2.0, 2.0, 1.0]
        assert values.shape == (3, 20)
        np.testing.assert_array_equal(y, np.median(values, axis=0)[t - 1])


def test_norms_are_those_of_the_library():
    rng = np.random.default_rng(1)
    p = init(cells.gru, 4, 4, rng, gain=0.5, b_z=-2.0)
    x = 1.0 * rng.normal(size=(20, 4))
    trace = unroll(cells.gru, p, x, cells.gru.State(0.1 * rng.normal(size=(4, 1))))
    want = product_norms(jacobians(cells.gru, p, x, trace))
    np.testing.assert_array_equal(cell_norms()["gru", 0.5, 2.0, 1.0][1], want)


def test_the_forget_bias_moves_the_gated_cells_and_no_other():
    norms = cell_norms()
    for name in jacobian.SHOWN:
        low, high = norms[name, 0.5, -1.0, 1.0], norms[name, 0.5, 2.0, 1.0]
        assert (high[:, -1] > low[:, -1] + 3).all() if name in jacobian.GATED else (high == low).all()


def test_no_plain_network_beats_its_bound_and_tanh_at_rest_meets_it():
    norms = plain_norms()
    for at in norms.values():
        assert (at.measured <= at.bound + 1e-9).all()
    at = norms["tanh", 0.5, 0.0]
    np.testing.assert_allclose(at.bound, np.arange(1, 21) * np.log10(0.5), rtol=1e-12)
    assert (at.measured[:, -1] > at.bound[-1] - 0.1).all()
    np.testing.assert_allclose(norms["sigmoid", 2.0, 1.0].bound, np.arange(1, 21) * np.log10(0.5), rtol=1e-12)


def test_the_bound_explorer_draws_each_seed_and_the_bound():
    fig, update = made("bound")
    update(activation="sigmoid", gain=2.0, input_scale=1.0)
    at, lines = plain_norms()["sigmoid", 2.0, 1.0], fig.axes[0].lines
    bound = curves(fig.axes[0])["bound"]
    np.testing.assert_allclose(bound.get_ydata(), [0, at.bound[-1]])
    shown = [line.get_ydata() for line in lines if len(line.get_xdata()) == 20]
    np.testing.assert_array_equal(shown, at.measured)


def test_without_recurrent_weights_the_direct_path_is_the_block():
    paths = path_norms()
    alone = paths[0.0, 2.0]
    np.testing.assert_allclose(alone.direct, alone.block, atol=1e-12)
    assert (paths[4.0, 0.0].block[:, -1] > paths[4.0, 0.0].direct[:, -1] + 1).all(), "the paths through h are not small"
    for at in paths.values():
        assert (at.block <= at.full + 1e-12).all(), "a part of a matrix has no larger norm than the whole"


def test_last_norm_is_the_last_of_the_product_norms():
    J = np.random.default_rng(0).normal(size=(96, 5, 5))
    assert jacobian.last_norm(J) == pytest.approx(product_norms(J)[-1], abs=1e-10)


def test_the_lstm_can_vanish_and_can_explode():
    Z = jacobian.phase_map("lstm", gain=[0.5, 8.0], b_f=[-2.0, 4.0], T=96, n=8)
    assert Z.shape == (2, 2)
    assert Z[0, 0] < -30
    assert Z.max() > 3


def test_the_phase_map_vanishes_left_of_the_line_for_every_input():
    Z = jacobian.phase_map("rnn", gain=[0.5, 0.9, 3.0], input_scale=[0.0, 1.0, 3.0], T=32, n=8)
    bound = 32 * np.log10([0.5, 0.9])
    assert (Z[:, :2] <= bound + 1e-9).all()
    assert Z[0, 2] > 0 > Z[2, 2], "right of the line both happen"


# ---- saturation ----


@pytest.mark.parametrize(("activation", "slope"), [("tanh", tanh_slope), ("sigmoid", sigmoid_slope)])
def test_the_tangent_has_the_slope_that_the_other_axis_shows(activation, slope):
    fig, update = made("saturation")
    update(activation=activation, a=1.5)
    left, right = fig.axes
    x, y = left.lines[2].get_data()
    assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(slope(1.5))
    assert right.lines[1].get_ydata() == pytest.approx([slope(1.5)])


def test_computed_slopes_are_zero_from_somewhere_on_and_the_slopes_themselves_are_not():
    for activation, act in saturation.ACTIVATIONS.items():
        half, full = (saturation.first_zero(activation, dtype) for dtype in (np.float32, np.float64))
        assert 8 < half < full < 40
        assert act.slope_of(act.φ(full)) == 0 < act.slope_of(act.φ(full - 0.5))
        assert act.slope(full) > 0
        edge = saturation.saturated_from(activation)
        assert act.slope(edge) < saturation.SATURATED <= act.slope(edge - 0.01)


# ---- back through time ----


def test_widths_and_bars_grow_with_the_norm_and_stop_at_k():
    fig, update = made("backward")
    graph, chart = fig.axes
    red = to_rgba(style.SYMBOLS["delta"].colour)
    arrows = [arrow for arrow in graph.patches if arrow.get_edgecolor() == red]
    for gain, flow in flows().items():
        update(gain=gain, k=5)
        tops = [bar.get_y() + bar.get_height() for bar in chart.patches]
        np.testing.assert_allclose(tops, flow.state)
        widths = [arrow.get_linewidth() for arrow in arrows]
        assert list(np.argsort(widths)) == list(np.argsort(flow.state[::-1]))
    update(gain=0.5, k=1)
    assert [arrow.get_visible() for arrow in arrows] == [True, True, False, False, False, False]
    assert [bar.get_height() > 0 for bar in chart.patches] == [False, False, False, False, True, True]


def test_far_terms_vanish_while_the_gradient_does_not():
    for seed in range(5):
        flow = backward.gradient_flow(0.9, np.random.default_rng(seed))
        assert flow.terms[-1] > 0.3 * flow.total
        assert flow.terms[0] < 1e-8 * flow.total
        assert flow.total > 0.1


# ---- the cliff ----


def test_the_gradient_at_the_cliff_is_that_of_the_complex_step():
    w, b = np.random.default_rng(0).uniform((4, -3), (6.5, -1.8), (20, 2)).T
    at = cliff.cliff_loss(w, b)
    np.testing.assert_allclose(at.dw, np.imag(cliff.cliff_loss(w + 1e-30j, b).E) / 1e-30, rtol=1e-10)
    np.testing.assert_allclose(at.db, np.imag(cliff.cliff_loss(w, b + 1e-30j).E) / 1e-30, rtol=1e-10)


def test_descent_clips_as_the_optimiser_does():
    path = cliff.descend(np.array([5.13]), np.array([-2.69]), [0.5], updates=5)
    for k in range(5):
        w, b = path.w[k, 0], path.b[k, 0]
        at = cliff.cliff_loss(w, b)
        (g,), _ = clip_by_global_norm((np.array([at.dw[0], at.db[0]]),), 0.5)
        np.testing.assert_allclose([path.w[k + 1, 0, 0], path.b[k + 1, 0, 0]], [w[0] - 0.2 * g[0], b[0] - 0.2 * g[1]])


def test_with_clipping_the_starts_get_down_and_without_half_of_them_leap_away():
    free, clipped = descent().solved()
    assert free < 35 < 45 <= clipped
    steps = np.hypot(np.diff(descent().w, axis=0), np.diff(descent().b, axis=0)).max(axis=(0, 2))
    assert steps[0] > 100
    assert steps[1] == pytest.approx(0.1)


def test_the_picture_counts_the_dots_it_fills():
    fig, update = made("cliff")
    for n in CLIFF["n"]:
        update(threshold="0.5", n=n, walkers="all")
        _, open_, solved = fig.axes[0].lines
        assert len(solved.get_xdata()) == (descent().E[n, 1] < cliff.SOLVED).sum()
        assert f"{len(solved.get_xdata())} / 49" in [text.get_text() for text in fig.axes[0].texts]
        assert len(open_.get_xdata()) + len(solved.get_xdata()) == 49


def test_clipping_by_norm_keeps_the_direction_and_by_value_turns_it():
    both = cliff.clip_both(gradients(), 0.3)
    np.testing.assert_allclose(both["norm"].cosine, 1, rtol=1e-12)
    assert both["value"].cosine.min() < 0.95
    assert np.linalg.norm(both["norm"].g, axis=1).max() <= 0.3 + 1e-12
    fig, update = made("clip")
    update(threshold=0.3)
    for ax, kind in zip(fig.axes, ("norm", "value"), strict=True):
        after = ax.collections[1]
        np.testing.assert_array_equal(np.stack([after.U, after.V], axis=1), both[kind].g)


# ---- memory ----


def test_an_lstm_with_zero_weights_forgets_at_the_rate_of_its_bias():
    for b_f in (-2.0, 0.0, 1.0, 5.0):
        np.testing.assert_allclose(memory.kept_pulse(b_f, 50), σ(b_f) ** np.arange(51), rtol=1e-12)
        assert σ(b_f) ** memory.half_life(b_f) == pytest.approx(0.5)
    assert σ(memory.chrono_bias(100)) == pytest.approx(1 - 1 / 100)
    fig, update = made("memory")
    update(b_f=4.0)
    t, C = curves(fig.axes[0])["$C_t$"].get_data()
    np.testing.assert_array_equal(C, memory.kept_pulse(4.0, 100)[t])


# ---- the spectrum ----


def test_one_step_stays_under_the_bound_and_not_under_one():
    for samples in one_step_norms().values():
        for activation, (W, J) in samples.items():
            assert (J / W).max() <= jacobian.SLOPE[activation] * (1 + 1e-12)
            assert (J > 1).any() == (activation != "sigmoid")
    fig, update = made("one step")
    update(input_scale=2.0)
    shown = curves(fig.axes[0])[style.SYMBOLS["rnn"].label].get_data()
    np.testing.assert_array_equal(shown, one_step_norms()[2.0]["tanh"])


def test_entries_do_not_decide_about_powers():
    norms = spectrum.power_norms(5.0, np.random.default_rng(0))
    assert norms["small"][19] == pytest.approx(20 * np.log10(50))
    assert np.isneginf(norms["large"][5:]).all()
    assert np.isfinite(norms["large"][:5]).all()
    assert norms["skew"].argmax() + 1 == 9
    assert norms["skew"].max() > 1 > 0 > norms["skew"][-1]
    np.testing.assert_allclose(norms["orthogonal"], 0, atol=1e-12)


def test_one_matrix_again_and_again_spreads_wider_than_fresh_ones():
    shared, fresh = spectrum.shared_or_fresh(np.random.default_rng(0), n=16, T=32, draws=100)
    assert shared.std() > 2.5 * fresh.std()


def test_units_that_are_never_off_are_the_rank_of_the_product():
    n, T, seeds = 6, 12, range(4)
    for seed, count in zip(seeds, spectrum.never_off(T, n=n, seeds=seeds), strict=True):
        rng = np.random.default_rng(seed)
        p = init(cells.rnn_relu, n, n, rng)._replace(W=np.eye(n))
        x = rng.normal(size=(T, n))
        product = np.linalg.multi_dot(jacobians(cells.rnn_relu, p, x, unroll(cells.rnn_relu, p, x))[::-1])
        assert np.linalg.matrix_rank(product) == count
        assert np.linalg.norm(product, 2) == (count > 0)


def test_relu_is_no_cure():
    last = {kind: np.median(both[0][:, -1]) for kind, both in spectrum.relu_norms(seeds=range(3)).items()}
    assert last["$g = 1$"] < -8
    assert last["$g = 2$"] > 8
    assert last["$I$"] == pytest.approx(0, abs=1e-9)
