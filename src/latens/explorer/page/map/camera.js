// Which part of a map is seen: a place in its middle and a zoom of 1 where all of it fits. Never changed, only
// replaced. Maps have their y axis upwards, screens downwards. A `view` has a width and a height in pixels, and
// a `unit`: how many pixels a unit of the map has at a zoom of 1.

const MARGIN = 0.92;
const [FARTHEST, NEAREST] = [0.25, 4000];

/** The view of a cloud on a screen of so many pixels. */
export function viewOf(cloud, width, height) {
  const [acrossX, acrossY] = cloud.extent;
  return { width, height, unit: MARGIN * Math.max(1, Math.min(width / acrossX, height / acrossY)) };
}

export class Camera {
  constructor(x = 0.5, y = 0.5, zoom = 1) {
    this.x = Math.min(1.5, Math.max(-0.5, x));
    this.y = Math.min(1.5, Math.max(-0.5, y));
    this.zoom = Math.min(NEAREST, Math.max(FARTHEST, zoom));
    Object.freeze(this);
  }

  /** Pixels of the screen per unit of the map. */
  scale(view) {
    return this.zoom * view.unit;
  }

  toScreen(x, y, view) {
    const scale = this.scale(view);
    return [view.width / 2 + (x - this.x) * scale, view.height / 2 - (y - this.y) * scale];
  }

  toMap(screenX, screenY, view) {
    const scale = this.scale(view);
    return [this.x + (screenX - view.width / 2) / scale, this.y - (screenY - view.height / 2) / scale];
  }

  /** The map follows a pointer that moved by so many pixels. */
  moved(dx, dy, view) {
    const scale = this.scale(view);
    return new Camera(this.x - dx / scale, this.y + dy / scale, this.zoom);
  }

  /** Larger by a factor; what is under the pointer stays there. */
  zoomed(factor, screenX, screenY, view) {
    const [x, y] = this.toMap(screenX, screenY, view);
    const zoom = Math.min(NEAREST, Math.max(FARTHEST, this.zoom * factor));
    const kept = this.zoom / zoom;
    return new Camera(x + (this.x - x) * kept, y + (this.y - y) * kept, zoom);
  }

  /** The part of the map that is seen: [left, bottom, right, top], with so many pixels around it. */
  bounds(view, margin = 0) {
    const [left, top] = this.toMap(-margin, -margin, view);
    const [right, bottom] = this.toMap(view.width + margin, view.height + margin, view);
    return [left, bottom, right, top];
  }
}
