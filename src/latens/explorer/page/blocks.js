// The container that packing.py writes: a head in JSON, then blocks of numbers.

const TYPES = {
  i8: Int8Array,
  u8: Uint8Array,
  u16: Uint16Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
  f16: Uint16Array, // read as bits; not every browser has half floats
};

export class Blocks {
  constructor(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    this.head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    if (this.head.format !== "latens explorer" || this.head.version !== 1) {
      throw new Error("These data were written by another version of latens.");
    }
    this.buffer = buffer;
    this.start = 4 + length;
  }

  array({ type, at, length }) {
    return new TYPES[type](this.buffer, this.start + at, length);
  }

  /** Columns that travelled in 65,536 steps, one array for each column. */
  columns({ low, step, block }) {
    const steps = this.array(block);
    const width = low.length;
    const n = steps.length / width;
    return low.map((lowest, column) => {
      const values = new Float32Array(n);
      for (let i = 0; i < n; i++) values[i] = lowest + step[column] * steps[i * width + column];
      return values;
    });
  }

  /** A weight as floats, whichever way it travelled. */
  weight({ numbers, scales, group }) {
    const packed = this.array(numbers);
    if (!scales) return fromHalf(packed);
    const ofGroup = this.array(scales);
    return Float32Array.from(packed, (value, i) => value * ofGroup[Math.floor(i / group)]);
  }
}

function fromHalf(bits) {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const sign = bits[i] & 0x8000 ? -1 : 1;
    const exponent = (bits[i] >> 10) & 0x1f;
    const fraction = bits[i] & 0x3ff;
    values[i] = exponent
      ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024)
      : sign * 2 ** -14 * (fraction / 1024);
  }
  return values;
}
