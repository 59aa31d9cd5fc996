"""g2pM: how a Chinese character is read in its sentence. An LSTM of 32 units in each of two directions reads the characters.

Park & Lee, *g2pM: a neural grapheme-to-phoneme conversion package for Mandarin Chinese* (2020), Apache License 2.0,
https://pypi.org/project/g2pM.
"""

import pickle

import numpy as np

from unrolled.interop import from_state_dict
from unrolled.through_time import bptt, unroll
from unrolled.wild import Wild, packaged, rounded

DIGEST = "5b38c21cbaeb5f9b2f5d0bf872487de0fc22f91a3b26189b7d998136d2c8d3ae"
CHARACTERS = "e41861f3af2debb342d3555d970db47b22e5d35c8e0190722dfb9b39c941988c"
SENTENCES = (  # written for this book
    "循环网络一步一步地读，每读一个字，就把状态更新一次。",
    "梯度沿着时间往回传，每经过一步都要乘上一个矩阵。",
    "如果这些矩阵都缩短向量，走不了多远，梯度就几乎为零了。",
    "遗忘门接近一的时候，细胞状态里的内容可以保留很久。",
    "他在银行里数钱，数了好几遍，还是少了一张。",
    "老师说，这道题的关键不在答案，而在你是怎么想出来的。",
    "小河的水慢慢地流，岸边长着许多不知名的花。",
    "音乐会散场以后，大家还在快乐地谈论那首曲子。",
    "校长让我们把桌椅重新排成一行，好让过道更宽一些。",
    "为了弄清楚这件事的来龙去脉，她查了整整三天的资料。",
    "天快黑了，孩子们还得走很长的路才能回到家。",
    "门一开一关之间，有些东西留下来，有些东西就忘掉了。",
)
SOUNDS = "b17a497ee9618e6d5c2f7814ab7f847d80a3cb757e92423774781e4d3dc56c49"
AMBIGUOUS, HÁNG, XÍNG = "行", "hang2", "xing2"  # a row, a trade, of a bank; to go
READ = {  # sentences with one 行 each, and how it is read in them
    "银行": HÁNG,
    "她在一家银行工作。": HÁNG,
    "他在银行里数钱，数了好几遍，还是少了一张。": HÁNG,
    "校长让我们把桌椅重新排成一行，好让过道更宽一些。": HÁNG,
    "她一个人在街上行走。": XÍNG,
    "路上的行人很多。": XÍNG,
}
ALLOWED = {  # what a pickle of arrays names, in numpy before version 2 and since
    ("numpy.core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


class Arrays(pickle.Unpickler):
    """Knows arrays of numpy, and refuses every other name by that name."""

    def find_class(self, module, name):
        if (module, name) not in ALLOWED:
            raise ValueError(f"the file must hold arrays alone; got {module}.{name}")
        return ALLOWED[module, name]


def load():
    """Both directions as a `Wild`, whose `read` takes a sentence. Raises as `packaged` does."""
    weights = unpickled("g2pM/np_ckpt.pkl", DIGEST)
    numbers = unpickled("g2pM/char2idx.pkl", CHARACTERS)
    network = from_state_dict(weights, "LSTM", prefix="lstm.")

    def embedded(sentence):
        """(T, 64), a row for each character."""
        known = [numbers.get(character, numbers["<UNK>"]) for character in sentence]
        return np.ascontiguousarray(weights["embedding.weight"][known])

    return Wild("g2pM", "0.1.2.5", "Apache-2.0", DIGEST, network, embedded, SENTENCES)


def readings():
    """How g2pM reads 行 in each sentence of `READ`, and what every character has to do with it: a list of dicts.

    The margin is the logit of háng less that of xíng. `gradient` has the norm of its derivative by the vector of each character,
    `without` the margin when that character is hidden, which the network then takes for one that it does not know.
    """
    weights, numbers = unpickled("g2pM/np_ckpt.pkl", DIGEST), unpickled("g2pM/char2idx.pkl", CHARACTERS)
    sounds, layers = unpickled("g2pM/class2idx.pkl", SOUNDS), from_state_dict(weights, "LSTM", prefix="lstm.")
    first, second = ((weights[f"logit_layer.{k}.weight"], weights[f"logit_layer.{k}.bias"]) for k in (0, 2))
    wanted = second[0][sounds[HÁNG]] - second[0][sounds[XÍNG]]

    def read(shown, at):
        """The margin at the place `at`, the likeliest sound, and the norms by character."""
        known = [numbers.get(character, numbers["<UNK>"]) for character in ("시", *shown, "끝")]  # with its signs of both ends
        x, by_x = weights["embedding.weight"][known], 0
        orders = [-1 if layer.reverse else 1 for layer in layers]
        places = [at + 1 if order > 0 else len(x) - 2 - at for order in orders]
        traces = [unroll(layer.cell, layer.params, x[::order]) for layer, order in zip(layers, orders, strict=True)]
        heard = np.concatenate([trace.h[1 + k, :, 0] for trace, k in zip(traces, places, strict=True)])
        a = first[0] @ heard + first[1]
        logits, by_h = second[0] @ np.maximum(a, 0) + second[1], (wanted * (a > 0)) @ first[0]
        for layer, order, trace, k, d in zip(layers, orders, traces, places, np.split(by_h, 2), strict=True):
            d_h = np.zeros_like(trace.h)
            d_h[1 + k, :, 0] = d
            g = bptt(layer.cell, layer.params, x[::order], trace, layer.cell.State(0 * d_h, d_h))
            by_x = by_x + g.x[::order, :, 0]
        likeliest = [*sounds][int(np.argmax(logits))]
        return float(logits[sounds[HÁNG]] - logits[sounds[XÍNG]]), likeliest, np.linalg.norm(by_x[1:-1], axis=1)

    found = []
    for sentence, right in READ.items():
        at = sentence.index(AMBIGUOUS)
        margin, said, norms = read(sentence, at)
        hidden = [read([*sentence[:k], "", *sentence[k + 1 :]], at)[0] for k in range(len(sentence))]
        kept = {"margin": rounded(margin), "gradient": rounded(norms), "without": rounded(hidden)}
        found.append({"text": sentence, "at": at, "right": right, "said": said} | kept)
    return found


def unpickled(file, digest):
    """A file of the package."""
    with packaged("g2pM", "0.1.2.5", file, digest).open("rb") as stream:
        return Arrays(stream).load()
