"""Three networks read this book, letter by letter: `python -m unrolled.experiments.reading`.

The text is the prose of the chapters as it was when it was frozen (`--freeze chapters`); it lies beside the results, and what was
trained on it stays comparable when the chapters change. Chapters that no network is trained on: one says when to stop, the others
are what is reported. A run that is done is not done again, and one that was interrupted goes on from its last examination.
"""

import argparse
import hashlib
import json
import os
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
from tqdm import tqdm

from unrolled import cells, through_time
from unrolled.experiments import RESULTS
from unrolled.experiments.ngrams import Ngrams
from unrolled.experiments.one import digits
from unrolled.experiments.prose import prose
from unrolled.training import OPTIMISERS, clip_by_global_norm
from unrolled.typed import network, weights

FOLDER = RESULTS / "reader"
STOPS = ("05_1_cell_state",)  # the loss on this chapter says at which examination a network was best
HELD_OUT = ("index", "06_compared")  # reported, and used for nothing else
UNKNOWN = "\ufffd"  # one sign for all letters that are too rare to be learned
RARE = {"en": 10, "zh": 7}  # times in the chapters of training
EXAMINATIONS = 20

ARMS = {
    "rnn": {"cell": "rnn", "bias": None, "rate": 0.01},
    "lstm": {"cell": "lstm", "bias": 1.0, "rate": 0.03},
    "chrono": {"cell": "lstm", "bias": "chrono", "rate": 0.03},
}
RATES = {"rnn": (0.003, 0.01, 0.03), "lstm": (0.01, 0.03, 0.1)}  # tried, by cell; to a hundredth of a bit no other is better
TRIAL = 100  # the seed that they are tried with, and nothing else
PAGE = 1  # the seed whose networks the page has; an LSTM of seed 0 is chaotic on "eeee...": there the last digit decides
UNITS = {"en": {"rnn": 199, "lstm": 96, "chrono": 96}, "zh": {"rnn": 151, "lstm": 72, "chrono": 72}}
COMMON = {"d": 32, "T": 100, "B": 32, "optimiser": "adam", "clip": 1.0, "decay": 0.01}
LEARNING = {"en": {"updates": 3000, "drop": 0.05}, "zh": {"updates": 3000, "drop": 0.15}}
SETTINGS = [
    {"language": language, "arm": name, "n": UNITS[language][name], **arm, **COMMON, **LEARNING[language]}
    for language in ("en", "zh")
    for name, arm in ARMS.items()
]
QUESTION = "What does a network of this size learn of this book, and from how far back does it take what it knows?"
DISCOUNTS = (0.6, 0.75, 0.9)  # of the counts; the best on the chapter that says when to stop


# ---- the text


def freeze(chapters, target=FOLDER):
    """Write the prose of every chapter below the folder `chapters`, each language by itself, beside the results."""
    for language in ("en", "zh"):
        pages = sorted(path for path in Path(chapters, language).iterdir() if path.suffix in (".ipynb", ".md"))
        found = {path.stem: prose(path) for path in pages if path.stem not in ("claims", "references", "reader")}
        text = json.dumps(found, ensure_ascii=False, indent=0)
        Path(target, f"{language}.json").write_text(f"{text}\n", "utf-8")


@cache
def corpus(language):
    """(letters, {"train", "stop", "held out"}: their numbers): the alphabet, the unknown first, and the parts of the text."""
    chapters = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    parts = {"train": [name for name in chapters if name not in STOPS + HELD_OUT], "stop": STOPS, "held out": HELD_OUT}
    texts = {part: "\n" + "\n".join(chapters[name] for name in names) for part, names in parts.items()}
    counted = Counter(texts["train"])
    letters = UNKNOWN + "".join(sorted(letter for letter, times in counted.items() if times >= RARE[language]))
    return letters, {part: numbers(text, letters) for part, text in texts.items()}


REPEATED = {"en": 40, "zh": 20}  # letters: so long a passage that stands in the text of training, too, is not reported on


@cache
def unseen(language):
    """For each letter of the text that was held out, after the first: does it stand outside all REPEATED passages?"""
    _, text = corpus(language)
    train, held_out = ("".join(map(chr, text[part])) for part in ("train", "held out"))
    length = REPEATED[language]
    seen = {train[k : k + length] for k in range(len(train) - length + 1)}
    found = np.ones(len(held_out), bool)
    for k in range(len(held_out) - length + 1):
        if held_out[k : k + length] in seen:
            found[k : k + length] = False
    return found[1:]


def unread(net, language):
    """The bits a letter of a network on what was held out and is `unseen`."""
    _, text = corpus(language)
    return float(network.bits(net, text["held out"])[unseen(language)].mean())


def numbers(text, letters):
    """The text as the numbers of its letters; 0 is one that is not known."""
    known = {letter: k for k, letter in enumerate(letters)}
    return np.array([known.get(letter, 0) for letter in text])


def recorded(language):
    """(outcomes, about): {arm: [an outcome for each seed]} of a language, and what was run, on what, and what counting gives."""
    about = json.loads((FOLDER / "about.json").read_text("utf-8"))
    seeds = [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("seed-*.json"), key=lambda path: path.name)]
    arms = {s["arm"]: k for k, s in enumerate(about["settings"]) if s["language"] == language}
    return {arm: [outcomes[k] for outcomes in seeds] for arm, k in arms.items()}, about


def trials(language):
    """{arm: {rate: bits}}: the rates that were tried with the seed TRIAL, and the least bits on the chapter of STOPS."""
    _, about = recorded(language)
    both = zip(about["settings"], about["trials"], strict=True)
    return {s["arm"]: {float(r): bits for r, bits in found.items()} for s, found in both if s["language"] == language}


def reach(outcome, left=0.01):
    """From how many letters back a letter still counts the share `left` of what the last one does, as `heard` measured it."""
    return int(np.flatnonzero(np.array(outcome["reach"]) >= np.log10(left)).max()) + 1


def opening(language):
    """The question that opens the book and its answer, the longest line below it; no network has been trained on them."""
    _, question, *lines = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))["index"].split("\n")
    return ("" if language == "zh" else " ").join((question, max(lines[:4], key=len)))


def fingerprint(language):
    """The hash of the frozen text."""
    return hashlib.sha256((FOLDER / f"{language}.json").read_bytes()).hexdigest()


# ---- a network


def born(s, rng):
    """The `Network` of the settings at its start, float32."""
    letters, text = corpus(s["language"])
    cell, n, d, K = getattr(cells, s["cell"]), s["n"], s["d"], len(letters)
    bias = {}
    if s["bias"] == "chrono":  # Tallec & Ollivier (2018)
        spread = np.log(rng.uniform(1, s["T"] - 1, (n, 1))).astype(np.float32)
        bias = {"b_f": spread, "b_i": -spread}
    elif s["bias"] is not None:
        bias = {"b_f": s["bias"]}
    p = through_time.init(cell, n, d, rng, dtype=np.float32, **bias)
    E, P = rng.normal(0, 0.3, (K, d)), rng.normal(0, 1 / np.sqrt(n), (d, n))
    often = np.bincount(text["train"], minlength=K) + 1
    c = np.log(often / often.sum())[:, None]  # it begins by guessing each letter as often as it comes
    return network.Network(cell, network.Params(E.astype(np.float32), p, P.astype(np.float32), c.astype(np.float32)))


def rate(s, k):
    """Warm for a hundred updates, then down along half a cosine to a fiftieth."""
    return s["rate"] * min(1, k / 100) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * k / s["updates"])))


def trained(s, seed, file=None, updates=None):
    """(network, record): trained as the settings say, as it was at the examination that the chapter of STOPS likes best.

    The record has parameters, start (the losses of the first five batches), curve (updates, bits in training since the last
    examination, bits on STOPS) and best (which examination). `updates` ends it early. With `file` it can be interrupted.
    """
    _, text = corpus(s["language"])
    rng = np.random.default_rng([seed, 0])
    net, memory, k = born(s, rng), None, 0
    best, losses, record = net, [], {"start": [], "curve": []}
    every = s["updates"] // EXAMINATIONS
    if file and Path(file).exists():
        net, best, memory, k, record, rng = kept(file, net, rng)
    train, stop = text["train"], text["stop"]
    with tqdm(
        initial=k, total=updates or s["updates"], desc=f"{s['language']} {s['arm']} {seed}", smoothing=0, mininterval=10
    ) as bar:
        while k < (updates or s["updates"]):
            k += 1
            at = rng.integers(0, len(train) - s["T"], s["B"])
            rows = train[at + np.arange(s["T"] + 1)[:, None]]
            loss, grads = network.gradient(net, rows[:-1], rows[1:], rng, s["drop"])
            grads, _ = clip_by_global_norm(grads, s["clip"])
            direction, memory = OPTIMISERS[s["optimiser"]](np.concatenate([g.ravel() for g in grads]), memory, k)
            net = moved(net, direction, rate(s, k), s["decay"])
            losses.append(loss / np.log(2))
            if k <= 5:
                record["start"].append(digits(losses[-1]))
            if k % every == 0:
                found = float(network.bits(net, stop).mean())
                if found < min([bits for *_, bits in record["curve"]], default=np.inf):
                    best = net
                record["curve"].append([k, round(float(np.mean(losses)), 4), round(found, 4)])
                losses = []
                if file:
                    keep(file, net, best, memory, k, record, rng)
            bar.update()
    record["parameters"] = sum(a.size for a in network.flat(net.p))
    return best, record


def moved(net, direction, rate, decay):
    """θ ← θ - rate · (direction + decay · θ): Loshchilov & Hutter (2019)."""
    old = network.flat(net.p)
    ends = np.cumsum([a.size for a in old])[:-1]
    parts = np.split(direction, ends)
    new = [(a - rate * (part.reshape(a.shape) + decay * a)).astype(a.dtype) for a, part in zip(old, parts, strict=True)]
    return net._replace(p=network.unflat(net.p, new))


def keep(file, net, best, memory, k, record, rng):
    """Write a run, replaced in one piece."""
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    arrays = {
        f"{name}.{j:02}": a
        for name, many in (("now", network.flat(net.p)), ("best", network.flat(best.p)), ("memory", memory))
        for j, a in enumerate(many)
    }
    beside = Path(f"{file}.new")
    with beside.open("wb") as stream:
        np.savez(stream, **arrays, about=json.dumps({"k": k, "record": record, "rng": rng.bit_generator.state}))
    os.replace(beside, file)


def kept(file, like, rng):
    """What `keep` wrote."""
    with np.load(file) as stored:
        about = json.loads(str(stored["about"]))
        now, best, memory = (
            [stored[key] for key in sorted(stored.files) if key.startswith(name)] for name in ("now", "best", "memory")
        )
    rng.bit_generator.state = about["rng"]
    nets = [like._replace(p=network.unflat(like.p, arrays)) for arrays in (now, best)]
    return *nets, tuple(memory), about["k"], about["record"], rng


def file_of(s, seed, folder):
    """Where a run is kept: settings that are changed begin anew."""
    mark = hashlib.sha256(json.dumps([s, fingerprint(s["language"])]).encode()).hexdigest()[:8]
    return Path(folder, f"{s['language']}-{s['arm']}-{seed}-{mark}.npz")


def run(s, seed, folder):
    """The outcome of a run, a dictionary that JSON can hold, and its network."""
    net, record = trained(s, seed, file_of(s, seed, folder))
    _, text = corpus(s["language"])
    outcome = record | {
        "bits": {
            "train": round(float(network.bits(net, text["train"][:40_000]).mean()), 3),
            "stop": round(float(network.bits(net, text["stop"]).mean()), 3),
            "held out": round(unread(net, s["language"]), 3),
        },
        "closing": {pair: closing(net, s["language"], pair) for pair in PAIRS[s["language"]]},
        "names": names(net, s["language"]),
        "reach": heard(net, s["language"]),
    }
    return outcome, net


def try_rates(s, folder):
    """{rate: bits on the chapter of STOPS} for each of RATES, with the seed TRIAL: where the rate of the settings comes from."""
    runs = {r: s | {"rate": r} for r in RATES[s["cell"]]}
    records = {r: trained(of, TRIAL, file_of(of, TRIAL, folder))[1] for r, of in runs.items()}
    return {r: min(bits for *_, bits in record["curve"]) for r, record in records.items()}


# ---- what only a long memory gets

PAIRS = {"en": ("()", '""'), "zh": ("（）", "“”")}
DISTANCES = (8, 16, 32, 64)  # letters from what opens to where it may close
PLACES = 60  # of the text that was held out
APART = {"en": 40, "zh": 10}  # letters from one of them to the next in a line
TOLD = {
    "en": (
        "{} asks a question. The network reads the answer, and gives it back to {}",
        "Boris Dagmar Fenwick Harald Ingrid Ludmila Natasha Peter Tobias Viktor",
    ),
    "zh": (
        "{}提了一个问题。网络读完答案，把它交还给{}",
        "小刚 大明 张平 何文 于新 许正 白全 方天 高学 程同",
    ),
}


def said(net, letters, before, after):
    """-log₂ of the probability of `after` when `before` has been read, which begins with a new line."""
    row = numbers(before + after, letters)
    log_p = network.log_softmax(network.logits(net, network.unroll(net, row[:-1, None])))[:, :, 0]
    return float(-log_p[np.arange(len(row) - 1), row[1:]][len(before) - 1 :].sum() / np.log(2))


def places(language):
    """Where something may open and close: (lines up to there, {distance: index in the line}), at the ends of words.

    From lines that were held out and hold no sign of `PAIRS`; the index is the beginning of a word, so far back or little more.
    """
    chapters = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    signs = set("".join(PAIRS[language]))
    lines = [line for name in STOPS + HELD_OUT for line in chapters[name].split("\n") if not signs & set(line)]
    apart = (lambda line, k: line[k] == " ") if language == "en" else (lambda line, k: "\u4e00" <= line[k] <= "\u9fff")
    most, found = max(DISTANCES), []
    for line in lines:
        for end in range(most + 12, len(line), APART[language]):
            end = next((k for k in range(end, len(line)) if apart(line, k)), None)
            if end is None:
                break
            back = {d: next((k for k in range(end - d, end - d - 12, -1) if apart(line, k - 1)), None) for d in DISTANCES}
            if None not in back.values():
                found.append((line[:end], back))
    rng = np.random.default_rng(0)
    return [found[k] for k in rng.permutation(len(found))[:PLACES]]


def closing(net, language, pair):
    """For each of DISTANCES: the bits that what closes costs less when what opens has been put there; mean over `places`.

    With n letters before it, counting gets nothing from more than n letters away.
    """
    letters, _ = corpus(language)
    opens, closes = pair
    gains = []
    for line, back in places(language):
        without = said(net, letters, f"\n{line}", closes)
        gains.append([without - said(net, letters, f"\n{line[:k]}{opens}{line[k:]}", closes) for k in back.values()])
    return (np.round(np.mean(gains, axis=0), 2) + 0.0).tolist()  # -0.0 is 0


def names(net, language):
    """Bits that a name costs less, its first letter given, when it is the one that was introduced: mean over pairs of names."""
    letters, _ = corpus(language)
    frame, listed = TOLD[language]
    listed = listed.split()
    gains = []
    for name in listed:
        others = [other for other in listed if other[0] != name[0]]
        own, *foreign = [said(net, letters, f"\n{frame.format(first, name[0])}", name[1:]) for first in (name, *others)]
        gains += [bits - own for bits in foreign]
    return round(float(np.mean(gains)), 2)


def heard(net, language, count=100, T=100):
    """log10 of the median, over `count` places of the text that was held out, of ‖∂ logit/∂ letter‖ by distance 1 .. T - 1.

    The logit is that of the letter that comes next; the norms are divided by that of the last letter.
    """
    _, text = corpus(language)
    rng = np.random.default_rng(0)
    at = rng.integers(0, len(text["held out"]) - T, count)
    norms = np.array([network.listening(net, text["held out"][a : a + T - 1], text["held out"][a + T - 1]) for a in at])
    relative = norms[:, ::-1] / norms[:, -1:]
    return np.round(np.log10(np.median(relative, axis=0)).astype(float), 2).tolist()


# ---- counting


def counted(language):
    """{n: bits on what was held out} of interpolated n-grams on the same text; each with the best of DISCOUNTS."""
    letters, text = corpus(language)
    train, stop, held_out = (text[part].tolist() for part in ("train", "stop", "held out"))
    found = {}
    for n in (3, 5):
        tried = [Ngrams(train, n, len(letters), D) for D in DISCOUNTS]
        best = min(tried, key=lambda model: model.bits(stop).mean())
        reported = best.bits(held_out)[unseen(language)].mean()
        found[n] = {"D": best.D, "stop": round(best.bits(stop).mean(), 3), "held out": round(reported, 3)}
    return found


# ---- the command


def main(arguments=None):
    """Read the command line, and run what it names."""
    from unrolled.experiments.__main__ import about, write
    from unrolled.experiments.plans import Experiment

    parser = argparse.ArgumentParser(prog="python -m unrolled.experiments.reading", description=__doc__.split("\n")[0])
    parser.add_argument("--freeze", metavar="CHAPTERS", help="take the text anew from the chapters in this folder, and stop")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], metavar="SEED", help="which (0)")
    parser.add_argument("--cache", default="_build/experiments/reader", help="where runs are kept")
    given = parser.parse_args(arguments)
    FOLDER.mkdir(exist_ok=True)
    if given.freeze:
        freeze(given.freeze)
        return
    for seed in given.seeds:
        found = [run(s, seed, given.cache) for s in SETTINGS]
        write(FOLDER / f"seed-{seed}.json", [outcome for outcome, _ in found])
        if seed == PAGE:
            page(found)
    more = {
        "text": {language: fingerprint(language) for language in ("en", "zh")},
        "letters": {language: [len(corpus(language)[0]), *map(len, corpus(language)[1].values())] for language in ("en", "zh")},
        "stops": STOPS,
        "held out": HELD_OUT,
        "counted": {language: counted(language) for language in ("en", "zh")},
        "trials": [try_rates(s, given.cache) for s in SETTINGS],
    }
    told = {name: said for name, said in about(Experiment(QUESTION, SETTINGS), 0, 0).items() if "minutes" not in name}
    write(FOLDER / "about.json", told | more)


def page(found):
    """Keep for the page the networks of one seed."""
    for language in ("en", "zh"):
        nets = {s["arm"]: net for s, (_, net) in zip(SETTINGS, found, strict=True) if s["language"] == language}
        weights.write(language, corpus(language)[0], nets, text=fingerprint(language))


if __name__ == "__main__":
    main()
