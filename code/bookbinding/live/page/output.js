// What a cell shows: where the book's stands, how the reader's takes its place, what an error says.

/** What the book shows for a cell: beside its code, before the fold that its code is in, or last in that fold itself. */
function storedOutput(input) {
  const box = input.parentElement, fold = box.parentElement.closest("details.fold");
  if (box.parentElement !== fold) return box.querySelector(":scope > .cell_output");
  const asks = fold.closest(".asks");
  if (asks && input === asks.querySelector(".revealed .cell_input")) return asks.querySelector(":scope > .cell > .cell_output");
  const last = input === [...box.querySelectorAll(":scope > .cell_input")].pop();
  if (fold.matches(".claim")) return last ? box.querySelector(":scope > .cell_output") : null;
  if (!input.matches(".shows")) return null;
  const before = fold.previousElementSibling;
  return before?.matches("div.cell") ? before.querySelector(":scope > .cell_output:last-child") : null;
}

/** Put HTML in the place of what the book shows; null puts the book's back. Scripts of pictures run as it comes. */
function put(cell, html) {
  if (!put.lifted) document.head.append(...document.querySelectorAll("main style")); // the first picture holds the style of all
  put.lifted = true;
  const next = html === null ? null : element("div", { className: "cell_output docutils container live-output" });
  next?.append(document.createRange().createContextualFragment(html));
  const place = cell.mine ?? cell.stored;
  const answered = place?.closest(".asks[data-waiting=no]"); // or its code is in view, and would go with the answer
  if (place?.isConnected) place.replaceWith(...[next ?? cell.stored].filter(Boolean));
  else if (next) cell.bar.row.after(next);
  cell.mine = next;
  if (answered) openQuestion(answered);
  const summary = cell.input?.closest("details.fold.claim")?.querySelector(":scope > summary");
  if (summary && next) summary.dataset.live = words.books;
  else if (summary) delete summary.dataset.live;
}

/** A fold says that some of its code is the reader's. */
function markFold({ input }) {
  const fold = input?.closest("details.fold.code"), summary = fold?.querySelector(":scope > summary");
  if (!summary) return;
  if (cells.some((one) => fold.contains(one.input) && one.source !== one.written)) summary.dataset.live = words.yours;
  else delete summary.dataset.live;
}

/** Show the answer of a question; one that has just come asks as soon as its script has run. */
function openQuestion(asks) {
  const open = () => asks.querySelector(".prediction[data-waiting]")?.dispatchEvent(new Event("prediction-open"));
  const asked = (_, observer) => {
    open();
    observer.disconnect();
  };
  new MutationObserver(asked).observe(asks, { attributes: true, attributeFilter: ["data-waiting"] });
  open();
}

/** Change what stands above or below something in view, which stays where it is. */
function inPlace(held, change) {
  const top = () => held.getBoundingClientRect().top, before = top();
  change();
  if (before > 0 && before < innerHeight) scrollBy({ top: top() - before, behavior: "instant" });
}

/** Mark what is shown until something new comes, or take the mark away. */
function fade(cell, faded) {
  for (const one of [cell.mine, cell.stored]) one?.classList.toggle("live-before", faded);
}

/** Whether next to nothing of it is in view, below the bar at the head of the page. */
function outOfView(shown) {
  const { top, bottom } = shown.getBoundingClientRect();
  const head = document.querySelector("header.page").getBoundingClientRect().bottom;
  return bottom < head + 24 || top > innerHeight - 24; // px: a line
}

/** What is printed comes as it is printed; of a line that is written anew, as a progress bar is, the last state. */
function print(cell, printed) {
  const pre = cell.mine.querySelector("pre") ?? element("pre", {});
  if (!pre.isConnected) cell.mine.append(element("div", { className: "output stream" }, pre));
  pre.textContent = (pre.textContent + printed).replace(/[^\n]*\r(?!\n)/g, "");
}

/** Append to a cell what it is told when a cell raised: in which line, the last one of its own if there is one, and what. */
function complain(cell, { number, places, message, memory, module }) {
  const at = cell.at ?? cell.number;
  const last = (one) => places.filter(([place]) => place === one + 1).pop();
  const own = last(at), place = own ?? last(number);
  const told = own ? words.line : number > at ? words.under : words.there;
  const where = place ? `${told(place[1], place[2].trim())}\n` : "";
  const what = (memory ? `${words.memory} ` : "") + (module ? words.module(module) : message);
  const box = element("div", { className: "output error" }, element("pre", {}, where, what));
  if (number !== at) box.append(button(words.go, () => cells[number].bar.unfold()));
  cell.mine.append(box);
}
