"""The pictures of the last chapter show what the later cells compute."""

import itertools

import numpy as np
import pytest
from explorables import explore
from unrolled import bptt, cells, init, product_norms, since, unroll
from unrolled.figures import since as figures
from unrolled.figures.since.after import AFTER, DIRECT, FEELS, Norms
from unrolled.since import attention, delta_rule, gated_delta

GRID = {"gain": [0.5, 2], "b_f": [0, 3], "input_scale": [0.1, 1]}
REACH = {"T": [4, 9], "sharpness": [0, 4], "b_f": [0, 3]}


@pytest.fixture(scope="module")
def norms():
    return figures.after_norms(**GRID, T=12, n=4, seeds=range(2))


def test_every_choice_changes_the_pictures(norms):
    """`explore` refuses a choice that changes nothing, and an `update` that depends on the order of calls."""
    explore(*figures.after_explorer(norms), alt="Later cells.", max_kb=40, cell=list(AFTER), **GRID)
    reaches = figures.reach_norms(**REACH, n=4, seeds=range(2))
    explore(*figures.distance_explorer(reaches), alt="Distances.", max_kb=30, **REACH)
    explore(*figures.steps_explorer(), alt="Steps.", max_kb=30, j=[1, 4, 8])
    one = norms | {(name, 1, b_f, 1): at for (name, gain, b_f, scale), at in norms.items() if gain == 2 and scale == 1}
    three = ["pre_norm", "min_gru", "layer_norm"]
    explore(*figures.three_explorer(one, three), alt="Three.", max_kb=30, cell=three, b_f=[0, 3])


def test_every_later_cell_is_shown():
    assert {*AFTER, "attention", "hybrid"} == set(since.__all__)
    assert set(DIRECT) < set(AFTER)


def test_the_axis_shows_all_curves_and_no_more_than_it_must(norms):
    steep = {at: Norms(5 * curves.full, 5 * curves.direct) for at, curves in norms.items()}
    lowest = []
    for curves in norms, steep:
        fig, update = figures.after_explorer(curves)
        update(cell="slstm", gain=0.5, b_f=0, input_scale=1)
        ends = [line.get_ydata()[-1] for line in fig.axes[0].lines[:5]]
        lowest.append(fig.axes[0].get_ylim()[0])
        assert lowest[-1] <= min(ends)
    assert lowest[0] > lowest[1]


def test_the_picture_draws_the_medians_and_hides_a_direct_path_that_is_not_there(norms):
    fig, update = figures.after_explorer(norms)
    update(cell="slstm", gain=2, b_f=3, input_scale=1)
    thick, dotted = fig.axes[0].lines[3:5]
    at = norms["slstm", 2, 3, 1]
    assert np.array_equal(thick.get_ydata(), np.median(at.full, axis=0))
    assert np.array_equal(dotted.get_ydata(), np.median(at.direct, axis=0))
    update(cell="layer_norm", gain=2, b_f=3, input_scale=1)
    assert np.isnan(dotted.get_ydata()).all()
    names = [text.get_text().strip() for text in fig.axes[0].texts if text.get_visible()]
    assert "layer norm" in names
    assert "direct path" not in names


def test_no_line_hides_another(norms):
    """A line of another kind each, and the widest lies below."""
    fig, update = figures.after_explorer(norms)
    update(cell="min_gru", gain=2, b_f=3, input_scale=1)
    *old, wide, dotted = (line for line in fig.axes[0].lines if len(line.get_xdata()) > 2)
    assert wide.get_zorder() < min(line.get_zorder() for line in (*old, dotted))
    assert wide.get_linewidth() > 2 * max(line.get_linewidth() for line in (*old, dotted))


@pytest.mark.parametrize("name", AFTER)
def test_a_choice_that_a_cell_is_said_not_to_feel_it_does_not_feel(name):
    def end(gain, b_f):
        return product_norms(figures.random_run(name, np.random.default_rng(0), gain=gain, b_f=b_f, T=6, n=4).J)

    assert np.array_equal(end(0.5, 1.0), end(2.0, 1.0)) == (name not in FEELS["gain"])
    assert np.array_equal(end(1.0, 0.0), end(1.0, 3.0)) == (name not in FEELS["b_f"])


@pytest.mark.parametrize("name", ["pre_norm", "min_gru", "diagonal_ssm"])
def test_direct_paths_at_a_gate_held_by_its_bias(name, norms):
    want = 0 if name == "pre_norm" else 12 * np.log10(0.5)
    assert np.allclose(norms[name, 2, 0, 0.1].direct[:, -1], want, atol=0.6)
    assert np.allclose(norms["diagonal_ssm", 2, 0, 1].direct, np.arange(1, 13) * np.log10(0.5))


def test_the_direct_paths_of_the_newest_cells_are_what_their_steps_leave_alone(norms):
    """The whole of a selective step; and of a delta rule all that is not under its key, where there is more than one key."""
    for g, b, scale in itertools.product(*GRID.values()):
        for name in ("selective_ssm", "delta_rule", "gated_delta"):
            r = figures.random_run(name, np.random.default_rng(0), gain=g, b_f=b, input_scale=scale, T=12, n=4)
            steps = np.log10([np.linalg.norm(J, 2) for J in r.J])
            assert np.allclose(norms[name, g, b, scale].direct[0], np.cumsum(steps), atol=1e-9)
        assert np.allclose(norms["selective_ssm", g, b, scale].full, norms["selective_ssm", g, b, scale].direct)


GATED = ("selective_ssm", "delta_rule", "gated_delta")


@pytest.mark.parametrize("name", ["delta_rule", "gated_delta"])
def test_the_keys_of_the_delta_rules_point_in_all_directions_alike(name):
    U_k = figures.random_run(name, np.random.default_rng(0), T=2, n=4).p.U_k
    assert np.allclose(U_k @ U_k.T, np.eye(4))


def test_a_gate_keeps_the_share_that_its_bias_says_where_the_input_is_0():
    for b in (0.0, 3.0):
        share = 1 / (1 + np.exp(-b))
        r = {name: figures.random_run(name, np.random.default_rng(0), b_f=b, input_scale=0.0, T=2, n=4) for name in GATED}
        assert np.allclose(np.diag(r["selective_ssm"].J[0]), share ** np.arange(1, 5))
        assert np.allclose(delta_rule.rate(r["delta_rule"].p, np.zeros((4, 1))), 1 - share)
        assert np.allclose(gated_delta.kept(r["gated_delta"].p, np.zeros((4, 1))), share)


def test_what_an_input_does_is_counted_from_the_last_step():
    """∂h_T/∂x_j of the LSTM, unit by unit, in single backward passes."""
    reaches = figures.reach_norms(T=[7], sharpness=[1], b_f=[2.0], n=3, seeds=[5])
    rng = np.random.default_rng(5)
    x = rng.normal(size=(7, 3))
    p = init(cells.lstm, 3, 3, rng, b_f=2.0)
    trace, rows = unroll(cells.lstm, p, x), []
    for unit in range(3):
        d = cells.lstm.State(*np.zeros((2, 8, 3, 1)))
        d.h[-1, unit] = 1
        rows.append(bptt(cells.lstm, p, x, trace, d).x[:, :, 0])
    norm = np.linalg.norm(np.stack(rows, axis=1), 2, axis=(1, 2))
    assert np.allclose(reaches["lstm", 7, 2.0][0], np.log10(norm[::-1]))
    rng = np.random.default_rng(5)
    x = rng.normal(size=(7, 3))
    J = attention.jacobians(attention.init(3, 3, rng, 1), x)
    assert np.allclose(reaches["attention", 7, 1][0], np.log10(np.linalg.norm(J, 2, axis=(1, 2))[::-1]))


def test_the_ways_have_as_many_edges_as_are_told():
    """One through attention; one up and one for each step through the recurrence."""
    fig, update = figures.steps_explorer()
    for j in (1, 3, 8):
        update(j=j)
        ways = [max(ax.lines, key=lambda line: line.get_linewidth()) for ax in fig.axes]
        assert [len(way.get_xdata()) - 1 for way in ways] == [1, 9 - j]
