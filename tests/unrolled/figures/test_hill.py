"""The hill of the loss is the loss that was computed, and the starts stand on it."""

import numpy as np
from unrolled.figures.long_term import hill

W, STARTS = np.arange(5) / 2, (0.5, 1.5)
LOSSES = {(T, noise): T + noise + W**2 for T in (5, 40) for noise in (0, 0.1)}


def test_the_picture_shows_what_was_computed():
    fig, update = hill.hill_explorer(W, LOSSES, STARTS)
    loud, on_loud, silent, on_silent = fig.axes[0].lines
    for T in (40, 5):
        update(T=T)
        for line, points, noise in ((loud, on_loud, 0.1), (silent, on_silent, 0)):
            np.testing.assert_array_equal(line.get_ydata(), LOSSES[T, noise])
            np.testing.assert_allclose(points.get_ydata(), T + noise + np.square(STARTS))


def test_the_lines_are_named_in_chinese(chinese):
    fig, _ = hill.hill_explorer(W, LOSSES, STARTS)
    assert [text.get_text() for text in fig.legends[0].texts] == ["有噪声", "没有噪声"]
