// The places of all points on one map, in [0, 1] by [0, 1], and who is near a place.

export class Cloud {
  constructor(title, [x, y]) {
    this.title = title;
    this.n = x.length;
    [this.x, this.y] = fitted(x, y);
    this.extent = [this.x, this.y].map((values) => {
      const [low, high] = range(values);
      return Math.max(0.05, high - low);
    });
    this.#sortIntoCells();
    this.#shuffle();
  }

  /** Call `visit` for every point in a rectangle, until it answers false. */
  within(left, bottom, right, top, visit) {
    const { side, starts, members } = this.cells;
    const cell = (value) => Math.min(side - 1, Math.max(0, Math.floor(value * side)));
    for (let row = cell(bottom); row <= cell(top); row++) {
      const first = starts[row * side + cell(left)];
      const last = starts[row * side + cell(right) + 1];
      for (let at = first; at < last; at++) {
        const i = members[at];
        if (this.x[i] >= left && this.x[i] <= right && this.y[i] >= bottom && this.y[i] <= top && visit(i) === false) return;
      }
    }
  }

  /** The `k` points nearest to a place, nearest first, as {point, distance}. */
  nearest(x, y, k, accept = () => true, most = 2) {
    for (let reach = Math.min(most, 1 / this.cells.side); ; reach = Math.min(most, 2 * reach)) {
      const found = [];
      this.within(x - reach, y - reach, x + reach, y + reach, (point) => {
        const distance = Math.hypot(this.x[point] - x, this.y[point] - y);
        if (distance <= reach && accept(point)) found.push({ point, distance });
      });
      if (found.length >= k || reach >= most) {
        return found.sort((a, b) => a.distance - b.distance).slice(0, k);
      }
    }
  }

  #sortIntoCells() {
    const side = Math.max(1, Math.min(512, Math.round(Math.sqrt(this.n / 4))));
    const starts = new Int32Array(side * side + 1);
    const cellOf = new Int32Array(this.n);
    for (let i = 0; i < this.n; i++) {
      const column = Math.min(side - 1, Math.floor(this.x[i] * side));
      const row = Math.min(side - 1, Math.floor(this.y[i] * side));
      cellOf[i] = row * side + column;
      starts[cellOf[i] + 1]++;
    }
    for (let cell = 0; cell < side * side; cell++) starts[cell + 1] += starts[cell];
    const next = starts.slice();
    const members = new Int32Array(this.n);
    for (let i = 0; i < this.n; i++) members[next[cellOf[i]]++] = i;
    this.cells = { side, starts, members };
  }

  // Points are drawn in a mixed order, the same each time: no class lies on top of all others because it
  // came last, and the first so many points are a fair sample to draw while the map moves.
  #shuffle() {
    const order = new Int32Array(this.n);
    let step = Math.max(1, Math.floor(this.n * 0.6180339887));
    while (greatestCommonDivisor(step, this.n) > 1) step++;
    for (let i = 0, at = 0; i < this.n; i++, at = (at + step) % this.n) order[i] = at;
    this.order = order;
    this.drawnX = Float32Array.from(order, (i) => this.x[i]);
    this.drawnY = Float32Array.from(order, (i) => this.y[i]);
  }
}

/** Coordinates moved and scaled into the unit square; both axes keep one scale. */
function fitted(x, y) {
  const [left, right] = range(x);
  const [bottom, top] = range(y);
  const size = Math.max(right - left, top - bottom) || 1;
  const place = (values, middle) => values.map((value) => (value - middle) / size + 0.5);
  return [place(x, (left + right) / 2), place(y, (bottom + top) / 2)];
}

/** The smallest and the largest number, others than numbers left out. */
export function range(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}

function greatestCommonDivisor(a, b) {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
