// The cells of the page, and a bar at each: those of the book, and one of the reader's own at each exercise.
const text = document.querySelector("main");
const inputs = [...text.querySelectorAll("div.cell_input")].filter((input) => input.querySelector("pre"));

const before = kept.all(); // what the reader wrote when the page was last read

// The text of a cell and its name are read when they are asked for: few cells are opened.
const cells = inputs.map((input, number) => ({
  input, number, stored: storedOutput(input), mine: null,
  get written() { return (this.text ??= input.querySelector("pre").textContent.replace(/\n$/, "")); },
  get key() { return (this.name ??= nameOf(this.written)); },
  get source() { return (this.code ??= before[this.key] ?? this.written); },
  set source(code) { this.code = code; },
}));

// A door is made as soon as its fold is laid out: what is far from being seen a browser skips, and few cells are opened.
const laid = new ResizeObserver((folds) => {
  for (const { target, contentRect } of folds) {
    if (!contentRect.height) continue;
    laid.unobserve(target);
    cells.filter((cell) => cell.fold === target).forEach(doorOf);
  }
});

/** The button of a cell that is in view, beside the fold that hides its code and bar; undefined where the bar itself is. */
function doorOf(cell) {
  if (!cell.fold || cell.door) return cell.door;
  cell.door = element("div", { className: "live-door" }, button(words.edit, () => cell.bar.unfold()));
  cell.fold.before(cell.door);
  return cell.door;
}

for (const cell of cells) {
  cell.bar = new Bar(cell, words.edit);
  cell.input.after(cell.bar.row);
  const fold = cell.input.closest("details.fold.code");
  if (!cell.stored || !fold || fold !== cell.input.parentElement.parentElement) continue;
  cell.fold = fold;
  laid.observe(fold);
}

// What is written below an exercise knows all names from above, and gives none to the cells below.
const own = [...text.querySelectorAll("div.exercise.admonition")].map((box) => {
  const after = inputs.findIndex((input) => box.compareDocumentPosition(input) & Node.DOCUMENT_POSITION_FOLLOWING);
  const at = after < 0 ? inputs.length : after;
  const cell = { at, key: box.id, written: "", source: before[box.id] ?? "", stored: null, mine: null };
  cell.bar = new Bar(cell, words.own);
  box.append(cell.bar.row);
  return cell;
});

if (Object.keys(before).length) for (const cell of [...cells, ...own]) cell.bar.wake();

// On the page to play on the code of each section can be taken into the empty cell; what is folded, a solution say, cannot.
if (text.matches(".play")) {
  const [empty, ...beginnings] = cells.filter(({ input }) => !input.closest("details"));
  const choices = beginnings.map(({ input, written }) => {
    const title = input.closest("section").querySelector("h2").firstChild.textContent.trim();
    return button(title, () => empty.bar.take(written));
  });
  const row = element("div", { className: "live", role: "group", "aria-label": words.begin }, `${words.begin}: `, ...choices);
  empty.bar.row.after(row);
}

document.head.append(element("link", { rel: "stylesheet", href: near("page.css") }));
