// How often numbers fall between the edges of bins.

import { range } from "./cloud.js";

const MOST_BINS = 32;

/** Bins of equal width over finite numbers; of few whole numbers, one for each. */
export class Bins {
  constructor(numbers) {
    const finite = numbers.filter(Number.isFinite);
    const [low, high] = range(finite);
    const isWhole = high - low < MOST_BINS && finite.every(Number.isInteger);
    Object.assign(this, { isWhole, low: isWhole ? low - 0.5 : low });
    this.n = isWhole ? high - low + 1 : MOST_BINS;
    this.width = isWhole ? 1 : (high - low) / MOST_BINS || 1;
    this.hasGaps = finite.length < numbers.length;
    this.places = Int16Array.from(numbers, (number) => (Number.isFinite(number) ? this.of(number) : -1));
  }

  of(number) {
    return Math.min(this.n - 1, Math.max(0, Math.floor((number - this.low) / this.width)));
  }

  /** How many of the points with a 1 fall into each bin. */
  counts(mask) {
    const counts = new Uint32Array(this.n);
    for (let point = 0; point < this.places.length; point++) {
      if (mask[point] && this.places[point] >= 0) counts[this.places[point]]++;
    }
    return counts;
  }

  /** The numbers from one bin to another, without a border where there is nothing beyond. */
  between(first, last) {
    const rounded = (number) => (this.isWhole ? Math.round(number + 0.5) : Number(number.toPrecision(6)));
    return {
      low: first <= 0 ? -Infinity : rounded(this.low + first * this.width),
      high: last >= this.n - 1 ? Infinity : rounded(this.low + (last + 1) * this.width) - (this.isWhole ? 1 : 0),
    };
  }
}
