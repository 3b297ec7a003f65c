// The names that a person gave to samples: never changed, only replaced.

import { line } from "./dom.js";

export const NO_LABEL = -1;
const LONGEST = 100;
// What stands for no label in a file of labels.
const NOT_LABELS = ["", "-1"];

export class Labels {
  #counts = null;

  /**
   * `values` has a place in `names` for each point, or -1; `elsewhere` has the labels of samples that are not on
   * the maps, as objects of their row, their other cells and the place of their label.
   */
  constructor(names, values, elsewhere = []) {
    Object.assign(this, { names, values, elsewhere });
  }

  static none(n) {
    return new Labels([], new Int16Array(n).fill(NO_LABEL));
  }

  /** Labels as they are kept: names, rows, a place in the names for each row, and those of other samples. */
  static of(points, { names = [], rows = [], labels = [], elsewhere = [] } = {}) {
    // Names that look the same are one label.
    const cleaned = names.map((name) => wellFormed(name) ?? "?");
    const known = [...new Set(cleaned)];
    const placeOf = (label) => (label in cleaned ? known.indexOf(cleaned[label]) : NO_LABEL);
    const { values } = Labels.none(points.n);
    rows.forEach((row, i) => {
      const point = points.pointOf(row);
      if (point >= 0) values[point] = placeOf(labels[i]);
    });
    const others = elsewhere.map((one) => ({ ...one, label: placeOf(one.label) }));
    return new Labels(known, values, others.filter(({ label }) => label !== NO_LABEL));
  }

  /** The same as JSON can hold it; a name that nothing has any more is left out. */
  kept(points) {
    const used = this.names.map((_, label) => label).filter((label) => this.countWithAll(label) > 0);
    const places = new Map(used.map((label, place) => [label, place]));
    const named = [...this.values.keys()].filter((point) => this.values[point] !== NO_LABEL);
    return {
      names: used.map((label) => this.names[label]),
      rows: named.map((point) => points.rows[point]),
      labels: named.map((point) => places.get(this.values[point])),
      elsewhere: this.elsewhere.map((one) => ({ ...one, label: places.get(one.label) })),
    };
  }

  /** How many points have each label. */
  get counts() {
    if (this.#counts === null) {
      this.#counts = this.names.map(() => 0);
      for (const label of this.values) if (label !== NO_LABEL) this.#counts[label]++;
    }
    return this.#counts;
  }

  /** How many samples have a label, on the maps or not. */
  countWithAll(label) {
    return this.counts[label] + this.elsewhere.reduce((sum, one) => sum + (one.label === label), 0);
  }

  get size() {
    return this.counts.reduce((sum, count) => sum + count, 0) + this.elsewhere.length;
  }

  /** The labels that some sample has. */
  get used() {
    return this.names.map((_, label) => label).filter((label) => this.countWithAll(label) > 0);
  }

  /** Some points with a label, whatever they had before. */
  named(chosen, words) {
    const [names, label] = this.#withName(words);
    const values = this.values.slice();
    for (const point of chosen) values[point] = label;
    return new Labels(names, values, this.elsewhere);
  }

  /** Some points without any label. */
  without(chosen) {
    const values = this.values.slice();
    for (const point of chosen) values[point] = NO_LABEL;
    return new Labels(this.names, values, this.elsewhere);
  }

  /** A label under another name; together with the one that has this name already. */
  renamed(label, words) {
    const other = this.names.indexOf(words);
    if (other === label) return this;
    if (other >= 0) return this.#mapped((one) => (one === label ? other : one));
    return new Labels(this.names.map((name, place) => (place === label ? words : name)), this.values, this.elsewhere);
  }

  /** Nothing has this label any more. */
  removed(label) {
    return this.#mapped((one) => (one === label ? NO_LABEL : one));
  }

  /** Labels of others on top of these. */
  overlaid(other) {
    let found = this;
    other.names.forEach((words, label) => {
      const chosen = [...other.values.keys()].filter((point) => other.values[point] === label);
      if (other.countWithAll(label)) found = found.named(chosen, words);
    });
    const rows = new Set(other.elsewhere.map(({ row }) => row));
    const added = other.elsewhere.map((one) => ({ ...one, label: found.names.indexOf(other.names[one.label]) }));
    return new Labels(found.names, found.values, [...found.elsewhere.filter(({ row }) => !rows.has(row)), ...added]);
  }

  #mapped(change) {
    const elsewhere = this.elsewhere.map((one) => ({ ...one, label: change(one.label) }));
    return new Labels(this.names, this.values.map(change), elsewhere.filter(({ label }) => label !== NO_LABEL));
  }

  /** The names with one more, which takes the place, and so the color, of one that nothing has. */
  #withName(words) {
    const known = this.names.indexOf(words);
    if (known >= 0) return [this.names, known];
    const free = this.names.findIndex((_, label) => this.countWithAll(label) === 0);
    const label = free >= 0 ? free : this.names.length;
    const names = this.names.slice();
    names[label] = words;
    return [names, label];
  }
}

/** A name as labels have it, or null where these words are none. */
export function wellFormed(words) {
  const name = line(words, LONGEST);
  return NOT_LABELS.includes(name) ? null : name;
}
