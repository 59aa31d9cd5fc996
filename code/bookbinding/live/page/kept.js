// What the reader wrote: in this browser, until it is thrown away.
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
