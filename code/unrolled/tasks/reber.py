"""Embedded Reber grammar: the next symbol is asked for, and the last but one was decided at the second.

The arcs of the inner grammar, Reber (1967), are those of Cleeremans, Servan-Schreiber & McClelland (1989); embedded: Hochreiter
& Schmidhuber (1997), experiment 1; as an endless stream: Gers, Schmidhuber & Cummins (2000).
"""

import numpy as np

from unrolled import readout
from unrolled.checks import array, generator, whole
from unrolled.tasks.task import columns, share

SYMBOLS = "BTSXPVE"
SHORTEST = 9

# node: its ways on, each a symbol and the node after it; where there are two, a coin decides
INNER = {
    "0": [("T", "1"), ("P", "2")],
    "1": [("S", "1"), ("X", "3")],
    "2": [("T", "2"), ("V", "4")],
    "3": [("X", "2"), ("S", "5")],
    "4": [("P", "3"), ("V", "5")],
    "5": [("E", "6")],
}
ARCS = {"start": [("B", "outer")], "outer": [("T", "T"), ("P", "P")]}
for _outer in "TP":  # a node knows by its name which symbol must come back
    ARCS[_outer] = [("B", f"{_outer}0")]
    ARCS |= {_outer + node: [(symbol, _outer + after) for symbol, after in ways] for node, ways in INNER.items()}
    ARCS |= {f"{_outer}6": [(_outer, f"{_outer}7")], f"{_outer}7": [("E", "start")]}

NODES = list(ARCS)
START, OUTER = NODES.index("start"), NODES.index("outer")
NEXT = np.array([[NODES.index(ways[coin][1]) for coin in (0, -1)] for ways in ARCS.values()])  # by node and coin
SYMBOL = np.array([[SYMBOLS.index(ways[coin][0]) for coin in (0, -1)] for ways in ARCS.values()])
AFTER = np.full((len(NODES), len(SYMBOLS)), -1)  # by node and symbol, -1 where the symbol is not legal
AFTER[np.arange(len(NODES))[:, None], SYMBOL] = NEXT
CHAIN = np.eye(len(NODES))[NEXT].mean(axis=1)  # the probability to go from node to node


def walk(rng, T, B):
    """T symbols of B streams of strings as numbers (T, B), and at which of them a string ends (T, B)."""
    coins = rng.integers(2, size=(T, B))
    nodes = np.full((T + 1, B), START)
    for t in range(T):
        nodes[t + 1] = NEXT[nodes[t], coins[t]]
    return SYMBOL[nodes[:-1], coins], nodes[1:] == START


def embedded_reber(rng, T, B):
    """One string a sequence, of 9 to T symbols: x (T, 7, B) and the symbol that follows as the target, y (T, 7, B).

    A string is BT...TE or BP...PE around a string of Reber's grammar, coins decide; longer strings than T are left out (at
    T = 40 one in 18 000). Whoever knows the grammar but not the second symbol pays log 2 at the last but one.
    """
    rng, T, B = generator("rng", rng), whole("T", T, least=SHORTEST), whole("B", B)
    symbols, ends = np.empty((T, B), int), np.zeros((T, B), bool)
    while (late := ~ends.any(axis=0)).any():
        symbols[:, late], ends[:, late] = walk(rng, T, late.sum())
    symbols[1:][np.logical_or.accumulate(ends, axis=0)[:-1]] = -1
    following = np.vstack([symbols[1:], np.full(B, -1)])
    return columns(symbols, len(SYMBOLS)), columns(following, len(SYMBOLS))


def continual_reber(rng, T, B):
    """A stream of strings without end, cut after T symbols: x (T, 7, B) and the symbol that follows, y (T, 7, B).

    The states are not reset between strings. To go on over several updates, draw one long stream, cut it in time, and start
    each piece from the last state of the piece before.
    """
    rng, T, B = generator("rng", rng), whole("T", T, least=SHORTEST), whole("B", B)
    symbols, _ = walk(rng, T + 1, B)
    return columns(symbols[:-1], len(SYMBOLS)), columns(symbols[1:], len(SYMBOLS))


def baseline(T):
    """The loss of the grammar without memory, log 2 at each choice and at the last symbol but one; exact for lengths up to T.

    Of the L - 1 steps of a string of L symbols all are such but three, where B, E, E are sure.
    """
    T = whole("T", T, least=SHORTEST)
    once = CHAIN.copy()
    once[START] = np.eye(len(NODES))[START]  # the end is kept
    now, ended = np.eye(len(NODES))[OUTER], [0.0]  # after one symbol
    for _ in range(2, T + 1):
        now = now @ once
        ended.append(now[START])
    mean = np.arange(2, T + 1) @ np.diff(ended) / ended[-1]
    return float(np.log(2) * (mean - 4) / (mean - 1))


def continual_baseline(T):
    """The loss of the grammar without memory over a stream of T steps: log 2 at each choice and at each last symbol but one."""
    unsure = np.array([len(ways) == 2 or node in ("T6", "P6") for node, ways in ARCS.items()])
    now, total = np.eye(len(NODES))[OUTER], 0.0
    for _ in range(whole("T", T, least=SHORTEST)):
        total += now @ unsure
        now = now @ CHAIN
    return float(np.log(2) * total / T)


def whole_strings(q, h, y):
    """The share of whole strings that are right at every step: each legal symbol more probable than each illegal one.

    So all possible successors are found, not only the one that came; at the last symbol but one a single symbol is legal.
    y begins with the first string; the last of a stream, which was cut, does not count. Raises ValueError for a y that is not
    of the grammar or holds no whole string.
    """
    z, (T, _, B) = readout.read(q, h, y).z, array("y", y, (None, len(SYMBOLS), None)).shape
    asked, target = y.any(axis=1), y.argmax(axis=1)
    nodes = np.full((T + 1, B), OUTER)
    for t in range(T):
        nodes[t + 1] = np.where(asked[t], AFTER[nodes[t], target[t]], nodes[t])
    if (nodes < 0).any():
        raise ValueError("y must be strings of the embedded Reber grammar from their second symbol on; got an illegal symbol")
    legal = np.moveaxis(AFTER[nodes[:-1]] >= 0, 2, 1)
    wrong = np.where(legal, z, np.inf).min(axis=1) <= np.where(legal, -np.inf, z).max(axis=1)
    ends = asked & (nodes[1:] == START)
    string = np.cumsum(ends, axis=0) - ends + np.arange(B) * (T + 1)  # a number for each string of the batch
    spoilt = np.bincount(string[asked & wrong], minlength=B * (T + 1)) > 0
    return share(~spoilt[string[ends]])
