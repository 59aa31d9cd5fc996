"""Resemblyzer: who is speaking? Three LSTMs of 256 units read the loudness of forty pitches, a hundred times a second.

Resemble AI, Apache License 2.0, https://pypi.org/project/Resemblyzer; the network is that of Wan, Wang, Papir & Moreno,
*Generalized end-to-end loss for speaker verification* (2018). Only its file is needed: pip install --no-deps Resemblyzer==0.1.4.
"""

import numpy as np

from unrolled.interop import from_state_dict
from unrolled.wild import Wild, packaged
from unrolled.wild.speech import MAKER, RATE, SPOKEN, heard

DIGEST = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"
WINDOW, STEP, PITCHES, FRAMES = 400, 160, 40, 160  # samples of a frame and between two, pitches, frames that are read at once


def load():
    """The three layers as a `Wild`, whose `read` takes a sound or (voice, text). Raises as `packaged` does."""
    path = packaged("Resemblyzer", "0.1.4", "resemblyzer/pretrained.pt", DIGEST)
    network = from_state_dict(path, "LSTM", prefix="model_state.lstm.")

    def read(sound):
        """(160, 40) from the middle of a sound: 1.6 seconds, as the package reads them."""
        frames = spectrum(heard(sound, pause=0))
        first = max(0, (len(frames) - FRAMES) // 2)
        return np.ascontiguousarray(frames[first : first + FRAMES])

    return Wild("Resemblyzer", "0.1.4", "Apache-2.0", DIGEST, network, read, SPOKEN, MAKER)


def spectrum(sound):
    """The power of forty pitches along a sound at 16 kHz, (T, 40), as librosa's `melspectrogram` gives it to the package."""
    padded = np.pad(sound.astype(np.float64), WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::STEP]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    power = np.abs(np.fft.rfft(frames * hann, axis=1)) ** 2
    return (power @ pitches().T).astype(np.float32)


def pitches():
    """The triangles (40, 201) that gather frequencies into pitches: Slaney's mel scale, even below 1000 Hz, logarithmic above."""
    even, log = 200 / 3, np.log(6.4) / 27
    scale = np.linspace(0, 15 + np.log(RATE / 2 / 1000) / log, PITCHES + 2)
    edges = np.where(scale < 15, scale * even, 1000 * np.exp(log * (scale - 15)))
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    f = np.fft.rfftfreq(WINDOW, 1 / RATE)
    return np.maximum(0, np.minimum((f - low) / (middle - low), (high - f) / (high - middle))) * 2 / (high - low)
