"""Does `explorables` draw what matplotlib draws, with every matplotlib that it serves? Run it: versions as arguments, else all.

For each version: an environment of its own below _build, the package as a wheel, and the tests of the drawing side with those of
every pixel. What else the repository installs is not there.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE, HOME = ROOT / "code/explorables", ROOT / "_build/matplotlibs"
NUMPY = {"3.8": "2.0", "3.9": "2.1", "3.10": "2.2", "3.11": "2.4"}  # a numpy of the time of each matplotlib
TESTS = ["test_drawing.py", "test_explore_browser.py::test_frames_are_what_matplotlib_draws"]


def environment(version):
    """The python of an environment with this matplotlib and the package; made where it is missing."""
    python = HOME / version / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", HOME / version], check=True)
    shutil.rmtree(HOME / "package", ignore_errors=True)  # setuptools would leave its build in the source, and use it again
    package = shutil.copytree(PACKAGE, HOME / "package", ignore=shutil.ignore_patterns("build", "*.egg-info"))
    needed = [f"matplotlib=={version}.*", f"numpy=={NUMPY[version]}.*", "pytest", "playwright"]
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", HOME, package], check=True)
    (wheel,) = HOME.glob("explorables-*.whl")
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, *needed, wheel], check=True)
    subprocess.run([*pip, "--force-reinstall", "--no-deps", wheel], check=True)  # the same version, other code
    return python


def passes(version):
    tests = [ROOT / "tests/explorables" / name for name in TESTS]
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    print(f"matplotlib {version}, numpy {NUMPY[version]}", flush=True)
    run = [environment(version), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore::DeprecationWarning", *tests]
    return subprocess.run(run, cwd=ROOT, env=outside, check=False).returncode == 0


if __name__ == "__main__":
    unknown = set(sys.argv[1:]) - set(NUMPY)
    if unknown:
        sys.exit(f"versions must be among {', '.join(NUMPY)}; got {', '.join(sorted(unknown))}")
    failed = [version for version in sys.argv[1:] or NUMPY if not passes(version)]
    sys.exit(f"other pictures with matplotlib {', '.join(failed)}" if failed else 0)
