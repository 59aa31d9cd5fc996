"""How large the letters of a picture are on the screen."""

PHONE = {"width": 360, "height": 740}
VIEWPORT = '<meta name="viewport" content="width=device-width">'
LEAST = 11  # pixels
LETTERS = """figure => [...figure.querySelectorAll("text, tspan")].filter((e) => !e.firstElementChild && e.textContent.trim())
    .map((e) => parseFloat(getComputedStyle(e).fontSize) * figure.querySelector("svg").getScreenCTM().a)"""


def smallest(figure):
    """The size in pixels of the smallest letter of a figure, a Playwright locator."""
    return min(figure.evaluate(LETTERS), default=LEAST)
