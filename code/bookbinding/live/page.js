// "Edit and run" at the cells of a page. Nothing of Python is fetched before a reader asks for it; all of it comes from this site.
(() => {
  if (location.protocol === "file:") return; // from a disk a browser starts no worker
  const WORDS = {
    en: {
      edit: "Edit and run", own: "Try it here", run: "Run", stop: "Stop", back: "Back to the book’s", away: "Throw away",
      download: "Download as a notebook", code: "Code of this cell", begin: "Begin with",
      keys: "Ctrl + Enter runs. Tab indents; Escape, then Tab, leaves the field.",
      loading: "Loading Python", mb: (n, of) => `${n} of ${of} MB`, starting: "Starting Python",
      above: (n, of) => `Running what this cell needs from above: ${n + 1} of ${of}`, running: "Running",
      done: (s, n) => `Done in ${s} s.${n ? ` First ${n === 1 ? "one cell" : `${n} cells`} above ran, quietly.` : ""}`,
      below: "The cell below, which uses it, ran too.", nothing: "It shows nothing.",
      wrong: "An error.", line: (n, code) => `Line ${n}: ${code}`,
      there: (n, code) => `Line ${n} of a cell above: ${code}`, go: "Go to that cell",
      memory: "The browser has no more memory for this.", stopped: "Stopped. The next run starts Python again.",
      offline: "Python could not be fetched: nobody answers. Are you offline? The page stands as it was.",
      missing: (what) => `Python could not be fetched: ${what} is missing on this site. The page stands as it was.`,
      altered: (what) => `Python was not started: ${what} is not the file that belongs to this book. The page stands as it was.`,
      broken: (what) => `Python could not go on: ${what}. The page stands as it was.`,
      slow: "Python does not start in this browser: for a minute and a half nothing has come. The page stands as it was.",
      books: "as in the book; below, what you ran", yours: "your version",
    },
    zh: {
      edit: "编辑并运行", own: "在这里试", run: "运行", stop: "停止", back: "恢复书中原样", away: "清除",
      download: "下载为笔记本", code: "本格代码", begin: "从这里开始",
      keys: "Ctrl + Enter运行。Tab缩进；先按Escape再按Tab，即可离开。",
      loading: "正在载入Python", mb: (n, of) => `${n} / ${of} MB`, starting: "正在启动Python",
      above: (n, of) => `正在运行本格所需的上文代码：${n + 1} / ${of}`, running: "正在运行",
      done: (s, n) => `完成，用时${s}秒。${n ? `此前已在后台运行上文${n}格。` : ""}`,
      below: "下文用到它的一格也已运行。", nothing: "没有可显示的结果。",
      wrong: "出错了。", line: (n, code) => `第${n}行：${code}`,
      there: (n, code) => `上文某格第${n}行：${code}`, go: "转到那一格",
      memory: "浏览器内存不足。", stopped: "已停止。下次运行会重新启动Python。",
      offline: "无法获取Python：没有响应，请检查网络。页面保持原样。",
      missing: (what) => `无法获取Python：本站缺少${what}。页面保持原样。`,
      altered: (what) => `Python没有启动：${what}与本书所用的文件不符。页面保持原样。`,
      broken: (what) => `Python无法继续运行：${what}。页面保持原样。`,
      slow: "在这个浏览器中无法启动Python：等待一分半钟仍无响应。页面保持原样。",
      books: "书中原样，下面是运行结果", yours: "你的版本",
    },
  };
  const words = /^zh/i.test(document.documentElement.lang) ? WORDS.zh : WORDS.en;
  const { src, dataset } = document.currentScript;
  const near = (name) => new URL(name, src).href + new URL(src).search;
  const WEIGHT = Number(dataset.bytes);
  const PATIENCE = 90_000; // ms without a word from Python while it starts
  const element = (tag, properties, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const button = (word, onclick, hidden = false) => element("button", { type: "button", textContent: words[word], onclick, hidden });

  // ---- what the reader wrote: in this browser, until it is thrown away ----

  const KEY = `unrolled:cells:${location.pathname}`;
  const kept = {
    all() {
      try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return {}; }
    },
    set(name, text) {
      const all = this.all();
      if (text === null) delete all[name];
      else all[name] = text;
      try {
        if (Object.keys(all).length) localStorage.setItem(KEY, JSON.stringify(all));
        else localStorage.removeItem(KEY);
      } catch { /* for this page only */ }
    },
  };
  /** A name for a source: where the book's changes, what was written for another one does not come back. */
  const nameOf = (text) => [...text].reduce((hash, letter) => (Math.imul(hash, 31) + letter.codePointAt(0)) | 0, 7).toString(36);

  // ---- Python: one worker for the page ----

  let worker = null; // until somebody opens a cell, and after a stop
  let loaded = 0, phase = "loading";
  let busy = null; // what hears of the run: hear(message), end(sentence)
  let timer = 0;

  function start() {
    [loaded, phase] = [0, "loading"];
    worker = new Worker(near("worker.mjs"), { type: "module" });
    worker.onmessage = ({ data }) => {
      loaded += data.got ?? 0;
      phase = data.step ?? phase;
      patience();
      if (data.failed) halt(typeof words[data.failed] === "function" ? words[data.failed](data.what) : words[data.failed]);
      else busy?.hear(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      halt(phase === "ready" ? words.memory : words.offline);
    };
    patience();
  }

  function patience() {
    clearTimeout(timer);
    if (phase !== "ready") timer = setTimeout(() => halt(words.slow), PATIENCE);
  }

  function halt(sentence) {
    clearTimeout(timer);
    worker?.terminate();
    worker = null;
    const one = busy;
    busy = null;
    one?.end(sentence);
  }

  // ---- the cells ----

  const text = document.querySelector("main");
  const inputs = [...text.querySelectorAll("div.cell_input")].filter((input) => input.querySelector("pre"));
  const cells = inputs.map((input, number) => {
    const written = input.querySelector("pre").textContent.replace(/\n$/, "");
    return { input, number, written, source: kept.all()[nameOf(written)] ?? written, stored: storedOutput(input), mine: null };
  });

  /** What the book shows for a cell: beside its code, before the fold that its code is last in, or last in that fold itself. */
  function storedOutput(input) {
    const box = input.parentElement, fold = box.parentElement.closest("details.fold");
    if (box.parentElement !== fold) return box.querySelector(":scope > .cell_output");
    const asks = fold.closest(".asks");
    if (asks && input === asks.querySelector(".revealed .cell_input")) return asks.querySelector(":scope > .cell > .cell_output");
    if (input !== [...box.querySelectorAll(":scope > .cell_input")].pop()) return null;
    if (fold.matches(".claim")) return box.querySelector(":scope > .cell_output");
    const before = fold.previousElementSibling;
    return before?.matches("div.cell") ? before.querySelector(":scope > .cell_output:last-child") : null;
  }

  /** Put HTML in the place of what the book shows; null puts the book's back. Scripts of pictures run as it comes. */
  function put(cell, html) {
    if (!put.lifted) document.head.append(...text.querySelectorAll("style")); // the first picture holds the style of all
    put.lifted = true;
    const next = html === null ? null : element("div", { className: "cell_output docutils container live-output" });
    next?.append(document.createRange().createContextualFragment(html));
    const place = cell.mine ?? cell.stored;
    if (place?.isConnected) place.replaceWith(...[next ?? cell.stored].filter(Boolean));
    else if (next) (cell.bar ?? cell.input).after(next);
    cell.mine = next;
    const summary = cell.input?.closest("details.fold.claim")?.querySelector(":scope > summary");
    if (summary) next ? (summary.dataset.live = words.books) : delete summary.dataset.live;
  }

  function unfold(cell) {
    for (let fold = cell.bar; (fold = fold.parentElement?.closest("details")); ) fold.open = true;
    cell.bar.scrollIntoView({ block: "center" });
    cell.open();
  }

  /** What a cell that raised is told: where, and what. */
  function complaint({ number, places, message, memory }, cell) {
    const here = number === (cell.at ?? cell.number);
    const [, line, code] = places.filter(([one]) => one === number + 1).pop() ?? [];
    const where = line ? [(here ? words.line : words.there)(line, code.trim()), "\n"] : [];
    const box = element("div", { className: "output error" }, element("pre", {}, ...where, memory ? `${words.memory} ` : "", message));
    if (!here) box.append(element("button", { type: "button", textContent: words.go, onclick: () => unfold(cells[number]) }));
    return box;
  }

  /** The bar below a cell, and the field that its code is edited in. */
  function equip(cell, opening) {
    let field = null, since = 0, also = [];
    const edit = button(opening, () => open(true));
    const run = button("run", go, true), stop = button("stop", () => halt(words.stopped), true);
    const back = button(cell.input ? "back" : "away", restore, true), download = button("download", save, true);
    const bar = element("progress", { max: 1, hidden: true, ariaLabel: words.loading });
    const count = element("span", { className: "live-count" }), said = element("span", { className: "live-said" });
    said.setAttribute("role", "status");
    cell.bar = element("div", { className: "live" }, edit, run, stop, back, download, bar, count, said);
    cell.open = () => open(true);
    cell.take = (code) => {
      open(true);
      field.value = code;
      field.oninput();
    };

    function open(focus) {
      if (!field) {
        const keys = element("small", { id: `live-keys-${cell.key}`, textContent: words.keys });
        field = element("textarea", { className: "live-code", value: cell.source, spellcheck: false, autocapitalize: "off", ariaLabel: words.code });
        field.setAttribute("aria-describedby", keys.id);
        field.setAttribute("autocorrect", "off");
        field.setAttribute("wrap", "off");
        field.oninput = () => {
          cell.source = field.value;
          kept.set(cell.key, cell.source === cell.written ? null : cell.source);
          fit();
        };
        field.onkeydown = typing;
        field.onblur = () => (field.leave = false);
        cell.bar.before(element("div", { className: "live-field" }, field, keys));
        if (cell.input) cell.input.hidden = true;
        edit.hidden = !(run.hidden = back.hidden = download.hidden = false);
        cell.twin?.toggleAttribute("hidden", true);
        fit();
      }
      if (focus) field.focus();
      if (focus && !worker) start(); // Python loads while the reader types
    }

    const fit = () => (field.rows = Math.min(30, Math.max(2, field.value.split("\n").length)));

    function typing(event) {
      if (event.isComposing) return;
      if (event.key === "Escape") field.leave = true;
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) {
        event.preventDefault();
        go();
      } else if (event.key === "Tab" && !field.leave && !event.ctrlKey && !event.altKey) {
        event.preventDefault();
        indent(field, event.shiftKey);
      } else if (event.key !== "Tab" && event.key !== "Shift") field.leave = false;
    }

    function restore() {
      for (const one of [cell, ...also]) put(one, null);
      also = [];
      kept.set(cell.key, null);
      cell.source = cell.written;
      field.closest(".live-field").remove();
      field = null;
      if (cell.input) cell.input.hidden = false;
      edit.hidden = !(run.hidden = back.hidden = download.hidden = true);
      cell.twin?.toggleAttribute("hidden", false);
      said.textContent = "";
      (cell.twin ?? edit).focus();
    }

    function go() {
      if (busy) return;
      if (!worker) start();
      [busy, since] = [{ hear, end }, performance.now()];
      run.hidden = back.hidden = download.hidden = !(stop.hidden = false);
      put(cell, "");
      const at = cell.at ?? cell.number;
      const sources = cells.map((one) => one.source).toSpliced(at, cell.input ? 1 : 0, cell.source);
      const shown = cell.input ? cells.filter((one) => one.number > at && one.stored).map((one) => one.number) : [];
      worker.postMessage({ sources, last: at, shown });
      hear({});
    }

    function say(sentence) {
      if (said.textContent !== sentence) said.textContent = sentence;
    }

    function hear({ above, text: printed, shown }) {
      bar.hidden = phase === "ready";
      count.textContent = phase === "loading" ? words.mb(Math.round(loaded / 1e6), Math.round(WEIGHT / 1e6)) : "";
      if (phase === "loading") bar.value = loaded / WEIGHT;
      else bar.removeAttribute("value");
      if (phase !== "ready") return say(words[phase]);
      if (printed) return print(printed);
      if (!shown) return say(above && above[0] < above[1] ? words.above(...above) : words.running);
      busy = null;
      if (shown.error) {
        cell.mine.append(complaint(shown.error, cell));
        return end(words.wrong);
      }
      const time = ((performance.now() - since) / 1000).toFixed(1);
      const other = cell.input && shown.number !== cell.number ? cells[shown.number] : null;
      put(cell, shown.html && !other ? shown.html : cell.stored && !other ? "" : null);
      if (other) put(other, shown.html);
      if (other && !also.includes(other)) also.push(other);
      end([words.done(time, shown.above), other ? words.below : shown.html ? "" : words.nothing].filter(Boolean).join(" "));
    }

    /** What a cell prints comes as it is printed; of a line that is written anew, as a bar is, the last state. */
    function print(printed) {
      const pre = cell.mine.querySelector("pre") ?? element("pre");
      if (!pre.isConnected) cell.mine.append(element("div", { className: "output stream" }, pre));
      pre.textContent = (pre.textContent + printed).replace(/[^\n]*\r(?!\n)/g, "");
    }

    function end(sentence) {
      run.hidden = back.hidden = download.hidden = !(stop.hidden = bar.hidden = true);
      count.textContent = "";
      say(sentence);
      if (cell.mine && !cell.mine.hasChildNodes()) put(cell, null);
    }

    async function save() {
      try {
        await notebook(cell);
      } catch {
        say(words.offline);
      }
    }

    cell.wake = () => cell.source !== cell.written && open(false); // with the reader's own version from last time
  }

  /** Indent the lines of the selection by four, or take that back; what is undone by the browser stays so. */
  function indent(field, less) {
    const { selectionStart: from, selectionEnd: to, value } = field;
    const insert = (words) => document.execCommand("insertText", false, words) || field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
    if (from === to && !less) return void insert("    ");
    const first = value.lastIndexOf("\n", from - 1) + 1;
    const lines = value.slice(first, to).replace(less ? /^ {1,4}/gm : /^(?=.)/gm, less ? "" : "    ");
    field.setSelectionRange(first, to);
    insert(lines);
    field.setSelectionRange(from === to ? Math.max(first, to + lines.length - (to - first)) : first, first + lines.length);
  }

  /** The page's notebook with what the reader wrote, as a file. */
  async function notebook(cell) {
    const link = document.querySelector("footer a[download]");
    const made = await (await fetch(link.href)).json();
    const codes = made.cells.filter((one) => one.cell_type === "code");
    for (const { number, source, written } of cells) {
      if (source !== written) Object.assign(codes[number], { source, outputs: [], execution_count: null });
    }
    for (const { at, source, key } of own.filter((one) => one.source).reverse()) {
      const place = at < codes.length ? made.cells.indexOf(codes[at]) : made.cells.length;
      made.cells.splice(place, 0, { cell_type: "code", id: `own-${key}`, metadata: {}, source, outputs: [], execution_count: null });
    }
    const url = URL.createObjectURL(new Blob([JSON.stringify(made, null, 1)], { type: "application/x-ipynb+json" }));
    element("a", { href: url, download: link.href.split("/").pop() }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  document.head.append(element("link", { rel: "stylesheet", href: near("page.css") }));
  for (const cell of cells) {
    cell.key = nameOf(cell.written);
    equip(cell, "edit");
    cell.input.after(cell.bar);
    cell.wake();
    const fold = cell.input.closest("details.fold.code");
    if (cell.stored && fold && fold === cell.input.parentElement.parentElement) {
      cell.twin = button("edit", () => unfold(cell)); // in view, beside the fold that hides the code
      fold.before(element("div", { className: "live-door" }, cell.twin));
    }
  }

  // On the page to play on the code of each section can be taken into the empty cell.
  if (text.matches(".play")) {
    const [, empty, ...beginnings] = cells;
    const choices = beginnings.map(({ input, written }) => {
      const title = input.closest("section").querySelector("h2").firstChild.textContent.trim();
      return element("button", { type: "button", textContent: title, onclick: () => empty.take(written) });
    });
    const row = element("div", { className: "live", role: "group", ariaLabel: words.begin }, `${words.begin}: `, ...choices);
    empty.bar.after(row);
  }

  // Below an exercise there is room for the reader's own: it knows all names from above, and gives none to the cells below.
  const own = [...text.querySelectorAll("div.exercise.admonition")].map((box) => {
    const at = inputs.findIndex((input) => box.compareDocumentPosition(input) & Node.DOCUMENT_POSITION_FOLLOWING);
    const key = box.id;
    const cell = { at: at < 0 ? inputs.length : at, key, written: "", source: kept.all()[key] ?? "", stored: null, mine: null };
    equip(cell, "own");
    box.append(cell.bar);
    cell.wake();
    return cell;
  });
})();
