"""The built site in a real browser: every page of every edition, with all other hosts out of reach.

`make book` builds what is looked at here. Each look returns a list of complaints, so that poisoned pages can show, at the
end of this file, that no look is blind.
"""

import functools
import gzip
import html
import json
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from bookbinding import fonts, formulas
from conftest import DRAWN
from engines import LACKS
from explorables.states import complaint, pictures, plain_texts
from fontTools.ttLib import TTFont
from signs import ALLOWED, foreign, identifiers

SITE = Path(__file__).parent.parent / "_build/site"
PAGES = sorted(str(p.relative_to(SITE)) for p in SITE.rglob("*.html"))
EDITIONS = sorted(p.parent.name for p in SITE.glob("*/index.html"))
LIMIT = 400_000  # bytes, gzipped: a page with everything that it loads
KB = {"03_bptt": 199, "04_vanishing": 357, "05_2_gates": 221, "05_3_variants": 224, "index": 109}  # what these may not exceed
FOUND = {  # for each edition: what its search must find, and on which page
    "en": {
        "gradient": "04_vanishing",
        "forget gate": "05_2_gates",
        "truncated": "03_bptt",
    },
    "zh": {
        "梯度": "04_vanishing",
        "遗忘门": "05_2_gates",
        "雅可比矩阵": "04_vanishing",
        "裁剪": "04_vanishing",
        "长期依赖": "02_long_term",
    },
}

FIRST = {  # what the search must find first, by whatever name it is asked for
    "en": {
        "forget bias": "05_2_gates.html#",
        "vanishing gradient": "04_vanishing.html",
        "BPTT": "03_bptt.html",
        "GRU": "05_3_variants.html#",
        "gated recurrent unit": "05_3_variants.html#",
        "memory cell": "05_1_cell_state.html",
        "LSTM": "05_lstm.html",
        "weight sharing": "03_bptt.html#",
    },
    "zh": {
        "遗忘偏置": "05_2_gates.html#",
        "梯度消失": "04_vanishing.html",
        "梯度弥散": "04_vanishing.html",
        "沿时间反向传播": "03_bptt.html",
        "通过时间反向传播": "03_bptt.html",
        "BPTT": "03_bptt.html",
        "记忆元": "05_1_cell_state.html",
        "sigmoid": "04_vanishing.html#",
        "门控循环单元": "05_3_variants.html#",
        "长短期记忆": "05_lstm.html",
        "初始化": "07_trained.html#",
        "权重共享": "03_bptt.html#",
    },
}

each_page = pytest.mark.parametrize("path", PAGES)
each_edition = pytest.mark.parametrize("edition", EDITIONS)


@pytest.fixture(scope="session")
def site(serve):
    return serve(SITE)


# ---- looks


def network(page):
    """Requests to other hosts, requests that failed, and anything on the console."""
    return [
        *(f"asks another host: {url}" for url in page.refused),
        *(f"fails: {what}" for what in page.failed),
        *(f"says on the console: {text}" for text in page.said),
    ]


def weight(page):
    """Gzipped bytes of the page and all that it has loaded; what runs cells in the page has a test of its own."""
    return sum(len(gzip.compress(r.body(), 6)) for r in page.received if r.ok and "/live/" not in r.url)


def too_heavy(page):
    return [f"weighs {weight(page)} bytes"] if weight(page) > LIMIT else []


def whole(page):
    """Lay out and measure what a reader would have to go to first, and give it its controls: a page does it part by part, a print
    opens all folds and measures at once.
    """
    page.add_style_tag(content="* { content-visibility: visible !important }")
    page.evaluate("document.fonts.ready")
    for kind in ("beforeprint", "afterprint"):
        page.evaluate(f"dispatchEvent(new Event('{kind}'))")
        page.evaluate(DRAWN)


def sideways(page):
    width, view = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return [f"scrolls sideways: {width} on {view}"] if width > view else []


def barriers(page):
    """axe's violations that are serious or critical. To be the last look, for to save time it takes things out of the page: first
    what axe has no rules for (the insides of formulas and pictures, code but for one span of each colour); then, for the rule
    that costs most, contrast, every text that looks as another one does.
    """
    whole(page)  # else each answer of layout is computed anew
    page.evaluate(
        """() => {
        const all = s => document.querySelectorAll(s), seen = new Set();
        all(".katex").forEach(el => {
            const said = el.querySelector("annotation");
            if (said) el.replaceWith(said.textContent);
        });
        all("svg[role=img] > *").forEach(el => el.remove());
        all(".highlight span").forEach(el => seen.has(el.className) ? el.replaceWith(...el.childNodes) : seen.add(el.className));
        document.body.normalize();
        dispatchEvent(new Event("resize"));  // a table with TeX in place of its formulas has another width
    }"""
    )
    found = violations(page, rules={"color-contrast": {"enabled": False}})
    page.evaluate(ONE_OF_A_LOOK)
    found += violations(page, runOnly=["color-contrast"])
    return [
        f"axe {v['id']} ({v['impact']}): {v['help']}; {[n['html'][:200] for n in v['nodes'][:3]]}"
        for v in found
        if v["impact"] in {"serious", "critical"}
    ]


def violations(page, **options):
    return Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]


ONE_OF_A_LOOK = """() => {
    const grounds = new Map([[null, ""]]);  // of an element: all that is painted behind it; what floats has a ground of its own
    const ground = el => {
        if (!grounds.has(el)) {
            const style = getComputedStyle(el), floats = /absolute|fixed/.test(style.position);
            const own = ["backgroundColor", "backgroundImage", "opacity", "filter"].map(name => style[name]).join(" ");
            const plain = own === "rgba(0, 0, 0, 0) none 1 none";
            grounds.set(el, ground(el.parentElement) + (plain ? "" : own) + (floats ? grounds.size : ""));
        }
        return grounds.get(el);
    };
    const looks = new Set(), again = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const text = walk.currentNode, el = text.parentElement, style = getComputedStyle(el);
        if (!text.data.trim()) continue;
        const face = [style.color, style.fontSize, style.fontWeight, style.textShadow];
        const look = [...face, el.checkVisibility(), ground(el)].join(" ");
        if (looks.has(look)) again.push(text);
        looks.add(look);
    }
    again.forEach(text => text.remove());
}"""


def flaws(page):
    """What a reader would see, or not hear: raw formulas, dead widgets, pictures and controls without a name."""
    return page.evaluate(
        r"""() => {
        const bad = [], all = s => [...document.querySelectorAll(s)];
        const tell = (what, el) => bad.push(`${what}: ${el.outerHTML.slice(0, 120)}`);
        if (!document.documentElement.lang) bad.push("no language");
        if (all("h1").length !== 1) bad.push(`${all("h1").length} first headings`);
        const numbers = all("main :is(h1, h2, h3) .section-number").map(el => el.textContent.trim());
        numbers.filter((n, i) => numbers.indexOf(n) < i).forEach(n => bad.push(`two sections are numbered ${n}`));
        all("img:not([alt])").forEach(el => tell("no alt", el));
        all(".katex-error").forEach(el => tell("formula in error", el));
        all("main .dropdown:not(details)").forEach(el => tell("a fold that does not fold", el));
        if (/Loading widget|widget-view/.test(document.documentElement.outerHTML)) bad.push("a dead widget");
        for (const figure of all(".explorable, .still")) {
            const pictures = [...figure.querySelectorAll("svg:not([aria-hidden=true], .katex svg)")]; // a root is drawn, too
            if (!pictures.length) tell("no picture", figure);
            pictures.filter(svg => !svg.getAttribute("aria-label")?.trim()).forEach(svg => tell("no aria-label", svg));
        }
        for (const el of all(".explorable :is(input, select, button)")) {
            const own = el.localName === "button" ? el.textContent : [...el.labels].map(l => l.textContent).join("");
            if (!(el.getAttribute("aria-label") || own).trim()) tell("no label", el);
        }
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            const text = walk.currentNode;
            if (text.parentElement.closest("code, pre, script, style, svg, math, .katex")) continue;
            if (/\$|\\[([a-zA-Z]|\{[a-z:]+\}|:::|\*\*/.test(text.data)) bad.push(`raw markup: ${text.data.trim().slice(0, 120)}`);
        }
        return bad;
    }"""
    )


def strays(page):
    """On a Chinese page: headings, titles, buttons and spoken names without one Chinese character."""
    return page.evaluate(
        r"""names => {
        if (!document.documentElement.lang.startsWith("zh")) return [];
        const allowed = new RegExp(`\\b(${names.join("|")})\\b`, "g");
        const english = text => /[a-z]{3}/.test(text.replace(allowed, "")) && !/[\u3400-\u9fff]/.test(text);
        const foreign = "[lang=en], [href*='references.html'], pre, code, math, .katex, script, style, .search-summary";
        const words = el => {
            const copy = el.cloneNode(true);
            copy.querySelectorAll(".katex, math, code").forEach(inner => inner.remove());
            return copy.textContent.trim();
        };
        const read = `title, h1, h2, h3, h4, summary, label, button, figcaption, caption, nav a, footer a, .admonition-title,
            #search-results > :not(ul)`;
        const spoken = ["alt", "aria-label", "title", "placeholder", "data-tooltip"];
        return [...document.querySelectorAll("*")].filter(el => !el.closest(foreign)).flatMap(el => [
            ...spoken.map(name => el.getAttribute(name)),
            ...(el.matches(read) ? [words(el)] : []),
        ]).filter(text => text && english(text)).map(text => `stray English: ${text}`);
    }""",
        sorted(ALLOWED),
    )


def spoken(page):
    """Names from the code in menus and, on a Chinese page, English words in pictures, whatever state they show."""
    pictures, menus, chinese = page.evaluate(
        r"""async () => {
        const figures = [...document.querySelectorAll(".explorable, .still")];
        const specs = await Promise.all(figures.map(async figure => {
            const spec = JSON.parse(figure.querySelector("script")?.textContent ?? "{}");
            if (!spec.states) return spec;
            const states = await (await fetch(spec.states)).text();  // explorableStates({...})
            return JSON.parse(states.slice(states.indexOf("{"), states.lastIndexOf("}") + 1));
        }));
        const drawn = figures.map((figure, k) => {
            const states = document.createElement("template");
            states.innerHTML = `<svg>${(specs[k].table ?? []).join("")}</svg>`;
            return [...figure.querySelectorAll("svg text"), ...states.content.querySelectorAll("text")];
        }).flat().filter(text => !text.querySelector("tspan") && !/mono/i.test(text.getAttribute("style")));
        const shown = figures.flatMap(figure => [...figure.querySelectorAll("option, .explorable-pair label, output")]);
        const texts = elements => [...new Set(elements.map(element => element.textContent.trim()))];
        return [texts(drawn), texts(shown), document.documentElement.lang.startsWith("zh")];
    }"""
    )
    found = [f"a name in a menu: {text}" for text in identifiers(menus)]
    return found + [f"English in a picture: {text}" for text in foreign(pictures + menus) if chinese]


LONG = 1000  # ms
KEYS = {
    "range": ["ArrowRight", "ArrowLeft", "End", "Home"],
    "select": ["ArrowDown", "ArrowUp"],
    "radio": ["ArrowRight", "Space"],
    "button": ["Enter"],
}


def dead_controls(page):
    """Move every control of every explorable by keyboard; its picture must change. What waits for a guess, or folds, is shown."""
    page.eval_on_selector_all(".prediction", "all => all.forEach(one => one.dispatchEvent(new Event('prediction-open')))")
    page.eval_on_selector_all("details.more", "all => all.forEach(one => (one.open = true))")
    dead = []
    for figure in page.query_selector_all(".explorable"):
        picture, start = figure.query_selector("svg:not([aria-hidden=true])"), figure.get_attribute("data-frame")
        controls = figure.query_selector_all("input, select, button")
        kinds = figure.eval_on_selector_all(
            "input, select, button", "all => all.map(el => el.localName === 'input' ? el.type : el.localName)"
        )
        if not controls:
            dead.append("an explorable without controls")
        picture.evaluate("el => { el.before = el.innerHTML; }")
        wait = LONG  # its states may come from a file of their own; once they are here the picture changes at once
        for control, kind in zip(controls, kinds, strict=True):
            if kind == "button":  # away from the start, or `reset` has nothing to do
                first = figure.query_selector("[type=range], [type=radio]:checked, select")
                moves(first, "ArrowRight", picture, wait)
                if figure.get_attribute("data-frame") == start:
                    moves(first, "ArrowLeft", picture, wait)
            if not any(moves(control, key, picture, LONG if kind == "button" else wait) for key in KEYS.get(kind, [])):
                dead.append(f"dead control: {control.evaluate('el => el.outerHTML')[:120]}")
                continue
            wait = 0
            if kind == "button":
                moves(control, "Enter", picture, wait)  # a play button plays on until it is pressed again
    return dead


CHANGED = """async (picture, wait) => {
    const changed = () => picture.innerHTML !== picture.before;
    for (const end = performance.now() + wait; !changed() && performance.now() < end; )
        await new Promise(go => setTimeout(go, 5));
    const found = changed();
    picture.before = picture.innerHTML;
    return found;
}"""


def moves(control, key, picture, wait):
    """Does a key change the picture, within some milliseconds, from what it was when this was asked last?"""
    control.press(key)
    return picture.evaluate(CHANGED, wait)


PRESS = """async (links, frames) => {
    const soon = async (done) => { for (let k = 0; k < 500 && !done(); k++) await new Promise(go => setTimeout(go, 10)); };
    const pressed = [];
    for (const [k, link] of links.entries()) {
        const before = scrollY;
        link.focus({ preventScroll: true });
        link.click();
        const [, name, number] = /^#([^:]+?)(?:-(\\d+))?:/.exec(link.hash);
        const called = [...document.querySelectorAll("figure.explorable")].filter(one => one.dataset.name === name);
        const frame = () => Number(called[(number ?? 1) - 1]?.dataset.frame);
        const kept = link.getAttribute("aria-current") === "true" && document.activeElement === link && scrollY === before;
        await soon(() => frame() === frames[k]);  // its states may come from a file of their own
        pressed.push({ frame: frame(), kept });
    }
    return pressed;
}"""


def frame_of(path, anchor):
    """The number of the state that an address names, as itertools.product counts; what it does not name is at its start."""
    name, _, asked = anchor.partition(":")
    name, _, number = name.partition("-")
    found = re.findall(
        rf'<figure class="explorable" data-name="{name}".*?json">(.*?)</script>', (SITE / path).read_text("utf-8"), re.S
    )
    spec = json.loads(found[int(number or 1) - 1])
    asked, frame = dict(parse_qsl(asked, keep_blank_values=True)), 0
    for choice, start in zip(spec["choices"], spec["at"], strict=True):
        texts = plain_texts(choice["values"])
        frame = frame * len(texts) + (texts.index(asked[choice["name"]]) if choice["name"] in asked else start)
    return frame


def links_that_do_not_set(page, path):
    """Press every link of the text that sets a picture: the state is reached, the page and the focus stay where they are."""
    page.eval_on_selector_all("details:has(a.explorable-link)", "all => all.forEach(one => (one.open = true))")
    links = page.locator("a.explorable-link:not(.prediction-verdict *)")
    addresses = [unquote(address[1:]) for address in links.evaluate_all("links => links.map(link => link.hash)")]
    frames = [frame_of(path, address) for address in addresses]
    pressed = zip(addresses, frames, links.evaluate_all(PRESS, frames), strict=True)
    return [
        f"{address} sets {found}, not {frame}" for address, frame, found in pressed if found != {"frame": frame, "kept": True}
    ]


def buried(page):
    """Text, formulas and base pictures that cannot be seen; copies that a script made, in buttons and beside entries, may be."""
    return page.evaluate(
        """() => {
        const seen = el => el.getBoundingClientRect().width * el.getBoundingClientRect().height > 0;
        const bad = [...document.querySelectorAll(".katex, :is(.explorable, .still) svg:not([aria-hidden=true])")]
            .filter(el => !el.closest("details:not([open]), [popover], .prediction-form, .column") && !seen(el))
            .map(el => `buried: ${el.outerHTML.slice(0, 120)}`);
        return document.querySelector("main").innerText.length > 20 ? bad : [...bad, "no text"];
    }"""
    )


def off_paper(page):
    """What belongs to a screen and would be printed; what folds and would not."""
    controls = page.locator("header.page, #contents, .explorable :is(input, select, button)").filter(visible=True).all()
    folded = page.locator("details > :not(summary, .live-door)").filter(visible=False).all()
    return ["a control on paper"] * len(controls) + ["folded on paper"] * len(folded)


CODE = 0.1  # the most of a page's height that code in view and what it printed may take


def proof_in_the_way(page):
    """More code and raw output than a reader wants, who came to read; and a block of them, in view, that scrolls sideways."""
    return page.evaluate(
        """most => {
        const text = document.querySelector("main"), height = el => el.getBoundingClientRect().height;
        const boxes = [...text.querySelectorAll("div.cell_input, .cell_output .stream")].filter(el => !el.closest("details"));
        const part = text.matches(".play") ? 0 : boxes.reduce((sum, el) => sum + height(el), 0) / height(text);
        const wide = [...text.querySelectorAll("pre")].filter(el => el.checkVisibility() && el.scrollWidth > el.clientWidth);
        return [
            ...(part > most ? [`code and raw output take ${(100 * part).toFixed(1)} % of the height`] : []),
            ...wide.map(el => `code scrolls sideways: ${el.textContent.slice(0, 80)}`),
        ];
    }""",
        CODE,
    )


def scrolls(page):
    """Blocks in view that scroll sideways."""
    return page.evaluate(
        """async () => {
        await document.fonts.ready;
        const moves = el => el.scrollWidth > el.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(el).overflowX);
        const blocks = [...document.querySelectorAll("main *")].filter(el => el.checkVisibility() && moves(el));
        return blocks.map(el => `scrolls by ${el.scrollWidth - el.clientWidth} px: ${el.outerHTML.slice(0, 120)}`);
    }"""
    )


def cut_off(page):
    """Pictures that hang out of a box that paints nothing outside itself. To be asked before `whole`, which lifts such bounds."""
    return page.evaluate(
        """() => {
        const bad = [];
        for (const svg of document.querySelectorAll(":is(.explorable, .still) svg:not([aria-hidden=true])")) {
            let { left, right } = svg.getBoundingClientRect();
            for (let el = svg.parentElement; left < right && el !== document.body; el = el.parentElement) {
                const box = el.getBoundingClientRect(), { overflowX, contain, contentVisibility } = getComputedStyle(el);
                if (/auto|scroll/.test(overflowX)) [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
                const ends = /hidden|clip/.test(overflowX) || /paint/.test(contain) || contentVisibility === "auto";
                const cut = Math.max(box.left - left, right - box.right);
                if (ends && cut > 0.5) bad.push(`cut off by ${cut} px: ${svg.outerHTML.slice(0, 120)}`);
            }
        }
        return bad;
    }"""
    )


def too_small(page):
    """Formulas that were set smaller than others, to fit: the least that one may have is 11 pixels, and it fits."""
    return page.evaluate(
        """() => [...document.querySelectorAll("div.math > .scroll[style*=font-size]")]
            .filter(el => !el.closest("details:not([open])"))
            .filter(el => parseFloat(getComputedStyle(el.querySelector(".katex-display")).fontSize) <= 11
                || el.scrollWidth > el.clientWidth)
            .map(el => `a formula is set too small, or does not fit: ${el.textContent.slice(0, 80)}`)"""
    )


def crooked(page):
    """On a laptop: a control's value or its `reset` off its line, a table as wide as nothing else, a number that touches its
    source, letters of the list of symbols that are cut, a page's own entry in the contents that is not in view.
    """
    return page.evaluate(
        """() => {
        const bad = [], all = s => [...document.querySelectorAll(s)].filter(el => el.checkVisibility());
        const box = el => el.getBoundingClientRect(), middle = el => (box(el).top + box(el).bottom) / 2;
        const tell = (what, el) => bad.push(`${what}: ${el.outerHTML.slice(0, 120)}`);
        for (const value of all("main:not(.on) .explorable form output"))
            if (Math.abs(middle(value) - middle(value.previousElementSibling)) > 5) tell("a value off its line", value);
        for (const form of all("main:not(.on) .explorable > form")) {
            const controls = [...form.firstElementChild.children].map(row => row.lastElementChild);
            const off = box(form.lastElementChild).bottom - box(controls[controls.length - 1]).bottom;
            if (Math.abs(off) > 3) tell(`reset off by ${off} px`, form.lastElementChild);
        }
        const end = box(document.querySelector("main")).right - 32;  // of the column beside the text
        for (const table of all("main:not(.on) table.docutils").filter(el => !el.closest("details, .admonition"))) {
            const beyond = box(table).right - box(table.parentElement).right;
            if (beyond > 1 && Math.abs(box(table).right - end) > 2) tell(`a table beyond its column by ${beyond} px`, table);
        }
        for (const number of all("div.citation > span")) {
            const range = new Range();
            range.selectNodeContents(number);
            const room = box(number.nextElementSibling).left - range.getBoundingClientRect().right;
            if (room < 4) tell("a number that touches", number);
        }
        for (const list of all(".symbols")) {
            const cut = key => box(key).top < box(list).bottom - 1 && box(key).bottom > box(list).bottom + 1;
            if (list.scrollTop === 0 && [...list.children].some(cut)) tell("letters that are cut", list);
        }
        const [entry] = all("#contents a.current[href='#']"), [panel] = all("#contents > section");
        if (entry && box(entry).bottom > (panel ? box(panel).top : innerHeight) + 1) tell("an entry that is not in view", entry);
        return bad;
    }"""
    )


def clean(*looks):
    complaints = [complaint for look in looks for complaint in look]
    assert not complaints, "\n".join(complaints)


# ---- the pages


def test_the_site_is_built():
    assert PAGES, "no _build/site: run `make book`"
    assert "index.html" in PAGES
    assert EDITIONS


@each_page
def test_by_day_on_a_laptop(path, site, open_page):
    """In a browser that lacks what older ones lack: see `engines.py`. Firefox, in `test_firefox.py`, lacks nothing."""
    page = open_page(f"{site}/{path}", viewport={"width": 1280, "height": 900}, color_scheme="light", script=LACKS)
    seen = [*strays(page), *too_heavy(page)]
    whole(page)
    seen += [*flaws(page), *sideways(page), *scrolls(page), *proof_in_the_way(page), *crooked(page)]
    clean(seen, dead_controls(page), links_that_do_not_set(page, path), network(page), barriers(page))


@each_page
def test_by_night_on_a_phone_and_on_paper(path, site, open_page):
    page = open_page(f"{site}/{path}", viewport={"width": 360, "height": 740}, color_scheme="dark", has_touch=True)
    seen = cut_off(page)
    whole(page)
    seen += [*sideways(page), *scrolls(page), *too_small(page), *proof_in_the_way(page)]
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(media="print")
    seen += [*off_paper(page), *buried(page)]
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 360, "height": 740})
    clean(seen, network(page), barriers(page))


@each_page
def test_without_a_script(path, site, open_page):
    page = open_page(f"{site}/{path}", java_script_enabled=False, viewport={"width": 360, "height": 740})
    clean(buried(page), sideways(page), network(page))


@pytest.mark.parametrize("path", sorted(str(path.relative_to(SITE)) for path in SITE.rglob("*.ipynb")))
def test_a_downloaded_notebook_was_executed(path):
    notebook = nbformat.read(SITE / path, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    pictures = [cell for cell in cells if re.search(r"^(explore|show)\(", cell.source, re.MULTILINE)]
    shown = [{kind for output in cell.outputs for kind in output.get("data", {})} for cell in pictures]
    assert all({"text/html", "image/png"} <= kinds for kinds in shown)
    assert all(cell.outputs for cell in cells if "claim" in cell.metadata.get("tags", []))
    assert pictures or "errata" in path


class Anchors(NamedTuple):
    """The ids of a page, and what it links to."""

    ids: set
    targets: list


TAG, ATTRIBUTE = re.compile(r"<[a-z][^<>]*>"), re.compile(r'\s(id|href|src)="([^"]*)"')


@functools.cache
def anchors(path):
    page = re.sub(r"(?s)<(script|style)\b([^>]*)>.*?</\1>", r"<\1\2>", (SITE / path).read_text("utf-8"))
    found = [(name, html.unescape(value)) for tag in TAG.findall(page) for name, value in ATTRIBUTE.findall(tag)]
    return Anchors({value for name, value in found if name == "id"}, [value for name, value in found if name != "id" and value])


@each_edition
@pytest.mark.parametrize("name", KB)
def test_a_page_is_no_heavier_than_it_was(edition, name, site, open_page):
    page = open_page(f"{site}/{edition}/{name}.html", viewport={"width": 1280, "height": 900})
    page.wait_for_load_state("networkidle")
    assert weight(page) <= 1000 * KB[name]


def test_the_code_of_a_cell_is_copied(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/01_rnn.html", permissions=["clipboard-read", "clipboard-write"])
    code = page.locator("div.cell_input pre").filter(visible=True).first
    code.locator("xpath=..").get_by_role("button").press("Enter")
    page.locator("button.copy.done").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == code.text_content()


def test_the_slash_leads_to_the_search_and_is_a_letter_in_it(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/01_rnn.html")
    page.keyboard.press("/")
    page.keyboard.type("1/2")
    assert page.get_by_role("searchbox").input_value() == "1/2"


LETTERS = """svg => Math.min(...[...svg.querySelectorAll("text, tspan")].filter(e => !e.firstElementChild && e.textContent.trim())
    .map(e => parseFloat(getComputedStyle(e).fontSize) * svg.getScreenCTM().a))"""


@each_page
def test_on_a_phone_panels_are_seen_whole(path, site, open_page):
    if "data-panels=" not in (SITE / path).read_text("utf-8"):
        return
    page = open_page(f"{site}/{path}", viewport={"width": 390, "height": 844})
    whole(page)
    page.eval_on_selector_all(".prediction", "all => all.forEach(one => one.dispatchEvent(new Event('prediction-open')))")
    page.eval_on_selector_all("details", "all => all.forEach(one => (one.open = true))")
    page.wait_for_function(
        "[...document.querySelectorAll('svg[data-panels]')].every(svg => svg.style.getPropertyValue('--part') < 1)"
    )
    for picture in page.locator("svg[data-panels]").all():
        beyond = picture.evaluate("svg => svg.parentElement.scrollWidth - svg.parentElement.clientWidth")
        assert beyond <= 0, picture.get_attribute("aria-label")
        assert picture.evaluate(LETTERS) > 10.9


# where panels stand beside each other on one screen they stand below each other on another
BESIDE = re.compile(
    r"(?<!\bto the )\bright\b(?! (order|answer|label))|(?<!\bis )(?<!\bare )\bleft\b|\bbeside\b|side by side"
    r"|(?<!自)左(?!右)|(?<![左向])右|[上下]图|旁边|并排",
    re.IGNORECASE,
)


def beside(page):
    """Captions and spoken names of pictures with panels that say where a panel stands."""
    flows = re.findall(r'(?s)<svg (?:(?!>).)*?aria-label="([^"]*)"[^>]*? data-panels=.*?</svg>(.*?)</figure>', page)
    said = [html.unescape(re.sub(r"<script.*?</script>|<[^>]*>", "", text, flags=re.DOTALL)) for pair in flows for text in pair]
    return [text.strip() for text in said if BESIDE.search(text)]


@each_page
def test_no_caption_says_left_or_right_of_panels_that_flow(path):
    clean(beside((SITE / path).read_text("utf-8")))


@pytest.mark.parametrize(
    ("alt", "caption", "seen"),
    [
        ("Left, a curve.", "Two.", 1),
        ("A curve.", "The error, right.", 1),
        ("A curve.", "右图是误差。", 1),
        ("What is left of it, the right answer.", "一半左右。时间自左向右。", 0),
    ],
)
def test_a_caption_that_says_where_a_panel_stands_is_seen(alt, caption, seen):
    svg = f'<svg viewBox="0 0 9 9" role="img" aria-label="{alt}" data-panels="[[0,0,0,9,9]]"><g/></svg>'
    assert len(beside(f"<figure>{svg}<figcaption>{caption}</figcaption></figure>")) == seen
    assert not beside(f"<figure>{svg.replace(' data-panels', ' data-other')}<figcaption>{caption}</figcaption></figure>")


@each_page
def test_links_lead_somewhere(path):
    for target in anchors(path).targets:
        if target.startswith(("http:", "https:", "mailto:", "data:")):
            continue
        file, anchor = urldefrag(urljoin(path, target))
        file = unquote(file).split("?")[0]
        assert (SITE / file).is_file(), f"{path} links to {target}"
        found = not anchor or file.endswith(".svg") or anchor in anchors(file).ids or is_state(file, anchor)
        assert found, f"{path} links to {target}"


@functools.cache
def explorables(path):
    """[(name, its choices)] of a page, in order."""
    return pictures((SITE / path).read_text("utf-8"))


def is_state(path, anchor):
    """Does `stepper-2:t=5&part=C` name a state of the second stepper of a page?"""
    return ":" in anchor and complaint(anchor, explorables(path)) is None


LINKS, GUESSES = 80, 40  # at least so many links that set a picture, and predictions, an edition


@each_edition
def test_the_text_speaks_to_every_picture(edition):
    links = {
        p.name: re.findall(r'<a class="explorable-link[^"]*" href="#([^"]+)"', p.read_text("utf-8")) for p in pages_of(edition)
    }
    links = {page: [html.unescape(unquote(link)) for link in found] for page, found in links.items()}
    assert sum(map(len, links.values())) >= LINKS
    for page, found in links.items():
        names = [name for name, _ in explorables(f"{edition}/{page}")]
        silent = set(names) - {re.split("[-:]", link)[0] for link in found}
        assert not silent, f"{page} shows {', '.join(silent)} and never says what to look at"


@each_edition
def test_the_reader_is_asked(edition):
    assert sum(p.read_text("utf-8").count('<div class="prediction"') for p in pages_of(edition)) >= GUESSES


def pages_of(edition):
    return sorted((SITE / edition).glob("*.html"))


@pytest.mark.parametrize(
    "anchor",
    [
        "lstm_stepper:t=99",
        "lstm_stepper:t=five",
        "lstm_stepper:u=1",
        "lstm_stepper-9:t=1",
        "nobody:t=1",
        "lstm_stepper",
        "lstm_stepper:",
    ],
)
def test_a_link_to_no_state_is_seen(anchor):
    page = f"{EDITIONS[0]}/05_2_gates.html"
    assert is_state(page, "lstm_stepper:t=5&part=C_tilde")
    assert not is_state(page, anchor)


@each_edition
def test_pages_below_a_chapter_count_from_one(edition):
    below = sorted((SITE / edition).glob("05_[1-9]_*.html"))
    assert below
    for k, page in enumerate(below, start=1):
        headings = [h.strip() for h in page.read_text("utf-8").split('<span class="section-number">')[1:]]
        assert headings[0].startswith(f"5.{k}. ")
        assert headings[1].startswith(f"5.{k}.1. ")
        assert f"<title>5.{k}. " in page.read_text("utf-8")


@each_page
def test_links_to_the_same_page_of_each_edition(path):
    edition, _, rest = path.partition("/")
    for other in set(EDITIONS) - {edition} if rest else EDITIONS:
        assert any(urljoin(path, t) == f"{other}/{rest or 'index.html'}" for t in anchors(path).targets)


@pytest.mark.parametrize(("edition", "word"), [(e, word) for e in EDITIONS for word in FOUND[e]])
def test_search_finds(edition, word, site, open_page):
    page = open_page(f"{site}/{edition}/index.html")
    page.get_by_role("searchbox").fill(word)
    page.get_by_role("searchbox").press("Enter")
    page.locator("#search-results > p").filter(has_text=re.compile(r"\d")).wait_for()  # so many sections
    clean(network(page), strays(page))
    found = page.locator(f"#search-results li:has(a[href^='{FOUND[edition][word]}.html'])")
    assert found.first.locator("mark").count() > 0
    summaries = page.locator(".search-summary").all_inner_texts()
    assert summaries
    assert not any(re.search(r"[$\\]|(\S_\S)\1|\bimport ", summary) for summary in summaries), "formulas once, as text; no code"
    found.first.locator("a").click()
    page.locator("main span.highlighted").first.wait_for(state="attached")


@pytest.mark.parametrize(("edition", "word"), [(e, word) for e in EDITIONS for word in FIRST[e]])
def test_search_finds_a_title_first_under_each_name(edition, word, site, open_page):
    page = open_page(f"{site}/{edition}/search.html?q={word}")
    first = page.locator("#search-results li").first
    assert first.locator("a").get_attribute("href").startswith(FIRST[edition][word])
    assert first.locator("mark").count() > 0, "what was found is marked"


def test_search_finds_nothing_that_is_not_there(site, open_page):
    page = open_page(f"{site}/{EDITIONS[-1]}/search.html?q=zzyzx龘龘")
    page.locator("#search-results > p").filter(has_not_text="…").wait_for()
    assert not page.locator("#search-results li").all()


# ---- symbols ----


def lit(page):
    """[in formulas, in pictures]: how many elements are lit."""
    return page.evaluate("['[data-symbol].lit', 'svg[role=img] .lit'].map(s => document.querySelectorAll(`main ${s}`).length)")


@each_edition
def test_a_symbol_lights_by_keyboard_in_formulas_and_pictures(edition, site, open_page):
    page = open_page(f"{site}/{edition}/05_4_backward.html", viewport={"width": 1280, "height": 900})
    keys = page.get_by_role("toolbar").get_by_role("button")
    assert keys.locator("nth=0").get_attribute("tabindex") == "0"
    assert page.get_by_role("toolbar").locator("[tabindex='0']").count() == 1, "one stop of the Tab key"
    keys.first.press("ArrowLeft")  # around the end
    assert keys.last.evaluate("el => el === document.activeElement")
    page.locator(".symbols [data-symbol=C]").press("Enter")
    formulas, pictures = lit(page)
    assert formulas == page.locator("main [data-symbol=C]").count() > 9
    assert pictures > 9
    assert page.locator(".symbols [aria-pressed=true]").count() == 1
    page.locator(".explorable input[type=range]").first.press("ArrowRight")
    page.wait_for_function("document.querySelectorAll('.explorable svg .lit').length > 0")
    page.keyboard.press("Escape")
    assert lit(page) == [0, 0]


def test_a_symbol_lights_under_the_pointer_and_by_touch(site, open_page):
    path = f"{site}/{EDITIONS[0]}/05_2_gates.html"
    page = open_page(path, viewport={"width": 1280, "height": 900})
    page.locator("main [data-symbol=f]").first.hover()
    assert min(lit(page)) > 0
    page.locator("h1").hover()
    assert lit(page) == [0, 0]
    page.locator("svg[role=img] tspan").filter(has_text="o").first.hover(force=True)
    assert page.locator("main [data-symbol=o].lit").count() > 0, "from a picture"
    page.locator("main [data-symbol=C_tilde]").first.hover()
    spoken = "[...document.querySelectorAll('svg .lit')].map(el => el.parentElement.textContent)"
    assert any("=" in text for text in page.evaluate(spoken)), "in an equation that a picture writes"
    phone = open_page(path, viewport={"width": 360, "height": 740}, has_touch=True)
    for want in (True, False):
        phone.locator("main [data-symbol=f]").first.tap()
        assert all(count > 0 for count in lit(phone)) is want


def test_without_a_script_there_is_no_list_of_symbols(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/05_2_gates.html", java_script_enabled=False)
    assert not page.locator("#symbols").is_visible()


@each_edition
def test_all_pages_are_in_the_contents_of_each(edition, site, open_page):
    page = open_page(f"{site}/{edition}/02_long_term.html", viewport={"width": 1280, "height": 900})
    for name in sorted(path.name for path in (SITE / edition).glob("0*.html")):
        link = "#" if name == "02_long_term.html" else name
        assert page.locator(f"#contents a[href='{link}']").is_visible(), name


@each_edition
def test_the_text_face_is_small(edition):
    faces = list((SITE / edition).rglob("_static/text/*.woff2"))
    assert sum(path.stat().st_size for path in faces) <= 40_000
    assert len(list((SITE / edition).rglob("_static/text/LICENSE*"))) == len({path.stem == "signs" for path in faces})


@each_edition
def test_no_letter_of_a_formula_is_lost(edition):
    """A sign that its font has not is left out without a word: an inequality becomes an equation."""
    letters = {ord(letter) for letter in fonts.letters(page.read_text("utf-8") for page in (SITE / edition).glob("*.html"))}
    whole, cut = (
        {path.name: set(TTFont(path).getBestCmap()) for path in folder.glob("*.woff2")}
        for folder in (formulas.KATEX / "fonts", SITE / edition / "_static/katex/fonts")
    )
    assert not {name for name, signs in whole.items() if letters & (signs - cut[name])}


def test_a_formula_that_is_a_little_too_wide_is_set_smaller(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/05_3_variants.html", viewport={"width": 1280, "height": 900})
    formula = page.locator("div.math > .scroll").first
    formula.scroll_into_view_if_needed()  # what is far from being seen is not measured
    width = formula.locator(".katex-html > *").evaluate_all("parts => parts.reduce((sum, el) => sum + el.offsetWidth, 0)")
    size = "parseFloat(getComputedStyle(el.querySelector('.katex-display')).fontSize)"
    whole = formula.evaluate(f"el => {size}")
    for share, set_to in ((1.2, 1), (0.85, 0.85), (0.5, 1)):  # of the width that the formula needs; what is far too wide scrolls
        formula.evaluate("(el, width) => { el.style.width = `${width}px`; dispatchEvent(new Event('resize')); }", share * width)
        wanted = [formula.element_handle(), set_to * whole]
        page.wait_for_function(f"([el, wanted]) => Math.abs({size} / wanted - 1) < 0.1", arg=wanted)
        assert formula.evaluate("el => el.scrollWidth <= el.clientWidth") is (share > 0.74)


def test_captions_stand_beside_their_pictures_where_there_is_room(site, open_page):
    for width, beside in ((1280, True), (1024, False), (390, False)):
        page = open_page(f"{site}/{EDITIONS[0]}/05_2_gates.html", viewport={"width": width, "height": 900})
        picture = page.locator("main figure:has(> figcaption) .explorable-frame").first.bounding_box()
        caption = page.locator("main figure > figcaption").first.bounding_box()
        assert (caption["x"] > picture["x"] + picture["width"]) is beside
        assert (caption["y"] > picture["y"] + picture["height"] - 1) is not beside


# ---- two editions and a choice

REFUSED = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('refused', 'SecurityError'); } })"


@each_edition
def test_the_switch_leads_to_the_same_section(edition, site, open_page):
    for other in set(EDITIONS) - {edition}:
        page = open_page(f"{site}/{edition}/04_vanishing.html")
        page.locator("#section-4").evaluate("el => el.scrollIntoView()")
        page.locator(f"a.edition[data-edition={other}]").evaluate("el => el.click()")  # Playwright's own click scrolls
        page.wait_for_url(f"{site}/{other}/04_vanishing.html#section-4")
        assert 0 <= page.locator("#section-4").bounding_box()["y"] < 200


def test_the_editions_count_the_same_sections():
    for path in (p for p in PAGES if p.startswith(f"{EDITIONS[0]}/")):
        sections = [{i for i in anchors(f"{e}/{path.partition('/')[2]}").ids if re.match("section-", i or "")} for e in EDITIONS]
        assert all(s == sections[0] for s in sections), path


@each_edition
def test_the_start_page_remembers(edition, site, open_page):
    page = open_page(f"{site}/index.html")
    page.locator(f"a[data-edition={edition}]").click()
    page.goto(f"{site}/index.html")
    page.wait_for_url(f"**/{edition}/index.html")
    for other in set(EDITIONS) - {edition}:  # a switch inside the book is a choice, too
        page.locator(f"a.edition[data-edition={other}]").click()
        page.goto(f"{site}/index.html")
        page.wait_for_url(f"**/{other}/index.html")
    page.locator("a[href$='index.html#choose']").click()
    assert page.locator("a[data-edition]").count() == len(EDITIONS), "there is a way back to the choice"
    clean(page.refused, page.said)


def test_the_start_page_from_a_disk(open_page):
    page = open_page((SITE / "index.html").as_uri())
    page.locator(f"a[data-edition={EDITIONS[-1]}]").click()
    page.goto((SITE / "index.html").as_uri() + "#choose")
    assert page.locator("a[data-edition]").count() == len(EDITIONS)
    clean(page.refused, page.said)


@pytest.mark.parametrize("path", ["index.html", f"{EDITIONS[0]}/index.html"] if EDITIONS else [])
def test_a_browser_that_keeps_nothing(path, site, open_page):
    page = open_page(f"{site}/{path}")
    page.add_init_script(REFUSED)
    page.reload()
    page.locator("a[data-edition]").last.click()
    page.wait_for_url("**/index.html*")
    if path != "index.html":
        page.locator("button.colours").click()
    page.goto(f"{site}/index.html")
    assert page.url == f"{site}/index.html"


def test_the_start_page_without_a_script(site, open_page):
    page = open_page(f"{site}/index.html", java_script_enabled=False)
    assert page.locator("a[data-edition]").filter(visible=True).count() == len(EDITIONS)


def test_a_switch_opens_all_code_and_is_remembered(site, open_page):
    path = f"{site}/{EDITIONS[0]}/05_lstm.html"
    page = open_page(path)
    code = page.locator("div.cell_input:not(details.solution *)")
    folded = code.filter(visible=False).count()
    assert folded > code.count() / 2
    page.locator("button.code").press("Enter")
    assert code.filter(visible=False).count() == 0
    page.goto(path)
    assert code.filter(visible=False).count() == 0
    page.locator("button.code").press("Enter")
    assert code.filter(visible=False).count() == folded
    page.goto(path)
    assert code.filter(visible=False).count() == folded


def test_a_link_to_a_claim_opens_its_code(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/claims.html")
    page.locator("li a[href*='05_lstm.html#claim-']").first.click()
    row = page.locator("details.claim:target")
    row.locator("div.cell_input").first.wait_for()
    assert row.evaluate("el => el.open")


def test_the_reader_chooses_the_colours(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/index.html", color_scheme="light")
    paper = lambda: page.evaluate("getComputedStyle(document.body).backgroundColor")  # noqa: E731
    light = paper()
    page.locator("button.colours").click()
    dark = paper()
    assert dark != light
    page.reload()
    assert paper() == dark, "the choice is remembered"
    page.locator("button.colours").click()
    assert paper() == light


def test_contents_open_on_a_phone_by_keyboard(site, open_page):
    page = open_page(f"{site}/{EDITIONS[0]}/index.html", viewport={"width": 360, "height": 740})
    contents = page.locator("#contents")
    assert not contents.is_visible()
    page.locator("button.contents").press("Enter")
    assert contents.is_visible()
    page.keyboard.press("Escape")
    assert not contents.is_visible()


# ---- no look is blind

GOOD = """<!doctype html><html lang="en"><title>A page</title>
<main><h1>A page</h1><p>Some text for the reader to read.</p>%s</main></html>"""
CURVE = '<svg role="img" aria-label="a rising curve" width="9" height="9"><g><path d="M0 9L9 0" stroke="#000"/></g></svg>'
SLIDER = '<figure class="explorable"><label for="t">t</label><input id="t" type="range" max="3" %s>' + CURVE + "</figure>"
LIVE = """oninput="document.querySelector('g').dataset.t = this.value" """

GREY = '<p style="color: #767676">grey enough for white</p>'
FORM = '<figure class="explorable"><form><div><div>%s</form></figure>'
CUTS = ("overflow: hidden", "contain: paint", "content-visibility: auto")
POISONS = {
    network: [
        '<img alt="" src="https://example.com/a.png">',
        '<img alt="" src="missing.png">',
        "<script>console.log('hello')</script>",
        "<script>undefined.x</script>",
    ],
    sideways: ['<div style="width: 3000px">wide</div>'],
    scrolls: [f'<div style="overflow-x: auto"><table><tr><td>{"long" * 300}</td></tr></table></div>'],
    proof_in_the_way: [
        '<div class="cell_input"><pre>a = 1</pre></div>',
        '<div class="cell_output"><div class="stream"><pre>1.0</pre></div></div>',
        f'<div style="height: 3000px"></div><pre style="overflow: auto">{"long " * 300}</pre>',
    ],
    barriers: [
        "<button></button>",
        '<p style="color: #ccc; background: #fff">pale</p>',
        f'{GREY}<div style="background: #bbb">{GREY}</div>',
        f'<div style="position: relative">{GREY}<div style="position: absolute; background: #bbb">{GREY}</div></div>',
    ],
    flaws: [
        '<img src="data:,">',
        "<p>$x$</p>",
        "<p>**bold**</p>",
        r"<p>\(x\)</p>",
        "<p>{eq}`bound`</p>",
        "<p>Loading widget...</p>",
        '<figure class="still"><svg></svg></figure>',
        '<figure class="still"></figure>',
        '<div class="dropdown admonition"><p>More</p></div>',
        '<figure class="explorable"><input type="range">' + CURVE + "</figure>",
        '<span class="katex-error">x</span>',
        "<h1>another</h1>",
        2 * '<h2><span class="section-number">5. </span>A part</h2>',
    ],
    dead_controls: [
        SLIDER % "",
        '<figure class="explorable"><button>play</button><input type="range" aria-label="t">' + CURVE + "</figure>",
    ],
    spoken: [
        SLIDER % LIVE + "<figure class='explorable'><select><option>rnn_relu</option></select></figure>",
        "<figure class='explorable'><div class='explorable-pair'><label>gru</label></div></figure>",
        "<figure class='explorable'><output>C_tilde</output></figure>",
    ],
    crooked: [
        FORM % '<input><output style="display: block">3</output></div></div><button>0</button>',
        FORM % "<select></select></div></div><p>reset</p>",
        '<div style="width: 90px"><table class="docutils" style="width: 150px"><tr><td>1</td></tr></table></div>',
        '<div class="citation" style="display: grid; grid-template-columns: 1.5rem 9rem"><span>[10]</span><p>Somebody.</p></div>',
        '<div class="symbols" style="height: 10px; overflow: auto"><button>W</button><br><button>b</button></div>',
        '<nav id="contents"><a class="current" href="#" style="position: absolute; top: 2000px">Here</a></nav>',
    ],
    off_paper: ['<header class="page">A bar</header>', "<details><summary>More</summary><p>Less</p></details>"],
    cut_off: [f'<div style="{how}"><div class="still" style="margin: 0 -1rem">{CURVE}</div></div>' for how in CUTS],
    buried: ['<span hidden><span class="katex">x</span></span>', f'<div class="still" hidden>{CURVE}</div>'],
}


@pytest.mark.parametrize(("look", "poison"), [(look, poison) for look, poisons in POISONS.items() for poison in poisons])
def test_the_look_sees(look, poison, tmp_path, serve, open_page):
    (tmp_path / "index.html").write_text(GOOD % poison, "utf-8")
    assert look(open_page(serve(tmp_path), viewport={"width": 1280, "height": 900}))


def test_the_look_sees_english_in_a_picture(tmp_path, serve, open_page):
    chinese = GOOD.replace('"en"', '"zh-CN"')
    picture = (
        '<figure class="explorable"><svg><text>%s</text></svg><script type="application/json">{"table": ["%s"]}</script></figure>'
    )
    for shown, later, seen in [
        ("遗忘门", "<text>LSTM</text>", 0),
        ("forget gate", "<text>门</text>", 1),
        ("门", "<g><text>gate</text></g>", 1),
    ]:
        (tmp_path / "index.html").write_text(chinese % (picture % (shown, later)), "utf-8")
        assert len(spoken(open_page(serve(tmp_path)))) == seen


@pytest.mark.parametrize("poison", ["<h2>Summary</h2>", '<img alt="a curve" src="data:,">', "<button>Copy</button>"])
def test_the_look_sees_stray_english(poison, tmp_path, serve, open_page):
    chinese = GOOD.replace('"en"', '"zh-CN"').replace("A page", "一页")
    (tmp_path / "index.html").write_text(chinese % "<h2>小结</h2><pre>Code stays.</pre>", "utf-8")
    clean(strays(open_page(serve(tmp_path))))
    (tmp_path / "index.html").write_text(chinese % poison, "utf-8")
    assert strays(open_page(serve(tmp_path)))


def test_the_look_sees_the_weight(tmp_path, serve, open_page, rng):
    (tmp_path / "heavy.css").write_text("/*" + rng.bytes(LIMIT).hex() + "*/", "utf-8")
    (tmp_path / "index.html").write_text(GOOD % '<link rel="stylesheet" href="heavy.css">', "utf-8")
    assert too_heavy(open_page(serve(tmp_path)))


def test_a_good_page_passes(tmp_path, serve, open_page):
    (tmp_path / "index.html").write_text(GOOD % (SLIDER % LIVE), "utf-8")
    page = open_page(serve(tmp_path))
    clean(
        flaws(page),
        spoken(page),
        crooked(page),
        too_heavy(page),
        sideways(page),
        dead_controls(page),
        buried(page),
        network(page),
        barriers(page),
    )
