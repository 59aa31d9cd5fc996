"""g2p_en: how an English word is spoken. A GRU of 256 units reads its letters; another, not measured here, writes the sounds.

Park & Kim, g2pE (2019), Apache License 2.0, https://pypi.org/project/g2p-en.
"""

import numpy as np

from unrolled.interop import from_state_dict
from unrolled.interop.files import read
from unrolled.wild import Wild, packaged

DIGEST = "b8af35e4596d8dd5836dfd3fe9b2ba4f97b9c311efe8879544cbcfcbd566d8c6"
LETTERS = ["<pad>", "<unk>", "</s>", *"abcdefghijklmnopqrstuvwxyz"]
WORDS = (  # of this book
    "recurrent vanishing exploding gradient backpropagation truncated orthogonal eigenvalue singular sigmoid"
    " saturation threshold attractor dynamical trajectory sensitivity exponential logarithm probability initialisation"
    " normalisation architecture parameter hyperparameter optimisation regularisation convolution transformer attention embedding"
    " derivative Jacobian perturbation equilibrium memorising forgetting candidate peephole coupled differentiable"
)
MADE_UP = (  # in no dictionary: the package reads words that it knows from one, and the network is asked about the others
    "snorvellation quibberdash trundlewick mofferation plindergast zarquenthal wobblefrond grimpletonia sprocketoid flumphering"
    " drabblewock kestramunda torvelinska yammerthorpe zindlecraft murkenfield ospranelle vextoriana hubblewhisk crandifolium"
)


def load():
    """The encoder as a `Wild`, whose `read` takes a word. Raises as `packaged` does."""
    arrays = read(packaged("g2p_en", "2.1.0", "g2p_en/checkpoint20.npz", DIGEST))
    names = {"weight_ih_l0": "enc_w_ih", "weight_hh_l0": "enc_w_hh", "bias_ih_l0": "enc_b_ih", "bias_hh_l0": "enc_b_hh"}
    network = from_state_dict({name: arrays[theirs] for name, theirs in names.items()}, "GRU")

    def embedded(word):
        """(T, 256), a row for each letter and one for the end."""
        unknown = LETTERS.index("<unk>")
        numbers = [LETTERS.index(letter) if letter in LETTERS else unknown for letter in word.lower()]
        return np.ascontiguousarray(arrays["enc_emb"][[*numbers, LETTERS.index("</s>")]])

    second = embedded, tuple(MADE_UP.split())
    return Wild("g2p_en", "2.1.0", "Apache-2.0", DIGEST, network, embedded, tuple(WORDS.split()), second=second)
