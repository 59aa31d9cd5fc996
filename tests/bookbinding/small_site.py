"""A site of two pages, for tests of what is made of a site."""

from bookbinding.editions import ROOT

WORDS = {
    "language": "en",
    "title": "Small & good",
    "subtitle": "networks",
    "contents": "Contents",
    "solutions": "Solutions",
    "solution": "Solution",
    "moves": "It moves at",
    "paper": "On paper.",
    "licence": "CC BY 4.0",
    "authors": "Nobody",
}
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 60" width="120" height="80" role="img"'
    ' aria-label="A &quot;swing&quot;" style="--size:120px"><defs><clipPath id="c"><path d="M0 0H9"/></clipPath></defs>'
    '<rect width="90" height="60" style="fill: currentColor"/><use href="#c"/></svg>'
)
SPEC = '{"choices":[{"name":"gain","values":[0.5,1]},{"name":"part","values":["f, i","C"]}],"at":[1,0],"table":[],"units":[]}'
FORMULA = (
    '<span class="math"><span class="katex"><span class="katex-mathml"><math xmlns="http://www.w3.org/1998/Math/MathML"><semantics>'
    '<mrow><mi>g</mi></mrow><annotation encoding="application/x-tex">g &lt; 1</annotation></semantics></math></span>'
    '<span class="katex-html" aria-hidden="true"><span class="base">g</span></span></span></span>'
)
CLAIM = '<summary><span class="sentence"><span class="mark">✓</span>'
CHAPTER = f"""<main id="text" role="main"><section id="one"><h1>1. One<a class="headerlink" href="#one">#</a></h1>
<details class="before"><summary>Before</summary><p>Nothing.</p></details>
<figure class="explorable" data-name="swing" data-scope="x"><style>p {{}}</style><div class="explorable-frame">{PICTURE}</div>
<figcaption>It swings.</figcaption><script type="application/json">{SPEC}</script></figure>
<script type="module">const mark = "<svg viewBox"; const more = "a</svg>";</script>
<p>A sentence with {FORMULA}, <a class="explorable-link reference internal" href="#swing:gain=0.5">at 0.5</a>,
and <a href="index.html#why">why</a>,
<a href="index.html#swing:gain=1">another</a>, <a href="one.ipynb">a notebook</a>, <a href="https://example.org">outside</a>.</p>
<details class="fold claim" id="claim-1">{CLAIM} It holds.</span></summary><pre>assert</pre></details>
<details class="fold code"><summary>Code</summary><pre>import numpy</pre></details>
<div class="exercise admonition" id="ex-one"><p class="admonition-title">Exercise 1.1 (Swing)</p></div>
<details class="solution dropdown" id="solution-1"><summary>Solution to Exercise 1.1 (Swing)</summary>
<p>By {FORMULA}.</p>
<details class="fold claim" id="claim-2">{CLAIM} It swings back.</span></summary></details></details>
</section><footer class="page"><p><a href="one.ipynb">Download</a></p></footer></main>"""
FIRST = """<nav id="contents"><ul><li><a href="01_one.html">1. One</a><ul>
<li><a href="01_1_sub.html">1.1. Sub</a></li></ul></li></ul></nav>
<main><section><h1>Small</h1><h2 id="why">Why</h2>
<p><a href="01_one.html#ex-one">Do it</a>, <a href="01_one.html#gone">gone</a>.</p></section></main>"""
SUB = '<main><section id="sub"><h1>1.1. Sub</h1><p>Below.</p></section></main>'


def write(folder):
    """Write the site of one edition into `folder`/en; returns that."""
    edition = folder / "en"
    (edition / "_static/katex").mkdir(parents=True)
    head = '<meta property="og:title" content="1. One &amp; all"><meta name="twitter:card" content="summary">'
    for name, page in {"index": FIRST, "01_one": CHAPTER, "01_1_sub": SUB}.items():
        (edition / f"{name}.html").write_text(f"<!DOCTYPE html><html><head>{head}</head><body>{page}</body></html>", "utf-8")
    for name in ("mark.svg", "book.css"):
        (edition / "_static" / name).write_text((ROOT / "chapters/_static" / name).read_text("utf-8"), "utf-8")
    return edition
