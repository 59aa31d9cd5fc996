"""silero-vad: is someone speaking? An LSTM of 128 units reads 31 frames of sound a second, after four convolutions.

Silero Team, MIT License, https://pypi.org/project/silero-vad. The package has other weights in its .safetensors than in the
model that it loads, a program of TorchScript: these are the latter's. What is before and after the LSTM is written out below.
"""

import io
import subprocess
import wave

import numpy as np

from unrolled.interop import from_state_dict
from unrolled.interop.files import read
from unrolled.maths import σ
from unrolled.wild import Wild, packaged

DIGEST = "e1122837f4154c511485fe0b9c64455f7b929c96fbb8d79fbdb336383ebd3720"
RATE, FRAME, BEFORE, AFTER = 16_000, 512, 64, 64  # samples a second, of a frame, and heard again before and mirrored after it
MAKER = "espeak-ng 1.51"  # Debian 12; others speak at another pace
SPOKEN = (  # a voice of espeak-ng and what it says; sentences written for this book
    ("en-us", "The gradient reaches back in time, and then it is gone. A network must keep what it has read."),
    ("en-gb+f3", "Recurrent networks read one word after another, and what they remember is their state."),
    ("en-us+m7", "Every claim is computed, and it would fail if it were false."),
    ("en-us+f2", "A door opens and shuts. Some things stay in the room, and some are forgotten."),
)


def load():
    """The LSTM as a `Wild`, whose `read` takes sound or (voice, text). Raises as `packaged` does."""
    arrays = read(packaged("silero-vad", "6.2.3", "silero_vad/data/silero_vad.jit", DIGEST))
    network = from_state_dict(arrays, "LSTM", prefix="_model.decoder.rnn.")

    def heard(sound):
        """(T, 128), a row for each frame of a sound, samples in -1..1 at 16 kHz, or of (voice, text) as espeak-ng speaks it."""
        return frames(arrays, speech(*sound) if isinstance(sound, tuple) else sound)

    return Wild("silero-vad", "6.2.3", "MIT", DIGEST, network, heard, SPOKEN, MAKER)


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


def speech(voice, text, pause=0.5):
    """A text as espeak-ng speaks it, float32 at 16 kHz, half a second of silence before and after, and a little noise.

    Raises ImportError where espeak-ng is not installed.
    """
    try:
        said = subprocess.run(["espeak-ng", "-v", voice, "--stdout", text], capture_output=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        raise ImportError("speech needs the program espeak-ng: apt-get install espeak-ng") from error
    with wave.open(io.BytesIO(said)) as file:
        rate, samples = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), "<i2") / 2**15
    there = np.arange(0, len(samples), rate / RATE)
    sound = np.pad(np.interp(there, np.arange(len(samples)), samples), int(pause * RATE))
    return (sound + 0.003 * np.random.default_rng(0).normal(size=len(sound))).astype(np.float32)
