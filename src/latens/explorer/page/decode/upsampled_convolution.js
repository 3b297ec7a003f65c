// A map made twice as large and then convolved, without the work on repeated values. Each value of the large map
// is there four times, so a 3x3 window on it sees only 2x2 values of the small one: the weights that meet the same
// value are added first, which leaves 16 multiplications of 36.

import { conv2d } from "./convolution.js";
import { nearest, target } from "./resizing.js";

/** Whether two layers in a row are such a pair; whether the map grows twofold is only known when it is there. */
export function isPair(first, second) {
  const is = (sides, value) => sides.every((side) => side === value);
  return (
    first.op === "nearest" &&
    second?.op === "conv2d" &&
    is(second.kernel, 3) &&
    is([...second.stride, ...second.dilation, ...second.padding, second.groups], 1)
  );
}

/** The two layers as one operation. */
export function upsampledConv2d(resizing, settings, tensors) {
  const [enlarge, convolve] = [nearest(resizing), conv2d(settings, tensors)];
  const [outChannels, inChannels] = settings.weightShape;
  const sums = sumsOfWeights(tensors.weight);
  return (x) => {
    const [newHeight, newWidth] = target(resizing, x.shape);
    const [, height, width] = x.shape;
    if (newHeight !== 2 * height || newWidth !== 2 * width) return convolve(enlarge(x));
    const padded = withBorder(x);
    const out = new Float32Array(outChannels * newHeight * newWidth);
    const quarters = Array.from({ length: 4 }, () => new Float32Array(height * width));
    for (let o = 0; o < outChannels; o++) {
      for (const quarter of quarters) quarter.fill(tensors.bias ? tensors.bias[o] : 0);
      for (let c = 0; c < inChannels; c++) {
        const from = c * (height + 2) * (width + 2);
        addQuarters(quarters, padded, from, sums, 16 * (o * inChannels + c), height, width);
      }
      interleave(out, o * newHeight * newWidth, quarters, height, width);
    }
    return { data: out, shape: [outChannels, newHeight, newWidth] };
  };
}

/** For each kernel its 2x2 sums for the four places of an output: upper left, upper right, lower left, lower right. */
function sumsOfWeights(weight) {
  const sums = new Float32Array((weight.length / 9) * 16);
  const rows = [[[0], [1, 2]], [[0, 1], [2]]];
  for (let kernel = 0, to = 0; kernel < weight.length; kernel += 9) {
    for (const vertical of rows) {
      for (const horizontal of rows) {
        for (const ys of vertical) {
          for (const xs of horizontal) {
            for (const y of ys) for (const x of xs) sums[to] += weight[kernel + 3 * y + x];
            to++;
          }
        }
      }
    }
  }
  return sums;
}

function addQuarters([q0, q1, q2, q3], data, from, w, at, height, width) {
  const a0 = w[at], a1 = w[at + 1], a2 = w[at + 2], a3 = w[at + 3];
  const b0 = w[at + 4], b1 = w[at + 5], b2 = w[at + 6], b3 = w[at + 7];
  const c0 = w[at + 8], c1 = w[at + 9], c2 = w[at + 10], c3 = w[at + 11];
  const d0 = w[at + 12], d1 = w[at + 13], d2 = w[at + 14], d3 = w[at + 15];
  for (let y = 0, to = 0; y < height; y++) {
    let upper = from + y * (width + 2);
    let middle = upper + width + 2;
    let lower = middle + width + 2;
    let u0 = data[upper++], m0 = data[middle++], l0 = data[lower++];
    let u1 = data[upper++], m1 = data[middle++], l1 = data[lower++];
    for (const end = to + width; to < end; to++) {
      const u2 = data[upper++], m2 = data[middle++], l2 = data[lower++];
      q0[to] += a0 * u0 + a1 * u1 + a2 * m0 + a3 * m1;
      q1[to] += b0 * u1 + b1 * u2 + b2 * m1 + b3 * m2;
      q2[to] += c0 * m0 + c1 * m1 + c2 * l0 + c3 * l1;
      q3[to] += d0 * m1 + d1 * m2 + d2 * l1 + d3 * l2;
      u0 = u1; m0 = m1; l0 = l1;
      u1 = u2; m1 = m2; l1 = l2;
    }
  }
}

/** Four small maps as the even and odd rows and columns of a large one. */
function interleave(out, start, [q0, q1, q2, q3], height, width) {
  for (let y = 0, from = 0; y < height; y++) {
    let upper = start + 4 * y * width;
    let lower = upper + 2 * width;
    for (let x = 0; x < width; x++, from++) {
      out[upper++] = q0[from];
      out[upper++] = q1[from];
      out[lower++] = q2[from];
      out[lower++] = q3[from];
    }
  }
}

/** A map with one zero around it. */
function withBorder({ data, shape: [channels, height, width] }) {
  const out = new Float32Array(channels * (height + 2) * (width + 2));
  for (let row = 0; row < channels * height; row++) {
    const to = (Math.floor(row / height) * (height + 2) + (row % height) + 1) * (width + 2) + 1;
    out.set(data.subarray(row * width, (row + 1) * width), to);
  }
  return out;
}
