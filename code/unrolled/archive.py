"""The built site as one file that is read without a server: `python -m unrolled.archive` writes `_build/unrolled.zip`."""

import sys
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from unrolled.book import BUILD


def pack(site, target):
    """Write every file of the folder `site` into the zip `target`, below one folder; the same site gives the same bytes."""
    files = {f"unrolled/{path.relative_to(site).as_posix()}": path for path in site.rglob("*") if path.is_file()}
    with ZipFile(target, "w") as archive:
        for name in sorted(files):
            entry = ZipInfo(name)  # dated 1980, whenever it was built
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # as on Unix, on every system: everybody may read it
            archive.writestr(entry, files[name].read_bytes(), ZIP_DEFLATED, 9)


if __name__ == "__main__":
    if not (BUILD / "site/index.html").exists():
        sys.exit(f"The site must be built before it is packed; there is no {BUILD / 'site/index.html'} (run: make book)")
    pack(BUILD / "site", BUILD / "unrolled.zip")
    print(f"Packed: {BUILD / 'unrolled.zip'}. Unpack it and open unrolled/index.html.")
