// Convolutions of one sample. Almost all work of an image decoder is in the 3x3 loop below.

export function conv2d(settings, { weight, bias }) {
  const { kernel, stride, padding, dilation, groups, weightShape } = settings;
  const [outChannels, perGroup] = weightShape;
  const isThree = kernel[0] === 3 && kernel[1] === 3 && [...stride, ...dilation].every((one) => one === 1);
  const taps = kernel[0] * kernel[1];
  return (x) => {
    const { data, height, width } = padded(x, padding);
    const size = (side, axis) => Math.floor((side - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1;
    const [outHeight, outWidth] = [size(height, 0), size(width, 1)];
    const pixels = outHeight * outWidth;
    const out = new Float32Array(outChannels * pixels);
    const plan = { kernel, stride, dilation, width, outHeight, outWidth };
    for (let o = 0; o < outChannels; o++) {
      const target = out.subarray(o * pixels, (o + 1) * pixels);
      if (bias) target.fill(bias[o]);
      const group = Math.floor((o * groups) / outChannels);
      for (let c = 0; c < perGroup; c++) {
        const source = (group * perGroup + c) * height * width;
        const at = (o * perGroup + c) * taps;
        if (isThree) addThreeByThree(target, data, source, weight, at, plan);
        else addWindows(target, data, source, weight, at, plan);
      }
    }
    return { data: out, shape: [outChannels, outHeight, outWidth] };
  };
}

/** Every window of one channel, for any kernel, stride and dilation. */
function addWindows(out, data, source, weight, at, { kernel, stride, dilation, width, outHeight, outWidth }) {
  for (let ky = 0; ky < kernel[0]; ky++) {
    for (let kx = 0; kx < kernel[1]; kx++) {
      const w = weight[at + ky * kernel[1] + kx];
      for (let y = 0; y < outHeight; y++) {
        let from = source + (y * stride[0] + ky * dilation[0]) * width + kx * dilation[1];
        for (let to = y * outWidth; to < (y + 1) * outWidth; to++, from += stride[1]) out[to] += w * data[from];
      }
    }
  }
}

/** The same for 3x3 and stride 1, where six of nine values stay in registers from one window to the next. */
function addThreeByThree(out, data, source, weight, at, { width, outHeight, outWidth }) {
  const w0 = weight[at], w1 = weight[at + 1], w2 = weight[at + 2];
  const w3 = weight[at + 3], w4 = weight[at + 4], w5 = weight[at + 5];
  const w6 = weight[at + 6], w7 = weight[at + 7], w8 = weight[at + 8];
  for (let y = 0, to = 0; y < outHeight; y++) {
    let a = source + y * width;
    let b = a + width;
    let c = b + width;
    let a0 = data[a++], b0 = data[b++], c0 = data[c++];
    let a1 = data[a++], b1 = data[b++], c1 = data[c++];
    for (const end = to + outWidth; to < end; to++) {
      const a2 = data[a++], b2 = data[b++], c2 = data[c++];
      out[to] += w0 * a0 + w1 * a1 + w2 * a2 + w3 * b0 + w4 * b1 + w5 * b2 + w6 * c0 + w7 * c1 + w8 * c2;
      a0 = a1; b0 = b1; c0 = c1;
      a1 = a2; b1 = b2; c1 = c2;
    }
  }
}

export function convTranspose2d(settings, { weight, bias }) {
  const { kernel, stride, padding, dilation, groups, output_padding: more, weightShape } = settings;
  const [inChannels, perGroup] = weightShape;
  const outChannels = perGroup * groups;
  return ({ data, shape: [, height, width] }) => {
    const size = (side, axis) =>
      (side - 1) * stride[axis] - 2 * padding[axis] + dilation[axis] * (kernel[axis] - 1) + more[axis] + 1;
    const [outHeight, outWidth] = [size(height, 0), size(width, 1)];
    const out = new Float32Array(outChannels * outHeight * outWidth);
    const plan = { ...settings, height, width, outHeight, outWidth };
    for (let o = 0; o < outChannels; o++) {
      const target = out.subarray(o * outHeight * outWidth, (o + 1) * outHeight * outWidth);
      if (bias) target.fill(bias[o]);
      const group = Math.floor(o / perGroup);
      for (let i = 0; i < inChannels / groups; i++) {
        const c = (group * inChannels) / groups + i;
        const at = (c * perGroup + (o % perGroup)) * kernel[0] * kernel[1];
        scatter(target, data, c * height * width, weight, at, plan);
      }
    }
    return { data: out, shape: [outChannels, outHeight, outWidth] };
  };
}

/** One channel, spread over the windows of a larger map. */
function scatter(out, data, source, weight, at, plan) {
  const { kernel, stride, padding, dilation, height, width, outHeight, outWidth } = plan;
  for (let ky = 0; ky < kernel[0]; ky++) {
    const top = ky * dilation[0] - padding[0];
    for (let kx = 0; kx < kernel[1]; kx++) {
      const left = kx * dilation[1] - padding[1];
      const w = weight[at + ky * kernel[1] + kx];
      const first = Math.max(0, Math.ceil(-left / stride[1]));
      const last = Math.min(width, Math.ceil((outWidth - left) / stride[1]));
      for (let y = 0; y < height; y++) {
        const row = y * stride[0] + top;
        if (row < 0 || row >= outHeight) continue;
        let to = row * outWidth + first * stride[1] + left;
        for (let x = first; x < last; x++, to += stride[1]) out[to] += w * data[source + y * width + x];
      }
    }
  }
}

/** A map with zeros around it. */
function padded({ data, shape: [channels, height, width] }, [rows, columns]) {
  if (rows === 0 && columns === 0) return { data, height, width };
  const [newHeight, newWidth] = [height + 2 * rows, width + 2 * columns];
  const out = new Float32Array(channels * newHeight * newWidth);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const from = (c * height + y) * width;
      out.set(data.subarray(from, from + width), (c * newHeight + y + rows) * newWidth + columns);
    }
  }
  return { data: out, height: newHeight, width: newWidth };
}
