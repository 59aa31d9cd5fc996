// The pure core of explore.js: run by `node --test`, from test_explore.py.
import assert from "node:assert/strict";
import test from "node:test";

const { WORDS, frameIndex, pace, turned, valueText, wordsFor } = await import(process.env.EXPLORE_JS);

test("frames are numbered as itertools.product counts: the last choice runs fastest", () => {
  const sizes = [2, 3, 4];
  const seen = [];
  for (let a = 0; a < 2; a++) for (let b = 0; b < 3; b++) for (let c = 0; c < 4; c++) seen.push(frameIndex([a, b, c], sizes));
  assert.deepEqual(seen, [...Array(24).keys()]);
});

test("numbers are shown clean, with a real minus sign; names as they are", () => {
  assert.equal(valueText(0.1 + 0.2), "0.3");
  assert.equal(valueText(1), "1");
  assert.equal(valueText(-0.5), "\u22120.5");
  assert.equal(valueText(1e-7), "1e\u22127");
  assert.equal(valueText(123456789), "123457000");
  assert.equal(valueText(2 / 3), "0.666667");
  assert.equal(valueText("a-b"), "a-b");
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
