// The code under the cursor, and what it decodes to.

import { NEIGHBORS_OF_A_PLACE } from "./codes.js";
import { counted, percent } from "./numbers.js";

const STRIP = 9;
// Above so many numbers the nearest sample is looked for only when the code has come to rest.
const QUICK_SEARCH = 3_000_000;
const AT_REST_AFTER = 120;

export class Decoding {
  #listeners = [];
  #asked = false;
  #search = 0;

  constructor(explorer) {
    this.explorer = explorer;
    this.store = explorer.store;
    this.points = explorer.points;
    this.milliseconds = 0;
    this.failure = "";
    this.store.on(["code", "model"], () => this.ask());
  }

  get codes() {
    return this.points.codes[this.store.state.model];
  }

  get decoder() {
    return this.failure ? null : (this.codes?.decoder ?? null);
  }

  get hasImage() {
    return this.decoder !== null && this.points.isImages;
  }

  /** Why nothing is decoded, or "". */
  get whyNot() {
    if (this.points.codes.length === 0) return "This run has no codes to decode.";
    return this.failure || this.codes.whyNot;
  }

  /** Tell `listener` of every sample that is decoded. */
  onSample(listener) {
    this.#listeners.push(listener);
  }

  goTo(map, x, y) {
    const cloud = this.points.clouds[map];
    const words =
      `The code of this place of the map: a mean of the codes of the ${NEIGHBORS_OF_A_PLACE} nearest points, ` +
      "where a point counts by the inverse square of its distance.";
    this.store.set({ cursor: { map, x, y }, code: this.codes?.at(cloud, x, y) ?? null, words });
  }

  /** The code of one sample, with the cursor on it. */
  goToPoint(point) {
    const [map] = this.store.state.maps;
    const cloud = this.points.clouds[map];
    this.store.set({
      cursor: { map, x: cloud.x[point], y: cloud.y[point] },
      code: this.codes.of(point),
      words: `The code of ${this.points.called(point)}.`,
    });
  }

  slide(number, value) {
    const code = this.store.state.code.slice();
    code[number] = value;
    this.store.set({ code, cursor: null, words: "The code that the sliders show." });
  }

  mean() {
    this.store.set({ code: this.codes.mean(), cursor: null, words: "The mean of all codes." });
  }

  /** The code a share of the way from one point to another, on a straight line. */
  between(share) {
    const { point, end } = this.store.state;
    const ends = [point, end].map((one) => this.points.called(one));
    const words = `${percent(share)} of the way from ${ends[0]} to ${ends[1]}, on a straight line.`;
    this.store.set({ code: this.codeBetween(share), cursor: null, words });
  }

  codeBetween(share) {
    const { point, end } = this.store.state;
    const from = this.codes.of(point);
    const to = this.codes.of(end);
    return from.map((value, i) => value + share * (to[i] - value));
  }

  get shares() {
    return Array.from({ length: STRIP }, (_, i) => i / (STRIP - 1));
  }

  /** Decode at the next frame; of many requests the last one counts. */
  ask() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#decode();
    });
  }

  /** Decode one code; a fault of ours is said on the page and never a silent wrong picture. */
  sample(code) {
    const { decoder } = this;
    if (!decoder || !code) return null;
    try {
      return decoder.decode(code);
    } catch (error) {
      this.failure = `No live decoding here: ${error.message}.`;
      return null;
    }
  }

  #decode() {
    const { code } = this.store.state;
    const started = performance.now();
    const sample = this.sample(code);
    if (sample) {
      const took = performance.now() - started;
      this.milliseconds += (this.milliseconds ? 0.2 : 1) * (took - this.milliseconds);
    }
    for (const listener of this.#listeners) listener(sample);
    if (!code) return;
    clearTimeout(this.#search);
    const find = () => this.store.set({ nearest: this.codes.nearest(code, 1)[0] });
    if (this.points.n * code.length < QUICK_SEARCH) find();
    else this.#search = setTimeout(find, AT_REST_AFTER);
  }

  /** How fast this decoder is here, in words. */
  get speed() {
    const each = this.milliseconds;
    if (!each) return "";
    const time = each < 10 ? each.toFixed(1) : Math.round(each);
    const { precision, error } = this.decoder;
    const rounding = `Weights travel as ${precision}, which changes a value by ${(255 * error).toFixed(2)}/255 on average.`;
    return `Decoded here in ${time} ms. ${rounding}`;
  }

  get ranking() {
    return this.codes.bySpread;
  }

  get title() {
    return counted(this.codes.numbers, "number");
  }
}
