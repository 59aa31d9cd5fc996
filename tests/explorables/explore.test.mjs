// The pure core of explore.js and explore_page.js: run by `node --test`, from test_explore.py.
import assert from "node:assert/strict";
import test from "node:test";

const {
  WORDS, axis, figures, fileName, flowed, fragment, frameIndex, linked, pace, plainTexts, readFragment, shownTexts, svgFile, turned, valueTexts,
  wordsFor,
} = await import(process.env.EXPLORE_JS);

test("frames are numbered as itertools.product counts: the last choice runs fastest", () => {
  const sizes = [2, 3, 4];
  const seen = [];
  for (let a = 0; a < 2; a++) for (let b = 0; b < 3; b++) for (let c = 0; c < 4; c++) seen.push(frameIndex([a, b, c], sizes));
  assert.deepEqual(seen, [...Array(24).keys()]);
});

test("numbers are shown clean, with a real minus sign; names as they are", () => {
  assert.deepEqual(valueTexts([0.1 + 0.2, 1, -0.5, 1e-7, 123456789, 2 / 3]), [
    "0.3", "1", "\u22120.5", "1e\u22127", "123456789", "0.666667",
  ]);
  assert.deepEqual(valueTexts(["a-b", "c"]), ["a-b", "c"]);
});

test("a text takes the place of its value, and of no other", () => {
  assert.deepEqual(shownTexts({ values: [-1, 1] }), ["\u22121", "1"]);
  assert.deepEqual(shownTexts({ values: ["diagonal_ssm", "gru"], texts: ["diagonal SSM", null] }), ["diagonal SSM", "gru"]);
});

test("values that differ late are told with as many digits as it takes", () => {
  assert.deepEqual(valueTexts([0.9999999, 1]), ["0.9999999", "1"]);
  assert.deepEqual(valueTexts([1e-9, 1e-9 + 1e-16, -3]), ["1e\u22129", "1.0000001e\u22129", "\u22123"]);
  assert.deepEqual(plainTexts([0.3, 0.1 + 0.2]), ["0.3", "0.30000000000000004"]);
  assert.deepEqual(plainTexts([1e6 + 0.25, 1e6 + 0.5]), ["1000000.25", "1000000.5"]);
});

test("every language has every word", () => {
  for (const words of Object.values(WORDS)) {
    assert.deepEqual(Object.keys(words), Object.keys(WORDS.en));
    assert.ok(Object.values(words).every((word) => word.trim()));
  }
  assert.ok(Object.values(WORDS.zh).every((word) => !/[a-z]/i.test(word)));
});

test("the language of the page chooses the words", () => {
  for (const lang of ["zh", "zh-CN", "zh_CN", "ZH-hant"]) assert.equal(wordsFor(lang), WORDS.zh, lang);
  for (const lang of ["en", "en-GB", "", "de", "zha"]) assert.equal(wordsFor(lang), WORDS.en, lang);
});

test("steps turn around the end", () => {
  assert.deepEqual([turned(0, 1, 3), turned(2, 1, 3), turned(0, -1, 3)], [1, 0, 2]);
});

test("a film takes seconds, and goes slowly for those who want little motion", () => {
  assert.equal(pace(4, false), 700);
  assert.equal(pace(20, false), 400);
  assert.equal(pace(1000, false), 150);
  assert.ok(pace(1000, true) >= 1000);
});

test("links and file names say numbers as one types them", () => {
  assert.deepEqual(plainTexts([0.1 + 0.2, -0.5]), ["0.3", "-0.5"]);
  assert.deepEqual(plainTexts(["a − b"]), ["a − b"]);
});

const choices = [
  { name: "gain", values: [0.5, -1, 0.1 + 0.2, 0.3, 1, 0.9999999] },
  { name: "cell", values: ["LSTM", "a & b = c", "长 短"] },
  { name: "τ", values: [1, 2] },
];
const start = { gain: 0.5, cell: "LSTM", τ: 1 };

test("a link can be read, and what it says comes back", () => {
  const stepper = [{ name: "t", values: [4, 5] }, { name: "part", values: ["f", "C"] }];
  assert.equal(fragment("stepper", 1, stepper, { t: 5, part: "C" }), "stepper:t=5&part=C");
  assert.equal(fragment("stepper", 2, stepper.slice(0, 1), { t: 5 }), "stepper-2:t=5");
  for (const gain of choices[0].values)
    for (const cell of choices[1].values)
      for (const number of [1, 12]) {
        const value = { gain, cell, τ: 2 };
        const link = readFragment(`#${fragment("wave_3", number, choices, value)}`);
        assert.deepEqual([link.name, link.number], ["wave_3", number]);
        assert.deepEqual(linked(choices, start, link.values), value);
      }
});

test("names in any script are what the address bar makes of them", () => {
  const url = new URL(`https://book.example/a.html#${fragment("波", 1, choices.slice(2), { τ: 2 })}`);
  assert.equal(readFragment(url.hash).name, encodeURIComponent("波"));
  assert.equal(new URL(url.href).hash, url.hash);
});

test("what a link does not know, or what is gone, stays at the start", () => {
  const read = (hash) => linked(choices, start, readFragment(hash).values);
  assert.deepEqual(read("#a:"), start);
  assert.deepEqual(read("#a:gain=7&cell=GRU&gone=3"), start);
  assert.deepEqual(read("#a:τ=2&gain=%"), { ...start, τ: 2 });
  assert.deepEqual(read("#a:gain=-1"), { ...start, gain: -1 });
});

test("other anchors are no links to an explorable", () => {
  for (const hash of ["", "#", "#a-section", "#eq-bound", "#:t=1"]) assert.equal(readFragment(hash), null, hash);
});

test("a file has colours of its own and says where it comes from", () => {
  const picture = '<svg width="9"><path style="stroke: currentColor; fill: var(--paper,#fff)"/><svg/></svg>';
  const file = svgFile(picture, "A < B & C");
  assert.match(file, /^<\?xml version="1.0" encoding="UTF-8"\?>\n<svg width="9"><desc>A &#60; B &#38; C<\/desc><rect [^>]*\/><path/);
  assert.match(file, /stroke: #1a1a1a; fill: #fff/);
  assert.equal(file.match(/<rect/g).length, 1);
  assert.doesNotMatch(svgFile(picture, ""), /<desc>/);
});

test("file names hold nothing that a system refuses", () => {
  assert.equal(fileName("04_vanishing", "wave:gain=0.5&cell=a b"), "04_vanishing_wave_gain=0.5_cell=a_b.svg");
  assert.equal(fileName('a/b\\c"<>|?*', "梯度"), "a_b_c_梯度.svg");
});

test("a guess stands on an axis where its value does, and comes back from there", () => {
  const steps = axis({ low: 1, high: 1000, log: true, answer: 23 });
  assert.deepEqual([1, 1000].map(steps.at), [0, 1]);
  assert.equal(steps.value(2 / 3), 100);
  const whole = axis({ low: 0, high: 9, log: false, answer: 4 });
  assert.equal(whole.value(0.5), 5);
  assert.equal(axis({ low: 0, high: 9, log: false, answer: 4.5 }).value(0.5), 4.5);
});

test("numbers of a guess have three figures, or are powers of ten", () => {
  const read = (value) => figures(value);
  assert.deepEqual([0, 0.5, 31.62, 1234.5, 1e-11, -3e7].map(read), ["0", "0.5", "31.6", "1235", "10⁻¹¹", "\u22123 · 10⁷"]);
});

test("panels flow as words do: a line is filled, then the next begins, and each row of the figure begins one", () => {
  const boxes = [[0, 50, 0, 20, 10], [1, 0, 10, 30, 40], [1, 30, 10, 30, 40], [1, 60, 10, 40, 40]];
  assert.deepEqual(flowed(boxes, 100), { width: 100, height: 50, moves: [[-10, 0], [0, 0], [0, 0], [0, 0]] });
  assert.deepEqual(flowed(boxes, 60), { width: 60, height: 90, moves: [[-30, 0], [0, 0], [0, 0], [-50, 40]] });
  assert.deepEqual(flowed(boxes, 1), { width: 40, height: 130, moves: [[-40, 0], [5, 0], [-25, 40], [-60, 80]] });
});
