"""Each edition through Sphinx, side by side, then the site from all of them."""

import multiprocessing
import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from bookbinding.editions import BUILD, ROOT, editions, site_address
from bookbinding.execution import execute, executed, files, fingerprint, hashed
from bookbinding.found import write_files
from bookbinding.live import shelf
from bookbinding.lock import alone


def build():
    """Execute, render and assemble. True when there was not one warning; else `_build/site` stays as it was.

    A second build waits for the first one. Raises OSError when the disk is full, the folder may not be written, or a process
    that works for the build dies.
    """
    os.environ["EXPLORABLES_STATIC"] = "1"  # the stored notebooks hold no state of widgets
    with alone(BUILD):
        work = BUILD / "work" / fingerprint()
        for old in set((BUILD / "work").glob("*")) - {work}:
            shutil.rmtree(old)
        books = editions()
        execute([path for name in books for path in sorted(ROOT.glob(f"chapters/{name}/*.ipynb"))], work / "cache")
        clean = render(work, books)
        if clean:
            assemble(work, books)
    return clean


def render(work, books):
    """The pages of all editions, each by a process of its own. True when there was not one warning."""
    pool = ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))  # Sphinx leaves a process as nobody would want it
    try:
        ends = list(pool.map(pages, books, [books] * len(books), [work] * len(books)))
    except BrokenProcessPool as error:
        raise ChildProcessError("a process that renders an edition was ended; memory must suffice for all of them") from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    for end in ends:
        if isinstance(end, OSError | KeyboardInterrupt):
            raise end
    return not any(ends)


def pages(name, books, work):
    """Write the pages of one edition to `work`, its executed notebooks beside them, and say so.

    Returns Sphinx' exit status, or the exception that stopped it.
    """
    import nbformat
    from jupyter_book.sphinx import build_sphinx
    from pybtex.plugin import find_plugin, register_plugin

    for backend in ("docutils", "plaintext"):  # each citation would look for them in all that is installed
        register_plugin("pybtex.backends", backend, find_plugin("pybtex.backends", backend), force=True)
    words = books[name]
    shutil.rmtree(work / name / "html", ignore_errors=True)
    read, now = work / name / "read", reader(name)
    again = not read.exists() or read.read_text("utf-8") != now  # a page that is not read again keeps its warnings to itself
    read.unlink(missing_ok=True)
    status = build_sphinx(
        ROOT / "chapters" / name,
        work / name / "html",
        noconfig=True,
        path_config=ROOT / "_config.yml",
        confoverrides={
            "language": words["language"],
            "html_title": words["title"],
            "html_context": {"words": words, "edition": name, "editions": books},
            "external_toc_path": str(ROOT / "_toc.yml"),
            "nb_execution_cache_path": str(work / "cache"),
            "latex_individualpages": False,
        },
        doctreedir=work / name / "doctrees",
        freshenv=again,
        quiet=True,
        warningiserror=True,
        keep_going=True,
    )
    if status == 0:
        for path in (ROOT / "chapters" / name).glob("*.ipynb"):
            nbformat.write(executed(path, work / "cache"), work / name / "html" / path.name)
        read.write_text(now, "utf-8")
    print(f"{name}: {'no warnings' if status == 0 else 'NOT CLEAN, see above'}; pages in {work / name / 'html'}", flush=True)
    return status


def reader(name):
    """A hash of all that decides how the sources of an edition are read, besides the sources."""
    settings = ["_config.yml", "_toc.yml", "chapters/references.bib", f"chapters/{name}/edition.yml"]
    return hashed([*(ROOT / path for path in settings), *files("bookbinding")])


def assemble(work, books):
    """Replace `_build/site`: the start page, and each edition.

    The new site is made whole beside the old one: a build that is killed leaves no half of one.
    """
    site, old = BUILD / "site.new", BUILD / "site.old"
    for folder in (site, old):
        shutil.rmtree(folder, ignore_errors=True)
    for name in books:
        shutil.copytree(work / name / "html", site / name, ignore=shutil.ignore_patterns(".buildinfo*", "_sources"))
    shutil.copy(ROOT / "chapters/_static/mark.svg", site)
    address = site_address()
    write_start(site, address, books)
    write_files(site, address, books)
    shelf.renew()
    shelf.join(site)
    if (BUILD / "site").exists():
        (BUILD / "site").rename(old)
    site.rename(BUILD / "site")
    shutil.rmtree(old, ignore_errors=True)


def write_start(site, address, books):
    """The page where a language is chosen, and the one that a server shows where there is none; `address` may be empty."""
    from jinja2 import Environment, FileSystemLoader

    pages = Environment(loader=FileSystemLoader(ROOT / "chapters"), autoescape=True)
    for name, source, home in (("index.html", "start.html", ""), ("404.html", "404.html", address)):
        page = pages.get_template(source).render(editions=books, site=address, home=home)
        (site / name).write_text(page + "\n", "utf-8")
