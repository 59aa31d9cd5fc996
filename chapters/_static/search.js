// The page of the search: looks the words of the address (?q=forget+bias) up in SECTIONS, best first, by all NAMES of a thing.

const HAN = /[\u3400-\u9fff]/;

// A run of Chinese characters is all its characters and all pairs of neighbours: no dictionary decides where a word ends.
const words = (text) =>
  (text.match(/[\u3400-\u9fff]+|(?:(?![\u3400-\u9fff])[\p{L}\p{N}_])+/gu) ?? []).flatMap((run) => {
    if (!HAN.test(run)) return [run];
    const characters = [...run];
    return [...characters, ...characters.slice(1).map((second, k) => characters[k] + second)];
  });

// What is asked for: of Chinese the pairs alone, where there are any.
const asked = (text) => {
  const all = words(text);
  return all.filter((word) => !HAN.test(word) || word.length > 1 || !all.some((other) => other.length > 1 && other.includes(word)));
};

const plain = (word) => word.toLowerCase().replace(/([a-z]{2}[a-rt-z])s$/, "$1");

// A title that says it outweighs a text that says it, and both outweigh the words apart; a name in code comes last.
function boost({ title, text, code }, phrase) {
  const says = (part) => part.toLowerCase().includes(phrase);
  return says(title) ? 8 : says(text) ? 4 : says(code) ? 0.5 : 1;
}

// The query in other words: with each other name of what it names, the longest name in it counts. BPTT is no part of a longer word.
function phrasings(query) {
  const low = query.toLowerCase();
  const whole = (name) => new RegExp(`(?:^|[^a-z])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![a-z])`).test(low);
  const within = NAMES.flatMap((row) => row.map((name) => [name.toLowerCase(), row])).filter(([name]) => whole(name));
  const longest = Math.max(...within.map(([name]) => name.length));
  const others = within.filter(([name]) => name.length === longest && (longest > 1 || name === low));
  return [query, ...others.flatMap(([name, row]) => row.filter((other) => other.toLowerCase() !== name).map((other) => low.replace(name, other)))];
}

function search(query) {
  const index = new MiniSearch({
    fields: ["title", "text", "code"],
    idField: "id",
    storeFields: ["page", "at", "title", "text", "code"],
    tokenize: words,
    processTerm: plain,
  });
  index.addAll(SECTIONS.map((section, id) => ({ ...section, id })));
  const best = new Map();
  for (const said of phrasings(query)) {
    const found = index.search(said, {
      tokenize: asked,
      combineWith: "AND",
      prefix: (word) => word.length > 2,
      boost: { title: 6, text: 2, code: 0.2 },
      boostDocument: (id, term, section) => boost(section, said.toLowerCase()),
    });
    for (const hit of found) {
      const title = hit.title.toLowerCase();
      const titled = asked(said).every((word) => title.includes(plain(word))) ? (hit.at ? 1 : 2) : 0; // a page's title, a section's
      const score = titled + hit.score / found[0].score / (said === query ? 1 : 2); // then the reader's own word
      if (!(best.get(hit.id)?.score >= score)) best.set(hit.id, { ...hit, said, score });
    }
  }
  return [...best.values()].sort((one, other) => other.score - one.score);
}

// About thirty words around the place where most of what is asked for stands together.
function excerpt(text, query) {
  const terms = [query, ...asked(query)].map((term) => term.toLowerCase());
  const low = text.toLowerCase();
  const places = terms.flatMap((term) => {
    const at = [];
    for (let k = low.indexOf(term); k >= 0; k = low.indexOf(term, k + 1)) at.push(k);
    return at;
  });
  const weight = (place) => terms.filter((term, k) => low.slice(place - 40, place + 160).includes(term)).length + low.startsWith(terms[0], place) * 9;
  const best = places.reduce((one, other) => (weight(other) > weight(one) ? other : one), places[0] ?? 0);
  const before = text.lastIndexOf(" ", Math.max(0, best - 60));
  const start = best < 70 ? 0 : HAN.test(text) ? best - 30 : before + 1;
  const piece = text.slice(start, start + (HAN.test(text) ? 110 : 220)).replace(/\s\S*$/, "");
  return `${start ? "… " : ""}${piece}${start + piece.length < text.length ? " …" : ""}`;
}

// The text with what was asked for in <mark>.
function marked(text, query) {
  const terms = [query, ...asked(query)].sort((one, other) => other.length - one.length);
  const pattern = new RegExp(terms.map((term) => term.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("|"), "giu");
  const span = document.createElement("span");
  let done = 0;
  for (const { 0: found, index } of text.matchAll(pattern)) {
    span.append(text.slice(done, index), Object.assign(document.createElement("mark"), { textContent: found }));
    done = index + found.length;
  }
  span.append(text.slice(done));
  return span;
}

function item({ page, at, title, text, code, said: query }, titles) {
  const link = Object.assign(document.createElement("a"), { href: `${page}.html${at && `#${at}`}` });
  link.append(marked(title, query));
  link.addEventListener("click", () => {
    try { localStorage.setItem("sphinx_highlight_terms", asked(query).join(" ").toLowerCase()); } catch { /* not marked, then */ }
  });
  const line = document.createElement("li");
  line.append(link);
  if (at) line.append(Object.assign(document.createElement("small"), { textContent: titles[page] }));
  const says = (part) => asked(query).some((word) => part.toLowerCase().includes(word.toLowerCase()));
  const part = says(title) || says(text) || !says(code) ? text : code;
  const summary = Object.assign(document.createElement("p"), { className: "search-summary" });
  summary.append(marked(excerpt(part, query), query));
  if (part) line.append(summary);
  return line;
}

document.addEventListener("DOMContentLoaded", () => {
  const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
  const box = document.getElementById("search-results");
  document.querySelector("input[type=search]").value = query;
  const titles = Object.fromEntries(SECTIONS.filter(({ at }) => !at).map(({ page, title }) => [page, title]));
  const found = query ? search(query) : [];
  const list = Object.assign(document.createElement("ul"), { className: "search" });
  list.append(...found.slice(0, 50).map((section) => item(section, titles)));
  box.querySelector("p").textContent = found.length ? box.dataset.some.replace("{}", found.length) : box.dataset.none;
  if (found.length) box.append(list);
});
