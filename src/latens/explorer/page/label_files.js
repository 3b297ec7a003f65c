// labels.csv: written with the columns that every table of latens begins with, and read back by them.

import { asTable, plain, rowsOf } from "./csv.js";
import { short } from "./dom.js";
import { valueOf } from "./exporting.js";
import { Labels, NO_LABEL, wellFormed } from "./labels.js";
import { counted } from "./numbers.js";

const ROLES = ["row", "id", "part"];
const NAMES = ["file", "id", "item", "filename", "image", "path", "name"];
const LABELS = ["label", "class", "target", "y"];

/** The labels as the text of a file, label by label. */
export function asLabelFile(points, labels) {
  const columns = ROLES.map((role) => points.columns[points.first(role)]).filter(Boolean);
  const titles = columns.map(({ name }) => name);
  const chosen = [...labels.values.keys()].filter((point) => labels.values[point] !== NO_LABEL);
  const lines = [
    ...chosen.map((point) => ({ label: labels.values[point], cells: columns.map((column) => valueOf(column, point)) })),
    ...labels.elsewhere.map((one) => ({ label: one.label, cells: titles.map((title) => one[title] ?? null) })),
  ];
  lines.sort((a, b) => a.label - b.label || a.cells[0] - b.cells[0]);
  return asTable([[...titles, "label"], ...lines.map(({ label, cells }) => [...cells, labels.names[label]])]);
}

/**
 * The labels of a file, and what is to be said about them; an error names the line that fits no sample.
 *
 * Samples are known by the column "row", whose names must be those of our samples, or by their names. Of two
 * labels of one sample the last one counts.
 */
export function readLabelFile(points, text) {
  const rows = rowsOf(text);
  if (rows.length === 0) throw new Error("This file is empty.");
  const headings = rows[0].cells.map((cell) => cell.toLowerCase());
  const place = (names) => names.map((name) => headings.indexOf(name)).find((at) => at >= 0) ?? -1;
  const at = { row: headings.indexOf("row"), name: place(NAMES), label: place(LABELS) };
  if (at.label < 0 || (at.row < 0 && at.name < 0)) {
    throw new Error("The first line must have the columns row, file or id, and label.");
  }
  const reading = new Reading(points);
  for (const { line, cells } of rows.slice(1)) {
    const label = wellFormed(plain(cells[at.label] ?? ""));
    if (label !== null) reading.take(`Line ${line}`, cells, at, headings, label);
  }
  return reading.result();
}

class Reading {
  #again = 0;

  constructor(points) {
    this.points = points;
    this.byPoint = new Map();
    this.elsewhere = new Map();
    this.ids = points.columns[points.first("id")];
    this.rowName = points.columns[points.first("row")]?.name ?? "row";
  }

  take(where, cells, at, headings, label) {
    const name = at.name < 0 ? "" : plain(cells[at.name] ?? "");
    if (at.row < 0) this.#keep(this.byPoint, this.#called(where, name), label);
    else {
      if (!/^\d{1,15}$/.test(cells[at.row] ?? "")) throw new Error(`${where}: “${short(cells[at.row] ?? "")}” is no row number.`);
      const row = Number(cells[at.row]);
      const point = this.points.pointOf(row);
      if (point >= 0) this.#check(where, point, name);
      if (point >= 0) this.#keep(this.byPoint, point, label);
      else this.#keep(this.elsewhere, row, label, Object.fromEntries(headings.map((title, i) => [title, plain(cells[i] ?? "")])));
    }
  }

  /** The point of a name. */
  #called(where, name) {
    this.names ??= new Map(Array.from({ length: this.points.n }, (_, point) => [this.points.id(point).trim(), point]));
    const point = name ? this.names.get(name) : undefined;
    if (point === undefined) throw new Error(`${where}: no sample here is called “${short(name)}”. Give its row in a column “row”.`);
    return point;
  }

  #check(where, point, name) {
    const known = this.points.id(point).trim();
    if (!this.ids || !name || name === known) return;
    throw new Error(
      `${where}: row ${this.points.rows[point]} is “${short(known)}” here, and the file calls it “${short(name)}”: its labels are of ` +
        "other data. Open them there, or remove the column “row” to go by names.",
    );
  }

  #keep(known, key, label, cells = {}) {
    if (known.has(key) && known.get(key).label !== label) this.#again++;
    known.set(key, { label, cells });
  }

  result() {
    const names = [...new Set([...this.byPoint.values(), ...this.elsewhere.values()].map(({ label }) => label))];
    const places = new Map(names.map((name, at) => [name, at]));
    const labels = Labels.none(this.points.n);
    for (const [point, { label }] of this.byPoint) labels.values[point] = places.get(label);
    const elsewhere = [...this.elsewhere].map(([row, { label, cells }]) => ({ ...cells, row, label: places.get(label) }));
    const words = [];
    if (elsewhere.length) words.push(`${counted(elsewhere.length, "label")} of samples that are not on this map ${elsewhere.length === 1 ? "is" : "are"} kept`);
    if (this.#again) words.push(`${counted(this.#again, "sample")} had two labels, of which the last one counts`);
    return { labels: new Labels(names, labels.values, elsewhere), words };
  }
}
