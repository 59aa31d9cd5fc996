// The bar below a cell: its buttons, how far Python is, and what is said of the run.
class Bar {
  constructor(cell, opening) {
    this.cell = cell;
    this.field = null;
    this.also = []; // other cells that ran for this one
    this.edit = button(opening, () => this.open());
    this.row = element("div", { className: "live" }, this.edit);
  }

  /** All other controls, made when the cell is first opened: a chapter has a hundred cells, of which few are. */
  furnish() {
    const { cell } = this;
    this.run = button(words.run, () => this.go());
    this.stop = button(words.stop, () => python.halt(words.stopped));
    this.back = button(cell.input ? words.back : words.away, () => this.restore());
    this.download = button(words.download, () => this.save());
    this.see = button(words.see, () => this.shown.scrollIntoView({ block: "center" }));
    this.progress = element("progress", { max: 1, hidden: true, "aria-label": words.loading });
    this.count = element("span", { className: "live-count" });
    this.said = element("span", { className: "live-said", role: "status" });
    this.row.append(this.run, this.stop, this.back, this.download, this.progress, this.count, this.said, this.see);
  }

  /** Of the buttons these alone. */
  show(...shown) {
    for (const one of this.row.querySelectorAll("button")) one.hidden = !shown.includes(one);
  }

  /** Those of a cell that does not run; and a way to what it shows where that is out of view, as above a fold. */
  showIdle() {
    if (!this.field) return this.show(this.edit);
    this.show(this.run, this.back, this.download);
    if (this.shown?.textContent && this.shown.isConnected && outOfView(this.shown)) this.see.hidden = false;
  }

  // ---- the field

  /** Show the field with the reader's own version from last time, if there is one. */
  wake() {
    const { cell } = this;
    if (cell.source === cell.written) return;
    this.unfurl();
    markFold(cell);
  }

  /** What the cell's code is from now on; the book's own need not be kept. */
  revise(code) {
    const { cell } = this;
    cell.source = code;
    kept.set(cell.key, code === cell.written ? null : code);
    markFold(cell);
  }

  unfurl() {
    const { cell } = this;
    if (this.field) return;
    if (!this.run) this.furnish();
    this.field = field(cell.key, cell.source, { changed: (code) => this.revise(code), run: () => this.go() });
    this.row.before(this.field.box);
    if (cell.input) cell.input.hidden = true;
    this.showIdle();
  }

  /** Let the reader write; Python loads meanwhile. */
  open() {
    this.unfurl();
    const door = doorOf(this.cell);
    if (door) door.hidden = true;
    this.field.area.focus();
    if (!python.worker) python.start(this);
  }

  /** Take some code in place of what stands in the field, so that the browser's own undo brings that back. */
  take(code) {
    this.open();
    this.field.area.select();
    insert(this.field.area, code);
  }

  unfold() {
    for (let fold = this.row; (fold = fold.parentElement?.closest("details, .asks")); )
      if (fold.matches("details")) fold.open = true;
      else openQuestion(fold);
    this.row.scrollIntoView({ block: "center" });
    this.open();
  }

  restore() {
    const { cell } = this;
    for (const one of [cell, ...this.also]) put(one, null);
    this.also = [];
    this.revise(cell.written);
    this.field.box.remove();
    this.field = null;
    if (cell.input) cell.input.hidden = false;
    const door = doorOf(cell);
    if (door) door.hidden = false;
    this.showIdle();
    this.say("");
    (door?.firstChild ?? this.edit).focus();
  }

  async save() {
    try {
      await notebook();
    } catch {
      this.say(words.unsaved);
    }
  }

  // ---- a run

  go() {
    if (python.busy) return python.listener === this || this.say(words.busy);
    const { cell } = this, at = cell.at ?? cell.number;
    this.since = performance.now();
    this.shown = null;
    this.printed = false;
    const sources = cells.map((one) => one.source);
    sources.splice(at, cell.input ? 1 : 0, cell.source);
    const shown = cell.input ? cells.filter((one) => one.number > at && one.stored).map((one) => one.number) : [];
    python.run(this, sources, at, shown);
    const left = document.activeElement === this.run;
    this.show(this.stop);
    if (left) this.stop.focus({ preventScroll: true });
    fade(cell, true);
    this.hear({});
  }

  hear({ above, text, shown }) {
    this.tell();
    if (python.phase !== "ready") return;
    if (text) inPlace(this.row, () => print(this.clear(), text));
    else if (shown) this.finish(shown);
    else if (!python.busy) this.end(words.waiting);
    else this.say(above && above[0] < above[1] ? words.above(...above) : words.running);
  }

  /** How far Python is. */
  tell() {
    const { phase, loaded, weight } = python;
    this.progress.hidden = phase === "ready";
    this.count.textContent = phase === "loading" ? words.mb(Math.round(loaded / 1e6), Math.round(weight / 1e6)) : "";
    if (phase === "loading") this.progress.value = loaded / weight;
    else this.progress.removeAttribute("value");
    if (phase !== "ready") this.say(words[phase]);
  }

  /** The cell, without what it showed before this run. */
  clear() {
    if (!this.printed) put(this.cell, "");
    this.printed = true;
    return this.cell;
  }

  finish({ number, html, above, error }) {
    const { cell } = this;
    const other = !error && cell.input && number !== cell.number ? cells[number] : null;
    inPlace(this.row, () => {
      for (const one of this.also) if (one !== other) put(one, null); // an old answer is none to what ran now
      if (error) complain(this.clear(), error);
      else put(cell, html && !other ? html : cell.stored ? "" : null);
      if (other) put(other, html);
    });
    this.also = [other].filter(Boolean);
    this.shown = (other ?? cell).mine;
    if (error) return this.end(words.wrong);
    const time = ((performance.now() - this.since) / 1000).toFixed(1);
    this.end([words.done(time, above), other ? words.below : html ? "" : words.nothing].filter(Boolean).join(" "));
  }

  end(sentence) {
    const left = document.activeElement === this.stop;
    this.progress.hidden = true;
    this.count.textContent = "";
    this.showIdle();
    if (left) this.run.focus({ preventScroll: true });
    fade(this.cell, false);
    this.say(sentence);
  }

  say(sentence) {
    if (this.said.textContent !== sentence) this.said.textContent = sentence;
  }
}
