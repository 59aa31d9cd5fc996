"""On what something was measured: the processor and the BLAS that stand beside every figure of speed."""

import platform
import re
from importlib.metadata import version
from pathlib import Path

import numpy as np

from unrolled.fused import compiled


def processor():
    """The name of the processor, as far as the system tells it."""
    described = Path("/proc/cpuinfo")  # Linux only
    name = re.search("model name.*: (.*)", described.read_text("utf-8")) if described.exists() else None
    return name[1] if name else platform.processor() or platform.machine()


def blas():
    """The name and version of the BLAS that numpy was built with."""
    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{built['name']} {built['version']}"


def compiler():
    """{"numba": its version} where the loops of `fused` are compiled, else {}."""
    return {"numba": version("numba")} if compiled.ON else {}
