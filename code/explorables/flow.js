// Where a frame is too narrow for a picture its panels flow, as words do: letters keep their size. Continues explore_page.js.

/** Boxes [row, x, y, width, height] in lines that are at most so wide, a new one for each row: the size of the whole, and how
 * far each box moves. */
export const flowed = (boxes, most) => {
  const lines = [];
  let line = null;
  for (const [row, , , width, height] of boxes) {
    if (line?.row !== row || line.width + width > most) lines.push((line = { row, width: 0, height: 0, count: 0 }));
    line.width += width;
    line.height = Math.max(line.height, height);
    line.count += 1;
  }
  const width = Math.max(...lines.map((one) => one.width));
  const moves = [];
  let height = 0;
  for (const one of lines) {
    let left = (width - one.width) / 2;
    for (let k = 0; k < one.count; k++) {
      const [, x, y, wide] = boxes[moves.length];
      moves.push([left - x, height - y]);
      left += wide;
    }
    height += one.height;
  }
  return { width, height, moves };
};

/** Let the panels of a picture flow where it would be wider than so many pixels; without a number it is whole. */
function flow(svg, pixels = Infinity) {
  if (!svg.dataset.panels) return;
  svg.dataset.whole ??= svg.getAttribute("viewBox");
  const [, , width, height] = svg.dataset.whole.split(" ").map(Number);
  const put = (size) => {
    svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    for (const name of ["width", "height"]) svg.setAttribute(name, size[name] / 0.75);
    svg.style.setProperty("--part", size.width / width);
    for (const group of svg.querySelectorAll("[data-panel]")) {
      group.setAttribute("transform", `translate(${size.moves?.[group.dataset.panel] ?? 0})`);
    }
  };
  put({ width, height });
  const needed = parseFloat(getComputedStyle(svg).minWidth);
  if (needed > pixels) put(flowed(JSON.parse(svg.dataset.panels), (pixels * width) / needed));
}
