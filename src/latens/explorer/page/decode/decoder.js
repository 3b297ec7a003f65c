// From a code to a sample, in the page.

import { OPERATIONS } from "./operations.js";

export class Decoder {
  constructor(description, blocks) {
    this.precision = description.precision;
    this.error = description.error;
    this.isBounded = description.bounded;
    this.offset = blocks.array(description.offset);
    this.scale = blocks.array(description.scale);
    this.tail = description.tail ? blocks.array(description.tail) : null;
    this.layers = built(description.layers, blocks);
  }

  /** The sample that a code stands for, in scaled units and channels first: {data, shape}. */
  decode(code) {
    return run(this.layers, { data: Float32Array.from(code), shape: [code.length] });
  }

  /** A scaled value before its tail was compressed. */
  #stretched(value, i) {
    const beyond = this.tail ? Math.abs(value) - this.tail[i] : 0;
    return beyond > 0 ? value + Math.sign(value) * (Math.expm1(beyond) - beyond) : value;
  }

  /** The sample in the user's units, channels last, as `inverse_transform` gives it. */
  inverse(code) {
    const { data, shape } = this.decode(code);
    const scaled = shape.length === 3 ? channelsLast(data, shape) : data;
    const last = this.scale.length;
    return scaled.map((value, i) => this.#stretched(value, i) * this.scale[i % last] + this.offset[i % last]);
  }
}

function built(layers, blocks) {
  return layers.map((layer) => {
    const branches = layer.branches.map((branch) => {
      const inner = built(branch, blocks);
      return (x) => run(inner, x);
    });
    const settings = { ...layer, weightShape: layer.tensors.weight?.shape, branches };
    return OPERATIONS[layer.op](settings, tensorsOf(layer, blocks));
  });
}

function tensorsOf(layer, blocks) {
  const read = ([name, tensor]) => [name, name === "weight" ? blocks.weight(tensor) : blocks.array(tensor.numbers)];
  return Object.fromEntries(Object.entries(layer.tensors).map(read));
}

function run(layers, x) {
  return layers.reduce((tensor, layer) => layer(tensor), x);
}

function channelsLast(data, [channels, height, width]) {
  const pixels = height * width;
  return data.map((_, i) => data[(i % channels) * pixels + Math.floor(i / channels)]);
}
