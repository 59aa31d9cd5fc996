// Links that set a picture: [at gain 4](#stepper:gain=4) in the text of the same page. Pointing at one, or tabbing to it, shows
// the state; leaving gives back what was there; pressing keeps it, pressing again or Escape takes it back. Nothing scrolls:
// where the picture is out of view, a small one floats in. Continues explore_page.js.

/** The figure that a link of this page leads to, and the values that it asks for; null where it is no such link. */
function linkedFigure(link) {
  const asked = link.getAttribute("href")?.startsWith("#") && readFragment(link.hash);
  if (!asked) return null;
  const called = allOf("figure").filter(({ classList, dataset }) => classList.contains("explorable") && encodeURIComponent(dataset.name) === asked.name);
  const figure = called[asked.number - 1];
  return figure ? { figure, asked: asked.values } : null;
}

/** Tell a figure to show a state: the one that is `asked` for (URLSearchParams), or a `value`. With `told` its widget hears of
 * it, as if the reader had chosen it. Returns what was shown `before`, and what is shown now in words, `said`. */
export function setPicture(figure, wish) {
  const detail = { ...wish };
  figure.dispatchEvent(new CustomEvent("explorable-set", { detail }));
  return detail;
}

/** What a figure does when it is told. */
function obey(figure, view, told) {
  figure.addEventListener("explorable-set", ({ detail }) => {
    detail.before = view.value();
    view.rest();
    if (detail.value) view.set(detail.value);
    if (detail.asked) view.set(linked(view.choices, view.start, detail.asked));
    const value = view.value();
    if (detail.told) told(value);
    detail.said = view.choices
      .map((choice) => `${choice.said} ${shownTexts(choice)[choice.values.indexOf(value[choice.name])]}`)
      .join(", ");
  });
}

/** Is most of a figure's picture in the window? */
function inView(figure) {
  const { top, bottom } = figure.querySelector("svg").getBoundingClientRect();
  const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
  return !figure.closest("details:not([open])") && seen > 0.6 * Math.min(bottom - top, innerHeight);
}

/** Whether any of a link is in the window. */
function onScreen(link) {
  const { top, bottom } = link.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

/** The small picture at the edge of the window, and what is said to those who do not see it. */
function miniature(words, go, close) {
  const said = element("p", { className: "explorable-said" });
  said.setAttribute("role", "status");
  const face = named(control("button", { type: "button", className: "explorable-face", onclick: go }), words.show);
  const shut = button("leave", words, close);
  named(shut, words.shut);
  shut.title = words.shut;
  const box = element("aside", { className: "explorable-mini", hidden: true }, face, shut);
  named(box, words.mini);
  document.body.append(said, box);
  return {
    box,
    show({ link, figure }, kept) {
      const picture = figure.querySelector("svg").cloneNode(true);
      for (const part of picture.querySelectorAll("[id]")) part.removeAttribute("id"); // its uses find those of the picture
      for (const name of ["role", "aria-label", "style"]) picture.removeAttribute(name);
      picture.setAttribute("aria-hidden", "true");
      box.style.setProperty("--paper", ground(figure));
      face.replaceChildren(picture);
      box.hidden = false;
      box.classList.toggle("preview", !kept); // what is pointed at stays under the pointer
      box.classList.remove("left");
      const [here, there] = [box, link].map((one) => one.getBoundingClientRect());
      box.classList.toggle("left", there.right > here.left && there.bottom > here.top);
    },
    hide() {
      box.hidden = true;
      face.replaceChildren();
    },
    say: (text) => (said.textContent = text),
  };
}

/** Let the links of the page set its pictures. One copy of this module does it for all. */
function followLinks() {
  if (document.documentElement.dataset.explorableLinks) return;
  document.documentElement.dataset.explorableLinks = "on";
  let shown = null; // the link that is pointed at: { link, figure, before }
  let kept = null; // the link that was pressed, likewise
  const small = miniature(
    wordsFor(document.documentElement.lang),
    () => {
      const { figure } = shown ?? kept;
      unfold(figure);
      figure.scrollIntoView({ block: "center" });
      figure.tabIndex = -1;
      figure.focus({ preventScroll: true });
      small.hide();
    },
    () => {
      kept?.link.focus({ preventScroll: true });
      unsee(); // the focus may have shown it again
      release();
    },
  );

  const wanted = (one) => onScreen(one.link) && !inView(one.figure); // the small one serves a sentence, and goes with it
  const see = (one) => (wanted(one) ? small.show(one, one === kept) : small.hide());
  const preview = (link) => {
    if (shown?.link === link) return;
    unsee();
    const found = linkedFigure(link);
    if (!found || !found.figure.dataset.frame) return;
    link.classList.add("explorable-link");
    const { before, said } = setPicture(found.figure, { asked: found.asked });
    shown = { link, figure: found.figure, before, said };
    see(shown);
  };
  const unsee = () => {
    if (!shown) return;
    const { figure, before } = shown;
    shown = null;
    setPicture(figure, { value: before });
    if (kept) see(kept);
    else small.hide();
  };
  const mark = (link, on) => (on ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"));
  const keep = (link) => {
    if (kept?.link === link) {
      shown = null;
      return release();
    }
    preview(link);
    if (!shown) return;
    const { figure, before, said } = shown;
    const first = kept?.figure === figure ? kept.before : before; // Escape goes back to what the reader had
    if (kept) mark(kept.link, false);
    kept = { link, figure, before: first };
    shown = null;
    mark(link, true);
    setPicture(figure, { told: true });
    small.say(said);
    see(kept);
  };
  const release = () => {
    if (shown) return unsee();
    if (!kept) return;
    const { link, figure, before } = kept;
    kept = null;
    mark(link, false);
    setPicture(figure, { value: before, told: true });
    small.hide();
  };

  const linkAt = (target) => target?.closest?.('a[href^="#"]');
  document.addEventListener("pointerover", ({ target, pointerType }) => {
    const link = pointerType !== "touch" && linkAt(target);
    if (link) preview(link);
  });
  document.addEventListener("pointerout", ({ target, relatedTarget }) => {
    if (shown && linkAt(target) === shown.link && linkAt(relatedTarget) !== shown.link) unsee();
  });
  document.addEventListener("focusin", ({ target }) => {
    const link = target.matches?.(":focus-visible") && linkAt(target);
    if (link) preview(link);
  });
  document.addEventListener("focusout", ({ target }) => shown && linkAt(target) === shown.link && unsee());
  document.addEventListener(
    "click",
    (event) => {
      const link = linkAt(event.target);
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button || !linkedFigure(link)) return;
      event.preventDefault();
      event.stopPropagation();
      keep(link);
    },
    true,
  );
  document.addEventListener("keydown", ({ key, isComposing }) => {
    if (key === "Escape" && !isComposing && !document.querySelector("dialog[open]")) release(); // first the full window closes
  });
  document.addEventListener("explorable-moved", ({ target }) => {
    const mine = [shown, kept].map((one) => one?.figure === target); // the reader goes on from here by hand
    if (mine[0]) shown = null;
    if (mine[1]) {
      mark(kept.link, false);
      kept = null;
    }
    if (mine[0] || mine[1]) small.hide();
  });
  document.addEventListener("explorable-here", ({ target }) => {
    const one = shown ?? kept;
    if (one?.figure === target) see(one); // its states came after the link was pressed
  });
  const scrolled = () => {
    if (kept && !shown && wanted(kept) === small.box.hidden) see(kept);
  };
  addEventListener("scroll", scrolled, { passive: true });
}
