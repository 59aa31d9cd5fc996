"""Make Python ready for the pages, and say in a line what was done, or why the pages stay as they are."""

import sys

from bookbinding.editions import BUILD
from bookbinding.live.shelf import SHELF, gather, join
from bookbinding.live.sources import Unreachable


def main():
    """Gather, and put it into the site if that is built; exit status 1 where it cannot be had."""
    try:
        gather()
    except Unreachable as error:
        sys.exit(f"Run here: the pages stay as they are, for what they need cannot be fetched: {error}")
    except OSError as error:
        sys.exit(f"Run here: the pages stay as they are: {error}")
    size = sum(path.stat().st_size for path in SHELF.iterdir()) / 1e6
    site = BUILD / "site"
    if (site / "index.html").exists():
        join(site)
        print(f"Run here: Python, {size:.0f} MB, is on the pages of {site}.")
    else:
        print(f"Run here: Python, {size:.0f} MB, is ready in {SHELF}; `make book` puts it on the pages.")


if __name__ == "__main__":
    main()
