// The browser's half of `explore`. It knows no mathematics: it swaps the drawn pieces of a picture.
// The same module goes on in explore_page.js, with what stands around a picture and where pictures come to life, in flow.js,
// links.js and predict.js.

// ---- what can be said without a page: pure functions, tested in node ----

export const WORDS = {
  en: {
    back: "Step back", play: "Play", pause: "Pause", forward: "Step forward", reset: "Reset",
    tools: "This picture", link: "Copy link to this state", copied: "Link copied", address: "Link to this state",
    full: "Full window", leave: "Leave full window", save: "Save as SVG", wide: "Picture, scrolls sideways",
    missing: "The other states of this picture cannot be loaded.", mini: "The picture as the text says", show: "Go to the picture", shut: "Close",
    guess: "Your guess", look: "Look", skip: "Show the answer", again: "Ask me again", right: "Right.", wrong: "Not so:",
    yours: "your guess", computed: "computed", state: "See it in the picture",
  },
  zh: {
    back: "后退一步", play: "播放", pause: "暂停", forward: "前进一步", reset: "重置",
    tools: "此图", link: "复制此状态的链接", copied: "链接已复制", address: "此状态的链接",
    full: "铺满窗口", leave: "退出铺满窗口", save: "保存为矢量图", wide: "图，可左右滚动",
    missing: "无法载入这幅图的其他状态。", mini: "正文所指的图", show: "去看这幅图", shut: "关闭",
    guess: "你的猜测", look: "看答案", skip: "直接看答案", again: "再猜一次", right: "猜对了。", wrong: "不对，正确答案是：",
    yours: "猜测值", computed: "计算值", state: "在图中看",
  },
};

/** The interface words for the language of a page, such as "en" or "zh-CN". */
export const wordsFor = (lang) => (/^zh([-_]|$)/i.test(lang) ? WORDS.zh : WORDS.en);

/** The values of a choice as a link says them: 0.1 + 0.2 is 0.3, unless that would say the same of two of them. */
export const plainTexts = (values) => {
  const said = (value, digits) => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(digits))));
  const told = [6, 15, 17].map((digits) => values.map((value) => (typeof value === "number" ? said(value, digits) : value)));
  return told.find((texts) => new Set(texts).size === values.length); // 17 digits tell all numbers apart
};

/** The values of a choice as a reader sees them: the same, and a minus sign is one. */
export const valueTexts = (values) =>
  plainTexts(values).map((text, k) => (typeof values[k] === "number" ? text.replaceAll("-", "\u2212") : text));

/** The number of the frame where choice i stands at its value number at[i]; the last choice runs fastest. */
export const frameIndex = (at, sizes) => at.reduce((frame, k, i) => frame * sizes[i] + k, 0);

/** The next value number in a direction, around the end. */
export const turned = (k, by, size) => (k + by + size) % size;

/** Milliseconds between the steps of a film: about eight seconds in all; slow where the reader wants little motion. */
export const pace = (size, calm) => (calm ? 1500 : Math.min(700, Math.max(150, 8000 / size)));

// ---- the view ----

const ICONS = {
  back: "M1 2h2v12H1zM14 2v12L4 8z",
  play: "M3 1l11 7-11 7z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  forward: "M13 2h2v12h-2zM2 2l10 6-10 6z",
  reset: "M8 2a6 6 0 1 1-5.7 4.1l1.9.6A4 4 0 1 0 8 4v3L3.5 3.5 8 0z",
  link: "M6 4H4a4 4 0 0 0 0 8h2v-2H4a2 2 0 0 1 0-4h2zM10 4h2a4 4 0 0 1 0 8h-2v-2h2a2 2 0 0 0 0-4h-2zM5 7h6v2H5z",
  full: "M1 1h5v2H3v3H1zM10 1h5v5h-2V3h-3zM1 10h2v3h3v2H1zM13 10h2v5h-5v-2h3z",
  leave: "M3 1l5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5-5-5z",
  save: "M7 1h2v6h3l-4 4-4-4h3zM1 12h2v1h10v-1h2v3H1z",
};
const icon = (name) => `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;

const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

// JupyterLab takes the arrow keys unless each control itself carries this attribute.
const control = (tag, properties) => {
  const made = element(tag, properties);
  made.dataset.lmSuppressShortcuts = "";
  return made;
};

/** Name an element for those who do not see it. The property `ariaLabel` is younger than the browsers that read this. */
const named = (made, name) => {
  made.setAttribute("aria-label", name);
  return made;
};

const face = (made, word, words) => {
  made.innerHTML = icon(word);
  made.title = words[word];
  named(made, words[word]);
};

const button = (word, words, press) => {
  const made = control("button", { type: "button", onclick: press });
  face(made, word, words);
  return made;
};

/** What a control shows for each value: the author's words, else the value itself. */
export const shownTexts = ({ values, texts = [] }) => valueTexts(values).map((text, k) => texts[k] ?? text);

/** The width of the longest of some texts, in ems: a letter of Chinese is one em wide. */
const room = (texts) => Math.max(...texts.map((text) => [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 1 : 0.6), 0)));

/** A pair of buttons for two values, a range for numbers and for what can be played, a select for names. Returns the elements,
 * and how to show value number k. */
function chooser(choice, id, choose) {
  const texts = shownTexts(choice);
  if (texts.length === 2 && !choice.play) return pair(choice, texts, choose);
  const label = element("label", { htmlFor: id, innerHTML: choice.label });
  if (typeof choice.values[0] === "string" && !choice.play) {
    const select = control("select", { id, name: choice.name, oninput: () => choose(select.selectedIndex) });
    named(select, choice.said);
    select.append(...texts.map((text) => new Option(text)));
    return { label, parts: [select], show: (k) => (select.selectedIndex = k) };
  }
  const last = choice.values.length - 1;
  const range = control("input", { type: "range", min: 0, max: last, step: 1, id, name: choice.name });
  named(range, choice.said);
  range.oninput = () => choose(range.valueAsNumber);
  const output = element("output", {}); // the range speaks for itself: aria-valuetext
  output.htmlFor.add(id);
  output.setAttribute("aria-live", "off");
  output.style.flexBasis = `max(3rem, ${room(texts)}em)`; // as the range is moved it keeps its length
  const show = (k) => {
    range.value = k;
    range.setAttribute("aria-valuetext", texts[k]);
    output.textContent = texts[k];
  };
  return { label, parts: [range, output], show };
}

/** Two values side by side: radio buttons, which keyboards and screen readers know. Their names hold within their form. */
function pair(choice, texts, choose) {
  const label = element("span", { className: "explorable-label", innerHTML: choice.label });
  label.setAttribute("aria-hidden", "true"); // the group says it
  const radios = texts.map((_, k) => control("input", { type: "radio", name: choice.name, value: k, oninput: () => choose(k) }));
  const group = named(element("div", { className: "explorable-pair" }), choice.said);
  group.setAttribute("role", "radiogroup");
  group.append(...radios.map((radio, k) => element("label", {}, radio, element("span", {}, texts[k]))));
  return { label, parts: [group], show: (k) => (radios[k].checked = true) };
}

/** Buttons that step through a choice and play it once, to its end. `now` and `go` read and set its value number. */
function player(size, words, now, go) {
  let timer = null;
  const stop = () => {
    if (timer === null) return;
    clearInterval(timer);
    timer = null;
    face(toggle, "play", words);
  };
  const advance = () => {
    go(turned(now(), 1, size));
    if (now() === size - 1) stop();
  };
  const start = () => {
    timer = setInterval(advance, pace(size, matchMedia("(prefers-reduced-motion: reduce)").matches));
    face(toggle, "pause", words);
    advance();
  };
  const step = (by) => {
    stop();
    go(turned(now(), by, size));
  };
  const toggle = button("play", words, () => (timer === null ? start() : stop()));
  const buttons = [button("back", words, () => step(-1)), toggle, button("forward", words, () => step(1))];
  return { buttons, stop };
}

// ---- from one drawing to the next ----

/** Give `slot` the content of `made`. What is as it was stays in place, since a browser measures the letters of new elements
 * alone: half of the time of a step. */
function fill(slot, made) {
  if (slot.childNodes.length !== made.childNodes.length) return slot.replaceChildren(...made.cloneNode(true).childNodes);
  for (let old = slot.firstChild, next = made.firstChild; next; ) {
    const [was, is] = [old, next];
    [old, next] = [old.nextSibling, next.nextSibling];
    if (!was.isEqualNode(is)) change(was, is);
  }
}

function change(old, next) {
  const names = next.getAttributeNames?.();
  if (!names || old.nodeName !== next.nodeName || `${names}` !== `${old.getAttributeNames()}`) return old.replaceWith(next.cloneNode(true));
  for (const name of names) if (old.getAttribute(name) !== next.getAttribute(name)) old.setAttribute(name, next.getAttribute(name));
  fill(old, next);
}

// ---- states in a file of their own ----

/** The states that a file brings. It is a script that calls `explorableStates`, since a page on a disk may fetch nothing else.
 * Asked for once; after a failure, again when it is needed. */
const asked = new Map();
function fetchStates(address) {
  if (asked.has(address)) return asked.get(address);
  const found = new Promise((resolve, reject) => {
    const script = element("script", { src: address });
    script.onload = () => {
      const here = globalThis.explorableStates.come.get(script.src);
      script.remove();
      if (here) resolve(here);
      else script.onerror();
    };
    script.onerror = () => {
      script.remove();
      asked.delete(address);
      reject(new Error(address));
    };
    globalThis.explorableStates ??= Object.assign((states) => come.set(document.currentScript.src, states), { come });
    document.head.append(script);
  });
  asked.set(address, found);
  return found;
}
const come = new Map();

const whenIdle = globalThis.requestIdleCallback ?? ((call) => setTimeout(call, 50)); // Safari has it not

/** Call once, when an element is a window away from being seen. */
function whenNear(seen, call) {
  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      call();
    },
    { rootMargin: "100% 0px" },
  );
  watch.observe(seen);
}

/** All elements of a tag: a list that the browser keeps, where a selector would have it search the page each time. */
const allOf = (tag) => [...document.getElementsByTagName(tag)];

/** Call once, as soon as an element is laid out: one that is folded away or far from being seen a browser skips. */
function whenLaid(seen, call) {
  const watch = new ResizeObserver(([entry]) => {
    if (!entry.contentRect.height) return;
    watch.disconnect();
    call();
  });
  watch.observe(seen);
}

/** Bring a figure to life. `changed` hears every value that the reader chooses. */
export function mount(figure, changed = () => {}) {
  const spec = JSON.parse(figure.querySelector("script").textContent);
  const words = wordsFor(document.documentElement.lang);
  const svg = figure.querySelector("svg");

  // Ids belong to this instance, where an equal figure stands on the same page: to read every picture twice takes long.
  const twins = allOf("figure").filter((one) => one.dataset.scope === figure.dataset.scope).length > 1;
  const scope = twins ? `${figure.dataset.scope}${Math.random().toString(36).slice(2, 8)}` : figure.dataset.scope;
  const own = (text) => (twins ? text.replaceAll(`${figure.dataset.scope}-`, `${scope}-`) : text);
  if (twins) svg.innerHTML = own(svg.innerHTML);
  const slots = svg.querySelectorAll("[data-unit]");

  const sizes = spec.choices.map((choice) => choice.values.length);
  const start = frameIndex(spec.at, sizes);
  let states = null; // { units, table, shown }, once they are here
  const receive = ({ units, table }) => {
    const shown = units.map((unit) => unit[start]);
    table = table.map((text) => text && own(text));
    shown.forEach((text, u) => (table[text] ??= slots[u].innerHTML)); // these the picture itself brings along
    states = { units, table, shown };
  };
  if (spec.table) receive(spec);
  const arrive = () =>
    fetchStates(spec.states).then(
      (found) => {
        if (states) return;
        receive(found);
        delete figure.dataset.missing;
        show();
        figure.dispatchEvent(new CustomEvent("explorable-here", { bubbles: true }));
      },
      () => (figure.dataset.missing = words.missing),
    );

  figure.dataset.frame = start;
  const parsed = new Map();
  const drawn = (text) => {
    if (!parsed.has(text)) parsed.set(text, Object.assign(svg.cloneNode(), { innerHTML: states.table[text] }));
    return parsed.get(text);
  };
  const paint = (frame) => {
    if (!states) return frame === start ? null : arrive();
    states.units.forEach((unit, u) => {
      if (states.shown[u] === unit[frame]) return;
      states.shown[u] = unit[frame];
      fill(slots[u], drawn(unit[frame]));
    });
    figure.dataset.frame = frame;
    whenIdle(prepare);
  };
  const prepare = () => // what one more step may show is read while the reader looks at this one
    at.forEach((k, i) =>
      [-1, 1].forEach((by) => {
        const next = frameIndex(at.map((now, other) => (other === i ? turned(k, by, sizes[i]) : now)), sizes);
        states.units.forEach((unit) => drawn(unit[next]));
      }),
    );

  let at = [...spec.at];
  const value = () => Object.fromEntries(spec.choices.map(({ name, values }, i) => [name, values[at[i]]]));
  const show = () => {
    paint(frameIndex(at, sizes));
    rows.forEach((row, i) => row.show(at[i]));
  };
  const choose = (next) => {
    at = next;
    show();
    changed(value());
  };
  const rest = () => rows.forEach((row) => row.stop?.());

  let rows = [];
  const furnish = () => {
    rows = spec.choices.map(rowOf);
    const reset = button("reset", words, () => {
      rest();
      choose([...spec.at]);
    });
    const form = element("form", { autocomplete: "off", onsubmit: () => false });
    form.append(element("div", {}, ...rows.map((row) => element("div", {}, row.label, ...row.parts))), reset);
    rows.forEach((row, i) => row.show(at[i]));
    svg.parentElement.after(form);
  };
  const rowOf = (choice, i) => {
    const go = (k) => choose(at.map((now, other) => (other === i ? k : now)));
    const row = chooser(choice, `${scope}-choice${i}`, (k) => {
      rest();
      go(k);
    });
    if (!choice.play) return row;
    const { buttons, stop } = player(sizes[i], words, () => at[i], go);
    return { ...row, parts: [...buttons, ...row.parts], stop };
  };
  whenLaid(svg.parentElement, furnish);

  const paper = matchMedia("print");
  const printed = () => paint(paper.matches ? start : frameIndex(at, sizes));
  paper.addEventListener("change", printed);

  show();
  if (!states) whenNear(figure, arrive);
  return {
    choices: spec.choices,
    start: value(),
    value,
    rest,
    set(values) {
      at = spec.choices.map((choice) => choice.values.indexOf(values[choice.name]));
      show();
    },
    stop() {
      rest();
      paper.removeEventListener("change", printed);
    },
  };
}
