"""The ends of a residual stream's product, by another way than the picture's."""

import numpy as np
import pytest
from explorables import explore
from signs import foreign
from unrolled import words
from unrolled.figures import since as figures
from unrolled.figures.since import stream

KINDS = list(stream.KINDS)


@pytest.fixture(scope="module")
def stretches():
    return figures.stream_stretches()


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_kind_changes_the_picture_in_either_language(language, stretches):
    words.speak(language)
    fig, update = figures.stream_explorer(stretches)
    texts = [text.get_text() for ax in fig.axes for text in ax.texts]
    explore(fig, update, alt="A picture.", max_kb=40, kind=KINDS)
    words.speak("en")
    assert language == "en" or not list(foreign(texts))


@pytest.mark.parametrize("kind", KINDS)
def test_the_ends_are_the_singular_values_of_the_product(kind, stretches):
    at = list(figures.STREAM_STEPS).index(5)
    products = [np.linalg.multi_dot(stream.KINDS[kind](np.random.default_rng(seed))[:5][::-1]) for seed in range(3)]
    sizes = np.log10([np.linalg.svd(J, compute_uv=False)[[0, -1]] for J in products])
    np.testing.assert_allclose([ends[at] for ends in stretches[kind]], np.median(sizes, axis=0), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_axis_reaches_as_far_down_as_the_least_stretch_or_to_its_end(kind, stretches):
    fig, update = figures.stream_explorer(stretches)
    update(kind=kind)
    low = fig.axes[0].get_ylim()[0]
    assert low in stream.LOWEST
    assert low <= min(stretches[kind][1]) or low == min(stream.LOWEST)
