"""Ask every outside address in every edition whether it still answers: `python -m bookbinding.links`. It needs the network.

Sphinx's linkcheck builder asks. `_config.yml` says how often it tries again, and which addresses it leaves in peace, and why.
"""

import sys

from bookbinding.editions import BUILD, ROOT, editions


def check(edition, language):
    """The exit status of linkcheck on one edition; no notebook is run. What does not answer is printed."""
    from jupyter_book.sphinx import build_sphinx

    return build_sphinx(
        ROOT / "chapters" / edition,
        BUILD / "links" / edition,
        noconfig=True,
        path_config=ROOT / "_config.yml",
        confoverrides={
            "language": language,
            "external_toc_path": str(ROOT / "_toc.yml"),
            "nb_execution_mode": "off",
            "latex_individualpages": False,
        },
        builder="linkcheck",
        freshenv=True,
    )


if __name__ == "__main__":
    broken = [edition for edition, words in editions().items() if check(edition, words["language"])]
    if broken:
        sys.exit(f"Some links lead nowhere, in: {', '.join(broken)}. The list is above.")
