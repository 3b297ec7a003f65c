// Which points are selected: never changed, only replaced.

export class Selection {
  constructor(points) {
    this.points = Int32Array.from(points).sort();
    this.members = new Set(this.points);
  }

  get size() {
    return this.points.length;
  }

  has(point) {
    return this.members.has(point);
  }

  /** 1 for every point that is selected, of so many. */
  mask(n) {
    const mask = new Uint8Array(n);
    for (const point of this.points) mask[point] = 1;
    return mask;
  }

  /** Together with others ("add"), without them ("remove"), or they alone. */
  combined(points, how) {
    if (how === "add") return new Selection(new Set([...this.points, ...points]));
    if (how === "remove") {
      const removed = new Set(points);
      return new Selection([...this.points].filter((point) => !removed.has(point)));
    }
    return new Selection(points);
  }
}

export const NOTHING_SELECTED = new Selection([]);

/** The points of a map inside a polygon, by the rule of even and odd crossings. */
export function inside(cloud, polygon, accept) {
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  const found = [];
  cloud.within(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), (point) => {
    if (accept(point) && isInside(cloud.x[point], cloud.y[point], polygon)) found.push(point);
  });
  return found;
}

function isInside(x, y, polygon) {
  let crossings = 0;
  for (let i = 0, before = polygon.length - 1; i < polygon.length; before = i++) {
    const [x0, y0] = polygon[before];
    const [x1, y1] = polygon[i];
    if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) crossings++;
  }
  return crossings % 2 === 1;
}
