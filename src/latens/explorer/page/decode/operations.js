// What each layer of a decoder computes. An operation makes, from a layer's settings and tensors, a function
// from a tensor {data, shape} to the next one. Shapes are without the batch: one sample at a time. A map that was made
// twice as large is marked as isDoubled, and what keeps equal values equal keeps the mark.

import { conv2d, convTranspose2d } from "./convolution.js";
import { multiply } from "./products.js";
import { bilinear, kerasBilinear, nearest, pixelShuffle, unpool } from "./resizing.js";
import { attention, joinPatches } from "./transformer.js";

export const OPERATIONS = {
  linear,
  conv2d,
  conv_transpose2d: convTranspose2d,
  add,
  affine,
  group_norm: groupNorm,
  layer_norm: layerNorm,
  nearest,
  bilinear,
  keras_bilinear: kerasBilinear,
  pixel_shuffle: pixelShuffle,
  unpool,
  same_padding: samePadding,
  reshape,
  sum,
  attention,
  join_patches: joinPatches,
  levels,
  relu,
  leaky_relu: pointwise(({ slope }) => (x) => (x > 0 ? x : slope * x)),
  elu: pointwise(({ alpha }) => (x) => (x > 0 ? x : alpha * Math.expm1(x))),
  gelu: pointwise(() => (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2))),
  gelu_tanh: pointwise(() => (x) => 0.5 * x * (1 + Math.tanh(0.7978845608 * (x + 0.044715 * x ** 3)))),
  silu: pointwise(() => (x) => x / (1 + Math.exp(-x))),
  tanh: pointwise(() => Math.tanh),
  sigmoid: pointwise(() => (x) => 1 / (1 + Math.exp(-x))),
};

function pointwise(make) {
  return (settings) => {
    const f = make(settings);
    return (x) => {
      const { data } = x;
      const out = new Float32Array(data.length);
      for (let i = 0; i < data.length; i++) out[i] = f(data[i]);
      return { ...x, data: out };
    };
  };
}

/** The most frequent of them has a loop of its own, without a call for each number. */
function relu() {
  return (x) => {
    const { data } = x;
    const out = new Float32Array(data.length);
    for (let i = 0; i < data.length; i++) out[i] = data[i] > 0 ? data[i] : 0;
    return { ...x, data: out };
  };
}

/** Of a vector, or of each row. */
function linear({ weightShape: [units, width] }, { weight, bias }) {
  return ({ data, shape }) => {
    if (shape.at(-1) !== width) throw new Error(`a dense layer of width ${width} got ${shape.at(-1)} numbers`);
    const rows = data.length / width;
    const out = new Float32Array(rows * units);
    multiply(out, data, weight, { rows, columns: units, depth: width }, [0, 0, 0]);
    if (bias) for (let i = 0; i < out.length; i++) out[i] += bias[i % units];
    return { data: out, shape: [...shape.slice(0, -1), units] };
  };
}

/** In the places of each group the probabilities of its levels, scaled; a group of one is a truth. */
function levels({ groups }, { base, offset, scale }) {
  return (x) => {
    const out = Float32Array.from(x.data);
    let member = 0;
    for (const group of groups) {
      const logits = group.map((place, i) => x.data[place] + base[member + i]);
      if (group.length === 1) logits.push(0);
      const most = Math.max(...logits);
      const parts = logits.map((logit) => Math.exp(logit - most));
      const total = parts.reduce((sum, part) => sum + part, 0);
      for (const [i, place] of group.entries()) {
        out[place] = (parts[i] / total - offset[member]) / scale[member];
        member += 1;
      }
    }
    return { ...x, data: out };
  };
}

/** A number for each place is added. */
function add(_, { values }) {
  return ({ data, shape }) => ({ data: data.map((x, i) => x + values[i]), shape });
}

/** Each channel times a number, plus another. */
function affine(_, { scale, shift }) {
  return (x) => ({ ...x, data: scaled(x.data, x.shape, scale, shift) });
}

function scaled(data, [channels], scale, shift) {
  const size = data.length / channels;
  const out = new Float32Array(data.length);
  for (let channel = 0, i = 0; channel < channels; channel++) {
    const [times, plus] = [scale ? scale[channel] : 1, shift ? shift[channel] : 0];
    for (const end = i + size; i < end; i++) out[i] = data[i] * times + plus;
  }
  return out;
}

function groupNorm({ groups, eps }, { scale, shift }) {
  return (x) => {
    const [channels] = x.shape;
    const size = x.data.length / groups;
    const [times, plus] = [new Float32Array(channels), new Float32Array(channels)];
    for (let group = 0; group < groups; group++) {
      const { mean, deviation } = moments(x.data, group * size, size, eps);
      for (let channel = (group * channels) / groups; channel < ((group + 1) * channels) / groups; channel++) {
        times[channel] = (scale ? scale[channel] : 1) / deviation;
        plus[channel] = (shift ? shift[channel] : 0) - mean * times[channel];
      }
    }
    return { ...x, data: scaled(x.data, x.shape, times, plus) };
  };
}

/** Of a vector, or of each row. */
function layerNorm({ eps }, { scale, shift }) {
  return ({ data, shape }) => {
    if (shape.length > 2) throw new Error("a layer normalisation got a map");
    const width = shape.at(-1);
    const out = new Float32Array(data.length);
    for (let start = 0; start < data.length; start += width) {
      const { mean, deviation } = moments(data, start, width, eps);
      for (let i = 0; i < width; i++) {
        const standard = (data[start + i] - mean) / deviation;
        out[start + i] = standard * (scale ? scale[i] : 1) + (shift ? shift[i] : 0);
      }
    }
    return { data: out, shape };
  };
}

function moments(data, start, length, eps) {
  let mean = 0;
  for (let i = start; i < start + length; i++) mean += data[i];
  mean /= length;
  let variance = 0;
  for (let i = start; i < start + length; i++) variance += (data[i] - mean) * (data[i] - mean);
  return { mean, deviation: Math.sqrt(variance / length + eps) };
}

function reshape({ sides }) {
  return ({ data }) => ({ data, shape: sides[0] === -1 ? [data.length] : sides });
}

function sum({ branches }) {
  return (x) => {
    const [first, ...others] = branches.map((branch) => branch(x));
    const data = first.data.slice();
    for (const other of others) {
      for (let i = 0; i < data.length; i++) data[i] += other.data[i];
    }
    return { data, shape: first.shape };
  };
}

/** Keras' zeros around a map: the odd one comes after. */
function samePadding({ kernel, stride }) {
  const zeros = (size) => {
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
    return [Math.floor(total / 2), total];
  };
  return ({ data, shape: [channels, height, width] }) => {
    const [top, rows] = zeros(height);
    const [left, columns] = zeros(width);
    const [newHeight, newWidth] = [height + rows, width + columns];
    const out = new Float32Array(channels * newHeight * newWidth);
    for (let row = 0; row < channels * height; row++) {
      const channel = Math.floor(row / height);
      const target = (channel * newHeight + (row % height) + top) * newWidth + left;
      out.set(data.subarray(row * width, (row + 1) * width), target);
    }
    return { data: out, shape: [channels, newHeight, newWidth] };
  };
}

/** Abramowitz and Stegun (1964), 7.1.26: right to 1.5e-7. */
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - tail * Math.exp(-x * x));
}
