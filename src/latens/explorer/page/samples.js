// A decoded sample on the screen: a picture, or the values of a table.

import { element, name } from "./dom.js";
import { clamp, formatted } from "./numbers.js";

/** Draw a sample in scaled units, channels first, where 0 is black and 1 is white. */
export function drawSample(canvas, { data, shape: [channels, height, width] }) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const image = new ImageData(width, height);
  const pixels = width * height;
  for (let i = 0; i < pixels; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const from = channels >= 3 ? channel : 0;
      image.data[4 * i + channel] = Math.round(255 * clamp(data[from * pixels + i], 0, 1));
    }
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// More rows than this say nothing to people, and cost a frame.
const MOST_VALUES = 100;

/** A table with a bar for each value, made once and filled again and again. */
export class ValueTable {
  constructor(names, n) {
    this.rows = Array.from({ length: Math.min(n, MOST_VALUES) }, (_, i) => {
      const bar = element("span", { class: "bar" });
      const value = element("td", { class: "number" });
      const title = names?.[i] ?? `column ${i}`;
      const row = element("tr", {}, element("th", { scope: "row" }, name(title, 24)), value, element("td", { class: "bars" }, bar));
      return { row, bar, value };
    });
    const more = n > MOST_VALUES ? element("p", { class: "quiet" }, `The first ${MOST_VALUES} of ${n} values.`) : null;
    const body = element("tbody", {}, ...this.rows.map(({ row }) => row));
    this.element = element("div", {}, element("table", { class: "values" }, body), more);
  }

  /** `values` are in the user's units; `scaled` say how far a bar goes, in deviations from the middle. */
  fill(values, scaled, isBounded) {
    this.rows.forEach(({ bar, value }, i) => {
      value.textContent = formatted(values[i]);
      const share = clamp(isBounded ? scaled[i] : 0.5 + scaled[i] / 6, 0, 1);
      const from = isBounded ? 0 : Math.min(0.5, share);
      bar.style.left = `${100 * from}%`;
      bar.style.width = `${Math.max(1, 100 * (isBounded ? share : Math.abs(share - 0.5)))}%`;
    });
  }
}
