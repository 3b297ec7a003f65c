// Columns that are filled while the page is open: the names that a person gives, and the classes learned from them.

import { NO_LABEL } from "./labels.js";

export class NamedColumns {
  constructor(n) {
    const nothing = () => ({ names: [], values: new Int16Array(n).fill(NO_LABEL), isEmpty: true });
    this.given = { name: "your label", role: "given", ...nothing() };
    this.learned = { name: "learned class", role: "learned", ...nothing() };
    this.certainty = { name: "certainty", role: "certainty", names: null, values: new Float32Array(n).fill(NaN), isEmpty: true };
    this.n = n;
  }

  /** All of them; each stays the same object, whose values change. */
  get columns() {
    return [this.given, this.learned, this.certainty];
  }

  showLabels({ names, values, counts }) {
    Object.assign(this.given, { names, values, isEmpty: counts.every((count) => count === 0) });
  }

  /** Classes, and how far each is ahead of the next one; the color is the stronger, the more of the others that beats. */
  showLessons(lessons) {
    const isEmpty = !lessons?.names.length;
    const nothing = new NamedColumns(this.n);
    const values = isEmpty ? nothing.learned.values : Int16Array.from(lessons.values);
    const margin = isEmpty ? nothing.certainty.values : Float32Array.from(lessons.margin, (one) => one ?? NaN);
    Object.assign(this.learned, { names: isEmpty ? [] : lessons.names, values, isEmpty, strength: isEmpty ? null : ranks(margin) });
    Object.assign(this.certainty, { values: margin, isEmpty });
  }
}

/** The share of numbers that are not larger than each one; 0 for none. */
function ranks(values) {
  const sorted = values.filter(Number.isFinite).sort();
  return values.map((value) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low / Math.max(1, sorted.length);
  });
}
