"""Where the book lies, and which editions it has."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "_build"


def editions():
    """{folder name: its edition.yml} for every edition that has a first page, English first."""
    import yaml

    found = {p.parent.name: yaml.safe_load(p.read_text("utf-8")) for p in sorted(ROOT.glob("chapters/*/edition.yml"))}
    return {name: words for name, words in found.items() if list(ROOT.glob(f"chapters/{name}/index.*"))}


def site_address():
    """The address that the site will have, `site` of `_config.yml`; empty where it is not known."""
    import yaml

    return yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]["site"]


def built(site, what):
    """The folder `site`, if it holds a site; without one the command ends in a sentence, in which `what` needs it."""
    if not (site / "index.html").exists():
        sys.exit(f"The site must be built before it {what}; there is no {site / 'index.html'} (run: make book)")
    return site
