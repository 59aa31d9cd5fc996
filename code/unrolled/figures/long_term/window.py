"""A sentence whose last word is wanted, and a window: do the last n words hold the one that decides?"""

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from unrolled import style
from unrolled.figures.shared.axes import width

SIZE, LINE, SPACE = 15, 30, 7  # of the letters, from line to line, between two words: in points
WIDE = 430  # of a line, in points
BLANK = 104


def places(words, font):
    """Where each word stands when they are set in lines: (left, line, width) in points, the first line being 0."""
    found, left, line = [], 0, 0
    for word in words:
        wide = width(word, font) if word else BLANK
        if left + wide > WIDE:
            left, line = 0, line + 1
        found.append((left, line, wide))
        left += wide + SPACE
    return found


def window_explorer(sentences, decides):
    """The words of a sentence, a blank at its end, and what lies outside the window covered: `(fig, update)` with update(gap, n).

    `sentences` maps a gap to words, of which the last one is wanted and number `decides`, from 0 on, tells it. It stands in the
    blank where the last n words before it hold the one that decides, else a question mark.
    """
    longest = max(map(len, sentences.values())) - 1
    with style.look():
        fig, ax = plt.subplots(figsize=(6, 1.75), layout="none")
        ax.set_position((0, 0, 1, 1))
        ax.set_axis_off()
        texts = [ax.text(0, 0, "", size=SIZE, va="center") for _ in range(longest + 1)]
        font = texts[0].get_fontproperties()
        layouts = {gap: places([*words[:-1], ""], font) for gap, words in sentences.items()}
        lines = 1 + max(line for layout in layouts.values() for _, line, _ in layout)
        fig.set_figheight((LINE * lines + 8) / 72)
        ax.set(xlim=(-1, WIDE + 1), ylim=(-LINE * (lines - 0.5) - 4, LINE / 2 + 4))
        covers = [ax.add_patch(Rectangle((0, 0), 0, 0, facecolor=(style.INK, 0.22), linewidth=0)) for _ in range(longest)]
        tint = (style.SYMBOLS["x"].colour, 0.25)
        mark, blank = (ax.add_patch(Rectangle((0, 0), 0, 0, facecolor=tint, linewidth=0)) for _ in range(2))

    def update(gap, n):
        *words, answer = sentences[gap]
        seen = range(max(len(words) - n, 0), len(words))
        for k, (text, cover) in enumerate(zip(texts[:-1], covers, strict=True)):
            text.set_text(words[k] if k in seen else "")
            cover.set_visible(k < seen.start)
            if k < len(words):
                left, line, wide = layouts[gap][k]
                text.set_position((left, -LINE * line))
                cover.set_bounds(left, -LINE * line - 10, wide, 20)
        left, line, wide = layouts[gap][decides]
        mark.set_bounds(left - 3, -LINE * line - 13, wide + 6, 26)
        mark.set_visible(decides in seen)
        left, line, wide = layouts[gap][-1]
        blank.set_bounds(left, -LINE * line - 13, wide, 26)
        texts[-1].set(text=answer if decides in seen else "?", position=(left + wide / 2, -LINE * line), ha="center")

    return fig, update
