"""Networks in use: where their packages are installed, our cells give what theirs give; everywhere, what was recorded of them."""

import importlib.metadata
import io
import os
import pickle
import re
import subprocess
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
from unrolled import wild
from unrolled.inspect import inspect
from unrolled.interop import unroll_layers
from unrolled.interop.files import read
from unrolled.wild import __main__, g2p_en, g2pm, measure, measure_second, packaged, record, recorded, resemblyzer, silero, speech

NETWORKS = {"g2p_en": g2p_en, "g2pm": g2pm, "silero": silero, "resemblyzer": resemblyzer}
SPEAK = ("silero", "resemblyzer")


def installed(name, package):
    """The `Wild`, or a skip where its package is not there."""
    try:
        importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{package} is not installed")
    return NETWORKS[name].load()


def outputs(network, text):
    """What our cells give, (T, n), in the precision of the weights."""
    return unroll_layers(network.network, network.read(text)).output[:, :, 0]


def test_the_gru_of_g2p_en_is_ours():
    network = installed("g2p_en", "g2p_en")
    theirs = pytest.importorskip("g2p_en.g2p").G2p
    for word in ("recurrent", "forgetting"):
        x = network.read(word)
        arrays = np.load(packaged("g2p_en", "2.1.0", "g2p_en/checkpoint20.npz", g2p_en.DIGEST))
        weights = [arrays[name] for name in ("enc_w_ih", "enc_w_hh", "enc_b_ih", "enc_b_hh")]
        bare = object.__new__(theirs)  # its __init__ wants a dictionary of words, and all of nltk
        bare.g2idx, bare.enc_emb = {letter: k for k, letter in enumerate(g2p_en.LETTERS)}, arrays["enc_emb"]
        assert np.array_equal(bare.encode(word)[0], x)
        assert np.abs(theirs.gru(bare, x[None], len(x), *weights)[0] - outputs(network, word)).max() < 1e-5


def test_the_lstm_of_g2pm_is_ours():
    network = installed("g2pm", "g2pM")
    theirs = pytest.importorskip("g2pM").G2pM()
    for sentence in network.texts[:2]:
        x = network.read(sentence)
        found = []
        for cell, order in ((theirs.fw_lstm_cell, 1), (theirs.bw_lstm_cell, -1)):
            states, h = None, []
            for x_t in x[::order]:
                states = cell(x_t[None], states)
                h.append(states[0][0])
            found.append(h[::order])
        assert np.abs(np.concatenate(found, axis=1) - outputs(network, sentence)).max() < 1e-5


def test_the_lstms_of_resemblyzer_are_ours_and_so_are_the_pitches(rng):
    network = installed("resemblyzer", "Resemblyzer")
    torch, librosa = pytest.importorskip("torch"), pytest.importorskip("librosa")
    path = packaged("Resemblyzer", "0.1.4", "resemblyzer/pretrained.pt", resemblyzer.DIGEST)
    weights = torch.load(path, weights_only=True, map_location="cpu")["model_state"]
    theirs = torch.nn.LSTM(40, 256, 3, batch_first=True)  # as in its voice_encoder.py
    theirs.load_state_dict({name.removeprefix("lstm."): a for name, a in weights.items() if name.startswith("lstm.")})
    sound = (0.1 * rng.normal(size=30_000)).astype(np.float32)
    frames = librosa.feature.melspectrogram(y=sound, sr=16_000, n_fft=400, hop_length=160, n_mels=40).T
    assert np.abs(resemblyzer.spectrum(sound) - frames).max() < 1e-5 * frames.max()
    x = network.read(sound)
    with torch.no_grad():
        want = theirs(torch.tensor(x)[None])[0][0].numpy()
    assert np.abs(outputs(network, sound) - want).max() < 1e-5


PACKAGES = [("g2p_en", "g2p_en"), ("g2pm", "g2pM"), ("silero", "silero-vad"), ("resemblyzer", "Resemblyzer")]


def speaks():
    """A skip where espeak-ng is not there, or of another version; a failure in CI, which installs it."""
    try:
        said = subprocess.run(["espeak-ng", "--version"], capture_output=True, check=True).stdout.decode("utf-8")
    except FileNotFoundError:
        said = ""
    if f" {speech.MAKER.split()[1]} " not in said:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{speech.MAKER} is not installed")


def test_the_lstm_of_silero_is_ours_and_so_is_all_around_it():
    network = installed("silero", "silero-vad")
    torch = pytest.importorskip("torch")
    path = packaged("silero-vad", "6.2.3", "silero_vad/data/silero_vad.jit", silero.DIGEST)
    rng, t = np.random.default_rng(0), np.arange(32_000) / 16_000
    sound = (0.3 * np.sin(1300 * t + 20 * np.sin(6 * t)) * (np.sin(9 * t) > 0) + 0.01 * rng.normal(size=len(t))).astype(
        np.float32
    )
    theirs = torch.jit.load(str(path)).eval()
    with torch.no_grad():
        want = [float(theirs(torch.tensor(sound[at : at + 512])[None], 16_000)) for at in range(0, len(sound) - 511, 512)]
    got = silero.probability(read(path), outputs(network, sound))
    assert np.abs(got - want).max() < 1e-5
    assert np.ptp(want) > 0.05


@pytest.mark.parametrize(("name", "package"), PACKAGES)
def test_what_was_recorded_comes_out_again(name, package):
    network = installed(name, package)
    if name in SPEAK:
        speaks()
    new, old = record(network, measure(network, progress=False), measure_second(network, progress=False)), recorded(name)
    unlike = {"layers": None, "second": None}
    assert new | unlike == old | unlike
    assert new.keys() == old.keys()
    assert new.get("second", {}).get("lengths") == old.get("second", {}).get("lengths")
    of_all = [[*kept["layers"], *kept.get("second", {}).get("layers", [])] for kept in (new, old)]
    for now, before in zip(*of_all, strict=True):
        assert {key: value for key, value in now.items() if isinstance(value, str | int)} == {
            key: value for key, value in before.items() if isinstance(value, str | int)
        }
        for key in ("norms_10_50_90", "kept_50", "direct_50", "lyapunov_50", "time_constants_10_50_90"):
            assert np.allclose(now[key], before[key], rtol=0, atol=2e-3), key


def test_the_readings_of_g2pm_are_its_own_and_come_out_again():
    installed("g2pm", "g2pM")
    theirs = pytest.importorskip("g2pM").G2pM()
    for now, before in zip(g2pm.readings(), recorded("g2pm_readings"), strict=True):
        said = [sound for sound in theirs(now["text"], char_split=True) if sound in (g2pm.HÁNG, g2pm.XÍNG)]
        assert said == [now["said"]]
        assert {name: now[name] for name in ("text", "at", "right", "said")} == {
            name: before[name] for name in ("text", "at", "right", "said")
        }
        for name in ("margin", "gradient", "without"):
            assert np.allclose(now[name], before[name], rtol=0, atol=2e-3), name


# ---- without the packages


def test_the_readings_are_read_from_arrays_as_they_stand(monkeypatch, rng):
    """The gradient by each character is the slope of the margin, measured by small changes; and what is hidden is unknown."""
    sentence, n, m = "银行上", 3, 2
    monkeypatch.setattr(g2pm, "READ", {sentence: g2pm.HÁNG})
    shapes = {"weight_ih_l0": (4 * n, m), "weight_hh_l0": (4 * n, n), "bias_ih_l0": 4 * n, "bias_hh_l0": 4 * n}
    weights = {f"lstm.{name}{end}": rng.normal(size=shape) for name, shape in shapes.items() for end in ("", "_reverse")}
    weights |= {"logit_layer.0.weight": rng.normal(size=(5, 2 * n)), "logit_layer.0.bias": rng.normal(size=5)}
    weights |= {"logit_layer.2.weight": rng.normal(size=(2, 5)), "logit_layer.2.bias": rng.normal(size=2)}
    weights["embedding.weight"] = rng.normal(size=(6, m))
    files = {
        "g2pM/np_ckpt.pkl": weights,
        "g2pM/char2idx.pkl": {letter: k for k, letter in enumerate(["<UNK>", "시", "끝", "银", "行", "上"])},
        "g2pM/class2idx.pkl": {g2pm.HÁNG: 0, g2pm.XÍNG: 1},
    }
    monkeypatch.setattr(g2pm, "unpickled", lambda file, digest: files[file])
    (one,) = g2pm.readings()
    assert (one["at"], one["said"]) == (1, g2pm.HÁNG if one["margin"] > 0 else g2pm.XÍNG)
    rows = weights["embedding.weight"]
    for place, letter in enumerate(sentence):
        number, slopes, before = files["g2pM/char2idx.pkl"][letter], [], rows.copy()
        for j in range(m):
            ends = []
            for sign in (1, -1):
                rows[number, j] = before[number, j] + sign * 0.02
                ends.append(g2pm.readings()[0]["margin"])
                rows[:] = before
            slopes.append((ends[0] - ends[1]) / 0.04)
        assert np.isclose(np.linalg.norm(slopes), one["gradient"][place], atol=0.02)
        rows[number] = rows[0]
        assert np.isclose(g2pm.readings()[0]["margin"], one["without"][place], atol=1e-4)
        rows[:] = before


def test_the_record_of_readings_is_whole():
    kept = recorded("g2pm_readings")
    assert {one["text"]: one["right"] for one in kept} == g2pm.READ
    for one in kept:
        assert one["text"][one["at"]] == g2pm.AMBIGUOUS
        assert len(one["gradient"]) == len(one["without"]) == len(one["text"])
        assert (one["said"] == g2pm.HÁNG) == (one["margin"] > 0)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_records_are_whole(name):
    kept = recorded(name)
    texts = {"g2p_en": g2p_en.WORDS.split(), "g2pm": g2pm.SENTENCES, "silero": speech.SPOKEN, "resemblyzer": speech.SPOKEN}[name]
    assert (kept["texts"], kept["sha256"]) == (len(texts), NETWORKS[name].DIGEST)
    if name not in SPEAK:
        assert kept["lengths"] == [len(text) + (name == "g2p_en") for text in texts]
    for layer in kept["layers"]:
        norms = np.array(layer["norms_10_50_90"])
        assert norms.shape == (3, min(200, max(kept["lengths"])))
        assert (norms[0] <= norms[1]).all()
        assert (norms[1] <= norms[2]).all()
        assert layer["end_points"] == len(texts)
        assert layer["reach"] <= norms.shape[1]
        assert 0 <= layer["kept_50"][-1] <= layer["kept_50"][0] <= 1


def test_second_records_are_of_made_up_words_and_of_ends_in_speech():
    words, spoken = recorded("g2p_en")["second"], recorded("silero")
    made_up = g2p_en.MADE_UP.split()
    assert words["lengths"] == [len(word) + 1 for word in made_up]
    assert len(set(made_up) - set(g2p_en.WORDS.split())) == 20
    earlier = np.subtract(spoken["lengths"], spoken["second"]["lengths"])
    assert (earlier > 16).all(), "half a second of noise is sixteen frames"
    assert (earlier < 31).all()
    assert [len(spoken["second"]["layers"]), len(words["layers"])] == [1, 1]


def test_frames_and_convolutions():
    x, weight = np.arange(10.0).reshape(2, 5), np.arange(12.0).reshape(2, 2, 3)
    padded = np.pad(x, ((0, 0), (1, 1)))
    want = [[np.sum(weight[n] * padded[:, t : t + 3]) for t in (0, 2, 4)] for n in range(2)]
    assert np.allclose(silero.convolved(x, weight, stride=2), want)
    rng = np.random.default_rng(0)
    arrays = {"_model.stft.forward_basis_buffer": rng.normal(size=(258, 1, 256))}
    for k, shape in enumerate([(128, 129, 3), (64, 128, 3), (64, 64, 3), (128, 64, 3)]):
        name = f"_model.encoder.{k}.reparam_conv."
        arrays |= {f"{name}weight": 0.1 * rng.normal(size=shape), f"{name}bias": np.zeros(shape[0])}
    assert silero.frames(arrays, np.ones(512 * 3 + 100, np.float32)).shape == (3, 128)


def test_speech_needs_its_program(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ImportError, match="speech needs the program espeak-ng: apt-get install espeak-ng"):
        speech.heard(("en", "a"))


def test_pitches_are_triangles_of_equal_area():
    """Each has the area one, but for what a grid of 40 Hz makes of narrow ones; a tone is where it belongs."""
    triangles = resemblyzer.pitches()
    assert triangles.shape == (40, 201)
    assert np.allclose(triangles[15:].sum(axis=1) * 40, 1, atol=0.1)
    tone = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    heard = resemblyzer.spectrum(tone)[50]
    centre = triangles[heard.argmax()].argmax() * 40
    assert abs(centre - 1000) < 100
    assert speech.heard(tone) is tone


def test_words_and_sentences_are_all_different():
    assert len(set(g2p_en.WORDS.split())) == 40
    assert len(set(g2pm.SENTENCES)) == 12


def distribution(tmp_path, monkeypatch, version="1.0"):
    (tmp_path / "weights").write_bytes(b"a")
    found = SimpleNamespace(version=version, locate_file=tmp_path.joinpath)
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: found)


def test_only_these_bytes_of_this_version_are_read(tmp_path, monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    with pytest.raises(ImportError, match=re.escape("this network is in g2p_en 2.1.0: pip install 'unrolled[wild]'")):
        g2p_en.load()
    distribution(tmp_path, monkeypatch)
    right = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert packaged("a", "1.0", "weights", right) == tmp_path / "weights"
    with pytest.raises(ValueError, match=r"a must be installed in version 1\.1; got 1\.0"):
        packaged("a", "1.1", "weights", right)
    with pytest.raises(ValueError, match=r"weights of a 1\.0 must have the SHA-256 0; got ca97"):
        packaged("a", "1.0", "weights", "0")


class Evil:
    def __reduce__(self):
        return print, ("executed",)


def test_a_pickle_of_arrays_is_read_and_nothing_else_is(capsys):
    arrays = {"a": np.arange(6.0).reshape(2, 3), "b": {"c": 1}}
    assert np.array_equal(g2pm.Arrays(io.BytesIO(pickle.dumps(arrays, 4))).load()["a"], arrays["a"])
    with pytest.raises(ValueError, match=r"the file must hold arrays alone; got __builtin__\.print"):
        g2pm.Arrays(io.BytesIO(pickle.dumps(Evil(), 2))).load()
    assert capsys.readouterr().out == ""


def test_the_command_prints_and_records(tmp_path, monkeypatch, capsys, rng):
    from unrolled import cells, init

    network = cells.gru_reset_after, init(cells.gru_reset_after, 4, 3, rng)
    toy = wild.Wild("toy", "1.0", "MIT", "0", network, lambda text: np.ones((len(text), 3)), ("ab", "abc"))
    monkeypatch.setattr(g2p_en, "load", lambda: toy)
    monkeypatch.setattr(__main__, "RESULTS", tmp_path / "wild")
    monkeypatch.setattr(wild, "RESULTS", tmp_path / "wild")
    assert import_module("unrolled.wild.g2p_en").load is g2p_en.load
    __main__.main(["g2p_en", "--record", "-o", str(tmp_path / "a.html"), "--lang", "zh"])
    assert capsys.readouterr().out.startswith("toy 1.0\n测量用了2条序列，每条2至3步，")
    report = inspect(network, [np.ones((2, 3)), np.ones((3, 3))], progress=False)
    assert recorded("g2p_en") == record(toy, report)
    monkeypatch.setattr(g2p_en, "readings", lambda: [{"at": 1}], raising=False)
    __main__.main(["g2p_en", "--record"])
    assert recorded("g2p_en_readings") == [{"at": 1}]
    with pytest.raises(SystemExit):
        __main__.main(["none"])
