"""What the cell state is made of: the weight with which each earlier write is still in it."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb

from unrolled import cells, style
from unrolled.figures.shared.axes import lying_bar, name_axes
from unrolled.figures.shared.jacobian import chain

BLUE = to_rgb(style.SYMBOLS["C"].colour)
WEIGHT = LinearSegmentedColormap.from_list("weight", [(*BLUE, 0), (*BLUE, 1)])  # 0 is the page itself


def write_weights(trace):
    """f_T ... f_{k+1} i_k for k = 1..T: (T, n), how much of the candidate of step k is in C_T. `trace` of B = 1."""
    f, i = trace.f[1:, :, 0], trace.i[1:, :, 0]
    later = np.cumprod(f[:0:-1], axis=0)[::-1]  # row k - 1: the product of f_{k+1} ... f_T
    return i * np.vstack([later, np.ones(f.shape[1])])


def writes_explorer(*, b_f, input_scale, T=40, n=12, seed=0):
    """The weights of `write_weights` in C_T of a random LSTM: `(fig, update)` with update(b_f, input_scale).

    Above, component by step, the darker the more is left; below, their mean over the components. Gates that hear louder
    noise differ more from unit to unit.
    """
    weights = {}
    for b in b_f:
        for scale in input_scale:
            run = chain(cells.lstm, np.random.default_rng(seed), gain=1.0, input_scale=scale, T=T, n=n, b_f=b)
            weights[b, scale] = write_weights(run.trace)
    k = np.arange(1, T + 1)
    with style.look():
        fig, (top, bottom) = plt.subplots(2, figsize=(style.WIDTH, 4.5), sharex=True, height_ratios=(2, 1))
        image = top.pcolormesh(k, np.arange(1, n + 1), np.zeros((n, T)), cmap=WEIGHT, vmin=0, vmax=1, rasterized=True)
        top.set(yticks=(1, n))
        name_axes(top, y=("component", "$j$"))
        lying_bar(fig, image, top, ("left of each candidate", r"$f_T \cdots f_{k{+}1}\, i_k$"))
        (mean,) = bottom.plot(k, 0 * k, color=BLUE, marker="o", markersize=3)
        bottom.axhline(0, color=style.INK, linewidth=0.6)
        bottom.set(xlim=(0.5, T + 0.5), ylim=(0, 0.7))
        name_axes(bottom, ("step", "$k$"), "mean of the components")

    def update(b_f, input_scale):
        image.set_array(weights[b_f, input_scale].T)
        mean.set_ydata(weights[b_f, input_scale].mean(axis=1))

    return fig, update
