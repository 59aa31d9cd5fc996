// What the page does better with a script; it reads, folds and navigates without one.

// Light or dark: the system decides, until the reader does. Runs in the head, before anything is painted.
const dark = matchMedia("(prefers-color-scheme: dark)");
const chosen = localStorage.getItem("theme");
if (chosen) document.documentElement.dataset.theme = chosen;

function switchColours() {
  const system = dark.matches ? "dark" : "light";
  const now = document.documentElement.dataset.theme ?? system;
  const next = now === "dark" ? "light" : "dark";
  if (next === system) {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem("theme");
  } else {
    document.documentElement.dataset.theme = next;
    localStorage.setItem("theme", next);
  }
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
  document.fonts.ready.then(reachScrollers);
  addEventListener("resize", reachScrollers);
  addEventListener("toggle", reachScrollers, true); // a solution that was unfolded
});
