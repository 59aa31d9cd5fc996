"""The stills behind the answers to the ten questions: the curves are what they were given."""

import numpy as np
import pytest
from unrolled.figures.questions import left_picture


@pytest.mark.parametrize("curves", [{"$W = 2I$": [0.3, 0.6, 0.9]}, {"state": [0, -0.01, -0.02], "gradient": [0, -400, -778]}])
def test_each_curve_is_drawn_from_the_first_step_on_and_named(curves):
    fig = left_picture(curves)
    (ax,) = fig.axes
    texts = [text.get_text().strip() for text in ax.texts]
    for (name, log10), line in zip(curves.items(), ax.lines, strict=False):
        np.testing.assert_array_equal(line.get_ydata(), log10)
        np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])
        assert any(text.startswith(name) for text in texts)
    assert ax.get_ylim()[0] <= 0 <= ax.get_ylim()[1], "1 is in view"
