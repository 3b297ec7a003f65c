// Everything that is known of the points, read once from the blocks.

import { Cloud } from "./cloud.js";
import { Codes } from "./codes.js";
import { short } from "./dom.js";
import { Thumbnails } from "./thumbnails.js";

const PARTS = { train: "trained on", "held-out": "held out" };
const LONGEST_ID = 60;

export class Points {
  constructor(blocks) {
    const { head } = blocks;
    this.title = head.name;
    this.rows = blocks.array(head.rows);
    this.n = this.rows.length;
    this.clouds = head.maps.map(({ name, places }) => new Cloud(name, blocks.columns(places)));
    this.codes = head.codes.map((description) => new Codes(description, blocks));
    this.columns = [
      ...head.columns.map((column) => ({ ...column, values: blocks.array(column.values) })),
      ...this.codes.flatMap(columnsOfCodes),
    ];
    this.isTrainedOn = this.#trainedOn();
    this.hasBothParts = this.isTrainedOn.includes(0) && this.isTrainedOn.includes(1);
    this.sampleShape = head.sample_shape;
    this.featureNames = head.feature_names;
    this.opening = head.opening;
    this.thumbnails = head.thumbnails ? new Thumbnails(head.thumbnails, blocks) : null;
  }

  get isImages() {
    return this.sampleShape.length > 1;
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
    name: `${model}code ${number + 1}`,
    role: "code",
    names: null,
    values,
  }));
}
