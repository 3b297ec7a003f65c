// Convolutions of one sample, as products of the weights with what the windows see.

import { multiply } from "./products.js";
import { hasSmallWindows, smallWindowConv2d } from "./small_windows.js";

export function conv2d(settings, tensors) {
  return hasSmallWindows(settings) ? smallWindowConv2d(settings, tensors) : anyConv2d(settings, tensors);
}

/** For any kernel, stride, dilation and number of groups, one row of the result at a time. */
function anyConv2d(settings, { weight, bias }) {
  const { kernel, stride, padding, dilation, groups, weightShape: [outChannels, inGroup] } = settings;
  const [outGroup, depth] = [outChannels / groups, inGroup * kernel[0] * kernel[1]];
  return ({ data, shape: [, height, width] }) => {
    const size = (side, axis) =>
      Math.floor((side + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1;
    const [outHeight, outWidth] = [size(height, 0), size(width, 1)];
    const out = new Float32Array(outChannels * outHeight * outWidth);
    const seen = new Float32Array(outWidth * depth);
    const rows = new Float32Array(outGroup * outWidth);
    const sizes = { rows: outGroup, columns: outWidth, depth };
    for (let group = 0; group < groups; group++) {
      const map = data.subarray(group * inGroup * height * width);
      for (let y = 0; y < outHeight; y++) {
        lookThroughWindows(seen, map, y, { ...settings, inGroup, depth, height, width, outWidth });
        multiply(rows, weight, seen, sizes, [0, group * outGroup * depth, 0]);
        for (let o = 0; o < outGroup; o++) {
          const row = rows.subarray(o * outWidth, (o + 1) * outWidth);
          out.set(row, ((group * outGroup + o) * outHeight + y) * outWidth);
        }
      }
    }
    if (bias) addBias(out, bias);
    return { data: out, shape: [outChannels, outHeight, outWidth] };
  };
}

function addBias(out, bias) {
  const pixels = out.length / bias.length;
  for (let i = 0; i < out.length; i++) out[i] += bias[Math.floor(i / pixels)];
}

/** What the windows of one row of the result see, one window behind the other. */
function lookThroughWindows(seen, map, y, plan) {
  const { kernel, stride, padding, dilation, inGroup, depth, height, width, outWidth } = plan;
  seen.fill(0);
  for (let c = 0, place = 0; c < inGroup; c++) {
    for (let ky = 0; ky < kernel[0]; ky++) {
      const row = y * stride[0] + ky * dilation[0] - padding[0];
      for (let kx = 0; kx < kernel[1]; kx++, place++) {
        if (row < 0 || row >= height) continue;
        const left = kx * dilation[1] - padding[1];
        const from = (c * height + row) * width + left;
        for (let x = 0; x < outWidth; x++) {
          const column = x * stride[1] + left;
          if (column >= 0 && column < width) seen[x * depth + place] = map[from + x * stride[1]];
        }
      }
    }
  }
}

/** Every value, times a window of weights, is added to a window of the larger map. */
export function convTranspose2d(settings, { weight, bias }) {
  const { kernel, stride, padding, dilation, groups, output_padding: more } = settings;
  const [inChannels, outGroup] = settings.weightShape;
  const [inGroup, places] = [inChannels / groups, outGroup * kernel[0] * kernel[1]];
  const windows = Array.from({ length: groups }, (_, group) => transposed(weight, group, inGroup, places));
  return ({ data, shape: [, height, width] }) => {
    const size = (side, axis) =>
      (side - 1) * stride[axis] - 2 * padding[axis] + dilation[axis] * (kernel[axis] - 1) + more[axis] + 1;
    const [outHeight, outWidth] = [size(height, 0), size(width, 1)];
    const out = new Float32Array(outGroup * groups * outHeight * outWidth);
    const products = new Float32Array(places * height * width);
    const sizes = { rows: places, columns: height * width, depth: inGroup };
    for (let group = 0; group < groups; group++) {
      multiply(products, windows[group], transposed(data, group, inGroup, height * width), sizes, [0, 0, 0]);
      const [start, end] = [group, group + 1].map((each) => each * outGroup * outHeight * outWidth);
      scatter(out.subarray(start, end), products, { ...settings, outGroup, height, width, outHeight, outWidth });
    }
    if (bias) addBias(out, bias);
    return { data: out, shape: [outGroup * groups, outHeight, outWidth] };
  };
}

/** Add what each place of the windows got to the channels of a larger map. */
function scatter(out, products, plan) {
  const { kernel, stride, padding, dilation, outGroup, height, width, outHeight, outWidth } = plan;
  for (let o = 0, source = 0; o < outGroup; o++) {
    for (let ky = 0; ky < kernel[0]; ky++) {
      const top = ky * dilation[0] - padding[0];
      for (let kx = 0; kx < kernel[1]; kx++, source += height * width) {
        const left = kx * dilation[1] - padding[1];
        const first = Math.max(0, Math.ceil(-left / stride[1]));
        const last = Math.min(width, Math.ceil((outWidth - left) / stride[1]));
        for (let y = 0; y < height; y++) {
          const row = y * stride[0] + top;
          if (row < 0 || row >= outHeight) continue;
          let to = (o * outHeight + row) * outWidth + first * stride[1] + left;
          for (let x = first; x < last; x++, to += stride[1]) out[to] += products[source + y * width + x];
        }
      }
    }
  }
}

/** One of several matrices behind each other, with its columns as rows. */
function transposed(data, place, rows, columns) {
  const out = new Float32Array(rows * columns);
  const at = place * rows * columns;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[column * rows + row] = data[at + row * columns + column];
  }
  return out;
}
