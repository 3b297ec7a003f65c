// A decoded sample on the screen: a picture, or the values of a table.

import { element, name } from "./dom.js";
import { clamp } from "./numbers.js";
import { titlesOf, valuesOf } from "./table_columns.js";

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
  constructor({ tableColumns, featureNames }, nFeatures) {
    this.columns = tableColumns;
    const titles = titlesOf(tableColumns, featureNames, nFeatures);
    this.rows = titles.slice(0, MOST_VALUES).map((title) => {
      const bar = element("span", { class: "bar" });
      const value = element("td", { class: "number" });
      const row = element("tr", {}, element("th", { scope: "row" }, name(title, 24)), value, element("td", { class: "bars" }, bar));
      return { row, bar, value };
    });
    const said = `The first ${MOST_VALUES} of ${titles.length} values.`;
    const more = titles.length > MOST_VALUES ? element("p", { class: "quiet" }, said) : null;
    const body = element("tbody", {}, ...this.rows.map(({ row }) => row));
    this.element = element("div", {}, element("table", { class: "values" }, body), more);
  }

  /** `values` are in the user's units; `scaled` say how far a bar goes, in deviations from the middle. */
  fill(values, scaled, isBounded) {
    const shown = valuesOf(this.columns, values, scaled, isBounded);
    this.rows.forEach(({ bar, value }, i) => {
      const { words, share, isBounded: isFromZero } = shown[i];
      value.textContent = words;
      const from = isFromZero ? 0 : Math.min(0.5, share);
      bar.style.left = `${100 * from}%`;
      bar.style.width = `${Math.max(1, 100 * (isFromZero ? share : Math.abs(share - 0.5)))}%`;
    });
  }
}
