"""What turns the notebooks of the chapters into the site: `python -m bookbinding` executes them and writes `_build/site`.

Every setting is in `_config.yml`; `chapters/<edition>/edition.yml` states what an edition changes.
"""

import sys

# jsonschema, which reads notebooks, makes a grammar of web addresses as it is imported: two seconds a process, and none has one.
sys.modules.setdefault("rfc3987_syntax", None)
