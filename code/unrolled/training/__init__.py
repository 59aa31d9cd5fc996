"""How a network learns: the gradient, what is done to it, and the loop."""

from unrolled.training.clipping import clip_by_global_norm, clip_by_value, global_norm
from unrolled.training.loop import Diverged, gradient, states, train
from unrolled.training.optimisers import OPTIMISERS
from unrolled.training.run import Model, Run

__all__ = [
    "OPTIMISERS",
    "Diverged",
    "Model",
    "Run",
    "clip_by_global_norm",
    "clip_by_value",
    "global_norm",
    "gradient",
    "states",
    "train",
]
