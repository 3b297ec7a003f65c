// Filters on columns, of which a point has to pass all.

import { numbersOf } from "./column_values.js";

/**
 * Filters by the places of their columns: `{low, high, gaps}` of numbers, `{values}` of words (-1 for none),
 * `{words}` of texts that contain them. Never changed, only replaced.
 */
export const NO_FILTERS = Object.freeze({});

export function withFilter(filters, place, filter) {
  const { [place]: _, ...others } = filters;
  return Object.freeze(filter ? { ...others, [place]: Object.freeze(filter) } : others);
}

export class Filters {
  #for = NO_FILTERS;
  #columns = 0;
  // Of each filter, 1 for each point that fails it.
  #failed = new Map();

  constructor(points, store) {
    this.points = points;
    this.store = store;
    this.misses = new Uint16Array(points.n);
  }

  /** How many filters each point fails, and which points fail the one on a column, if there is one. */
  missed(place = -1) {
    this.#update();
    return [this.misses, this.#failed.get(place)];
  }

  #update() {
    const { filters, columns } = this.store.state;
    if (filters === this.#for && columns === this.#columns) return;
    const before = columns === this.#columns ? this.#for : NO_FILTERS;
    const places = new Set([...this.#failed.keys(), ...Object.keys(filters).map(Number)]);
    for (const place of places) if (before[place] !== filters[place]) this.#replace(place, filters[place]);
    this.#for = filters;
    this.#columns = columns;
  }

  #replace(place, filter) {
    const old = this.#failed.get(place);
    if (old) for (let point = 0; point < old.length; point++) this.misses[point] -= old[point];
    this.#failed.delete(place);
    if (!filter) return;
    const accepts = acceptor(this.points.columns[place], filter);
    const failed = Uint8Array.from({ length: this.points.n }, (_, point) => (accepts(point) ? 0 : 1));
    for (let point = 0; point < failed.length; point++) this.misses[point] += failed[point];
    this.#failed.set(place, failed);
  }
}

function acceptor(column, { low, high, gaps, values, words }) {
  if (values) {
    const accepted = new Set(values);
    return (point) => accepted.has(column.values[point]);
  }
  if (words !== undefined) {
    const wanted = words.toLowerCase();
    const has = (column.names ?? []).map((name) => name.toLowerCase().includes(wanted));
    return (point) => has[column.values[point]] ?? false;
  }
  const numbers = numbersOf(column);
  return (point) => (Number.isNaN(numbers[point]) ? gaps : numbers[point] >= low && numbers[point] <= high);
}

/** A filter as a part of an address. */
export function filterWritten({ low, high, gaps, values, words }) {
  if (values) return `values,${values.join(",")}`;
  if (words !== undefined) return `words,${words}`;
  return `range,${low},${high},${gaps ? 1 : 0}`;
}

/** The filter that such a part stands for, or null where it is none of this column. */
export function filterRead(text, column) {
  const [kind, ...parts] = text.split(",");
  if (kind === "words" && column.names) return { words: parts.join(",") };
  const numbers = parts.map(Number);
  if (numbers.some(Number.isNaN)) return null;
  if (kind === "values" && column.names) return { values: numbers };
  if (kind !== "range" || numbers.length !== 3 || numbersOf(column) === null) return null;
  return { low: numbers[0], high: numbers[1], gaps: numbers[2] === 1 };
}
