// The text leads, and the pictures follow. On a page whose layout is a walk, all pictures stand on one stage beside the text, and
// the passage that is being read sets them. On any page its passages stand alone in the window, one after another, each with its
// picture: slides, for a projector. Without this script the pictures stand in the text, where they belong.

/** The picture that a link of this page sets, and the state that it asks for: [figure, values], or null. */
function pictureOf(link) {
  const address = /^#([^:]+?)(?:-(\d+))?:(.*)$/.exec(link?.getAttribute("href") ?? "");
  if (!address) return null;
  const called = [...document.querySelectorAll("figure.explorable")].filter((one) => one.dataset.name === decodeURIComponent(address[1]));
  const figure = called[Number(address[2] ?? 1) - 1];
  return figure ? [figure, new URLSearchParams(address[3])] : null;
}

let setting = false; // what is heard while this is true we have said ourselves

/** Bring a picture to a state; the links to it that the reader had pressed are let go. */
function setState(figure, values) {
  setting = true;
  figure.dispatchEvent(new CustomEvent("explorable-moved", { bubbles: true }));
  figure.dispatchEvent(new CustomEvent("explorable-set", { detail: { asked: values } }));
  setting = false;
}

/** Hear of every picture that a link, or a question, sets. */
const onSet = (heard) => document.addEventListener("explorable-set", (event) => setting || heard(event.target, event.detail), true);

// ---- passages

/** The passages of a walk, each in a box of its own: a paragraph that sets a picture, or a question, with what follows it; and the
 * heading above. */
function passages(text) {
  const made = [];
  for (const section of [text, ...text.querySelectorAll("section")]) {
    let box = null, heads = true; // nothing but headings stands in the box as yet
    for (const block of [...section.children]) {
      if (block.matches("section")) { box = null; continue; }
      const heading = block.matches("h1, h2, h3");
      const begins = heading || block.matches(".asks") || block.querySelector("a.explorable-link");
      if (!box || (begins && !heads)) {
        box = document.createElement("div");
        box.className = "passage";
        block.before(box);
        made.push(box);
        heads = true;
      }
      box.append(block);
      if (block.matches("h2")) box.classList.add("opens");
      heads &&= heading || block.matches("[id]:empty");
    }
  }
  return made;
}

/** For each passage its picture and the state of it; a passage that names none keeps that of the one before. */
function cues(boxes, first) {
  let cue = [first, null];
  return boxes.map((box) => (cue = pictureOf(box.querySelector("a.explorable-link:not(.prediction *)")) ?? cue));
}

// ---- the walk

function walk(main) {
  const text = main.querySelector("section");
  const figures = [...text.querySelectorAll("figure.explorable")];
  if (!figures.length) return;
  const stage = document.getElementById("stage").content.firstElementChild.cloneNode(true);
  const [back, next] = stage.querySelectorAll("nav > button");
  const count = stage.querySelector("nav > span");
  const boxes = passages(text);
  const cue = cues(boxes, figures[0]);
  const homes = figures.map((figure) => figure.parentElement);
  let now = -1, held = null, since = -1;

  const places = figures.map((figure) => {
    const place = document.createElement("div");
    stage.insertBefore(place, stage.lastElementChild);
    return place;
  });
  const bar = (figure) => (figure.nextElementSibling?.matches(".explorable-tools") ? [figure.nextElementSibling] : []);
  const gather = (on = true) => {
    figures.forEach((figure, k) => (on ? places : homes)[k].append(figure, ...bar(figure)));
    homes.forEach((home) => home.closest(".cell").classList.toggle("bare", on));
    main.classList.toggle("on", on);
    document.documentElement.classList.toggle("walking", on);
  };

  const show = (figure) => places.forEach((place, k) => place.classList.toggle("now", figures[k] === figure));
  const say = (k) => {
    if (k === now) return;
    boxes[now]?.classList.remove("now");
    now = k;
    boxes[k].classList.add("now");
    count.textContent = `${k + 1} / ${boxes.length}`;
    back.disabled = k === 0;
    next.disabled = k === boxes.length - 1;
    const [figure, values] = cue[k];
    show(figure);
    setState(figure, values ?? new URLSearchParams());
  };
  const beside = matchMedia("(min-width: 48rem)"); // as in book.css; else the stage stands above, below title and question
  const stand = () => (beside.matches ? main.prepend(stage) : boxes[0].after(stage));
  const under = () => (beside.matches ? stage.offsetTop : stage.offsetHeight); // where it will stand
  const read = () => {
    if (!main.classList.contains("on") || document.querySelector("dialog.slides")) return;
    const line = beside.matches ? 0.45 * innerHeight : 0.5 * (innerHeight + under());
    const read = boxes.filter((box) => box.getBoundingClientRect().top <= line).length; // they stand one below the other
    say(held ?? Math.max(0, read - 1));
  };
  const go = (k) => {
    held = k;
    say(k);
    const top = beside.matches ? 0.2 * innerHeight : under() + 12;
    scrollBy({ top: boxes[k].getBoundingClientRect().top - top, behavior: calm.matches ? "instant" : "smooth" });
  };
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  back.addEventListener("click", () => go(now - 1));
  next.addEventListener("click", () => go(now + 1));

  let asked = false;
  addEventListener("scroll", () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; read(); });
  }, { passive: true });
  for (const kind of ["wheel", "touchmove", "keydown"])
    addEventListener(kind, ({ target }) => { if (!(target instanceof Node && stage.contains(target))) held = null; }, { passive: true });
  addEventListener("resize", read);
  stage.addEventListener("focusin", ({ target }) => { // all pictures can be reached by keyboard
    const figure = target.closest("figure.explorable, .explorable-tools")?.parentElement.querySelector("figure.explorable");
    if (figure) show(figure);
  });
  onSet((figure, detail) => {
    if (!figures.includes(figure)) return;
    show(figure);
    if (detail.asked) since = now;
    else if (!detail.told && since !== now) queueMicrotask(() => { const k = now; now = -1; say(k); }); // read on under the pointer
    else if (!detail.told) show(cue[now][0]);
  });
  const paper = matchMedia("print");
  paper.addEventListener("change", () => gather(!paper.matches));

  stand();
  beside.addEventListener("change", stand);
  if (!paper.matches) gather();
  show(figures[0]);
  document.addEventListener("DOMContentLoaded", read); // by then the pictures are alive
  addEventListener("hashchange", () => { // a link to a state of a picture, from elsewhere
    const found = pictureOf({ getAttribute: () => location.hash });
    if (found) show(found[0]);
  });
}

// ---- slides

/** What a page has to show: [{ said, figure, values }], its question first, then each paragraph that sets a picture, each
 * prediction, and pictures alone. */
function deck(main) {
  const found = [], shown = new Set();
  let last = null;
  const question = main.querySelector("p.question"), first = main.querySelector("figure.explorable");
  if (question && first) found.push({ said: question, figure: first, values: null });
  const sets = (part) => part.matches("p") ? part.querySelector("a.explorable-link") : part.querySelector(":scope > a.explorable-link");
  for (const part of main.querySelectorAll("p, li, .asks, figure.explorable")) {
    if (part.matches("p, li") && !sets(part)) continue;
    if (part.parentElement.closest(".asks, details, .prediction, dialog") && !part.matches("figure")) continue;
    if (part.matches("figure")) {
      last ??= [part, null];
      found.push({ said: null, figure: part, values: null });
      continue;
    }
    const cue = part.matches(".asks") ? last : (last = pictureOf(part.querySelector("a.explorable-link")) ?? last);
    if (!cue) continue;
    shown.add(cue[0]);
    found.push({ said: part, figure: cue[0], values: part.matches(".asks") ? null : cue[1] });
  }
  return found.filter(({ said, figure }) => said || !shown.has(figure));
}

/** The title of the section that an element stands in. */
const titleOf = (element) => {
  const heading = (section) => section.querySelector(":scope > :is(h1, h2, h3), :scope > .passage > :is(h1, h2, h3)");
  let section = element.closest("section");
  while (section && !heading(section)) section = section.parentElement.closest("section");
  const title = section && heading(section).cloneNode(true);
  title?.querySelector(".headerlink")?.remove();
  return title ? [...title.childNodes] : [];
};

/** The formula that stands directly before (-1) or after (1) a paragraph, which speaks of it; in a walk it may end the passage before. */
function formulaAt(said, side) {
  const before = said.previousElementSibling ?? said.closest(".passage")?.previousElementSibling?.lastElementChild;
  const found = side < 0 ? before : said.nextElementSibling;
  return said.matches("p") && found?.matches("div.math, div.math-wrapper") ? found : null;
}

/** Show the slides of the page, from the one nearest to what is being read. Escape leads back. */
function present() {
  const main = document.querySelector("main");
  const all = deck(main);
  if (!all.length || document.querySelector("dialog.slides")) return;
  const dialog = document.getElementById("slide").content.firstElementChild.cloneNode(true);
  const [back, next, leave] = dialog.querySelectorAll("header button");
  const count = dialog.querySelector("header span");
  const [words, place] = dialog.querySelectorAll(".slide > *");
  const home = new Map(); // what has been taken out of the page, and what holds its place
  let now = 0;

  const take = (element, where) => {
    const gap = document.createComment("");
    element.replaceWith(gap);
    home.set(element, gap);
    where.append(element);
  };
  const giveBack = (element) => {
    home.get(element).replaceWith(element);
    home.delete(element);
  };
  const show = (figure) => {
    if (place.firstElementChild === figure) return;
    if (place.firstElementChild) giveBack(place.firstElementChild);
    take(figure, place);
    const { width, height } = figure.querySelector("svg").viewBox.baseVal;
    dialog.style.setProperty("--ratio", width / height);
  };
  const go = (k) => {
    if (k < 0 || k >= all.length) return;
    now = k;
    const { said, figure, values } = all[k];
    for (const element of [...home.keys()]) if (element !== figure) giveBack(element);
    const title = document.createElement("p");
    title.className = "where";
    title.append(...titleOf(said ?? figure));
    words.replaceChildren(title);
    if (said) for (const element of [formulaAt(said, -1), said, formulaAt(said, 1)]) if (element) take(element, words);
    show(figure);
    dialog.classList.toggle("alone", !said);
    if (values) setState(figure, values);
    count.textContent = `${k + 1} / ${all.length}`;
    back.disabled = k === 0;
    next.disabled = k === all.length - 1;
    words.scrollTop = words.parentElement.scrollTop = 0;
  };
  const swap = (event) => { // a link, or a question, sets another picture
    const figure = event.target;
    if (setting || !all.some((slide) => slide.figure === figure)) return;
    if (event.detail.asked) show(figure);
    else if (!event.detail.told) show(all[now].figure);
  };

  back.addEventListener("click", () => go(now - 1));
  next.addEventListener("click", () => go(now + 1));
  leave.addEventListener("click", () => dialog.close());
  const keys = (event) => { // of the whole window: a link to #slides leaves the focus outside
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { dialog.close(); return; }
    const within = dialog.contains(event.target) ? event.target : dialog;
    const control = within.closest("input, select"), active = within.closest("input, select, button, a, summary");
    const by = { PageDown: 1, PageUp: -1 }[event.key]
      ?? (control ? 0 : { ArrowRight: 1, ArrowLeft: -1, Home: -now, End: all.length - 1 - now }[event.key])
      ?? (active ? 0 : { " ": event.shiftKey ? -1 : 1 }[event.key]);
    if (by === undefined || (by === 0 && active)) return;
    event.preventDefault();
    go(now + by);
    if (!dialog.contains(document.activeElement)) dialog.focus();
  };
  addEventListener("keydown", keys);
  document.addEventListener("explorable-set", swap, true);
  dialog.addEventListener("close", () => {
    document.removeEventListener("explorable-set", swap, true);
    removeEventListener("keydown", keys);
    const { said, figure } = all[now];
    for (const element of [...home.keys()]) giveBack(element);
    dialog.remove();
    document.documentElement.classList.remove("presenting");
    if (location.hash === "#slides") history.replaceState(null, "", location.pathname + location.search);
    (said ?? figure).scrollIntoView({ block: "center", behavior: "instant" });
    document.getElementById("slides").focus({ preventScroll: true });
  });

  const place0 = all.findIndex(({ said, figure }) => (said ?? figure).getBoundingClientRect().bottom > 80);
  const start = scrollY > 80 && place0 > 0 ? place0 : 0;
  document.body.append(dialog);
  document.documentElement.classList.add("presenting");
  dialog.showModal();
  go(start);
  dialog.focus();
}

{
  const main = document.querySelector("main.walk");
  if (main) walk(main);
}
