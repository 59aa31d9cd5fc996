"""A Sphinx extension: what a page of the book does otherwise than Sphinx would: solutions that fold, addresses, style sheets."""

import html
import re


def visit_solution(self, node):
    """`<details>` folds by keyboard, by touch and without a script; the first child, the title, is its summary."""
    title = node.pop(0)
    self.body.append(self.starttag(node, "details", CLASS="solution"))
    self.body.append("<summary>")
    self.body.append(title.astext())
    self.body.append("</summary>\n")


def depart_solution(self, node):
    self.body.append("</details>\n")


def unescape_addresses(app, doctree):
    """MyST escapes the & of an outside address, and Sphinx does so again: the link to a state of a picture would break."""
    from docutils import nodes

    for link in doctree.findall(nodes.reference):
        if "refuri" in link:
            link["refuri"] = html.unescape(link["refuri"])


FOREIGN_CSS = {"exercise.css", "proof.css"}


def mend(app, pagename, templatename, context, doctree):
    """Leave out the style sheets that exercises and proofs bring for another theme, and a role that promises list items;
    the sources are in English, and the hint at a permalink is not translated; who listens to a table is told what a head heads.
    """
    context["css_files"] = [css for css in context["css_files"] if css.filename.split("/")[-1] not in FOREIGN_CSS]
    if "body" in context:
        body = context["body"].replace('<div role="list" class="citation-list">', '<div class="citation-list" lang="en">')
        body = re.sub(r'title="Link to this \w+"', f'title="{context["words"]["link"]}"', body)
        body = re.sub(r'<th(?= class="[^"]*\bhead\b)', '<th scope="col"', body)
        context["body"] = re.sub(r'<th(?= class="[^"]*\bstub\b)', '<th scope="row"', body)


def setup(app):
    from sphinx_exercise.nodes import solution_node

    app.add_node(solution_node, override=True, html=(visit_solution, depart_solution))
    app.add_config_value("comments_config", {}, "env")  # jupyter-book sets it for an extension that we leave out
    app.connect("doctree-read", unescape_addresses)
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
