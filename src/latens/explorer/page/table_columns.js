// Decoded features in the columns of the user: a level with its probability, a date, a number of as many decimals.

import { clamp, formatted, percent } from "./numbers.js";

const DAY = 86_400;

/** How many rows a table of decoded values has, and what each is called. */
export function titlesOf(columns, featureNames, n) {
  if (columns) return columns.map(({ name }) => name);
  return Array.from({ length: n }, (_, i) => featureNames?.[i] ?? `column ${i}`);
}

/** For each row the words of its value, and how far its bar goes: {words, share, isBounded}. */
export function valuesOf(columns, values, scaled, isBounded) {
  if (columns) return columns.map((column) => cell(column, values, scaled));
  return Array.from(values, (value, i) => ({ words: formatted(value), share: shareOf(scaled[i], isBounded), isBounded }));
}

function shareOf(scaled, isBounded) {
  return clamp(isBounded ? scaled : 0.5 + scaled / 6, 0, 1);
}

function cell(column, values, scaled) {
  const { gap } = column;
  if (gap !== null && values[gap] > 0.5) return { words: `missing, ${percent(values[gap])}`, share: 0, isBounded: true };
  if (column.kind === "number") {
    return { words: wordsOf(column, values[column.start]), share: shareOf(scaled[column.start], false), isBounded: false };
  }
  const shares = values.slice(column.start, column.stop);
  if (column.kind === "truth") return likely(shares[0] >= 0.5 ? "yes" : "no", Math.max(shares[0], 1 - shares[0]));
  const most = shares.indexOf(Math.max(...shares));
  return likely(column.levels[most], shares[most]);
}

function likely(level, probability) {
  const share = clamp(probability, 0, 1);
  return { words: `${level}, ${percent(share)}`, share, isBounded: true };
}

function wordsOf(column, value) {
  if (column.order) return column.order[clamp(Math.round(value), 0, column.order.length - 1)];
  const inside = clamp(value, column.low, column.high);
  if (column.step !== undefined) return dateOf(inside, column.step);
  return column.decimals === null ? formatted(inside) : inside.toFixed(column.decimals);
}

function dateOf(days, step) {
  const seconds = Math.round((days * DAY) / step) * step;
  const date = new Date(1000 * seconds);
  if (Number.isNaN(date.getTime())) return formatted(days);
  const words = date.toISOString();
  return step >= DAY ? words.slice(0, 10) : words.slice(0, 19).replace("T", " ");
}
