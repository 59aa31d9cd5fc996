// The reader's sentence, and what three networks make of it. Continues networks.js; `boot` brings a page to life.

// ---- words ----

export const WORDS = {
  en: {
    names: { rnn: "RNN tanh", lstm: "LSTM", chrono: "LSTM chrono" },
    field: "Type a sentence", pick: "or take one of these", none: "choose", choose: "letter asked about", next: "what comes next",
    space: "space", line: "new line", rare: "a rare letter", expects: "expects", gave: (letter, share) => `probability of ${letter}: ${share}`, take: "Write this letter",
    least: "under 1 %", percent: (share) => `${share} %`,
    back: (k, all) => (k === 0 ? "listens to no letter" : k === 1 ? "listens to the last letter alone"
      : k === all ? "listens to the beginning" : `listens ${k} letters back`),
    shade: "How much a letter counts for that:", legend: ["most", "a hundredth of the most", "a ten-thousandth or less"],
    distance: "letters back", norm: "how much a letter counts, the most counting 1",
    gates: "Show forget gates: of each LSTM the three that stay open widest after the last sign that opens and does not close",
    gate: "how far forget gates are open, the widest as the thickest line", along: "along the sentence", about: (letter) => `what comes next: is it ${letter}?`,
    unknown: (letters) => `The networks do not know ${letters}: all letters that the book hardly uses are one sign to them.`,
    long: "The networks read the first 400 letters.",
    nothing: "Nothing is typed yet: this is what they expect at the beginning of a paragraph.",
    asked: (letter) => `Asked about ${letter}.`, of: (k, n) => `${k} of ${n}`, gap: " ",
    quote: (letter) => (/^["“”]$/.test(letter) ? `‘${letter}’` : `“${letter}”`),
    said: (name, guesses, back) => `${name} expects ${guesses}; it ${back}.`, and: " or ",
  },
  zh: {
    names: { rnn: "普通RNN", lstm: "LSTM", chrono: "LSTM（计时）" },
    field: "输入一句话", pick: "或者选一句", none: "请选择", choose: "看哪个字的预测", next: "下一个字",
    space: "空格", line: "换行", rare: "生僻字", expects: "预测", gave: (letter, share) => `${letter}的概率：${share}`, take: "填入这个字",
    least: "不到1%", percent: (share) => `${share}%`,
    back: (k, all) => (k === 0 ? "一个字也没有看" : k === 1 ? "只看最后一个字" : k === all ? "一直看到句首" : `往回最远看到第${k}个字`),
    shade: "每个字对这一预测的影响：", legend: ["影响最大", "最大影响的百分之一", "万分之一以下"],
    distance: "往回数第几个字", norm: "一个字对预测的影响，最大的记为1",
    gates: "查看遗忘门：两个LSTM各取三个，取的是最后一个未配对的前引号（或前括号）之后最小开度最大的",
    gate: "遗忘门的开度，开得最大的线最粗", along: "沿着句子", about: (letter) => `下一个字是不是${letter}`,
    unknown: (letters) => `网络不认识${letters}：书中少见的字，一律当作同一个符号。`,
    long: "网络只读前400个字。",
    nothing: "尚未输入，这是网络对一段开头的预测。",
    asked: (letter) => `问的是${letter}。`, of: (k, n) => `第${k}个，共${n}个`, gap: "", quote: (letter) => (/^[“”]$/.test(letter) ? `「${letter}」` : `“${letter}”`),
    said: (name, guesses, back) => `${name}预测${guesses}；它${back}。`, and: "、",
  },
};

export const LONGEST = 400; // letters
const GUESSES = 4; // that a row shows
const OPEN = 0.9; // a forget gate above it stands open, as the text counts it
export const ALL = "all"; // no letter: the one that all networks together find likeliest
const UNSEEN = 1e-8; // of the most: below all that is shown

/** The first letters of a text, as many as are read; lines become spaces, as in a field of one line. */
export const readable = (text) => lettersOf(String(text).replace(/\s*\n\s*/g, " ")).slice(0, LONGEST);

/** How a letter is shown where it stands alone. */
export const shownLetter = (letter, words) => ({ " ": words.space, "\n": words.line, "\ufffd": words.rare })[letter] ?? letter;

/** A probability in per cent. */
export const shownShare = (logP, words) => {
  const share = Math.round(100 * Math.exp(logP));
  return share < 1 ? words.least : words.percent(share);
};

/** How dark a letter is, 0 to 1 by twentieths: by the logarithm of its norm, from the largest down to a ten-thousandth of it. */
export const darkness = (norm, most) => (norm > 0 && most > 0 ? Math.max(0, Math.round(20 + 5 * Math.log10(norm / most)) / 20) : 0);

/** The number of the letter that the networks together find likeliest: by the sum of its probabilities. */
const likeliestToAll = ([{ logP }, ...others]) =>
  top(logP.map((of, k) => others.reduce((sum, other) => sum + Math.exp(other.logP[k]), Math.exp(of))), 1)[0];

const OPENS = "“‘（(「『【[", CLOSES = "”’）)」』】]";

/** The place of the last sign in a sentence that opens something and is not closed; -1 if there is none. */
export const unclosed = (letters) => {
  const open = [];
  letters.forEach((letter, k) => {
    const last = letters[open[open.length - 1]];
    if (OPENS.includes(letter) || (letter === '"' && last !== '"')) open.push(k);
    else if (letter === '"' || (CLOSES.includes(letter) && last === OPENS[CLOSES.indexOf(letter)])) open.pop();
  });
  return open.length ? open[open.length - 1] : -1;
};

/** All that is shown of a sentence: for each network its guesses, its norms by letter, how far back it listens.
 * `at` is the letter that is asked about, numbered from 0; that of the length of the sentence is the letter to come: for each
 * network the one that it finds likeliest, or `one` for all of them, which `ALL` is the one that they together find likeliest. */
export function understood(book, letters, at, known = {}, one = "") {
  const numbers = [book.numberOf("\n"), ...letters.map(book.numberOf)];
  const found = {}, read = Object.entries(book.networks).map(([name, net]) => {
    const all = reading(net, numbers, known[name]?.all);
    return { name, all, logP: logProbabilities(all, at + 1) };
  });
  const named = at < letters.length ? numbers[at + 1] : one === ALL ? likeliestToAll(read) : one ? book.numberOf(one) : -1;
  for (const { name, all, logP } of read) {
    const guesses = top(logP, GUESSES).map((number) => ({ letter: book.letters[number], logP: logP[number] }));
    const asked = named < 0 ? top(logP, 1)[0] : named;
    const norms = listening(all, at + 1, asked, UNSEEN).subarray(1); // the first is the new line before the sentence
    found[name] = { all, guesses, asked, gave: logP[asked], norms, back: reach(norms) };
  }
  return found;
}

// ---- the page ----

const make = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
const drawn = (tag, attributes, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};
const ofControl = (made) => {
  made.dataset.lmSuppressShortcuts = ""; // JupyterLab would take the keys
  return made;
};

const SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const power = (exponent) => (exponent === 0 ? "1" : `10${exponent < 0 ? "⁻" : ""}${[...String(Math.abs(exponent))].map((digit) => SUPER[digit]).join("")}`);

const HEIGHT = 230, LEFT = 46, RIGHT = 12, ABOVE = 32, BELOW = 46, SMALL = 10; // pixels; letters below the last are not drawn

/** A chart as wide as its place: axes with ticks [at, text], a mark across it if `ys` or `xs` has one, words over and under them, and a line of each of `classes`.
 * Returns the picture, and a function that draws the lines anew, each a list of [x, y]. */
function chart(width, classes, xs, ys, words) {
  const [x0, x1] = xs.range, [y0, y1] = ys.range;
  const X = (x) => LEFT + ((x - x0) / (x1 - x0 || 1)) * (width - LEFT - RIGHT);
  const Y = (y) => ABOVE + ((y1 - Math.min(y1, Math.max(y0, y))) / (y1 - y0)) * (HEIGHT - ABOVE - BELOW);
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, "aria-hidden": "true" });
  const text = (x, y, said, anchor) => drawn("text", { x, y, "text-anchor": anchor }, said);
  svg.append(text(0, 14, words[0], "start"), text(width - RIGHT, HEIGHT - 5, words[1], "end"));
  for (const [y, said] of ys.ticks) {
    svg.append(drawn("path", { class: "grid", d: `M${LEFT} ${Y(y)}H${width - RIGHT}` }), text(LEFT - 7, Y(y) + 4, said, "end"));
  }
  if ("mark" in ys) svg.append(drawn("path", { class: "mark", d: `M${LEFT} ${Y(ys.mark)}H${width - RIGHT}` }));
  if ("mark" in xs) svg.append(drawn("path", { class: "mark", d: `M${X(xs.mark)} ${ABOVE}V${HEIGHT - BELOW}` }));
  const wide = xs.letters?.some((letter) => letter > "\u2e80") ? 1 : 1.6; // letters of Latin are set equally wide, and narrower than high
  const size = Math.min(14, wide * (X(1) - X(0))); // of the letters of a sentence along the axis, where there is room
  const whole = xs.letters && size >= SMALL;
  const apart = xs.ticks.filter(([x]) => !("mark" in xs) || Math.abs(X(x) - X(xs.mark)) > 20);
  const ticks = whole ? xs.letters.map((letter, k) => [k + 1, letter]) : "mark" in xs ? [...apart, [xs.mark, xs.letters[xs.mark - 1]]] : apart;
  for (const [x, said] of ticks) {
    const tick = svg.appendChild(text(X(x), HEIGHT - BELOW + 18, said, "middle"));
    if (!whole) continue;
    tick.setAttribute("class", "letter");
    tick.style.fontSize = `${size}px`;
  }
  const paths = classes.map((name) => drawn("path", { class: `line ${name}` }));
  svg.append(...paths);
  const show = (lines) => paths.forEach((path, j) => {
    const points = lines[j] ?? [];
    const d = points.map(([x, y], k) => `${k ? "L" : "M"}${X(x).toFixed(1)} ${Y(y).toFixed(1)}`).join("");
    path.setAttribute("d", points.length === 1 ? `${d}h4` : d);
  });
  return { svg, show };
}

/** The line of a network, as it is drawn in the chart. */
const sample = (name) => drawn("svg", { viewBox: "0 0 30 8", "aria-hidden": "true" }, drawn("path", { class: `line ${name}`, d: "M0 4H30" }));

/** Round numbers for an axis that begins at 1 or 0. */
const ticks = (last) => {
  const by = [1, 2, 5, 10, 20, 50, 100, 200].find((step) => last / step <= 6);
  return Array.from({ length: Math.floor(last / by) }, (_, k) => [(k + 1) * by, String((k + 1) * by)]);
};

/** What a network says of the next letter, and the sentence in its shades. `take` hears the letter of a guess that is pressed;
 * `look` hears the place of the one that is pointed at, and whether it was pressed. */
function row(name, words, take, look) {
  const guesses = Array.from({ length: GUESSES }, () => {
    const letter = make("kbd", {}), share = make("span", {});
    const button = ofControl(make("button", { type: "button", title: words.take }, letter, " ", share));
    button.addEventListener("click", () => take(button.letter));
    return { button, letter, share };
  });
  const own = make("em", {}), far = make("span", { className: "reader-far" });
  const text = make("div", { className: "reader-letters", dir: "auto" });
  text.setAttribute("aria-hidden", "true"); // the words below say it
  const spans = [];
  const pointed = (pressed) => ({ target, pointerType }) => {
    const k = pointerType === "touch" && !pressed ? -1 : spans.indexOf(target.closest("span"));
    if (k >= 0) look(k, pressed);
  };
  text.addEventListener("pointerover", pointed(false));
  text.addEventListener("click", pointed(true));
  const line = make("p", {}, sample(name), make("b", {}, words.names[name]), " ",
    make("span", { className: "reader-guess" }, words.expects, " ", ...guesses.map(({ button }) => button), own), " ", far);
  return { root: make("div", { className: `reader-row ${name}` }, line, text), guesses, own, far, text, spans };
}

/** Show in a row what `understood` found; only what differs from what stands there is touched. `come` is the letter that all are
 * asked about, if they are. */
function showRow({ guesses, own, far, text, spans }, found, letters, at, words, come) {
  const put = (element, said) => element.textContent !== said && (element.textContent = said);
  guesses.forEach(({ button, letter, share }, k) => {
    const guess = found.guesses[k];
    button.letter = guess.letter;
    button.disabled = guess.letter === "\n" || guess.letter === "\ufffd"; // no letters that can be written
    button.className = guess.letter === come ? "right" : "";
    put(letter, shownLetter(guess.letter, words));
    put(share, shownShare(guess.logP, words));
  });
  const among = come === undefined || found.guesses.some(({ letter }) => letter === come);
  put(own, among ? "" : words.gave(words.quote(shownLetter(come, words)), shownShare(found.gave, words)));
  put(far, words.back(found.back, at));
  while (spans.length > letters.length + 1) spans.pop().remove();
  while (spans.length < letters.length + 1) spans.push(text.appendChild(make("span", {})));
  const most = found.norms.reduce((one, other) => Math.max(one, other), 0);
  spans.forEach((span, k) => {
    const dark = k < at ? darkness(found.norms[k], most) : 0;
    put(span, letters[k] ?? " ");
    if (span.dark !== dark) span.style.setProperty("--dark", (span.dark = dark));
    if ((k === at) !== span.classList.contains("asked")) span.classList.toggle("asked");
  });
}

/** Bring one `.reader` to life with the networks of `data`. `tell` hears each sentence. */
export function enliven(root, data, tell = () => {}) {
  const words = WORDS[root.dataset.language] ?? WORDS.en;
  const spec = JSON.parse(root.querySelector("script.reader-spec").textContent);
  const book = unpacked(data);
  const id = `reader-${Math.random().toString(36).slice(2, 8)}`;
  const field = ofControl(make("textarea", { id: `${id}-text`, rows: 3, value: spec.start, spellcheck: false, autocapitalize: "off" }));
  field.dir = "auto";
  field.maxLength = 2 * LONGEST;
  const pick = ofControl(make("select", { id: `${id}-pick` }));
  pick.append(make("option", { value: "", textContent: words.none }), ...spec.sentences.map((sentence) => make("option", {}, sentence)));
  const range = ofControl(make("input", { type: "range", id: `${id}-at`, min: 0, step: 1 }));
  const shown = make("output", { htmlFor: range.id });
  shown.setAttribute("aria-live", "off");
  const gates = ofControl(make("input", { type: "checkbox", id: `${id}-gates` }));
  const note = make("p", { className: "reader-note" });
  const status = make("p", { className: "reader-said" });
  status.setAttribute("role", "status");
  const nets = Object.fromEntries(Object.keys(book.networks).map((name) => [name, row(name, words, take, look)]));
  const rows = make("div", { className: "reader-rows" }, ...Object.values(nets).map(({ root }) => root));
  const legend = make("p", { className: "reader-legend" }, words.shade,
    ...words.legend.map((said, k) => make("span", {}, make("i", { className: `d${k}` }), said)));
  const plot = make("div", { className: "reader-plot" });
  const form = make("form", { onsubmit: (event) => event.preventDefault() },
    make("label", { htmlFor: field.id }, words.field), field,
    make("div", { className: "reader-line" }, make("label", { htmlFor: pick.id }, words.pick), pick),
    make("div", { className: "reader-line" }, make("label", { htmlFor: range.id }, words.choose), range, shown));
  root.querySelector(".reader-still").replaceWith(form, note, rows, legend, plot,
    make("label", { className: "reader-switch" }, gates, words.gates), status);
  root.dataset.alive = "";

  let letters = readable(spec.start), at = letters.length, held = at; // the letter asked about, and the one to come back to
  let found = {}, axes = {}, width = plot.clientWidth, due = 0, saying = 0;

  /** Once a frame, however fast the letters come. */
  const soon = () => (due ||= requestAnimationFrame(() => {
    due = 0;
    show();
  }));

  function show() {
    const sentence = letters.join("");
    found = understood(book, letters, at, found, spec.letter && (sentence === spec.about ? spec.letter : ALL));
    const rare = [...new Set(letters.filter((letter) => !book.numberOf(letter)))];
    note.textContent = [
      letters.length === 0 && words.nothing,
      lettersOf(field.value).length > LONGEST && words.long,
      rare.length > 0 && words.unknown([...rare.slice(0, 8).map(words.quote), ...(rare.length > 8 ? ["…"] : [])].join(words.gap)),
    ].filter(Boolean).join(words.gap);
    range.max = letters.length;
    range.value = at;
    const about = spec.letter && book.letters[Object.values(found)[0].asked]; // undefined where each has a letter of its own
    const next = about ? words.about(words.quote(shownLetter(about, words))) : words.next;
    const asked = at < letters.length ? words.quote(shownLetter(letters[at], words)) : next;
    shown.textContent = asked;
    range.setAttribute("aria-valuetext", `${asked}, ${words.of(at + 1, letters.length + 1)}`);
    for (const [name, net] of Object.entries(nets)) showRow(net, found[name], letters, at, words, letters[at] ?? about);
    draw();
    clearTimeout(saying);
    saying = setTimeout(() => (status.textContent = inWords(asked)), 500);
  }

  function inWords(asked) {
    const said = Object.entries(found).map(([name, { guesses, back }]) =>
      words.said(words.names[name], guesses.slice(0, 2).map(({ letter, logP }) => [words.quote(shownLetter(letter, words)), shownShare(logP, words)].join(words.gap)).join(words.and), words.back(back, at)));
    return [at < letters.length ? words.asked(asked) : "", ...said].filter(Boolean).join(words.gap);
  }

  /** The axes stay as long as they fit: a keystroke moves the lines alone. */
  function draw() {
    const last = gates.checked ? Math.max(10, letters.length) : 10 * Math.max(2, Math.ceil(at / 10));
    const opened = gates.checked ? unclosed(letters) : -1; // the letter k is the reading's state k + 1
    const like = [width, last, gates.checked && letters.join("")].join();
    if (axes.like !== like) {
      const wide = Math.max(280, width);
      axes = { like, ...(gates.checked
        ? chart(wide, Object.keys(found).flatMap((name) => [0, 1, 2].map((k) => `${name} k${k}`)),
          { range: [0, last], ticks: ticks(last), letters, ...(opened < 0 ? {} : { mark: opened + 1 }) },
          { range: [0, 1], mark: OPEN, ticks: [[0, "0"], [0.5, "0.5"], [1, "1"]] }, [words.gate, words.along])
        : chart(wide, Object.keys(found), { range: [1, last], ticks: [[1, "1"], ...ticks(last).filter(([k]) => k > 1)] },
          { range: [-6, 0.2], mark: -2, ticks: [-6, -4, -2, 0].map((k) => [k, power(k)]) }, [words.norm, words.distance])) };
      plot.replaceChildren(axes.svg);
    }
    axes.show(gates.checked
      ? Object.values(found).flatMap(({ all }) => {
        const kept = keepers(all, 3, opened + 2).map(({ gates }) => gates.map((f, t) => [t, f]));
        return [0, 1, 2].map((k) => kept[k] ?? []);
      })
      : Object.values(found).map(({ norms }) => {
        const most = Math.log10(Math.max(...norms)); // what is said of it is said of the share of the most
        return Array.from(norms, (norm, k) => [at - k, Math.log10(norm) - most]).filter(([, y]) => y >= -6).reverse();
      }));
  }

  /** Ask about a letter: until the pointer leaves, or for good. */
  function look(k, stay = true) {
    at = Math.min(Math.max(k, 0), letters.length);
    if (stay) held = at;
    soon();
  }

  function read(text, silent = false) {
    letters = readable(text);
    if (field.value !== text) field.value = text;
    look(letters.length);
    if (!silent) tell(text);
  }

  /** A guess that is pressed stands in the sentence, and what it was to follow ends before it. */
  function take(letter) {
    read(letters.slice(0, at).join("") + letter);
  }

  new ResizeObserver(([{ contentRect }]) => {
    if (width === contentRect.width) return;
    width = contentRect.width;
    soon();
  }).observe(plot);
  field.addEventListener("input", () => read(field.value));
  field.addEventListener("focus", () => look(letters.length));
  pick.addEventListener("input", () => pick.value && read(pick.value));
  range.addEventListener("input", () => look(range.valueAsNumber));
  rows.addEventListener("pointerleave", () => look(held));
  gates.addEventListener("input", soon);
  show();
  return { read: (text) => read(text, true) };
}

/** Bring every reader of the page to life, with the networks that it carries, or with `data`. A widget of explorables hears each
 * sentence, and sets it, by the key that both have. */
export function boot(data) {
  for (const root of document.querySelectorAll(".reader:not([data-alive])")) {
    const { key } = root.dataset;
    const say = (kind, value) =>
      !document.dispatchEvent(new CustomEvent(`explorable-${kind}`, { detail: { key, value }, cancelable: true }));
    let untold = null; // what was typed before there was a widget to hear it
    const typed = (value) => (untold = !key || say("chosen", value) ? null : value);
    const view = enliven(root, data ?? JSON.parse(root.querySelector("script.reader-weights").textContent), typed);
    if (!key) continue;
    document.addEventListener("explorable-value", (event) => {
      if (event.detail.key !== key) return;
      event.preventDefault();
      if (untold === null) view.read(event.detail.value);
      else typed(untold);
    });
    say("alive");
  }
}
