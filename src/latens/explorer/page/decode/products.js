// Products of matrices: where almost all work of a decoder is.

/**
 * What each row of one matrix gives with each row of another: out[i, j] is the sum of left[i] times right[j].
 *
 * Eight sums at a time, so that a number is read once for several products: without it, reading takes most of
 * the time. Beyond the last row the last one is taken again, which writes the same number twice.
 */
export function multiply(out, left, right, { rows, columns, depth }, [to, from, start]) {
  for (let i = 0; i < rows; i += 4) {
    const i1 = Math.min(i + 1, rows - 1), i2 = Math.min(i + 2, rows - 1), i3 = Math.min(i + 3, rows - 1);
    const [l0, l1, l2, l3] = [from + i * depth, from + i1 * depth, from + i2 * depth, from + i3 * depth];
    const [o0, o1, o2, o3] = [to + i * columns, to + i1 * columns, to + i2 * columns, to + i3 * columns];
    for (let j = 0; j < columns; j += 2) {
      const k = Math.min(j + 1, columns - 1);
      let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
      let r = start + j * depth, s = start + k * depth;
      let p = l0, q = l1, t = l2, u = l3;
      for (const end = p + depth; p < end; p++, q++, t++, u++, r++, s++) {
        const a = right[r], b = right[s];
        const w0 = left[p], w1 = left[q], w2 = left[t], w3 = left[u];
        a0 += w0 * a; b0 += w0 * b;
        a1 += w1 * a; b1 += w1 * b;
        a2 += w2 * a; b2 += w2 * b;
        a3 += w3 * a; b3 += w3 * b;
      }
      out[o0 + j] = a0; out[o0 + k] = b0;
      out[o1 + j] = a1; out[o1 + k] = b1;
      out[o2 + j] = a2; out[o2 + k] = b2;
      out[o3 + j] = a3; out[o3 + k] = b3;
    }
  }
}
