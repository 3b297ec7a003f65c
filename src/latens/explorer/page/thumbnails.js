// Small pictures of the samples, cut from sheets.

import { element } from "./dom.js";

export class Thumbnails {
  constructor(description, blocks) {
    this.width = description.width;
    this.height = description.height;
    this.perRow = description.per_row;
    this.perSheet = description.per_sheet;
    this.type = description.type;
    this.files = description.files.map((block) => blocks.array(block));
    this.sheets = [];
  }

  async load() {
    for (const file of this.files) {
      this.sheets.push(await createImageBitmap(new Blob([file], { type: this.type })));
    }
  }

  /** Draw one, if its sheet is there already. */
  draw(context, point, x, y, width, height) {
    const sheet = this.sheets[Math.floor(point / this.perSheet)];
    if (!sheet) return;
    const place = point % this.perSheet;
    const left = (place % this.perRow) * this.width;
    const top = Math.floor(place / this.perRow) * this.height;
    context.drawImage(sheet, left, top, this.width, this.height, x, y, width, height);
  }

  /** A canvas with one of them; the style sheet says how large it is shown. */
  canvas(point, words = "") {
    const { width, height } = this;
    const canvas = element("canvas", { width, height, ...described(words) });
    this.draw(canvas.getContext("2d"), point, 0, 0, width, height);
    return canvas;
  }
}

/** Attributes that say what a picture shows, or that it adds nothing to the words beside it. */
export function described(words) {
  return words ? { role: "img", "aria-label": words } : { "aria-hidden": "true" };
}
