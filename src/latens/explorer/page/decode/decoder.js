// From a code to a sample, in the page.

import { OPERATIONS } from "./operations.js";
import { isPair, upsampledConv2d } from "./upsampled_convolution.js";

export class Decoder {
  constructor(description, blocks) {
    this.precision = description.precision;
    this.error = description.error;
    this.isBounded = description.bounded;
    this.offset = blocks.array(description.offset);
    this.scale = blocks.array(description.scale);
    this.layers = built(description.layers, blocks);
  }

  /** The sample that a code stands for, in scaled units and channels first: {data, shape}. */
  decode(code) {
    return run(this.layers, { data: Float32Array.from(code), shape: [code.length] });
  }

  /** The sample in the user's units, channels last, as `inverse_transform` gives it. */
  inverse(code) {
    const { data, shape } = this.decode(code);
    const scaled = shape.length === 3 ? channelsLast(data, shape) : data;
    const last = this.scale.length;
    return scaled.map((value, i) => value * this.scale[i % last] + this.offset[i % last]);
  }
}

function built(layers, blocks) {
  return layers.flatMap((layer, place) => {
    if (place > 0 && isPair(layers[place - 1], layer)) return [];
    const next = layers[place + 1];
    if (isPair(layer, next)) return [upsampledConv2d(layer, settingsOf(next), tensorsOf(next, blocks))];
    const branches = layer.branches.map((branch) => {
      const inner = built(branch, blocks);
      return (x) => run(inner, x);
    });
    return [OPERATIONS[layer.op]({ ...settingsOf(layer), branches }, tensorsOf(layer, blocks))];
  });
}

function settingsOf(layer) {
  return { ...layer, weightShape: layer.tensors.weight?.shape };
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
