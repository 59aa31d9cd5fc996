// A question that the reader answers before the page does. Its HTML holds question, options, answer and reason, for paper and
// for pages without a script; with one, the answer waits for a guess. Continues links.js.

/** A number in at most three figures, far from 1 as a power of ten: what prediction.py writes. */
export const figures = (value) => {
  const minus = (text) => text.replaceAll("-", "\u2212");
  if (value && !(Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5)) {
    const [digits, power] = value.toExponential(0).split("e");
    const raised = [...String(Number(power))].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign])).join("");
    return digits === "1" ? `10${raised}` : minus(`${digits} · 10${raised}`);
  }
  return minus(Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3))));
};

/** Where a value stands on an axis, from 0 to 1, and the value that stands there; `whole` numbers stay whole. */
export const axis = ({ low, high, log, answer }) => {
  const whole = !log && [low, high, answer].every(Number.isInteger);
  const along = log ? Math.log(high / low) : high - low;
  const at = (value) => (log ? Math.log(value / low) : value - low) / along;
  const value = (place) => (log ? low * Math.exp(place * along) : low + place * along);
  return { at, value: (place) => (whole ? Math.round(value(place)) : Number(value(place).toPrecision(3))) };
};

/** What the reader guessed, in the reader's own browser; where it keeps nothing, for this page. */
const guesses = {
  get(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  },
  set(key, guess) {
    try {
      if (guess === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(guess));
    } catch { /* nothing is kept */ }
  },
};

/** The text of an element as it is heard: a page may set its formulas anew, and hide what it draws. */
function spoken(box) {
  const copy = box.cloneNode(true);
  for (const part of copy.querySelectorAll("annotation, [aria-hidden=true]")) part.remove();
  return copy.textContent;
}

/** The options as buttons; `guess` hears the number of the one that is pressed. */
function optionButtons(box, guess) {
  return [...box.querySelectorAll(".prediction-options > li")].map((item, k) => {
    const made = control("button", { type: "button", onclick: () => guess(k) });
    made.append(...(item.querySelector("strong") ?? item).cloneNode(true).childNodes);
    return made.querySelector("math") ? named(made, spoken(made)) : made; // some name no button after a formula
  });
}

/** What stands at the two ends of an axis. */
const axisEnds = ({ low, high }) => [low, high].map((end) => element("small", { textContent: figures(end) }));

/** An axis on which a guess is dragged. */
function guessAxis(spec, words, guess) {
  const { value } = axis(spec);
  const said = (place) => figures(value(place / 100));
  const range = named(control("input", { type: "range", min: 0, max: 100, step: 0.5, value: 50 }), words.guess);
  const output = element("output", { textContent: said(50) });
  const show = () => {
    output.textContent = said(range.valueAsNumber);
    range.setAttribute("aria-valuetext", output.textContent);
  };
  range.oninput = show;
  show();
  const [low, high] = axisEnds(spec);
  const look = control("button", { type: "button", textContent: words.look, onclick: () => guess(value(range.valueAsNumber / 100)) });
  return [element("div", { className: "prediction-axis" }, output, low, range, high), look];
}

/** Guess and answer on the same axis. */
function bothMarks(spec, guess, words) {
  const { at } = axis(spec);
  const mark = (value, name, text) => {
    const place = Math.min(1, Math.max(0, at(value)));
    const made = element("span", { className: `prediction-mark ${name}`, textContent: `${text} ${figures(value)}` });
    made.style.setProperty("--at", place);
    made.dataset.side = place > 0.5 ? "left" : "right";
    return made;
  };
  const marks = [mark(spec.answer, "right", words.computed)];
  if (guess !== null) marks.unshift(mark(guess, "guess", words.yours));
  const ends = element("div", { className: "prediction-ends" }, ...axisEnds(spec));
  return element("div", {}, element("div", { className: "prediction-marks" }, ...marks), ends);
}

/** Does a prediction wait for its guess? What belongs to the answer and stands outside, within the same `.asks`, waits too. */
function wait(box, waiting) {
  for (const one of [box, box.closest(".asks")]) if (one) one.dataset.waiting = waiting ? "yes" : "no";
}

/** Let a prediction wait for its guess. It is asked when the reader comes near: a browser that fills in forms lays out all that
 *  it finds on a page, wherever they are. */
function hold(box) {
  const twins = [...document.getElementsByClassName("prediction")].filter((one) => one.dataset.key === box.dataset.key);
  const key = ["explorables:guess", location.pathname, box.dataset.key, twins.indexOf(box)].join(":"); // elsewhere it is asked anew
  wait(box, guesses.get(key) === null);
  let open;
  const come = () => (open ??= ask(box, key));
  whenNear(box, come);
  box.addEventListener("prediction-open", () => come()()); // a link leads into it
}

/** Make the form of a prediction, and its answer once there is a guess. Returns what shows the answer to who has not guessed. */
function ask(box, key) {
  const words = wordsFor(document.documentElement.lang);
  const spec = JSON.parse(atob(box.dataset.answer));
  const { sets } = box.dataset;
  const form = element("form", { className: "prediction-form", autocomplete: "off", onsubmit: () => false });
  const verdict = element("p", { className: "prediction-verdict", tabIndex: -1 });
  verdict.setAttribute("role", "status");
  const options = box.querySelector(".prediction-options");
  const rows = [...options.children];
  options.after(form, verdict);

  const turn = (waiting) => {
    wait(box, waiting);
    form.hidden = !waiting;
    verdict.hidden = waiting;
  };
  const answer = (guess, moved) => {
    turn(false);
    rows.forEach((row, k) => row.classList.toggle("guess", guess === k));
    verdict.replaceChildren();
    if ("right" in spec) {
      const right = rows[spec.right].querySelector("strong").cloneNode(true);
      if (guess === spec.right) verdict.append(words.right);
      else if (guess !== null) verdict.append(`${words.wrong} `, right);
    } else verdict.append(bothMarks(spec, guess, words));
    if (sets) {
      const link = element("a", { href: `#${sets}`, className: "explorable-link", textContent: words.state });
      if (linkedFigure(link)) verdict.append(" ", link);
      if (moved && link.isConnected) link.click();
    }
    const again = button("reset", words, () => {
      guesses.set(key, null);
      verdict.querySelector("a[aria-current]")?.click(); // the picture tells no longer
      rows.forEach((row) => row.classList.remove("guess"));
      turn(true);
      form.querySelector("button, input").focus({ preventScroll: true });
    });
    named(again, words.again);
    again.title = words.again;
    verdict.append(" ", again);
    if (moved) verdict.focus({ preventScroll: true });
  };
  const guess = (value) => {
    guesses.set(key, value ?? "skipped");
    answer(value, true);
  };
  const asking = "right" in spec ? optionButtons(box, guess) : guessAxis(spec, words, guess);
  const skip = control("button", { type: "button", className: "prediction-skip", textContent: words.skip, onclick: () => guess(null) });
  form.append(...asking, skip);
  named(form, words.guess);
  const before = guesses.get(key);
  if (before === null) turn(true);
  else answer(before === "skipped" ? null : before, false);
  return () => box.dataset.waiting === "yes" && answer(null, false);
}
