// A selection as a file: the row number, the name and the part of each sample first.

import { asTable } from "./csv.js";

const MINUS_ONE_IS_NONE = -1;

/** All that is known of some points: an array of objects, one for each. */
export function records(points, chosen) {
  const columns = points.filledColumns;
  const titles = uniqueTitles(columns);
  return Array.from(chosen, (point) =>
    Object.fromEntries(columns.map((column, place) => [titles[place], valueOf(column, point)])),
  );
}

export function valueOf({ names, values }, point) {
  const value = values[point];
  if (names) return value === MINUS_ONE_IS_NONE ? null : names[value];
  return Number.isFinite(value) ? value : null;
}

export function asJson(points, chosen) {
  return JSON.stringify({ data: points.title, rows: records(points, chosen) }, null, 1) + "\n";
}

export function asCsv(points, chosen) {
  const titles = uniqueTitles(points.filledColumns);
  return asTable([titles, ...records(points, chosen).map((record) => titles.map((title) => record[title]))]);
}

function uniqueTitles(columns) {
  const seen = new Map();
  return columns.map(({ name }) => {
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return times ? `${name} (${times + 1})` : name;
  });
}

export function download(filename, words, type) {
  const url = URL.createObjectURL(new Blob([words], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
