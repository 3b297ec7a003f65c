// Everything that is known of the points, read once from the blocks.

import { Cloud } from "./cloud.js";
import { Codes } from "./codes.js";
import { short } from "./dom.js";
import { NamedColumns } from "./named_columns.js";
import { counted, formatted } from "./numbers.js";
import { Thumbnails } from "./thumbnails.js";

const PARTS = { train: "trained on", "held-out": "held out" };
const LONGEST_ID = 60;

export class Points {
  constructor(blocks) {
    const { head } = blocks;
    this.title = head.name;
    this.rows = blocks.array(head.rows);
    this.n = this.rows.length;
    this.nInData = head.n_samples;
    this.clouds = head.maps.map(({ name, places }) => new Cloud(name, blocks.columns(places)));
    this.codes = head.codes.map((description) => new Codes(description, blocks));
    this.kept = head.kept ?? {};
    this.fingerprint = head.fingerprint ?? "";
    this.named = new NamedColumns(this.n);
    this.columns = [
      ...head.columns.map((column) => ({ ...column, values: blocks.array(column.values), meanings: column.meanings && blocks.array(column.meanings) })),
      ...this.codes.flatMap(columnsOfCodes),
      ...this.named.columns,
    ];
    this.isTrainedOn = this.#trainedOn();
    this.hasBothParts = this.isTrainedOn.includes(0) && this.isTrainedOn.includes(1);
    this.sampleShape = head.sample_shape;
    this.featureNames = head.feature_names;
    this.tableColumns = head.table_columns ?? null;
    this.opening = head.opening;
    this.thumbnails = head.thumbnails ? new Thumbnails(head.thumbnails, blocks) : null;
  }

  /** How many are shown: "5,000 of 70,000 samples". */
  get counted() {
    const all = counted(this.nInData, "sample");
    return this.nInData > this.n ? `${formatted(this.n)} of ${all} shown` : all;
  }

  get isImages() {
    return this.sampleShape.length > 1;
  }

  /** The columns that have values: names that a person gives come later. */
  get filledColumns() {
    return this.columns.filter(({ isEmpty }) => !isEmpty);
  }

  /** The point of a row number, or -1. */
  pointOf(row) {
    this.byRow ??= new Map(Array.from(this.rows, (one, point) => [one, point]));
    return this.byRow.get(row) ?? -1;
  }

  /** What a sample is called in the data, or "". */
  id(point) {
    return this.#word("id", point);
  }

  /** The place of the first column of a role, or -1. */
  first(role) {
    return this.columns.findIndex((column) => column.role === role);
  }

  /** The label of a point, or "". */
  label(point) {
    return this.#word("label", point);
  }

  /** What a point is called: "row 1957 (customer-0042, held out)". */
  called(point) {
    const title = this.columns[this.first("row")]?.name ?? "row";
    const id = this.#word("id", point);
    const more = [id && short(id, LONGEST_ID), PARTS[this.#word("part", point)]].filter(Boolean);
    return `${title} ${this.rows[point]}${more.length ? ` (${more.join(", ")})` : ""}`;
  }

  /** The same at the beginning of a sentence. */
  titled(point) {
    const words = this.called(point);
    return words[0].toUpperCase() + words.slice(1);
  }

  /** 1 for every point that a model was trained on. */
  #trainedOn() {
    const column = this.columns[this.first("part")];
    const code = column ? column.names.indexOf("train") : -1;
    return Uint8Array.from({ length: this.n }, (_, point) => (code >= 0 && column.values[point] === code ? 1 : 0));
  }

  #word(role, point) {
    const column = this.columns[this.first(role)];
    return column?.names?.[column.values[point]] ?? "";
  }
}

function columnsOfCodes(codes, _, all) {
  const model = all.length > 1 ? `${codes.name}, ` : "";
  return codes.columns.map((values, number) => ({
    name: `${model}code_${number}`,
    role: "code",
    names: null,
    values,
  }));
}
