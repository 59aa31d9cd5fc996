"""python -m unrolled.wild g2p_en: measure a network in use on texts of this book; -o report.html, or --record for the results."""

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

from unrolled.wild import RESULTS, measure, measure_second, record

NAMES = ("g2p_en", "g2pm", "silero", "resemblyzer")


def main(arguments=None):
    """Print the report of each network; write its page, or its record below `results/wild`."""
    parser = argparse.ArgumentParser("python -m unrolled.wild", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"{', '.join(NAMES)}; all if there is none")
    parser.add_argument("-o", "--output", help="a page for the report, .html; of one network")
    parser.add_argument("--lang", default="en", choices=("en", "zh"))
    parser.add_argument("--record", action="store_true", help="write what the book keeps of it")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"name must be one of {', '.join(NAMES)}; got {', '.join(sorted(unknown))}")
    for name in given.names or NAMES:
        module = import_module(f"unrolled.wild.{name}")
        wild = module.load()
        report = measure(wild, progress=sys.stderr.isatty())
        print(f"{wild.package} {wild.version}\n" + "\n".join(report.sentences(given.lang)) + "\n")
        if given.output:
            report.save(given.output, given.lang)
        if given.record:
            keep(name, record(wild, report, measure_second(wild, progress=False)))
            if hasattr(module, "readings"):
                keep(f"{name}_readings", module.readings())


def keep(name, found):
    """Write what was found to the results."""
    Path(RESULTS).mkdir(exist_ok=True)
    text = json.dumps(found, indent=1, ensure_ascii=False)
    Path(RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
