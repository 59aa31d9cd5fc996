"""A Sphinx extension: chapters, pages below a chapter, and sections get the numbers that a reader expects."""

import functools


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


def count_sections(app, doctree):
    """A second name for each section, `section-3`, the same in every edition: the language switch leads there."""
    from docutils import nodes

    for k, section in enumerate(doctree.findall(nodes.section)):
        section["ids"].append(f"section-{k}")


def setup(app):
    app.connect("doctree-read", count_sections)
    app.connect("env-get-updated", number_pages, priority=900)  # after Sphinx's own numbers
    return {"parallel_read_safe": True, "parallel_write_safe": True}
