// What the cells of a column mean: numbers and days, which have an order, or words, which have none.

import { formatted } from "./numbers.js";

const DAY = 86_400_000;
const HAS_ORDER = ["number", "date"];
const known = new WeakMap();

/** The numbers of a column, NaN for gaps; null where its cells are words. Dates are days since 1970. */
export function numbersOf(column) {
  if (!column.names) return column.values;
  if (!column.meanings || !HAS_ORDER.includes(column.kind)) return null;
  if (!known.has(column)) {
    known.set(column, Float64Array.from(column.values, (place) => (place < 0 ? NaN : column.meanings[place])));
  }
  return known.get(column);
}

/** A number of a column as people read it. */
export function inWords(column, number) {
  if (column.kind === "date") return Number.isFinite(number) ? dateOf(number) : "–";
  return column.role === "row" ? String(number) : formatted(number);
}

/** Days since 1970 as 2026-11-30. */
export function dateOf(days) {
  return new Date(Math.round(days * DAY)).toISOString().slice(0, 10);
}

export function daysOf(date) {
  return Date.parse(date) / DAY;
}
