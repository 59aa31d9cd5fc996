"""Links at the foot of a page to run it elsewhere and to edit it. A Sphinx extension, silent without a repository.

`repository: {url: https://github.com/owner/name, branch: main, jupyterhub: ""}` is its one setting. With a url a notebook's page
leads to Binder and to Colab, and every page to its source; the address of a JupyterHub that has nbgitpuller adds that, too.
"""

import re
from urllib.parse import quote, urlencode

from sphinx.errors import ConfigError

GITHUB = re.compile(r"https://github\.com/([\w.-]+)/([\w.-]+)")


def runners(repository, path):
    """{service: address that opens the notebook `path` of the repository there}."""
    url, branch, hub = repository["url"], repository["branch"], repository["jupyterhub"]
    owner, name = GITHUB.fullmatch(url).groups()
    here, pull = {"urlpath": f"lab/tree/{path}"}, {"repo": url, "branch": branch, "urlpath": f"lab/tree/{name}/{path}"}
    return {
        "Binder": f"https://mybinder.org/v2/gh/{owner}/{name}/{quote(branch, safe='')}?{urlencode(here)}",
        "Colab": f"https://colab.research.google.com/github/{owner}/{name}/blob/{quote(branch)}/{path}",
        **({"JupyterHub": f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(pull)}"} if hub else {}),
    }


def install(repository):
    """What a notebook needs before its first cell where nothing of ours is installed, as on Colab."""
    source = f"git+{repository['url']}@{repository['branch']}"
    return f"%pip install -q {source}#subdirectory=code/explorables {source}"


def check(app, config):
    """The setting has its three keys, and a url of GitHub's, which is where Binder, Colab and the edit link look."""
    asked = {"url": "", "branch": "main", "jupyterhub": "", **config.repository}
    if set(asked) != {"url", "branch", "jupyterhub"}:
        raise ConfigError(f"repository must have the keys url, branch and jupyterhub; it has {sorted(config.repository)}")
    if asked["url"] and not GITHUB.fullmatch(asked["url"]):
        raise ConfigError(f"repository's url must be https://github.com/<owner>/<name>, or empty; it is {asked['url']!r}")
    config.repository = asked


def add_links(app, pagename, templatename, context, doctree):
    """Hand `launch` to the template, for a page that has a source."""
    repository = app.config.repository
    if doctree and repository["url"]:
        path = f"chapters/{context['edition']}/{pagename}{context['page_source_suffix']}"
        notebook = path.endswith(".ipynb")
        context["launch"] = {
            "runners": runners(repository, path) if notebook else {},
            "install": install(repository),
            "edit": f"{repository['url']}/edit/{quote(repository['branch'])}/{path}",
        }


def setup(app):
    app.add_config_value("repository", {}, "html", dict)
    app.connect("config-inited", check)
    app.connect("html-page-context", add_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
