"""The pictures on overwriting and accumulating: the sum is the product, the bounds hold, the counts are right."""

import numpy as np
import pytest
from explorables import explore
from unrolled import cells, init, jacobians, product_norms, unroll
from unrolled.figures.compared import additive, interference
from unrolled.figures.shared import telescope
from unrolled.figures.shared.jacobian import chain

SUMS = {"cell": ["rnn", "residual", "lstm"], "gain": [0.5, 1.5]}
STEPS = {"ε": [0.01, 0.3, 1], "gain": [0.5, 2]}
KEPT = {"gain": [0.5, 2], "b_f": [0, 5]}
STORED = [1, 4, 8, 9, 12]
EXPLORABLES = {
    "terms": (lambda: additive.terms_explorer(telescope.telescopes(**SUMS, T=10, n=4), t=10), {"gain": SUMS["gain"]}),
    "kept": (lambda: additive.kept_explorer(additive.kept_directions(**KEPT, T=20, n=4, seeds=range(2), points=5)), KEPT),
    "recall": (lambda: interference.recall_explorer(STORED), {"m": STORED}),
}


@pytest.mark.parametrize("name", EXPLORABLES)
def test_every_choice_changes_the_picture(name):
    """`explore` refuses a choice that changes nothing, and an `update` that depends on the order of calls."""
    make, choices = EXPLORABLES[name]
    explore(*make(), alt="Sums and products.", max_kb=30, **choices)


@pytest.mark.parametrize("name", ["rnn", "residual", "lstm", "gru"])
def test_the_sum_is_the_product_and_no_larger_than_the_sizes_of_its_terms(name):
    cell, rng = getattr(cells, name), np.random.default_rng(0)
    p, x = init(cell, 5, 3, rng), rng.normal(size=(12, 3))
    at = telescope.telescope(jacobians(cell, p, x, unroll(cell, p, x)))
    assert np.allclose(10**at.sum, 10**at.product, atol=1e-12)
    assert np.all(at.sum <= at.sizes)


def test_the_sizes_are_those_of_the_terms():
    J = np.random.default_rng(0).normal(size=(3, 2, 2))
    terms = [J[0] - np.eye(2), J[1] @ J[0] - J[0], J[2] @ J[1] @ J[0] - J[1] @ J[0]]
    sizes = 1 + np.cumsum([np.linalg.norm(term, 2) for term in terms])
    assert np.allclose(telescope.telescope(J).sizes, np.log10(sizes))


def test_a_ring_is_what_the_terms_add_up_to_and_a_dot_what_is_left():
    sums = telescope.telescopes(**SUMS, T=10, n=4)
    fig, update = additive.terms_explorer(sums, t=10)
    update(gain=1.5)
    rings, dots = fig.axes[0].lines[-2:]
    assert np.allclose(rings.get_xdata(), [sums[name, 1.5].sizes[9] for name in SUMS["cell"]])
    assert np.allclose(dots.get_xdata(), [sums[name, 1.5].product[9] for name in SUMS["cell"]])


def test_stretches_are_singular_values_within_their_bounds():
    found = additive.residual_stretches(**STEPS, T=15, n=4, seeds=[3])
    for at in found.values():
        assert np.all(at.lower <= at.least + 1e-9)
        assert np.all(at.least <= at.largest)
        assert np.all(at.largest <= at.upper + 1e-9)
    J = chain(cells.residual, np.random.default_rng(3), gain=2, input_scale=1.0, T=15, n=4, ε=0.3).J
    singular = np.linalg.svd(np.linalg.multi_dot(J[::-1]), compute_uv=False)
    at = found[0.3, 2]
    assert np.allclose([at.largest[0, -1], at.least[0, -1]], np.log10(singular[[0, -1]]))


def test_kept_directions_are_counted():
    kept = additive.kept_directions(gain=[1.0], b_f=[-50.0, 50.0], T=6, n=4, seeds=[0], points=3)
    for name, b_f in (("lstm", -50.0), ("gru", 50.0)):
        bias = {"b_f": b_f} if name == "lstm" else {"b_z": -b_f}
        J = chain(getattr(cells, name), np.random.default_rng(0), gain=1.0, input_scale=1.0, T=6, n=4, **bias).J
        singular = np.linalg.svd(np.linalg.multi_dot(J[::-1]), compute_uv=False)
        at = kept[name, 1.0, b_f]
        assert at.t[-1] == 6
        assert np.isclose(at.norm[0, -1], product_norms(J)[-1])
        assert at.share[0, -1] == np.mean(singular > 0.01)
    assert kept["gru", 1.0, 50.0].share.min() == 1


def test_what_is_stored_comes_back_as_long_as_there_is_room():
    errors = interference.recall_errors(STORED)
    room = STORED.index(8) + 1
    assert np.allclose(errors["solved"][:room], 0, atol=1e-9)
    assert np.allclose(errors["gated"][:room], 0)
    assert min(errors["solved"][room:]) > 0.1
    assert errors["added"][0] < 1e-12 < 0.1 < min(errors["added"][1:])


def test_the_gate_overwrites_the_oldest_and_keeps_the_newest():
    r = interference.recall(11, n=8)
    assert np.array_equal(r.gated[:, 3:], r.values[:, 3:])
    assert np.array_equal(r.gated[:, :3], r.values[:, 8:])
