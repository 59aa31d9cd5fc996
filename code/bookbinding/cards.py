"""The picture that a messenger shows with a link to a page: `python -m bookbinding.cards` draws one for each built page.

It shows what the page opens with. A card is named by its whole address, so there are none where `site` of `_config.yml` is
empty. The browser that draws them is that of the tests, $CHROMIUM.
"""

import html
import io
import re

from bookbinding.chromium import opened
from bookbinding.editions import BUILD, ROOT, built, editions, site_address
from bookbinding.found import attribute
from bookbinding.paper import Pictures

SIZE = 1200, 630  # what messengers ask for
STYLE = """
body { margin: 0; width: 1200px; height: 630px; box-sizing: border-box; padding: 44px 60px; background: #fff; --paper: #fff;
  display: flex; flex-direction: column; gap: 26px;
  color: #1d2226; font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif }
p { display: flex; align-items: center; gap: 14px; margin: 0; font-size: 26px; color: #59636b }
p svg { width: 44px }
h1 { margin: 0; font-size: 50px; line-height: 1.15; text-wrap: balance }
main { flex: 1; min-height: 0; display: grid; place-items: center }
main svg { width: 100%; height: 100%; min-width: 0 }
"""


def card(title, picture, words):
    """The HTML of a card: the book, the title of a page, its first picture or none."""
    mark = (ROOT / "chapters/_static/mark.svg").read_text("utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="{words["language"].replace("_", "-")}"><meta charset="utf-8"><style>{STYLE}'
        f"</style>\n<body><p>{mark}{html.escape(words['title'])}</p><h1>{html.escape(title)}</h1>"
        f"<main>{picture}</main></body></html>\n"
    )


def opening(page):
    """The title of a built page, without the name of the book, and its first picture as SVG, empty where it has none."""
    title = html.unescape(re.search(r'<meta property="og:title" content="([^"]*)"', page)[1])
    pictures = [svg for svg in Pictures(page[page.index("<main") :]).held if 'role="img"' in svg[:2000].split(">")[0]]
    return title, pictures[0] if pictures else ""


def draw(browser, page):
    """The bytes of a PNG of a card."""
    from PIL import Image

    view = browser.new_page(viewport=dict(zip(("width", "height"), SIZE, strict=True)))
    view.set_content(page)
    shot = Image.open(io.BytesIO(view.screenshot())).convert("RGB")
    view.close()
    small = io.BytesIO()
    shot.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def named(page, address, title):
    """The page with its card named in its head, once."""
    told = {"og:image": address, "og:image:width": SIZE[0], "og:image:height": SIZE[1], "og:image:alt": title}
    tags = "".join(
        f"<meta {attribute(('property', name))} {attribute(('content', str(value)))}>\n    " for name, value in told.items()
    )
    page = re.sub(r'<meta property="og:image[^>]*>\s*', "", page).replace('content="summary">', 'content="summary_large_image">')
    return page.replace('<meta name="twitter:card"', tags + '<meta name="twitter:card"', 1)


def put(browser, site, address, books):
    """Draw a card for each page of the `site`, a folder that will have this `address`, and name it there. Returns how many."""
    count = 0
    for name, words in books.items():
        (site / name / "_static/cards").mkdir(exist_ok=True)
        for path in sorted((site / name).glob("*.html")):
            page = path.read_text("utf-8")
            title, picture = opening(page)
            target = site / name / f"_static/cards/{path.stem}.png"
            target.write_bytes(draw(browser, card(title, picture, words)))
            path.write_text(named(page, f"{address}{target.relative_to(site).as_posix()}", title), "utf-8")
            count += 1
    return count


def main():
    """Draw all cards; or say in a sentence why not."""
    address = site_address()
    if not address:
        print("No cards: they need the address of the site, `site` of _config.yml, and it is empty.")
        return
    with opened("draws the cards (run: make cards)") as browser:
        print(f"Drawn: {put(browser, built(BUILD / 'site', 'has cards'), address, editions())} cards")


if __name__ == "__main__":
    main()
