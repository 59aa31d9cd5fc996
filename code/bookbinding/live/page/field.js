// The field that a cell's code is edited in: Tab indents, Escape then Tab leaves it, Ctrl + Enter runs.
function field(name, code, { changed, run }) {
  const keys = element("small", { id: `live-keys-${name}`, textContent: words.keys });
  const area = element("textarea", {
    className: "live-code", value: code, spellcheck: false, autocapitalize: "off",
    "aria-label": words.code, "aria-describedby": keys.id,
  });
  area.setAttribute("autocorrect", "off");
  area.setAttribute("wrap", "off");
  const fit = () => (area.rows = Math.min(30, Math.max(2, area.value.split("\n").length)));
  let leaving = false;
  area.oninput = () => {
    fit();
    changed(area.value);
  };
  area.onblur = () => (leaving = false);
  area.onkeydown = (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") leaving = true;
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      run();
    } else if (event.key === "Tab" && !leaving && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      indent(area, event.shiftKey);
    } else if (event.key !== "Tab" && event.key !== "Shift") leaving = false;
  };
  fit();
  return { area, box: element("div", { className: "live-field" }, area, keys) };
}

/** Put a text in place of what is selected in a field; the browser's own undo takes it back. */
function insert(area, text) {
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input")); // as the command does by itself
}

/** Indent the lines of the selection by four, or take that back. */
function indent(area, less) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  if (from === to && !less) return void insert(area, "    ");
  const first = value.lastIndexOf("\n", from - 1) + 1;
  const lines = value.slice(first, to).replace(less ? /^ {1,4}/gm : /^(?=.)/gm, less ? "" : "    ");
  area.setSelectionRange(first, to);
  insert(area, lines);
  area.setSelectionRange(from === to ? Math.max(first, to + lines.length - (to - first)) : first, first + lines.length);
}
