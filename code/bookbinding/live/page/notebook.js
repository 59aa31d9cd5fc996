// The page's notebook with what the reader wrote, as a file.
async function notebook() {
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
