"""Two colours that stand for the page's own: the browser puts in what the page has, light or dark."""

INK = "#010102"  # text, axes, ticks: `currentColor` on the page; data that is really black stays black
PAPER = "#fefefd"  # the page behind the picture
