"""What turns the notebooks of the chapters into the site: `python -m bookbinding` executes them and writes `_build/site`.

Every setting is in `_config.yml`; `chapters/<edition>/edition.yml` states what an edition changes.
"""
