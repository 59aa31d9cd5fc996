// What the page does better with a script; it reads, folds and navigates without one.

// What the reader has chosen is kept by the browser; where it keeps nothing, all else still works.
const kept = {
  get(name) {
    try { return localStorage.getItem(name); } catch { return null; }
  },
  set(name, value) {
    try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* for this page only */ }
  },
};

// Light or dark: the system decides, until the reader does. Runs in the head, before anything is painted.
const dark = matchMedia("(prefers-color-scheme: dark)");
const chosen = kept.get("theme");
if (chosen) document.documentElement.dataset.theme = chosen;

function switchColours() {
  const system = dark.matches ? "dark" : "light";
  const now = document.documentElement.dataset.theme ?? system;
  const next = now === "dark" ? "light" : "dark";
  if (next === system) {
    delete document.documentElement.dataset.theme;
    kept.set("theme", null);
  } else {
    document.documentElement.dataset.theme = next;
    kept.set("theme", next);
  }
}

// All code of all pages, or a fold at a time. What was in view stays there.
function showCode(shown) {
  const seen = [...document.querySelectorAll("main :is(p, h1, h2, h3, figure)")].find((el) => el.getBoundingClientRect().top > 0);
  const before = seen?.getBoundingClientRect().top;
  for (const details of document.querySelectorAll("details.fold")) details.open = shown;
  if (shown) for (const asked of document.querySelectorAll(".asks .prediction")) asked.dispatchEvent(new Event("prediction-open"));
  document.querySelector("button.code").setAttribute("aria-pressed", shown);
  if (seen && scrollY > 0) scrollBy({ top: seen.getBoundingClientRect().top - before, behavior: "instant" });
}

// A link to a claim opens it, and the solution that it stands in; so does one to what stands in a fold.
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target?.closest("details")) return;
  target.closest(".asks")?.querySelector(".prediction")?.dispatchEvent(new Event("prediction-open"));
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.scrollIntoView();
}

// The other edition opens at the section that is being read, and is the one that the start page will open from now on.
function switchEdition(event) {
  const link = event.currentTarget;
  const sections = [...document.querySelectorAll("main [id^='section-']:not(details:not([open]) *)")]; // what is folded has no place
  const read = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 3).pop();
  link.hash = read && scrollY > 0 ? read.id : "";
  kept.set("edition", link.dataset.edition);
}

// A formula that is a little wider than the page is set a little smaller; what is wider still scrolls, as does code.
function fitFormulas(boxes) {
  for (const box of boxes) box.style.fontSize = "";
  const fits = boxes.map((box) => box.clientWidth / box.scrollWidth); // all are measured before one is changed
  boxes.forEach((box, k) => { if (fits[k] < 1 && fits[k] > 0.74) box.style.fontSize = `${0.995 * fits[k]}em`; });
}

// Beside each entry of a table stands the head of its column, in view where the table stands row by row.
function nameEntries(table) {
  for (const row of table.tBodies[0].rows)
    for (const [k, cell] of [...row.cells].entries()) {
      const head = table.tHead.rows[0].cells[k].firstElementChild;
      if (!head?.textContent || !cell.textContent || cell.querySelector(".column")) continue;
      cell.prepend(Object.assign(document.createElement("span"), { className: "column", innerHTML: head.innerHTML }));
    }
}

// A table that is wider than its column takes the margin, too; one that is wider than the page is set tighter. If this is not enough,
// or its entries are columns of many short lines, one of words stands row by row; one of results scrolls, for its figures are
// compared along their columns.
function fitTables(tables) {
  const wide = (table) => table.scrollWidth > table.clientWidth;
  const part = innerWidth < 480 ? 0.75 : 1; // a phone's whole width is taken by what takes most of it
  const out = (table) => !table.matches(".broken, .stacked") && !wide(table) && table.offsetWidth > part * table.parentElement.clientWidth + 1;
  const narrow = (table) => innerWidth < 480 && [...table.tBodies[0].rows].some((row) => row.offsetHeight > 180); // px: eight lines
  for (const table of tables) table.classList.remove("tight", "broken", "stacked", "broad");
  for (const how of ["tight", "broken"]) for (const table of tables.filter(wide)) table.classList.add(how);
  for (const table of tables.filter((table) => !table.matches(".results") && (wide(table) || narrow(table)))) {
    nameEntries(table);
    table.classList.add("stacked");
  }
  for (const table of tables.filter(out)) table.classList.add("broad");
}

// A note stands beside the paragraph that it speaks of, hence before it; where there is no room beside, it stands after it.
function placeNotes() {
  const beside = matchMedia("(min-width: 80rem)");
  const notes = [...document.querySelectorAll("main .margin")].map((note) => [note, note.nextElementSibling]);
  const place = () => {
    for (const [note, told] of notes) if (told?.localName === "p") told[beside.matches ? "before" : "after"](note);
  };
  place();
  beside.addEventListener("change", place);
}

// The page's own entry is in view in the contents.
function showEntry() {
  const contents = document.getElementById("contents"), entry = contents.querySelector("a.current[href='#']");
  if (entry) contents.scrollTop = entry.offsetTop - 0.4 * contents.clientHeight;
}

// What is wider than the page scrolls inside itself; then the keyboard must reach it. What is folded has no width.
function fit(parts) {
  const within = (selector) =>
    parts
      .flatMap((part) => (part.matches(selector) ? [part] : [...part.querySelectorAll(selector)]))
      .filter((element) => !element.closest("details:not([open])"));
  fitFormulas(within("div.math > .scroll"));
  fitTables(within("main table.docutils").filter((table) => table.tHead));
  for (const box of within("pre, .scroll, main table")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

// To measure a page takes long, so each part of it is measured when it is a window away from being seen; and again when the window,
// the fonts or a fold have changed it.
function reachScrollers() {
  const PART = "main section > :not(section)", near = new Set();
  const parts = () => [...document.querySelectorAll(PART)];
  const come = (fresh) => {
    for (const part of fresh) {
      watch.unobserve(part);
      near.add(part);
    }
    fit(fresh);
  };
  const watch = new IntersectionObserver(
    (entries) => come(entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target)),
    { rootMargin: "100% 0px" },
  );
  document.fonts.ready.then(() => parts().forEach((part) => watch.observe(part)));
  const again = () => fit([...near]);
  addEventListener("resize", again);
  document.fonts.addEventListener("loadingdone", again);
  let folds = [];
  addEventListener("toggle", ({ target }) => {
    if (!near.has(target.closest(PART))) return;
    if (!folds.length) requestAnimationFrame(() => fit(folds.splice(0))); // all code opens at once
    folds.push(target);
  }, true);
  addEventListener("beforeprint", () => come(parts()));
}

// On paper nothing unfolds: solutions are opened for the print, and only for that.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const details of folded) details.open = true;
});
addEventListener("afterprint", () => folded.forEach((details) => (details.open = false)));

// What few need comes when it is asked for. A script that is put into the page works from a disk, too.
function bring(name) {
  const script = document.createElement("script");
  script.src = `${document.documentElement.dataset.content_root}_static/${name}.js`;
  script.async = false; // in order
  document.head.append(script);
  return script;
}

// Slides come by the button or by a link to #slides.
function showSlides() {
  if (window.present) present();
  else bring("walk").onload = () => present();
}

// Who comes from the search finds its words marked, until Escape is pressed.
function markFound() {
  if (kept.get("sphinx_highlight_terms")) ["documentation_options", "doctools", "sphinx_highlight"].forEach(bring);
}

// The slash leads to the search.
function reachSearch(event) {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  document.querySelector("input[type=search]").focus();
}

// A button in the corner of a cell copies its code.
function offerCopies(within) {
  if (!navigator.clipboard) return; // a page that came without encryption
  for (const code of within.querySelectorAll("div.cell_input pre")) {
    if (code.nextElementSibling?.matches(".copy") || code.closest("details:not([open])")) continue; // it has one, or is folded away
    const button = document.getElementById("copy").content.firstElementChild.cloneNode(true);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 2000);
    });
    code.after(button);
  }
}

// The first picture of the first page plays by itself, after a second, where motion is welcome: it presses its own button. As soon
// as the reader touches anything it holds; what moves from then on is the reader's doing.
function playFirst() {
  const figure = document.querySelector("main.front figure.explorable");
  if (!figure || location.hash || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const kinds = ["pointerdown", "wheel", "keydown", "touchstart"];
  let play, word; // the button between the steps back and on: it is there as soon as the figure has been laid out
  const timer = setTimeout(() => {
    play = figure.querySelectorAll("form button")[1];
    word = play?.title;
    if (document.visibilityState === "visible") play?.click();
  }, 1000);
  const hold = ({ target }) => {
    clearTimeout(timer);
    for (const kind of kinds) removeEventListener(kind, hold, true);
    if (play && play.title !== word && !(target instanceof Node && play.contains(target))) play.click(); // its own button is about to do so
  };
  for (const kind of kinds) addEventListener(kind, hold, { capture: true, passive: true });
}

// The contents on a narrow page, in a browser that knows no popover (Chrome 113, Firefox 124, Safari 16 and older).
function openByHand() {
  const contents = document.getElementById("contents"), button = document.querySelector("button.contents");
  const open = (shown) => {
    contents.classList.toggle("shut", !shown);
    button.setAttribute("aria-expanded", shown);
  };
  document.documentElement.classList.add("by-hand");
  button.setAttribute("aria-controls", contents.id);
  open(false);
  addEventListener("click", ({ target }) => {
    if (button.contains(target)) open(contents.classList.contains("shut"));
    else if (!contents.contains(target) || target.closest("a")) open(false);
  });
  addEventListener("keydown", ({ key }) => key === "Escape" && open(false));
}

document.addEventListener("DOMContentLoaded", () => {
  if (!("popover" in HTMLElement.prototype)) openByHand();
  const slides = document.querySelector("button.slides");
  slides.hidden = !document.querySelector("main figure.explorable");
  slides.addEventListener("click", showSlides);
  const presented = () => location.hash === "#slides" && !slides.hidden && showSlides();
  addEventListener("hashchange", presented);
  presented();
  playFirst();
  addEventListener("toggle", ({ target }) => offerCopies(target), true);
  markFound();
  addEventListener("keydown", reachSearch);
  const button = document.querySelector("button.colours");
  button.hidden = false;
  button.addEventListener("click", switchColours);
  const code = document.querySelector("button.code");
  code.hidden = !document.querySelector("details.fold");
  code.addEventListener("click", () => {
    const shown = code.getAttribute("aria-pressed") !== "true";
    showCode(shown);
    kept.set("code", shown ? "all" : null);
  });
  if (kept.get("code")) showCode(true);
  openTarget();
  addEventListener("hashchange", openTarget);
  for (const link of document.querySelectorAll("a.edition")) link.addEventListener("click", switchEdition);
  placeNotes();
  inTurn(() => offerCopies(document), reachScrollers, () => requestAnimationFrame(showEntry), switchSymbols);
});

// What can wait, a task each: one long task would hold up the reader.
function inTurn(first, ...others) {
  setTimeout(() => {
    first();
    if (others.length) inTurn(...others);
  });
}

// ---- symbols ----
// A symbol lights wherever it stands on the page, in formulas, in code and in the words of pictures: under the pointer for as
// long as it is there; chosen with a click, a tap or a key of the list of symbols, until it is chosen again or Escape is pressed.

const LETTERS = { "C\u0303": "C_tilde", "h\u0303": "h_tilde", "s\u0303": "s_tilde", "y\u0302": "y_hat", "δ": "delta" };
const TIME = /^(t|T|k|\d+)([−+]\d+)?$/;

// In a picture a formula is a row of letters, sorted by style: accents behind their letter, what stands below in a smaller size.
function lettersOf(text) {
  const number = (span) => parseFloat(span.getAttribute("x")), size = (span) => parseFloat(span.style.fontSize);
  const found = [];
  for (const span of [...text.children].sort((one, other) => number(one) - number(other))) {
    const last = found[found.length - 1];
    if (last && /[\u0302\u0303]/.test(span.textContent)) {
      last.letter += span.textContent.trim();
      last.spans.push(span);
    } else if (last && size(span) < size(last.spans[0])) {
      last.below += span.textContent;
      last.spans.push(span);
    } else found.push({ letter: span.textContent, below: "", spans: [span], slanted: span.style.fontStyle === "italic" });
  }
  return found
    .filter(({ slanted, below }) => slanted && below)
    .map(({ letter, below, spans }) => ({ spans, symbol: TIME.test(below) ? (LETTERS[letter] ?? letter) : `${letter}_${below}` }));
}

function switchSymbols() {
  const main = document.querySelector("main");
  const marked = [...main.querySelectorAll("[data-symbol]")];
  const symbolOf = (element) => element.getAttribute("data-symbol"); // sooner than `dataset`, of thousands
  const known = new Set(marked.map(symbolOf));
  if (!known.size) return;
  let chosen = null, lit = null;

  const inPictures = () => [...main.querySelectorAll("svg[role=img] text")].flatMap(lettersOf);
  function light(symbol) {
    if (symbol === lit) return;
    lit = symbol;
    again();
  }
  function again() {
    pictures.disconnect();
    for (const element of main.querySelectorAll(".lit")) element.classList.remove("lit");
    if (!lit) return;
    for (const element of marked) if (symbolOf(element) === lit) element.classList.add("lit");
    for (const { spans, symbol } of inPictures()) if (symbol === lit) spans.forEach((span) => span.classList.add("lit"));
    pictures.observe(main, { childList: true, subtree: true }); // a picture that moves swaps its letters
  }
  const pictures = new MutationObserver(again);

  function at(target) {
    const element = target.closest?.("[data-symbol]");
    if (element) return element.dataset.symbol;
    const text = target.closest?.("svg[role=img] text");
    const symbol = text && lettersOf(text).find(({ spans }) => spans.includes(target))?.symbol;
    return known.has(symbol) ? symbol : null;
  }
  function choose(symbol) {
    chosen = symbol === chosen ? null : symbol;
    for (const key of list.children) key.setAttribute("aria-pressed", String(key.dataset.symbol === chosen));
    light(chosen);
  }

  // The list of the page's symbols, for those without a pointer and for those who look for one: one stop of the Tab key.
  const list = document.querySelector(".symbols");
  const parameter = (symbol) => /^[UVWpb](_|$)/.test(symbol);
  const shortest = new Map(); // of each symbol, as formulas set it
  for (const element of main.querySelectorAll(".katex [data-symbol]")) {
    const symbol = symbolOf(element), before = shortest.get(symbol);
    if (!before || element.textContent.length < before.textContent.length) shortest.set(symbol, element);
  }
  for (const symbol of [...known].sort((one, other) => parameter(one) - parameter(other))) {
    const shown = shortest.get(symbol);
    if (!shown) continue;
    const key = document.createElement("button");
    key.type = "button";
    key.className = "katex";
    key.dataset.symbol = symbol;
    key.tabIndex = list.children.length ? -1 : 0;
    key.setAttribute("aria-pressed", "false");
    key.setAttribute("aria-label", Object.keys(LETTERS).find((letter) => LETTERS[letter] === symbol) ?? symbol.replace("_", " "));
    key.append(...shown.cloneNode(true).childNodes);
    list.append(key);
  }
  list.parentElement.hidden = false;
  main.classList.add("lights");
  list.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const keys = [...list.children], next = keys[(keys.indexOf(document.activeElement) + by + keys.length) % keys.length];
    document.activeElement.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType !== "touch") light(at(target) ?? chosen);
  });
  document.addEventListener("click", ({ target }) => {
    const symbol = at(target);
    if (symbol && !target.closest("a, summary") && getSelection().isCollapsed) choose(symbol);
  });
  document.addEventListener("keydown", ({ key }) => key === "Escape" && chosen && choose(chosen));
}
