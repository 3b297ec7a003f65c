// Layers of transformers. Tokens are the rows of a tensor of shape [tokens, numbers].

/** What each token takes from all others; the input holds queries, keys and values side by side. */
export function attention({ heads }) {
  return ({ data, shape: [tokens, width] }) => {
    const dim = width / 3;
    const out = new Float32Array(tokens * dim);
    const scores = new Float32Array(tokens);
    for (let start = 0; start < dim; start += dim / heads) {
      for (let token = 0; token < tokens; token++) {
        for (let other = 0; other < tokens; other++) {
          scores[other] = product(data, token * width + start, other * width + dim + start, dim / heads);
        }
        softmax(scores, Math.sqrt(dim / heads));
        for (let other = 0; other < tokens; other++) {
          const from = other * width + 2 * dim + start;
          for (let i = 0; i < dim / heads; i++) out[token * dim + start + i] += scores[other] * data[from + i];
        }
      }
    }
    return { data: out, shape: [tokens, dim] };
  };
}

function product(data, a, b, length) {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += data[a + i] * data[b + i];
  return sum;
}

function softmax(scores, divisor) {
  const largest = scores.reduce((a, b) => Math.max(a, b));
  let total = 0;
  for (let i = 0; i < scores.length; i++) total += scores[i] = Math.exp((scores[i] - largest) / divisor);
  for (let i = 0; i < scores.length; i++) scores[i] /= total;
}

/** A picture from its patches, one per token; what patches have beyond its sides is left out. */
export function joinPatches({ shape: [channels, height, width], side, columns }) {
  return ({ data }) => {
    const out = new Float32Array(channels * height * width);
    for (let i = 0; i < out.length; i++) {
      const channel = Math.floor(i / (height * width));
      const y = Math.floor(i / width) % height;
      const x = i % width;
      const patch = Math.floor(y / side) * columns + Math.floor(x / side);
      out[i] = data[((patch * channels + channel) * side + (y % side)) * side + (x % side)];
    }
    return { data: out, shape: [channels, height, width] };
  };
}
