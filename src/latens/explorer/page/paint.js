// The pixel of every point for what is shown now: colour, hidden groups, selection.

import { colouring } from "./colours.js";

const FADED = 0.2;

export class Paint {
  #colourings = new Map();

  constructor(points, store) {
    this.points = points;
    this.store = store;
  }

  /** How the column that is chosen now colours points. */
  get colouring() {
    return this.colouringOf(this.store.state.colour);
  }

  colouringOf(column) {
    if (!this.#colourings.has(column)) {
      this.#colourings.set(column, colouring(this.points.columns[column]));
    }
    return this.#colourings.get(column);
  }

  /** Whether a point is of a part that is shown. */
  isOfShownPart(point) {
    return this.store.state.trainedOn || !this.points.isTrainedOn[point];
  }

  isShown(point) {
    if (!this.isOfShownPart(point)) return false;
    const { hidden } = this.store.state;
    return hidden.size === 0 || !hidden.has(this.colouring.group(point));
  }

  /** Pixels in the order of a cloud, and which of its points are to lie on top. */
  pixelsFor(cloud, paper) {
    const { selection } = this.store.state;
    const { pixels, isSquare } = this.colouring;
    const { n } = this.points;
    const { order } = cloud;
    const full = pixels(paper, 1);
    const colours = new Int32Array(n);
    const isShown = this.#shown();
    if (selection.size === 0) {
      for (let place = 0; place < n; place++) if (isShown[order[place]]) colours[place] = full[order[place]];
      return { colours, lifted: null, isSquare };
    }
    const faded = pixels(paper, FADED);
    const chosen = new Uint8Array(n);
    for (const point of selection.points) chosen[point] = 1;
    const lifted = new Uint8Array(n);
    for (let place = 0; place < n; place++) {
      const point = order[place];
      if (!isShown[point]) continue;
      lifted[place] = chosen[point];
      colours[place] = chosen[point] ? full[point] : faded[point];
    }
    return { colours, lifted, isSquare };
  }

  /** 1 for every point that is shown: the same as `isShown`, of all points at once. */
  #shown() {
    const { hidden, trainedOn } = this.store.state;
    const { isTrainedOn, n } = this.points;
    const { group } = this.colouring;
    const shown = new Uint8Array(n).fill(1);
    if (!trainedOn) for (let point = 0; point < n; point++) shown[point] = 1 - isTrainedOn[point];
    if (hidden.size) for (let point = 0; point < n; point++) if (hidden.has(group(point))) shown[point] = 0;
    return shown;
  }
}
