"""The table of symbols: how each one looks in pictures, what the code calls it, and its shape at one step."""

import matplotlib.pyplot as plt

from unrolled import style

# n units, m inputs, B sequences side by side, N numbers in the whole state, K classes; one key for W_f, W_i ... is enough
SHAPES = {
    "x": ("m", "B"),
    **dict.fromkeys(["s", "h", "C", "C_tilde", "h_tilde", "s_tilde", "f", "i", "o", "z", "r"], ("n", "B")),
    "U": ("n", "m"),
    "W": ("n", "n"),
    **dict.fromkeys(["b", "p", "c_h"], ("n", "1")),
    "ε": ("1", "1"),
    "V": ("K", "n"),
    **dict.fromkeys(["y", "y_hat"], ("K", "B")),
    "E": ("B",),
    "delta": ("n", "B"),
    "J": ("N", "N"),
}


def symbol_chart(columns=2):
    """A line in the colour of each symbol that has one, its letter, its name in code and its shape."""
    keys = [key for key in SHAPES if key in style.SYMBOLS]
    rows = -(-len(keys) // columns)
    with style.look():
        fig, ax = plt.subplots(figsize=(style.WIDTH, 0.29 * rows))
        for number, key in enumerate(keys):
            column, row = divmod(number, rows)
            symbol, x, y = style.SYMBOLS[key], 3.2 * column, -row
            ax.plot([x, x + 0.45], [y, y], color=symbol.colour, linestyle=symbol.dash, linewidth=5)
            ax.text(x + 0.6, y, symbol.label, va="center_baseline", size=style.INDEXED)
            ax.text(x + 1.1, y, key, va="center_baseline", family="monospace", size=10)
            ax.text(x + 2.2, y, f"({', '.join(SHAPES[key])})", va="center_baseline", family="monospace", size=10)
        ax.set(xlim=(0, 3.2 * columns), ylim=(0.6 - rows, 0.6))
        ax.set_axis_off()
    return fig
