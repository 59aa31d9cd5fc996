"""silero-vad: is someone speaking? An LSTM of 128 units reads 31 frames of sound a second, after four convolutions.

Silero Team, MIT License, https://pypi.org/project/silero-vad. The package has other weights in its .safetensors than in the
model that it loads, a program of TorchScript: these are the latter's. What is before and after the LSTM is written out below.
"""

import numpy as np

from unrolled.interop import from_state_dict, unroll_layers
from unrolled.interop.files import read
from unrolled.maths import σ
from unrolled.wild import Wild, packaged
from unrolled.wild.speech import MAKER, SPOKEN, heard

DIGEST = "e1122837f4154c511485fe0b9c64455f7b929c96fbb8d79fbdb336383ebd3720"
FRAME, BEFORE, AFTER = 512, 64, 64  # samples of a frame at 16 kHz, heard again before it, and mirrored after it


def load():
    """The LSTM as a `Wild`, whose `read` takes sound or (voice, text). Raises as `packaged` does."""
    arrays = read(packaged("silero-vad", "6.2.3", "silero_vad/data/silero_vad.jit", DIGEST))
    network = from_state_dict(arrays, "LSTM", prefix="_model.decoder.rnn.")

    def read_sound(sound):
        """(T, 128), a row for each frame of a sound, samples in -1..1 at 16 kHz, or of (voice, text) as espeak-ng speaks it."""
        return frames(arrays, heard(sound))

    def while_speaking(sound):
        """The same up to the last frame of which the network says that someone speaks: what follows is silence and noise."""
        rows = read_sound(sound)
        says = probability(arrays, unroll_layers(network, rows).output[:, :, 0])
        return np.ascontiguousarray(rows[: np.flatnonzero(says > 0.5)[-1] + 1])

    return Wild("silero-vad", "6.2.3", "MIT", DIGEST, network, read_sound, SPOKEN, MAKER, (while_speaking, SPOKEN))


def frames(arrays, sound):
    """What the LSTM reads of a sound: the spectrum of each frame through four convolutions, each followed by a ReLU."""
    padded = np.concatenate([np.zeros(BEFORE, np.float32), sound])
    rows = []
    for start in range(0, len(sound) - FRAME + 1, FRAME):
        x = padded[start : start + BEFORE + FRAME]
        x = np.concatenate([x, x[-2 : -AFTER - 2 : -1]])[None]
        parts = convolved(x, arrays["_model.stft.forward_basis_buffer"], stride=128, pad=0)
        x = np.hypot(*np.split(parts, 2))
        for k, stride in enumerate((1, 2, 2, 1)):
            name = f"_model.encoder.{k}.reparam_conv."
            x = np.maximum(convolved(x, arrays[name + "weight"], stride) + arrays[name + "bias"][:, None], 0)
        rows.append(x[:, 0])
    return np.array(rows, np.float32)


def convolved(x, weight, stride, pad=1):
    """x (m, T) with `weight` (n, m, k) along time, every `stride` steps: (n, T')."""
    x = np.pad(x, ((0, 0), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2], axis=1)[:, ::stride]
    return np.einsum("nmk,mtk->nt", weight, windows, optimize=True)


def probability(arrays, h):
    """That someone speaks, (T,), from the outputs h (T, 128) of the LSTM."""
    weight, bias = (arrays[f"_model.decoder.decoder.2.{name}"] for name in ("weight", "bias"))
    return σ(np.maximum(h, 0) @ weight[0, :, 0] + bias)
