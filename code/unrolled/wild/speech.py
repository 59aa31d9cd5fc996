"""Sounds that can be made anywhere: sentences written for this book, as espeak-ng speaks them."""

import io
import subprocess
import wave

import numpy as np

RATE = 16_000  # samples a second
MAKER = "espeak-ng 1.51"  # Debian 12; others speak at another pace
SPOKEN = (  # a voice of espeak-ng and what it says
    ("en-us", "The gradient reaches back in time, and then it is gone. A network must keep what it has read."),
    ("en-gb+f3", "Recurrent networks read one word after another, and what they remember is their state."),
    ("en-us+m7", "Every claim is computed, and it would fail if it were false."),
    ("en-us+f2", "A door opens and shuts. Some things stay in the room, and some are forgotten."),
)


def heard(sound, pause=0.5):
    """A sound as it is, or what is heard of (voice, text): float32, silence of `pause` seconds at both ends, and a little noise.

    Raises ImportError where espeak-ng is not installed.
    """
    if not isinstance(sound, tuple):
        return sound
    voice, text = sound
    try:
        said = subprocess.run(["espeak-ng", "-v", voice, "--stdout", text], capture_output=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        raise ImportError("speech needs the program espeak-ng: apt-get install espeak-ng") from error
    with wave.open(io.BytesIO(said)) as file:
        rate, samples = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), "<i2") / 2**15
    there = np.arange(0, len(samples), rate / RATE)
    sound = np.pad(np.interp(there, np.arange(len(samples)), samples), int(pause * RATE))
    return (sound + 0.003 * np.random.default_rng(0).normal(size=len(sound))).astype(np.float32)
