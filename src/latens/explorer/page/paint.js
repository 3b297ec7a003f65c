// The pixel of every point for what is shown now: colour, hidden groups, selection.

import { colouring, mixed, pixel } from "./colours.js";
import { Filters } from "./filters.js";

const FADED = 0.2;

export class Paint {
  #colourings = new Map();
  #groups = new Set();
  #groupsFrom = [];

  constructor(points, store) {
    this.points = points;
    this.store = store;
    this.filters = new Filters(points, store);
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

  /** Columns have other values now. */
  forget(columns) {
    for (const column of columns) this.#colourings.delete(this.points.columns.indexOf(column));
  }

  /** The names of the groups that are hidden, which outlive their places. */
  get hiddenNames() {
    const { hidden } = this.store.state;
    return [...hidden].map((place) => this.colouring.groups?.[place]?.name).filter((name) => name !== undefined);
  }

  /** The places of groups by their names; the state's own where nothing has moved. */
  groupsCalled(names) {
    const { hidden } = this.store.state;
    const places = names.map((name) => this.colouring.groups?.findIndex((group) => group.name === name) ?? -1);
    const moved = new Set(places.filter((place) => place >= 0));
    const isSame = moved.size === hidden.size && [...moved].every((place) => hidden.has(place));
    return isSame ? hidden : moved;
  }

  /** Whether a point is of a part that is shown. */
  isOfShownPart(point) {
    return this.store.state.trainedOn || !this.points.isTrainedOn[point];
  }

  isShown(point) {
    return this.isOfShownPart(point) && this.filters.passes(point) && this.#isOfShownGroup(point);
  }

  /** Whether it would be shown without the filter on one column. */
  isShownBut(place, point) {
    if (!this.isOfShownPart(point) || !this.filters.passesOthers(point, place)) return false;
    return place === this.store.state.colour || this.#isOfShownGroup(point);
  }

  /** The places of the groups that have a point which is shown. */
  get shownGroups() {
    const { colour, hidden, filters, trainedOn, columns } = this.store.state;
    const from = [colour, hidden, filters, trainedOn, columns];
    if (from.some((one, place) => one !== this.#groupsFrom[place])) {
      this.#groups = new Set();
      for (let point = 0; point < this.points.n; point++) {
        if (this.isShown(point)) this.#groups.add(this.colouring.group(point));
      }
      this.#groupsFrom = from;
    }
    return this.#groups;
  }

  #isOfShownGroup(point) {
    const { hidden } = this.store.state;
    return hidden.size === 0 || !hidden.has(this.colouring.group(point));
  }

  /** Pixels in the order of a cloud, and which of its points are to lie on top. */
  pixelsFor(cloud, paper) {
    const { selection } = this.store.state;
    const { of, isSquare } = this.colouring;
    const chosen = new Uint8Array(this.points.n);
    for (const point of selection.points) chosen[point] = 1;
    const colours = new Int32Array(this.points.n);
    const lifted = selection.size ? new Uint8Array(this.points.n) : null;
    cloud.order.forEach((point, place) => {
      if (!this.isShown(point)) return;
      const isFaded = lifted !== null && !chosen[point];
      colours[place] = pixel(isFaded ? mixed(of(point), paper, FADED) : of(point));
      if (lifted !== null) lifted[place] = chosen[point];
    });
    return { colours, lifted, isSquare };
  }
}
