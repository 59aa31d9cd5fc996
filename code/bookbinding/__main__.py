"""Build the book, and say in a sentence how it ended."""

import argparse
import os
import shutil
import sys

from bookbinding.build import build
from bookbinding.editions import BUILD


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
    argparse.ArgumentParser(prog="python -m bookbinding", description=__doc__).parse_args()  # there is nothing to choose
    main()
