"""Kinds of figure that `explore` must show as matplotlib draws them. Each returns a figure and `update(k)` for k in STATES."""

import functools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from explorables import INK, PAPER
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from mpl_toolkits.axes_grid1.inset_locator import inset_axes

# text and axes in the page's ink, on the page itself
RC = {
    **dict.fromkeys(["text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "grid.color"], INK),
    **dict.fromkeys(["hatch.color", "patch.edgecolor", "legend.edgecolor"], INK),
    **dict.fromkeys(["figure.facecolor", "axes.facecolor", "savefig.facecolor"], "none"),
    **dict.fromkeys([f"axes3d.{axis}axis.panecolor" for axis in "xyz"], (0.5, 0.5, 0.5, 0.08)),
    "legend.facecolor": PAPER,
    "figure.constrained_layout.use": True,
    "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],
    "mathtext.fontset": "stix",
    "image.interpolation": "none",
}
STATES = [0, 1, 2]
KINDS, STRANGERS = {}, []
T = np.linspace(0, 6, 60)
GRID = np.add.outer(np.sin(np.arange(8)), np.cos(np.arange(10) / 2))


def kind(draw, style=RC):
    @functools.wraps(draw)
    def drawn():
        with mpl.rc_context(), plt.style.context([style, {"figure.figsize": (4, 3)}]):
            fig, update = draw()

        def styled(k):  # what `update` makes anew has the style of the rest
            with plt.style.context(style):
                return update(k)

        return fig, styled if draw.__name__ in STRANGERS else update

    KINDS[draw.__name__] = drawn
    return drawn


def stranger(style):
    """A kind of figure in a style that is not ours: matplotlib's own colours on a white face, or on a face of its own."""

    def of(draw):
        STRANGERS.append(draw.__name__)
        return kind(draw, style)

    return of


def one():
    return plt.subplots()


@kind
def lines():
    fig, ax = one()
    curves = [ax.plot(T, np.sin(n * T))[0] for n in (1, 2, 3)]
    return fig, lambda k: [line.set_ydata(np.sin((n + 1) * T + k) / (k + 1)) for n, line in enumerate(curves)]


@kind
def dashes_and_widths():
    fig, ax = one()
    (line,) = ax.plot(T, np.cos(T))
    return fig, lambda k: (line.set_linestyle(["-", "--", (0, (4, 1, 1, 1))][k]), line.set_linewidth(1 + 2 * k))


@kind
def colours_and_alpha():
    fig, ax = one()
    (line,) = ax.plot(T, np.cos(T), lw=8)
    return fig, lambda k: (line.set_color(["k", "w", "tab:red"][k]), line.set_alpha([1, 0.9, 0.3][k]))


@kind
def gaps():
    fig, ax = one()
    (line,) = ax.plot(T, T)
    return fig, lambda k: line.set_ydata(np.where((k < T) & (k + 2 > T), np.nan, T))


@kind
def markers():
    fig, ax = one()
    (line,) = ax.plot(T[::6], np.sin(T[::6]), "o")
    return fig, lambda k: (line.set_marker("os*"[k]), line.set_markersize(5 + 3 * k), line.set_markerfacecolor(f"C{k}"))


@kind
def marker_edges():
    fig, ax = one()
    (line,) = ax.plot(T[::6], T[::6], "D-", mfc="none", mew=2)
    return fig, lambda k: line.set_data(T[: 40 : 4 + k], np.sin(T[: 40 : 4 + k]))


@kind
def step():
    fig, ax = one()
    (line,) = ax.step(range(8), np.arange(8) % 3)
    return fig, lambda k: line.set_ydata(np.arange(8) % (k + 2))


@kind
def stem():
    fig, ax = one()
    stems = ax.stem(range(8), np.arange(8.0))

    def update(k):
        height = np.arange(8.0) * (1 - k / 3)
        stems.markerline.set_ydata(height)
        stems.stemlines.set_segments([[(x, 0), (x, y)] for x, y in enumerate(height)])

    return fig, update


@kind
def error_bars():
    fig, ax = one()
    _, caps, (bars,) = ax.errorbar(range(5), range(5), yerr=1.0, capsize=4)

    def update(k):
        spread = 1 / (k + 1)
        for cap, side in zip(caps, (-1, 1), strict=True):
            cap.set_ydata(np.arange(5) + side * spread)
        bars.set_segments([[(x, x - spread), (x, x + spread)] for x in range(5)])

    return fig, update


@kind
def bars():
    fig, ax = one()
    columns = ax.bar(list("abcd"), [4, 3, 2, 4])
    return fig, lambda k: [bar.set_height(1 + (n + k) % 4) for n, bar in enumerate(columns)]


@kind
def hatches():
    fig, ax = one()
    columns = ax.bar(range(3), [3, 2, 3], facecolor="tab:blue", hatch="//", edgecolor="w")
    return fig, lambda k: [bar.set_hatch(["//", "xx", "o"][(k + n) % 3]) for n, bar in enumerate(columns)]


@kind
def horizontal_bars_with_labels():
    fig, ax = one()
    columns = ax.barh(range(3), [3, 2, 1])
    texts = ax.bar_label(columns)

    def update(k):
        for n, (bar, text) in enumerate(zip(columns, texts, strict=True)):
            bar.set_width(3 - (n + k) % 3)
            text.xy = (bar.get_width(), n)
            text.set_text(f"{bar.get_width():g}")

    return fig, update


@kind
def histogram():
    fig, ax = one()
    values = np.random.default_rng(0).normal(size=200)

    def update(k):
        ax.clear()
        ax.hist(values * (k + 1), bins=10 + k)

    return fig, update


@kind
def fill_between():
    fig, ax = one()
    band = ax.fill_between(T, -1, 1, alpha=0.3)
    ax.set_ylim(-2, 2)

    def update(k):
        low, high = np.c_[T, np.sin(T) - k / 3], np.c_[T, np.sin(T) + k / 3 + 0.1]
        band.set_verts([np.r_[low, high[::-1]]])

    return fig, update


@kind
def stackplot():
    fig, ax = one()

    def update(k):
        ax.clear()
        ax.stackplot(T, 1 + np.sin(T), 1 + np.cos(T) ** 2, [k + 1] * len(T))

    return fig, update


@kind
def scatter_colours():
    fig, ax = one()
    dots = ax.scatter(T[::4], np.sin(T[::4]), c=T[::4], s=60)
    return fig, lambda k: dots.set_array(np.roll(T[::4], 5 * k))


@kind
def scatter_sizes():
    fig, ax = one()
    dots = ax.scatter(T[::4], np.sin(T[::4]), s=20, edgecolors="r", facecolors="none")
    return fig, lambda k: dots.set_sizes(20 + 30 * k * np.arange(15) / 3)


@kind
def scatter_positions():
    fig, ax = one()
    dots = ax.scatter(np.arange(15), np.arange(15), alpha=0.5, marker="^")
    return fig, lambda k: dots.set_offsets(np.c_[np.arange(15), np.arange(15) ** (1 - k / 4)])


@kind
def image():
    fig, ax = one()
    picture = ax.imshow(GRID)
    return fig, lambda k: picture.set_data(np.roll(GRID, k, axis=1))


@kind
def image_smooth_with_alpha():
    fig, ax = one()
    picture = ax.imshow(GRID, interpolation="bilinear", alpha=0.5, origin="lower", aspect="auto")
    return fig, lambda k: picture.set_clim(-2 + k, 2)


@kind
def images_on_images():
    fig, ax = one()
    ax.imshow(GRID, cmap="gray")
    upper = ax.imshow(GRID, alpha=0.4)
    return fig, lambda k: upper.set_data(GRID[::-1] if k == 1 else GRID * k)


@kind
def pcolormesh():
    fig, ax = one()
    mesh = ax.pcolormesh(GRID)
    return fig, lambda k: mesh.set_array(np.roll(GRID, k, axis=0))


@kind
def gouraud():
    fig, ax = one()
    mesh = ax.pcolormesh(GRID[:3, :4], shading="gouraud")
    return fig, lambda k: mesh.set_array(np.roll(GRID[:3, :4], k, axis=0))


@kind
def colour_bar():
    fig, ax = one()
    picture = ax.imshow(GRID)
    fig.colorbar(picture)
    return fig, lambda k: picture.set_clim(-2, 2 + 3 * k)


@kind
def rasterized():
    fig, ax = one()
    (line,) = ax.plot(T, np.sin(T), rasterized=True)
    ax.plot(T, np.cos(T))
    return fig, lambda k: line.set_ydata(np.sin(T + k))


@kind
def contours():
    fig, ax = one()

    def update(k):
        while ax.collections:
            ax.collections[0].remove()
        ax.contour(np.roll(GRID, k, axis=1), levels=5)

    return fig, update


@kind
def filled_contours_with_labels():
    fig, ax = one()

    def update(k):
        ax.clear()
        ax.contourf(GRID + k, alpha=0.6)
        ax.clabel(ax.contour(GRID + k, colors="k"))

    return fig, update


@kind
def quiver():
    fig, ax = one()
    x, y = np.meshgrid(range(6), range(5))
    arrows = ax.quiver(x, y, np.cos(x), np.sin(y))
    return fig, lambda k: arrows.set_UVC(np.cos(x + k), np.sin(y - k))


@kind
def stream_lines():
    fig, ax = one()
    y, x = np.mgrid[-2:2:9j, -2:2:9j]

    def update(k):
        ax.clear()
        ax.streamplot(x, y, y + k, -x, density=0.4)

    return fig, update


@kind
def line_collection():
    fig, ax = one()
    bundle = ax.add_collection(LineCollection([[(n, 0), (n, 1)] for n in range(6)], linewidths=3))
    ax.set(xlim=(-1, 6), ylim=(-1, 3))

    def update(k):
        bundle.set_segments([[(n, 0), (n - k / 2, 1 + k)] for n in range(6)])
        bundle.set_colors([f"C{(n + k) % 5}" for n in range(6)])

    return fig, update


@kind
def event_plot():
    fig, ax = one()
    rows = ax.eventplot([[1, 2, 5], [2, 3]])
    return fig, lambda k: rows[0].set_positions([1, 2 + k, 5])


@kind
def arrows():
    fig, ax = one()
    arrow = ax.add_patch(FancyArrowPatch((0.1, 0.1), (0.8, 0.8), arrowstyle="-|>", mutation_scale=20))
    return fig, lambda k: (arrow.set_positions((0.1, 0.1), (0.9, 0.9 - k / 3)), arrow.set_connectionstyle(f"arc3,rad={k / 4}"))


@kind
def annotation():
    fig, ax = one()
    ax.plot(T, np.sin(T))
    note = ax.annotate("here", (0, 0), (3, 0.9), arrowprops={"arrowstyle": "->"})

    def update(k):
        note.xy = (k, np.sin(k))
        note.set_text(f"at {k}")

    return fig, update


@kind
def text_with_markup():
    fig, ax = one()
    label = ax.text(0.1, 0.5, "")
    return fig, lambda k: label.set_text(["a < b & c > d", '</g><b>"it\'s"</b>', "&amp; # url(#x) @"][k])


@kind
def text_style():
    fig, ax = one()
    label = ax.text(0.5, 0.5, "two\nlines", ha="center")

    def update(k):
        label.set(rotation=30 * k, weight=["normal", "bold", "light"][k], size=12 + 4 * k)
        label.set_bbox({"facecolor": PAPER, "edgecolor": f"C{k}", "boxstyle": "round"})

    return fig, update


@kind
def mathtext():
    fig, ax = one()
    label = ax.text(0.1, 0.5, "", size=16)
    formulas = [r"$\frac{\partial L}{\partial W}$", r"$\sum_{t=1}^{T}\sqrt{h_t}$", r"$\tilde{C}_t = \tanh(x < 1)$"]
    return fig, lambda k: label.set_text(formulas[k])


@kind
def outlined_text():
    fig, ax = one()
    label = ax.text(0.2, 0.5, "outlined", size=20, path_effects=[withStroke(linewidth=3, foreground="tab:orange")])
    return fig, lambda k: label.set_text("outlined"[: 8 - k])


@kind
def titles():
    fig, ax = one()
    ax.plot(T, T)
    return fig, lambda k: (fig.suptitle(f"figure {k}"), ax.set_title(f"axes {k}", loc="left"), ax.set_xlabel("x" * k))


@kind
def limits():
    fig, ax = one()
    ax.plot(T, np.sin(T))
    ax.grid(True)
    return fig, lambda k: (ax.set_xlim(k, 6 - k), ax.set_ylim(-1 - k, 1))


@kind
def scales():
    fig, ax = one()
    ax.plot(T + 0.1, np.exp(T))

    def update(k):
        ax.set_yscale(["linear", "log", "symlog"][k])
        ax.set_xscale(["linear", "linear", "log"][k])
        ax.set(xlim=(0.1, 6), ylim=(1, 400))

    return fig, update


@kind
def far_outside():
    fig, ax = one()
    (line,) = ax.plot(T, np.exp(T))
    ax.set_ylim(0, 3)
    return fig, lambda k: line.set_ydata(np.exp(T * (1 + 3 * k)) * np.cos(5 * T))


@kind
def ticks():
    fig, ax = one()
    ax.plot(T, 1e6 * T)

    def update(k):
        ax.set_xticks([[0, 3, 6], [1, 2], [0, 6]][k], [["a", "b", "c"], ["$x_1$", "$x_2$"], ["0", "6"]][k])
        ax.yaxis.set_major_formatter(["{x:.0f}", "{x:.1e}", "{x:g} m"][k])

    return fig, update


@kind
def legend_best():
    fig, ax = one()
    (line,) = ax.plot(T, T, label="falls or rises")
    ax.legend(loc="best")
    return fig, lambda k: line.set_ydata([T, 6 - T, np.abs(T - 3)][k])


@kind
def legend_entries():
    fig, ax = one()
    curves = [ax.plot(T, n * T)[0] for n in (1, 2)]
    return fig, lambda k: ax.legend(curves[: 1 + k % 2], ["one", "two"][: 1 + k % 2], title=f"k = {k}", frameon=True)


@kind
def twin_axes():
    fig, ax = one()
    ax.plot(T, np.sin(T))
    (line,) = ax.twinx().plot(T, T, "C1")
    return fig, lambda k: (line.set_ydata(T * (k + 1)), line.axes.set_ylim(0, 6 * (k + 1)))


@kind
def inset():
    fig, ax = one()
    ax.plot(T, T)
    (line,) = inset_axes(ax, "40%", "40%", loc="upper left").plot(T, np.sin(T))
    return fig, lambda k: line.set_ydata(np.sin(T + k))


@kind
def zoomed_inset():
    fig, ax = one()
    ax.plot(T, np.sin(T))
    small = ax.inset_axes([0.5, 0.6, 0.4, 0.3])
    small.plot(T, np.sin(T))
    ax.indicate_inset_zoom(small)
    return fig, lambda k: small.set(xlim=(k, k + 1), ylim=(-1, 1 - k / 4))


@kind
def artists_come_and_go():
    fig, ax = one()
    ax.set_ylim(-1, 1)
    kept = []

    def update(k):
        while kept:
            kept.pop().remove()
        kept.extend(ax.plot(T, np.sin(T + n), f"C{n}")[0] for n in range(k + 1))
        kept.append(ax.text(1, 0.5, f"{k + 1} lines"))

    return fig, update


@kind
def visibility():
    fig, ax = one()
    parts = [part for n in range(5) for part in (ax.plot(T, np.sin(T + n))[0], ax.text(n, 0, f"text {n}"))]
    parts += [ax.add_patch(Rectangle((n, -1), 0.5, 0.3)) for n in range(5)]
    return fig, lambda k: [part.set_visible((n + k) % 3 > 0) for n, part in enumerate(parts)]


@kind
def painting_order():
    fig, ax = one()
    discs = [ax.add_patch(Circle((0.3 + 0.2 * n, 0.5), 0.25, facecolor=f"C{n}")) for n in range(3)]
    return fig, lambda k: [disc.set_zorder(1 + (n + k) % 3) for n, disc in enumerate(discs)]


@kind
def axes_come_and_go():
    fig = plt.figure(layout="none")
    fig.subplots_adjust(hspace=0.5)

    def update(k):
        fig.clear()
        for ax in fig.subplots(k + 1, squeeze=False).flat:
            ax.plot(T, np.sin(T))

    return fig, update


@kind
def shared_axes():
    fig, (upper, lower) = plt.subplots(2, sharex=True)
    (line,) = upper.plot(T, np.sin(T))
    lower.plot(T, np.cos(T))
    return fig, lambda k: (line.set_ydata(np.sin(T) * k), lower.set_xlim(0, 6 - k))


@kind
def subfigures():
    fig = plt.figure()
    left, right = fig.subfigures(1, 2)
    left.subplots().plot(T, T)
    (line,) = right.subplots().plot(T, T)
    return fig, lambda k: (line.set_ydata(T[::-1] * k), right.suptitle(f"right {k}"))


@kind
def table():
    fig, ax = one()
    ax.axis("off")
    cells = ax.table([["0.0", "1"], ["2", "3"]], colLabels=["a", "b"], loc="center")

    def update(k):
        cells[1, 0].get_text().set_text(f"{k / 3:.3f}")
        cells[2, 1].set_facecolor(f"C{k}")

    return fig, update


@kind
def polar():
    fig, ax = plt.subplots(subplot_kw={"projection": "polar"})
    (line,) = ax.plot(T, T)
    return fig, lambda k: line.set_ydata(T * (1 - k / 4))


@kind
def three_d():
    fig, ax = plt.subplots(subplot_kw={"projection": "3d"})
    ax.plot_surface(*np.meshgrid(range(10), range(8)), GRID, cmap="viridis")
    ax.plot(range(8), range(8), 1)
    return fig, lambda k: ax.view_init(30 - 5 * k, 30 + 60 * k)


@kind
def pie():
    fig, ax = one()

    def update(k):
        ax.clear()
        ax.pie([1, 2, 3 + k], labels=list("abc"), explode=[0, 0.1 * k, 0])

    return fig, update


@kind
def box_plot():
    fig, ax = one()
    samples = np.random.default_rng(0).normal(size=(3, 40))

    def update(k):
        ax.clear()
        ax.boxplot(samples.T * (k + 1), patch_artist=k == 1)

    return fig, update


@kind
def violins():
    fig, ax = one()
    samples = np.random.default_rng(0).normal(size=(40, 2))

    def update(k):
        ax.clear()
        ax.violinplot(samples * (k + 1))

    return fig, update


@kind
def clip_path():
    fig, ax = one()
    picture = ax.imshow(GRID, aspect="auto")
    (line,) = ax.plot([0, 9], [0, 7], lw=10)

    def update(k):
        disc = Circle((4, 3), 1 + k, transform=ax.transData)
        for artist in (picture, line):
            artist.set_clip_path(disc)

    return fig, update


@kind
def compound_paths():
    fig, ax = one()
    ring = Path.make_compound_path(Path.circle((0.5, 0.5), 0.4), Path(Path.circle((0.5, 0.5), 0.2).vertices[::-1]))
    patch = ax.add_patch(mpl.patches.PathPatch(ring, facecolor="C2"))
    return fig, lambda k: patch.set_path(ring.transformed(mpl.transforms.Affine2D().scale(1 - k / 4)))


@kind
def sketch():
    fig, ax = one()
    (line,) = ax.plot(T, T)
    return fig, lambda k: (line.set_sketch_params(1 + k, 40, 10), line.set_ydata(T * (k + 1)))


@kind
def spans_and_rules():
    fig, ax = one()
    ax.set_xlim(0, 6)
    span, rule = ax.axvspan(0, 1, alpha=0.3), ax.axvline(0, ls=":")

    def update(k):
        nonlocal span
        span.remove()  # what axvspan returns has changed its class, and how it is moved
        span = ax.axvspan(k, k + 1, alpha=0.3)
        rule.set_xdata([k, k])
        ax.spines["left"].set_visible(k == 1)

    return fig, update


@kind
def animated():
    fig, ax = one()
    (line,) = ax.plot(T, np.sin(T), animated=True)
    return fig, lambda k: line.set_ydata(np.sin(T + k))


@kind
def linked():
    fig, ax = one()
    dots = ax.scatter([0, 1, 2], [0, 1, 2])
    dots.set_urls(["#a", "#b", "#c"])
    label = ax.text(1, 0.5, "a link", url="#there")
    return fig, lambda k: label.set_position((k / 2, 0.5))


# ---- artists that are made anew, by `update` or by matplotlib ----


@kind
def curves_plotted_again():
    fig, ax = one()
    ax.set(xlim=(0, 6), ylim=(-1, 3))
    ax.plot(T, np.sin(T), "C0")
    shown = 1

    def update(k):
        nonlocal shown
        if shown != k + 1:
            shown = k + 1
            while ax.lines:
                ax.lines[0].remove()
            for n in range(k + 1):
                ax.plot(T, np.sin(T) + n, f"C{n}")

    return fig, update


@kind
def colour_bar_with_ends():
    fig, ax = one()
    picture = ax.imshow(GRID)
    fig.colorbar(picture, extend="both")
    return fig, lambda k: picture.set_clim(-1, 1 + k)


@kind
def notes_made_anew():
    fig, ax = one()
    ax.plot(T, np.sin(T))
    notes = [ax.annotate("peak 0", (1.5, 1), (3, 0.9), arrowprops={"arrowstyle": "->"})]

    def update(k):
        if notes[0].get_text() != f"peak {k}":
            notes.pop().remove()
            notes.append(ax.annotate(f"peak {k}", (1.5, 1), (3, 0.9 - k / 4), arrowprops={"arrowstyle": "->"}))

    return fig, update


# ---- a stranger's style ----


def everything(ax):
    """A bit of all that has a colour by default, some of it made anew in every state."""
    (line,) = ax.plot(T, np.sin(T), label="sine")
    ax.plot(T, np.cos(T), "k:", label="black")
    ax.set(title="A title", xlabel="time", ylabel="height", ylim=(-1, 2))
    ax.grid(True)
    kept = []

    def update(k):
        while kept:
            kept.pop().remove()
        line.set_ydata(np.sin(T + k))
        kept.append(ax.annotate(f"note {k}", (k, 0), (3, 1.5), arrowprops={"arrowstyle": "->"}))
        kept.append(ax.text(0.5, 1 + k / 3, f"text {k}"))
        ax.legend(loc="upper right")

    return ax.figure, update


@stranger("default")
def plain_style():
    return everything(one()[1])


@stranger("dark_background")
def dark_style():
    return everything(one()[1])


@stranger("ggplot")
def ggplot_style():
    return everything(one()[1])


@stranger(
    {"axes.facecolor": "#eaeaf2", "axes.edgecolor": "white", "grid.color": "white", "text.color": ".15", "xtick.color": ".15"}
)
def seaborn_like_style():
    return everything(one()[1])


@stranger("default")
def plain_three_d():
    fig, ax = plt.subplots(subplot_kw={"projection": "3d"})
    (line,) = ax.plot(range(8), range(8), range(8))
    return fig, lambda k: (line.set_data_3d(range(8), range(8), np.arange(8) * (1 - k / 2)), ax.set_title(f"k = {k}"))


@stranger("default")
def plain_text_on_data():
    fig, ax = one()
    picture = ax.imshow(GRID[:3, :3], cmap="Pastel1")
    for n in range(3):
        ax.text(n, n, f"on {n}", ha="center")
    boxed = ax.text(0, 2, "boxed", bbox={"facecolor": "lightyellow"})
    return fig, lambda k: (picture.set_data(np.roll(GRID[:3, :3], k)), boxed.set_text("boxed" * (k + 1)))


@stranger("default")
def plain_table_and_bar():
    fig, (ax, below) = plt.subplots(2)
    picture = ax.pcolormesh(GRID)
    fig.colorbar(picture)
    below.axis("off")
    cells = below.table([["0", "1"], ["2", "3"]], loc="center")
    return fig, lambda k: (picture.set_clim(-2, k + 1), cells[0, 0].get_text().set_text(str(k)))
