// A selection as a file: the row number, the name and the part of each sample first.

const MINUS_ONE_IS_NONE = -1;

/** All that is known of some points: an array of objects, one for each. */
export function records(points, chosen) {
  const titles = uniqueTitles(points.columns);
  return Array.from(chosen, (point) =>
    Object.fromEntries(points.columns.map((column, place) => [titles[place], valueOf(column, point)])),
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
  const titles = uniqueTitles(points.columns);
  const lines = [titles, ...records(points, chosen).map((record) => titles.map((title) => record[title]))];
  return lines.map((cells) => cells.map(cell).join(",")).join("\r\n") + "\r\n";
}

// The same two as in _csv.py: what spreadsheets compute, and numbers, which they may.
const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Words that a spreadsheet would take for a formula get an apostrophe in front. */
function cell(value) {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const words = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words;
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
