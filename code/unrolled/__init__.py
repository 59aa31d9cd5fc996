"""Unrolled: recurrent cells, their gradients through time, and the pictures of the book."""

from unrolled import cells
from unrolled.claims import claim
from unrolled.inspect import inspect
from unrolled.measure import lyapunov_spectrum, product_norms, singular_values
from unrolled.tables import power, rough, table
from unrolled.through_time import bptt, init, jacobians, unroll
from unrolled.training import clip_by_global_norm

__all__ = [
    "bptt",
    "cells",
    "claim",
    "clip_by_global_norm",
    "init",
    "inspect",
    "jacobians",
    "lyapunov_spectrum",
    "power",
    "product_norms",
    "rough",
    "singular_values",
    "table",
    "unroll",
]
