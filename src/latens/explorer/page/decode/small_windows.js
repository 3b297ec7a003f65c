// Convolutions by windows of 3x3, four rows and four columns of the result at a time: from sums of the six rows and
// columns that these see, and of the weights, with 36 multiplications instead of 144.
// Lavin and Gray (2016), Fast algorithms for convolutional neural networks. arXiv:1509.09308, section 4.3.

import { multiply } from "./products.js";

const MADE = 4;
const SEEN = 6;
const PLACES = SEEN * SEEN;
// In a map that was made twice as large, the values that a band sees from above are a, b, b, c, c, d. Their third sum
// is then 4b - 4b - c + c, and all products with it are 0, which leaves 25 of 36.
const NOTHING_IF_DOUBLED = 2;
// The sums of weights take four times the memory of the weights, so those of large layers are not made.
const MOST_KERNELS = 128 * 1024;

/** Whether a convolution can be computed so. */
export function hasSmallWindows({ kernel, stride, dilation, groups, weightShape: [outChannels, inChannels] }) {
  const is = (sides, value) => sides.every((side) => side === value);
  return is(kernel, 3) && is([...stride, ...dilation, groups], 1) && outChannels * inChannels <= MOST_KERNELS;
}

export function smallWindowConv2d({ padding, weightShape: [outChannels, inChannels] }, { weight, bias }) {
  let kernels = null;
  return ({ data, shape: [, height, width], isDoubled }) => {
    kernels ??= sumsOfWeights(weight);
    const places = placesOf(isDoubled && padding.every((side) => side === 1));
    const shape = [outChannels, height + 2 * padding[0] - 2, width + 2 * padding[1] - 2];
    const out = new Float32Array(shape[0] * shape[1] * shape[2]);
    const band = new Band([inChannels, height, width], padding, shape);
    for (let top = 0; top < shape[1]; top += MADE) {
      band.read(data, top);
      band.multiply(kernels, places);
      band.write(out, top, bias);
    }
    return { data: out, shape };
  };
}

/** The products that are not 0. */
function placesOf(isDoubled) {
  const all = Array.from({ length: PLACES }, (_, place) => place);
  const isNothing = (place) => [place % SEEN, Math.floor(place / SEEN)].includes(NOTHING_IF_DOUBLED);
  return isDoubled ? all.filter((place) => !isNothing(place)) : all;
}

/** Four rows of the result, and what they are made of. */
class Band {
  constructor(from, padding, to) {
    Object.assign(this, { from, padding, to });
    this.tiles = Math.ceil(to[2] / MADE);
    this.width = MADE * this.tiles + 2;
    this.rows = new Float32Array(SEEN * this.width);
    this.seen = new Float32Array(PLACES * this.tiles * from[0]);
    this.products = new Float32Array(PLACES * this.tiles * to[0]);
    this.tile = new Float32Array(MADE * SEEN);
    this.made = new Float32Array(MADE * MADE * this.tiles);
  }

  read(data, top) {
    const { rows, seen, tiles, width, from: [channels] } = this;
    for (let c = 0; c < channels; c++) {
      this.#copyRows(data, c, top);
      for (let x = 0; x < width; x++) seeSix(rows, x, width, rows, x, width);
      for (let row = 0; row < SEEN; row++) {
        for (let tile = 0; tile < tiles; tile++) {
          const to = (row * SEEN * tiles + tile) * channels + c;
          seeSix(rows, row * width + MADE * tile, 1, seen, to, tiles * channels);
        }
      }
    }
  }

  /** Six rows of a channel, with zeros where the map ends. */
  #copyRows(data, channel, top) {
    const { rows, width: newWidth, padding, from: [, height, width] } = this;
    rows.fill(0);
    for (let row = 0; row < SEEN; row++) {
      const y = top + row - padding[0];
      if (y < 0 || y >= height) continue;
      const start = (channel * height + y) * width;
      const n = Math.min(width, newWidth - padding[1]);
      rows.set(data.subarray(start, start + n), row * newWidth + padding[1]);
    }
  }

  multiply(kernels, places) {
    const { products, seen, tiles, from: [depth], to: [rows] } = this;
    for (const place of places) {
      const starts = [place * rows * tiles, place * rows * depth, place * tiles * depth];
      multiply(products, kernels, seen, { rows, columns: tiles, depth }, starts);
    }
  }

  write(out, top, bias) {
    const { products, tiles, tile, made, to: [channels, height, width] } = this;
    for (let o = 0; o < channels; o++) {
      for (let t = 0; t < tiles; t++) {
        const step = channels * tiles;
        for (let x = 0; x < SEEN; x++) makeFour(products, x * step + o * tiles + t, SEEN * step, tile, x, SEEN);
        for (let y = 0; y < MADE; y++) makeFour(tile, y * SEEN, 1, made, (y * tiles + t) * MADE, 1);
      }
      if (bias) for (let i = 0; i < made.length; i++) made[i] += bias[o];
      for (let y = 0; y < Math.min(MADE, height - top); y++) {
        const from = y * tiles * MADE;
        out.set(made.subarray(from, from + width), (o * height + top + y) * width);
      }
    }
  }
}

/** The sums of six values that stand for what the four windows on them see. */
function seeSix(from, at, step, to, start, by) {
  const a = from[at], b = from[at + step], c = from[at + 2 * step];
  const d = from[at + 3 * step], e = from[at + 4 * step], f = from[at + 5 * step];
  const even = e - 4 * c, odd = d - 4 * b, evenToo = e - c, oddToo = 2 * (d - b);
  to[start] = 4 * a - 5 * c + e;
  to[start + by] = even + odd;
  to[start + 2 * by] = even - odd;
  to[start + 3 * by] = evenToo + oddToo;
  to[start + 4 * by] = evenToo - oddToo;
  to[start + 5 * by] = 4 * b - 5 * d + f;
}

/** The four results that six products stand for. */
function makeFour(from, at, step, to, start, by) {
  const b = from[at + step], c = from[at + 2 * step], d = from[at + 3 * step], e = from[at + 4 * step];
  const once = b - c, twice = d - e;
  to[start] = from[at] + b + c + d + e;
  to[start + by] = once + 2 * twice;
  to[start + 2 * by] = b + c + 4 * (d + e);
  to[start + 3 * by] = once + 8 * twice + from[at + 5 * step];
}

/** The same for the three weights of a window. */
function weighThree(from, at, step, to, start, by) {
  const a = from[at], b = from[at + step], c = from[at + 2 * step];
  to[start] = a / 4;
  to[start + by] = -(a + b + c) / 6;
  to[start + 2 * by] = -(a - b + c) / 6;
  to[start + 3 * by] = (a / 4 + b / 2 + c) / 6;
  to[start + 4 * by] = (a / 4 - b / 2 + c) / 6;
  to[start + 5 * by] = c;
}

function sumsOfWeights(weight) {
  const kernels = weight.length / 9;
  const sums = new Float32Array(PLACES * kernels);
  const rows = new Float32Array(SEEN * 3);
  for (let kernel = 0; kernel < kernels; kernel++) {
    for (let x = 0; x < 3; x++) weighThree(weight, 9 * kernel + x, 3, rows, x, 3);
    for (let y = 0; y < SEEN; y++) weighThree(rows, 3 * y, 1, sums, y * SEEN * kernels + kernel, kernels);
  }
  return sums;
}
