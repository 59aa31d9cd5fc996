"""Each file of the built site once more, packed, for servers that hand it out so: `python -m bookbinding.compressed`.

`page.html.br` and `page.html.gz` stand beside `page.html` (nginx: `brotli_static on; gzip_static on`). GitHub Pages packs by
itself, and a copy on a disk has no use for them: the zip of the site leaves them out.
"""

import gzip
import os
from concurrent.futures import ThreadPoolExecutor

from bookbinding.editions import BUILD, built

PACKED = {".html", ".css", ".js", ".svg", ".json", ".txt", ".xml"}  # PNG, WOFF2 and zips are packed already
KINDS = {".br", ".gz"}
LEAST = 1000  # bytes: below that the head of an answer weighs more


def pack(path):
    """Write `path`.br and `path`.gz; the same file gives the same bytes. Returns the three sizes."""
    import brotli

    data = path.read_bytes()
    packed = {".br": brotli.compress(data, quality=11), ".gz": gzip.compress(data, 9, mtime=0)}
    for kind, small in packed.items():
        path.with_name(path.name + kind).write_bytes(small)
    return len(data), *map(len, packed.values())


def pack_all(site):
    """Pack all files of the folder `site` that are worth it, and no others. Returns the sums of their three sizes."""
    for old in [path for path in site.rglob("*") if path.suffix in KINDS]:
        old.unlink()
    files = [path for path in site.rglob("*") if path.suffix in PACKED and path.stat().st_size >= LEAST]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # both packers let go of the interpreter
        return tuple(map(sum, zip(*pool.map(pack, files), strict=True)))


def main():
    """Pack the built site; or say in a sentence why not."""
    plain, br, gz = (round(size / 1e6, 1) for size in pack_all(built(BUILD / "site", "is packed")))
    print(f"Packed beside {plain} MB of files: {br} MB as .br, {gz} MB as .gz")


if __name__ == "__main__":
    main()
