"""The pictures of a delta rule and of a selective state space: by other ways to the same numbers."""

import numpy as np
import pytest
from explorables import explore
from signs import foreign
from unrolled import words
from unrolled.figures import since as figures
from unrolled.figures.since import newest

DELTA = {"keys": list(newest.KEYS), "β": [0.25, 1, 2], "t": range(5)}
SELECTIVE = {"quiet": [0.01, 1], "loud": [0.1, 5]}
PICTURES = {
    "delta": (lambda: figures.delta_explorer(DELTA["β"], DELTA["t"]), DELTA),
    "selective": (lambda: figures.selective_explorer(**SELECTIVE), SELECTIVE),
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_choice_changes_the_pictures_in_either_language(name, language):
    make, choices = PICTURES[name]
    words.speak(language)
    fig, update = make()
    texts = [text.get_text() for ax in fig.axes for text in ax.texts]
    explore(fig, update, alt="A picture.", max_kb=40, **choices)
    words.speak("en")
    assert language == "en" or not list(foreign(texts))


@pytest.mark.parametrize("keys", newest.KEYS)
@pytest.mark.parametrize("β", [0, 0.25, 1, 1.5, 2])
def test_stretches_are_those_of_the_product_of_projections(keys, β):
    J = np.eye(2)
    for angle in np.radians(np.resize(newest.KEYS[keys], 5)):
        k = np.array([np.cos(angle), np.sin(angle)])
        J = (np.eye(2) - β * np.outer(k, k)) @ J
    want = np.linalg.svd(J, compute_uv=False)
    np.testing.assert_allclose(figures.delta_stretches(β, keys, 5), want, atol=1e-5)


@pytest.mark.parametrize("t", [1, 4])
def test_the_delta_picture_tells_the_stretches_and_draws_what_they_say(t):
    fig, update = figures.delta_explorer([0.25, 1], range(5))
    update(keys="turning", β=0.25, t=t)
    ax = fig.axes[0]
    largest, least = figures.delta_stretches(0.25, "turning", t)
    texts = [text.get_text() for text in ax.texts]
    assert f"{largest:.2f}" in texts
    assert f"{least:.2f}" in texts
    now = next(np.array(line.get_data()) for line in ax.lines if line.get_label() == "now")
    radii = np.linalg.norm(now - now[:, :-1].mean(axis=1, keepdims=True), axis=0)
    assert radii.max() == pytest.approx(largest, rel=0.01)
    assert radii.min() == pytest.approx(least, rel=0.01)


def test_at_1_every_state_comes_to_lie_where_the_key_gives_its_value():
    k, s = newest.delta_runs(1, "turning", 3, np.array([[1.0, 0, -2], [0, 1, 5]]))
    for t in range(3):
        np.testing.assert_allclose(k[t] @ s[t + 1], newest.VALUE, atol=1e-5)


def test_selective_states_are_means_whose_gate_is_a_power():
    """h_t = λ h_{t-1} + (1 - λ) u_t, with λ = f_t to the power of |A|."""
    run = figures.selective_states(0.1, 2, rates=(1, 3), T=20)
    marked = np.isin(np.arange(1, 21), list(newest.WORDS))
    np.testing.assert_allclose(run.f, np.exp(-np.where(marked, 2, 0.1)))
    for column, rate in enumerate((1, 3)):
        h = 0.0
        for u, f, found in zip(run.u, run.f, run.h[:, column], strict=True):
            h = f**rate * h + (1 - f**rate) * u
            assert found == pytest.approx(h)


def test_a_word_is_louder_than_any_murmur():
    u = figures.selective_states(0.1, 2).u
    said = np.isin(np.arange(1, len(u) + 1), list(newest.WORDS))
    assert min(abs(u[said])) > newest.MURMUR >= max(abs(u[~said]))
