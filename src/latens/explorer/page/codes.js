// The codes of one model: distances between them, and means of them.

import { Decoder } from "./decode/decoder.js";
import { range } from "./cloud.js";

export class Codes {
  constructor(description, blocks) {
    this.name = description.name;
    this.numbers = description.numbers;
    this.whyNot = description.why_not;
    this.columns = blocks.columns(description.values);
    this.n = this.columns[0].length;
    this.ranges = this.columns.map(range);
    // By how much they vary, so that the numbers that matter come first.
    this.bySpread = this.columns.map((_, number) => number).sort((a, b) => this.#spread(b) - this.#spread(a));
    this.decoder = description.decoder ? new Decoder(description.decoder, blocks) : null;
  }

  of(point) {
    return Float32Array.from(this.columns, (column) => column[point]);
  }

  mean() {
    return Float32Array.from(this.columns, (column) => column.reduce((sum, value) => sum + value, 0) / this.n);
  }

  /** The code at a place of a map: a mean of those of its nearest points, nearer ones counting more. */
  at(cloud, x, y) {
    const near = cloud.nearest(x, y, NEIGHBORS_OF_A_PLACE);
    const weights = near.map(({ distance }) => 1 / (distance * distance + 1e-12));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return Float32Array.from(this.columns, (column) =>
      near.reduce((sum, { point }, at) => sum + (weights[at] / total) * column[point], 0),
    );
  }

  /** The `k` points whose codes are nearest to a code, exactly; `without` is left out. */
  nearest(code, k, without = -1) {
    const squares = new Float64Array(this.n);
    this.columns.forEach((column, number) => {
      const value = code[number];
      for (let i = 0; i < this.n; i++) squares[i] += (column[i] - value) ** 2;
    });
    const found = [];
    for (let i = 0; i < this.n; i++) {
      if (i === without || (found.length === k && squares[i] >= squares[found[k - 1]])) continue;
      let at = found.length;
      while (at > 0 && squares[found[at - 1]] > squares[i]) at--;
      found.splice(at, 0, i);
      if (found.length > k) found.pop();
    }
    return found.map((point) => ({ point, distance: Math.sqrt(squares[point]) }));
  }

  #spread(number) {
    const column = this.columns[number];
    const mean = column.reduce((sum, value) => sum + value, 0) / this.n;
    return column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / this.n;
  }
}

export const NEIGHBORS_OF_A_PLACE = 8;
