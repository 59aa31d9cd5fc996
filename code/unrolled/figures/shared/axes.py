"""What several pictures share: an axis of powers of ten for values that are log10 already, and a shade of one colour."""

from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.ticker import FuncFormatter

from unrolled.style import INK

POWERS = FuncFormatter(lambda exponent, _: f"$10^{{{exponent:.0f}}}$")


def log_axis(ax, limits, xlabel, ylabel, T):
    """Time 0..T to the right, powers of ten with exponents in `limits` upwards, and a thin line at 1."""
    ax.axhline(0, color=INK, linewidth=0.6)
    ax.set(xlim=(0, T), ylim=limits, xlabel=xlabel, ylabel=ylabel)
    ax.yaxis.set_major_formatter(POWERS)
    ax.yaxis.get_major_locator().set_params(integer=True, nbins=6)


def shade(colour, most=0.9):
    """A colour map from clear, so that the page shows through, to `colour`, at its fullest `most`."""
    return LinearSegmentedColormap.from_list("shade", [(*to_rgb(colour), alpha) for alpha in (0, most)])
