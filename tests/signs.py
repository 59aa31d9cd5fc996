"""What may stand beside Chinese in a picture or a menu of the Chinese edition, and what may stand in no menu at all."""

import re

from unrolled import words

NAMES = {
    *("RNN", "LSTM", "GRU", "sLSTM", "SSM", "ReLU", "PyTorch", "Keras", "Lyapunov", "Reber", "chrono"),
    *("torch", "nn", "Cell", "unrolled", "bptt", "fused", "float32", "float64", "delta"),
    *("pM", "en", "silero", "vad", "Resemblyzer"),  # of g2pM, g2p_en, silero-vad: networks in use
    "ng",  # of háng and xíng, two sounds of one character
}
FUNCTIONS = {"tanh", "diag", "std", "log", "max", "min", "cos", "Im"}
ALLOWED = NAMES | FUNCTIONS
IDENTIFIERS = {"rnn", "lstm", "gru", "slstm"}  # besides all that have an underscore


def foreign(texts):
    """Those of the texts of a Chinese picture that hold an English word, or Chinese and a formula in one line."""
    for text in texts:
        plain = re.sub(r"\$[^$]*\$", " ", text)
        if set(re.findall(r"[A-Za-z]{2,}", plain)) - ALLOWED or ("$" in text and words.ems(text)):
            yield text


def identifiers(texts):
    """Those of the texts of a menu that are names in code."""
    return [text for text in texts if text in IDENTIFIERS or re.search(r"[a-z]{2,}_[a-z]|[A-Za-z]_[a-z]{2,}", text)]
