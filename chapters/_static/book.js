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
  document.querySelector("button.code").ariaPressed = shown;
  if (seen && scrollY > 0) scrollBy({ top: seen.getBoundingClientRect().top - before, behavior: "instant" });
}

// A link to a claim opens it.
function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let fold = target; fold; fold = fold.parentElement.closest("details")) if (fold.localName === "details") fold.open = true;
  target?.scrollIntoView();
}

// From a disk no page may read another: there the search lists what it finds without summaries.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// The other edition opens at the section that is being read, and is the one that the start page will open from now on.
function switchEdition(event) {
  const link = event.currentTarget;
  const sections = [...document.querySelectorAll("main [id^='section-']")];
  const read = sections.findLast((section) => section.getBoundingClientRect().top < innerHeight / 3);
  link.hash = read && scrollY > 0 ? read.id : "";
  kept.set("edition", link.dataset.edition);
}

// What is wider than the page scrolls inside itself; then the keyboard must reach it.
function reachScrollers() {
  for (const box of document.querySelectorAll("pre, .scroll, main table")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

// On paper nothing unfolds: solutions are opened for the print, and only for that.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const details of folded) details.open = true;
});
addEventListener("afterprint", () => folded.forEach((details) => (details.open = false)));

document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("button.colours");
  button.hidden = false;
  button.addEventListener("click", switchColours);
  const code = document.querySelector("button.code");
  code.hidden = !document.querySelector("details.fold");
  code.addEventListener("click", () => {
    const shown = code.ariaPressed !== "true";
    showCode(shown);
    kept.set("code", shown ? "all" : null);
  });
  if (kept.get("code")) showCode(true);
  if (document.querySelector("details.fold:target")) openTarget();
  addEventListener("hashchange", () => document.querySelector("details.fold:target") && openTarget());
  for (const link of document.querySelectorAll("a.edition")) link.addEventListener("click", switchEdition);
  document.fonts.ready.then(reachScrollers);
  addEventListener("resize", reachScrollers);
  addEventListener("toggle", reachScrollers, true); // a solution that was unfolded
});
