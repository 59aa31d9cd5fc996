"""The built site as one file that is read without a server: `python -m bookbinding.archive` writes `_build/unrolled.zip`."""

import os
import sys
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bookbinding.compressed import KINDS
from bookbinding.editions import BUILD, built


def entry(name):
    """A file of a zip, the same on every day and on every system: dated 1980, and everybody may read it, as on Unix."""
    made = ZipInfo(name)
    made.create_system, made.external_attr = 3, 0o644 << 16
    return made


def pack(site, target):
    """Write every file of the folder `site` into the zip `target`, below one folder; the same site gives the same bytes.

    The zip is replaced in one piece. Raises OSError where it may not be written.
    """
    files = {
        f"unrolled/{path.relative_to(site).as_posix()}": path
        for path in site.rglob("*")
        if path.is_file() and path.suffix not in KINDS  # what only a server hands out
    }
    beside = target.with_suffix(".new")
    write(((name, files[name].read_bytes()) for name in sorted(files)), beside)
    os.replace(beside, target)


def write(files, target):
    """Write pairs of a name and bytes into the zip `target`, a path or a file; the same pairs give the same bytes."""
    with ZipFile(target, "w") as archive:
        for name, data in files:
            archive.writestr(entry(name), data, ZIP_DEFLATED, 9)


def main():
    """Pack the built site; or say in a sentence why not."""
    site = built(BUILD / "site", "is packed")
    try:
        pack(site, BUILD / "unrolled.zip")
    except OSError as error:
        sys.exit(f"The site is not packed: {error}")
    print(f"Packed: {BUILD / 'unrolled.zip'}. Unpack it and open unrolled/index.html.")


if __name__ == "__main__":
    main()
