// What stands around a picture: the link to its state, its full window, its file. And where pictures come to life:
// `boot` on a page without a kernel, the default export (for anywidget) in JupyterLab. Continues explore.js; flow.js, links.js
// and predict.js continue it.

// ---- what can be said without a page ----

/** What stands behind the # of a link: "stepper:t=5&part=C". `number` tells explorables of one name on a page apart. */
export const fragment = (name, number, choices, value) => {
  const values = choices.map((choice) => [choice.name, plainTexts(choice.values)[choice.values.indexOf(value[choice.name])]]);
  return `${encodeURIComponent(name)}${number > 1 ? `-${number}` : ""}:${new URLSearchParams(values)}`;
};

/** The parts of a fragment; null if it is no link to an explorable. */
export const readFragment = (hash) => {
  const parts = /^#([^:]+?)(?:-(\d+))?:(.*)$/.exec(hash);
  return parts && { name: parts[1], number: Number(parts[2] ?? 1), values: new URLSearchParams(parts[3]) };
};

/** The value of every choice that a link asks for. What it does not name, or what is no value any more, stays at the start. */
export const linked = (choices, start, asked) =>
  Object.fromEntries(
    choices.map(({ name, values }) => [name, values[plainTexts(values).indexOf(asked.get(name))] ?? start[name]]),
  );

/** The text of an SVG file: the picture in ink on white wherever it is opened, and what `about` says of it. */
export const svgFile = (picture, about) => {
  const text = about.replace(/[<&]/g, (character) => `&#${character.charCodeAt()};`);
  const first = `${text && `<desc>${text}</desc>`}<rect width="100%" height="100%" fill="#fff"/>`;
  const coloured = picture.replaceAll("currentColor", "#1a1a1a").replaceAll("var(--paper,#fff)", "#fff");
  return `<?xml version="1.0" encoding="UTF-8"?>\n${coloured.replace(/<svg[^>]*>/, (open) => open + first)}\n`;
};

/** A name that every system takes for a file. */
export const fileName = (...parts) => `${parts.join(" ").replace(/[^\p{L}\p{N}.=-]+/gu, "_")}.svg`;

// ---- link, file, full window ----

/** Has this page an address that leads others to it? That of a notebook in JupyterLab has not. */
const hasAddress = () => /^(https?|file):$/.test(location.protocol) && !document.getElementById("jupyter-config-data");

const here = () => location.href.split("#")[0];

/** Copy the link, or offer it to be copied by hand where the browser refuses. */
async function copy(link, words, said) {
  try {
    await navigator.clipboard.writeText(link);
    said.replaceChildren(words.copied);
    setTimeout(() => said.replaceChildren(), 5000);
  } catch {
    const field = named(control("input", { readOnly: true, value: link, onfocus: () => field.select() }), words.address);
    said.replaceChildren(field);
    field.focus();
  }
}

/** Save the picture as it is now; on a page it says what page it is from, and the licence that the page declares, if it does:
 * `<link rel="license" title="CC BY 4.0" href="...">`. A path on a disk is not told. */
function save(svg, part, link) {
  const picture = svg.cloneNode(true);
  flow(picture);
  for (const user of picture.querySelectorAll("[href]")) {
    user.setAttributeNS("http://www.w3.org/1999/xlink", "xlink:href", user.getAttribute("href")); // what editors read
    user.removeAttribute("href");
  }
  const source = [document.title, location.protocol === "file:" ? "" : link].filter(Boolean).join(", ");
  const licence = document.querySelector('link[rel~="license"]');
  const about = [source, licence && [licence.title, licence.href].filter(Boolean).join(", ")].filter(Boolean).join(". ");
  const text = svgFile(new XMLSerializer().serializeToString(picture), hasAddress() ? about : "");
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const page = hasAddress() ? location.pathname.split("/").pop().replace(/\.html$/, "") : "";
  element("a", { href: url, download: fileName(...[page, part].filter(Boolean)) }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The colour behind an element, whatever its host painted it on. */
function ground(element) {
  const colour = getComputedStyle(element).backgroundColor;
  if (!/^(transparent|rgba\(.*, 0\))$/.test(colour)) return colour;
  return element.parentElement ? ground(element.parentElement) : "Canvas";
}

/** Open whatever a figure is folded away in. */
function unfold(figure) {
  for (let fold = figure; (fold = fold.parentElement?.closest("details")); ) fold.open = true;
}

/** Show a figure alone, as large as the window allows, until Escape or its button. A dialog needs no permission, not even on
 * phones and from a file; it holds the focus and hides the page from those who listen. */
function enlarge(figure, bar, toggle, words) {
  const svg = figure.querySelector("svg");
  const { width, height } = svg.viewBox.baseVal;
  const dialog = named(element("dialog", { className: "explorable-window" }), words.full);
  dialog.style.setProperty("--paper", ground(figure));
  dialog.style.setProperty("--ratio", width / height);
  const gap = element("div", {}, dialog); // as high as what it stands for: the page behind stays where it is
  gap.style.height = `${figure.offsetHeight + bar.offsetHeight}px`;
  gap.style.margin = `${getComputedStyle(figure).marginTop} 0 ${getComputedStyle(bar).marginBottom}`;
  figure.replaceWith(gap);
  dialog.append(bar, figure);
  const scale = (beside) => {
    dialog.classList.toggle("beside", beside);
    return svg.getScreenCTM().a;
  };
  const fit = () => scale(scale(true) > scale(false)); // controls beside the picture or below: where it is larger
  addEventListener("resize", fit);
  dialog.onclose = () => {
    removeEventListener("resize", fit);
    gap.replaceWith(figure);
    figure.after(bar);
    face(toggle, "full", words);
    toggle.focus({ preventScroll: true });
  };
  dialog.showModal();
  face(toggle, "leave", words);
  toggle.focus();
  fit();
}

/** Letters stay legible: where the page is too narrow for them the panels of the picture flow. One that has no panels scrolls, by
 * keyboard too, and fades where it goes on. */
function widen(frame, words) {
  const svg = frame.querySelector("svg"), paper = matchMedia("print");
  const fit = () => {
    if (paper.matches) flow(svg);
    else if (frame.clientWidth) flow(svg, frame.clientWidth); // none in the full window
    look();
  };
  const look = () => {
    const rest = frame.scrollWidth - frame.clientWidth;
    const at = Math.abs(frame.scrollLeft);
    frame.dataset.more = rest < 2 ? "" : [at > 1 && "before", at < rest - 1 && "after"].filter(Boolean).join(" ");
    if (rest < 2) return ["tabindex", "role", "aria-label"].forEach((name) => frame.removeAttribute(name));
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    named(frame, words.wide);
  };
  frame.removeAttribute("hidden"); // a host may insist on it
  frame.dataset.lmSuppressShortcuts = "";
  frame.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(fit).observe(frame);
  paper.addEventListener("change", fit);
}

/** A quiet row of buttons below a figure. It stands beside the figure, not in it: it changes nothing in the picture.
 * `part()` names the picture and its state for a file, `address()` is the link to it, if it has one. */
function toolbar(figure, part, address) {
  const words = wordsFor(document.documentElement.lang);
  const frame = figure.querySelector(".explorable-frame");
  const bar = named(element("div", { className: "explorable-tools" }), words.tools);
  bar.setAttribute("role", "group");
  figure.after(bar); // at once, while the figure stands where it belongs: later a slide may have it
  figure.dataset.tools = "";
  widen(frame, words);
  whenLaid(frame, () => fillBar(bar, figure, part, address, words));
}

function fillBar(bar, figure, part, address, words) {
  const said = element("span", {});
  said.setAttribute("role", "status");
  bar.append(said);
  if (address) bar.append(button("link", words, () => copy(address(), words, said)));
  bar.append(button("save", words, () => save(figure.querySelector("svg"), part(), address ? address() : here())));
  const full = button("full", words, () => {
    const shown = figure.closest("dialog");
    if (shown) shown.close();
    else enlarge(figure, bar, full, words);
  });
  bar.append(full);
}

// ---- the hosts ----

/** A picture and its widget know each other by a key, and speak through the document. `tell` says whether anybody heard it. */
const tell = (kind, detail) => !document.dispatchEvent(new CustomEvent(`explorable-${kind}`, { detail, cancelable: true }));
const hear = (kind, key, heard) => {
  const listen = (event) => {
    if (event.detail.key !== key) return;
    event.preventDefault();
    heard(event.detail.value);
  };
  document.addEventListener(`explorable-${kind}`, listen);
  return () => document.removeEventListener(`explorable-${kind}`, listen);
};

/** Bring a figure to life, and tie it to its widget if it has one. What the reader chose before the widget was there to hear
 * it is told when the widget comes. */
function enliven(figure) {
  const { name, key } = figure.dataset;
  let untold = null;
  const choose = (value) => {
    untold = null;
    if (key && !tell("chosen", { key, value })) untold = value;
  };
  const view = mount(figure, (value) => {
    choose(value);
    figure.dispatchEvent(new CustomEvent("explorable-moved", { bubbles: true }));
  });
  obey(figure, view, choose);
  if (key) {
    hear("value", key, (value) => (untold ? choose(untold) : view.set(value)));
    tell("alive", { key });
  }
  return { figure, name, view };
}

/** Bring every figure of the page to life that is not yet, and show the state that the address asks for. */
export function boot() {
  const fresh = (kind, mark) => [...document.querySelectorAll(`figure.${kind}:not([data-${mark}])`)];
  const alive = fresh("explorable", "frame").map(enliven);
  for (const one of alive) {
    const number = alive.filter(({ name }) => name === one.name).indexOf(one) + 1;
    const part = () => fragment(one.name, number, one.view.choices, one.view.value());
    toolbar(one.figure, () => decodeURIComponent(part()), hasAddress() && (() => `${here()}#${part()}`));
  }
  fresh("still", "tools").forEach((figure, k) => toolbar(figure, () => `figure-${k + 1}`));
  document.querySelectorAll(".prediction:not([data-waiting])").forEach(hold);
  followLinks();

  const follow = () => {
    const link = readFragment(location.hash);
    const found = link && alive.filter(({ name }) => encodeURIComponent(name) === link.name)[link.number - 1];
    if (!found) return;
    const { figure, view } = found;
    if (!figure.closest("dialog")) document.querySelector("dialog.explorable-window")?.close();
    view.rest();
    view.set(linked(view.choices, view.start, link.values));
    unfold(figure);
    figure.scrollIntoView();
    figure.tabIndex = -1;
    figure.focus({ preventScroll: true }); // reading and tabbing go on from here
  };
  if (!alive.length || !hasAddress()) return;
  follow();
  addEventListener("hashchange", follow);
  addEventListener("popstate", follow); // the same link a second time, after the reader has moved on
}

/** What anywidget calls. A model alone speaks to the pictures of its key, wherever in the notebook they stand; a view of
 * it (inside another widget, or in marimo) shows the page that Python sends when it is asked. */
export default {
  initialize({ model }) {
    const key = model.get("_key");
    const show = () => tell("value", { key, value: model.get("value") });
    const ends = [
      hear("alive", key, show),
      hear("chosen", key, (value) => {
        model.set("value", value);
        model.save_changes();
      }),
    ];
    model.on("change:value", show);
    show();
    return () => {
      model.off("change:value", show);
      ends.forEach((end) => end());
    };
  },
  render({ model, el }) {
    let view;
    const follow = () => view?.set(model.get("value"));
    const draw = () => {
      if (view || !model.get("_page")) return;
      el.innerHTML = model.get("_page");
      const figure = el.querySelector("figure");
      view = mount(figure, (value) => {
        model.set("value", value);
        model.save_changes();
      });
      toolbar(figure, () => decodeURIComponent(fragment(figure.dataset.name, 1, view.choices, view.value())));
      follow();
    };
    model.on("change:_page", draw);
    model.on("change:value", follow);
    draw();
    if (!view) model.send("page");
    return () => {
      model.off("change:_page", draw);
      model.off("change:value", follow);
      view?.stop();
    };
  },
};
