"""Derivatives measured by nudging a number, and the formulas that are held against them."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled import style
from unrolled.figures.shared.axes import POWERS_OF, name_axes
from unrolled.figures.shared.lines import name_lines
from unrolled.maths import softmax
from unrolled.words import say


def complex_step(f, A, h=1e-30):
    """∂f/∂A for a number f(A) and a real array A: an array of A's shape.

    f(a + ih) = f(a) + ih f'(a) + O(h²), so Im f(a + ih) / h is the slope, exact
    to rounding: nothing is subtracted, no digit is lost. f must be analytic: tanh
    is, |a| and ReLU are not.
    """
    slopes = np.empty_like(A)
    for entry in np.ndindex(A.shape):
        nudged = A.astype(complex)
        nudged[entry] += 1j * h
        slopes[entry] = np.imag(f(nudged)) / h
    return slopes


def central_difference(f, A, h):
    """∂f/∂A as (f(a + h) - f(a - h)) / 2h, entry by entry: right to O(h²), but for the digits that the difference loses."""
    slopes = np.empty_like(A)
    for entry in np.ndindex(A.shape):
        up, down = A.copy(), A.copy()
        up[entry] += h
        down[entry] -= h
        slopes[entry] = (f(up) - f(down)) / (2 * h)
    return slopes


def relative_error(measured, exact):
    """‖measured - exact‖ / ‖exact‖, Frobenius: a float."""
    return float(np.linalg.norm(measured - exact) / np.linalg.norm(exact))


def step_errors(f, A, exact, steps):
    """The relative error of ∂f/∂A for each h of `steps`: two arrays, by central differences and by the complex step."""
    differences = np.array([relative_error(central_difference(f, A, h), exact) for h in steps])
    return differences, np.array([relative_error(complex_step(f, A, h), exact) for h in steps])


def step_picture(steps, differences, complex_steps):
    """Both rows of `step_errors` against h: `fig`. What is below the precision of float64 is drawn at that precision."""
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 2.9))
        look = {"markersize": 4, "linewidth": 1.2}
        (central,) = ax.loglog(steps, differences, "o-", color=style.SYMBOLS["bound"].colour, **look)
        floor = np.maximum(complex_steps, np.finfo(float).eps / 2)
        (complex_,) = ax.loglog(steps, floor, "s--", color=style.SYMBOLS["delta"].colour, **look)
        ax.invert_xaxis()
        ax.set(yticks=10.0 ** np.arange(-16, 1, 4))
        ax.minorticks_off()
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(POWERS_OF)
        name_axes(ax, ("size of the nudge", "$h$"), "relative error")
        name_lines(ax, {central: "central difference", complex_: "complex step"})()
    return fig


def softmax_slopes(z, y):
    """∂E/∂z of E = -Σ_i y_i log softmax(z)_i by the complex step: z and y (K,), result (K,)."""
    return complex_step(lambda z: -y @ np.log(softmax(z[:, None])[:, 0]), z)


def softmax_explorer(z):
    """The slopes of the loss by the logits, measured and by formula: `(fig, update)` with update(y, scale).

    `z` (K,) are logits, multiplied by `scale`; `y` is a target written as text, "0 1 0". Left the target (steps) and the
    prediction (bars), right ∂E/∂z measured (bars), ŷ - y (crosses) and (Σ y) ŷ - y (rings).
    """
    classes = np.arange(1, len(z) + 1)
    with style.look():
        fig, (left, right) = plt.subplots(1, 2, figsize=(6, 3.1))
        look = style.SYMBOLS
        predicted = left.bar(classes, np.ones(len(z)), width=0.6, color=look["y_hat"].colour, alpha=0.6, label=say("prediction"))
        target = left.bar(
            classes,
            np.ones(len(z)),
            width=0.8,
            fill=False,
            edgecolor=look["y"].colour,
            linewidth=2,
            linestyle="--",
            label=say("target"),
        )
        slopes = right.bar(
            classes, np.ones(len(z)), width=0.6, color=look["delta"].colour, alpha=0.6, label=r"$\partial E/\partial z$"
        )
        (short,) = right.plot(classes, 0 * classes, "x", color=style.INK, markersize=9, markeredgewidth=2, label=r"$\hat{y} - y$")
        (whole,) = right.plot(
            classes,
            0 * classes,
            "o",
            color=look["bound"].colour,
            fillstyle="none",
            markersize=12,
            label=r"$(\Sigma_i\,y_i)\,\hat{y} - y$",
        )
        left.set(ylim=(0, 1.08), xticks=classes)
        right.set(ylim=(-1.15, 1.65), xticks=classes)
        name_axes(left, ("class", "$i$"), "probability", lift=24)
        name_axes(right, ("class", "$i$"), "slope of the loss", lift=24)
        right.axhline(0, color=style.INK, linewidth=0.8)
        left.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
        right.legend(loc="lower right", bbox_to_anchor=(1.05, 1), ncols=3, columnspacing=0.8, handletextpad=0.3)

    def update(y, scale):
        y_c, z_c = np.array(y.split(), float), scale * z
        p = softmax(z_c[:, None])[:, 0]
        for bars, heights in ((predicted, p), (target, y_c), (slopes, softmax_slopes(z_c, y_c))):
            for bar, height in zip(bars, heights, strict=True):
                bar.set_height(height)
        short.set_ydata(p - y_c)
        whole.set_ydata(y_c.sum() * p - y_c)

    return fig, update
