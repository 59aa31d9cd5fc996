"""What `explore` costs: time to draw a state, weight, and time of a frame change in Chromium. Run it: it prints a table.

The time of a frame change runs from a control's input: until the texts are swapped, until the new picture is laid out, and
until the browser has the next frame on the screen ("painted"). With a number as its argument, the processor is slowed so
many times, as on a phone. The time to draw a state includes the layout and the states drawn twice: judge it by many states.
With a folder that holds another `explorables` as its argument, the states are drawn by turns with this one and that: the table
has milliseconds of both, medians, and their ratio.
"""

import gzip
import os
import statistics
import subprocess
import sys
import time

import gallery
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from explorables import explore
from find_browser import installed
from gallery import RC
from playwright.sync_api import sync_playwright
from unrolled import cells
from unrolled.figures import gates
from unrolled.figures.shared import sentence


def three_lines():
    t = np.linspace(0, 10, 100)
    fig, ax = plt.subplots()
    lines = [ax.plot(t, np.sin(k * t), label=f"k = {k}")[0] for k in (1, 2, 3)]
    ax.legend(loc="upper right")

    def update(gain, shift):
        for k, line in enumerate(lines, 1):
            line.set_ydata(gain * np.sin(k * t + shift))

    return fig, update, {"gain": np.linspace(0.2, 1, 7), "shift": np.linspace(0, 2, 9)}


def heat_map():
    fig, ax = plt.subplots()
    image = ax.imshow(np.zeros((32, 32)), vmin=-1, vmax=1)
    fig.colorbar(image)
    i = np.arange(32)
    return fig, lambda k: image.set_data(np.sin(np.outer(i, i) * k / 300)), {"k": range(40)}


def diagram():
    """66 pieces of which some are lit: what a stepper through the gates of a cell draws."""
    fig, ax = plt.subplots()
    ax.set(xlim=(0, 11), ylim=(0, 6))
    ax.axis("off")
    places = [(x, y) for x in range(11) for y in range(3)]
    boxes = [ax.add_patch(plt.Rectangle((x + 0.1, 2 * y), 0.8, 1)) for x, y in places]
    texts = [ax.text(x + 0.5, 2 * y + 0.5, "", ha="center") for x, y in places]

    def update(t, gate):
        for n, (box, text) in enumerate(zip(boxes, texts, strict=True)):
            box.set_alpha(1 if n % 6 == gate else 0.3)
            text.set_text(f"{np.sin(n * t):.2f}")

    return fig, update, {"t": range(1, 7), "gate": range(6)}


def of_gallery(kind):
    def draw():
        fig, update = gallery.KINDS[kind]()
        return fig, update, {"k": gallery.STATES}

    draw.__name__ = kind
    return draw


def stepper():
    """The gate stepper of the book, 72 states: a diagram with formulas, and bars below."""
    tokens, x, p = sentence.hand_set(cells.lstm)
    fig, update = gates.stepper(cells.lstm, p, x, tokens=tokens)
    return fig, update, {"t": range(1, len(x) + 1), "part": cells.lstm.Step._fields}


DRAWN = [three_lines, heat_map, diagram, stepper, *map(of_gallery, ["pcolormesh", "quiver", "three_d", "legend_best", "scales"])]

MEASURE = """async () => {
    const controls = [...document.querySelectorAll('figure input')], swaps = [], layouts = [], paints = [];
    for (let round = 0; round < 60; round++) {
        const control = controls[round % controls.length];
        const began = performance.now();
        control.value = (+control.value + 1) % (+control.max + 1);
        control.dispatchEvent(new Event('input'));
        swaps.push(performance.now() - began);
        document.querySelector('figure svg').getBoundingClientRect();
        layouts.push(performance.now() - began);
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        paints.push(performance.now() - began);
    }
    return [swaps, layouts, paints];
}"""


def drawn(draw):
    """An explorable, the number of its states, and the milliseconds of processor time for each."""
    with mpl.rc_context(RC):
        fig, update, choices = draw()
    began = time.process_time()
    w = explore(fig, update, alt="A picture.", max_kb=1000, **choices)
    spent = time.process_time() - began
    states = int(np.prod([len(values) for values in choices.values()]))
    return w, states, 1000 * spent / states


def compare(other, rounds=5):
    """Print what a state costs here and with the `explorables` in the folder `other`, by turns."""

    def alone(draw, first):
        program = f"import bench_explore as b; print(b.drawn(b.DRAWN[{DRAWN.index(draw)}])[2])"
        path = os.pathsep.join([*first, os.environ.get("PYTHONPATH", ""), *sys.path])
        run = subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": path}, capture_output=True, check=True
        )
        return float(run.stdout)

    print(f"{'':14}{'ms here':>12}{'ms there':>12}{'ratio':>12}")
    for draw in DRAWN:
        pairs = [(alone(draw, []), alone(draw, [other])) for _ in range(rounds)]
        here, there = (statistics.median(times) for times in zip(*pairs, strict=True))
        ratio = statistics.median(one / two for one, two in pairs)
        print(f"{draw.__name__:14}{here:12.1f}{there:12.1f}{ratio:12.2f}", flush=True)


def main(slower):
    heads = ["states", "ms/state", "KB gz", "swap p50", "p95", "layout p50", "p95", "painted p50", "p95"]
    print(" " * 14 + "".join(f"{head:>12}" for head in heads))
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=installed(), args=["--no-sandbox", "--disable-background-networking"])
        for draw in DRAWN:
            w, states, ms = drawn(draw)
            html = w.to_html()
            page = browser.new_page()
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
            page.set_content(f"<!doctype html><html lang=en><body>{html}")
            times = [np.percentile(times, q) for times in page.evaluate(MEASURE) for q in (50, 95)]
            page.close()
            numbers = [ms, len(gzip.compress(html.encode())) / 1000, *times]
            print(f"{draw.__name__:14}{states:12}" + "".join(f"{number:12.1f}" for number in numbers))
        browser.close()


if __name__ == "__main__":
    argument = sys.argv[1] if len(sys.argv) > 1 else "1"
    compare(argument) if os.path.isdir(argument) else main(float(argument))
