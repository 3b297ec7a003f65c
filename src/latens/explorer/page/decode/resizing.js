// Layers that change the height and width of a map.

export function nearest(settings) {
  return ({ data, shape }) => {
    const [, height, width] = shape;
    const [newHeight, newWidth] = target(settings, shape);
    const larger = sampled(data, shape, places(height, newHeight), places(width, newWidth));
    return { ...larger, isDoubled: newHeight === 2 * height && newWidth === 2 * width };
  };
}

export function bilinear(settings) {
  return ({ data, shape }) => {
    const [, height, width] = shape;
    const [newHeight, newWidth] = target(settings, shape);
    const rows = blends(height, newHeight, settings.corners);
    return blended(data, shape, rows, blends(width, newWidth, settings.corners));
  };
}

/** Even rows and columns as they are, odd ones the mean of their neighbors, the last one repeated. */
export function kerasBilinear() {
  const halves = (side) =>
    Array.from({ length: 2 * side }, (_, i) => {
      const low = i >> 1;
      return { low, high: Math.min(side - 1, low + (i % 2)), share: (i % 2) / 2 };
    });
  return ({ data, shape }) => blended(data, shape, halves(shape[1]), halves(shape[2]));
}

/** Values go to the first place of each window of 2x2, as there is no encoder that remembers another. */
export function unpool({ size: [newHeight, newWidth] }) {
  return ({ data, shape: [channels, height, width] }) => {
    const out = new Float32Array(channels * newHeight * newWidth);
    for (let i = 0; i < data.length; i++) {
      const channel = Math.floor(i / (height * width));
      const y = Math.floor(i / width) % height;
      out[(channel * newHeight + 2 * y) * newWidth + 2 * (i % width)] = data[i];
    }
    return { data: out, shape: [channels, newHeight, newWidth] };
  };
}

export function pixelShuffle({ factor }) {
  return ({ data, shape: [channels, height, width] }) => {
    const shape = [channels / factor ** 2, height * factor, width * factor];
    const out = new Float32Array(data.length);
    for (let i = 0; i < out.length; i++) {
      const channel = Math.floor(i / (shape[1] * shape[2]));
      const y = Math.floor(i / shape[2]) % shape[1];
      const x = i % shape[2];
      const from = channel * factor ** 2 + (y % factor) * factor + (x % factor);
      out[i] = data[(from * height + Math.floor(y / factor)) * width + Math.floor(x / factor)];
    }
    return { data: out, shape };
  };
}

/** Height and width after a layer. */
function target({ size, factor }, [, height, width]) {
  return size ?? [Math.floor(height * factor[0]), Math.floor(width * factor[1])];
}

/** Where each new row comes from; torch counts in single precision. */
function places(side, newSide) {
  const step = Math.fround(side / newSide);
  return Array.from({ length: newSide }, (_, i) => Math.min(side - 1, Math.floor(Math.fround(i * step))));
}

/** Between which two rows each new row lies, and how far. */
function blends(side, newSide, corners) {
  return Array.from({ length: newSide }, (_, i) => {
    const place = corners
      ? newSide === 1 ? 0 : (i * (side - 1)) / (newSide - 1)
      : Math.max(0, ((i + 0.5) * side) / newSide - 0.5);
    const low = Math.min(side - 1, Math.floor(place));
    return { low, high: Math.min(side - 1, low + 1), share: place - low };
  });
}

function sampled(data, [channels, height, width], rows, columns) {
  const out = new Float32Array(channels * rows.length * columns.length);
  let to = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (const row of rows) {
      const from = (channel * height + row) * width;
      for (const column of columns) out[to++] = data[from + column];
    }
  }
  return { data: out, shape: [channels, rows.length, columns.length] };
}

function blended(data, [channels, height, width], rows, columns) {
  const out = new Float32Array(channels * rows.length * columns.length);
  let to = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (const row of rows) {
      const above = (channel * height + row.low) * width;
      const below = (channel * height + row.high) * width;
      for (const { low, high, share } of columns) {
        const upper = data[above + low] * (1 - share) + data[above + high] * share;
        const lower = data[below + low] * (1 - share) + data[below + high] * share;
        out[to++] = upper * (1 - row.share) + lower * row.share;
      }
    }
  }
  return { data: out, shape: [channels, rows.length, columns.length] };
}
